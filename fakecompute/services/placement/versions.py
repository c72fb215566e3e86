"""GET /placement/: what this Placement API speaks."""

from __future__ import annotations

from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.placement.exchange import times
from fakecompute.services.placement.service import placement

# --- handlers -----------------------------------------------------------------------------------------


@placement.get("/", public=True)
@placement.get("", public=True)
def list_versions(call: Call) -> Answer:
    entry = {
        "id": "v1.0",
        "status": "CURRENT",
        "min_version": "1.0",
        "max_version": call.cloud.release.placement,
        "links": [{"rel": "self", "href": ""}],
    }
    return Answer(200, {"versions": [entry]}, times(call, call.cloud.now))
