"""/users: who may log in."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import drop_user, projects_of, revoke_of_user
from fakecompute.domain.records.identity import Domain, User
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Body, Boolean, ListOf, Object, Schema, Text
from fakecompute.rest.view import ABSENT, field, mapped
from fakecompute.services.identity.domains import DomainNotFound
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import (
    DuplicateInDomain,
    DuplicateName,
    Flag,
    Open,
    OpenView,
    Some,
    a_name,
    admit,
    an_id,
    changes,
    home_domain,
    require_mutable,
    require_same,
)
from fakecompute.services.identity.projects import project_detail
from fakecompute.services.identity.service import identity, unauthorized


class UserNotFound(NotFound):
    message = "Could not find user: {id}."


class DomainAsDefault(BadRequest):
    message = "User's default project ID cannot be a domain ID: {id}"


# --- request schemas ----------------------------------------------------------------------------------


class ListUsers(Listed):
    filters = ("domain_id", "enabled", "name")
    domain_id = an_id()
    enabled = Flag()
    name = a_name()


class UserOptions(Schema):
    ignore_change_password_upon_first_use = Boolean(allow_none=True)
    ignore_password_expiry = Boolean(allow_none=True)
    ignore_lockout_failure_attempts = Boolean(allow_none=True)
    lock_password = Boolean(allow_none=True)
    ignore_user_inactivity = Boolean(allow_none=True)
    multi_factor_auth_enabled = Boolean(allow_none=True)
    multi_factor_auth_rules = ListOf(ListOf(Text()), allow_none=True)


class UserFields(Open):
    default_project_id = Text(allow_none=True)
    description = Text(allow_none=True)
    email = Anything()
    enabled = Flag()
    name = a_name()
    password = Text(allow_none=True)
    options = Object(UserOptions)


class NewUser(UserFields):
    name = a_name(required=True)
    domain_id = an_id()


class CreateUser(Schema):
    user = Object(NewUser, required=True)


class UpdateUser(Schema):
    user = Some(UserFields, required=True)


class ChangePassword(Schema):
    original_password = Text(required=True)
    password = Text(required=True)


CHANGE_PASSWORD = Body(ChangePassword)


class ListUserProjects(Listed):
    filters = ("domain_id", "enabled", "name")


# --- response views -----------------------------------------------------------------------------------


def _if_set(attribute: str) -> Any:
    def source(user: User, call: Call) -> Any:
        value = getattr(user, attribute)
        return ABSENT if value is None else value

    return source


user_detail = OpenView(
    field("description", _if_set("description")),
    field("email", _if_set("email")),
    field("id"),
    field("name"),
    field("domain_id"),
    field("enabled"),
    field("default_project_id", _if_set("default_project_id")),
    field("password_expires_at", lambda user, call: None),
    field("options", mapped("options")),
    field("links", linked("users")),
)


# --- handlers -----------------------------------------------------------------------------------------


@identity.finder("user")
def find_user(call: Call, id: str) -> User:
    user = call.cloud.store.find(User, id)
    return admit(call, user, UserNotFound(id=id), user_id=id, domain_id=user.domain_id if user else "")


@identity.get("/users", query=ListUsers, policy="identity:list_users")
def list_users(call: Call) -> dict[str, Any]:
    mine = call.context.domain_id
    users = sorted(call.cloud.store.all(User), key=lambda user: user.id)
    seen = [user for user in users if mine is None or user.domain_id == mine]
    return collection(call, "users", seen, user_detail)


@identity.get("/users/<user>", policy="identity:get_user")
def show_user(call: Call, user: User) -> dict[str, Any]:
    return {"user": user_detail(user, call)}


@identity.post("/users", body=CreateUser, policy="identity:create_user", success=201)
def create_user(call: Call) -> dict[str, Any]:
    wish = call.body["user"]
    call.demand("identity:create_user", domain_id=wish.get("domain_id", ""))
    domain_id = wish.pop("domain_id", None) or home_domain(call)
    _require_project(call, wish)
    if call.cloud.store.find(Domain, domain_id) is None:
        raise DomainNotFound(id=domain_id)
    if call.cloud.store.one(User, "name", (domain_id, wish["name"])) is not None:
        raise DuplicateInDomain(kind="user", name=wish["name"], domain=domain_id)
    user = User(id=call.cloud.streams.hex("user"), name=wish["name"], password=None, domain_id=domain_id)
    user = call.cloud.store.put(user.evolve(**changes(user, wish, UserFields)))
    return {"user": user_detail(user, call)}


def _require_project(call: Call, wish: dict[str, Any]) -> None:
    """A default project need not exist, but must not be a domain."""
    if call.cloud.store.find(Domain, wish.get("default_project_id")) is not None:
        raise DomainAsDefault(id=wish["default_project_id"])


@identity.patch("/users/<user>", body=UpdateUser, policy="identity:update_user")
def update_user(call: Call, user: User) -> dict[str, Any]:
    wish = call.body["user"]
    require_same(user, wish, [("id", "ID"), ("domain_id", "Domain ID")])
    require_mutable("user", user, wish)
    _require_project(call, wish)
    new = user.evolve(**changes(user, wish, UserFields))
    if new.name != user.name and call.cloud.store.one(User, "name", (user.domain_id, new.name)) is not None:
        raise DuplicateName(kind="user", name=new.name)
    call.cloud.store.put(new)
    if "password" in wish or not new.enabled:
        revoke_of_user(call.cloud, user.id)
    return {"user": user_detail(new, call)}


@identity.delete("/users/<user>", policy="identity:delete_user", success=204)
def delete_user(call: Call, user: User) -> None:
    drop_user(call.cloud, user)


@identity.post("/users/<user_id>/password", public=True, success=204)
def change_password(call: Call, user_id: str) -> None:
    """The old password is all that one needs: an expired one can be changed without a token."""
    sent = call.body if isinstance(call.body, dict) else {}
    wish = CHANGE_PASSWORD.load(sent.get("user", {}), call.version)
    user = call.cloud.store.find(User, user_id)
    if user is None or not user.enabled or user.password != wish["original_password"]:
        raise unauthorized(call)
    call.cloud.store.put(user.evolve(password=wish["password"]))
    revoke_of_user(call.cloud, user_id)


@identity.get("/users/<user>/projects", query=ListUserProjects, policy="identity:list_user_projects")
def list_user_projects(call: Call, user: User) -> dict[str, Any]:
    return collection(call, "projects", projects_of(call.cloud, user.id), project_detail)


@identity.delete("/users/<user>/tokens", policy="identity:revoke_tokens_for_user", success=204)
def revoke_user_tokens(call: Call, user: User) -> None:
    revoke_of_user(call.cloud, user.id)
