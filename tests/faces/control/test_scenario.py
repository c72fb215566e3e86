"""Loading and resetting by the control API."""

import pytest

from fakecompute import Cloud
from fakecompute.faces.control import tend, with_control
from fakecompute.kernel.clock import AutoClock, ManualClock, WallClock
from fakecompute.scenario.load import load
from fakecompute.wsgi.app import app
from fakecompute.wsgi.client import Http

MINE = {"description": "mine", "seed": 5, "cloud": "two-zones", "faults": [{"on": "compute.*", "effect": {"status": 500}}]}


def test_a_cloud_becomes_that_of_a_shipped_scenario(control, cloud, http):
    cloud.advance(500)
    made = control("PUT", "/scenario", {"name": "bad-minute", "seed": 7})
    assert (made["name"], made["seed"], made["lives"], made["clock"]["elapsed"]) == ("bad-minute", 7, 2, 0)
    cloud.advance(60)
    assert http.get("/compute/v2.1/servers", headers={"X-Auth-Token": http.as_("demo").token.id}).status_code == 503


def test_it_is_the_same_as_one_that_began_so(control, cloud):
    control("PUT", "/scenario", {"name": "bad-minute", "seed": 7})
    assert cloud.digest() == load("bad-minute").cloud(seed=7).digest()


def test_a_scenario_may_be_sent(control, cloud):
    made = control("PUT", "/scenario?name=storm", MINE)
    assert (made["name"], made["description"], made["seed"]) == ("storm", "mine", 5)
    assert cloud.digest() == load(MINE).cloud().digest()


def test_all_mistakes_of_a_scenario_are_told_and_nothing_changes(control, cloud):
    before = cloud.digest()
    wrong = {"seeed": 1, "faults": [{"on": "nothing", "effect": {}}], "events": [{"at": 5}]}
    mistakes = control.refused("PUT", "/scenario", wrong)["mistakes"]
    assert len(mistakes) >= 3
    assert cloud.digest() == before


def test_a_name_that_is_not_shipped_is_a_404_and_no_file_is_read(control):
    assert "did you mean 'bad-minute'?" in control.refused("PUT", "/scenario", {"name": "bad-minut"}, 404)["message"]
    control.refused("PUT", "/scenario", {"name": "../scenarios/bad-minute.yaml"}, 404)


def test_a_reset_begins_anew(control, cloud, http, boot_web):
    beginning = Cloud().digest()
    control("POST", "/faults", {"on": "compute.*", "effect": {"status": 500}}, 201)
    cloud.advance(100)
    made = control("POST", "/scenario/reset")
    assert (cloud.digest(), made["clock"]["elapsed"]) != (beginning, 0)  # it was asked for only after the boot
    tend(cloud)


def test_a_reset_goes_back_to_where_the_cloud_was_tended(cloud, http, control):
    tend(cloud)
    before, now = cloud.digest(), cloud.now
    control("POST", "/faults", {"on": "compute.list_servers", "effect": {"status": 500}}, 201)
    cloud.advance(100)
    control("POST", "/scenario/reset")
    assert (cloud.digest(), cloud.now) == (before, now)


def test_a_reset_after_a_load_goes_back_to_the_loaded_one(control, cloud):
    control("PUT", "/scenario", MINE)
    cloud.advance(10)
    control("DELETE", "/faults", status=204)
    control("POST", "/scenario/reset")
    assert cloud.digest() == load(MINE).cloud().digest()
    assert cloud.now == cloud.begun


@pytest.mark.parametrize(("clock", "kind"), [(WallClock(), WallClock), (AutoClock(5_000_000), AutoClock)])
def test_the_kind_of_clock_stays_unless_the_scenario_names_one(clock, kind):
    cloud = Cloud(clock=clock)
    http = Http(cloud, through=with_control(app()))
    http.request("PUT", "/_fakecompute/v1/scenario", json=MINE)
    assert type(cloud.clock) is kind
    http.request("PUT", "/_fakecompute/v1/scenario", json={**MINE, "clock": {"kind": "manual"}})
    assert type(cloud.clock) is ManualClock


def test_a_recording_begins_anew_and_snapshots_stay(control, cloud):
    control("PUT", "/recording", {"on": True})
    control("POST", "/snapshots", {"name": "before"}, 201)
    control("POST", "/events", {"host_down": "compute-1"})
    control("PUT", "/scenario", MINE)
    assert control("GET", "/timeline")["entries"] == []
    control("POST", "/events", {"host_down": "*"})
    assert control("GET", "/timeline")["entries"]
    assert [one["name"] for one in control("GET", "/snapshots")["snapshots"]] == ["before"]


def test_the_shipped_ones_are_listed(control):
    listed = {one["name"]: one["description"] for one in control("GET", "/scenarios")["scenarios"]}
    assert listed["bad-minute"].startswith("The Compute API refuses everything for a minute")
