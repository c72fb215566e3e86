"""The watches of a test tell the cloud's time, in whatever way one looks; those of the machinery tell the machine's."""

from __future__ import annotations

import calendar
import datetime as datetime_module
import email.utils
import logging
import sys
import threading
import time
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.metadata import entry_points
from pathlib import Path
from time import gmtime, localtime, monotonic, perf_counter, sleep, strftime

import pytest

from fakecompute import running
from fakecompute.faces.testing import watches
from fakecompute.kernel.clock import EPOCH, SECOND

HOUR = 3600
ROOT = Path(__file__).parents[3]
MODULE = "fakecompute.faces.pytest_plugin"
INSTALLED = MODULE in {entry.value for entry in entry_points(group="pytest11")}
WITH_PLUGIN = (*(() if INSTALLED else ("-p", MODULE)), "-p", "no:cacheprovider")
SHOWN = "%Y-%m-%dT%H:%M:%S"
LATER = datetime(2026, 1, 1, 1, tzinfo=UTC)  # an hour after a cloud begins


@pytest.fixture
def an_hour_later(cloud):
    cloud.advance(HOUR)


def default_sleep(seconds, sleep=time.sleep):
    sleep(seconds)


class Client:
    """As many keep the watch that they use."""

    sleep = staticmethod(time.sleep)
    now = staticmethod(time.time)

    def __init__(self, clock=time.monotonic, *, pause=time.sleep):
        self.clock, self.pause = clock, pause


# fmt: off
LOOKS = {
    "time.time":             lambda: time.time() + 0,
    "time.time_ns":          lambda: time.time_ns() / 1e9,
    "gmtime":                lambda: calendar.timegm(gmtime()),
    "localtime":             lambda: time.mktime(localtime()),
    "datetime.now":          lambda: datetime.now().timestamp(),
    "datetime.now(UTC)":     lambda: datetime.now(UTC).timestamp(),
    "datetime.now(zone)":    lambda: datetime.now(timezone(timedelta(hours=2))).timestamp(),
    "datetime.utcnow":       lambda: calendar.timegm(datetime.utcnow().timetuple()),
    "datetime.today":        lambda: datetime.today().timestamp(),
    "the module's datetime": lambda: datetime_module.datetime.now(UTC).timestamp(),
    "strftime":              lambda: calendar.timegm(time.strptime(strftime(SHOWN, gmtime()), SHOWN)),
    "of an e-mail":          lambda: email.utils.parsedate_to_datetime(email.utils.formatdate()).timestamp(),
    "a class's":             lambda: Client().now(),
}
# fmt: on


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_every_watch_tells_the_clouds_time(an_hour_later, look):
    assert look() == LATER.timestamp()


def test_strftime_without_a_time_tells_the_clouds(an_hour_later):
    assert strftime("%Y %j") == time.strftime("%Y %j", time.localtime(LATER.timestamp()))
    assert time.ctime() == time.ctime(LATER.timestamp())
    assert time.asctime() == time.asctime(time.localtime(LATER.timestamp()))


def test_the_day_is_the_clouds(cloud):
    cloud.advance("40d")
    assert date.today() == date(2026, 2, 10)


@pytest.mark.parametrize("watch", [monotonic, perf_counter], ids=["monotonic", "perf_counter"])
def test_watches_that_count_go_on_with_the_cloud(watch):
    before, name = watch(), watch.__name__
    with running() as cloud:
        began = getattr(time, name)()
        assert began >= before
        cloud.advance(HOUR)
        assert getattr(time, name)() - began == pytest.approx(HOUR)
        assert getattr(time, f"{name}_ns")() / 1e9 - began == pytest.approx(HOUR, abs=1)


def test_what_is_given_a_time_tells_that(an_hour_later):
    assert time.gmtime(0).tm_year == 1970
    assert time.strftime("%Y", time.gmtime(0)) == "1970"
    assert datetime.fromtimestamp(0, UTC) == datetime(1970, 1, 1, tzinfo=UTC)


def test_datetimes_are_what_they_were(an_hour_later):
    made = datetime(2020, 2, 29, tzinfo=UTC)
    now = datetime.now(UTC)
    assert isinstance(now, datetime)
    assert isinstance(made, datetime_module.datetime)
    assert isinstance(now, date)
    assert now == LATER
    assert now - made == LATER - made
    assert datetime.fromisoformat(now.isoformat()) == now


def test_log_records_have_the_clouds_time(an_hour_later, caplog):
    logging.getLogger("client").warning("late")
    assert caplog.records[0].created == LATER.timestamp()


def test_ids_of_the_machine_go_on_to_be_different(cloud):
    assert len({uuid.uuid1() for _ in range(100)}) == 100


# --- sleeping, by every way of import


@pytest.mark.parametrize(
    "pause",
    [
        lambda: sleep(HOUR),
        lambda: time.sleep(HOUR),
        lambda: default_sleep(HOUR),
        lambda: Client.sleep(HOUR),
        lambda: Client().pause(HOUR),
        lambda: __import__("time").sleep(HOUR),
        lambda: sys.modules["time"].sleep(HOUR),
    ],
    ids=["by name", "by module", "by default", "of a class", "by keyword", "imported late", "by sys.modules"],
)
def test_a_sleep_is_over_at_once_however_it_was_imported(cloud, pause):
    pause()
    assert cloud.elapsed == HOUR


def test_a_watch_by_default_tells_the_clouds_time(cloud):
    client = Client()
    before = client.clock()
    cloud.advance(HOUR)
    assert client.clock() - before == pytest.approx(HOUR)


def test_what_a_test_imports_first_sleeps_in_its_time(tmp_path, monkeypatch):
    (tmp_path / "imported_late.py").write_text("from time import sleep, time\n")
    monkeypatch.syspath_prepend(tmp_path)
    with running() as cloud:
        import imported_late  # type: ignore[import-not-found]

        imported_late.sleep(HOUR)
        assert cloud.elapsed == HOUR
    assert (imported_late.sleep, imported_late.time) == (time.sleep, time.time)
    with running():
        assert imported_late.time() * SECOND == EPOCH


# --- whose time it is not


def test_a_thread_that_was_there_before_lives_in_the_machines_time():
    seen: list[list[float]] = []
    look, looked = threading.Event(), threading.Event()

    def watch():
        while look.wait() and not seen:
            seen.append([time.time(), datetime.now(UTC).timestamp()])
            looked.set()

    thread = threading.Thread(target=watch)
    thread.start()
    real = time.time()
    with running():
        look.set()
        looked.wait()
    thread.join()
    assert seen[0] == pytest.approx([real, real], abs=60)


def test_everything_is_as_it_was_afterwards():
    places = {name: getattr(time, name) for name in dir(time)}

    def kept():
        return default_sleep.__defaults__, Client.sleep, dict(Client.__init__.__kwdefaults__), datetime, sleep

    before = kept()
    with running(), running():
        assert time.sleep is not places["sleep"]
        assert kept() != before
    assert {name: getattr(time, name) for name in dir(time)} == places
    assert kept() == before
    assert datetime_module.datetime is datetime
    assert not watches.is_on()


def test_after_a_failure_it_is_the_machines_time_again():
    with pytest.raises(ZeroDivisionError), running():
        1 / 0  # noqa: B018
    assert time.time() > EPOCH / SECOND + 86_400 or time.time() < EPOCH / SECOND
    assert not watches.is_on()


def test_durations_of_a_test_run_are_real(pytester):
    pytester.makepyfile("""
        import time

        def test_it(cloud):
            time.sleep(3600)
    """)
    result = pytester.runpytest_inprocess(*WITH_PLUGIN, "--durations=3", "--durations-min=0")
    result.assert_outcomes(passed=1)
    result.stdout.re_match_lines([r"0\.\d+s call .*test_it"])
    result.stdout.re_match_lines([r".*1 passed in \d{1,2}\.\d+s.*"])


def test_deadlines_of_hypothesis_see_no_virtual_hours(pytester):
    pytester.makepyfile("""
        import time
        from hypothesis import given, settings, strategies as st
        from fakecompute import running

        @settings(max_examples=5, deadline=2000, database=None)
        @given(seconds=st.integers(3600, 7200))
        def test_it(seconds):
            with running() as cloud:
                time.sleep(seconds)
                assert cloud.elapsed == seconds

        @settings(max_examples=5, deadline=2000, database=None)
        @given(seconds=st.integers(3600, 7200))
        @running()
        def test_decorated(seconds):
            time.sleep(seconds)
    """)
    pytester.runpytest_inprocess(*WITH_PLUGIN).assert_outcomes(passed=2)


def test_workers_of_xdist_are_not_disturbed(pytester, monkeypatch):
    pytest.importorskip("xdist")
    pytester.makepyfile("""
        import time, pytest

        @pytest.mark.parametrize("number", range(6))
        def test_it(cloud, number):
            time.sleep(3600)
            assert cloud.elapsed == 3600
    """)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.runpytest_subprocess(*WITH_PLUGIN, "-n", "2").assert_outcomes(passed=6)
