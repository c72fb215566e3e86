"""From the body of POST /v2/images to an image; and the rules that hold for its fields whoever writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fakecompute.domain.image_quota import check_count_total
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, Conflict, Forbidden, TooLarge
from fakecompute.rest.call import Call
from fakecompute.services.image.images.protection import Reserved, creatable
from fakecompute.services.image.policies import Denied
from fakecompute.services.image.schemas import validate
from fakecompute.services.image.service import Detail, ReadOnly

# glance/api/v2/images.py: RequestDeserializer; glance/domain/__init__.py: ImageFactory
# fmt: off
FIELDS = (
    "name", "visibility", "min_disk", "min_ram", "protected", "owner", "disk_format", "container_format", "os_hidden",
    "tags",
)
DISALLOWED = ("direct_url", "self", "file", "schema", "stores")
COMPUTED = ("created_at", "updated_at", "status", "checksum", "os_hash_algo", "os_hash_value", "size", "virtual_size")
READ_ONLY = (*COMPUTED, "direct_url", "self", "file", "schema", "id")
RESERVED = ("location", "deleted", "deleted_at")
RESERVED_PREFIX = "os_glance"
# fmt: on


class ReservedInNew(Detail, Reserved):
    """The same as `Reserved`, worded as a detail."""


class ForeignOwner(Detail, Forbidden):
    message = "You are not permitted to create images owned by '{owner}'"


class LongName(BadRequest):
    message = "Custom property should not be greater than 255 characters."


class Negative(BadRequest):
    message = "Invalid value '{value}' for parameter '{name}': Cannot be a negative value"


class TooGreat(BadRequest):
    """Glance's database would not take it, and Glance would answer 500."""

    message = "Invalid value '{value}' for parameter '{name}': Cannot be greater than 2147483647"


class NotAnObject(BadRequest):
    message = "Provided object does not match schema 'image': {value!r} is not of type 'object'"


class ImageExists(Conflict):
    message = "Image ID {id} already exists!"


class TooMany(TooLarge):
    message = (
        "The limit has been exceeded on the number of allowed image {what}."
        " Attempted: {attempted}, Maximum: {maximum}"
    )


def new_image(call: Call, body: Any) -> Image:
    """A queued image, stored; its bytes come later."""
    _check_body(body)
    _check_right(call, body.get("owner", call.project_id), body.get("visibility", "shared"))
    for name in (*COMPUTED, "locations"):
        if name in body:
            raise Reserved(name=name) if name == "locations" else ReadOnly(name=name)
    fields = {name: stored(name, body[name]) for name in FIELDS if name in body}
    properties = {name: value for name, value in body.items() if name not in FIELDS and name != "id"}
    properties = creatable(call, properties)
    check_quota(call, "tags", fields.get("tags", ()))
    check_quota(call, "properties", properties)
    check_count_total(call.cloud, call.context.project_id)
    if call.cloud.store.find(Image, body.get("id")):
        raise ImageExists(id=body["id"])
    return call.cloud.store.put(
        Image(
            **{"owner": call.context.project_id, **fields},
            id=body.get("id") or call.cloud.streams.uuid("image"),
            properties=tuple(properties.items()),
            created_at=call.cloud.now,
            updated_at=call.cloud.now,
        )
    )


def stored(name: str, value: Any) -> Any:
    """A field's value as a record holds it."""
    if name in ("min_disk", "min_ram"):
        if value < 0:
            raise Negative(name=name, value=value)
        if value > 2147483647:
            raise TooGreat(name=name, value=value)
        return int(value)
    return tuple(dict.fromkeys(value)) if name == "tags" else value


def check_quota(call: Call, what: str, values: Collection[str]) -> None:
    settings = call.cloud.settings
    most = settings.image_tag_quota if what == "tags" else settings.image_property_quota
    attempted = (
        sum(not value.startswith(RESERVED_PREFIX) for value in values)
        if what == "properties"
        else len(values)
    )
    if 0 <= most < attempted:
        raise TooMany(what=what, attempted=attempted, maximum=most)


def check_visibility(call: Call, visibility: str) -> None:
    """Whom an image may be opened to."""
    rule = {"public": "publicize_image", "community": "communitize_image"}.get(visibility)
    if rule and not call.may(rule):
        raise Denied(rule=rule)


def _check_body(body: Any) -> None:
    if not isinstance(body, Mapping):
        raise NotAnObject(value=body)
    for name in DISALLOWED:
        if name in body:
            raise ReadOnly(name=name)
    validate(body)
    for name in body:
        if len(name) > 255:
            raise LongName
        if name in RESERVED or name.startswith(RESERVED_PREFIX):
            raise ReservedInNew(name=name)


def _check_right(call: Call, owner: str | None, visibility: str) -> None:
    if not call.is_admin and owner != call.project_id:
        raise ForeignOwner(owner=owner)
    if not call.may("add_image"):
        raise Denied(rule="add_image")
    check_visibility(call, visibility)
