"""GET, POST, PUT, DELETE /address-groups: names for many addresses, for rules of security groups."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from fakecompute.domain.network import begun, change
from fakecompute.domain.network_sharing import forget
from fakecompute.domain.records.network import SecurityGroupRule
from fakecompute.domain.records.network_pools import AddressGroup
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import listed
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import Noun, attribute
from fakecompute.services.network.security_group_rules import AddressGroupNotFound
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, shared


class AddressGroupInUse(Conflict):
    message = "Address group {id} is in use on one or more security group rules."


class AddressesNotFound(NotFound):
    message = "Addresses {addresses} not found in the address group {id}."


class AddressesAlreadyExist(BadRequest):
    message = "Addresses {addresses} already exist in the address group {id}."


class AddrFormatError(BadRequest):
    message = "invalid IPNetwork {value}"


# --- request schemas and response views ---------------------------------------------------------------

# fmt: off
GROUP = Noun(
    "address_group", AddressGroup, AddressGroupNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("addresses", values.prefixes, "c", default=(), source=listed("addresses"), filter=False),
    attribute("shared", source=None, filter=False),
    standard="tenant_id project_id description created_at updated_at revision_number",
)
# fmt: on


def _sent(call: Call) -> list[str]:
    """The addresses of a body, each once.  Neutron answers 500 where there are none."""
    sent = call.body.get("addresses") if isinstance(call.body, dict) else None
    if not isinstance(sent, list):
        raise AddrFormatError(value=sent)
    found = []
    for item in sent:
        try:
            found.append(str(ip_network(values.plain(item), strict=False)))
        except ValueError:
            raise AddrFormatError(value=item) from None
    return list(dict.fromkeys(found))


def _changed(call: Call, group: AddressGroup) -> dict[str, Any]:
    shown: dict[str, Any] = GROUP.view(group, call)
    return {"address_group": {**shown, "shared": shared(group, call)}}


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> AddressGroup:
    fields = GROUP.fields_of(wish)
    id = call.cloud.streams.uuid("address group")
    count = len(fields["addresses"])  # each address is a revision
    return call.cloud.store.put(AddressGroup(id=id, revision_number=count, **fields, **begun(call.cloud)))


def _update(call: Call, group: AddressGroup, wish: dict[str, Any]) -> AddressGroup:
    return change(call.cloud, group, **GROUP.fields_of(wish))


def _remove(call: Call, group: AddressGroup) -> None:
    if call.cloud.store.count(SecurityGroupRule, "address_group", group.id):
        raise AddressGroupInUse(id=group.id)
    forget(call.cloud, group.id)
    call.cloud.store.drop(group)


Collection(GROUP, "/address-groups", create=_create, update=_update, remove=_remove, visible=open_to)


@network.put("/address-groups/<address_group>/add_addresses", policy="add_addresses")
def add_addresses_to_address_group(call: Call, address_group: AddressGroup) -> dict[str, Any]:
    sent = _sent(call)
    if known := sorted(set(sent) & set(address_group.addresses)):
        raise AddressesAlreadyExist(addresses=known, id=address_group.id)
    return _changed(call, change(call.cloud, address_group, addresses=(*address_group.addresses, *sent)))


@network.put("/address-groups/<address_group>/remove_addresses", policy="remove_addresses")
def remove_addresses_from_address_group(call: Call, address_group: AddressGroup) -> dict[str, Any]:
    sent = _sent(call)
    if strange := sorted(set(sent) - set(address_group.addresses)):
        raise AddressesNotFound(addresses=strange, id=address_group.id)
    left = tuple(address for address in address_group.addresses if address not in sent)
    return _changed(call, change(call.cloud, address_group, addresses=left))
