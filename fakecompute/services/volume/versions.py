"""GET /volume/ and GET /volume/v3/: what this Volume API speaks.  Older releases had v1 and v2, which answer 501."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.version import Version
from fakecompute.services.volume.service import volume

# cinder/api/versions.py and cinder/api/openstack/api_version_request.py, as they were released
# fmt: off
OLDER = (
    # id    status        updated                 from      first release without
    ("v1.0", "SUPPORTED",  "2014-06-28T12:20:21Z", "kilo",   "newton"),
    ("v1.0", "DEPRECATED", "2016-05-02T20:25:19Z", "newton", "queens"),
    ("v2.0", "SUPPORTED",  "2014-06-28T12:20:21Z", "kilo",   "pike"),
    ("v2.0", "DEPRECATED", "2017-02-25T12:00:00Z", "pike",   "xena"),
)
UPDATED = (
    # newest version from   updated
    ("3.71",                "2023-08-31T00:00:00Z"),
    ("3.70",                "2022-08-31T00:00:00Z"),
    ("3.68",                "2021-11-02T00:00:00Z"),
    ("3.66",                "2021-09-16T00:00:00Z"),
    ("3.64",                "2021-02-03T00:00:00Z"),
    ("3.62",                "2020-10-14T00:00:00Z"),
    ("3.55",                "2018-07-17T00:00:00Z"),
    ("3.50",                "2017-09-19T20:18:14Z"),
    ("3.0",                 "2016-02-08T12:20:21Z"),
)
# fmt: on

# --- response views -----------------------------------------------------------------------------------


def _v3(call: Call) -> dict[str, Any]:
    newest = Version.parse(call.cloud.release.volume)
    updated = next(updated for since, updated in UPDATED if newest >= Version.parse(since))
    return _version(call, "v3.0", "CURRENT", updated, f"{newest}", "3.0")


def _older(call: Call) -> list[dict[str, Any]]:
    return [
        _version(call, id, status, updated, "", "")
        for id, status, updated, since, until in OLDER
        if call.cloud.release.within(since, until)
    ]


def _version(call: Call, id: str, status: str, updated: str, newest: str, lowest: str) -> dict[str, Any]:
    major = id[1]
    media = f"application/vnd.openstack.volume+json;version={major}"
    return {
        "id": id,
        "status": status,
        "version": newest,
        "min_version": lowest,
        "updated": updated,
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": f"{call.base}{volume.mount}/v{major}/"},
        ],
        "media-types": [{"base": "application/json", "type": media}],
    }


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/", bare=True, public=True)
@volume.get("", bare=True, public=True)
def list_versions(call: Call) -> Answer:
    return Answer(300, {"versions": [*_older(call), _v3(call)]})


@volume.get("/", public=True)
@volume.get("", public=True)
def show_version(call: Call) -> dict[str, Any]:
    return {"versions": [_v3(call)]}


def _older_api(call: Call, rest: str) -> Answer:
    """v1 and v2, in the releases that had them: not here; in all others nobody knows them."""
    major = call.path.removeprefix(f"{volume.mount}/")[:2]
    if any(version["id"].startswith(major) for version in _older(call)):
        raise NotImplementedHere(operation="this part of the Volume API")
    return Answer(404, ErrorPage(404, "The resource could not be found."))


for _method in ("GET", "POST", "PUT", "DELETE"):
    for _major in ("v1", "v2"):
        volume.route(_method, f"/{_major}/<rest:rest>", bare=True)(_older_api)
