"""The clocks, and times as people write them."""

import pytest
from freezegun import freeze_time

from fakecompute.kernel.clock import (
    EPOCH,
    SECOND,
    AutoClock,
    ManualClock,
    ScaledClock,
    WallClock,
    microseconds,
    moment,
)


def test_a_manual_clock_stands_still_until_told():
    clock = ManualClock()
    assert clock.now() == clock.now() == EPOCH
    clock.advance(5)
    assert clock.now() == EPOCH + 5


def test_time_does_not_run_backwards():
    with pytest.raises(ValueError, match="backwards"):
        ManualClock().advance(-1)


def test_parts_of_a_wait_add_up_to_the_last_bit():
    parts, whole = ManualClock(), ManualClock()
    for seconds in 0.1, 0.2, 0.3:
        parts.advance(microseconds(seconds))
    whole.advance(microseconds(0.6))
    assert parts.now() == whole.now()


def test_only_an_auto_clock_jumps():
    assert AutoClock().jumps
    assert not any(clock.jumps for clock in (ManualClock(), WallClock(), ScaledClock(2)))


def test_only_manual_clocks_are_virtual():
    assert ManualClock().virtual and AutoClock().virtual
    assert not WallClock().virtual and not ScaledClock(2).virtual


def test_a_fork_of_a_clock_is_of_its_kind_and_goes_its_own_way():
    clock = AutoClock(7)
    twin = clock.fork()
    twin.advance(1)
    assert type(twin) is AutoClock
    assert (clock.now(), twin.now()) == (7, 8)


def test_a_wall_clock_shows_the_machines_time():
    with freeze_time("2026-03-01T12:00:00Z"):
        assert WallClock().now() == moment("2026-03-01T12:00:00Z")


def test_a_wall_clock_can_be_moved_on():
    with freeze_time("2026-03-01T12:00:00Z"):
        clock = WallClock()
        clock.advance(60 * SECOND)
        assert clock.now() == moment("2026-03-01T12:01:00Z")
        assert clock.fork().now() == clock.now()


def test_a_scaled_clock_runs_at_its_rate():
    with freeze_time("2026-03-01T12:00:00Z") as frozen:
        clock = ScaledClock(60)
        frozen.tick(10)
        assert clock.now() == moment("2026-03-01T12:10:00Z")


def test_a_scaled_clock_can_be_moved_on_and_forked():
    with freeze_time("2026-03-01T12:00:00Z"):
        clock = ScaledClock(60)
        twin = clock.fork()
        clock.advance(3 * SECOND)
        assert clock.now() - twin.now() == 3 * SECOND


@pytest.mark.parametrize("rate", [0, -1])
def test_a_scaled_clock_goes_forward(rate):
    with pytest.raises(ValueError, match="rate"):
        ScaledClock(rate)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:01:00", 60),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:00:00.5", 0.5),
        ("1969-12-31T23:59:59Z", -1),
    ],
)
def test_a_moment_is_read_in_utc(text, seconds):
    assert moment(text) == microseconds(seconds)


@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "20"])
def test_what_is_no_moment_is_a_value_error(text):
    with pytest.raises(ValueError):
        moment(text)
