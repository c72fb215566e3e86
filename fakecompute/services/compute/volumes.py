"""/os-volumes (to 2.35): Cinder's volumes, in Nova's words.  Cinder knows of none yet."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.domain.volumes import VolumeNotFound
from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Integer, MapOf, Object, Schema, Text
from fakecompute.services.compute.paging import Windowed
from fakecompute.services.compute.service import compute
from fakecompute.services.compute.snapshots import SnapshotNotFound

RULE = "os_compute_api:os-volumes"


# --- request schemas ----------------------------------------------------------------------------------


class NewVolume(Schema):
    volume_type = Text()
    metadata = MapOf(Anything())
    snapshot_id = Text()
    size = Integer(min=1, pattern="^[0-9]+$", required=True)
    availability_zone = Text()
    display_name = Text()
    display_description = Text()


class CreateVolume(Schema):
    volume = Object(NewVolume, required=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-volumes", until="2.35", query=Windowed, policy=f"{RULE}:list")
def list_volumes(call: Call) -> dict[str, Any]:
    return {"volumes": []}


@compute.get("/os-volumes/detail", until="2.35", query=Windowed, policy=f"{RULE}:detail")
def list_volumes_detail(call: Call) -> dict[str, Any]:
    return {"volumes": []}


@compute.get("/os-volumes/<volume_id>", until="2.35", policy=f"{RULE}:show")
def show_volume(call: Call, volume_id: str) -> NoReturn:
    raise VolumeNotFound(id=volume_id)


@compute.post("/os-volumes", until="2.35", body=CreateVolume, policy=f"{RULE}:create", lacks=["new volumes"])
def create_volume(call: Call) -> NoReturn:
    """The snapshot that it is to be made from is looked for before anything is asked of Cinder."""
    wish = call.body["volume"]
    if "snapshot_id" in wish:
        raise SnapshotNotFound(id=wish["snapshot_id"])
    raise NotImplementedHere(operation="new volumes")


@compute.delete("/os-volumes/<volume_id>", until="2.35", policy=f"{RULE}:delete", success=202)
def delete_volume(call: Call, volume_id: str) -> NoReturn:
    raise VolumeNotFound(id=volume_id)
