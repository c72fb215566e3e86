"""GET /volume/ and GET /volume/v3/: what this Volume API speaks."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.volume.service import volume

# --- response views -----------------------------------------------------------------------------------


def _versions(call: Call) -> dict[str, Any]:
    entry = {
        "id": "v3.0",
        "status": "CURRENT",
        "version": call.cloud.release.volume,
        "min_version": "3.0",
        "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": f"{call.base}{volume.prefix}/"},
        ],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"}
        ],
    }
    return {"versions": [entry]}


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/", bare=True, public=True)
@volume.get("", bare=True, public=True)
def list_versions(call: Call) -> Answer:
    return Answer(300, _versions(call))


@volume.get("/", public=True)
@volume.get("", public=True)
def show_version(call: Call) -> dict[str, Any]:
    return _versions(call)
