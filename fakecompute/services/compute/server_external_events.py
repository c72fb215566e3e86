"""POST /os-server-external-events: other services tell what happened to servers."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.external_events import receive
from fakecompute.domain.records.server import Server
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Choice, ListOf, Object, Schema, Text, shapes, since, until
from fakecompute.services.compute.servers.create import caller_of
from fakecompute.services.compute.service import compute

# --- request schemas ----------------------------------------------------------------------------------

NEUTRONS = ("network-changed", "network-vif-plugged", "network-vif-unplugged", "network-vif-deleted")
LATER = ("volume-extended", "power-update", "accelerator-request-bound", "volume-reimaged")
TAGGED = frozenset(LATER[:3])  # nothing can be done without their tag


def _names(later: int) -> Choice:
    return Choice(*NEUTRONS, *LATER[:later], required=True)


class Event(Schema):
    name = shapes(
        until("2.50", _names(0)),
        since("2.51", _names(1), until="2.75"),
        since("2.76", _names(2), until="2.81"),
        since("2.82", _names(3), until="2.92"),
        since("2.93", _names(4)),
    )
    server_uuid = Text(form="uuid", required=True)
    status = Choice("failed", "completed", "in-progress")
    tag = Text(max=255)


class Events(Schema):
    events = ListOf(Object(Event), min=1, required=True)


# --- handlers -----------------------------------------------------------------------------------------


@compute.post(
    "/os-server-external-events", body=Events, policy="os_compute_api:os-server-external-events:create"
)
def receive_external_events(call: Call) -> Answer:
    """Each event is answered for itself; 207 if not all were taken."""
    told = [_received(call, event) for event in call.body["events"]]
    good = all(event["code"] == 200 for event in told)
    return Answer(200 if good else 207, {"events": told})


def _received(call: Call, event: dict[str, Any]) -> dict[str, Any]:
    server = call.cloud.store.find(Server, event["server_uuid"])
    code = 200
    if server is None or server.deleted:
        code = 404
    elif event["name"] in TAGGED and "tag" not in event:
        code = 400
    elif server.host is None:
        code = 422
    else:
        receive(call.cloud, server, event["name"], event.get("tag"), caller_of(call))
    return {**event, "status": "completed" if code == 200 else "failed", "code": code}
