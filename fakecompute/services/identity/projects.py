"""/projects: who owns servers, volumes and the rest; and their tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.domain.identity import above, below, roles_of
from fakecompute.domain.identity_removal import drop_project, switched_project
from fakecompute.domain.records.identity import Domain, Project
from fakecompute.errors import BadRequest, Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Object, Schema, Text
from fakecompute.rest.view import field, listed, mapped
from fakecompute.services.identity.domains import add_domain, change_domain, remove_domain, visible_domains
from fakecompute.services.identity.listing import Listed, collection, is_true, linked, of_domain
from fakecompute.services.identity.members import (
    DuplicateInDomain,
    Flag,
    Open,
    OpenView,
    Options,
    a_name,
    admit,
    an_id,
    changes,
    domain_of_new,
    require_mutable,
    require_same,
    some_tags,
)
from fakecompute.services.identity.service import identity


class ProjectNotFound(NotFound):
    message = "Could not find project: {id}."


class ProjectTagNotFound(NotFound):
    message = "Could not find project tag: {tag}."


class NoSuchParent(BadRequest):
    message = "Could not find {kind}: {id}."


class ProjectExists(Conflict):
    message = (
        "Conflict occurred attempting to store project - it is not permitted to have two projects with either the"
        " same name or same id in the same domain: name is {name}, project id {id}."
    )


class TooDeep(Forbidden):
    message = "Max hierarchy depth reached for {id} branch."


class OnlyRootsAreDomains(BadRequest):
    message = "only root projects are allowed to act as domains."


class ImmutableTags(Forbidden):
    message = (
        "Cannot {verb} project tags for {id}, project is immutable. Set \"immutable\" option to false before creating"
        " project tags."
    )


class DisabledBranch(BadRequest):
    message = "cannot create a project in a branch containing a disabled project: {id}"


class ParentElsewhere(BadRequest):
    message = (
        "Cannot create project, since it specifies its domain_id {domain_id}, but specifies a parent in a different"
        " domain ({parent_domain_id})."
    )


class FixedParent(Forbidden):
    message = "Update of `parent_id` is not allowed."


class FixedKind(BadRequest):
    message = "Update of `is_domain` is not allowed."


class EnabledSubtree(Forbidden):
    message = "Cannot disable project {id} since its subtree contains enabled projects."


class DisabledParents(Forbidden):
    message = "Cannot enable project {id} since it has disabled parents"


class NotALeaf(Forbidden):
    message = (
        "Cannot delete the project {id} since it is not a leaf in the hierarchy. Use the cascade option if you want"
        " to delete a whole subtree."
    )


class BothForms(BadRequest):
    message = "Cannot use {what}_as_list and {what}_as_ids query params at the same time."


# --- request schemas ----------------------------------------------------------------------------------


class ListProjects(Listed):
    filters = ("domain_id", "enabled", "name", "parent_id", "is_domain")
    domain_id = an_id()
    enabled = Flag()
    name = a_name(64)
    parent_id = Text(form="uuid")
    is_domain = Flag()


class ProjectFields(Open):
    name = a_name(64)
    description = Text(allow_none=True)
    enabled = Flag()
    tags = some_tags()
    options = Object(Options)


class NewProject(ProjectFields):
    name = a_name(64, required=True)
    domain_id = an_id(allow_none=True)
    parent_id = an_id(allow_none=True)
    is_domain = Flag()


class CreateProject(Schema):
    project = Object(NewProject, required=True)


class UpdateProject(Schema):
    project = Object(ProjectFields, required=True)


class UpdateTags(Schema):
    tags = some_tags(required=True)


TAGS = Body(UpdateTags)


# --- response views -----------------------------------------------------------------------------------

project_detail = OpenView(
    field("id"),
    field("name"),
    field("domain_id"),
    field("description"),
    field("enabled"),
    field("parent_id"),
    field("is_domain"),
    field("tags", listed("tags")),
    field("options", mapped("options")),
    field("links", linked("projects")),
)

AnyProject = Project | Domain  # a domain is a project too


def _tagged(call: Call, project: AnyProject) -> dict[str, Any]:
    return {"links": {"self": call.url}, "tags": list(project.tags)}


# --- handlers -----------------------------------------------------------------------------------------


@identity.finder("project")
def find_project(call: Call, id: str) -> AnyProject:
    project = _find(call, id)
    domain_id = (project.domain_id if project else None) or ""
    admit(call, project, ProjectNotFound(id=id), project_id=id, domain_id=domain_id)
    assert project is not None
    return project


def _find(call: Call, id: str | None) -> AnyProject | None:
    return call.cloud.store.find(Project, id) or call.cloud.store.find(Domain, id)


@identity.get("/projects", query=ListProjects, policy="identity:list_projects")
def list_projects(call: Call) -> dict[str, Any]:
    """Those that act as domains are shown to whom asks for them alone."""
    found: list[Any]
    if call.query.get("is_domain"):
        found = [] if call.context.domain_id else list(visible_domains(call))
    else:
        found = of_domain(call, call.cloud.store.all(Project))
    for key, text in call.query_pairs:
        if key in TAG_FILTERS:
            wanted = set(text.split(","))
            found = [project for project in found if TAG_FILTERS[key](wanted, set(project.tags))]
    return collection(call, "projects", found, project_detail)


# fmt: off
TAG_FILTERS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "tags":         lambda wanted, tags: wanted <= tags,
    "tags-any":     lambda wanted, tags: bool(wanted & tags),
    "not-tags":     lambda wanted, tags: not wanted <= tags,
    "not-tags-any": lambda wanted, tags: not wanted & tags,
}
# fmt: on


@identity.get("/projects/<project>", policy="identity:get_project")
def show_project(call: Call, project: AnyProject) -> dict[str, Any]:
    shown = project_detail(project, call)
    for what in "parents", "subtree":
        as_ids, as_list = _asked(call, f"{what}_as_ids"), _asked(call, f"{what}_as_list")
        if {f"{what}_as_ids", f"{what}_as_list"} <= {key for key, _ in call.query_pairs}:
            raise BothForms(what=what)
        if as_ids:
            shown[what] = _line(call, project) if what == "parents" else _tree(call, project)
        elif as_list:
            related = above(call.cloud, project) if what == "parents" else below(call.cloud, project.id)
            held = [one for one in related if _has_role(call, one)]
            shown[what] = [{"project": project_detail(one, call)} for one in held]
    return {"project": shown}


def _asked(call: Call, name: str) -> bool:
    return any(key == name and is_true(text) for key, text in call.query_pairs)


def _line(call: Call, project: AnyProject) -> dict[str, Any] | None:
    """The ids of the parents, each in the one below it."""
    line: dict[str, Any] | None = None
    for parent in reversed([*above(call.cloud, project)]):
        line = {parent.id: line}
    return line


def _tree(call: Call, project: AnyProject) -> dict[str, Any] | None:
    children = call.cloud.store.by(Project, "parent", project.id)
    return {child.id: _tree(call, child) for child in sorted(children, key=lambda child: child.id)} or None


def _has_role(call: Call, project: AnyProject) -> bool:
    return bool(roles_of(call.cloud, call.user_id, f"project:{project.id}"))


@identity.post("/projects", body=CreateProject, policy="identity:create_project", success=201)
def create_project(call: Call) -> dict[str, Any]:
    wish = call.body["project"]
    if wish.pop("is_domain", False):
        call.demand("identity:create_domain")
        if wish.pop("parent_id", None) or wish.pop("domain_id", None):
            raise OnlyRootsAreDomains
        made: Any = add_domain(call, wish)
    else:
        made = _add(call, wish)
    return {"project": project_detail(made, call)}


def _add(call: Call, wish: dict[str, Any]) -> Project:
    store = call.cloud.store
    domain_id = domain_of_new(call, "identity:create_project", wish)
    parent_id = wish.pop("parent_id", None) or domain_id
    parent = _find(call, parent_id)
    if store.find(Domain, domain_id) is None:
        raise NoSuchParent(kind="domain", id=domain_id)
    if parent is None:
        raise NoSuchParent(kind="project", id=parent_id)
    if (parent.domain_id or parent.id) != domain_id:
        raise ParentElsewhere(domain_id=domain_id, parent_domain_id=parent.domain_id or parent.id)
    if not parent.enabled:
        raise DisabledBranch(id=parent.id)
    if len([parent, *above(call.cloud, parent)]) > call.cloud.settings.max_project_tree_depth:
        raise TooDeep(id=parent.id)
    id = call.cloud.streams.hex("project")
    if store.one(Project, "name", (domain_id, wish["name"])) is not None:
        raise ProjectExists(name=wish["name"], id=id)
    project = Project(id=id, name=wish["name"], domain_id=domain_id, parent_id=parent.id)
    return store.put(_changed(project, wish))


def _changed(project: Project, wish: dict[str, Any]) -> Project:
    return project.evolve(**changes(project, wish, ProjectFields))


@identity.patch("/projects/<project>", body=UpdateProject, policy="identity:update_project")
def update_project(call: Call, project: AnyProject) -> dict[str, Any]:
    wish = call.body["project"]
    if isinstance(project, Domain):
        domain = change_domain(call, project, wish)
        return {"project": {**project_detail(domain, call), "extra": dict(domain.extra)}}
    require_same(project, wish, [("id", "ID"), ("domain_id", "Domain ID")])
    require_mutable("project", project, wish)
    if wish.get("parent_id", project.parent_id) != project.parent_id:
        raise FixedParent
    if wish.get("is_domain", project.is_domain) != project.is_domain:
        raise FixedKind
    new = _changed(project, wish)
    if new.name != project.name and call.cloud.store.one(Project, "name", (new.domain_id, new.name)):
        raise DuplicateInDomain(kind="project", name=new.name, domain=new.domain_id)
    if new.enabled != project.enabled:
        _require_switchable(call, new)
    call.cloud.store.put(new)
    switched_project(call.cloud, new.id)
    return {"project": {**project_detail(new, call), "extra": dict(new.extra)}}


def _require_switchable(call: Call, project: Project) -> None:
    """Above an enabled project all are enabled."""
    if project.enabled and not all(parent.enabled for parent in above(call.cloud, project)):
        raise DisabledParents(id=project.id)
    if not project.enabled and any(child.enabled for child in below(call.cloud, project.id)):
        raise EnabledSubtree(id=project.id)


@identity.delete("/projects/<project>", policy="identity:delete_project", success=204)
def delete_project(call: Call, project: AnyProject) -> None:
    if isinstance(project, Domain):
        return remove_domain(call.cloud, project)
    require_mutable("project", project)
    if call.cloud.store.count(Project, "parent", project.id):
        raise NotALeaf(id=project.id)
    drop_project(call.cloud, project)


# --- tags -----------------------------------------------------------------------------------------------


@identity.get("/projects/<project>/tags", policy="identity:list_project_tags")
def list_project_tags(call: Call, project: AnyProject) -> dict[str, Any]:
    return _tagged(call, project)


@identity.put("/projects/<project>/tags", body=UpdateTags, policy="identity:update_project_tags")
def update_project_tags(call: Call, project: AnyProject) -> dict[str, Any]:
    return _tagged(call, _tag(call, project, tuple(call.body["tags"])))


@identity.delete("/projects/<project>/tags", policy="identity:delete_project_tags", success=204)
def delete_project_tags(call: Call, project: AnyProject) -> None:
    _tag(call, project, ())


@identity.get("/projects/<project>/tags/<tag>", policy="identity:get_project_tag", success=204)
def show_project_tag(call: Call, project: AnyProject, tag: str) -> None:
    if tag not in project.tags:
        raise ProjectTagNotFound(tag=tag)


@identity.put("/projects/<project>/tags/<tag>", policy="identity:create_project_tag", success=201)
def create_project_tag(call: Call, project: AnyProject, tag: str) -> Answer:
    all_of_them = (*project.tags, tag)
    TAGS.load({"tags": list(all_of_them)}, call.version)
    _tag(call, project, all_of_them, "create")
    return Answer(201, None, {"Location": f"{call.url}/projects/{project.id}/tags/{tag}"})


@identity.delete("/projects/<project>/tags/<tag>", policy="identity:delete_project_tag", success=204)
def delete_project_tag(call: Call, project: AnyProject, tag: str) -> None:
    if tag not in project.tags:
        raise ProjectTagNotFound(tag=tag)
    _tag(call, project, tuple(other for other in project.tags if other != tag))


def _tag(call: Call, project: AnyProject, tags: tuple[str, ...], verb: str = "update") -> AnyProject:
    if dict(project.options).get("immutable"):
        raise ImmutableTags(verb=verb, id=project.id)
    return call.cloud.store.put(project.evolve(tags=tags))
