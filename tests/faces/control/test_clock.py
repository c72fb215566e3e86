"""The cloud's time by the control API."""

import pytest

from fakecompute.kernel.clock import SECOND, AutoClock, LeapingClock, ManualClock, ScaledClock, WallClock


def test_it_tells_the_cloud_s_time(control, cloud):
    cloud.advance(90)
    clock = control("GET", "/clock")
    assert clock["now"] == "2026-01-01T00:01:30.000000Z"
    assert (clock["kind"], clock["elapsed"], clock["rate"], clock["next"]) == ("manual", 90, 0, None)


def test_time_is_lived_through_when_it_is_advanced(control, http, boot_web):
    control("POST", "/clock/advance", {"by": "10m"})
    assert http.get(boot_web).json["server"]["status"] == "ACTIVE"


def test_it_goes_to_a_moment_or_to_the_next_event(control, cloud):
    assert control("POST", "/clock/advance", {"to": "2026-01-01T01:00:00Z"})["elapsed"] == 3600
    control("POST", "/events", {"in": "7s", "host_down": "compute-1"})
    assert control("POST", "/clock/advance", {"to": "next"})["elapsed"] == 3607


def test_it_settles(control, boot_web):
    assert control("POST", "/clock/settle")["next"] is None


@pytest.mark.parametrize(
    ("body", "mistake"),
    [
        ({}, "must say by or to"),
        ({"by": "1s", "to": "next"}, "must say by or to"),
        ({"by": "1 parsec"}, "there is no unit 'parsec'"),
        ({"by": "367d"}, "no more than 366d"),
        ({"to": "tomorrow"}, "must be a time"),
        ({"bye": "1s"}, "did you mean 'by'?"),
        ([1], "must be a mapping"),
    ],
)
def test_what_is_no_time_is_refused(control, cloud, body, mistake):
    assert mistake in " ".join(control.refused("POST", "/clock/advance", body)["mistakes"])
    assert cloud.now == cloud.begun


def test_time_does_not_run_backwards(control, cloud):
    refused = control.refused("POST", "/clock/advance", {"to": "2025-12-31T23:59:59Z"})
    assert "it is 2026-01-01T00:00:00.000000Z already" in refused["message"]


def test_without_events_there_is_no_next_one(control):
    control.refused("POST", "/clock/advance", {"to": "next"}, 409)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"kind": "auto"}, AutoClock),
        ({"kind": "wall"}, WallClock),
        ({"kind": "leaping"}, LeapingClock),
        ({"kind": "scaled", "rate": 3600}, ScaledClock),
        ({"rate": 5}, ScaledClock),
        ({"kind": "manual"}, ManualClock),
    ],
)
def test_another_clock_goes_on_from_the_present(control, cloud, body, kind):
    cloud.advance(1000)
    control("PUT", "/clock", body)
    assert type(cloud.clock) is kind
    assert 0 <= cloud.clock.now() - (cloud.begun + 1000 * SECOND) < 3600 * SECOND


@pytest.mark.parametrize(
    "body", [{}, {"kind": "sundial"}, {"kind": "wall", "rate": 2}, {"rate": 0}, {"rate": -1}, {"rate": 1e9}]
)
def test_what_is_no_clock_is_refused(control, cloud, body):
    control.refused("PUT", "/clock", body)
    assert type(cloud.clock) is ManualClock


def test_a_paused_clock_stands_still_and_goes_on_from_there(control, cloud):
    control("PUT", "/clock", {"rate": 1000})
    stopped = control("POST", "/clock/pause")
    assert (stopped["paused"], stopped["kind"]) == (True, "manual")
    assert control("GET", "/clock")["now"] == stopped["now"]
    later = control("POST", "/clock/advance", {"by": "1h"})
    resumed = control("POST", "/clock/resume")
    assert (resumed["kind"], resumed["rate"], resumed["paused"]) == ("scaled", 1000, False)
    assert cloud.now >= later["at"]


def test_pausing_twice_and_resuming_twice_is_once(control, cloud):
    control("PUT", "/clock", {"kind": "auto"})
    for _ in range(2):
        control("POST", "/clock/pause")
    for _ in range(2):
        assert control("POST", "/clock/resume")["kind"] == "auto"
