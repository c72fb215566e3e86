"""/OS-FEDERATION/identity_providers/{id}/protocols: how an identity provider vouches, and by which mapping."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.federation import IdentityProvider, Mapping, Protocol
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import View, field
from fakecompute.services.identity.federation import PROVIDERS, ProviderNotFound
from fakecompute.services.identity.listing import collection
from fakecompute.services.identity.members import Some
from fakecompute.services.identity.service import identity


class ProtocolNotFound(NotFound):
    message = "Could not find federated protocol {name} for Identity Provider: {provider}."


class ProtocolExists(Conflict):
    message = "Conflict occurred attempting to store federation_protocol - Duplicate entry found with ID {name}."


class BadMappingId(BadRequest):
    message = "Invalid mapping id: {id}"


# --- request schemas ----------------------------------------------------------------------------------


class ProtocolFields(Schema):
    mapping_id = Text(min=1, max=64, pattern="^[a-zA-Z0-9-_]+$")
    remote_id_attribute = Text(allow_none=True, max=64)


class NewProtocol(ProtocolFields):
    mapping_id = Text(min=1, max=64, pattern="^[a-zA-Z0-9-_]+$", required=True)


class CreateProtocol(Schema):
    protocol = Object(NewProtocol, required=True)


class UpdateProtocol(Schema):
    protocol = Some(ProtocolFields, required=True)


# --- response views -----------------------------------------------------------------------------------


def _links(protocol: Protocol, call: Call) -> dict[str, str]:
    """Keystone's own slip: neither is an address."""
    return {"self": f"{call.url}/protocols/{protocol.name}", "identity_provider": f"{call.url}/{protocol.idp_id}"}


protocol_detail = View(field("id", "name"), field("mapping_id"), field("links", _links))
protocol_in_list = View(
    field("id", "name"), field("idp_id"), field("mapping_id"), field("remote_id_attribute"), field("links", _links)
)

# --- handlers -----------------------------------------------------------------------------------------

ALL = PROVIDERS + "/<idp_id>/protocols"
ONE = ALL + "/<name>"


@identity.get(ALL, policy="identity:list_protocols")
def list_protocols(call: Call, idp_id: str) -> dict[str, Any]:
    """Of a provider that is not there: none."""
    found = sorted(call.cloud.store.by(Protocol, "provider", idp_id), key=lambda protocol: protocol.name)
    return collection(call, "protocols", found, protocol_in_list)


@identity.get(ONE, policy="identity:get_protocol")
def show_protocol(call: Call, idp_id: str, name: str) -> dict[str, Any]:
    return {"protocol": protocol_detail(_find(call, "identity:get_protocol", idp_id, name), call)}


def _find(call: Call, rule: str, idp_id: str, name: str) -> Protocol:
    call.demand(rule)
    protocol = call.cloud.store.find(Protocol, f"{idp_id}/{name}")
    if protocol is None:
        raise ProtocolNotFound(name=name, provider=idp_id)
    return protocol


@identity.put(ONE, body=CreateProtocol, policy="identity:create_protocol", success=201)
def create_protocol(call: Call, idp_id: str, name: str) -> dict[str, Any]:
    call.demand("identity:create_protocol")
    if call.cloud.store.find(IdentityProvider, idp_id) is None:
        raise ProviderNotFound(id=idp_id)
    id = f"{idp_id}/{name}"
    if call.cloud.store.find(Protocol, id) is not None:
        raise ProtocolExists(name=name)
    return _keep(call, Protocol(id=id, idp_id=idp_id, name=name, **call.body["protocol"]))


@identity.patch(ONE, body=UpdateProtocol, policy="identity:update_protocol")
def update_protocol(call: Call, idp_id: str, name: str) -> dict[str, Any]:
    protocol = _find(call, "identity:update_protocol", idp_id, name)
    return _keep(call, protocol.evolve(**call.body["protocol"]))


def _keep(call: Call, protocol: Protocol) -> dict[str, Any]:
    if call.cloud.store.find(Mapping, protocol.mapping_id) is None:
        raise BadMappingId(id=protocol.mapping_id)
    return {"protocol": protocol_detail(call.cloud.store.put(protocol), call)}


@identity.delete(ONE, policy="identity:delete_protocol", success=204)
def delete_protocol(call: Call, idp_id: str, name: str) -> None:
    call.cloud.store.drop(_find(call, "identity:delete_protocol", idp_id, name))
