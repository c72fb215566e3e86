"""Which OpenStack a cloud is: a release is a row of the newest version of each service."""

from __future__ import annotations

from typing import NamedTuple


class Release(NamedTuple):
    """The newest microversions (compute, volume, placement) and API versions (identity, image) of a release."""

    name: str
    code: str
    compute: str
    volume: str
    placement: str
    identity: str
    image: str

    def before(self, other: str) -> bool:
        """Is it older than the release of that name?"""
        return self.name < release_named(other).name

    def within(self, since: str, until: str) -> bool:
        """Is it of the releases from `since` on, and older than `until`?"""
        return not self.before(since) and self.before(until)


# Facts: `_MAX_API_VERSION` in nova/api/openstack/api_version_request.py and in Cinder's, Placement's version history,
# keystone/api/discovery.py and glance/api/versions.py, each as released (Glance without cache and several stores).
# What a release did not have yet, Cinder v3 before Mitaka and Placement before Newton, is there in its first version.
# fmt: off
RELEASES = tuple(Release(*row.split()) for row in (
    # name    code       compute  volume  placement identity image
    "2015.1   kilo       2.3      3.0     1.0       3.4      2.3",
    "2015.2   liberty    2.12     3.0     1.0       3.4      2.3",
    "2016.1   mitaka     2.25     3.0     1.0       3.6      2.3",
    "2016.2   newton     2.38     3.15    1.0       3.7      2.4",
    "2017.1   ocata      2.42     3.27    1.4       3.8      2.5",
    "2017.2   pike       2.53     3.43    1.10      3.8      2.5",
    "2018.1   queens     2.60     3.50    1.17      3.10     2.6",
    "2018.2   rocky      2.65     3.55    1.30      3.10     2.7",
    "2019.1   stein      2.72     3.59    1.31      3.12     2.7",
    "2019.2   train      2.79     3.59    1.36      3.13     2.9",
    "2020.1   ussuri     2.87     3.60    1.36      3.14     2.9",
    "2020.2   victoria   2.87     3.62    1.36      3.14     2.9",
    "2021.1   wallaby    2.88     3.64    1.36      3.14     2.9",
    "2021.2   xena       2.90     3.66    1.38      3.14     2.9",
    "2022.1   yoga       2.90     3.68    1.39      3.14     2.15",
    "2022.2   zed        2.93     3.70    1.39      3.14     2.15",
    "2023.1   antelope   2.95     3.70    1.39      3.14     2.15",
    "2023.2   bobcat     2.95     3.70    1.39      3.14     2.15",
    "2024.1   caracal    2.96     3.71    1.39      3.14     2.15",
    "2024.2   dalmatian  2.96     3.71    1.39      3.14     2.17",
    "2025.1   epoxy      2.100    3.71    1.39      3.14     2.17",
    "2025.2   flamingo   2.100    3.71    1.39      3.14     2.17",
    "2026.1   gazpacho   2.103    3.71    1.39      3.14     2.17",
    "2026.2   hibiscus   2.104    3.71    1.39      3.14     2.17",
))
# fmt: on
NEWEST = RELEASES[-1].name


def release_named(name: str) -> Release:
    """By number or code name; ValueError tells which there are."""
    for release in RELEASES:
        if name.lower() in (release.name, release.code):
            return release
    raise ValueError(
        f"there is no release {name!r}; there are {', '.join(r.name for r in RELEASES)} (or code names)"
    )
