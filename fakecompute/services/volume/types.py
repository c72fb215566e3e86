"""GET, POST /types, GET, PUT, DELETE /types/{id}, GET /types/default: volume types."""

from __future__ import annotations

from ast import literal_eval
from typing import Any

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.volume.types import (
    VISIBLE_SPECS,
    create_type,
    default_type,
    delete_type,
    may_use,
    type_for,
    update_type,
)
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import MapOf, Object, Schema, Text
from fakecompute.rest.view import View, field
from fakecompute.services.volume.fields import METADATA_KEY, Checked, Flag, Printable
from fakecompute.services.volume.listing import NO, YES, Listing
from fakecompute.services.volume.service import volume


class BlankName(BadRequest):
    message = "Volume type name can not be empty."


class NothingToUpdate(BadRequest):
    message = "Specify volume type name, description, is_public or a combination thereof."


class BadPublicFilter(BadRequest):
    message = "Invalid is_public filter [{value}]"


class BadSpecsFilter(BadRequest):
    message = "Invalid extra_specs filter [{value}]"


# --- request schemas ----------------------------------------------------------------------------------


def visible_name(text: str) -> str | None:
    """The rule of names that Cinder leaves as they are: more than blanks."""
    return None if text.strip() else "An invalid 'name' value was provided. The 'name' can not be empty."


def description(**options: Any) -> Text:
    return Printable(max=255, allow_none=True, **options)


class NewType(Schema):
    name = Checked(visible_name, min=1, max=255, required=True)
    description = description()
    extra_specs = MapOf(Text(max=255, allow_none=True), key=METADATA_KEY)
    is_public = Flag(data_key="os-volume-type-access:is_public")


class CreateType(Schema):
    volume_type = Object(NewType, required=True)


class ChangedType(Schema):
    name = Text(min=1, max=255, allow_none=True)
    description = description()
    is_public = Flag()


class UpdateType(Schema):
    volume_type = Object(ChangedType, required=True)


# fmt: off
COLUMNS = {
    "id":           lambda kind: kind.id,
    "name":         lambda kind: kind.name,
    "description":  lambda kind: kind.description,
    "qos_specs_id": lambda kind: kind.qos_specs_id,
    "is_public":    lambda kind: kind.is_public,
    "created_at":   lambda kind: kind.created_at,
    "updated_at":   lambda kind: kind.updated_at,
}
# fmt: on
LISTING: Listing[VolumeType] = Listing(
    "types",
    "volume_type",
    filters=COLUMNS,
    sort_keys=COLUMNS,
    missing=None,
    more=frozenset(("is_public", "extra_specs")),
    called="volume_type",
    strict="3.52",
)

# --- response views -----------------------------------------------------------------------------------


def visible_specs(kind: VolumeType, call: Call) -> dict[str, str | None]:
    """All of them for operators; for the others those that say what they can do with it."""
    specs = dict(kind.extra_specs)
    if call.may("volume_extension:types_extra_specs:read_sensitive"):
        return specs
    return {key: specs[key] for key in VISIBLE_SPECS if key in specs}


PLAIN = (
    field("id"),
    field("name"),
    field("is_public"),
    field("description"),
    field("extra_specs", visible_specs, rule="volume_extension:access_types_extra_specs"),
)
PUBLIC = field("os-volume-type-access:is_public", "is_public", rule="volume_extension:volume_type_access")
QOS = field("qos_specs_id", rule="volume_extension:access_types_qos_specs_id")
type_detail = View(*PLAIN, QOS, PUBLIC)
default_detail = View(*PLAIN, QOS)
created_type = View(*PLAIN, PUBLIC)
updated_type = View(*PLAIN)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/types", policy="volume_extension:type_get_all")
def list_types(call: Call) -> dict[str, Any]:
    page, links, _ = LISTING.page(call, _listed(call))
    return {"volume_types": type_detail.all(page, call), **links}


def _listed(call: Call) -> list[VolumeType]:
    """Public ones and the project's own; an admin may ask for those that are not public, or for all (`None`)."""
    query = dict(call.query_pairs)
    demanded = _demanded(call, query.get("extra_specs"))
    if demanded is None:
        return []
    told = query.get("is_public") if call.is_admin else None
    public = True if told is None else public_filter(told)
    found = call.cloud.store.all(VolumeType)
    if public:
        found = [kind for kind in found if may_use(kind, call.project_id, False)]
    elif public is False:
        found = [kind for kind in found if not kind.is_public]
    return [kind for kind in found if demanded.items() <= dict(kind.extra_specs).items()]


def public_filter(text: str) -> bool | None:
    word = text.strip().lower()
    if word == "none":
        return None
    if word not in YES and word not in NO:
        raise BadPublicFilter(value=text)
    return word in YES


def _demanded(call: Call, text: str | None) -> dict[str, str] | None:
    """The extra specs that are asked for: `{'multiattach': '<is> True'}`.  None if the caller may not ask for them."""
    if text is None or not (call.is_admin or call.since("3.52")):
        return {}
    try:
        demanded = literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        demanded = None
    if not isinstance(demanded, dict) or not all(isinstance(part, str) for pair in demanded.items() for part in pair):
        raise BadSpecsFilter(value=text)
    if not call.may("volume_extension:types_extra_specs:read_sensitive") and not demanded.keys() <= set(VISIBLE_SPECS):
        return None
    return demanded


@volume.get("/types/<type_id>")
def show_type(call: Call, type_id: str) -> dict[str, Any]:
    """`default` is the type of volumes that ask for none."""
    view = type_detail
    if type_id == "default":
        kind, view = default_type(call.cloud, call.project_id, call.is_admin), default_detail
    else:
        kind = found_type(call, type_id)
    call.demand("volume_extension:type_get")
    return {"volume_type": view(kind, call)}


@volume.post("/types", body=CreateType, policy="volume_extension:type_create")
def create_volume_type(call: Call) -> dict[str, Any]:
    wish = call.body["volume_type"]
    specs = tuple(wish.pop("extra_specs", {}).items())
    kind = create_type(call.cloud, extra_specs=specs, **wish)
    return {"volume_type": created_type(kind, call)}


@volume.put("/types/<type_id>", body=UpdateType, policy="volume_extension:type_update")
def update_volume_type(call: Call, type_id: str) -> dict[str, Any]:
    wish = call.body["volume_type"]
    changes = {key: value for key, value in wish.items() if value is not None}
    if "name" in changes and not changes["name"].strip():
        raise BlankName
    if not changes:
        raise NothingToUpdate
    kind = update_type(call.cloud, found_type(call, type_id), **changes)
    return {"volume_type": updated_type(kind, call)}


@volume.delete("/types/<type_id>", policy="volume_extension:type_delete", success=202)
def delete_volume_type(call: Call, type_id: str) -> None:
    delete_type(call.cloud, found_type(call, type_id))


def found_type(call: Call, id: str) -> VolumeType:
    """Called by the handlers: Cinder asks the policy before it looks for a type."""
    return type_for(call.cloud, call.project_id, call.is_admin, id)
