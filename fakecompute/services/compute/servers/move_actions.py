"""Actions that move a server: migrate, os-migrateLive, evacuate."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import moves
from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import (
    AnyOf,
    Anything,
    Booleanish,
    Choice,
    Object,
    Schema,
    Text,
    shapes,
    since,
    until,
)
from fakecompute.services.compute.servers.actions import PATH
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.servers.image_actions import password
from fakecompute.services.compute.servers.schemas import FQDN
from fakecompute.services.compute.service import compute

# --- request schemas ----------------------------------------------------------------------------------


def _host(**options: Any) -> Text:
    return Text(min=1, max=255, pattern=FQDN, **options)


class ToHost(Schema):
    host = _host(allow_none=True)


MIGRATE: Any = shapes(until("2.55", Anything()), since("2.56", Object(ToHost, allow_none=True)))


class LiveMigrate(Schema):
    block_migration = shapes(
        until("2.24", Booleanish(required=True)),
        since("2.25", AnyOf(Booleanish(), Choice("auto"), required=True)),
    )
    disk_over_commit = until("2.24", Booleanish(required=True))
    host = _host(allow_none=True, required=True)
    force = since("2.30", Booleanish(), until="2.67")


class Evacuate(Schema):
    host = _host()
    on_shared_storage = until("2.13", Booleanish(required=True, data_key="onSharedStorage"))
    admin_pass = Text(data_key="adminPass")
    force = since("2.29", Booleanish(), until="2.67")


# --- handlers -----------------------------------------------------------------------------------------


@compute.action(PATH, "migrate", body=MIGRATE, policy="os_compute_api:os-migrate-server:migrate", success=202)
def migrate_server(call: Call, server: Server) -> None:
    host = call.body.get("host") if isinstance(call.body, dict) and call.since("2.56") else None
    if host:
        call.demand("os_compute_api:os-migrate-server:migrate:host")
    moves.migrate(call.cloud, server, caller_of(call), call.is_admin, host)


@compute.action(
    PATH,
    "os-migrateLive",
    body=LiveMigrate,
    policy="os_compute_api:os-migrate-server:migrate_live",
    success=202,
)
def live_migrate_server(call: Call, server: Server) -> None:
    host = call.body["host"]
    if host:
        call.demand("os_compute_api:os-migrate-server:migrate_live:host")
    if call.body.get("force") and not host:
        raise BadRequest(reason="Can't force to a non-provided destination")
    old = not call.since("2.34")
    moves.live_migrate(call.cloud, server, caller_of(call), call.is_admin, host, old=old)


@compute.action(PATH, "evacuate", body=Evacuate, policy="os_compute_api:os-evacuate")
def evacuate_server(call: Call, server: Server) -> dict[str, Any] | None:
    wish = call.body
    if wish.get("force") and not wish.get("host"):
        raise BadRequest(reason="Can't force to a non-provided destination")
    if wish.get("on_shared_storage") and wish.get("admin_pass"):
        raise BadRequest(reason="admin password can't be changed on existing disk")
    stopped = call.since("2.95")
    moves.evacuate(call.cloud, server, caller_of(call), wish.get("host"), stopped=stopped)
    return None if call.since("2.14") else {"adminPass": password(call, wish)}
