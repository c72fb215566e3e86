"""The control API over a real socket: following, the guard, several clouds, threads."""

import http.client
import json
import threading
from contextlib import closing

import pytest
import requests

from fakecompute import Cloud
from fakecompute.faces.control.following import MOST
from fakecompute.faces.server import Server

V1 = "/_fakecompute/v1"


@pytest.fixture
def server(cloud):
    with Server({"": cloud, "west": Cloud(seed=2)}) as server:
        yield server


def ask(server, method, path, body=None, status=200, **headers):
    answer = requests.request(method, f"{server.url}{path}", json=body, headers=headers, timeout=20)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


class Follower:
    """A client that reads server-sent events as they come."""

    def __init__(self, server, path, **headers):
        where = server.url.removeprefix("http://")
        self.connection = http.client.HTTPConnection(where, timeout=20)
        self.connection.request("GET", V1 + path, headers=headers)
        self.answer = self.connection.getresponse()

    def __iter__(self):
        number = None
        for line in self.answer:
            key, _, value = line.decode().rstrip("\n").partition(": ")
            if key == "id":
                number = int(value)
            elif key == "data":
                yield number, json.loads(value)

    def close(self):
        self.answer.close()
        self.connection.close()


def test_calls_arrive_as_they_are_made(server):
    ask(server, "PUT", f"{V1}/recording", {"on": True})
    with closing(Follower(server, "/journal/follow?limit=3")) as follower:
        assert follower.answer.getheader("Content-Type") == "text/event-stream"
        seen = iter(follower)
        for number in (1, 2, 3):
            requests.get(f"{server.url}/compute", timeout=20)
            found, line = next(seen)
            assert (found, line["operation"]) == (number, "compute.list_versions")
        assert list(seen) == []  # the limit ends it


def test_changes_arrive_as_they_happen(server, cloud):
    with closing(Follower(server, "/state/changes/follow?limit=1")) as follower:
        ask(server, "POST", f"{V1}/events", {"host_down": "compute-1"})
        ((_, change),) = list(follower)
        assert change["kind"] == "Host"


def test_a_follower_is_told_when_nothing_is_recorded_any_more(server):
    ask(server, "PUT", f"{V1}/recording", {"on": True})
    with closing(Follower(server, "/timeline/follow?limit=1")) as follower:
        ask(server, "POST", f"{V1}/events", {"host_down": "compute-1"})
        (entry,) = list(follower)
        assert entry[1]["text"] == "host_down compute-1"


def test_a_server_that_stops_ends_its_followers(cloud):
    server = Server({"": cloud}).start()
    ask(server, "PUT", f"{V1}/recording", {"on": True})
    with closing(Follower(server, "/journal/follow")) as follower:
        server.stop()
        assert list(follower) == []


def test_no_more_follow_than_there_are_threads_for(server):
    ask(server, "PUT", f"{V1}/recording", {"on": True})
    followers = [Follower(server, "/journal/follow") for _ in range(MOST)]
    try:
        assert ask(server, "GET", f"{V1}/journal/follow", status=503)["error"]["hint"].startswith("Close one")
        assert ask(server, "GET", f"{V1}/health")["status"] == "ok"
    finally:
        for follower in followers:
            follower.close()


def test_a_place_is_free_again_when_a_follower_has_ended(server):
    ask(server, "PUT", f"{V1}/recording", {"on": True})
    requests.get(f"{server.url}/compute", timeout=20)
    for _ in range(MOST + 3):
        with closing(Follower(server, "/journal/follow?limit=1")) as follower:
            assert len(list(follower)) == 1


def test_each_cloud_has_its_own(server, cloud):
    ask(server, "POST", f"/clouds/west{V1}/clock/advance", {"by": "5s"})
    assert cloud.now == cloud.begun
    assert ask(server, "GET", f"/clouds/west{V1}/clock")["elapsed"] == 5
    names = [one["name"] for one in ask(server, "GET", f"/clouds/west{V1}/clouds")["clouds"]]
    assert names == ["", "west"]
    assert ask(server, "GET", f"/clouds/north{V1}/clock", status=404)["error"]["hint"]


def test_a_fork_is_served_at_once(server):
    made = ask(server, "POST", f"{V1}/clouds", {"name": "what-if"}, 201)
    assert requests.get(f"{server.url}{made['path']}/compute", timeout=20).status_code == 200
    ask(server, "DELETE", f"{V1}/clouds/what-if", status=204)
    assert requests.get(f"{server.url}{made['path']}/compute", timeout=20).status_code == 404


def test_many_may_change_it_at_once(server):
    def add(number):
        fault = {"name": f"n{number}", "on": "compute.*", "effect": {"status": 500}, "hits": {"nth": [1000]}}
        ask(server, "POST", f"{V1}/faults", fault, 201)
        ask(server, "POST", f"{V1}/snapshots", {"name": f"n{number}"}, 201)
        ask(server, "POST", f"{V1}/clock/advance", {"by": "1s"})

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = ask(server, "GET", f"{V1}/faults")["faults"]
    assert sorted(one["name"] for one in faults) == sorted(f"n{number}" for number in range(12))
    assert len({one["id"] for one in faults}) == 12
    assert ask(server, "GET", f"{V1}/clock")["elapsed"] == 12


# --- who may


def test_a_page_of_the_web_may_not_ask(server):
    ask(server, "GET", f"{V1}/clock", status=403, Host="evil.example")
    ask(server, "POST", f"{V1}/scenario/reset", status=403, Origin="http://evil.example")
    assert requests.get(f"{server.url}/compute", headers={"Host": "evil.example"}, timeout=20).status_code == 200


@pytest.fixture
def beyond(cloud):
    with Server({"": cloud}, "0.0.0.0") as server:
        yield server


def test_beyond_this_machine_a_token_is_made_and_wanted(beyond):
    error = ask(beyond, "GET", f"{V1}/clock", status=401)["error"]
    assert "--control-token" in error["hint"]
    ask(beyond, "GET", f"{V1}/clock", status=401, Authorization="Bearer wrong")
    ask(beyond, "GET", f"{V1}/clock", status=401, Authorization=f"Basic {beyond.control_token}")
    ask(beyond, "GET", f"{V1}/clock", Authorization=f"Bearer {beyond.control_token}", Host="cloud.example")


def test_health_and_documents_need_none(beyond):
    for path in "/_fakecompute/health", "/_fakecompute/v1/health", "/_fakecompute/openapi.json":
        ask(beyond, "GET", path)


def test_a_token_of_one_s_own_is_wanted_everywhere(cloud):
    with Server({"": cloud}, control_token="mine") as server:
        ask(server, "GET", f"{V1}/clock", status=401)
        ask(server, "GET", f"{V1}/clock", Authorization="bearer mine")
