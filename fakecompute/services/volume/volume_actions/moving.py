"""POST /volumes/{id}/action: os-retype, os-migrate_volume and os-migrate_volume_completion."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.volume import migrating, old_attachments, retyping
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.domain.volume.types import TypeNotFound, TypeNotFoundByName, may_use
from fakecompute.domain.volume.visibility import visible
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS, Choice, Schema, Text, problem, shapes, since, until
from fakecompute.services.volume.fields import Flag, OfTypes
from fakecompute.services.volume.service import from_service
from fakecompute.services.volume.service import volume as routes
from fakecompute.services.volume.volume_actions.state import ACTION, ADMIN
from fakecompute.services.volume.whereto import host_or_cluster

# --- request schemas ----------------------------------------------------------------------------------------


class Policy(Choice):
    """A migration_policy; null is none, though its type is let in."""

    def __init__(self) -> None:
        super().__init__("on-demand", "never")

    def wrong_type(self, value: Any) -> ValidationError:
        if value is None or isinstance(value, str):
            return problem(f"{value!r} is not one of {list(self.values)!r}", value)
        return problem(f"{value!r} is not of type 'string', 'null'", value, "type")


class Retype(Schema):
    new_type = Text(required=True)
    migration_policy = Policy()


class Migration(Schema):
    host = shapes(until("3.15", Text(max=255, required=True)), since("3.16", Text(max=255, allow_none=True)))
    force_host_copy = Flag(load_default=False)
    lock_volume = Flag(load_default=False)
    cluster = since("3.16", Text(max=255, allow_none=True))


class Completion(Schema):
    new_volume = Text(form="uuid", required=True)
    error = OfTypes("string", "null", "boolean")


# --- handlers -----------------------------------------------------------------------------------------------


@routes.action(ACTION, "os-retype", body=Retype, policy="volume:retype", success=202)
def retype_volume(call: Call, volume: Volume) -> None:
    kind = _type(call, call.body["new_type"])
    if retyping.is_shared(kind) and not volume.multiattach:
        call.demand("volume:multiattach", volume.project_id)
    retyping.retype(call.cloud, volume, kind, call.body.get("migration_policy", retyping.NEVER))


def _type(call: Call, told: str) -> VolumeType:
    """By id or name; one that is somebody else's is not found by its id."""
    store = call.cloud.store
    found = store.find(VolumeType, told) or store.one(VolumeType, "name", told)
    if found is None:
        raise TypeNotFound(id=told) if FORMS["uuid"](told) else TypeNotFoundByName(name=told)
    if not may_use(found, call.project_id, call.is_admin):
        raise TypeNotFound(id=found.id)
    return found


@routes.action(ACTION, "os-migrate_volume", body=Migration, policy=f"{ADMIN}:migrate_volume", success=202)
def migrate_volume(call: Call, volume: Volume) -> None:
    host, cluster = host_or_cluster(call, call.body, "3.16")
    copy, lock = call.body["force_host_copy"], call.body["lock_volume"]
    migrating.migrate(call.cloud, volume, host=host, cluster=cluster, copy=copy, lock=lock)


@routes.action(ACTION, "os-migrate_volume_completion", body=Completion, policy=f"{ADMIN}:migrate_volume_completion")
def complete_migration(call: Call, volume: Volume) -> dict[str, Any]:
    """Between volumes that do not migrate it hands the old kind of attachments over."""
    new = visible(call.cloud, call.project_id, call.is_admin, call.body["new_volume"])
    error = bool(call.body.get("error"))
    if volume.migration_status or new.migration_status:
        return {"save_volume_id": migrating.finish(call.cloud, volume, new, error=error)}
    if not error:
        _hand_over(call, volume, new)
    return {"save_volume_id": new.id}


def _hand_over(call: Call, volume: Volume, new: Volume) -> None:
    cloud = call.cloud
    for one in attachments_of(cloud, volume.id):
        now = cloud.store.get(Volume, volume.id)
        old_attachments.detach(cloud, now, one.id, by_service=from_service(call))
        there = cloud.store.get(Volume, new.id)
        device = one.device or "na"
        old_attachments.attach(cloud, there, server_id=one.server_id, host=one.host, device=device, mode="rw")
