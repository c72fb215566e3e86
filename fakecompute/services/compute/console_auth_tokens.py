"""/os-console-auth-tokens/{token}: where a console's proxy is to connect to."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.domain.consoles import valid_token
from fakecompute.domain.records.console import ConsoleToken
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, View, field
from fakecompute.services.compute.servers.remote_consoles import COMMON
from fakecompute.services.compute.service import compute

PATH = "/os-console-auth-tokens/<token>"


class TokenNotFound(NotFound):
    message = "Token not found"


# --- response views -----------------------------------------------------------------------------------


def _tls_port(token: ConsoleToken, call: Call) -> Any:
    return token.tls_port if token.console_type == "spice-direct" else ABSENT


console = View(
    field("instance_uuid", "server_id"),
    field("host"),
    field("port"),
    field("internal_access_path"),
    field("tls_port", _tls_port, since="2.99"),
)

# --- handlers -----------------------------------------------------------------------------------------


@compute.get(PATH, until="2.30")
def show_rdp_token(call: Call, token: str) -> NoReturn:
    """Of RDP alone until 2.30, and so of nothing any more."""
    raise BadRequest(reason=COMMON)


@compute.get(PATH, since="2.31", policy="os_compute_api:os-console-auth-tokens", strict_query="2.99")
def show_console_auth_token(call: Call, token: str) -> dict[str, Any]:
    found = valid_token(call.cloud, token)
    if found is None:
        raise TokenNotFound
    return {"console": console(found, call)}
