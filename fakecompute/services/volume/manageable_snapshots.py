"""/manageable_snapshots (3.8), before that /os-snapshot-manage: snapshots of back ends, and taking them over."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.volume import managing
from fakecompute.domain.volume.visibility import visible
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.services.volume.fields import Description, Name, OfTypes, metadata
from fakecompute.services.volume.manageable import page, shown
from fakecompute.services.volume.service import volume as routes
from fakecompute.services.volume.snapshots import summary_view

LIST, MANAGE = "snapshot_extension:list_manageable", "snapshot_extension:snapshot_manage"
PATH, OLD_PATH = "/manageable_snapshots", "/os-snapshot-manage"

# --- request schemas ----------------------------------------------------------------------------------------


class ManagedSnapshot(Schema):
    description = Description()
    metadata = metadata(allow_none=True)
    name = Name()
    ref = OfTypes("object", "null", "string", required=True)
    volume_id = Text(form="uuid", required=True)


class ManageSnapshot(Schema):
    snapshot = Object(ManagedSnapshot, required=True)


# --- response views -----------------------------------------------------------------------------------------


def _listed(call: Call, detail: bool) -> dict[str, Any]:
    return {"manageable-snapshots": [shown(one, detail) for one in page(call, managing.snapshots_on)]}


# --- handlers -----------------------------------------------------------------------------------------------


@routes.get(PATH, since="3.8", policy=LIST)
@routes.get(OLD_PATH, policy=LIST)
def list_manageable_snapshots(call: Call) -> dict[str, Any]:
    return _listed(call, detail=False)


@routes.get(f"{PATH}/detail", since="3.8", policy=LIST)
@routes.get(f"{OLD_PATH}/detail", policy=LIST)
def list_manageable_snapshots_in_detail(call: Call) -> dict[str, Any]:
    return _listed(call, detail=True)


@routes.post(PATH, since="3.8", body=ManageSnapshot, success=202)
@routes.post(OLD_PATH, body=ManageSnapshot, success=202)
def manage_snapshot(call: Call) -> dict[str, Any]:
    """The volume is looked for before it asks whether it may."""
    wish = call.body["snapshot"]
    volume = visible(call.cloud, call.project_id, call.is_admin, wish["volume_id"])
    call.demand(MANAGE, volume.project_id)
    made = managing.manage_snapshot(
        call.cloud,
        volume,
        wish["ref"],
        project_id=call.project_id,
        user_id=call.user_id,
        name=wish.get("name"),
        description=wish.get("description"),
        metadata=tuple((wish.get("metadata") or {}).items()),
    )
    return {"snapshot": summary_view(made.evolve(updated_at=None), call)}
