"""GET, POST /volumes, GET /volumes/detail, /volumes/summary, GET, PUT, DELETE /volumes/{id}."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.volume.deletion import delete_volume as delete
from fakecompute.domain.volume.groups import visible_group
from fakecompute.domain.volume.ordering import Order, order_volume
from fakecompute.domain.volume.types import TypeNotFound, TypeNotFoundByName
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS
from fakecompute.services.volume.backups import find_backup
from fakecompute.services.volume.listing import BadBoolean, boolean, owned
from fakecompute.services.volume.service import find_snapshot, find_volume, type_named, volume
from fakecompute.services.volume.volumes.images import boot_snapshot, find_image
from fakecompute.services.volume.volumes.listing import seen, volumes
from fakecompute.services.volume.volumes.schemas import CreateVolume, UpdateVolume, renamed
from fakecompute.services.volume.volumes.views import (
    changed_volume,
    new_volume,
    volume_detail,
    volume_summary,
)


class MultiattachIsOfTypes(BadRequest):
    message = (
        "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types."
        " Contact your administrator to create a multiattach enabled volume type and use it to create multiattach"
        " volumes."
    )


class InMaintenance(BadRequest):
    message = "Invalid volume: The volume cannot be updated during maintenance."


# --- lists


@volume.get("/volumes", policy="volume:get_all")
def list_volumes(call: Call) -> dict[str, Any]:
    return volumes(call).answer(call, seen(call), volume_summary.all)


@volume.get("/volumes/detail", policy="volume:get_all")
def list_volumes_in_detail(call: Call) -> dict[str, Any]:
    return volumes(call).answer(call, seen(call), volume_detail.all, "/detail")


@volume.get("/volumes/summary", since="3.12", policy="volume:get_all")
def summarise_volumes(call: Call) -> dict[str, Any]:
    """How many there are, of how many GiB, with which metadata (3.36)."""
    found = owned(call, Volume)
    summary: dict[str, Any] = {"total_count": len(found), "total_size": sum(one.size for one in found)}
    if call.since("3.36"):
        values: dict[str, set[str]] = {}
        for one in found:
            for key, value in one.metadata:
                values.setdefault(key, set()).add(value)
        summary["metadata"] = {key: sorted(values[key]) for key in sorted(values)}
    return {"volume-summary": summary}


# --- new volumes


@volume.post("/volumes", body=CreateVolume, success=202)
def create_volume(call: Call) -> dict[str, Any]:
    """What is named is looked for first; then comes policy, then whether it is possible."""
    wish = call.body["volume"]
    shape = _found(call, wish)
    if "multiattach" in wish:
        _refuse_multiattach(wish["multiattach"])
    call.demand("volume:create_from_image" if shape.get("image") else "volume:create")
    order = Order(
        project_id=call.project_id,
        user_id=call.user_id,
        zone=wish.get("availability_zone"),
        metadata=tuple((wish.get("metadata") or {}).items()),
        hints=call.body.get("hints") or {},
        request_id=call.request_id,
        size=wish.get("size"),
        **renamed(wish),
        **shape,
    )
    return {"volume": new_volume(order_volume(call.cloud, order), call)}


def _refuse_multiattach(told: bool | None) -> None:
    """A flag of old: no is no change, null was never one of its values."""
    if told is None:
        raise BadBoolean(value=None, name="multiattach")
    if told:
        raise MultiattachIsOfTypes


def _found(call: Call, wish: dict[str, Any]) -> dict[str, Any]:
    """The records that an order names; the first that is not there is told."""
    shape: dict[str, Any] = {}
    if wish.get("volume_type"):
        shape["kind"] = _type(call, wish["volume_type"])
    if wish.get("snapshot_id") is not None:
        shape["snapshot"] = find_snapshot(call, wish["snapshot_id"])
    if wish.get("source_volid") is not None:
        shape["source"] = find_volume(call, wish["source_volid"])
    for key in ("consistencygroup_id", "group_id"):
        if wish.get(key) is not None:
            shape["group"] = visible_group(call.cloud, call.project_id, call.is_admin, str(wish[key]))
    told = wish.get("image_id", wish.get("imageRef"))
    if told is not None:
        image = find_image(call, told)
        snapshot = boot_snapshot(call, image)
        if snapshot is not None and call.since("3.46"):
            shape["snapshot"] = snapshot
        else:
            shape["image"] = image
    if wish.get("backup_id"):
        shape["backup"] = find_backup(call, str(wish["backup_id"]))
    return shape


def _type(call: Call, told: str) -> VolumeType:
    found = type_named(call, told)
    if found is not None:
        return found
    raise TypeNotFound(id=told) if FORMS["uuid"](told) else TypeNotFoundByName(name=told)


# --- one volume


@volume.get("/volumes/<volume>", policy="volume:get")
def show_volume(call: Call, volume: Volume) -> dict[str, Any]:
    return {"volume": volume_detail(volume, call)}


@volume.put("/volumes/<volume>", body=UpdateVolume, policy="volume:update")
def update_volume(call: Call, volume: Volume) -> dict[str, Any]:
    if volume.status == "maintenance":
        raise InMaintenance
    wish = call.body["volume"]
    changes = renamed(wish)
    if "metadata" in wish:
        changes["metadata"] = tuple(wish["metadata"].items())
    if changes:
        volume = call.cloud.store.put(volume.evolve(**changes, updated_at=call.cloud.now))
    return {"volume": changed_volume(volume, call)}


@volume.delete("/volumes/<volume>", success=202)
def delete_volume(call: Call, volume: Volume) -> None:
    """`cascade` deletes its snapshots with it, `force` (3.23) whatever its status is."""
    query = dict(call.query_pairs)
    cascade = boolean("cascade", query.get("cascade", "false"))
    force = call.since("3.23") and boolean("force", query.get("force", "false"))
    if force:
        call.demand("volume:force_delete", volume.project_id)
    call.demand("volume:delete", volume.project_id)
    delete(call.cloud, volume, cascade=cascade, force=force, is_admin=call.is_admin)
