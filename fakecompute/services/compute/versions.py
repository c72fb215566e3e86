"""GET / and GET /v2.1: what this Compute API speaks."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import FakeError, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.compute.service import compute

# --- response views -----------------------------------------------------------------------------------


def _entry(call: Call, id: str, version: str, lowest: str) -> dict[str, Any]:
    if id == "v2.1":
        status, updated = "CURRENT", "2013-07-23T11:33:21Z"
    elif call.cloud.release.before("flamingo"):
        status, updated = "SUPPORTED", "2011-01-21T11:33:21Z"
    else:
        status, updated = "DEPRECATED", "2025-07-04T12:00:00Z"
    return {"id": id, "status": status, "version": version, "min_version": lowest, "updated": updated}


def _both(call: Call) -> list[dict[str, Any]]:
    return [_entry(call, "v2.0", "", ""), _entry(call, "v2.1", call.cloud.release.compute, "2.1")]


def _media(version: str) -> list[dict[str, str]]:
    return [{"base": "application/json", "type": f"application/vnd.openstack.compute+json;version={version}"}]


def _address(call: Call, id: str) -> str:
    return f"{call.base}{compute.mount}/{'v2' if id == 'v2.0' else id}/"


def _document(call: Call, entry: dict[str, Any], address: str) -> dict[str, Any]:
    links = [
        {"rel": "self", "href": address},
        {"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"},
    ]
    return {"version": {**entry, "links": links, "media-types": _media("2.1" if entry["version"] else "2")}}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/", bare=True, public=True)
@compute.get("", bare=True, public=True)
def list_versions(call: Call) -> Answer:
    call.negotiated = False  # the version documents stand beside the API and carry none of its headers
    versions = [
        {**entry, "links": [{"rel": "self", "href": _address(call, entry["id"])}]} for entry in _both(call)
    ]
    return Answer(200, {"versions": versions})


@compute.get("/<path:rest>", bare=True, public=True)
def list_choices(call: Call, rest: str) -> FakeError | Answer:
    """Neither v2 nor v2.1: the same address, in both."""
    call.negotiated = False
    if rest.startswith("v2.1/"):  # with an empty part, which no path of the URL map has
        return compute.dialect.unrouted("GET", frozenset())
    choices = [
        {
            "id": entry["id"],
            "status": entry["status"],
            "links": [{"rel": "self", "href": _address(call, entry["id"]) + rest}],
            "media-types": _media("2.1" if entry["version"] else "2"),
        }
        for entry in _both(call)
    ]
    return Answer(300, {"choices": choices})


@compute.get("/v2", bare=True, public=True)
@compute.get("/v2/", bare=True, public=True)
def show_legacy_version(call: Call) -> dict[str, Any]:
    call.negotiated = False
    return _document(call, _both(call)[0], _address(call, "v2.0"))


@compute.get("/versions/<version_id>", public=True)
@compute.get("/", public=True)
@compute.get("", public=True)
def show_version(call: Call, version_id: str = "v2.1") -> dict[str, Any]:
    for entry in _both(call):
        if entry["id"] == version_id:
            return _document(call, entry, _address(call, "v2.1"))
    raise NotFound
