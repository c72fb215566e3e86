"""/users: who may log in."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from fakecompute.domain.identity import projects_of, renew, revoke_of_user
from fakecompute.domain.identity_passwords import is_enabled, require_good, with_password
from fakecompute.domain.identity_removal import drop_user
from fakecompute.domain.records.identity import Domain, Token, User
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Boolean, ListOf, Object, Schema, Text
from fakecompute.rest.view import ABSENT, field, mapped, moment, naive
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.domains import require_free
from fakecompute.services.identity.listing import Listed, collection, linked, of_domain
from fakecompute.services.identity.members import (
    DuplicateName,
    Flag,
    Open,
    OpenView,
    Some,
    a_name,
    admit,
    an_id,
    changes,
    domain_of_new,
    require_mutable,
    require_same,
)
from fakecompute.services.identity.projects import project_detail
from fakecompute.services.identity.service import identity


class UserNotFound(NotFound):
    message = "Could not find user: {id}."


class NoSuchOperator(BadRequest):
    message = (
        "The given operator {operator} is not valid. It must be one of the following: 'eq', 'neq', 'lt', 'lte', 'gt',"
        " or 'gte'."
    )


class BadTimestamp(BadRequest):
    message = (
        "Timestamp not in expected format. The server could not comply with the request since it is either malformed"
        " or otherwise incorrect. The client is assumed to be in error."
    )


class DomainAsDefault(BadRequest):
    message = "User's default project ID cannot be a domain ID: {id}"


# --- request schemas ----------------------------------------------------------------------------------


class ListUsers(Listed):
    filters = ("domain_id", "enabled", "name")
    domain_id = an_id()
    enabled = Flag()
    name = a_name()
    idp_id = an_id()
    protocol_id = an_id()
    unique_id = an_id()
    password_expires_at = Text()


class UserOptions(Schema):
    ignore_change_password_upon_first_use = Boolean(allow_none=True)
    ignore_password_expiry = Boolean(allow_none=True)
    ignore_lockout_failure_attempts = Boolean(allow_none=True)
    lock_password = Boolean(allow_none=True)
    ignore_user_inactivity = Boolean(allow_none=True)
    multi_factor_auth_enabled = Boolean(allow_none=True)
    multi_factor_auth_rules = ListOf(ListOf(Text(), min=1, unique=True), unique=True, allow_none=True)


class UserFields(Open):
    default_project_id = Text(allow_none=True)
    enabled = Flag()
    name = a_name()
    password = Text(allow_none=True)
    options = Object(UserOptions)


class ChangedUser(UserFields):
    description = Text(allow_none=True)  # kept as what clients add of their own


class NewUser(ChangedUser):
    name = a_name(required=True)
    domain_id = an_id()


class CreateUser(Schema):
    user = Object(NewUser, required=True)


class UpdateUser(Schema):
    user = Some(ChangedUser, required=True)


class ListUserProjects(Listed):
    filters = ("domain_id", "enabled", "name")


# --- response views -----------------------------------------------------------------------------------


user_detail = OpenView(
    field("id"),
    field("name"),
    field("domain_id"),
    field("enabled", lambda user, call: is_enabled(call.cloud, user)),
    field("default_project_id", lambda user, call: user.default_project_id or ABSENT),
    field("password_expires_at", moment("password_expires_at", naive)),
    field("options", mapped("options")),
    field("links", linked("users")),
)
changed_user = OpenView(*user_detail.fields, field("extra", mapped("extra")))


# --- handlers -----------------------------------------------------------------------------------------


def find_user(call: Call, id: str) -> User:
    user = call.cloud.store.find(User, id)
    return admit(call, user, UserNotFound(id=id), user_id=id, domain_id=user.domain_id if user else "")


def _seen(call: Call) -> list[User]:
    return fitting(call, of_domain(call, call.cloud.store.all(User)))


def fitting(call: Call, users: list[User]) -> list[User]:
    """Those that the query asks for by what is no attribute: none is federated."""
    for key, text in call.query_pairs:
        if key in ("idp_id", "protocol_id", "unique_id"):
            users = []
        if key == "password_expires_at":
            users = [user for user in users if _expires(user, text)]
    return users


# fmt: off
OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq, "neq": operator.ne, "lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge,
}
# fmt: on


def _expires(user: User, text: str) -> bool:
    """Does it at a time like `lt:2030-01-01T00:00:00Z`?"""
    word, colon, time = text.partition(":")
    if not colon:
        return False
    if word not in OPERATORS:
        raise NoSuchOperator(operator=word)
    try:
        at = parse_moment(time)
    except (ValueError, OverflowError):
        raise BadTimestamp from None
    return user.password_expires_at is not None and OPERATORS[word](user.password_expires_at, at)


def _create(call: Call, wish: Wish) -> User:
    domain_id = domain_of_new(call, "identity:create_user", wish)
    _require_project(call, wish)
    require_free(call, User, "user", domain_id, wish["name"])
    id = call.cloud.streams.hex("user")
    user = User(id=id, name=wish["name"], domain_id=domain_id, last_active_at=call.cloud.now)
    return call.cloud.store.put(_changed(call, user, wish))


def _changed(call: Call, user: User, wish: Wish) -> User:
    """As wished for; a password by the cloud's rules."""
    wish = dict(wish)
    password = wish.pop("password", ABSENT)
    new = user.evolve(**changes(user, wish, UserFields))
    if password is ABSENT:
        return new
    if password is not None or user.password is not None:
        require_good(call.cloud, password)
    return with_password(call.cloud, new, password)


def _require_project(call: Call, wish: Wish) -> None:
    """A default project need not exist, but must not be a domain."""
    if call.cloud.store.find(Domain, wish.get("default_project_id")) is not None:
        raise DomainAsDefault(id=wish["default_project_id"])


def _update(call: Call, user: User, wish: Wish) -> User:
    require_same(user, wish, [("id", "ID"), ("domain_id", "Domain ID")])
    require_mutable("user", user, wish)
    _require_project(call, wish)
    new = _changed(call, user, wish)
    if new.name != user.name and call.cloud.store.one(User, "name", (user.domain_id, new.name)) is not None:
        raise DuplicateName(kind="user", name=new.name)
    call.cloud.store.put(new)
    if "password" in wish or not new.enabled:
        revoke_of_user(call.cloud, user.id)
    renew(call.cloud, call.cloud.store.by(Token, "user", user.id))
    return new


Collection(
    "user",
    "/users",
    User,
    user_detail,
    find=find_user,
    records=_seen,
    query=ListUsers,
    create=(CreateUser, _create),
    update=(UpdateUser, _update),
    remove=drop_user,
    views={"update": changed_user},
)


@identity.get("/users/<user>/projects", query=ListUserProjects, policy="identity:list_user_projects")
def list_user_projects(call: Call, user: User) -> dict[str, Any]:
    return collection(call, "projects", projects_of(call.cloud, user.id), project_detail)


@identity.delete("/users/<user>/tokens", policy="identity:revoke_tokens_for_user", success=204)
def revoke_user_tokens(call: Call, user: User) -> None:
    revoke_of_user(call.cloud, user.id)
