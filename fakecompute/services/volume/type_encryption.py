"""GET, POST /types/{id}/encryption, GET, PUT, DELETE .../{key}: how the volumes of a type are encrypted.

A type has one encryption; what the path calls it by does not matter but to GET, which shows that one field of it.
"""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Encryption, VolumeType
from fakecompute.domain.volume.types import is_used
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import INCLUDE, Object, Schema, Text, Typed, problem
from fakecompute.rest.view import naive
from fakecompute.services.volume.fields import Enum
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.types import found_type

MOST = (1 << 31) - 1
FIELDS = ("provider", "control_location", "cipher", "key_size")


class EncryptedTypeInUse(BadRequest):
    message = "Cannot {verb} encryption specs. Volume type in use."


class EncryptionExists(BadRequest):
    message = "Volume type encryption for type {id} already exists."


class EncryptionNotFound(NotFound):
    message = "Volume type encryption for type {id} does not exist."


# --- request schemas ----------------------------------------------------------------------------------


class KeySize(Typed):
    """Bits, also as digits."""

    types = ("string", "integer")

    def __init__(self) -> None:
        super().__init__(allow_none=True)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise self.wrong_type(value)
        try:
            size = int(value) if len(str(value)) < 40 else None
        except ValueError:
            size = None
        if size is None or str(size) != str(value):
            raise problem("Invalid input received: key_size must be an integer.", value, "name")
        if size < 0:
            raise problem(f"{size} is less than the minimum of 0", value)
        if size > MOST:
            raise problem(f"{size} is greater than the maximum of {MOST}", value)
        return size


class ChangedEncryption(Schema):
    class Meta:
        unknown = INCLUDE

    key_size = KeySize()
    provider = Text(max=255)
    control_location = Enum("front-end", "back-end")
    cipher = Text(max=255, allow_none=True)


class NewEncryption(ChangedEncryption):
    provider = Text(max=255, required=True)
    control_location = Enum("front-end", "back-end", required=True)


class CreateEncryption(Schema):
    encryption = Object(NewEncryption, required=True)


class UpdateEncryption(Schema):
    encryption = Object(ChangedEncryption, required=True)


# --- response views -----------------------------------------------------------------------------------


def encryption_detail(kind: VolumeType) -> dict[str, Any]:
    """Nothing, if the type has none."""
    if kind.encryption is None:
        return {}
    return {
        "encryption_id": kind.encryption.id,
        "volume_type_id": kind.id,
        **{name: getattr(kind.encryption, name) for name in FIELDS},
        "created_at": naive(kind.encryption.created_at),
        "updated_at": naive(kind.encryption.updated_at),
        "deleted_at": None,
        "deleted": False,
    }


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/types/<type_id>/encryption", policy="volume_extension:volume_type_encryption:get")
def show_type_encryption(call: Call, type_id: str) -> dict[str, Any]:
    return encryption_detail(found_type(call, type_id))


@volume.get("/types/<type_id>/encryption/<key>", policy="volume_extension:volume_type_encryption:get")
def show_type_encryption_item(call: Call, type_id: str, key: str) -> dict[str, Any]:
    shown = encryption_detail(found_type(call, type_id))
    if key not in shown:
        raise EncryptionNotFound(id=type_id)
    return {key: shown[key]}


@volume.post(
    "/types/<type_id>/encryption",
    body=CreateEncryption,
    policy="volume_extension:volume_type_encryption:create",
)
def create_type_encryption(call: Call, type_id: str) -> dict[str, Any]:
    kind, wish = found_type(call, type_id), call.body["encryption"]
    _check_unused(call, kind, "create")
    if kind.encryption is not None:
        raise EncryptionExists(id=kind.id)
    told = {name: wish[name] for name in FIELDS if name in wish}
    made = Encryption(id=call.cloud.streams.uuid("encryption"), created_at=call.cloud.now, **told)
    call.cloud.store.put(kind.evolve(encryption=made))
    return {"encryption": {**wish, "volume_type_id": kind.id, "encryption_id": made.id}}


@volume.put(
    "/types/<type_id>/encryption/<key>",
    body=UpdateEncryption,
    policy="volume_extension:volume_type_encryption:update",
)
def update_type_encryption(call: Call, type_id: str, key: str) -> dict[str, Any]:
    kind, wish = found_type(call, type_id), call.body["encryption"]
    _check_unused(call, kind, "update")
    if kind.encryption is None:
        raise EncryptionNotFound(id=kind.id)
    told = {name: wish[name] for name in FIELDS if name in wish}
    changed = kind.encryption._replace(**told, updated_at=call.cloud.now)
    call.cloud.store.put(kind.evolve(encryption=changed))
    return {"encryption": wish}


@volume.delete(
    "/types/<type_id>/encryption/<key>", policy="volume_extension:volume_type_encryption:delete", success=202
)
def delete_type_encryption(call: Call, type_id: str, key: str) -> None:
    kind = call.cloud.store.find(VolumeType, type_id)
    if kind is not None:
        _check_unused(call, kind, "delete")
    if kind is None or kind.encryption is None:
        raise EncryptionNotFound(id=type_id)
    call.cloud.store.put(kind.evolve(encryption=None))


def _check_unused(call: Call, kind: VolumeType, verb: str) -> None:
    if is_used(call.cloud, kind):
        raise EncryptedTypeInUse(verb=verb)
