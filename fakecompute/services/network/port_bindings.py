"""GET, POST, PUT, DELETE /ports/{id}/bindings: the hosts that a port is bound to while its server moves."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_bindings import (
    PortBindingNotFound,
    activate_binding,
    add_binding,
    binding,
    bindings_of,
    inactive,
    update_binding,
)
from fakecompute.domain.network_trunks import follow_parent
from fakecompute.domain.records.network import Port
from fakecompute.domain.records.network_services import PortBinding
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import mapped
from fakecompute.services.network import listing, values
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.ports import VNIC_TYPES, BadPortRequest, find_port
from fakecompute.services.network.service import network

OWNERS = ("compute:", "baremetal:")  # whose ports move


# --- request schemas and response views ---------------------------------------------------------------


def _host(value: Any) -> str:
    return str(values.text(255)(str(value) if isinstance(value, int) else value))


def _status(record: Port | PortBinding, call: Call) -> str:
    return "ACTIVE" if isinstance(record, Port) else "INACTIVE"


def _profile(record: Port | PortBinding, call: Call) -> dict[str, Any]:
    return values.thawed(record.profile)


BINDING = Noun(
    "binding",
    PortBinding,
    PortBindingNotFound,
    attribute("host", _host, "cu", default=REQUIRED),
    attribute("vif_type"),
    attribute("vnic_type", values.one_of(*VNIC_TYPES), "cu"),
    attribute("status", source=_status),
    attribute("profile", values.mapping, "cu", source=_profile, filter=False),
    attribute("vif_details", source=mapped("vif_details"), filter=False),
    attribute("project_id", values.text(255), "c", source=None, filter=False),
    standard="",
)


# --- handlers -----------------------------------------------------------------------------------------


def _check_moves(port: Port) -> None:
    if not port.device_owner.startswith(OWNERS):
        raise BadPortRequest(
            reason=f"Invalid port {port.id}. Operation only valid on compute and shared filesystem ports"
        )


def _found(call: Call, port: Port, host: str) -> Port | PortBinding:
    _check_moves(port)
    return port if host == port.host else inactive(call.cloud, port, host)


def _demand(call: Call, rule: str) -> None:
    """Who may not see bindings is told of none."""
    if not call.may("get_port_binding"):
        raise NotFound
    call.demand(rule)


@network.get("/ports/<port_id>/bindings")
def list_port_bindings(call: Call, port_id: str) -> dict[str, Any]:
    """Others than admins and services see none."""
    if call.context.barred and call.context.roles & {"admin", "service"}:
        return {"bindings": []}
    port = find_port(call, port_id)
    _check_moves(port)
    seen = [one for _, one in bindings_of(call.cloud, port)] if call.may("get_port_binding") else []
    return listing.listed(call, BINDING, lambda one: True, seen)


@network.get("/ports/<port>/bindings/<host>", policy="get_port_binding", asks=True)
def show_port_binding(call: Call, port: Port, host: str) -> dict[str, Any]:
    _demand(call, "get_port_binding")
    return BINDING.show(call, _found(call, port, host))


@network.post("/ports/<port_id>/bindings", policy="create_port_binding", success=201, asks=True)
def create_port_binding(call: Call, port_id: str) -> dict[str, Any]:
    def make(call: Call, wish: dict[str, Any]) -> Port | PortBinding:
        port = find_port(call, port_id)
        _check_moves(port)
        fields = BINDING.fields_of(wish, "project_id", "host")
        if port.host:
            return add_binding(call.cloud, port, wish["host"], **fields)
        return _bound(call, port, **fields, **binding(call.cloud, port, wish["host"]))

    return BINDING.created(call, make)


@network.put("/ports/<port>/bindings/<host>", policy="update_port")
def update_port_binding(call: Call, port: Port, host: str) -> dict[str, Any]:
    def alter(call: Call, one: Port | PortBinding, wish: dict[str, Any]) -> Port | PortBinding:
        if isinstance(one, PortBinding):
            return update_binding(call.cloud, port, one, **wish)
        moved = binding(call.cloud, port, wish.pop("host", port.host))
        return _bound(call, port, **wish, **moved)

    return BINDING.updated(call, _found(call, port, host), alter)


def _bound(call: Call, port: Port, **fields: Any) -> Port:
    made = change(call.cloud, port, **fields)
    follow_parent(call.cloud, made)
    return made


@network.delete("/ports/<port>/bindings/<host>", policy="delete_port_binding", success=204, asks=True)
def delete_port_binding(call: Call, port: Port, host: str) -> None:
    """Without its active binding a port is bound to no host."""
    _demand(call, "delete_port_binding")
    one = _found(call, port, host)
    if isinstance(one, Port):
        if not port.host:
            raise PortBindingNotFound(port_id=port.id, host=host)
        _bound(call, port, **binding(call.cloud, port, ""), profile=())
    else:
        call.cloud.store.drop(one)


@network.put("/ports/<port>/bindings/<host>/activate", policy="activate", asks=True)
def activate_port_binding(call: Call, port: Port, host: str) -> dict[str, Any]:
    _demand(call, "activate")
    _check_moves(port)
    if call.body not in (None, {}):
        raise BadRequest(reason="Body contains invalid data")
    made = activate_binding(call.cloud, port, host)
    follow_parent(call.cloud, made)
    return BINDING.view(made, call)
