"""What namespaces and their parts look like: GET /v2/schemas/metadefs/..., and what bodies are checked by."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

TYPES = ["array", "boolean", "integer", "number", "object", "string", None]
TEXT: Json = {"type": "string"}
SHORT: Json = {"type": "string", "maxLength": 80}
LINK: Json = {"readOnly": True, "type": "string"}


def _of(type: str, description: str, **more: Any) -> Json:
    return {"type": type, "description": description, **more}


def _time(description: str) -> Json:
    return {"type": "string", "readOnly": True, "description": description, "format": "date-time"}


def _ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def _list_of(item: Json) -> Json:
    return {"type": "array", "items": item}


PROPERTY: dict[str, Json] = {
    "name": SHORT,
    "title": TEXT,
    "description": TEXT,
    "operators": _list_of(TEXT),
    "type": {"type": "string", "enum": TYPES},
    "required": _ref("stringArray"),
    "minimum": {"type": "number"},
    "maximum": {"type": "number"},
    "maxLength": _ref("positiveInteger"),
    "minLength": _ref("positiveIntegerDefault0"),
    "pattern": {"type": "string", "format": "regex"},
    "enum": {"type": "array"},
    "readonly": {"type": "boolean"},
    "default": {},
    "items": {"type": "object", "properties": {"type": {"type": "string", "enum": TYPES}, "enum": {"type": "array"}}},
    "maxItems": _ref("positiveInteger"),
    "minItems": _ref("positiveIntegerDefault0"),
    "uniqueItems": {"type": "boolean", "default": False},
    "additionalItems": {"type": "boolean"},
}
NUMBERS: Json = {
    "positiveInteger": {"type": "integer", "minimum": 0},
    "positiveIntegerDefault0": {"allOf": [_ref("positiveInteger"), {"default": 0}]},
}
DEFINITIONS: Json = {
    **NUMBERS,
    "stringArray": {"type": "array", "items": TEXT, "uniqueItems": True},
    "property": {
        "type": "object",
        "additionalProperties": {"type": "object", "required": ["title", "type"], "properties": PROPERTY},
    },
}
PROPERTY_DEFINITIONS: Json = {
    **NUMBERS,
    "stringArray": {"type": "array", "items": TEXT, "minItems": 1, "uniqueItems": True},
}
NAMESPACE: dict[str, Json] = {
    "namespace": _of("string", "The unique namespace text.", maxLength=80),
    "display_name": _of(
        "string", "The user friendly name for the namespace. Used by UI if available.", maxLength=80
    ),
    "description": _of("string", "Provides a user friendly description of the namespace.", maxLength=500),
    "visibility": _of("string", "Scope of namespace accessibility.", enum=["public", "private"]),
    "protected": _of("boolean", "If true, namespace will not be deletable."),
    "owner": _of("string", "Owner of the namespace.", maxLength=255),
    "created_at": _time("Date and time of namespace creation"),
    "updated_at": _time("Date and time of the last namespace modification"),
    "schema": LINK,
    "self": LINK,
    "resource_type_associations": _list_of(
        {"type": "object", "properties": {"name": TEXT, "prefix": TEXT, "properties_target": TEXT}}
    ),
    "properties": _ref("property"),
    "objects": _list_of(
        {
            "type": "object",
            "properties": {
                "name": TEXT,
                "description": TEXT,
                "required": _ref("stringArray"),
                "properties": _ref("property"),
            },
        }
    ),
    "tags": _list_of({"type": "object", "properties": {"name": TEXT}}),
}
OBJECT: dict[str, Json] = {
    "name": SHORT,
    "description": TEXT,
    "required": _ref("stringArray"),
    "properties": _ref("property"),
    "schema": LINK,
    "self": LINK,
    "created_at": _time("Date and time of object creation"),
    "updated_at": _time("Date and time of the last object modification"),
}
RESOURCE_TYPE: dict[str, Json] = {
    "name": _of(
        "string",
        "Resource type names should be aligned with Heat resource types whenever possible:"
        " https://docs.openstack.org/heat/latest/template_guide/openstack.html",
        maxLength=80,
    ),
    "prefix": _of(
        "string",
        "Specifies the prefix to use for the given resource type. Any properties in the namespace should be prefixed"
        " with this prefix when being applied to the specified resource type. Must include prefix separator (e.g. a"
        " colon :).",
        maxLength=80,
    ),
    "properties_target": _of(
        "string",
        "Some resource types allow more than one key / value pair per instance.  For example, Cinder allows user and"
        " image metadata on volumes. Only the image properties metadata is evaluated by Nova (scheduling or drivers)."
        " This property allows a namespace target to remove the ambiguity.",
        maxLength=80,
    ),
    "created_at": _time("Date and time of resource type association"),
    "updated_at": _time("Date and time of the last resource type association modification"),
}
TAG: dict[str, Json] = {
    "name": SHORT,
    "created_at": _time("Date and time of tag creation"),
    "updated_at": _time("Date and time of the last tag modification"),
}
PAGE_LINKS = [
    {"rel": "first", "href": "{first}"},
    {"rel": "next", "href": "{next}"},
    {"rel": "describedby", "href": "{schema}"},
]


def _schema(name: str, properties: Json, required: list[str], definitions: Json | None = None) -> Json:
    """One thing; Glance tells its definitions before what is required."""
    told = {"definitions": definitions} if definitions else {}
    head = {"name": name, "properties": properties, "additionalProperties": False}
    return {**head, **told, "required": required}


def _collection(name: str, item: Json, shape: str = "array") -> Json:
    item = dict(item)
    definitions = item.pop("definitions", None)
    inner = _list_of(item) if shape == "array" else {"type": "object", "additionalProperties": item}
    texts = dict.fromkeys(("first", "next", "schema"), TEXT)
    told = {"definitions": definitions} if definitions else {}
    return {"name": name, "properties": {name: inner, **texts}, "links": PAGE_LINKS, **told}


namespace = _schema("namespace", NAMESPACE, ["namespace"], DEFINITIONS)
object_ = _schema("object", OBJECT, ["name"], DEFINITIONS)
property_ = _schema("property", PROPERTY, ["type", "title", "name"], PROPERTY_DEFINITIONS)
resource_type = _schema("resource_type_association", RESOURCE_TYPE, ["name"])
tag = _schema("tag", TAG, ["name"])
new_tags: Json = {  # of POST .../tags; GET of the schema shows another
    "name": "tags",
    "properties": {
        "tags": _list_of(
            {"type": "object", "properties": {"name": TEXT}, "required": ["name"], "additionalProperties": False}
        ),
        **dict.fromkeys(("first", "next", "schema"), TEXT),
    },
    "required": ["tags"],
    "links": PAGE_LINKS,
}

SERVED: dict[str, Json] = {
    "namespace": namespace,
    "namespaces": _collection("namespaces", namespace),
    "object": object_,
    "objects": _collection("objects", object_),
    "property": property_,
    "properties": _collection("properties", {**property_, "required": ["type", "title"]}, "object"),
    "resource_type": resource_type,
    "resource_types": _collection("resource_type_associations", resource_type),
    "tag": tag,
    "tags": _collection("tags", tag),
}
