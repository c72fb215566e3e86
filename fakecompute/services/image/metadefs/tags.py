"""/v2/metadefs/namespaces/{namespace}/tags: words, one at a time or all at once."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.image_metadefs import create_part, delete_parts, parts
from fakecompute.domain.records.image_metadefs import MetadefNamespace, MetadefTag
from fakecompute.rest.call import Call
from fakecompute.rest.view import isotime
from fakecompute.services.image import json_schema
from fakecompute.services.image.metadefs import schemas
from fakecompute.services.image.metadefs.access import STAMPS, check_visibility, checked_body, page
from fakecompute.services.image.metadefs.parts import Noun, declare
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

PATH = "/metadefs/namespaces/<namespace_name>/tags"
SORT_KEYS = ("id", "name", "created_at", "updated_at")
TRUE = ("1", "t", "true", "on", "y", "yes")  # oslo_utils/strutils.py: bool_from_string

# --- request schemas ----------------------------------------------------------------------------------


def read(call: Call) -> dict[str, Any]:
    return {"name": checked_body(call, schemas.tag, STAMPS)["name"]}


# --- response views -----------------------------------------------------------------------------------


def tag_detail(tag: MetadefTag, namespace: MetadefNamespace, call: Call) -> dict[str, Any]:
    return {"name": tag.name, "created_at": isotime(tag.created_at), "updated_at": isotime(tag.updated_at)}


def tag_names(call: Call, namespace: MetadefNamespace) -> list[dict[str, Any]]:
    found = sorted(parts(call.cloud, namespace, MetadefTag), key=lambda tag: -tag.number)
    return [{"name": tag.name} for tag in found]


# --- handlers -----------------------------------------------------------------------------------------

NOUN = Noun(
    "tags",
    MetadefTag,
    "metadata tag",
    rule="tag",
    removes="delete_metadef_tag",
    read=read,
    shown=tag_detail,
    clears=("delete_metadef_tags",),
)
declare(NOUN)


@routes.get(PATH)
def list_metadef_tags(call: Call, namespace_name: str) -> dict[str, Any]:
    refuse_body(call)
    query = dict(call.query_pairs)
    check_visibility(query)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_tags")
    marker = NOUN.find(call, namespace, query["marker"]) if query.get("marker") else None
    found = page(parts(call.cloud, namespace, MetadefTag), query, SORT_KEYS, marker)
    return {"tags": [{"name": tag.name} for tag in found]}


@routes.post(PATH, success=201)
def create_metadef_tags(call: Call, namespace_name: str) -> dict[str, Any]:
    """Instead of those that are there, or beside them with `X-Openstack-Append`."""
    names = [tag["name"] for tag in checked_body(call, schemas.new_tags)["tags"]]
    namespace = NOUN.namespace(call, namespace_name, "add_metadef_tags")
    if (call.header("X-Openstack-Append") or "").strip().lower() not in TRUE:
        delete_parts(call.cloud, namespace, MetadefTag)
    for name in names:
        create_part(call.cloud, namespace, MetadefTag, name)
    return {"tags": [{"name": name} for name in names]}


@routes.post(f"{PATH}/<name>", success=201)
def create_metadef_tag(call: Call, namespace_name: str, name: str) -> dict[str, Any]:
    refuse_body(call)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_namespace")
    json_schema.validate({"name": name}, schemas.tag)
    namespace = NOUN.namespace(call, namespace_name, "add_metadef_tag")
    tag = create_part(call.cloud, namespace, MetadefTag, name)
    return tag_detail(tag, namespace, call)


@routes.get(f"{PATH}/<name>")
def show_metadef_tag(call: Call, namespace_name: str, name: str) -> dict[str, Any]:
    refuse_body(call)
    namespace = NOUN.namespace(call, namespace_name, "get_metadef_tag")
    return tag_detail(NOUN.find(call, namespace, name), namespace, call)
