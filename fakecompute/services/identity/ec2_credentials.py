"""/users/{id}/credentials/OS-EC2, and the tokens that /ec2tokens and /s3tokens give for signed requests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from fakecompute.domain.ec2_signature import Unsigned, ec2_signature, s3_signature
from fakecompute.domain.identity import is_usable, issue_token, roles_of
from fakecompute.domain.records.delegation import Credential
from fakecompute.domain.records.identity import Project, User
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Anything
from fakecompute.rest.view import View, field
from fakecompute.services.identity.credentials import EC2, CredentialNotFound, hashed, keep, read_blob
from fakecompute.services.identity.delegation import require_own_login
from fakecompute.services.identity.listing import links
from fakecompute.services.identity.members import Open
from fakecompute.services.identity.projects import ProjectNotFound
from fakecompute.services.identity.service import Expecting, identity, unauthorized
from fakecompute.services.identity.tokens import shown_token
from fakecompute.services.identity.users import UserNotFound

TTL = 15 * 60 * SECOND  # [credential]auth_ttl: how old a signed request may be


class KeyNotFound(NotFound):
    message = "EC2 access key not found."


class NoBody(BadRequest):
    message = "request must include a request body"


# --- request schemas ----------------------------------------------------------------------------------


class CreateKey(Open):
    tenant_id = Anything()


# --- response views -----------------------------------------------------------------------------------


def _of_blob(name: str) -> Callable[[Credential, Call], Any]:
    return lambda credential, call: read_blob(credential.blob).get(name)


def _links(credential: Credential, call: Call) -> dict[str, str]:
    access = read_blob(credential.blob)["access"]
    return {"self": f"{call.url}/users/{credential.user_id}/credentials/OS-EC2/{access}"}


key_detail = View(
    field("user_id"),
    field("tenant_id", "project_id"),
    field("access", _of_blob("access")),
    field("secret", _of_blob("secret")),
    field("trust_id", _of_blob("trust_id")),
    field("links", _links),
)

# --- handlers -----------------------------------------------------------------------------------------

ALL = "/users/<user_id>/credentials/OS-EC2"
ONE = ALL + "/<access>"


@identity.get(ALL, policy="identity:ec2_list_credentials")
def list_ec2_credentials(call: Call, user_id: str) -> dict[str, Any]:
    call.demand("identity:ec2_list_credentials", user_id=user_id)
    require_own_login(call)
    _require_user(call, user_id)
    found = call.cloud.store.by(Credential, "of_type", (user_id, EC2))
    return {
        "credentials": key_detail.all(sorted(found, key=lambda one: one.number), call),
        "links": links(call),
    }


@identity.post(ALL, body=CreateKey, policy="identity:ec2_create_credential", success=201)
def create_ec2_credential(call: Call, user_id: str) -> dict[str, Any]:
    call.demand("identity:ec2_create_credential", user_id=user_id)
    _require_user(call, user_id)
    project_id = call.body.get("tenant_id")
    if not isinstance(project_id, str) or call.cloud.store.find(Project, project_id) is None:
        raise ProjectNotFound(id=project_id)
    require_own_login(call)
    access, secret = call.cloud.streams.hex("ec2 access"), call.cloud.streams.hex("ec2 secret")
    blob = orjson.dumps({"access": access, "secret": secret, "trust_id": None}).decode()
    wish = {"type": EC2, "blob": blob, "user_id": user_id, "project_id": project_id}
    return {"credential": key_detail(keep(call, hashed(access), wish), call)}


@identity.get(ONE, policy="identity:ec2_get_credential")
def show_ec2_credential(call: Call, user_id: str, access: str) -> dict[str, Any]:
    return {"credential": key_detail(_find(call, "identity:ec2_get_credential", user_id, access), call)}


@identity.delete(ONE, policy="identity:ec2_delete_credential", success=204)
def delete_ec2_credential(call: Call, user_id: str, access: str) -> None:
    call.cloud.store.drop(_find(call, "identity:ec2_delete_credential", user_id, access))


def _find(call: Call, policy: str, user_id: str, access: str) -> Credential:
    """Whether it is there is told before whose it is."""
    credential = call.cloud.store.find(Credential, hashed(access))
    if credential is None:
        raise CredentialNotFound(id=hashed(access))
    call.demand(policy, user_id=credential.user_id)
    _require_user(call, user_id)
    if credential.type != EC2:
        raise unauthorized(call)
    require_own_login(call)
    return credential


def _require_user(call: Call, user_id: str) -> None:
    if call.cloud.store.find(User, user_id) is None:
        raise UserNotFound(id=user_id)


# --- tokens for signed requests -------------------------------------------------------------------------

Sent = dict[str, Any]


@identity.post("/ec2tokens", policy="identity:ec2tokens_validate", success=200)
def create_ec2_token(call: Call) -> Answer:
    return _log_in(call, _is_signed_for_ec2)


@identity.post("/s3tokens", policy="identity:s3tokens_validate", success=200)
def create_s3_token(call: Call) -> Answer:
    return _log_in(call, _is_signed_for_s3)


def _log_in(call: Call, is_signed: Callable[[Sent, str], bool]) -> Answer:
    sent = _sent(call)
    if not isinstance(sent.get("access"), str):
        raise unauthorized(call)
    credential = call.cloud.store.find(Credential, hashed(sent["access"]))
    if credential is None or credential.type != EC2:
        raise KeyNotFound
    try:
        good = is_signed(sent, str(read_blob(credential.blob).get("secret")))
    except Unsigned:
        good = False
    if not good or _is_old(call, sent):
        raise unauthorized(call)
    return _token(call, credential)


def _sent(call: Call) -> Sent:
    """What stands under one of three names."""
    if not call.body:
        raise NoBody
    if not isinstance(call.body, dict):
        raise Expecting(attribute="valid JSON", target="request body")
    names = ("credentials", "credential", "ec2Credentials")
    sent: Any = next((call.body[name] for name in names if call.body.get(name)), {})
    return sent if isinstance(sent, dict) else {}


def _is_signed_for_ec2(sent: Sent, secret: str) -> bool:
    """With or without the port, which some clients leave out when they sign."""
    host = str(sent.get("host", ""))
    hosts = [host, host.partition(":")[0]] if ":" in host else [host]
    return any(sent.get("signature") == ec2_signature(secret, {**sent, "host": one}) for one in hosts)


def _is_signed_for_s3(sent: Sent, secret: str) -> bool:
    return bool(sent.get("signature") == s3_signature(secret, str(sent.get("token", ""))))


def _is_old(call: Call, sent: Sent) -> bool:
    """Only a request that tells when it was signed can be too old."""
    params, headers = _mapping(sent, "params"), _mapping(sent, "headers")
    told = params.get("Timestamp") or headers.get("X-Amz-Date") or params.get("X-Amz-Date")
    if not told:
        return False
    try:
        return call.cloud.now > parse_moment(str(told)) + TTL
    except (ValueError, OverflowError):
        return True


def _mapping(sent: Sent, name: str) -> dict[str, Any]:
    value = sent.get(name)
    return value if isinstance(value, dict) else {}


def _token(call: Call, credential: Credential) -> Answer:
    """On the project of the key, with the roles that its user has there."""
    store = call.cloud.store
    project, user = store.find(Project, credential.project_id), store.find(User, credential.user_id)
    if project is None:
        raise ProjectNotFound(id=credential.project_id)
    if user is None:
        raise UserNotFound(id=credential.user_id)
    roles = roles_of(call.cloud, user.id, f"project:{project.id}")
    if not roles or not user.enabled or not is_usable(call.cloud, project):
        raise unauthorized(call)
    token = issue_token(call.cloud, user, methods=("ec2credential",), project=project, roles=roles)
    return shown_token(call, token, 200)
