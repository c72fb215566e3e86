"""/v2/metadefs/namespaces/{namespace}/objects: groups of properties."""

from __future__ import annotations

from typing import Any

import orjson

from fakecompute.domain.image_metadefs import create_part, object_fields, parts
from fakecompute.domain.records.image_metadefs import MetadefNamespace, MetadefObject
from fakecompute.rest.call import Call
from fakecompute.rest.view import isotime
from fakecompute.services.image.metadefs import schemas
from fakecompute.services.image.metadefs.access import (
    NamespaceUnknown,
    check_visibility,
    checked_body,
    direction_of,
    limit_of,
)
from fakecompute.services.image.metadefs.parts import Noun, declare
from fakecompute.services.image.metadefs.property_types import kept_all
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

PATH = "/metadefs/namespaces/<namespace_name>/objects"

# --- request schemas ----------------------------------------------------------------------------------


def read(call: Call) -> dict[str, Any]:
    body = checked_body(call, schemas.object_)
    fields = {**body, "properties": kept_all(body.get("properties"))}
    return {"name": body["name"], **object_fields(fields)}


# --- response views -----------------------------------------------------------------------------------


def object_detail(item: MetadefObject, namespace: MetadefNamespace, prefix: str = "") -> dict[str, Any]:
    """`prefix` stands before the names of properties, as on a resource type."""
    properties = orjson.loads(item.properties)
    told = {"description": item.description} if item.description is not None else {}
    return {
        "name": item.name,
        "required": [prefix + name for name in item.required],
        **told,
        "properties": {prefix + name: properties[name] for name in sorted(properties)},
        "created_at": isotime(item.created_at),
        "updated_at": isotime(item.updated_at),
        "self": f"/v2/metadefs/namespaces/{namespace.namespace}/objects/{item.name}",
        "schema": "/v2/schemas/metadefs/object",
    }


def _written(item: MetadefObject, namespace: MetadefNamespace, call: Call) -> dict[str, Any]:
    """As an answer to who wrote it: without what was not there."""
    empty = [name for name in ("required", "properties") if name not in call.body]
    return {name: value for name, value in object_detail(item, namespace).items() if name not in empty}


# --- handlers -----------------------------------------------------------------------------------------

NOUN = Noun(
    "objects",
    MetadefObject,
    "metadata object",
    rule="object",
    removes="delete_metadef_object",
    read=read,
    shown=_written,
    unknown=NamespaceUnknown,
)
declare(NOUN)


@routes.get(PATH)
def list_metadef_objects(call: Call, namespace_name: str) -> dict[str, Any]:
    """All of them: limit, marker and sort key are read, and not heeded."""
    refuse_body(call)
    query = dict(call.query_pairs)
    limit_of(query, least=1)
    direction_of(query)
    check_visibility(query)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_objects")
    found = sorted(parts(call.cloud, namespace, MetadefObject), key=lambda item: item.name)
    return {
        "objects": [object_detail(item, namespace) for item in found],
        "schema": "v2/schemas/metadefs/objects",  # without the slash
    }


@routes.post(PATH, success=201)
def create_metadef_object(call: Call, namespace_name: str) -> dict[str, Any]:
    fields = read(call)
    namespace = NOUN.namespace(call, namespace_name, "add_metadef_object")
    item = create_part(call.cloud, namespace, MetadefObject, **fields)
    return _written(item, namespace, call)


@routes.get(f"{PATH}/<name>")
def show_metadef_object(call: Call, namespace_name: str, name: str) -> dict[str, Any]:
    refuse_body(call)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_object")
    return object_detail(NOUN.find(call, namespace, name), namespace)
