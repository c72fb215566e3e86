"""/credentials: secrets that Keystone keeps for users."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from fakecompute.domain.records.delegation import Credential
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text, problem
from fakecompute.rest.view import field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.delegation import is_delegated, require_own_login, token_of
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import Open, OpenView, admit, underscored
from fakecompute.services.identity.service import Expecting

EC2, TOTP = "ec2", "totp"
SCOPES = ("trust_id", "app_cred_id", "access_token_id", "access_id")  # of a blob, which nobody may change


class CredentialNotFound(NotFound):
    message = "Could not find credential: {id}."


class CredentialExists(Conflict):
    message = "Conflict occurred attempting to store credential - Duplicate entry found with ID {id}."


class BadBlob(BadRequest):
    message = "Invalid blob in credential"


class ScopeOfBlob(BadRequest):
    message = "{key} can not be updated for credential"


# --- request schemas ----------------------------------------------------------------------------------


class ListCredentials(Listed):
    filters = ("user_id", "type")
    user_id = Text()
    type = Text()


class NewCredential(Open):
    blob = Text(required=True)
    type = Text(required=True)
    user_id = Text(required=True)
    project_id = Text(allow_none=True)
    id = Text()


class OfType(Object):
    """One of type `ec2` must be for a project."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if loaded["type"] == EC2 and "project_id" not in loaded:
            raise problem("'project_id' is a required property", value)
        return loaded


class CreateCredential(Open):
    credential = OfType(NewCredential, required=True)


class NewBlob(Schema):
    blob = Text(required=True)


class UpdateCredential(Open):
    credential = Object(NewBlob, required=True)


KEPT = frozenset(NewCredential._declared_fields) | {"links"}

# --- response views -----------------------------------------------------------------------------------

credential_detail = OpenView(
    field("id"),
    field("user_id"),
    field("project_id"),
    field("type"),
    field("blob"),
    field("links", linked("credentials")),
)

# --- handlers -----------------------------------------------------------------------------------------


def find_credential(call: Call, id: str) -> Credential:
    credential = call.cloud.store.find(Credential, id)
    admit(call, credential, CredentialNotFound(id=id), user_id=credential.user_id if credential else "-")
    require_own_login(call)
    assert credential is not None
    return credential


def _seen(call: Call) -> list[Credential]:
    """Those that the caller may see; none for one who acts for another."""
    if call.context.system:  # where nobody's are one's own
        call.demand("identity:list_credentials", user_id="-")
    token = token_of(call)
    store = call.cloud.store
    kept: list[Credential] = [] if token.trust_id or is_delegated(token) else store.all(Credential)
    found = sorted(kept, key=lambda one: one.number)
    return [one for one in found if call.may("identity:get_credential", user_id=one.user_id)]


def _create(call: Call, wish: Wish) -> Credential:
    wish = underscored(wish)
    call.demand("identity:create_credential", user_id=wish["user_id"])
    require_own_login(call)
    if wish["type"].lower() == EC2:
        id = hashed(read_blob(wish["blob"])["access"])
    else:
        id = call.cloud.streams.hex("credential")
    return keep(call, id, wish)


def keep(call: Call, id: str, wish: Mapping[str, Any]) -> Credential:
    """A new one; neither user nor project need be there."""
    if call.cloud.store.find(Credential, id) is not None:
        raise CredentialExists(id=id)
    return call.cloud.store.put(
        Credential(
            id=id,
            type=wish["type"],
            blob=wish["blob"],
            user_id=wish["user_id"],
            project_id=wish.get("project_id"),
            number=call.cloud.streams.number("credential"),
            extra=tuple((key, value) for key, value in wish.items() if key not in KEPT),
        )
    )


def hashed(access: str) -> str:
    """The id of the credential of an access key."""
    return sha256(access.encode()).hexdigest()


def read_blob(text: str) -> dict[str, Any]:
    """Access and secret, as a client has written them."""
    try:
        blob = orjson.loads(text)
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        raise BadBlob from None
    if not blob or not isinstance(blob, dict):
        raise Expecting(attribute="blob", target="credential")
    if not isinstance(blob.get("access"), str):
        raise Expecting(attribute="access", target="credential")
    return blob


def _update(call: Call, credential: Credential, wish: Wish) -> Credential:
    blob = wish["blob"]
    if credential.type.lower() == EC2:
        new, old = read_blob(blob), read_blob(credential.blob)
        for key in SCOPES:
            if new.get(key) != old.get(key):
                raise ScopeOfBlob(key=key)
    return call.cloud.store.put(credential.evolve(blob=blob))


Collection(
    "credential",
    "/credentials",
    Credential,
    credential_detail,
    called="credential_of_user",  # those of applications are credentials too
    find=find_credential,
    records=_seen,
    query=ListCredentials,
    create=(CreateCredential, _create),
    update=(UpdateCredential, _update),
)
