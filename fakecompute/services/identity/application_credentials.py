"""/users/{id}/application_credentials: passwords for programs, good for one project."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import drop_application_credential, with_implied
from fakecompute.domain.records.identity import ApplicationCredential, Role, Token
from fakecompute.errors import BadRequest, NotFound, NotImplementedHere
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Boolean, ListOf, Object, Schema, Text
from fakecompute.rest.view import View, field, mapped, moment, naive
from fakecompute.services.identity.listing import Listed, collection, linked, links
from fakecompute.services.identity.members import DuplicateName, Some, a_name, admit, an_id
from fakecompute.services.identity.methods import CredentialNotFound
from fakecompute.services.identity.service import ForbiddenAction, identity

MALFORMED = (
    " The server could not comply with the request since it is either malformed or otherwise incorrect."
    " The client is assumed to be in error."
)


class UnassignedRole(BadRequest):
    message = "Invalid application credential: Cannot create an application credential with unassigned role"


class NoSuchRole(NotFound):
    message = "Role {name} is not defined"


class BadTime(BadRequest):
    message = "Timestamp not in expected format." + MALFORMED


class TimeIsOver(BadRequest):
    message = "The 'expires_at' must not be before now." + MALFORMED


class NoProject(BadRequest):  # real Keystone makes one that is good for nothing
    message = "Invalid application credential: a project-scoped token is required"


# --- request schemas ----------------------------------------------------------------------------------


class ListCredentials(Listed):
    filters = ("name",)


class RoleReference(Schema):
    id = an_id()
    name = a_name()


class NewCredential(Schema):
    name = a_name(required=True)
    description = Text(allow_none=True)
    secret = Text(allow_none=True)
    expires_at = Text(allow_none=True)
    project_id = Anything()
    roles = ListOf(Some(RoleReference))
    unrestricted = Boolean(allow_none=True)
    access_rules = ListOf(Anything())
    system = Text(allow_none=True)


class CreateCredential(Schema):
    application_credential = Object(NewCredential, required=True)


# --- response views -----------------------------------------------------------------------------------

role_of_credential = View(
    field("id"),
    field("name"),
    field("domain_id"),
    field("description"),
    field("options", mapped("options")),
)


def _roles(credential: ApplicationCredential, call: Call) -> list[dict[str, Any]]:
    found = (call.cloud.store.one(Role, "name", name) for name in sorted(credential.roles))
    return [role_of_credential(role, call) for role in found if role is not None]


credential_detail = View(
    field("id"),
    field("name"),
    field("description"),
    field("user_id"),
    field("project_id"),
    field("system", lambda credential, call: None),
    field("expires_at", moment("expires_at", naive)),
    field("unrestricted"),
    field("roles", _roles),
    field("links", linked("application_credentials")),  # without the user: Keystone's own slip
)


# --- handlers -----------------------------------------------------------------------------------------

ALL = "/users/<user_id>/application_credentials"
ONE = ALL + "/<credential>"


@identity.finder("credential")
def find_credential(call: Call, id: str) -> ApplicationCredential:
    """Whoever stands in the path, it is the owner that counts."""
    credential = call.cloud.store.find(ApplicationCredential, id)
    owner = credential.user_id if credential else call.path.split("/users/")[1].partition("/")[0]
    return admit(call, credential, CredentialNotFound(id=id), user_id=owner)


@identity.get(ALL, query=ListCredentials, policy="identity:list_application_credentials")
def list_application_credentials(call: Call, user_id: str) -> dict[str, Any]:
    call.demand("identity:list_application_credentials", user_id=user_id)
    found = call.cloud.store.by(ApplicationCredential, "user", user_id)
    found.sort(key=lambda credential: credential.id)
    return collection(call, "application_credentials", found, credential_detail)


@identity.get(ONE, policy="identity:get_application_credential")
def show_application_credential(
    call: Call, user_id: str, credential: ApplicationCredential
) -> dict[str, Any]:
    return {"application_credential": credential_detail(credential, call)}


@identity.post(ALL, body=CreateCredential, policy="identity:create_application_credential", success=201,
               lacks=["access rules of application credentials"])  # fmt: skip
def create_application_credential(call: Call, user_id: str) -> dict[str, Any]:
    if user_id != call.user_id:  # not even admins
        raise ForbiddenAction(action="identity:create_application_credential")
    _require_unrestricted(call)
    if call.context.project_id is None:
        raise NoProject
    wish = call.body["application_credential"]
    roles = _wanted_roles(call, wish)
    expires_at = _wanted_end(call, wish)
    if wish.get("access_rules"):
        raise NotImplementedHere(operation="access rules of application credentials")
    store, streams = call.cloud.store, call.cloud.streams
    if store.one(ApplicationCredential, "name", (user_id, wish["name"])) is not None:
        raise DuplicateName(kind="application_credential", name=wish["name"])
    credential = store.put(
        ApplicationCredential(
            id=streams.hex("application credential"),
            name=wish["name"],
            user_id=user_id,
            project_id=call.project_id,
            secret=wish.get("secret") or streams.token("application credential secret", 64)[7:],
            roles=roles,
            description=wish.get("description"),
            expires_at=expires_at,
            unrestricted=wish.get("unrestricted"),
        )
    )
    shown = credential_detail(credential, call)
    return {"application_credential": {**shown, "secret": credential.secret}}  # this once


@identity.delete(ONE, policy="identity:delete_application_credential", success=204)
def delete_application_credential(call: Call, user_id: str, credential: ApplicationCredential) -> None:
    _require_unrestricted(call)
    drop_application_credential(call.cloud, credential)


@identity.get("/users/<user_id>/access_rules", policy="identity:list_access_rules")
def list_access_rules(call: Call, user_id: str) -> dict[str, Any]:
    call.demand("identity:list_access_rules", user_id=user_id)
    return {"access_rules": [], "links": links(call)}


def _require_unrestricted(call: Call) -> None:
    """A program must not make passwords for others, unless it was told that it may."""
    token = call.cloud.store.get(Token, call.context.token)
    used = call.cloud.store.find(ApplicationCredential, token.application_credential_id)
    if used is not None and not used.unrestricted:
        raise ForbiddenAction(
            action="Using method 'application_credential' is not allowed for managing additional application"
            " credentials."
        )


def _wanted_roles(call: Call, wish: dict[str, Any]) -> tuple[str, ...]:
    """The names of some of the caller's roles, or of all of them; with the implied ones."""
    held = call.context.roles
    if not wish.get("roles"):
        return tuple(sorted(held))
    names = set()
    for reference in wish["roles"]:
        if "id" in reference:
            role = call.cloud.store.find(Role, reference["id"])
        else:
            role = call.cloud.store.one(Role, "name", reference["name"])
            if role is None:
                raise NoSuchRole(name=reference["name"])
        if role is None or role.name not in held:
            raise UnassignedRole
        names.add(role.name)
    return tuple(sorted(with_implied(tuple(names))))


def _wanted_end(call: Call, wish: dict[str, Any]) -> int | None:
    if not wish.get("expires_at"):
        return None
    try:
        at = parse_moment(wish["expires_at"])
    except (ValueError, OverflowError):
        raise BadTime from None
    if at < call.cloud.now:
        raise TimeIsOver
    return at
