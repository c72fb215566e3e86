"""GET / and GET /v3: what this Identity API speaks."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.identity.service import identity

# --- response views -----------------------------------------------------------------------------------


def _v3(call: Call) -> dict[str, Any]:
    return {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": f"{call.url}/"}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    }


# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/", bare=True, public=True)
@identity.get("", bare=True, public=True)
def list_versions(call: Call) -> Answer:
    return Answer(300, {"versions": {"values": [_v3(call)]}}, {"Location": f"{call.url}/"})


@identity.get("/", public=True)
@identity.get("", public=True)
def show_version(call: Call) -> dict[str, Any]:
    return {"version": _v3(call)}
