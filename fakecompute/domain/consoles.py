"""Remote consoles: which there are, and the tokens that open them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.console import ConsoleToken
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import ServerBusy, ServerNotReady
from fakecompute.domain.states import VM
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

LOCAL = "127.0.0.1"  # where hypervisors listen, unless their host has an address
TLS = 1000  # the port for SPICE with TLS is so much higher
CLOSED = frozenset({"deleting", "migrating"})


class ConsoleTypeUnavailable(BadRequest):
    message = "Unavailable console type {type}."


class ConsoleTypeInvalid(BadRequest):
    message = "Invalid console type {type}"


class Protocol(NamedTuple):
    """A way to see or type; `setting` tells whether the cloud has it, `word` is what errors call it."""

    setting: str
    word: str
    first_port: int
    urls: dict[str, str]  # by the type of console: the proxy's address, up to the token


# The addresses are the defaults of nova/conf/{vnc,spice,serial_console,mks}.py.
# fmt: off
PROTOCOLS = {
    "vnc":    Protocol("vnc_enabled",            "get_vnc_console",    5900,
                       {"novnc":        "http://127.0.0.1:6080/vnc_auto.html?path=%3Ftoken%3D"}),
    "spice":  Protocol("spice_enabled",          "get_spice_console",  5900,
                       {"spice-html5":  "http://127.0.0.1:6082/spice_auto.html?token=",
                        "spice-direct": "http://127.0.0.1:13002/nova?token="}),
    "serial": Protocol("serial_console_enabled", "get_serial_console", 10000,
                       {"serial":       "ws://127.0.0.1:6083/?token="}),
    "mks":    Protocol("mks_enabled",            "get_mks_console",    5900,
                       {"webmks":       "http://127.0.0.1:6090/?token="}),
}
# fmt: on


def open_console(cloud: Cloud, server: Server, protocol: str, type: str) -> str:
    """The address of a console, with a token in it that is good for some minutes."""
    found = PROTOCOLS[protocol]
    if server.host is None:
        raise ServerNotReady(server_id=server.id)
    if server.task_state in CLOSED:
        raise ServerBusy(
            server_id=server.id, word=found.word, attribute="task_state", state=server.task_state
        )
    if not getattr(cloud.settings, found.setting):
        raise ConsoleTypeUnavailable(type=type)
    if type not in found.urls and protocol != "serial":  # there Nova does not look
        raise ConsoleTypeInvalid(type=type)
    if server.vm_state == VM.BUILDING and server.launched_at is None:
        raise ServerNotReady(server_id=server.id)
    token = _authorize(cloud, server, found, type)
    return found.urls.get(type, found.urls[next(iter(found.urls))]) + token.id


def _authorize(cloud: Cloud, server: Server, protocol: Protocol, type: str) -> ConsoleToken:
    """A new token; those that have expired go."""
    for old in cloud.store.by(ConsoleToken, "server", server.id):
        if old.expires_at <= cloud.now:
            cloud.store.drop(old)
    host = cloud.store.one(Host, "name", server.host)
    port = protocol.first_port + server.number % TLS
    return cloud.store.put(
        ConsoleToken(
            id=cloud.streams.uuid("console token"),
            server_id=server.id,
            console_type=type,
            compute=server.host or "",
            host=(host.ip if host else "") or LOCAL,
            port=port,
            tls_port=port + TLS if type == "spice-direct" else None,
            expires_at=cloud.now + cloud.settings.console_token_ttl * SECOND,
        )
    )


def valid_token(cloud: Cloud, id: str) -> ConsoleToken | None:
    """The token, unless it has expired, or its server was deleted or lives on another host now."""
    token = cloud.store.find(ConsoleToken, id)
    if token is None or token.expires_at <= cloud.now:
        return None
    server = cloud.store.get(Server, token.server_id)
    return None if server.deleted or server.host != token.compute else token
