"""/OS-EP-FILTER: endpoints, and groups of them, that are chosen for a project: its catalogue has no others."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.catalog import drop_endpoint_group, endpoints_of_group, endpoints_of_project
from fakecompute.domain.records.catalog import CatalogEndpoint, EndpointGroup, ProjectEndpoint
from fakecompute.domain.records.identity import Project
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Boolean, Choice, Object, Schema, Text
from fakecompute.rest.view import View, field, mapped
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.endpoints import INTERFACES, EndpointNotFound, endpoint_detail
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import Open, Some, a_name
from fakecompute.services.identity.projects import ProjectNotFound, project_detail
from fakecompute.services.identity.service import Expecting, identity


class GroupNotFound(NotFound):
    message = "Could not find Endpoint Group: {id}."


class NoFilters(BadRequest):
    message = "filters field is required and cannot be empty"


class EndpointChosen(Conflict):
    message = "Conflict occurred attempting to store project_endpoint - Duplicate entry."


class GroupChosen(Conflict):
    message = "Conflict occurred attempting to store project_endpoint_group - Duplicate entry."


class EndpointNotChosen(NotFound):
    message = "Endpoint {endpoint} not found in project {project}"


class GroupNotChosen(NotFound):
    message = "Endpoint Group Project Association not found"


# --- request schemas ----------------------------------------------------------------------------------


class ListGroups(Listed):
    filters = ("name",)
    name = a_name()


class Filters(Open):
    interface = Choice(*INTERFACES)
    service_id = Text()
    region_id = Text(allow_none=True)
    enabled = Boolean()


class GroupFields(Schema):
    description = Text(allow_none=True)
    filters = Object(Filters)
    name = a_name()


class NewGroup(GroupFields):
    filters = Object(Filters, required=True)
    name = a_name(required=True)


class CreateGroup(Schema):
    endpoint_group = Object(NewGroup, required=True)


class UpdateGroup(Schema):
    endpoint_group = Some(GroupFields, required=True)


# --- response views -----------------------------------------------------------------------------------

group_detail = View(
    field("id"),
    field("name"),
    field("description"),
    field("filters", mapped("filters")),
    field("links", linked("OS-EP-FILTER/endpoint_groups")),
)

# --- handlers: groups -----------------------------------------------------------------------------------

GROUPS = "/OS-EP-FILTER/endpoint_groups"


def _create(call: Call, wish: Wish) -> EndpointGroup:
    if not wish["filters"]:
        raise NoFilters
    return _update(call, EndpointGroup(id=call.cloud.streams.hex("endpoint group"), name=wish["name"]), wish)


def _update(call: Call, group: EndpointGroup, wish: Wish) -> EndpointGroup:
    wish = dict(wish)
    if "filters" in wish:
        if not wish["filters"].keys() <= {"service_id", "region_id", "interface"}:
            raise Expecting(attribute="service_id or region_id or interface", target="endpoint_group")
        wish["filters"] = tuple(wish["filters"].items())
    return call.cloud.store.put(group.evolve(**wish))


Collection(
    "endpoint_group",
    GROUPS,
    EndpointGroup,
    group_detail,
    missing=GroupNotFound,
    query=ListGroups,
    strict_query="",
    create=(CreateGroup, _create),
    update=(UpdateGroup, _update),
    remove=drop_endpoint_group,
)


@identity.get(GROUPS + "/<endpoint_group>/endpoints", policy="identity:list_endpoints_associated_with_endpoint_group")
def list_endpoints_of_group(call: Call, endpoint_group: EndpointGroup) -> dict[str, Any]:
    return collection(call, "endpoints", endpoints_of_group(call.cloud, endpoint_group), endpoint_detail)


@identity.get(GROUPS + "/<group_id>/projects", policy="identity:list_projects_associated_with_endpoint_group")
def list_projects_of_group(call: Call, group_id: str) -> dict[str, Any]:
    """Of a group that is not there: none."""
    return _projects(call, call.cloud.store.by(ProjectEndpoint, "group", group_id))


def _projects(call: Call, links: list[ProjectEndpoint]) -> dict[str, Any]:
    projects = [call.cloud.store.get(Project, link.project_id) for link in links]
    return collection(call, "projects", sorted(projects, key=lambda project: project.id), project_detail)


# --- handlers: what is chosen -----------------------------------------------------------------------------

GROUP_OF_PROJECT = GROUPS + "/<group_id>/projects/<project_id>"
ENDPOINT_OF_PROJECT = "/OS-EP-FILTER/projects/<project_id>/endpoints/<endpoint_id>"


def _project(call: Call, id: str) -> Project:
    project = call.cloud.store.find(Project, id)
    if project is None:
        raise ProjectNotFound(id=id)
    return project


def _link_of_group(call: Call, group_id: str, project_id: str) -> ProjectEndpoint | None:
    """Whether a group is chosen; both must be there."""
    _project(call, project_id)
    if call.cloud.store.find(EndpointGroup, group_id) is None:
        raise GroupNotFound(id=group_id)
    return call.cloud.store.find(ProjectEndpoint, f"{project_id}/group/{group_id}")


@identity.put(GROUP_OF_PROJECT, policy="identity:add_endpoint_group_to_project", success=204)
def add_endpoint_group_to_project(call: Call, group_id: str, project_id: str) -> None:
    if _link_of_group(call, group_id, project_id) is not None:
        raise GroupChosen
    id = f"{project_id}/group/{group_id}"
    call.cloud.store.put(ProjectEndpoint(id=id, project_id=project_id, group_id=group_id))


@identity.get(GROUP_OF_PROJECT, policy="identity:get_endpoint_group_in_project")
def show_endpoint_group_in_project(call: Call, group_id: str, project_id: str) -> dict[str, Any]:
    if _link_of_group(call, group_id, project_id) is None:
        raise GroupNotChosen
    own = {"self": f"/OS-EP-FILTER/endpoint_groups/{group_id}/projects/{project_id}"}  # no address: Keystone's slip
    return {"project_endpoint_group": {"endpoint_group_id": group_id, "project_id": project_id, "links": own}}


@identity.delete(GROUP_OF_PROJECT, policy="identity:remove_endpoint_group_from_project", success=204)
def remove_endpoint_group_from_project(call: Call, group_id: str, project_id: str) -> None:
    link = _link_of_group(call, group_id, project_id)
    if link is None:
        raise GroupNotChosen
    call.cloud.store.drop(link)


@identity.get("/OS-EP-FILTER/projects/<project_id>/endpoint_groups", policy="identity:list_endpoint_groups_for_project")
def list_endpoint_groups_for_project(call: Call, project_id: str) -> dict[str, Any]:
    _project(call, project_id)
    links = call.cloud.store.by(ProjectEndpoint, "project", project_id)
    groups = [call.cloud.store.get(EndpointGroup, link.group_id) for link in links if link.group_id]
    return collection(call, "endpoint_groups", sorted(groups, key=lambda group: group.id), group_detail)


@identity.get("/OS-EP-FILTER/projects/<project_id>/endpoints", policy="identity:list_endpoints_for_project")
def list_endpoints_for_project(call: Call, project_id: str) -> dict[str, Any]:
    _project(call, project_id)
    return collection(call, "endpoints", endpoints_of_project(call.cloud, project_id), endpoint_detail)


@identity.get("/OS-EP-FILTER/endpoints/<endpoint_id>/projects", policy="identity:list_projects_for_endpoint")
def list_projects_for_endpoint(call: Call, endpoint_id: str) -> dict[str, Any]:
    _require_endpoint(call, endpoint_id)
    return _projects(call, call.cloud.store.by(ProjectEndpoint, "endpoint", endpoint_id))


def _require_endpoint(call: Call, id: str) -> None:
    if call.cloud.store.find(CatalogEndpoint, id) is None:
        raise EndpointNotFound(id=id)


@identity.put(ENDPOINT_OF_PROJECT, policy="identity:add_endpoint_to_project", success=204)
def add_endpoint_to_project(call: Call, project_id: str, endpoint_id: str) -> None:
    _require_endpoint(call, endpoint_id)
    _project(call, project_id)
    id = f"{project_id}/endpoint/{endpoint_id}"
    if call.cloud.store.find(ProjectEndpoint, id) is not None:
        raise EndpointChosen
    call.cloud.store.put(ProjectEndpoint(id=id, project_id=project_id, endpoint_id=endpoint_id))


@identity.get(ENDPOINT_OF_PROJECT, policy="identity:check_endpoint_in_project", success=204)
def check_endpoint_in_project(call: Call, project_id: str, endpoint_id: str) -> None:
    _require_endpoint(call, endpoint_id)
    _project(call, project_id)
    _chosen(call, project_id, endpoint_id)


@identity.delete(ENDPOINT_OF_PROJECT, policy="identity:remove_endpoint_from_project", success=204)
def remove_endpoint_from_project(call: Call, project_id: str, endpoint_id: str) -> None:
    call.cloud.store.drop(_chosen(call, project_id, endpoint_id))


def _chosen(call: Call, project_id: str, endpoint_id: str) -> ProjectEndpoint:
    link = call.cloud.store.find(ProjectEndpoint, f"{project_id}/endpoint/{endpoint_id}")
    if link is None:
        raise EndpointNotChosen(endpoint=endpoint_id, project=project_id)
    return link
