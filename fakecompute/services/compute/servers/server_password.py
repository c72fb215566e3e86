"""/servers/{id}/os-server-password: the encrypted password that a guest left with the metadata service."""

from __future__ import annotations

from fakecompute.domain.records.server import Server
from fakecompute.rest.call import Call
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/os-server-password"


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(PATH, policy="os_compute_api:os-server-password:show", strict_query="2.102")
def show_server_password(call: Call, server: Server) -> dict[str, str]:
    """Guests there are none, so nobody left one."""
    return {"password": ""}


@compute.delete(PATH, policy="os_compute_api:os-server-password:clear", success=204)
def clear_server_password(call: Call, server: Server) -> None:
    """The server's own password stays what it is."""
