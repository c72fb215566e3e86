"""Snapshots and forks by the control API."""

import pytest

from fakecompute.domain.records.server import Server
from fakecompute.faces.control import tended
from fakecompute.kernel.clock import SECOND, WallClock


def test_a_cloud_goes_back_to_what_it_was(control, cloud, http, boot_web):
    taken = control("POST", "/snapshots", {"name": "building"}, 201)
    cloud.advance(600)
    assert http.get(boot_web).json["server"]["status"] == "ACTIVE"
    restored = control("POST", "/snapshots/building/restore")
    assert (cloud.digest(), restored["now"]) == (taken["digest"], taken["now"])
    assert http.get(boot_web).json["server"]["status"] == "BUILD"
    cloud.advance(600)
    assert http.get(boot_web).json["server"]["status"] == "ACTIVE"


def test_a_cloud_on_the_machine_s_clock_goes_on_from_the_snapshot(control, cloud):
    cloud.clock = WallClock()
    cloud.catch_up()
    control("POST", "/snapshots", {"name": "now"}, 201)
    then = cloud.now
    cloud.advance(5000)
    control("POST", "/snapshots/now/restore")
    cloud.catch_up()
    assert 0 <= cloud.now - then < 1000 * SECOND


def test_names_are_made_and_not_given_twice(control):
    assert control("POST", "/snapshots", None, 201)["name"] == "snapshot-1"
    control("POST", "/snapshots", {"name": "a"}, 201)
    control.refused("POST", "/snapshots", {"name": "a"}, 409)
    control("POST", "/snapshots", {"name": "a", "replace": True}, 201)
    assert [one["name"] for one in control("GET", "/snapshots")["snapshots"]] == ["snapshot-1", "a"]
    control("DELETE", "/snapshots/a", status=204)
    assert "did you mean 'snapshot-1'?" in control.refused("GET", "/snapshots/snapshot-2", status=404)["message"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "ü", ".a", "x" * 101])
def test_names_fit_addresses(control, name):
    control.refused("POST", "/snapshots", {"name": name})


def test_the_beginning_is_always_there(control, cloud):
    before = cloud.digest()
    tended(cloud)
    control("POST", "/events", {"host_down": "compute-1"})
    control("POST", "/snapshots/beginning/restore")
    assert cloud.digest() == before


def test_a_snapshot_travels_as_bytes(control, cloud, http, boot_web):
    control("POST", "/snapshots", {"name": "here"}, 201)
    state = http.get("/_fakecompute/v1/snapshots/here/state")
    assert state.headers["Content-Type"] == "application/octet-stream"
    cloud.advance(600)
    answer = http.request("PUT", "/_fakecompute/v1/snapshots/there/state", content=state.content)
    assert (answer.status_code, answer.json["digest"]) == (200, control("GET", "/snapshots/here")["digest"])
    control("POST", "/snapshots/there/restore")
    assert http.get(boot_web).json["server"]["status"] == "BUILD"


@pytest.mark.parametrize("content", [b"", b"nonsense", b'{"format": "fakecompute-state", "version": 99}\n'])
def test_what_is_no_state_is_refused(control, http, content):
    answer = http.request("PUT", "/_fakecompute/v1/snapshots/x/state", content=content)
    assert answer.status_code == 400
    assert answer.json["error"]["message"].startswith("The state cannot be read: ")
    assert control("GET", "/snapshots")["snapshots"] == []


def test_a_server_without_a_file_of_state_says_so(control):
    assert "--state" in control.refused("POST", "/state/save", status=409)["hint"]


def test_a_fork_lives_alone_under_its_name(control, cloud, http, boot_web):
    made = control("POST", "/clouds", {"name": "what-if"}, 201)
    assert made["path"] == "/clouds/what-if"
    twin = http.request("POST", "/clouds/what-if/_fakecompute/v1/clock/advance", json={"by": "10m"})
    assert twin.json["elapsed"] == 600
    assert http.get(f"/clouds/what-if{boot_web}").json["server"]["status"] == "ACTIVE"
    assert http.get(boot_web).json["server"]["status"] == "BUILD"
    assert [one["name"] for one in control("GET", "/clouds")["clouds"]] == ["", "what-if"]


def test_a_fork_may_begin_from_a_snapshot(control, cloud, http, boot_web):
    control("POST", "/snapshots", {"name": "building"}, 201)
    cloud.advance(600)
    control("POST", "/clouds", {"name": "again", "snapshot": "building"}, 201)
    assert http.get(f"/clouds/again{boot_web}").json["server"]["status"] == "BUILD"
    control.refused("POST", "/clouds", {"snapshot": "nothing"}, 404)


def test_forks_can_be_deleted_and_first_clouds_cannot(control, http):
    assert control("POST", "/clouds", None, 201)["name"] == "fork-1"
    control.refused("POST", "/clouds", {"name": "fork-1"}, 409)
    control("DELETE", "/clouds/fork-1", status=204)
    control.refused("DELETE", "/clouds/fork-1", status=404)
    gone = http.get("/clouds/fork-1/_fakecompute/v1/clock")
    assert (gone.status_code, gone.json["error"]["message"]) == (404, "There is no cloud 'fork-1' here; there are [].")


def test_a_cloud_knows_itself_after_it_became_another(control, cloud):
    lock, beside = cloud.lock, tended(cloud)
    control("POST", "/snapshots", {"name": "a"}, 201)
    control("POST", "/snapshots/a/restore")
    assert cloud.lock is lock
    assert cloud.beside is beside
    assert not cloud.store.all(Server)
