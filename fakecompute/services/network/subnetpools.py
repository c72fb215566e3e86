"""GET, POST, PUT, DELETE /subnetpools, and what is done to their prefixes."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_addresses import InvalidInput
from fakecompute.domain.network_pools import (
    AddressScopeNotFound,
    IllegalSubnetPoolUpdate,
    SubnetPoolNotFound,
    add_prefixes,
    change_pool,
    make_pool,
    onboard,
    remove_prefixes,
)
from fakecompute.domain.network_sharing import forget, is_open, set_shared
from fakecompute.domain.records.network import Network, Subnet
from fakecompute.domain.records.network_pools import AddressScope, SubnetPool
from fakecompute.errors import BadRequest, Forbidden
from fakecompute.rest.call import Call
from fakecompute.rest.view import listed
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.networks import NetworkNotFound
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, shared
from fakecompute.services.network.values import Bad

LENGTHS = ("min_prefixlen", "max_prefixlen", "default_prefixlen")
UNSET = ("default_quota", "address_scope_id")


class SubnetPoolDeleteError(BadRequest):
    message = "Unable to delete subnet pool: {reason}."


class NotAuthorized(Forbidden):
    message = "Not authorized."


# --- request schemas and response views ---------------------------------------------------------------


def _name(value: Any) -> str:
    checked = str(values.name(value))
    if not checked:
        raise Bad("'' Blank strings are not permitted")
    return checked


def _length(name: str) -> dict[str, Any]:
    """Neutron shows numbers as text here."""
    return {"kind": values.non_negative, "access": "cu", "source": lambda pool, call: str(getattr(pool, name))}


# fmt: off
POOL = Noun(
    "subnetpool", SubnetPool, SubnetPoolNotFound,
    attribute("id"),
    attribute("name", _name, "cu", default=REQUIRED),
    attribute("prefixes", values.prefixes, "cu", default=REQUIRED, source=listed("prefixes"), filter=False),
    *(attribute(name, **_length(name)) for name in LENGTHS),
    attribute("default_quota", values.non_negative, "cu"),
    attribute("ip_version"),
    attribute("address_scope_id", values.none_or(values.uuid), "cu"),
    attribute("is_default", values.boolean, "cu", default=False, guarded=True),
    attribute("shared", values.boolean, "c", default=False, source=shared, guarded=True),
    indexes={"address_scope_id": "scope"},
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> SubnetPool:
    POOL.demand(call, "create", wish, wish["project_id"])
    _check_scope(call, wish)
    made = make_pool(call.cloud, **POOL.fields_of(wish, "shared"))
    return set_shared(call.cloud, made, wish["shared"])  # type: ignore[no-any-return]


def _check_scope(call: Call, wish: dict[str, Any]) -> None:
    """One may be in scopes that one sees."""
    if (id := wish.get("address_scope_id")) is not None:
        scope = call.cloud.store.find(AddressScope, id)
        if scope is None or not open_to(call, scope):
            raise AddressScopeNotFound(id=id)


def _update(call: Call, pool: SubnetPool, wish: dict[str, Any]) -> SubnetPool:
    POOL.demand(call, "update", wish, pool.project_id)
    scope = call.cloud.store.find(AddressScope, pool.address_scope_id)
    if scope is not None and not (call.is_admin or scope.project_id == call.context.project_id):
        raise IllegalSubnetPoolUpdate(
            reason=f"subnetpool {pool.id} cannot be updated when associated with shared address scope {scope.id}"
        )
    _check_scope(call, wish)
    return change_pool(call.cloud, pool, **POOL.fields_of(wish))


def _remove(call: Call, pool: SubnetPool) -> None:
    if call.cloud.store.count(Subnet, "pool", pool.id):
        raise SubnetPoolDeleteError(reason="Subnet pool has existing allocations")
    forget(call.cloud, pool.id)
    call.cloud.store.drop(pool)


class Pools(Collection):
    """What a PUT answers is another view of a pool: its lengths are numbers, and what is not set is not there."""

    def _update(self, call: Call, *path: Any) -> dict[str, Any]:
        told = super()._update(call, *path)[POOL.name]
        unset = {name for name in UNSET if name in told and told[name] is None}
        shown = {name: value for name, value in told.items() if name not in unset}
        return {POOL.name: shown | {name: int(told[name]) for name in LENGTHS if name in told}}


Pools(POOL, "/subnetpools", create=_create, update=_update, remove=_remove, visible=open_to)


def _sent(call: Call) -> tuple[str, ...]:
    """The prefixes of a body.  Neutron answers 500 to what is no prefix."""
    sent = call.body.get("prefixes") if isinstance(call.body, dict) else None
    if not sent or not isinstance(sent, list):
        raise BadRequest(reason="Request body contains invalid data")
    try:
        return values.prefixes(list(dict.fromkeys(map(str, sent))))
    except Bad as bad:
        raise InvalidInput(reason=bad.reason) from None


@network.put("/subnetpools/<subnetpool>/add_prefixes", policy="add_prefixes")
def add_prefixes_to_subnetpool(call: Call, subnetpool: SubnetPool) -> dict[str, Any]:
    return {"prefixes": list(add_prefixes(call.cloud, subnetpool, _sent(call)).prefixes)}


@network.put("/subnetpools/<subnetpool>/remove_prefixes", policy="remove_prefixes")
def remove_prefixes_from_subnetpool(call: Call, subnetpool: SubnetPool) -> dict[str, Any]:
    return {"prefixes": list(remove_prefixes(call.cloud, subnetpool, _sent(call)).prefixes)}


@network.put("/subnetpools/<subnetpool>/onboard_network_subnets", policy="onboard_network_subnets")
def onboard_network_subnets(call: Call, subnetpool: SubnetPool) -> list[dict[str, str]]:
    """What is there already belongs to the pool from here on; for the network's owner."""
    id = call.body.get("network_id") if isinstance(call.body, dict) else None
    if not isinstance(id, str):
        raise InvalidInput(reason="network_id must be specified.")
    home = call.cloud.store.find(Network, id)
    mine = call.context.project_id
    if home is None or not (call.is_admin or is_open(call.cloud, home, mine)):
        raise NetworkNotFound(id=id)
    if not (call.is_admin or home.project_id == mine):
        raise NotAuthorized
    return [{"id": subnet.id, "cidr": subnet.cidr} for subnet in onboard(call.cloud, subnetpool, home)]
