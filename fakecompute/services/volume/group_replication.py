"""Groups whose volumes are mirrored elsewhere (3.38): as far as a cloud goes whose back ends cannot do that.

None of Cinder's own drivers for plain storage can replicate a group, so that groups of other types are refused in
Cinder's words, and those that ask for it are beyond this cloud.
"""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_group import GroupType, VolumeGroup
from fakecompute.domain.volume.group_types import REPLICATED
from fakecompute.errors import BadRequest, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, MapOf, Schema, Text
from fakecompute.services.volume.fields import Flag
from fakecompute.services.volume.groups import ACTION
from fakecompute.services.volume.service import volume

LACKS = "groups whose types replicate"


class NotReplicated(BadRequest):
    message = "Invalid group type: Group {id} is not a replication group type."


class VolumeTypeNotReplicated(BadRequest):
    message = (
        "Invalid volume type: Volume type {id} does not have 'replication_enabled' spec key set to '<is> True'."
    )


# --- request schemas ----------------------------------------------------------------------------------


class Failover(Schema):
    allow_attached_volume = Flag(load_default=False)
    secondary_backend_id = Text(allow_none=True, max=255)


def _anything() -> MapOf:
    return MapOf(Anything())


# --- handlers -----------------------------------------------------------------------------------------


def _refuse(call: Call, group: VolumeGroup) -> NoReturn:
    kind = call.cloud.store.find(GroupType, group.group_type_id)
    if kind is None or not any(kind.has(ability) for ability in REPLICATED):
        raise NotReplicated(id=group.id)
    for id in group.volume_types:
        volume_type = call.cloud.store.find(VolumeType, id)
        if volume_type is None or dict(volume_type.extra_specs).get("replication_enabled") != "<is> True":
            raise VolumeTypeNotReplicated(id=id)
    raise NotImplementedHere(operation="groups whose types replicate")


def _declare(operation: str, body: Any, success: int) -> None:
    def refuse(call: Call, group: VolumeGroup) -> NoReturn:
        _refuse(call, group)

    refuse.__name__ = f"{operation}_of_group"
    rule = f"group:{operation}"
    volume.action(ACTION, operation, since="3.38", body=body, policy=rule, success=success, lacks=[LACKS])(refuse)


_declare("enable_replication", _anything(), 202)
_declare("disable_replication", _anything(), 202)
_declare("failover_replication", Failover, 202)
_declare("list_replication_targets", _anything(), 200)
