"""POST /volumes/{id}/action: os-extend, revert, os-reset_status, os-force_delete, os-unmanage and two flags."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Volume
from fakecompute.domain.volume import extending, managing, rewriting, upkeep
from fakecompute.domain.volume.managing import EncryptedStays
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import INCLUDE, Anything, Object, Schema, Text, problem
from fakecompute.services.volume.fields import Checked, Flag, OfTypes, Whole
from fakecompute.services.volume.service import volume as routes

ACTION = "/volumes/<volume>/action"
ADMIN = "volume_extension:volume_admin_actions"

# --- request schemas ----------------------------------------------------------------------------------------

MOST = (1 << 31) - 1  # GiB, as far as the database can count
# cinder/objects/fields.py
STATUSES = (
    "creating", "available", "deleting", "error", "error_deleting", "error_managing", "managing", "attaching", "in-use",
    "detaching", "maintenance", "restoring-backup", "error_restoring", "reserved", "awaiting-transfer", "backing-up",
    "error_backing-up", "error_extending", "downloading", "uploading", "retyping", "extending",
)  # fmt: skip
ATTACH_STATUSES = ["attached", "detached"]
MIGRATION_STATUSES = ("migrating", "error", "success", "completing", "none", "starting")


class Extension(Schema):
    new_size = Whole(min=1, max=MOST, pattern="^[0-9]+$", required=True)


class ExtensionCompletion(Schema):
    error = OfTypes("string", "null", "boolean")


class Revert(Schema):
    snapshot_id = Text(allow_none=True)

    class Meta:
        unknown = INCLUDE


def _one_of(noun: str, known: list[str] | tuple[str, ...]) -> Checked:
    def check(text: str) -> str | None:
        if not text or text.lower() in known:
            return None
        return f"{noun}: {text} is invalid, valid statuses are: {known}."

    return Checked(check, allow_none=True)


class Statuses(Schema):
    status = _one_of("Volume status", STATUSES)
    attach_status = _one_of("Volume attach status", ATTACH_STATUSES)
    migration_status = _one_of("Volume migration status", MIGRATION_STATUSES)


class SomeStatus(Object):
    """One of them at least."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, dict) and not any(value.get(name) for name in Statuses._declared_fields):
            told = "Must specify 'status', 'attach_status' or 'migration_status' for update."
            raise problem(told, value, "name")
        return super()._deserialize(value, attr, data, **kwargs)


class Bootable(Schema):
    bootable = Flag(required=True)


class Readonly(Schema):
    readonly = Flag(required=True)


# --- handlers -----------------------------------------------------------------------------------------------


@routes.action(ACTION, "os-extend", body=Extension, success=202)
def extend_volume(call: Call, volume: Volume) -> None:
    """From 3.42 on also one that is in use, for which there is a policy of its own."""
    attached = volume.status == "in-use" and call.since("3.42")
    call.demand("volume:extend_attached_volume" if attached else "volume:extend", volume.project_id)
    size = call.body["new_size"]
    extending.extend(call.cloud, volume, size, attached=attached, request_id=call.request_id)


@routes.action(
    ACTION, "os-extend_volume_completion", body=ExtensionCompletion, policy=f"{ADMIN}:extend_volume_completion",
    success=202,
)  # fmt: skip
def complete_extension(call: Call, volume: Volume) -> None:
    extending.complete(call.cloud, volume)


@routes.action(ACTION, "revert", since="3.40", body=Revert, success=202)
def revert_volume(call: Call, volume: Volume) -> None:
    """Which snapshot it is looks at before it asks whether it may."""
    snapshot = rewriting.latest_snapshot(call.cloud, volume, call.body.get("snapshot_id"))
    call.demand("volume:revert_to_snapshot", volume.project_id)
    rewriting.revert(call.cloud, volume, snapshot)


@routes.action(ACTION, "os-reset_status", body=SomeStatus(Statuses), policy=f"{ADMIN}:reset_status", success=202)
def reset_volume_status(call: Call, volume: Volume) -> None:
    told = {name: value.lower() for name, value in call.body.items() if value}
    upkeep.reset(call.cloud, volume, **told)


@routes.action(ACTION, "os-force_delete", body=Anything(), policy=f"{ADMIN}:force_delete", success=202)
def force_delete_volume(call: Call, volume: Volume) -> None:
    call.demand("volume:delete", volume.project_id)
    upkeep.force_delete(call.cloud, volume)


@routes.action(ACTION, "os-unmanage", body=Anything(), policy="volume_extension:volume_unmanage", success=202)
def unmanage_volume(call: Call, volume: Volume) -> Answer | None:
    call.demand("volume:delete", volume.project_id)
    try:
        managing.unmanage(call.cloud, volume)
    except EncryptedStays as refusal:
        managing.tell_encrypted(call.cloud, volume, call.request_id)
        return call.service.dialect.fault(refusal, call.request_id)
    return None


@routes.action(ACTION, "os-set_bootable", body=Bootable, policy="volume:update")
def set_bootable(call: Call, volume: Volume) -> None:
    upkeep.set_bootable(call.cloud, volume, call.body["bootable"])


@routes.action(ACTION, "os-update_readonly_flag", body=Readonly, policy="volume:update_readonly_flag", success=202)
def update_readonly_flag(call: Call, volume: Volume) -> None:
    upkeep.set_readonly(call.cloud, volume, call.body["readonly"])
