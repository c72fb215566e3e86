"""/auth/tokens: log in, look at a token, end it."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from fakecompute.domain.identity import issue_token, revoke, roles_by, roles_of, roles_with
from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import ApplicationCredential, Domain, Project, Role, Token, User
from fakecompute.domain.second_factor import is_enough
from fakecompute.domain.trusts import consume, is_sound
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND, microseconds
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Anything, Body, Boolean, ListOf, Object, Text
from fakecompute.rest.view import ABSENT, View, field, listed, naive, zulu
from fakecompute.services.identity.access_rules import shown_rules
from fakecompute.services.identity.application_credentials import role_of_credential
from fakecompute.services.identity.catalog import catalog
from fakecompute.services.identity.delegation import NotByDelegation
from fakecompute.services.identity.federation import service_providers
from fakecompute.services.identity.listing import is_true
from fakecompute.services.identity.members import Open
from fakecompute.services.identity.methods import (
    Proof,
    TokenNotValid,
    authenticate,
    find_token,
    require_supported,
)
from fakecompute.services.identity.receipts import receipt_for, with_receipt
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


class WantedTrust(Open):
    id = Text()


class WantedScope(Open):
    project = Object(NamedInDomain)
    domain = Object(Named)
    trust = Object(WantedTrust, data_key="OS-TRUST:trust")
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
        "password_expires_at": naive(user.password_expires_at),
    }


def domain_brief(call: Call, id: str) -> dict[str, str]:
    return {"id": id, "name": call.cloud.store.get(Domain, id).name}


def _project(token: Token, call: Call) -> Any:
    if token.project_id is None:
        return ABSENT
    project = call.cloud.store.get(Project, token.project_id)
    return {"domain": domain_brief(call, project.domain_id), "id": project.id, "name": project.name}


def _roles(token: Token, call: Call) -> Any:
    if token.target is None:
        return ABSENT
    found = (call.cloud.store.one(Role, "name", name) for name in token.roles)
    roles = [role for role in found if role is not None]
    return role_of_credential.all(roles, call) if token.trust_id else role_brief.all(roles, call)


role_brief = View(field("id"), field("name"))


def _catalog(token: Token, call: Call) -> Any:
    wanted = token.target and not any(name == "nocatalog" for name, _ in call.query_pairs)
    whose = token.trust_people[0] if token.trust_people else token.user_id
    return catalog(call, whose, token.project_id) if wanted else ABSENT


def _application_credential(token: Token, call: Call) -> Any:
    if token.application_credential_id is None:
        return ABSENT
    credential = call.cloud.store.get(ApplicationCredential, token.application_credential_id)
    shown = {"id": credential.id, "name": credential.name, "restricted": not credential.unrestricted}
    rules = shown_rules(call, credential)
    return {**shown, "access_rules": rules} if rules else shown


def _trust(token: Token, call: Call) -> Any:
    trust = call.cloud.store.find(Trust, token.trust_id)
    if trust is None:
        return ABSENT
    return {
        "id": trust.id,
        "trustor_user": {"id": trust.trustor_user_id},
        "trustee_user": {"id": trust.trustee_user_id},
        "impersonation": trust.impersonation,
    }


def _service_providers(token: Token, call: Call) -> Any:
    return service_providers(call) or ABSENT


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
    field("OS-TRUST:trust", _trust),
    field("project", _project),
    field("is_domain", lambda token, call: False if token.project_id and not token.trust_id else ABSENT),
    field("roles", _roles),
    field("catalog", _catalog),
    field("service_providers", _service_providers),
    field("application_credential", _application_credential),
)


def shown_token(call: Call, token: Token, status: int) -> Answer:
    return Answer(status, {"token": token_detail(token, call)}, {"X-Subject-Token": token.id})


# --- handlers -----------------------------------------------------------------------------------------


@identity.post("/auth/tokens", public=True, success=201,
               lacks=["authentication by federation", "authentication by OAuth 1"])  # fmt: skip
def create_token(call: Call) -> Answer:
    auth = _auth(call)
    require_supported(call, auth["identity"])
    scope = wanted_scope(call, auth)
    proof = with_receipt(call, authenticate(call, auth))
    if not is_enough(call.cloud, proof.user, proof.methods):
        return receipt_for(call, proof)
    if scope is None:
        scope = default_scope(call, proof.user)
    return shown_token(call, _issue(call, proof, scope), 201)


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
    """Of a trust or an application credential, none lives longer than that."""
    user = proof.user if scope.trust is None else _by_trust(call, proof.user, scope.trust)
    ends = [proof.expires_at, *(one.expires_at for one in (proof.credential, scope.trust) if one)]
    usual = call.cloud.now + call.cloud.settings.token_expiration * SECOND
    token = issue_token(
        call.cloud,
        user,
        methods=proof.methods,
        expires_at=min((end for end in ends if end is not None and end < usual), default=None),
        parent_audit_id=proof.parent_audit_id,
        application_credential_id=proof.credential.id if proof.credential else None,
        project=scope.project,
        domain=scope.domain,
        system=scope.system,
        trust=scope.trust,
    )
    if token.target is None:
        return token
    roles = _roles_for(call, proof, scope, token.target)
    if not roles:
        raise unauthorized(call)
    if scope.trust is not None:
        consume(call.cloud, scope.trust)
    return call.cloud.store.put(token.evolve(roles=roles))


def _roles_for(call: Call, proof: Proof, scope: Scope, target: str) -> tuple[str, ...]:
    if scope.trust is not None:
        return roles_by(call.cloud, scope.trust)
    if proof.credential is not None:
        return roles_with(call.cloud, proof.credential)
    return roles_of(call.cloud, proof.user.id, target)


def _by_trust(call: Call, user: User, trust: Trust) -> User:
    """Whom the trustee acts as."""
    if user.id != trust.trustee_user_id or not is_sound(call.cloud, trust) or not roles_by(call.cloud, trust):
        raise NotByDelegation
    return call.cloud.store.get(User, trust.trustor_user_id if trust.impersonation else trust.trustee_user_id)


# A token may be looked at, and ended, by its bearer and by admins.


def _subject(call: Call, rule: str) -> Token:
    id = call.header("X-Subject-Token")
    if id is None:
        raise NoToken
    late = any(name == "allow_expired" and is_true(text) for name, text in call.query_pairs)
    token = find_token(call, id, grace=EXPIRED_WINDOW if late else 0)
    call.demand(rule, user_id=token.user_id)
    credential = call.cloud.store.find(ApplicationCredential, token.application_credential_id)
    if credential and credential.access_rules and rule != REVOKE and not call.header(ACCESS_RULES):
        raise TokenNotValid  # whoever asks must know that the token is not good for all calls
    return token


ACCESS_RULES = "OpenStack-Identity-Access-Rules"
REVOKE = "identity:revoke_token"


@identity.get("/auth/tokens", policy="identity:validate_token")
def show_token(call: Call) -> Answer:
    return shown_token(call, _subject(call, "identity:validate_token"), 200)


@identity.route("HEAD", "/auth/tokens", policy="identity:check_token")
def check_token(call: Call) -> Answer:
    return shown_token(call, _subject(call, "identity:check_token"), 200)


@identity.delete("/auth/tokens", policy="identity:revoke_token", success=204)
def revoke_token(call: Call) -> None:
    chain = all(is_true(text) for name, text in call.query_pairs if name == "cascade")
    revoke(call.cloud, _subject(call, "identity:revoke_token"), chain=chain)
