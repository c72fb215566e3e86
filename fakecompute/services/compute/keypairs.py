"""/os-keypairs: the keys that users log in to their servers with.

A key pair belongs to a user, whatever the project, and is known by its name.
"""

from __future__ import annotations

from typing import Any

from fakecompute.domain import ssh_keys, x509
from fakecompute.domain.quota import check_key_pairs
from fakecompute.domain.records.compute import KeyPair
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Integer, Object, Schema, Text, shapes, since, until
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.compute.paging import paginate
from fakecompute.services.compute.service import compute


class KeyPairNotFound(NotFound):
    message = "Keypair {name} not found for user {user_id}"


class KeyPairExists(Conflict):
    message = "Key pair '{name}' already exists."


class MarkerNotFound(BadRequest):
    message = "Marker {marker} could not be found."


class InvalidKeyPair(BadRequest):
    message = "Keypair data is invalid: {reason}"


# --- request schemas ----------------------------------------------------------------------------------


def _name(pattern: str) -> Text:
    return Text(required=True, form="name", min=1, max=255, pattern=pattern)


class NewKeyPair(Schema):
    name = shapes(
        until("2.91", _name(r"^[_\- a-zA-Z0-9]+$")),
        since("2.92", _name(r"^[_\-\@\. a-zA-Z0-9]+$")),
    )
    type = since("2.2", Choice("ssh", "x509", load_default="ssh"))
    public_key = shapes(until("2.91", Text()), since("2.92", Text(required=True)))
    user_id = since("2.10", Text())


class CreateKeyPair(Schema):
    keypair = Object(NewKeyPair, required=True)


class OfUser(Schema):
    user_id = since("2.10", Text())


class ListKeyPairs(OfUser):
    limit = since("2.35", Integer(min=0, pattern="^[0-9]*$"))
    marker = since("2.35", Text())


# --- response views -----------------------------------------------------------------------------------

_BRIEF = (
    field("name"),
    field("public_key"),
    field("fingerprint"),
    field("type", since="2.2"),
)
keypair_brief = View(*_BRIEF)
keypair_created = View(*_BRIEF, field("user_id"))
keypair_detail = View(
    *_BRIEF,
    field("user_id"),
    field("id", "number"),
    field("created_at", moment("created_at", naive)),
    field("deleted", lambda keypair, call: False),
    field("deleted_at", lambda keypair, call: None),
    field("updated_at", lambda keypair, call: None),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-keypairs", query=ListKeyPairs, strict_query="2.75")
def list_keypairs(call: Call) -> dict[str, Any]:
    user_id = _owner(call, call.query, "index")
    keypairs = sorted(call.cloud.store.by(KeyPair, "user", user_id), key=lambda keypair: keypair.name)
    links: dict[str, Any] = {}
    if call.since("2.35"):
        marker = call.query.get("marker")
        if marker is not None and all(keypair.name != marker for keypair in keypairs):
            raise MarkerNotFound(marker=marker)
        shown, links = paginate(call, keypairs, "keypairs", "/os-keypairs", lambda keypair: keypair.name)
        keypairs = list(shown)
    return {"keypairs": [{"keypair": keypair_brief(keypair, call)} for keypair in keypairs], **links}


@compute.post("/os-keypairs", body=CreateKeyPair, success={"2.1": 200, "2.2": 201})
def create_keypair(call: Call) -> dict[str, Any]:
    """Import a public key, or generate a pair: the only time that the private key is shown."""
    wish = call.body["keypair"]
    user_id = _owner(call, wish, "create")
    cloud, name, type = call.cloud, wish["name"], wish.get("type", "ssh")
    check_key_pairs(cloud, call.project_id, call.user_id, owner_id=user_id)
    private_key = None
    if "public_key" in wish:
        public_key = wish["public_key"]
    elif type == "ssh":
        private_key, public_key = ssh_keys.generate(cloud.streams.hex("keypair"))
    else:
        private_key, public_key = x509.generate(cloud.streams.hex("keypair"), user_id, cloud.now)
    fingerprint = _fingerprint(public_key, type)
    if cloud.store.find(KeyPair, f"{user_id}/{name}"):
        raise KeyPairExists(name=name)
    keypair = cloud.store.put(
        KeyPair(
            id=f"{user_id}/{name}",
            name=name,
            user_id=user_id,
            public_key=public_key,
            fingerprint=fingerprint,
            type=type,
            created_at=cloud.now,
            number=cloud.streams.number("keypair.row"),
        )
    )
    shown = keypair_created(keypair, call)
    return {"keypair": shown if private_key is None else {"private_key": private_key, **shown}}


@compute.get("/os-keypairs/<name>", query=OfUser, strict_query="2.75")
def show_keypair(call: Call, name: str) -> dict[str, Any]:
    return {"keypair": keypair_detail(_found(call, name, "show"), call)}


@compute.delete("/os-keypairs/<name>", query=OfUser, strict_query="2.75", success={"2.1": 202, "2.2": 204})
def delete_keypair(call: Call, name: str) -> None:
    """Servers keep the name."""
    call.cloud.store.drop(_found(call, name, "delete"))


def _owner(call: Call, wish: dict[str, Any], verb: str) -> str:
    """Whose key pairs are meant; only an admin may mean another's (from 2.10 on)."""
    user_id: str = wish.get("user_id") or call.user_id
    call.demand(f"os_compute_api:os-keypairs:{verb}", user_id=user_id)
    return user_id


def _found(call: Call, name: str, verb: str) -> KeyPair:
    user_id = _owner(call, call.query, verb)
    keypair = call.cloud.store.find(KeyPair, f"{user_id}/{name}")
    if keypair is None:
        raise KeyPairNotFound(name=name, user_id=user_id)
    return keypair


def _fingerprint(public_key: str, type: str) -> str:
    read = ssh_keys.ssh_fingerprint if type == "ssh" else ssh_keys.x509_fingerprint
    try:
        return read(public_key)
    except ssh_keys.BadKey as bad:
        raise InvalidKeyPair(reason=bad) from None
