"""/servers/{id}/os-instance-actions: what was done to a server, newest first; deleted ones included from 2.21."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server
from fakecompute.errors import BadRequest, NotFound
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest import page
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, Schema, Text, since
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.compute.servers.routes import find_server
from fakecompute.services.compute.servers.views import host_id
from fakecompute.services.compute.service import compute

PATH = "/servers/<server_with_history>/os-instance-actions"
EVENTS, DETAILS = (
    "os_compute_api:os-instance-actions:events",
    "os_compute_api:os-instance-actions:events:details",
)


class MarkerLost(BadRequest):
    message = "Marker None could not be found."  # Nova forgets to say which


class ActionNotFound(NotFound):
    message = "Action {request_id} not found"


# --- request schemas ----------------------------------------------------------------------------------


class ListActions(Schema):
    limit = since("2.58", Integer(min=0, pattern="^[0-9]*$"))
    marker = since("2.58", Text())
    changes_since = since("2.58", Text(form="date-time", data_key="changes-since"))
    changes_before = since("2.66", Text(form="date-time", data_key="changes-before"))


# --- response views -----------------------------------------------------------------------------------

def _host_id(event: ActionEvent, call: Call) -> str:
    return host_id(event.host, call.params["server_with_history"].project_id)


# fmt: off
ACTION = (
    field("action"),
    field("instance_uuid", "server_id"),
    field("request_id"),
    field("user_id"),
    field("project_id"),
    field("start_time", moment("start_time", naive)),
    field("message"),
    field("updated_at", moment("updated_at", naive), since="2.58"),
)
event_view = View(
    field("event"),
    field("start_time", moment("start_time", naive)),
    field("finish_time", moment("finish_time", naive)),
    field("result"),
    field("traceback", rule=EVENTS),
    field("hostId", _host_id, since="2.62"),
    field("host", since="2.62", rule=EVENTS),
    field("details", since="2.84", rule=DETAILS),
)
# fmt: on


def _events(action: InstanceAction, call: Call) -> list[dict[str, Any]]:
    events = call.cloud.store.by(ActionEvent, "action", action.id)
    return event_view.all(sorted(events, key=lambda event: -event.number), call)


action_brief = View(*ACTION)
action_detail = View(
    *ACTION, field("events", _events, until="2.50", rule=EVENTS), field("events", _events, since="2.51")
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.finder("server_with_history")
def find_server_with_history(call: Call, id: str) -> Server:
    server = call.cloud.store.find(Server, id)
    shown = server is not None and (call.is_admin or server.project_id == call.project_id)
    if server is not None and shown and server.deleted and call.since("2.21"):
        return server
    return find_server(call, id)


@compute.get(PATH, query=ListActions, strict_query="2.58", policy="os_compute_api:os-instance-actions:list")
def list_instance_actions(call: Call, server_with_history: Server) -> dict[str, Any]:
    query = call.query
    low, high = (parse_moment(query[n]) if n in query else None for n in ("changes_since", "changes_before"))
    if low is not None and high is not None and low > high:
        raise BadRequest(reason="The value of changes-since must be less than or equal to changes-before.")
    actions = [
        action
        for action in call.cloud.store.by(InstanceAction, "server", server_with_history.id)
        if (low is None or action.updated_at >= low) and (high is None or action.updated_at <= high)
    ]
    actions.sort(key=lambda action: -action.number)
    most = call.cloud.settings.max_limit
    limit = min(query.get("limit", most), most)
    try:
        shown = page.after(actions, query.get("marker"), lambda action: action.request_id)[:limit]
    except page.MarkerNotFound:
        raise MarkerLost from None
    body: dict[str, Any] = {"instanceActions": action_brief.all(shown, call)}
    if call.since("2.58") and limit and len(shown) == limit:
        path = f"{call.url}/servers/{server_with_history.id}/os-instance-actions"
        href = page.next_link(path, call.query_pairs, shown[-1].request_id)
        body["links"] = [{"rel": "next", "href": href}]
    return body


@compute.get(f"{PATH}/<request_id>", policy="os_compute_api:os-instance-actions:show", strict_query="2.102")
def show_instance_action(call: Call, server_with_history: Server, request_id: str) -> dict[str, Any]:
    actions = call.cloud.store.by(InstanceAction, "server", server_with_history.id)
    found = [action for action in actions if action.request_id == request_id]
    if not found:
        raise ActionNotFound(request_id=request_id)
    return {"instanceAction": action_detail(max(found, key=lambda action: action.number), call)}
