"""/v2/info/...: what this cloud's Glance is able to."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

IMPORT_METHODS = ("glance-direct", "web-download", "copy-image")  # [DEFAULT]enabled_import_methods


class OneStore(NotFound):
    message = "Multi backend is not supported at this site."


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/info/import")
def show_import_methods(call: Call) -> dict[str, Any]:
    refuse_body(call)
    methods = {"description": "Import methods available.", "type": "array", "value": list(IMPORT_METHODS)}
    return {"import-methods": methods}


@routes.get("/info/stores")
@routes.get("/info/stores/detail")
def list_stores(call: Call) -> None:
    refuse_body(call)
    raise OneStore


@routes.get("/info/usage")
def show_usage(call: Call) -> dict[str, Any]:
    """[DEFAULT]use_keystone_limits is off: nothing is counted."""
    return {"usage": {}}
