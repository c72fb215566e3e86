"""/manageable_volumes (3.8), before that /os-volume-manage: volumes of back ends, and taking them over."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.volume import managing
from fakecompute.domain.volume.managing import NoSuchService
from fakecompute.domain.volume.types import default_type
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text, since
from fakecompute.rest.version import FIRST
from fakecompute.rest.view import View, field
from fakecompute.services.volume.fields import Description, Flag, Name, OfTypes, metadata
from fakecompute.services.volume.manageable import page, shown
from fakecompute.services.volume.service import type_named
from fakecompute.services.volume.service import volume as routes
from fakecompute.services.volume.volumes.views import BASE, all_metadata
from fakecompute.services.volume.whereto import host_or_cluster

LIST, MANAGE = "volume_extension:list_manageable", "volume_extension:volume_manage"
PATH, OLD_PATH = "/manageable_volumes", "/os-volume-manage"


class NoSuchType(BadRequest):
    message = "Invalid volume type: Cannot find requested '{name}' volume type"


class PlaceNotFound(BadRequest):
    message = "{noun} '{name}' not found"


# --- request schemas ----------------------------------------------------------------------------------------

HOST = r"^[a-zA-Z0-9-._#@:/+\[\]]*$"


class ManagedVolume(Schema):
    description = Description()
    availability_zone = Text(max=255, allow_none=True)
    bootable = Flag(load_default=False)
    volume_type = Text(max=255, allow_none=True)
    name = Name()
    host = Text(min=1, max=255, pattern=HOST, allow_none=True)
    ref = OfTypes("object", "string", required=True)
    metadata = metadata(allow_none=True)
    cluster = since("3.16", Text(max=255, allow_none=True))


class ManageVolume(Schema):
    volume = Object(ManagedVolume, required=True)


# --- response views -----------------------------------------------------------------------------------------

# What has come to volumes since is not told here, in whatever version.
managed_volume = View(*(one for one in BASE if one.span.since == FIRST), field("metadata", all_metadata))


def _listed(call: Call, detail: bool) -> dict[str, Any]:
    return {"manageable-volumes": [shown(one, detail) for one in page(call, managing.volumes_on)]}


# --- handlers -----------------------------------------------------------------------------------------------


@routes.get(PATH, since="3.8", policy=LIST)
@routes.get(OLD_PATH, policy=LIST)
def list_manageable_volumes(call: Call) -> dict[str, Any]:
    return _listed(call, detail=False)


@routes.get(f"{PATH}/detail", since="3.8", policy=LIST)
@routes.get(f"{OLD_PATH}/detail", policy=LIST)
def list_manageable_volumes_in_detail(call: Call) -> dict[str, Any]:
    return _listed(call, detail=True)


@routes.post(PATH, since="3.8", body=ManageVolume, policy=MANAGE, success=202)
@routes.post(OLD_PATH, body=ManageVolume, policy=MANAGE, success=202)
def manage_volume(call: Call) -> dict[str, Any]:
    cloud, wish = call.cloud, call.body["volume"]
    host, cluster = host_or_cluster(call, wish, "3.16")
    kind = type_named(call, wish["volume_type"]) if wish.get("volume_type") else None
    if kind is None and wish.get("volume_type"):
        raise NoSuchType(name=wish["volume_type"])
    managing.check_unmanaged(cloud, wish["ref"])
    kind = kind or default_type(cloud, call.project_id, call.is_admin)
    try:
        backend = managing.service_for(cloud, host, cluster)
    except NoSuchService:
        raise PlaceNotFound(noun="Host" if host else "Cluster", name=host or cluster) from None
    made = managing.manage(
        cloud,
        backend,
        wish["ref"],
        project_id=call.project_id,
        user_id=call.user_id,
        kind=kind,
        host=host if host and "#" in host else None,
        name=wish.get("name") or None,
        description=wish.get("description") or None,
        zone=wish.get("availability_zone"),
        metadata=tuple((wish.get("metadata") or {}).items()),
        bootable=wish["bootable"],
    )
    return {"volume": managed_volume(made.evolve(updated_at=None), call)}
