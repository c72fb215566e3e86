"""GET, POST, PUT, DELETE /networks: layer 2, and who may use it."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import begun, change, touch
from fakecompute.domain.network_addresses import ROUTER_GATEWAY, InvalidInput, subnets_of
from fakecompute.domain.network_floatingips import remove_floatingip
from fakecompute.domain.network_pools import address_scope_of
from fakecompute.domain.network_qos import default_policy
from fakecompute.domain.network_quotas import check_quota
from fakecompute.domain.network_segments import MTU, add_segment, renumber, segments_of
from fakecompute.domain.network_sharing import (
    EVERYBODY,
    EXTERNAL,
    SHARED,
    InvalidSharedSetting,
    forget,
    set_shared,
    users_of,
)
from fakecompute.domain.records.network import FloatingIP, Network, Port
from fakecompute.domain.records.network_sharing import RBACPolicy
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, listed
from fakecompute.services.network import listing, values
from fakecompute.services.network.availability_zones import check_zones
from fakecompute.services.network.nouns import Noun, attribute, check_revision
from fakecompute.services.network.qos_use import check_qos
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import open_to, serves, shared, tags


class NetworkNotFound(NotFound):
    message = "Network {id} could not be found."


class NetworkInUse(Conflict):
    message = (
        "Unable to complete operation on network {id}. There are one or more ports still in use on the network,"
        " id for these ports is: {ports}."
    )


class ExternalNetworkInUse(Conflict):
    message = "External network {id} cannot be updated to be made non-external, since it has existing gateway ports."


class DefaultExternalNetworkExists(Conflict):
    message = "A default external network already exists: {id}."


class SegmentsSetInConjunctionWithProviders(BadRequest):
    message = "Segments and provider values cannot both be set."


# --- request schemas and response views ---------------------------------------------------------------


PROVIDER = ("network_type", "physical_network", "segmentation_id")


def _provider(name: str) -> dict[str, Any]:
    """One segment is the network itself; of several, `segments` tells."""

    def source(record: Network, call: Call) -> Any:
        found = segments_of(call.cloud, record.id)
        if len(found) > 1:
            return ABSENT
        return getattr(found[0], name) if found else None

    return {"target": name, "source": source, "guarded": True, "shown": f"get_network:provider:{name}"}


def _segments(record: Network, call: Call) -> Any:
    found = segments_of(call.cloud, record.id)
    if len(found) < 2:
        return ABSENT
    return [{f"provider:{name}": getattr(segment, name) for name in PROVIDER} for segment in found]


def _segment_wishes(value: Any) -> tuple[Any, ...]:
    """Each an object of provider attributes, all of them optional."""
    found = []
    for item in values.unique([] if value is None else value):
        if not isinstance(item, dict):
            raise values.Bad(f"'{item}' is not a dictionary")
        if strange := set(item) - {f"provider:{name}" for name in PROVIDER}:
            raise values.Bad(f"Unrecognized attribute(s) '{', '.join(sorted(strange))}'")
        number = item.get("provider:segmentation_id")
        kinds = values.none_or(values.text(32)), values.none_or(values.text(64)), values.none_or(values.integer())
        given = (item.get("provider:network_type"), item.get("provider:physical_network"), number)
        found.append(tuple(kind(one) for kind, one in zip(kinds, given, strict=True)))
    return tuple(found)


def _zones(record: Network, call: Call) -> list[str]:
    """Where the agents are that give its ports their addresses."""
    return ["nova"] if any(subnet.enable_dhcp for subnet in subnets_of(call.cloud, record.id)) else []


def _scope(version: int) -> Any:
    return lambda record, call: address_scope_of(call.cloud, record, version)


# fmt: off
NETWORK = Noun(
    "network", Network, NetworkNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("subnets", source=lambda record, call: [s.id for s in subnets_of(call.cloud, record.id)], filter=False),
    attribute("admin_state_up", values.boolean, "cu", default=True),
    attribute("status"),
    attribute("shared", values.boolean, "cu", default=False, source=shared, guarded=True),
    attribute("router:external", values.boolean, "cu", default=False, target="external", guarded=True),
    attribute("provider:network_type", values.text(32), "cu", **_provider("network_type")),
    attribute("provider:physical_network", values.text(64), "cu", **_provider("physical_network")),
    attribute("provider:segmentation_id", values.integer(), "cu", **_provider("segmentation_id")),
    attribute("segments", _segment_wishes, "c", source=_segments, guarded=True, shown="get_network:segments",
              filter=False),
    attribute("port_security_enabled", values.boolean, "cu", default=True, guarded=True, filter=False),
    attribute("availability_zones", source=_zones, filter=False),
    attribute("availability_zone_hints", values.strings, "c", default=(), source=listed("availability_zone_hints")),
    attribute("mtu", values.non_negative, "cu", default=0),
    attribute("dns_domain", values.domain, "cu", default="", filter=False),
    attribute("ipv4_address_scope", source=_scope(4), filter=False),
    attribute("ipv6_address_scope", source=_scope(6), filter=False),
    attribute("l2_adjacency", source=lambda record, call: True, filter=False),
    attribute("qos_policy_id", values.none_or(values.uuid), "cu"),
    attribute("is_default", values.boolean, "cu", default=False, guarded=True,
              source=lambda record, call: record.is_default if record.external else ABSENT),
    attribute("tags", values.strings, "", source=tags(open_to), filter=False),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def may_see(call: Call, record: Network) -> bool:
    """One's own, and what policies open to the project; all of them to services."""
    return serves(call) or open_to(call, record)


@network.finder("network")
def find_network(call: Call, id: str) -> Network:
    found = call.cloud.store.find(Network, id)
    if found is None or not may_see(call, found):
        raise NetworkNotFound(id=id)
    return found


@network.get("/networks", policy="get_network")
def list_networks(call: Call) -> dict[str, Any]:
    return listing.listed(call, NETWORK, lambda record: may_see(call, record))


@network.get("/networks/<network>", policy="get_network")
def show_network(call: Call, network: Network) -> dict[str, Any]:
    return NETWORK.show(call, network)


@network.post("/networks", policy="create_network", success=201, asks=True)
def create_network(call: Call) -> dict[str, Any]:
    return NETWORK.created(call, _create)


@network.put("/networks/<network>", policy="update_network")
def update_network(call: Call, network: Network) -> dict[str, Any]:
    return NETWORK.updated(call, network, _update)


@network.delete("/networks/<network>", policy="delete_network", success=204)
def delete_network(call: Call, network: Network) -> None:
    """Its subnets go with it, and floating IPs that lead nowhere; its ports stand in the way."""
    check_revision(call, network)
    store = call.cloud.store
    for floating in store.by(FloatingIP, "network", network.id):
        if floating.port_id is None:
            remove_floatingip(call.cloud, floating)
    if ports := sorted(port.id for port in store.by(Port, "network", network.id)):
        raise NetworkInUse(id=network.id, ports=",".join(ports))
    for part in (*subnets_of(call.cloud, network.id), *segments_of(call.cloud, network.id)):
        store.drop(part)
    forget(call.cloud, network.id)
    store.drop(network)


def _create(call: Call, wish: dict[str, Any]) -> Network:
    NETWORK.demand(call, "create", wish, wish["project_id"])
    check_zones(call, wish["availability_zone_hints"])
    check_qos(call, wish)
    if wish.get("qos_policy_id") is None:
        wish["qos_policy_id"] = default_policy(call.cloud, wish["project_id"])
    cloud = call.cloud
    check_quota(cloud, wish["project_id"], "network")
    segments = _wishes(wish)
    given = NETWORK.fields_of(wish, "shared", "router:external", "segments", *(f"provider:{name}" for name in PROVIDER))
    made = cloud.store.put(Network(id=cloud.streams.uuid("network"), revision_number=1, **given, **begun(cloud)))
    first, *_ = [add_segment(cloud, made, *segment) for segment in segments]
    most = min(MTU.get(kind or "geneve", 1500) for kind, _, _ in segments)
    mtu = check_mtu(made.mtu or most, most)
    made = cloud.store.put(made.evolve(mtu=mtu, **{name: getattr(first, name) for name in PROVIDER}))
    if made.is_default:
        _check_default(call, made, wish["router:external"])
    made = set_shared(cloud, made, wish["shared"])
    return set_shared(cloud, made, wish["router:external"], EXTERNAL)  # type: ignore[no-any-return]


def check_mtu(wanted: int, most: int) -> int:
    if wanted > most:
        raise InvalidInput(reason=f"Requested MTU is too big, maximum is {most}")
    return wanted


def _wishes(wish: dict[str, Any]) -> list[tuple[str | None, str | None, int | None]]:
    """What the network is to be made of: (network_type, physical_network, segmentation_id) of each segment."""
    kind, physical, number = (wish.get(f"provider:{name}") for name in PROVIDER)
    if "segments" in wish:
        if (kind, physical, number) != (None, None, None):
            raise SegmentsSetInConjunctionWithProviders
        return list(wish["segments"]) or [(None, None, None)]
    if kind is None and (physical is not None or number is not None):
        raise InvalidInput(reason="network_type required")
    return [(kind, physical, number)]


def _update(call: Call, record: Network, wish: dict[str, Any]) -> Network:
    NETWORK.demand(call, "update", wish, record.project_id)
    check_qos(call, wish, record.qos_policy_id)
    if record.shared and wish.get("shared") is False:
        _check_unshared(call, record)
    if wish.get("is_default") and not record.is_default:
        _check_default(call, record, wish.get("router:external", record.external))
    if record.external and wish.get("router:external") is False:
        ports = call.cloud.store.by(Port, "network", record.id)
        if any(port.device_owner == ROUTER_GATEWAY for port in ports):
            raise ExternalNetworkInUse(id=record.id)
    _check_provider(call, record, wish)
    most = MTU.get(record.network_type, 1500)
    if "mtu" in wish:
        wish["mtu"] = check_mtu(wish["mtu"] or most, most)
    return _changed(call, record, wish)


def _check_provider(call: Call, record: Network, wish: dict[str, Any]) -> None:
    """Of what it is made, nothing changes but the number of a VLAN.  neutron/plugins/ml2/managers.py."""
    if any(f"provider:{name}" in wish and wish[f"provider:{name}"] != getattr(record, name) for name in PROVIDER[:2]):
        raise InvalidInput(
            reason="Plugin does not support updating the following provider network attributes:"
            " provider:physical_network, provider:network_type"
        )
    number = wish.get("provider:segmentation_id", record.segmentation_id)
    if number == record.segmentation_id:
        return
    if record.network_type != "vlan":
        raise InvalidInput(reason="Only VLAN type networks can be updated.")
    renumber(call.cloud, segments_of(call.cloud, record.id)[0], number)


def _changed(call: Call, record: Network, wish: dict[str, Any]) -> Network:
    """With what sharing makes of it: all that changes at once is one revision."""
    cloud, before = call.cloud, record
    if "shared" in wish:
        record = set_shared(cloud, record, wish["shared"])
    if wish.get("router:external", record.external) != record.external:
        record = set_shared(cloud, record, wish["router:external"], EXTERNAL)
    moved = (record.shared, record.external) != (before.shared, before.external)
    after = change(cloud, record, **NETWORK.fields_of(wish, "shared", "router:external"))
    if moved and after is record:
        touch(cloud, record)
    return cloud.store.get(Network, record.id)


def _check_unshared(call: Call, record: Network) -> None:
    """Those that other policies name keep their ports."""
    named = {policy.target for policy in call.cloud.store.by(RBACPolicy, "use", (record.id, SHARED))}
    if users_of(call.cloud, record) - (named - {EVERYBODY}):
        raise InvalidSharedSetting(id=record.id)


def _check_default(call: Call, record: Network, external: bool) -> None:
    """One external network is what auto-allocated topologies are joined to."""
    if not external:
        return
    for other in call.cloud.store.by(Network, "external", True):
        if other.is_default and other.id != record.id:
            raise DefaultExternalNetworkExists(id=other.id)
