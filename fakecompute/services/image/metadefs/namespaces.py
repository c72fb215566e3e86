"""/v2/metadefs/namespaces: what holds definitions together; Horizon reads them before it shows its forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from fakecompute.domain.image_metadefs import (
    associations,
    check_unprotected,
    create_namespace,
    delete_namespace,
    fill_namespace,
    find_namespace,
    is_visible,
    parts,
    update_namespace,
    visible_namespaces,
)
from fakecompute.domain.records.image_metadefs import MetadefAssociation, MetadefNamespace, MetadefObject
from fakecompute.errors import BadRequest, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.view import isotime
from fakecompute.services.image.metadefs import schemas
from fakecompute.services.image.metadefs.access import (
    NamespaceUnknown,
    check_visibility,
    checked_body,
    demand,
    namespace_for,
    page,
)
from fakecompute.services.image.metadefs.objects import object_detail
from fakecompute.services.image.metadefs.properties import properties_of
from fakecompute.services.image.metadefs.property_types import kept_all
from fakecompute.services.image.metadefs.resource_types import association_detail
from fakecompute.services.image.metadefs.tags import tag_names
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

PATH = "/metadefs/namespaces"
SORT_KEYS = ("id", "namespace", "display_name", "description", "visibility", "protected", "owner",
             "created_at", "updated_at")  # fmt: skip
CONTENT = ("resource_type_associations", "properties", "objects", "tags")
RIGHTS = {  # what a new namespace may bring along, and by which policy
    "resource_type_associations": "add_metadef_resource_type_association",
    "objects": "add_metadef_object",
    "properties": "add_metadef_property",
    "tags": "add_metadef_tag",
}


class NamelessPart(BadRequest):
    """Glance fails with a 500."""

    message = "Provided object does not match schema 'namespace': 'name' is a required property"


class MarkerInvisible(Forbidden):
    message = "Forbidding request, metadata definition namespace={name} is not visible."


# --- request schemas ----------------------------------------------------------------------------------


def _new_namespace(call: Call) -> dict[str, Any]:
    body = checked_body(call, schemas.namespace)
    for key in ("resource_type_associations", "objects", "tags"):
        if any("name" not in item for item in body.get(key, ())):
            raise NamelessPart
    objects = [{**item, "properties": kept_all(item.get("properties"))} for item in body.get("objects", ())]
    return {**body, "objects": objects, "properties": kept_all(body.get("properties"))}


# --- response views -----------------------------------------------------------------------------------


def namespace_brief(namespace: MetadefNamespace) -> dict[str, Any]:
    told = {
        "namespace": namespace.namespace,
        "display_name": namespace.display_name,
        "description": namespace.description,
        "visibility": namespace.visibility,
        "protected": namespace.protected,
        "owner": namespace.owner,
        "created_at": isotime(namespace.created_at),
        "updated_at": isotime(namespace.updated_at),
        "self": f"/v2/metadefs/namespaces/{namespace.namespace}",
        "schema": "/v2/schemas/metadefs/namespace",
    }
    return {name: value for name, value in told.items() if value is not None}


def namespace_in_list(namespace: MetadefNamespace, call: Call) -> dict[str, Any]:
    found = [association_detail(item) for item in associations(call.cloud, namespace)]
    return {**namespace_brief(namespace), **({"resource_type_associations": found} if found else {})}


def namespace_detail(namespace: MetadefNamespace, call: Call, resource_type: str | None) -> dict[str, Any]:
    """With all that is in it; for a resource type, with the names of properties as they are there."""
    prefixes = {item.name: item.prefix for item in associations(call.cloud, namespace)}
    prefix = prefixes.get(resource_type or "") or ""
    properties = {prefix + name: schema for name, schema in properties_of(call, namespace).items()}
    objects = sorted(parts(call.cloud, namespace, MetadefObject), key=lambda item: item.name)
    content = {
        "properties": properties,
        "objects": [object_detail(item, namespace, prefix) for item in objects],
        "tags": tag_names(call, namespace),
    }
    shown = {name: value for name, value in content.items() if value}
    return {**namespace_in_list(namespace, call), **shown}


# --- handlers -----------------------------------------------------------------------------------------


@routes.get(PATH)
def list_metadef_namespaces(call: Call) -> dict[str, Any]:
    refuse_body(call)
    query = dict(call.query_pairs)
    check_visibility(query)
    demand(call, "get_metadef_namespaces")
    demand(call, "list_metadef_resource_types")
    marker = _marker(call, query["marker"]) if query.get("marker") else None
    found = page(_wanted(call, query), query, SORT_KEYS, marker)
    rest = {name: value for name, value in query.items() if name != "marker"}
    answer: dict[str, Any] = {"namespaces": [namespace_in_list(namespace, call) for namespace in found]}
    if found and len(found) == int(query.get("limit", 25)):
        answer["next"] = f"/v2{PATH}?{urlencode({**rest, 'marker': found[-1].namespace})}"
    answer["schema"] = "/v2/schemas/metadefs/namespaces"
    answer["first"] = f"/v2{PATH}" + (f"?{urlencode(rest)}" if rest else "")
    return answer


def _wanted(call: Call, query: dict[str, str]) -> list[MetadefNamespace]:
    """Narrowed by visibility and by resource types, of which one is enough."""
    found = visible_namespaces(call.cloud, call.context.project_id, call.is_admin)
    if query.get("visibility"):
        found = [namespace for namespace in found if namespace.visibility == query["visibility"]]
    if "resource_types" in query:
        store = call.cloud.store
        types = query["resource_types"].split(",")
        wanted = {item.namespace_id for name in types for item in store.by(MetadefAssociation, "type", name)}
        found = [namespace for namespace in found if namespace.id in wanted]
    return found


def _marker(call: Call, name: str) -> MetadefNamespace:
    namespace = find_namespace(call.cloud, name)
    if namespace is None:
        raise NamespaceUnknown(name=name)
    if not is_visible(namespace, call.context.project_id, call.is_admin):
        raise MarkerInvisible(name=name)
    return namespace


@routes.post(PATH)
def create_metadef_namespace(call: Call) -> Answer:
    body = _new_namespace(call)
    demand(call, "add_metadef_namespace")
    for key, rule in RIGHTS.items():
        if body.get(key):
            demand(call, rule)
    fields = {name: body[name] for name in ("display_name", "description", "visibility", "protected") if name in body}
    owner = body.get("owner", call.context.project_id)
    namespace = create_namespace(call.cloud, body["namespace"], owner, **fields)
    fill_namespace(call.cloud, namespace, body)
    shown = {**namespace_brief(namespace), **{name: body[name] for name in CONTENT if body.get(name)}}
    return Answer(201, shown, {"Location": f"{call.root}{shown['self']}"})


@routes.get(f"{PATH}/<namespace_name>")
def show_metadef_namespace(call: Call, namespace_name: str) -> dict[str, Any]:
    refuse_body(call)
    query = dict(call.query_pairs)
    check_visibility(query)
    namespace = find_namespace(call.cloud, namespace_name)
    if namespace is None:
        raise NamespaceUnknown(name=namespace_name)
    if not is_visible(namespace, call.context.project_id, call.is_admin):
        raise NotFound
    demand(call, "get_metadef_namespace", namespace)
    return namespace_detail(namespace, call, query.get("resource_type"))


@routes.put(f"{PATH}/<namespace_name>")
def update_metadef_namespace(call: Call, namespace_name: str) -> dict[str, Any]:
    """All of its own fields; what is not told is as in a new one.  What it holds stays."""
    body = checked_body(call, schemas.namespace)
    namespace = namespace_for(call, namespace_name, "modify_metadef_namespace")
    namespace = update_namespace(
        call.cloud,
        namespace,
        namespace=body["namespace"],
        display_name=body.get("display_name"),
        description=body.get("description"),
        visibility=body.get("visibility", "private"),
        protected=body.get("protected", False),
        owner=body.get("owner") or call.context.project_id,
    )
    return namespace_brief(namespace)


@routes.delete(f"{PATH}/<namespace_name>", success=204)
def delete_metadef_namespace(call: Call, namespace_name: str) -> None:
    refuse_body(call)
    namespace = namespace_for(call, namespace_name, "delete_metadef_namespace")
    check_unprotected(namespace)
    delete_namespace(call.cloud, namespace)
