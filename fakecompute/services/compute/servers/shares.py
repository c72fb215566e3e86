"""/servers/{id}/shares: file systems of Manila's (2.97).  This cloud has no Manila, so there is no share to attach."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import check_states
from fakecompute.domain.states import VM
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.services.compute.servers.routes import check_exists
from fakecompute.services.compute.service import compute

PATH = "/servers/<mapped_server>/shares"


class ShareNotFound(NotFound):
    message = "Share {id} could not be found."


# --- request schemas ----------------------------------------------------------------------------------


class Share(Schema):
    share_id = Text(form="uuid", required=True)
    tag = Text(min=1, max=255, pattern=r"^[a-zA-Z0-9-]*$")


class NewShare(Schema):
    share = Object(Share, required=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(PATH, since="2.97", policy="os_compute_api:os-server-shares:index", strict_query="")
def list_server_shares(call: Call, mapped_server: Server) -> dict[str, Any]:
    check_exists(mapped_server)
    return {"shares": []}


@compute.post(PATH, since="2.97", body=NewShare, policy="os_compute_api:os-server-shares:create", success=201)
def attach_share(call: Call, mapped_server: Server) -> NoReturn:
    check_exists(mapped_server)
    check_states(mapped_server, "create share", {VM.STOPPED}, None, False)
    raise ShareNotFound(id=call.body["share"]["share_id"])


@compute.get(
    f"{PATH}/<share_id>", since="2.97", policy="os_compute_api:os-server-shares:show", strict_query=""
)
def show_server_share(call: Call, mapped_server: Server, share_id: str) -> NoReturn:
    check_exists(mapped_server)
    raise ShareNotFound(id=share_id)


@compute.delete(f"{PATH}/<share_id>", since="2.97", policy="os_compute_api:os-server-shares:delete")
def detach_share(call: Call, mapped_server: Server, share_id: str) -> NoReturn:
    check_exists(mapped_server)
    check_states(mapped_server, "delete share", {VM.STOPPED, VM.ERROR}, None, False)
    raise ShareNotFound(id=share_id)
