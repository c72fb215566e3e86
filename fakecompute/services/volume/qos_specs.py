"""/qos-specs, /qos-specs/{id} with its keys, and the types that have them: limits that volume types share."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_type import QosSpecs
from fakecompute.domain.volume import qos
from fakecompute.domain.volume.types import TypeNotFound
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import INCLUDE, ListOf, MapOf, Object, Schema, Text
from fakecompute.rest.view import View, field, mapped
from fakecompute.services.volume.fields import METADATA_KEY, Checked
from fakecompute.services.volume.listing import Listing, boolean
from fakecompute.services.volume.service import links, volume

GET_ALL = "volume_extension:qos_specs_manage:get_all"
UPDATE = "volume_extension:qos_specs_manage:update"
DELETE = "volume_extension:qos_specs_manage:delete"


class QosNotFound(NotFound):
    message = "No such QoS spec {id}."


class NoTypeId(BadRequest):
    message = "Volume Type id must not be None."


class BadSpec(BadRequest):
    message = "Invalid input received: {reason}"


# --- request schemas ----------------------------------------------------------------------------------


def _named(text: str) -> str | None:
    if not text:
        return "An invalid 'name' value was provided. The 'name' can not be None."
    if not text.strip():
        return "An invalid 'name' value was provided. The 'name' can not be empty."
    if len(text.strip()) > 255:
        return "An invalid 'name' value was provided. The 'name' can not be greater than 255 characters."
    return None


class NewQos(Schema):
    class Meta:
        unknown = INCLUDE

    name = Checked(_named, required=True)


class CreateQos(Schema):
    qos_specs = Object(NewQos, required=True)


class UpdateQos(Schema):
    qos_specs = MapOf(Text(max=255, allow_none=True), key=METADATA_KEY, required=True)


class DeleteKeys(Schema):
    keys = ListOf(Text(min=1, max=255), unique=True, required=True)


def check_lengths(specs: dict[str, Any]) -> None:
    """What stands in a body of free keys: strings of up to 255 characters, or null."""
    # cinder/utils.py: validate_dictionary_string_length
    for key, value in specs.items():
        _check_length(f'Key "{key}"', key, 1)
        if value is None:
            continue
        if not isinstance(value, str):
            raise BadSpec(reason=f'Value for key "{key}" is not a string or unicode')
        _check_length(f'Value for key "{key}"', value, 0)


def _check_length(what: str, text: str, least: int) -> None:
    if len(text) < least:
        raise BadSpec(reason=f"{what} has {len(text)} characters, less than {least}.")
    if len(text) > 255:
        raise BadSpec(reason=f"{what} has {len(text)} characters, more than 255.")


# Its columns: a name is the `value` of a row whose `key` says so.
# fmt: off
COLUMNS = {
    "id":         lambda specs: specs.id,
    "key":        lambda specs: "QoS_Specs_Name",
    "value":      lambda specs: specs.name,
    "created_at": lambda specs: specs.created_at,
    "updated_at": lambda specs: specs.updated_at,
}
# fmt: on
LISTING: Listing[QosSpecs] = Listing(
    "qos-specs",
    "qos_specs",
    filters=COLUMNS,
    sort_keys=COLUMNS,
    missing=lambda marker: QosNotFound(id=marker),
    called="qos_specs",
)

# --- response views -----------------------------------------------------------------------------------

qos_detail = View(field("id"), field("name"), field("consumer"), field("specs", mapped("specs")))


def shown(specs: QosSpecs, call: Call) -> dict[str, Any]:
    return {"qos_specs": qos_detail(specs, call), "links": links(call, "qos-specs", specs.id)}


# --- handlers -----------------------------------------------------------------------------------------


def find_qos(call: Call, id: str) -> QosSpecs:
    found = call.cloud.store.find(QosSpecs, id)
    if found is None:
        raise QosNotFound(id=id)
    return found


@volume.get("/qos-specs", policy=GET_ALL)
def list_qos_specs(call: Call) -> dict[str, Any]:
    page, links, _ = LISTING.page(call, call.cloud.store.all(QosSpecs))
    return {"qos_specs": qos_detail.all(page, call), **links}


@volume.post("/qos-specs", body=CreateQos, policy="volume_extension:qos_specs_manage:create")
def create_qos_specs(call: Call) -> dict[str, Any]:
    """Whatever stands beside name and consumer is a spec."""
    wish = dict(call.body["qos_specs"])
    name = wish.pop("name").strip()
    check_lengths(wish)
    made = qos.create_qos(call.cloud, name, wish.pop("consumer", None), wish)
    return shown(made, call)


@volume.get("/qos-specs/<qos_id>", policy="volume_extension:qos_specs_manage:get")
def show_qos_specs(call: Call, qos_id: str) -> dict[str, Any]:
    return shown(find_qos(call, qos_id), call)


@volume.put("/qos-specs/<qos_id>", body=UpdateQos, policy=UPDATE)
def update_qos_specs(call: Call, qos_id: str) -> dict[str, Any]:
    wish = call.body["qos_specs"]
    qos.update_qos(call.cloud, find_qos(call, qos_id), wish)
    return {"qos_specs": wish}


@volume.delete("/qos-specs/<qos_id>", policy=DELETE, success=202)
def delete_qos_specs(call: Call, qos_id: str) -> None:
    force = boolean("force", dict(call.query_pairs).get("force", "False"))
    qos.delete_qos(call.cloud, find_qos(call, qos_id), force)


@volume.put("/qos-specs/<qos_id>/delete_keys", body=DeleteKeys, policy=DELETE, success=202)
def delete_qos_specs_keys(call: Call, qos_id: str) -> None:
    qos.delete_keys(call.cloud, find_qos(call, qos_id), call.body["keys"])


@volume.get("/qos-specs/<qos_id>/associations", policy=GET_ALL)
def list_qos_specs_associations(call: Call, qos_id: str) -> dict[str, Any]:
    kinds = qos.types_of(call.cloud, find_qos(call, qos_id))
    told = [{"association_type": "volume_type", "name": kind.name, "id": kind.id} for kind in kinds]
    return {"qos_associations": told}


@volume.get("/qos-specs/<qos_id>/associate", policy=UPDATE, success=202)
def associate_qos_specs(call: Call, qos_id: str) -> None:
    type_id = _type_id(call)
    qos.associate(call.cloud, find_qos(call, qos_id), _type(call, type_id))


@volume.get("/qos-specs/<qos_id>/disassociate", policy=UPDATE, success=202)
def disassociate_qos_specs(call: Call, qos_id: str) -> None:
    type_id = _type_id(call)
    qos.disassociate(call.cloud, find_qos(call, qos_id), _type(call, type_id))


@volume.get("/qos-specs/<qos_id>/disassociate_all", policy=UPDATE, success=202)
def disassociate_qos_specs_from_all(call: Call, qos_id: str) -> None:
    qos.disassociate_all(call.cloud, find_qos(call, qos_id))


def _type_id(call: Call) -> str:
    told = dict(call.query_pairs).get("vol_type_id")
    if not told:
        raise NoTypeId
    return told


def _type(call: Call, id: str) -> VolumeType:
    found = call.cloud.store.find(VolumeType, id)
    if found is None:
        raise TypeNotFound(id=id)
    return found
