"""GET /resource_filters: what projects may filter lists by (3.33)."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.services.volume.listing import RESOURCE_FILTERS
from fakecompute.services.volume.service import volume

# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/resource_filters", since="3.33")
def list_resource_filters(call: Call) -> dict[str, Any]:
    wanted = dict(call.query_pairs).get("resource")
    shown = [
        {"resource": resource, "filters": list(filters)}
        for resource, filters in RESOURCE_FILTERS.items()
        if not wanted or resource == wanted
    ]
    return {"resource_filters": shown}
