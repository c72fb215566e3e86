"""os-getConsoleOutput of POST /servers/{id}/action: the last lines that a guest has written."""

from __future__ import annotations

from fakecompute.domain.boot_log import boot_log
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import ServerNotReady
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, Schema
from fakecompute.services.compute.servers.actions import PATH
from fakecompute.services.compute.servers.routes import ServerNotFound
from fakecompute.services.compute.service import compute

# --- request schemas ----------------------------------------------------------------------------------


class ConsoleOutput(Schema):
    length = Integer(min=-1, allow_none=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.action(PATH, "os-getConsoleOutput", body=ConsoleOutput, policy="os_compute_api:os-console-output")
def show_console_output(call: Call, server: Server) -> dict[str, str]:
    if server.host is None:
        raise ServerNotReady(server_id=server.id)
    if server.launched_at is None:  # the hypervisor knows of no such guest
        raise ServerNotFound(id=server.id)
    return {"output": _tail(boot_log(call.cloud, server), call.body.get("length"))}


def _tail(text: str, length: int | None) -> str:
    """The last lines.  -1 is meant to be all of them, and is all but the first."""
    # nova/compute/manager.py: _tail_log
    if length is None:
        return text
    return "\n".join(text.split("\n")[-length:]) if length else ""
