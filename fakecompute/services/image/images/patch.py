"""PATCH /v2/images/{id}: a JSON patch, in the two forms that Glance has had."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, Conflict, Forbidden
from fakecompute.rest.call import Call
from fakecompute.services.image.images.create import (
    FIELDS,
    READ_ONLY,
    RESERVED,
    RESERVED_PREFIX,
    check_quota,
    check_visibility,
    stored,
)
from fakecompute.services.image.images.locations import with_locations
from fakecompute.services.image.images.protection import Reserved, allowed, demand
from fakecompute.services.image.policies import authorize
from fakecompute.services.image.schemas import IMAGE, validate
from fakecompute.services.image.service import Detail, ReadOnly, WrongType

TYPES = {  # which form of a patch a media type means
    "application/openstack-images-v2.0-json-patch": 4,
    "application/openstack-images-v2.1-json-patch": 10,
}
OPERATIONS = ("add", "remove", "replace")
DEPTH = {("locations", "add"): 2, ("locations", "remove"): 2}


class NotAPatch(BadRequest):
    message = "Request body must be a JSON array of operation objects."


class NotAnOperation(BadRequest):
    message = "Operations must be JSON objects."


class NoOperation(BadRequest):
    message = "Unable to find `op` in JSON Schema change. It must be one of the following: {known}."


class UnknownOperation(BadRequest):
    message = "Invalid operation: `{op}`. It must be one of the following: {known}."


class NoPath(BadRequest):
    message = "Unable to find 'path' in JSON Schema change"


class NotOneMember(BadRequest):
    message = 'Operation objects must contain {count} one member named "add", "remove", or "replace".'


class NoValue(BadRequest):
    message = 'Operation "{op}" requires a member named "value".'


class BadPointer(BadRequest):
    message = "Pointer `{pointer}` {reason}"


class BadPath(BadRequest):
    message = "Invalid JSON pointer for this resource: '/{path}'"


class NoSuchProperty(Detail, Conflict):
    message = "Property {name} does not exist."


class PropertyExists(Detail, Conflict):
    message = "Property {name} already present."


class Unremovable(Detail, Forbidden):
    message = "Property {name} may not be removed."


class OwnerFixed(Detail, Forbidden):
    message = "Owner can't be updated by non admin."


class FormatFixed(Forbidden):
    message = "Attribute {name} can be only replaced for a queued image."


class Change(NamedTuple):
    op: str
    name: str
    value: Any
    form: int
    place: str = ""  # in the list that the name is of


# --- reading ---------------------------------------------------------------------------------------------


def form_of(call: Call) -> int:
    """4 or 10: the draft of JSON patch that the content type names."""
    content_type = call.environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower()
    if content_type not in TYPES:
        known = ", ".join(sorted(TYPES))
        raise WrongType(
            content_type=content_type,
            reason=f"Image PATCH expects Content-Type one of: {known}",
            headers={"Accept-Patch": known},
        )
    return TYPES[content_type]


def read_patch(body: Any, form: int) -> list[Change]:
    """The changes, each checked by itself."""
    if not isinstance(body, list):
        raise NotAPatch
    return [_change(raw, form) for raw in body]


def _change(raw: Any, form: int) -> Change:
    if not isinstance(raw, dict):
        raise NotAnOperation
    op, pointer = _modern(raw) if form == 10 else _old(raw)
    path = _path(pointer)
    if len(path) != DEPTH.get((path[0], op), 1):
        raise BadPath(path="/".join(path))
    if op != "remove" and "value" not in raw:
        raise NoValue(op=op)
    change = Change(op, path[0], raw.get("value"), form, path[1] if len(path) > 1 else "")
    _check(change, len(path))
    return change


def _modern(raw: dict[str, Any]) -> tuple[str, Any]:
    op, known = raw.get("op"), ", ".join(OPERATIONS)
    if op is None:
        raise NoOperation(known=known)
    if op not in OPERATIONS:
        raise UnknownOperation(op=op, known=known)
    if "path" not in raw:
        raise NoPath
    return op, raw["path"]


def _old(raw: dict[str, Any]) -> tuple[str, Any]:
    ops = [op for op in OPERATIONS if op in raw]
    if len(ops) != 1:
        raise NotOneMember(count="only" if ops else "exactly")
    return ops[0], raw[ops[0]]


def _path(pointer: Any) -> list[str]:
    text = pointer if isinstance(pointer, str) else str(pointer)
    for wrong, reason in (
        (not text.startswith("/"), 'does not start with "/".'),
        (re.search(r"/\s*?/", text[1:]), 'contains adjacent "/".'),
        (len(text) > 1 and text.endswith("/"), 'end with "/".'),
        (text[1:].strip() == "/", "does not contains valid token."),
        (
            re.search("~[^01]", text) or text.endswith("~"),
            'contains "~" not part of a recognized escape sequence.',
        ),
    ):
        if wrong:
            raise BadPointer(pointer=text, reason=reason)
    return [part.replace("~1", "/").replace("~0", "~").strip() for part in text.lstrip("/").split("/")]


def _check(change: Change, depth: int) -> None:
    if change.name in READ_ONLY:
        raise ReadOnly(name=change.name)
    if change.name in RESERVED or change.name.startswith(RESERVED_PREFIX):
        raise Reserved(name=change.name)
    if change.op == "remove":
        return
    array = depth > 1 and IMAGE.get(change.name, {}).get("type") == "array"
    validate({change.name: [change.value] if array else change.value})


# --- doing -----------------------------------------------------------------------------------------------


def apply(call: Call, image: Image, changes: list[Change]) -> Image:
    """The image after all changes, stored; as it was if there are none."""
    before = image
    for change in changes:
        image = _applied(call, image, change)
    if not changes:
        return image
    if {name for name, _ in image.properties} - {name for name, _ in before.properties}:
        check_quota(call, "properties", [name for name, _ in image.properties])
    return call.cloud.store.put(image.evolve(updated_at=call.cloud.now))


def _applied(call: Call, image: Image, change: Change) -> Image:
    name, value = change.name, change.value
    if name == "locations":
        return with_locations(call, image, change.op, change.place, change.value)
    if name == "owner" and change.op == "replace" and not call.is_admin:
        raise OwnerFixed
    if name == "visibility" and change.op != "remove":
        check_visibility(call, value)
    authorize(call, "modify_image", image)

    properties = dict(image.properties)
    exists = name in FIELDS or (name in properties and allowed(call, "read", name))
    if change.op == "remove" and name in FIELDS:
        raise Unremovable(name=name)
    if change.op in ("replace", "remove") and not exists:
        raise NoSuchProperty(name=name)
    if change.op == "add" and exists and change.form == 4:
        raise PropertyExists(name=name)
    if name in FIELDS:
        return _with_field(call, image, name, value)
    demand(call, "delete" if change.op == "remove" else "update" if exists else "create", name)
    if change.op == "remove":
        del properties[name]
    else:
        properties[name] = value
    return image.evolve(properties=tuple(properties.items()))


def _with_field(call: Call, image: Image, name: str, value: Any) -> Image:
    if name in ("disk_format", "container_format") and image.status not in ("queued", "importing"):
        raise FormatFixed(name=name)
    if name == "tags":
        check_quota(call, "tags", set(value))
    return image.evolve(**{name: stored(name, value)})
