"""/auth/tokens: log in, look at a token, end it."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from fakecompute.domain.identity import issue_token, revoke, roles_of, roles_with, with_implied
from fakecompute.domain.records.identity import ApplicationCredential, Domain, Project, Role, Token, User
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND, microseconds
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Anything, Body, Boolean, ListOf, Object, Text
from fakecompute.rest.view import ABSENT, View, field, listed, zulu
from fakecompute.services.identity.catalog import catalog
from fakecompute.services.identity.listing import is_true
from fakecompute.services.identity.members import Open
from fakecompute.services.identity.methods import Proof, authenticate, find_token, require_supported
from fakecompute.services.identity.scopes import Scope, default_scope, wanted_scope
from fakecompute.services.identity.service import Expecting, identity, unauthorized

EXPIRED_WINDOW = 172_800 * SECOND  # [token]allow_expired_window


class NoToken(NotFound):
    message = "No token in the request"


class NeitherIdNorName(BadRequest):
    message = "Invalid input for field {field}: id or name must be present."


# --- request schemas ----------------------------------------------------------------------------------


class Named(Open):
    id = Text()
    name = Text()


class NamedInDomain(Named):
    domain = Object(Named)


class Login(NamedInDomain):
    password = Text()


class Password(Open):
    user = Object(Login)


class Rescope(Open):
    id = Text(required=True)


class Credential(Named):
    secret = Text()
    user = Object(NamedInDomain)


class Identity(Open):
    methods = ListOf(Text(), required=True)
    password = Object(Password)
    token = Object(Rescope)
    application_credential = Object(Credential)
    external = Anything()


class System(Open):
    all = Boolean()


class Trust(Open):
    id = Text()


class WantedScope(Open):
    project = Object(NamedInDomain)
    domain = Object(Named)
    trust = Object(Trust, data_key="OS-TRUST:trust")
    system = Object(System)


class ScopeOrWord(Object):
    """`{"project": ...}`, or the word `unscoped`."""

    types = ("object", "string")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return value if isinstance(value, str) else super()._deserialize(value, attr, data, **kwargs)


class Auth(Open):
    identity = Object(Identity, required=True)
    scope = ScopeOrWord(WantedScope)


class CreateToken(Open):
    auth = Object(Auth, required=True)


CREATE_TOKEN = Body(CreateToken)


# --- response views -----------------------------------------------------------------------------------


def _user(token: Token, call: Call) -> dict[str, Any]:
    user = call.cloud.store.get(User, token.user_id)
    return {
        "domain": domain_brief(call, user.domain_id),
        "id": user.id,
        "name": user.name,
        "password_expires_at": None,
    }


def domain_brief(call: Call, id: str) -> dict[str, str]:
    return {"id": id, "name": call.cloud.store.get(Domain, id).name}


def _project(token: Token, call: Call) -> Any:
    if token.project_id is None:
        return ABSENT
    project = call.cloud.store.get(Project, token.project_id)
    return {"domain": domain_brief(call, project.domain_id), "id": project.id, "name": project.name}


def _roles(token: Token, call: Call) -> Any:
    """With the roles that they imply, unless a credential was made with fewer."""
    if token.target is None:
        return ABSENT
    names = token.roles if token.application_credential_id else with_implied(token.roles)
    found = (call.cloud.store.one(Role, "name", name) for name in sorted(names))
    return [{"id": role.id, "name": role.name} for role in found if role is not None]


def _catalog(token: Token, call: Call) -> Any:
    wanted = token.target and not any(name == "nocatalog" for name, _ in call.query_pairs)
    return catalog(call) if wanted else ABSENT


def _application_credential(token: Token, call: Call) -> Any:
    if token.application_credential_id is None:
        return ABSENT
    credential = call.cloud.store.get(ApplicationCredential, token.application_credential_id)
    return {"id": credential.id, "name": credential.name, "restricted": not credential.unrestricted}


def _time(attribute: str) -> Callable[[Token, Call], str | None]:
    """A token's time, by Keystone's clock."""
    get: Callable[[Token], int] = attrgetter(attribute)
    return lambda token, call: zulu(get(token) + microseconds(call.cloud.settings.token_clock_skew))


token_detail = View(
    field("methods", listed("methods")),
    field("user", _user),
    field("audit_ids", listed("audit_ids")),
    field("expires_at", _time("expires_at")),
    field("issued_at", _time("issued_at")),
    field("system", lambda token, call: {"all": True} if token.system else ABSENT),
    field("domain", lambda token, call: domain_brief(call, token.domain_id) if token.domain_id else ABSENT),
    field("project", _project),
    field("is_domain", lambda token, call: False if token.project_id else ABSENT),
    field("roles", _roles),
    field("catalog", _catalog),
    field("application_credential", _application_credential),
)


def _shown(call: Call, token: Token, status: int) -> Answer:
    return Answer(status, {"token": token_detail(token, call)}, {"X-Subject-Token": token.id})


# --- handlers -----------------------------------------------------------------------------------------


@identity.post("/auth/tokens", public=True, success=201,
               lacks=["authentication by federation", "authentication by OAuth 1"])  # fmt: skip
def create_token(call: Call) -> Answer:
    auth = _auth(call)
    require_supported(call, auth["identity"])
    scope = wanted_scope(call, auth)
    proof = authenticate(call, auth)
    if scope is None:
        scope = default_scope(call, proof.user)
    return _shown(call, _issue(call, proof, scope), 201)


def _auth(call: Call) -> dict[str, Any]:
    """The body, as far as a schema can judge it."""
    if call.body is not None and not isinstance(call.body, dict):
        raise Expecting(attribute="valid JSON", target="request body")
    if (call.body or {}).get("auth") is None:
        raise Expecting(attribute="auth", target="request body")
    auth: dict[str, Any] = CREATE_TOKEN.load(call.body, call.version)["auth"]
    scope = auth.get("scope")
    of_project = scope.get("project") if isinstance(scope, dict) else None
    of_domain = scope.get("domain") if isinstance(scope, dict) else None
    user = auth["identity"].get("password", {}).get("user")
    for named, where in (
        (user, "identity/password/user"),
        ((user or {}).get("domain"), "identity/password/user/domain"),
        (of_project, "scope/project"),
        ((of_project or {}).get("domain"), "scope/project/domain"),
        (of_domain, "scope/domain"),
    ):
        if named is not None and "id" not in named and "name" not in named:
            raise NeitherIdNorName(field=where)
    return auth


def _issue(call: Call, proof: Proof, scope: Scope) -> Token:
    token = issue_token(
        call.cloud,
        proof.user,
        methods=proof.methods,
        expires_at=proof.expires_at,
        parent_audit_id=proof.parent_audit_id,
        application_credential_id=proof.credential.id if proof.credential else None,
        project=scope.project,
        domain=scope.domain,
        system=scope.system,
    )
    if token.target is None:
        return token
    if proof.credential is not None:
        roles = roles_with(call.cloud, proof.credential)
    else:
        roles = roles_of(call.cloud, proof.user.id, token.target)
    if not roles:
        raise unauthorized(call)
    return call.cloud.store.put(token.evolve(roles=roles))


# A token may be looked at, and ended, by its bearer and by admins.


def _subject(call: Call, rule: str) -> Token:
    id = call.header("X-Subject-Token")
    if id is None:
        raise NoToken
    late = any(name == "allow_expired" and is_true(text) for name, text in call.query_pairs)
    token = find_token(call, id, grace=EXPIRED_WINDOW if late else 0)
    call.demand(rule, user_id=token.user_id)
    return token


@identity.get("/auth/tokens", policy="identity:validate_token")
def show_token(call: Call) -> Answer:
    return _shown(call, _subject(call, "identity:validate_token"), 200)


@identity.route("HEAD", "/auth/tokens", policy="identity:check_token")
def check_token(call: Call) -> Answer:
    return _shown(call, _subject(call, "identity:check_token"), 200)


@identity.delete("/auth/tokens", policy="identity:revoke_token", success=204)
def revoke_token(call: Call) -> None:
    chain = all(is_true(text) for name, text in call.query_pairs if name == "cascade")
    revoke(call.cloud, _subject(call, "identity:revoke_token"), chain=chain)
