"""Which versions a release has.  Facts: the projects' own constants, at the tags of their releases."""

import pytest

from fakecompute import Cloud
from fakecompute.domain.releases import NEWEST, RELEASES, release_named

# _MAX_API_VERSION of nova/api/openstack/api_version_request.py
COMPUTE = {
    "kilo": "2.3", "liberty": "2.12", "mitaka": "2.25", "newton": "2.38", "ocata": "2.42", "pike": "2.53",
    "queens": "2.60", "rocky": "2.65", "stein": "2.72", "train": "2.79", "ussuri": "2.87", "victoria": "2.87",
    "wallaby": "2.88", "xena": "2.90", "yoga": "2.90", "zed": "2.93", "2023.1": "2.95", "2023.2": "2.95",
    "2024.1": "2.96", "2024.2": "2.96", "2025.1": "2.100", "2025.2": "2.100", "2026.1": "2.103", "2026.2": "2.104",
}  # fmt: skip

# _MAX_API_VERSION of cinder/api/openstack/api_version_request.py
VOLUME = {
    "mitaka": "3.0", "newton": "3.15", "ocata": "3.27", "pike": "3.43", "queens": "3.50", "rocky": "3.55",
    "stein": "3.59", "train": "3.59", "ussuri": "3.60", "victoria": "3.62", "wallaby": "3.64", "xena": "3.66",
    "yoga": "3.68", "zed": "3.70", "antelope": "3.70", "bobcat": "3.70", "caracal": "3.71", "2026.1": "3.71",
}  # fmt: skip

# placement/rest_api_version_history.rst
PLACEMENT = {
    "newton": "1.0", "ocata": "1.4", "pike": "1.10", "queens": "1.17", "rocky": "1.30", "stein": "1.31",
    "train": "1.36", "wallaby": "1.36", "xena": "1.38", "yoga": "1.39", "2026.1": "1.39",
}  # fmt: skip


def test_a_release_has_a_number_and_a_name():
    assert release_named("zed") == release_named("2022.2") == release_named("Zed")


def test_an_unknown_release_is_answered_with_those_that_there_are():
    with pytest.raises(ValueError, match=r"there is no release 'zedd'; there are 2015\.1, 2015\.2"):
        release_named("zedd")


def test_a_cloud_is_the_newest_unless_told_otherwise():
    assert Cloud().release.name == NEWEST == "2026.2"


def test_releases_stand_in_the_order_in_which_they_came():
    assert [release.name for release in RELEASES] == sorted(release.name for release in RELEASES)


@pytest.mark.parametrize(("name", "version"), COMPUTE.items())
def test_the_newest_version_of_nova(name, version):
    assert release_named(name).compute == version


@pytest.mark.parametrize(("name", "version"), VOLUME.items())
def test_the_newest_version_of_cinder(name, version):
    assert release_named(name).volume == version


@pytest.mark.parametrize(("name", "version"), PLACEMENT.items())
def test_the_newest_version_of_placement(name, version):
    assert release_named(name).placement == version


def test_older_and_newer():
    zed = release_named("zed")
    assert zed.before("antelope")
    assert not zed.before("zed")
    assert zed.within("zed", "antelope")
    assert not zed.within("wallaby", "zed")
