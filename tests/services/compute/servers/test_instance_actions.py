"""What was done to a server, as it is told."""

from __future__ import annotations

import pytest

from fakecompute.domain.servers import boot

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def server(cloud, http):
    """Built, stopped and started, a minute apart."""
    made = boot(cloud)
    for action in "os-stop", "os-start":
        cloud.advance(60)
        http.post(f"{SERVERS}/{made.id}/action", json={action: None})
    cloud.advance(60)
    return made.id


@pytest.fixture
def path(server):
    return f"{SERVERS}/{server}/os-instance-actions"


def actions(client, path, version=None):
    return [entry["action"] for entry in client.get(path, version=version).json["instanceActions"]]


def test_the_newest_comes_first(http, path):
    assert actions(http, path) == ["start", "stop", "create"]


def test_pages_from_2_58(http, path):
    answer = http.get(f"{path}?limit=2", version="2.58").json
    assert [entry["action"] for entry in answer["instanceActions"]] == ["start", "stop"]
    (link,) = answer["links"]
    assert actions(http, link["href"].removeprefix("http://localhost"), "2.58") == ["create"]


def test_changes_within_a_time(http, path):
    middle = http.get(path, version="2.66").json["instanceActions"][1]["updated_at"]
    assert actions(http, f"{path}?changes-since={middle}Z", "2.66") == ["start", "stop"]
    assert actions(http, f"{path}?changes-before={middle}Z", "2.66") == ["stop", "create"]


def test_the_events_of_an_action(http, path):
    stop = http.get(path).json["instanceActions"][1]
    shown = http.get(f"{path}/{stop['request_id']}", version="2.51").json["instanceAction"]
    (event,) = shown["events"]
    assert (event["event"], event["result"]) == ("compute_stop_instance", "Success")
    assert "traceback" not in event


def test_members_see_events_from_2_51(http, path):
    stop = http.get(path).json["instanceActions"][1]["request_id"]
    assert "events" not in http.get(f"{path}/{stop}", version="2.50").json["instanceAction"]
    assert "events" in http.as_("admin").get(f"{path}/{stop}", version="2.1").json["instanceAction"]


@pytest.mark.parametrize(
    ("version", "user", "keys"),
    [
        ("2.51", "demo", set()),
        ("2.51", "admin", {"traceback"}),
        ("2.62", "demo", {"hostId"}),
        ("2.62", "admin", {"traceback", "hostId", "host"}),
        ("2.84", "admin", {"traceback", "hostId", "host", "details"}),
    ],
)
def test_what_an_event_tells(http, path, version, user, keys):
    client = http.as_(user)
    stop = client.get(path).json["instanceActions"][1]["request_id"]
    (event,) = client.get(f"{path}/{stop}", version=version).json["instanceAction"]["events"]
    assert event.keys() == {"event", "start_time", "finish_time", "result"} | keys


def test_those_of_a_deleted_server_are_told_from_2_21(cloud, http, server, path):
    http.delete(f"{SERVERS}/{server}")
    cloud.settle()
    assert http.get(path, version="2.20").status_code == 404
    assert actions(http, path, "2.21")[0] == "delete"
