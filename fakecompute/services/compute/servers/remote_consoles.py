"""Remote consoles: actions from 2.1 to 2.5, POST /servers/{id}/remote-consoles from 2.6."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.consoles import open_console
from fakecompute.domain.records.server import Server
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Object, Schema, shapes, since
from fakecompute.services.compute.servers.actions import PATH
from fakecompute.services.compute.servers.schemas import FREE
from fakecompute.services.compute.service import compute

POLICY = "os_compute_api:os-remote-consoles"
COMMON = "The server could not comply with the request since it is either malformed or otherwise incorrect."

# --- request schemas ----------------------------------------------------------------------------------

OLD_PROTOCOLS = ("vnc", "spice", "serial", "rdp")
OLD_TYPES = ("novnc", "xvpvnc", "spice-html5", "serial", "rdp-html5")


class RemoteConsole(Schema):
    protocol = shapes(
        since("2.6", Choice(*OLD_PROTOCOLS, required=True), until="2.7"),
        since("2.8", Choice(*OLD_PROTOCOLS, "mks", required=True)),
    )
    type = shapes(
        since("2.6", Choice(*OLD_TYPES, required=True), until="2.7"),
        since("2.8", Choice(*OLD_TYPES, "webmks", required=True), until="2.98"),
        since("2.99", Choice(*OLD_TYPES, "webmks", "spice-direct", required=True)),
    )


class NewRemoteConsole(Schema):
    remote_console = Object(RemoteConsole, required=True)


def _console_of(*types: str) -> type[Schema]:
    return type("Console", (Schema,), {"type": Choice(*types, required=True)})


# --- handlers -----------------------------------------------------------------------------------------

# fmt: off
ACTIONS = (
    # key                    protocol   body
    ("os-getVNCConsole",     "vnc",     _console_of("novnc", "xvpvnc")),
    ("os-getSPICEConsole",   "spice",   _console_of("spice-html5")),
    ("os-getSerialConsole",  "serial",  _console_of("serial")),
)
# fmt: on


def _declare(key: str, protocol: str, body: type[Schema]) -> None:
    def open_old_console(call: Call, server: Server) -> dict[str, Any]:
        wanted = call.body["type"]
        return {"console": {"type": wanted, "url": open_console(call.cloud, server, protocol, wanted)}}

    open_old_console.__name__ = f"open_{protocol}_console"
    compute.action(PATH, key, until="2.5", body=body, policy=POLICY)(open_old_console)


for _row in ACTIONS:
    _declare(*_row)


@compute.action(PATH, "os-getRDPConsole", until="2.5", body=FREE)
def open_rdp_console(call: Call, server: Server) -> None:
    """Gone with Hyper-V, in 29.0."""
    raise BadRequest(reason=COMMON)


@compute.post("/servers/<server>/remote-consoles", since="2.6", body=NewRemoteConsole, policy=POLICY)
def open_remote_console(call: Call, server: Server) -> dict[str, Any]:
    wish = call.body["remote_console"]
    if wish["protocol"] == "rdp":
        raise BadRequest(reason=COMMON)
    url = open_console(call.cloud, server, wish["protocol"], wish["type"])
    return {"remote_console": {**wish, "url": url}}
