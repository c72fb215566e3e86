"""GET, POST, PUT, DELETE /flavors and /service_profiles, GET /service-providers: kinds of routers to choose from."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.network import Router
from fakecompute.domain.records.network_services import NetworkFlavor, ServiceProfile
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import listed
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.service import network
from fakecompute.services.network.sharing import reads

ROUTERS = "L3_ROUTER_NAT"
TYPES = ("DUMMY", "FIREWALL", "LOADBALANCERV2", ROUTERS, "METERING", "QOS", "VPN")
PROVIDERS = ("dvrha", "dvr", "ha", "single_node")
DRIVERS = "neutron.services.l3_router.service_providers"
MODULES = {name: f"{DRIVERS}.{name}." for name in PROVIDERS}


class FlavorNotFound(NotFound):
    message = "Flavor {id} could not be found."


class FlavorInUse(Conflict):
    message = "Flavor {id} is used by some service instance."


class InvalidServiceType(BadRequest):
    message = "Invalid service type: {type}."


class ServiceProfileNotFound(NotFound):
    message = "Service Profile {id} could not be found."


class ServiceProfileInUse(Conflict):
    message = "Service Profile {id} is used by some service instance."


class ServiceProfileEmpty(BadRequest):
    message = "Service Profile needs either a driver or metainfo."


class ServiceProfileDriverNotFound(NotFound):
    message = "Service Profile driver {driver} could not be found."


class FlavorServiceProfileBindingExists(Conflict):
    message = "Service Profile {id} is already associated with flavor {flavor_id}."


class FlavorServiceProfileBindingNotFound(NotFound):
    message = "Service Profile {id} is not associated with flavor {flavor_id}."


# --- request schemas and response views ---------------------------------------------------------------


def _service_type(value: Any) -> str:
    if not isinstance(value, str) or value.upper() not in TYPES:
        raise InvalidServiceType(type=value)
    return value.upper()


# fmt: off
FLAVOR = Noun(
    "flavor", NetworkFlavor, FlavorNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("description", values.none_or(values.text(1024)), "cu", default=""),
    attribute("service_type", _service_type, "c", default=REQUIRED),
    attribute("enabled", values.boolean, "cu", default=True),
    attribute("service_profiles", values.uuids, "cu", default=(), source=listed("service_profiles"), filter=False),
    standard="",
    homeless=True,
)
PROFILE = Noun(
    "service_profile", ServiceProfile, ServiceProfileNotFound,
    attribute("id"),
    attribute("description", values.none_or(values.text(1024)), "cu", default=""),
    attribute("driver", values.text(1024), "cu", default=""),
    attribute("enabled", values.boolean, "cu", default=True),
    attribute("metainfo", values.text(4096), "cu", default="", filter=False),
    standard="",
    homeless=True,
)
LINK = Noun(
    "service_profile", ServiceProfile, ServiceProfileNotFound,
    attribute("id", values.uuid, "c", default=REQUIRED),
    standard="",
    homeless=True,
)
# fmt: on


# --- flavors


def _create_flavor(call: Call, wish: dict[str, Any]) -> NetworkFlavor:
    id = call.cloud.streams.uuid("network flavor")
    fields = FLAVOR.fields_of(wish, "project_id", "service_profiles")
    return call.cloud.store.put(NetworkFlavor(id=id, **fields))


def _update_flavor(call: Call, flavor: NetworkFlavor, wish: dict[str, Any]) -> NetworkFlavor:
    return call.cloud.store.put(flavor.evolve(**FLAVOR.fields_of(wish, "service_profiles")))


def _remove_flavor(call: Call, flavor: NetworkFlavor) -> None:
    """Not while a router is of it."""
    if call.cloud.store.count(Router, "flavor", flavor.id):
        raise FlavorInUse(id=flavor.id)
    call.cloud.store.drop(flavor)


FLAVORS = Collection(
    FLAVOR,
    "/flavors",
    create=_create_flavor,
    update=_update_flavor,
    remove=_remove_flavor,
    visible=reads,
    called="network_flavor",
    rule="flavor",
)


@network.post("/flavors/<flavor_id>/service_profiles", policy="create_flavor_service_profile", success=201)
def add_service_profile(call: Call, flavor_id: str) -> dict[str, Any]:
    network_flavor: NetworkFlavor = FLAVORS.found(call, flavor_id)

    def add(call: Call, wish: dict[str, Any]) -> NetworkFlavor:
        profile = PROFILES.found(call, wish["id"])
        known = network_flavor.service_profiles
        if profile.id in known:
            raise FlavorServiceProfileBindingExists(id=profile.id, flavor_id=network_flavor.id)
        return call.cloud.store.put(network_flavor.evolve(service_profiles=(*known, profile.id)))

    return LINK.created(call, add)


@network.delete(
    "/flavors/<network_flavor>/service_profiles/<id>", policy="delete_flavor_service_profile", success=204
)
def remove_service_profile(call: Call, network_flavor: NetworkFlavor, id: str) -> None:
    known = network_flavor.service_profiles
    if id not in known:
        raise FlavorServiceProfileBindingNotFound(id=id, flavor_id=network_flavor.id)
    call.cloud.store.put(network_flavor.evolve(service_profiles=tuple(one for one in known if one != id)))


# --- service profiles


def _check_driver(driver: str | None) -> None:
    if driver and not driver.startswith(tuple(MODULES.values())):
        raise ServiceProfileDriverNotFound(driver=driver)


def _check_unused(call: Call, profile: ServiceProfile) -> None:
    if call.cloud.store.count(NetworkFlavor, "profile", profile.id):
        raise ServiceProfileInUse(id=profile.id)


def _create_profile(call: Call, wish: dict[str, Any]) -> ServiceProfile:
    _check_driver(wish["driver"])
    if not wish["driver"] and not wish["metainfo"]:
        raise ServiceProfileEmpty
    id = call.cloud.streams.uuid("service profile")
    return call.cloud.store.put(ServiceProfile(id=id, **PROFILE.fields_of(wish, "project_id")))


def _update_profile(call: Call, profile: ServiceProfile, wish: dict[str, Any]) -> ServiceProfile:
    _check_driver(wish.get("driver"))
    _check_unused(call, profile)
    return call.cloud.store.put(profile.evolve(**PROFILE.fields_of(wish)))


def _remove_profile(call: Call, profile: ServiceProfile) -> None:
    _check_unused(call, profile)
    call.cloud.store.drop(profile)


def _for_admins(call: Call, record: Any) -> bool:
    return call.is_admin


PROFILES = Collection(
    PROFILE,
    "/service_profiles",
    create=_create_profile,
    update=_update_profile,
    remove=_remove_profile,
    visible=_for_admins,
    open=False,
)


# --- who provides services


@network.get("/service-providers")
def list_service_providers(call: Call) -> dict[str, Any]:
    rows = [{"service_type": ROUTERS, "name": name, "default": False} for name in PROVIDERS]
    wanted = [(name, value) for name, value in call.query_pairs if name in rows[0]]
    return {"service_providers": [row for row in rows if all(str(row[name]) == value for name, value in wanted)]}
