"""/limits and /registered_limits: unified limits, of which a default cloud has none."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.identity.listing import links
from fakecompute.services.identity.service import identity


class LimitNotFound(NotFound):
    message = "Could not find limit for {id}."


class RegisteredLimitNotFound(NotFound):
    message = "Could not find registered limit for {id}."


# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/limits", policy="identity:list_limits")
def list_limits(call: Call) -> dict[str, Any]:
    return {"limits": [], "links": links(call)}


@identity.get("/limits/model", policy="identity:get_limit_model")
def show_limit_model(call: Call) -> dict[str, Any]:
    description = "Limit enforcement and validation does not take project hierarchy into consideration."
    return {"model": {"name": "flat", "description": description}}


@identity.get("/limits/<limit_id>", policy="identity:get_limit")
def show_limit(call: Call, limit_id: str) -> None:
    raise LimitNotFound(id=limit_id)


@identity.get("/registered_limits", policy="identity:list_registered_limits")
def list_registered_limits(call: Call) -> dict[str, Any]:
    return {"registered_limits": [], "links": links(call)}


@identity.get("/registered_limits/<limit_id>", policy="identity:get_registered_limit")
def show_registered_limit(call: Call, limit_id: str) -> None:
    raise RegisteredLimitNotFound(id=limit_id)
