"""GET, POST, PUT, DELETE /routers/{id}/conntrack_helpers: protocols that a router must look into."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.network import Router
from fakecompute.domain.records.network_services import ConntrackHelper
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute

# fmt: off
ALLOWED = {
    "amanda": ("tcp",),  "ftp": ("tcp",),         "h323": ("udp", "tcp"),  "irc": ("tcp",),
    "netbios-ns": ("udp",), "pptp": ("tcp",),     "sane": ("tcp",),        "sip": ("udp", "tcp"),
    "snmp": ("udp",),    "tftp": ("udp",),
}  # the protocols of each helper: neutron.conf's allowed_conntrack_helpers
# fmt: on


class ConntrackHelperNotFound(NotFound):
    message = "Conntrack Helper {id} could not be found."


class ConntrackHelperNotAllowed(BadRequest):
    message = "Conntrack Helper {helper} is not allowed."


class InvalidProtocolForHelper(BadRequest):
    message = "Conntrack Helper {helper} does not support: {protocol}. Supported protocols are: {supported}"


class DuplicateHelper(BadRequest):
    neutrons_name = "BadRequest"
    message = (
        "Bad conntrack_helper request: A duplicate conntrack helper entry with same attributes already exists,"
        " conflicting values are {values}."
    )


# --- request schemas and response views ---------------------------------------------------------------


HELPER = Noun(
    "conntrack_helper",
    ConntrackHelper,
    ConntrackHelperNotFound,
    attribute("id"),
    attribute("project_id", values.text(255), "c", source=None, filter=False),
    attribute("protocol", values.protocol, "cu", default=REQUIRED),
    attribute("port", values.integer(1, 65535), "cu", default=REQUIRED),
    attribute("helper", lambda value: values.text(64)(str(value)), "cu", default=REQUIRED),
    standard="",
)
IN_ROUTER = ("protocol", "port", "helper")


def in_router(router: Router, call: Call) -> list[dict[str, Any]]:
    """The helpers as their router shows them."""
    return [{name: getattr(one, name) for name in IN_ROUTER} for one in _helpers(call, router)]


# --- handlers -----------------------------------------------------------------------------------------


def _helpers(call: Call, router: Router) -> list[ConntrackHelper]:
    return sorted(call.cloud.store.by(ConntrackHelper, "router", router.id), key=lambda one: one.id)


def _checked(call: Call, new: ConntrackHelper) -> ConntrackHelper:
    if new.helper not in ALLOWED:
        raise ConntrackHelperNotAllowed(helper=new.helper)
    if new.protocol not in ALLOWED[new.helper]:
        supported = ", ".join(ALLOWED[new.helper])
        raise InvalidProtocolForHelper(helper=new.helper, protocol=new.protocol, supported=supported)
    told = {name: getattr(new, name) for name in ("router_id", *IN_ROUTER)}
    for other in call.cloud.store.by(ConntrackHelper, "router", new.router_id):
        if other.id != new.id and told == {name: getattr(other, name) for name in told}:
            raise DuplicateHelper(values=told)
    return call.cloud.store.put(new)


def _create(call: Call, wish: dict[str, Any], router: Router) -> ConntrackHelper:
    id = call.cloud.streams.uuid("conntrack helper")
    fields = {**HELPER.fields_of(wish), "project_id": router.project_id}
    return _checked(call, ConntrackHelper(id=id, router_id=router.id, **fields))


Collection(
    HELPER,
    "/routers/<router>/conntrack_helpers",
    create=_create,
    update=lambda call, helper, wish: _checked(call, helper.evolve(**HELPER.fields_of(wish))),
    remove=lambda call, helper: call.cloud.store.drop(helper),
    children=_helpers,
    sought=False,
    rule="router_conntrack_helper",
    called="router_conntrack_helper",
)
