"""POST /os-server-external-events: what other services tell about servers; refusals stand in the observed answers."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.server import ActionEvent, InstanceAction, Server
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM, Power

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def server(cloud):
    id = boot(cloud).id
    cloud.settle()
    return cloud.store.get(Server, id)


@pytest.fixture
def tell(http):
    admin = http.as_("admin")

    def send(*events, version="2.93"):
        return admin.post(
            "/compute/v2.1/os-server-external-events", json={"events": list(events)}, version=version
        )

    return send


def last_action(cloud):
    action = max(cloud.store.all(InstanceAction), key=lambda action: action.number)
    events = cloud.store.by(ActionEvent, "action", action.id)
    return action.action, [(event.event, event.result) for event in events]


@pytest.mark.parametrize(
    "name", ["network-changed", "network-vif-plugged", "network-vif-deleted", "volume-reimaged"]
)
def test_an_event_is_taken_whatever_it_is_worth(tell, server, name):
    event = {"name": name, "server_uuid": server.id, "tag": NOBODY, "status": "failed"}
    answer = tell(event)
    assert answer.status_code == 200
    assert answer.json == {"events": [{**event, "status": "completed", "code": 200}]}


def test_each_event_is_answered_for_itself(tell, cloud, server):
    cloud.store.put(cloud.store.get(Server, server.id).evolve(host=None))
    answer = tell(
        {"name": "network-changed", "server_uuid": NOBODY},
        {"name": "volume-extended", "server_uuid": server.id},
        {"name": "network-changed", "server_uuid": server.id},
    )
    assert answer.status_code == 207
    assert [(event["code"], event["status"]) for event in answer.json["events"]] == [
        (404, "failed"), (400, "failed"), (422, "failed"),
    ]  # fmt: skip


def test_a_volume_that_grew_is_an_action(tell, cloud, server):
    tell({"name": "volume-extended", "server_uuid": server.id, "tag": NOBODY})
    assert last_action(cloud) == ("extend_volume", [("compute_extend_volume", "Success")])


def test_ironic_tells_that_a_server_is_off_and_on_again(tell, cloud, server):
    def state():
        now = cloud.store.get(Server, server.id)
        return now.vm_state, now.power_state

    tell({"name": "power-update", "server_uuid": server.id, "tag": "POWER_OFF"})
    assert cloud.store.get(Server, server.id).task_state == "powering-off"
    cloud.settle()
    assert state() == (VM.STOPPED, Power.SHUTDOWN)
    assert last_action(cloud) == ("stop", [("compute_power_update", "Success")])
    tell({"name": "power-update", "server_uuid": server.id, "tag": "POWER_ON"})
    cloud.settle()
    assert state() == (VM.ACTIVE, Power.RUNNING)
    assert last_action(cloud) == ("start", [("compute_power_update", "Success")])


def test_a_server_that_runs_is_not_started(tell, cloud, server):
    tell({"name": "power-update", "server_uuid": server.id, "tag": "POWER_ON"})
    assert cloud.store.get(Server, server.id).task_state is None
    assert last_action(cloud) == ("start", [("compute_power_update", "Success")])


def test_a_power_state_that_nobody_knows_is_passed_over(tell, cloud, server):
    before = last_action(cloud)
    assert tell({"name": "power-update", "server_uuid": server.id, "tag": "DIM"}).status_code == 200
    assert last_action(cloud) == before
