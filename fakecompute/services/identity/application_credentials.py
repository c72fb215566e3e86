"""/users/{id}/application_credentials: passwords for programs, good for one project."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.identity import drop_application_credential, with_implied
from fakecompute.domain.records.identity import ApplicationCredential, Role, Token
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Boolean, Choice, ListOf, Object, Schema, Text
from fakecompute.rest.view import ABSENT, View, field, mapped, moment, naive
from fakecompute.services.identity.access_rules import rule_for, shown_rules
from fakecompute.services.identity.delegation import refuse_trusts
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import DuplicateName, Open, Some, a_name, admit, an_id
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


# --- request schemas ----------------------------------------------------------------------------------


class ListCredentials(Listed):
    filters = ("name",)


class RoleReference(Schema):
    id = an_id()
    name = a_name()


class WantedRule(Open):
    """A new one, or the id of one that there is."""

    id = an_id()
    path = Text(max=225, pattern=r"^/\.*")
    service = an_id()
    method = Choice("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


class NewCredential(Schema):
    name = a_name(required=True)
    description = Text(allow_none=True)
    secret = Text(allow_none=True)
    expires_at = Text(allow_none=True)
    project_id = Anything()
    roles = ListOf(Some(RoleReference))
    unrestricted = Boolean(allow_none=True)
    access_rules = ListOf(Object(WantedRule))
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


def _rules(credential: ApplicationCredential, call: Call) -> Any:
    return shown_rules(call, credential) or ABSENT


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
    field("access_rules", _rules),
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
    refuse_trusts(call)
    found = call.cloud.store.by(ApplicationCredential, "user", user_id)
    found.sort(key=lambda credential: credential.id)
    return collection(call, "application_credentials", found, credential_detail)


@identity.get(ONE, policy="identity:get_application_credential")
def show_application_credential(
    call: Call, user_id: str, credential: ApplicationCredential
) -> dict[str, Any]:
    refuse_trusts(call)
    return {"application_credential": credential_detail(credential, call)}


@identity.post(ALL, body=CreateCredential, policy="identity:create_application_credential", success=201)
def create_application_credential(call: Call, user_id: str) -> dict[str, Any]:
    call.demand("identity:create_application_credential", user_id=user_id)  # not even admins for others
    refuse_trusts(call)
    _require_unrestricted(call)
    wish = call.body["application_credential"]
    roles = _wanted_roles(call, wish)
    expires_at = wanted_end(call, wish)
    rules = tuple(rule_for(call, user_id, wanted).id for wanted in wish.get("access_rules", ()))
    store, streams = call.cloud.store, call.cloud.streams
    if store.one(ApplicationCredential, "name", (user_id, wish["name"])) is not None:
        raise DuplicateName(kind="application_credential", name=wish["name"])
    credential = store.put(
        ApplicationCredential(
            id=streams.hex("application credential"),
            name=wish["name"],
            user_id=user_id,
            project_id=call.context.project_id,  # without one it may be made, and is good for nothing
            secret=wish.get("secret") or streams.token("application credential secret", 64)[7:],
            roles=roles,
            description=wish.get("description"),
            expires_at=expires_at,
            unrestricted=wish.get("unrestricted"),
            access_rules=tuple(dict.fromkeys(rules)),
        )
    )
    shown = credential_detail(credential, call)
    return {"application_credential": {**shown, "secret": credential.secret}}  # this once


@identity.delete(ONE, policy="identity:delete_application_credential", success=204)
def delete_application_credential(call: Call, user_id: str, credential: ApplicationCredential) -> None:
    refuse_trusts(call)
    _require_unrestricted(call)
    drop_application_credential(call.cloud, credential)


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
    given = set()
    for reference in wish["roles"]:
        if "id" in reference:
            role = call.cloud.store.find(Role, reference["id"])
        else:
            role = call.cloud.store.one(Role, "name", reference["name"])
            if role is None:
                raise NoSuchRole(name=reference["name"])
        if role is None or role.name not in held:
            raise UnassignedRole
        given.add(role.id)
    implied = (call.cloud.store.get(Role, id) for id in with_implied(call.cloud, given))
    return tuple(sorted(role.name for role in implied))


def wanted_end(call: Call, wish: dict[str, Any]) -> int | None:
    if not wish.get("expires_at"):
        return None
    try:
        at = parse_moment(wish["expires_at"])
    except (ValueError, OverflowError):
        raise BadTime from None
    if at < call.cloud.now:
        raise TimeIsOver
    return at
