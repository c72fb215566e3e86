"""POST /servers/{id}/action: a body of one key.  Most keys do no more than pull a trigger."""

from __future__ import annotations

from typing import Any

from fakecompute.domain import actions, moves, quota, servers
from fakecompute.domain.boot_images import image_of_server, is_volume_backed
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.states import VM
from fakecompute.errors import BadRequest, PolicyDenied
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Null
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.servers.schemas import (
    FREE,
    LOCK,
    ChangePassword,
    Reboot,
    ResetState,
    Resize,
)
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/action"
CRASHABLE = frozenset({VM.ACTIVE, VM.PAUSED, VM.RESCUED, VM.RESIZED, VM.ERROR})

# --- handlers -----------------------------------------------------------------------------------------

# fmt: off
TRIGGERS = (
    #  key          trigger     policy                                     body
    ("os-start",    "start",    "os_compute_api:servers:start",            FREE),
    ("os-stop",     "stop",     "os_compute_api:servers:stop",             FREE),
    ("pause",       "pause",    "os_compute_api:os-pause-server:pause",    FREE),
    ("unpause",     "unpause",  "os_compute_api:os-pause-server:unpause",  FREE),
    ("suspend",     "suspend",  "os_compute_api:os-suspend-server:suspend", FREE),
    ("resume",      "resume",   "os_compute_api:os-suspend-server:resume", FREE),
    ("unrescue",    "unrescue", "os_compute_api:os-unrescue",              FREE),
    ("shelveOffload", "shelveOffload", "os_compute_api:os-shelve:shelve_offload", FREE),
)
# fmt: on


def _declare(key: str, trigger: str, policy: str, body: Any) -> None:
    def act(call: Call, server: Server) -> None:
        servers.act(call.cloud, server, trigger, caller_of(call), call.is_admin)

    act.__name__ = f"{trigger}_server"
    compute.action(PATH, key, policy=policy, body=body, success=202)(act)


for _row in TRIGGERS:
    _declare(*_row)


@compute.action(PATH, "reboot", body=Reboot, policy="os_compute_api:servers:reboot", success=202)
def reboot_server(call: Call, server: Server) -> None:
    trigger = "reboot_" + call.body["type"].lower()
    servers.act(call.cloud, server, trigger, caller_of(call), call.is_admin)


@compute.action(PATH, "resize", body=Resize, policy="os_compute_api:servers:resize", success=202)
def resize_server(call: Call, server: Server) -> None:
    servers.check_may(server, "resize", call.is_admin)
    flavor = call.cloud.store.find(Flavor, str(call.body["flavor_id"]))
    if (
        flavor is None
        or flavor.disabled
        or not (flavor.is_public or call.is_admin or call.project_id in flavor.access)
    ):
        raise BadRequest(reason=f"Flavor {call.body['flavor_id']} could not be found.")
    if flavor.id == server.flavor.id:
        raise BadRequest(reason="When resizing, instances must change flavor!")
    if flavor.disk == 0 and server.flavor.disk != 0 and not is_volume_backed(call.cloud, server.id):
        raise BadRequest(
            reason="Server disk was unable to be resized because: Resize to zero disk flavor is not allowed."
        )
    image = image_of_server(call.cloud, server)
    if image is not None and flavor.ram < image.min_ram:
        raise BadRequest(reason="Flavor's memory is too small for requested image.")
    more = needs_of(flavor, volume_backed=is_volume_backed(call.cloud, server.id)).beyond_cores_and_ram
    quota.check_resize(call.cloud, server.project_id, server.user_id, server.flavor, flavor, more)
    changes = {"disk_config": call.body["disk_config"]} if "disk_config" in call.body else {}
    moves.resize(call.cloud, server, flavor, caller_of(call), call.is_admin, **changes)


@compute.action(PATH, "confirmResize", body=FREE, policy="os_compute_api:servers:confirm_resize", success=204)
def confirm_resize_server(call: Call, server: Server) -> None:
    moves.confirm_resize(call.cloud, server, caller_of(call), call.is_admin)


@compute.action(PATH, "revertResize", body=FREE, policy="os_compute_api:servers:revert_resize", success=202)
def revert_resize_server(call: Call, server: Server) -> None:
    moves.revert_resize(call.cloud, server, caller_of(call), call.is_admin)


@compute.action(PATH, "lock", body=LOCK, policy="os_compute_api:os-lock-server:lock", success=202)
def lock_server(call: Call, server: Server) -> None:
    reason = call.body.get("locked_reason") if isinstance(call.body, dict) and call.since("2.73") else None
    servers.lock(call.cloud, server, caller_of(call), reason)


@compute.action(PATH, "unlock", body=FREE, policy="os_compute_api:os-lock-server:unlock", success=202)
def unlock_server(call: Call, server: Server) -> None:
    """What an admin has locked, only admins unlock."""
    override = "os_compute_api:os-lock-server:unlock:unlock_override"
    if server.locked_by == "admin" and not call.may(override):
        raise PolicyDenied(rule=override)
    servers.unlock(call.cloud, server, caller_of(call))


@compute.action(
    PATH, "os-resetState", body=ResetState, policy="os_compute_api:os-admin-actions:reset_state", success=202
)
def reset_server_state(call: Call, server: Server) -> None:
    servers.reset_state(call.cloud, server, call.body["state"], caller_of(call))


@compute.action(PATH, "forceDelete", body=FREE, policy="os_compute_api:os-deferred-delete:force", success=202)
def force_delete_server(call: Call, server: Server) -> None:
    servers.delete(call.cloud, server, caller_of(call), call.is_admin, force=True)


@compute.action(PATH, "restore", body=FREE, policy="os_compute_api:os-deferred-delete:restore", success=202)
def restore_server(call: Call, server: Server) -> None:
    servers.restore(call.cloud, server, caller_of(call), call.is_admin)


@compute.action(
    PATH, "changePassword", body=ChangePassword, policy="os_compute_api:os-admin-password", success=202
)
def change_server_password(call: Call, server: Server) -> None:
    """The guest has the new password when the answer is there."""
    servers.check_quirkily_unlocked(server, "changePassword", call.is_admin)
    servers.check_states(server, "changePassword", {VM.ACTIVE}, {None}, True)
    actions.at_once(
        call.cloud, server, "changePassword", "compute_set_admin_password", caller_of(call)
    )


@compute.action(
    PATH,
    "trigger_crash_dump",
    since="2.17",
    body=Null(),
    policy="os_compute_api:servers:trigger_crash_dump",
    success=202,
)
def trigger_server_crash_dump(call: Call, server: Server) -> None:
    servers.check_unlocked(server, call.is_admin)
    if server.host is None:
        raise servers.ServerNotReady(server_id=server.id)
    servers.check_states(server, "trigger_crash_dump", CRASHABLE, {None}, True)
    actions.at_once(
        call.cloud, server, "trigger_crash_dump", "compute_trigger_crash_dump", caller_of(call)
    )


@compute.action(
    PATH,
    "injectNetworkInfo",
    body=FREE,
    policy="os_compute_api:os-admin-actions:inject_network_info",
    success=202,
)
def inject_server_network_info(call: Call, server: Server) -> None:
    """Nova accepts it still; with Neutron it does nothing that shows."""
    servers.check_unlocked(server, call.is_admin)
