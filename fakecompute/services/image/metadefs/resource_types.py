"""/v2/metadefs/resource_types, and what of a namespace is for which of them."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.image_metadefs import associate, associations, dissociate
from fakecompute.domain.records.image_metadefs import MetadefAssociation, MetadefResourceType
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import isotime
from fakecompute.services.image.metadefs import schemas
from fakecompute.services.image.metadefs.access import STAMPS, checked_body, demand, namespace_for
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

PATH = "/metadefs/namespaces/<namespace_name>/resource_types"


class AssociationNotFound(NotFound):
    message = "Failed to find resource type {name} to delete"


# --- response views -----------------------------------------------------------------------------------


def association_detail(association: MetadefAssociation) -> dict[str, Any]:
    told = {name: getattr(association, name) for name in ("prefix", "properties_target")}
    return {
        "name": association.name,
        **{name: value for name, value in told.items() if value},
        "created_at": isotime(association.created_at),
        "updated_at": isotime(association.updated_at),
    }


def _resource_type(type: MetadefResourceType) -> dict[str, Any]:
    return {"name": type.id, "created_at": isotime(type.created_at), "updated_at": isotime(type.updated_at)}


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/metadefs/resource_types")
def list_metadef_resource_types(call: Call) -> dict[str, Any]:
    refuse_body(call)
    demand(call, "list_metadef_resource_types")
    found = sorted(call.cloud.store.all(MetadefResourceType), key=lambda type: type.id)
    return {"resource_types": [_resource_type(type) for type in found]}


@routes.get(PATH)
def list_metadef_associations(call: Call, namespace_name: str) -> dict[str, Any]:
    refuse_body(call)
    namespace = namespace_for(call, namespace_name, "get_metadef_resource_type")
    found = associations(call.cloud, namespace)
    return {"resource_type_associations": [association_detail(item) for item in found]}


@routes.post(PATH, success=201)
def create_metadef_association(call: Call, namespace_name: str) -> dict[str, Any]:
    body = checked_body(call, schemas.resource_type, STAMPS)
    namespace = namespace_for(call, namespace_name, "add_metadef_resource_type_association")
    association = associate(call.cloud, namespace, **body)
    return association_detail(association)


@routes.delete(f"{PATH}/<name>", success=204)
def delete_metadef_association(call: Call, namespace_name: str, name: str) -> None:
    refuse_body(call)
    namespace = namespace_for(call, namespace_name, "remove_metadef_resource_type_association")
    association = call.cloud.store.find(MetadefAssociation, f"{namespace.id}/{name}")
    if association is None:
        raise AssociationNotFound(name=name)
    dissociate(call.cloud, namespace, association)
