"""/v2/metadefs/namespaces/{namespace}/properties: what single properties mean."""

from __future__ import annotations

from typing import Any

import orjson

from fakecompute.domain.image_metadefs import associations, create_part, parts, text_of
from fakecompute.domain.records.image_metadefs import MetadefNamespace, MetadefProperty
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.image.metadefs import schemas
from fakecompute.services.image.metadefs.access import STAMPS, checked_body
from fakecompute.services.image.metadefs.parts import Noun, declare
from fakecompute.services.image.metadefs.property_types import kept
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

PATH = "/metadefs/namespaces/<namespace_name>/properties"


class ResourceTypeNotFound(NotFound):
    message = "The metadata definition resource-type with name={name}, was not found."


class WrongPrefix(NotFound):
    message = "Property {name} does not start with the expected resource type association prefix of '{prefix}'."


# --- request schemas ----------------------------------------------------------------------------------


def read(call: Call) -> dict[str, Any]:
    body = checked_body(call, schemas.property_, STAMPS)
    return {"name": body["name"], "schema": text_of(kept(body))}


def _bare_name(call: Call, namespace: MetadefNamespace, name: str, resource_type: str) -> str:
    """The name without the prefix that it has on a resource type."""
    found = (item for item in associations(call.cloud, namespace) if item.name == resource_type)
    association = next(found, None)
    if association is None:
        raise ResourceTypeNotFound(name=resource_type)
    prefix = association.prefix
    if not prefix or not name.startswith(prefix):
        raise WrongPrefix(name=name, prefix=prefix)
    return name.removeprefix(prefix)


# --- response views -----------------------------------------------------------------------------------


def property_detail(item: MetadefProperty) -> dict[str, Any]:
    return {"name": item.name, **orjson.loads(item.schema)}


def properties_of(call: Call, namespace: MetadefNamespace) -> dict[str, dict[str, Any]]:
    """By name, which is not repeated in those that came with the namespace."""
    found = sorted(parts(call.cloud, namespace, MetadefProperty), key=lambda item: item.name)
    return {item.name: orjson.loads(item.schema) for item in found}


def _shown(item: MetadefProperty, namespace: MetadefNamespace, call: Call) -> dict[str, Any]:
    return property_detail(item)


# --- handlers -----------------------------------------------------------------------------------------

NOUN = Noun(
    "properties",
    MetadefProperty,
    "property",
    rule="property",
    removes="remove_metadef_property",
    read=read,
    shown=_shown,
)
declare(NOUN)


@routes.get(PATH)
def list_metadef_properties(call: Call, namespace_name: str) -> dict[str, Any]:
    refuse_body(call)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_properties")
    return {"properties": properties_of(call, namespace)}


@routes.post(PATH, success=201)
def create_metadef_property(call: Call, namespace_name: str) -> dict[str, Any]:
    fields = read(call)
    namespace = NOUN.namespace(call, namespace_name, "add_metadef_property")
    item = create_part(call.cloud, namespace, MetadefProperty, **fields)
    return property_detail(item)


@routes.get(f"{PATH}/<name>")
def show_metadef_property(call: Call, namespace_name: str, name: str) -> dict[str, Any]:
    """`?resource_type=` takes the name as it is on that type."""
    refuse_body(call)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_property")
    resource_type = dict(call.query_pairs).get("resource_type")
    if resource_type:
        name = _bare_name(call, namespace, name, resource_type)
    return property_detail(NOUN.find(call, namespace, name))
