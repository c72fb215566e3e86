"""What happens by itself, by the control API."""

from fakecompute.domain.records.compute import Host


def up(cloud):
    return sorted(host.name for host in cloud.store.all(Host) if host.reporting)


def test_something_happens_now(control, cloud):
    assert control("POST", "/events", {"host_down": "compute-1"}) == {"happened": ["host_down"], "planned": []}
    assert up(cloud) == ["compute-2"]


def test_something_is_planned_in_a_while_or_at_a_time(control, cloud):
    cloud.advance(60)
    made = control("POST", "/events", [{"in": "30s", "host_down": "compute-1"}, {"at": "2m", "host_up": "compute-1"}])
    assert [(one["in"], one["at"]) for one in made["planned"]] == [(30, 90), (60, 120)]
    assert [one["event"] for one in control("GET", "/events")["events"]] == [
        {"host_down": {"host": "compute-1"}}, {"host_up": {"host": "compute-1"}},
    ]  # fmt: skip
    cloud.advance(30)
    assert up(cloud) == ["compute-2"]
    cloud.advance(30)
    assert up(cloud) == ["compute-1", "compute-2"]


def test_all_of_a_list_happens_or_nothing(control, cloud):
    told = control.refused("POST", "/events", [{"host_down": "compute-1"}, {"host_down": "compute-9"}])
    assert "'compute-9'" in told["message"]
    assert up(cloud) == ["compute-1", "compute-2"]
    control.refused("POST", "/events", [{"in": "1s", "host_down": "compute-1"}, {"hist_down": "compute-1"}])
    assert control("GET", "/events")["events"] == []


def test_mistakes_have_the_nearest_right_word(control):
    assert "did you mean 'host_down'?" in control.refused("POST", "/events", {"hots_down": "x"})["mistakes"][0]
    assert "one of at and in" in control.refused("POST", "/events", {"at": 1, "in": 1, "host_up": "x"})["mistakes"][0]


def test_what_is_over_cannot_be_planned(control, cloud):
    cloud.advance(100)
    assert "100 s after the beginning" in control.refused("POST", "/events", {"at": "99s", "host_up": "*"})["message"]


def test_the_steps_of_the_engine_are_listed_on_demand(control, boot_web):
    assert control("GET", "/events")["events"] == []
    assert "server.step" in {one["kind"] for one in control("GET", "/events?all=true")["events"]}


def test_what_happens_now_is_in_the_timeline(control):
    control("PUT", "/recording", {"on": True})
    control("POST", "/events", {"host_down": "compute-1"})
    entries = control("GET", "/timeline")["entries"]
    assert ("event", "host_down compute-1") in [(one["kind"], one["text"]) for one in entries]
    assert ("transition", "up -> down") in [(one["kind"], one["text"]) for one in entries]
