"""GET /placement/: what this Placement API speaks."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.services.placement.service import placement

# --- handlers -----------------------------------------------------------------------------------------


@placement.get("/", public=True)
@placement.get("", public=True)
def list_versions(call: Call) -> dict[str, Any]:
    entry = {
        "id": "v1.0",
        "status": "CURRENT",
        "min_version": "1.0",
        "max_version": call.cloud.release.placement,
        "links": [{"rel": "self", "href": ""}],
    }
    return {"versions": [entry]}
