"""How somebody proves who they are: the methods of POST /auth/tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from fakecompute.domain.records.delegation import Credential
from fakecompute.domain.records.identity import ApplicationCredential, Domain, Token, User
from fakecompute.domain.second_factor import is_passcode
from fakecompute.errors import NotFound, NotImplementedHere, Unauthorized
from fakecompute.rest.call import Call
from fakecompute.services.identity.delegation import is_delegated
from fakecompute.services.identity.passwords import require_password
from fakecompute.services.identity.service import Expecting, ForbiddenAction, unauthorized


class MethodNotSupported(Unauthorized):
    message = "Attempted to authenticate with an unsupported method."

    def __init__(self, call: Call) -> None:
        methods = list(call.cloud.settings.auth_methods)
        super().__init__(headers=unauthorized(call).headers, identity={"methods": methods})


class CredentialNotFound(NotFound):
    message = "Could not find Application Credential: {id}."


class TokenNotValid(NotFound):
    message = "Failed to validate token"


class NotAToken(NotFound):
    message = "Could not recognize Fernet token"


class Proof(NamedTuple):
    """What a method found out."""

    user: User
    methods: tuple[str, ...]
    expires_at: int | None = None
    parent_audit_id: str | None = None
    credential: ApplicationCredential | None = None


def authenticate(call: Call, auth: dict[str, Any]) -> Proof:
    """Who it is, by all of the methods that the body names; they must agree."""
    offered = auth["identity"]
    proofs = [METHODS[name](call, offered[name], auth) for name in dict.fromkeys(offered["methods"])]
    if not proofs or len({proof.user.id for proof in proofs}) > 1:
        raise unauthorized(call)
    names = [name for proof in reversed(proofs) for name in proof.methods]
    ends = [proof.expires_at for proof in proofs if proof.expires_at is not None]
    return Proof(
        user=proofs[0].user,
        methods=tuple(dict.fromkeys(names)),
        expires_at=min(ends, default=None),
        parent_audit_id=next((p.parent_audit_id for p in proofs if p.parent_audit_id), None),
        credential=next((p.credential for p in proofs if p.credential), None),
    )


def require_supported(call: Call, offered: dict[str, Any]) -> None:
    for name in offered["methods"]:
        if name not in offered:
            raise Expecting(attribute=name, target="identity")
    if any(name not in call.cloud.settings.auth_methods for name in offered["methods"]):
        raise MethodNotSupported(call)


# --- who is meant ---------------------------------------------------------------------------------------


def find_domain(call: Call, wanted: dict[str, Any]) -> Domain:
    """By name or id; it must be enabled."""
    store = call.cloud.store
    if not wanted.get("name") and not wanted.get("id"):
        raise Expecting(attribute="id or name", target="domain")
    if wanted.get("name"):
        domain = store.one(Domain, "name", wanted["name"])
    else:
        domain = store.find(Domain, wanted.get("id"))
    if domain is None or not domain.enabled:
        raise unauthorized(call)
    return domain


def find_user(call: Call, wanted: dict[str, Any]) -> User:
    """By id, or by name and domain; user and domain must be enabled."""
    store = call.cloud.store
    if wanted.get("name"):
        if "domain" not in wanted:
            raise Expecting(attribute="domain", target="user")
        user = store.one(User, "name", (find_domain(call, wanted["domain"]).id, wanted["name"]))
    elif wanted.get("id"):
        user = store.find(User, wanted["id"])
    else:
        raise Expecting(attribute="id or name", target="user")
    if user is None or not user.enabled:
        raise unauthorized(call)
    find_domain(call, {"id": user.domain_id})
    return user


def find_token(call: Call, id: str | None, *, grace: int = 0) -> Token:
    """A token that is still good; `grace` is how long after its end it may be."""
    if not (id or "").startswith("gAAAAAB"):
        raise NotAToken
    token = call.cloud.store.find(Token, id)
    if token is None or token.suspended or token.expires_at + grace <= call.cloud.now:
        raise TokenNotValid
    return token


def find_credential(call: Call, wanted: dict[str, Any]) -> ApplicationCredential:
    """By id, or by name and user."""
    store = call.cloud.store
    if wanted.get("id"):
        credential = store.find(ApplicationCredential, wanted["id"])
        if credential is None:
            raise CredentialNotFound(id=wanted["id"])
        return credential
    if not wanted.get("name"):
        raise Expecting(attribute="name or ID", target="application credential")
    if not wanted.get("user"):
        raise Expecting(attribute="user", target="application credential")
    user = find_user(call, wanted["user"])
    credential = store.one(ApplicationCredential, "name", (user.id, wanted["name"]))
    if credential is None:
        raise unauthorized(call)
    return credential


# --- the methods ----------------------------------------------------------------------------------------


def _by_password(call: Call, payload: dict[str, Any], auth: dict[str, Any]) -> Proof:
    if "user" not in payload:
        raise Expecting(attribute="user", target="None")  # sic
    user = find_user(call, payload["user"])
    require_password(call, user, payload["user"].get("password"))
    return Proof(user, ("password",))


def _by_token(call: Call, payload: dict[str, Any], auth: dict[str, Any]) -> Proof:
    """For another scope: the new token ends when the old one would have."""
    token = find_token(call, payload["id"])
    scope = auth.get("scope") or {}
    if token.system and ("project" in scope or "domain" in scope):
        raise ForbiddenAction(
            action="Using a system-scoped token to create a project-scoped or domain-scoped token"
            " is not allowed."
        )
    if token.trust_id:
        raise ForbiddenAction(
            action="Using trust-scoped token to create another token. Create a new trust-scoped token instead"
        )
    if is_delegated(token):
        raise ForbiddenAction(action="Using a delegated token to create another token is not allowed.")
    user = find_user(call, {"id": token.user_id})
    return Proof(user, ("token", *token.methods), token.expires_at, token.audit_ids[-1])


def _by_application_credential(call: Call, payload: dict[str, Any], auth: dict[str, Any]) -> Proof:
    credential = find_credential(call, payload)
    user = find_user(call, {"id": credential.user_id})
    expired = credential.expires_at is not None and credential.expires_at <= call.cloud.now
    if expired or payload.get("secret") != credential.secret:
        raise unauthorized(call)
    return Proof(user, ("application_credential",), credential=credential)


def _by_totp(call: Call, payload: Any, auth: dict[str, Any]) -> Proof:
    """A passcode of this half minute, or of the one before, by any of the secrets that the user has for it."""
    if not isinstance(payload, dict) or not isinstance(payload.get("user"), dict):
        raise Expecting(attribute="user", target="None")  # sic
    user = find_user(call, payload["user"])
    secrets = call.cloud.store.by(Credential, "of_type", (user.id, "totp"))
    if not any(is_passcode(secret.blob, payload["user"].get("passcode"), call.cloud.now) for secret in secrets):
        raise unauthorized(call)
    return Proof(user, ("totp",))


def _by_remote_user(call: Call, payload: Any, auth: dict[str, Any]) -> Proof:
    """The web server in front, or the EC2 API, has authenticated nobody."""
    raise unauthorized(call)


def _by_federation(call: Call, payload: Any, auth: dict[str, Any]) -> Proof:
    for attribute in "identity_provider", "protocol":
        if not isinstance(payload, dict) or attribute not in payload:
            raise Expecting(attribute=attribute, target="mapped")
    raise NotImplementedHere(operation="authentication by federation")


def _by_oauth1(call: Call, payload: Any, auth: dict[str, Any]) -> Proof:
    raise NotImplementedHere(operation="authentication by OAuth 1")


# fmt: off
METHODS: dict[str, Callable[[Call, Any, dict[str, Any]], Proof]] = {
    "password":               _by_password,
    "token":                  _by_token,
    "application_credential": _by_application_credential,
    "totp":                   _by_totp,
    "external":               _by_remote_user,
    "mapped":                 _by_federation,
    "oauth1":                 _by_oauth1,
    "ec2credential":          _by_remote_user,
}
# fmt: on
