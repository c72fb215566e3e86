"""A property in JSON: as Glance keeps it, which is not always as it was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fakecompute.services.image import json_schema
from fakecompute.services.image.metadefs import schemas

NESTED = {**schemas.property_, "required": ["type", "title"]}
TEXTS = {"type": "array", "items": {"type": "string"}}
ITEMS = {
    "type": "object",
    "properties": {"type": {}, "enum": TEXTS},
    "additionalProperties": False,
    "required": ["type"],
}
KEPT = {  # what Glance's own types take of the schema; for anything else it fails with a 500
    **{name: {} for name in schemas.PROPERTY if name != "required"},
    "enum": TEXTS,
    "items": ITEMS,
}
STRICT = {"name": "property", "properties": KEPT, "additionalProperties": False}


def _same(value: Any) -> Any:
    return value


def _default(value: Any) -> str | None:
    """Text, whatever the type of the property; nothing for what is no single value."""
    return None if value is None or isinstance(value, (list, dict)) else str(value)


# glance/api/v2/model/metadef_property_type.py: its fields, in its order
FIELDS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("name", "type", "title", "description", "operators"), _same),
    "default": _default,
    "readonly": _same,
    "minimum": int,
    "maximum": int,
    **dict.fromkeys(("enum", "pattern", "minLength", "maxLength", "confidential", "items", "uniqueItems"), _same),
    **dict.fromkeys(("minItems", "maxItems", "additionalItems"), _same),
}


def kept(body: Mapping[str, Any]) -> dict[str, Any]:
    """A property that the schema has let pass."""
    json_schema.validate(body, STRICT)
    return {name: read(body[name]) for name, read in FIELDS.items() if name in body}


def kept_all(properties: Mapping[str, Any] | None) -> dict[str, Any]:
    """Those of an object or namespace, by name."""
    for body in (properties or {}).values():
        json_schema.validate(body, NESTED)
    return {name: kept(body) for name, body in (properties or {}).items()}
