"""The journal, the timeline and the verdict by the control API, without a socket."""

import pytest

from fakecompute import Cloud
from fakecompute.faces.control import with_control
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.timeline import Timeline
from fakecompute.wsgi.app import app
from fakecompute.wsgi.client import Http
from tests.faces.control.conftest import Control


@pytest.fixture
def recorded(control):
    control("PUT", "/recording", {"on": True})


@pytest.mark.parametrize("path", ["/journal", "/timeline", "/findings", "/journal/follow", "/timeline/follow"])
def test_without_a_recording_one_is_told_how_to_begin(path):
    control = Control(Http(Cloud(), through=with_control(app())))  # a test's own cloud is always recorded
    assert "recording on" in control.refused("GET", path, status=409)["hint"]


def test_calls_are_read_page_by_page(control, http, recorded):
    for _ in range(3):
        http.get("/compute/v2.1/servers")
    page = control("GET", "/journal?limit=2")
    assert [one["number"] for one in page["lines"]] == [1, 2]
    assert page["lines"][0]["line"]["path"] == "/compute/v2.1/servers"
    rest = control("GET", f"/journal?since={page['last']}")
    assert [one["number"] for one in rest["lines"]] == [3]
    assert control("GET", f"/journal?since={rest['last']}") == {"lines": [], "last": 3}


def test_the_control_api_is_no_call_of_the_cloud_s(control, recorded):
    control("GET", "/clock")
    assert control("GET", "/journal")["lines"] == []


def test_the_timeline_has_calls_transitions_and_faults(control, http, cloud, recorded, boot_web):
    control("POST", "/faults", {"name": "no", "on": "compute.list_servers", "effect": {"status": 503}}, 201)
    http.get("/compute/v2.1/servers")
    cloud.advance(600)
    entries = control("GET", "/timeline?limit=1000")["entries"]
    assert {one["kind"] for one in entries} == {"call", "transition", "fault"}
    faults = control("GET", "/timeline?kind=fault")["entries"]
    assert [one["subject"] for one in faults] == ["no"]


def test_a_recording_that_ended_can_be_read(control, http, cloud, recorded):
    http.get("/compute/v2.1/servers")
    control("PUT", "/recording", {"on": False})
    http.get("/compute/v2.1/servers")
    assert len(control("GET", "/journal")["lines"]) == 1
    assert cloud.observer is None
    control("PUT", "/recording", {"on": True})
    assert control("GET", "/journal")["lines"] == []


def test_switching_on_twice_is_once(control, http, recorded):
    http.get("/compute/v2.1/servers")
    assert control("PUT", "/recording", {"on": True})["calls"] == 1


def test_a_journal_that_there_was_is_written_on(control, http, cloud):
    cloud.journal = journal = Journal()
    control("PUT", "/recording", {"on": True})
    http.get("/compute/v2.1/servers")
    control("PUT", "/recording", {"on": False})
    assert len(journal.lines) == 2
    assert cloud.journal is journal


def test_a_recording_that_others_began_is_one(control, http, cloud):
    Timeline(cloud)
    http.get("/compute/v2.1/servers")
    assert control("GET", "/recording") == {"on": True, "calls": 1, "entries": 1}


def test_following_ends_with_what_there_is_where_nothing_can_wait(control, http, recorded):
    http.get("/compute/v2.1/servers")
    answer = http.get("/_fakecompute/v1/journal/follow")
    assert answer.headers["Content-Type"] == "text/event-stream"
    first, event, end = answer.text.split("\n\n")
    assert (first, end) == (": following", "")
    assert event.startswith("id: 1\ndata: {")


def test_who_comes_back_misses_nothing(control, http, recorded):
    for _ in range(3):
        http.get("/compute/v2.1/servers")
    text = http.get("/_fakecompute/v1/journal/follow", headers={"Last-Event-ID": "2"}).text
    assert [line for line in text.splitlines() if line.startswith("id")] == ["id: 3"]


def test_the_verdict_is_measured_by_what_the_scenario_expects(control, http):
    control("PUT", "/scenario", {"expect": {"no_leaks": True, "every_fault_hit": True}, "faults": [
        {"name": "no", "on": "compute.list_servers", "effect": {"status": 503}}]})
    control("PUT", "/recording", {"on": True})
    assert [one["kind"] for one in control("GET", "/findings")["findings"]] == ["unmet_fault"]
    http.get("/compute/v2.1/servers", headers={"X-Auth-Token": http.as_("demo").token.id})
    assert control("GET", "/findings") == {"findings": [], "ok": True}


def test_it_may_be_measured_by_others(control, http, cloud, recorded, boot_web):
    assert control("GET", "/findings")["ok"]
    made = control("POST", "/findings", {"no_leaks": ["server"]})
    assert (made["ok"], made["findings"][0]["kind"]) == (False, "leak")
    assert "did you mean 'no_leaks'?" in control.refused("POST", "/findings", {"no_leak": True})["mistakes"][0]


def test_watching_changes_nothing(control, http, cloud):
    """A cloud that is asked by the control API all the time comes to the same end."""
    twin = cloud.fork()
    for path in ("/clock", "/faults", "/events", "/scenario", "/snapshots", "/clouds", "/state", "/state/Host", "/health"):
        control("GET", path)
    assert (cloud.digest(), cloud.streams.counts()) == (twin.digest(), twin.streams.counts())
