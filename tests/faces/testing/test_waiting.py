"""Sleeps and waits of the code under test: they take the cloud's time, in order, and none of the machine's."""

from __future__ import annotations

import asyncio
import queue
import subprocess
import sys
import threading
import time
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.pool import ThreadPool

import pytest

from fakecompute import running
from fakecompute.testing import Deadlock, EndlessWait

HOUR = 3600


def real_monotonic():
    return time.clock_gettime(time.CLOCK_MONOTONIC)


pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def at_once():
    """Whatever a test waits for, it takes next to nothing of the machine's time."""
    began = real_monotonic()
    yield
    assert real_monotonic() - began < 10


@pytest.fixture
def lasts(cloud):
    """How many seconds have passed in the cloud."""
    return lambda: round(cloud.elapsed, 3)


def start(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    return threads


def join(*functions):
    for thread in start(*functions):
        thread.join()


# --- sleeping


def test_a_sleep_takes_the_clouds_time(lasts):
    time.sleep(HOUR)
    assert lasts() == HOUR


def test_a_negative_sleep_is_the_same_mistake_as_ever(cloud):
    with pytest.raises(ValueError, match="must be non-negative"):
        time.sleep(-1)


def test_what_is_no_number_is_the_same_mistake_as_ever(cloud):
    with pytest.raises(TypeError):
        time.sleep("1")  # type: ignore[arg-type]


def test_threads_that_sleep_are_served_in_the_order_of_their_due_times(lasts):
    served = []

    def sleeper(seconds):
        def sleep():
            time.sleep(seconds)
            served.append((seconds, lasts()))

        return sleep

    join(*map(sleeper, (30, 10, 20)))
    assert served == [(10, 10), (20, 20), (30, 30)]


def test_time_stands_still_while_another_thread_works(lasts):
    seen = []

    def work():
        end = real_monotonic() + 0.2
        while real_monotonic() < end:
            seen.append(time.time())

    (thread,) = start(work)
    time.sleep(HOUR)
    thread.join()
    assert len(set(seen)) == 1


def test_a_pool_sleeps_as_long_as_its_longest_worker(lasts):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(time.sleep, range(1, 61)))
    assert 60 * 61 / 2 / 8 <= lasts() < 60 * 61 / 2 / 8 + 60


def test_ten_threads_that_sleep_a_hundred_times_take_next_to_no_time(lasts):
    began = real_monotonic()

    def sleep_often():
        for _ in range(100):
            time.sleep(10)

    join(*[sleep_often] * 10)
    assert lasts() == 1000
    assert real_monotonic() - began < 3


def after(seconds):
    time.sleep(seconds)
    return "done"


# --- waits with a timeout


def never(seconds):
    return threading.Event().wait(seconds)


def condition(seconds):
    with (waited := threading.Condition()):
        return waited.wait(seconds)


def predicate(seconds):
    with (waited := threading.Condition()):
        return waited.wait_for(lambda: False, seconds)


def empty_queue(seconds):
    with suppress(queue.Empty):
        queue.Queue().get(timeout=seconds)


def full_queue(seconds):
    full: queue.Queue[int] = queue.Queue(1)
    full.put(1)
    with suppress(queue.Full):
        full.put(2, timeout=seconds)


def semaphore(seconds):
    return threading.Semaphore(0).acquire(timeout=seconds)


def barrier(seconds):
    with suppress(threading.BrokenBarrierError):
        threading.Barrier(2).wait(seconds)


def future(seconds):
    with suppress(TimeoutError):
        futures.Future().result(seconds)


def several_futures(seconds):
    futures.wait([futures.Future()], timeout=seconds)


@pytest.mark.parametrize(
    "wait",
    [never, condition, predicate, empty_queue, full_queue, semaphore, barrier, future, several_futures],
)
def test_a_wait_in_vain_takes_its_timeout(lasts, wait):
    assert not wait(90)
    assert lasts() == 90


def test_a_join_takes_its_timeout(lasts):
    (thread,) = start(lambda: time.sleep(HOUR))
    thread.join(90)
    assert (lasts(), thread.is_alive()) == (90, True)
    thread.join()
    assert lasts() == HOUR


def test_a_timer_fires_at_its_time(lasts):
    fired = []
    timer = threading.Timer(HOUR, lambda: fired.append(lasts()))
    timer.start()
    timer.join()
    assert fired == [HOUR]


def test_an_event_that_is_set_ends_the_wait_when_it_is_set(lasts):
    event = threading.Event()

    def set_it():
        time.sleep(30)
        event.set()

    start(set_it)
    assert event.wait(HOUR)
    assert lasts() == 30


def test_what_comes_through_a_queue_comes_in_time(lasts):
    line: queue.Queue[object] = queue.Queue()

    def produce():
        for number in range(3):
            time.sleep(10)
            line.put((number, lasts()))

    start(produce)
    assert [line.get(timeout=15) for _ in range(3)] == [(0, 10), (1, 20), (2, 30)]


def test_an_answer_that_comes_in_time_is_no_timeout(lasts):
    with ThreadPoolExecutor() as pool:
        assert pool.submit(after, 30).result(timeout=31) == "done"
        with pytest.raises(TimeoutError):
            pool.submit(time.sleep, 30).result(timeout=29)


def test_futures_are_seen_in_the_order_in_which_they_are_done(cloud):
    with ThreadPoolExecutor() as pool:
        work = {pool.submit(time.sleep, seconds): seconds for seconds in (30, 10, 20)}
        assert [work[done] for done in futures.as_completed(work, timeout=HOUR)] == [10, 20, 30]


def test_work_that_computes_is_no_timeout(cloud):
    def compute():
        end = real_monotonic() + 0.3
        while real_monotonic() < end:
            sum(range(1000))
        return "done"

    with ThreadPoolExecutor() as pool:
        assert pool.submit(compute).result(timeout=5) == "done"


def test_a_pool_that_was_there_before_works_in_the_time_of_a_test():
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        with running() as cloud:
            pool.submit(time.sleep, HOUR).result()
            assert cloud.elapsed == HOUR


def test_a_pool_of_one_test_works_in_the_time_of_the_next():
    with ThreadPoolExecutor(1) as pool:
        for _ in range(2):
            with running() as cloud:
                pool.submit(time.sleep, HOUR).result()
                assert cloud.elapsed == HOUR


def test_a_pool_of_multiprocessings_threads_sleeps_in_the_clouds_time(lasts):
    with ThreadPool(2) as pool:
        assert pool.map(after, [30, 10, 20]) == ["done"] * 3
        pool.apply_async(time.sleep, (10,)).get(11)
    assert lasts() == 40


def test_other_processes_live_in_the_machines_time(lasts):
    program = [sys.executable, "-c", "import time; time.sleep(0.2)"]
    subprocess.run(program, timeout=60, check=True)
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.1, check=True)
    assert lasts() == 0


def test_a_thread_that_waits_for_another_process_holds_time(cloud):
    program = [sys.executable, "-c", "import time; time.sleep(0.8)"]
    with ThreadPoolExecutor() as pool:
        assert pool.submit(subprocess.run, program, check=True).result(timeout=5).returncode == 0


def test_nobody_sleeps_for_longer_than_he_would_in_the_machines_time(cloud):
    """Beside a thread that is never done."""
    stop: list[bool] = []

    def spin():
        while not stop:
            pass

    (thread,) = start(spin)
    time.sleep(0.3)
    stop.append(True)
    thread.join()


def test_a_lock_is_held_for_as_long_as_its_owner_sleeps(lasts):
    lock = threading.Lock()
    order: list[object] = []

    def hold():
        with lock:
            time.sleep(30)
            order.append("held")

    def want():
        time.sleep(1)
        with lock:
            order.append(("got", lasts()))

    join(hold, want)
    assert order == ["held", ("got", 30)]


def test_a_thread_that_is_left_goes_on_in_the_machines_time():
    woke = []
    with running():
        (thread,) = start(lambda: woke.append(threading.Event().wait(0.2)))
    thread.join()
    assert woke == [False]


def test_a_time_within_another_is_its_own(lasts):
    with running() as inner:
        time.sleep(60)
        assert inner.elapsed == 60
    assert lasts() == 0
    time.sleep(1)
    assert lasts() == 1


# --- waits without end


def waits_for_an_event():
    threading.Event().wait()


def waits_for_a_queue():
    queue.Queue().get()


def waits_for_a_future():
    futures.Future().result()


def waits_for_a_task():
    asyncio.run(asyncio.Event().wait())


@pytest.mark.parametrize("wait", [waits_for_an_event, waits_for_a_queue, waits_for_a_future, waits_for_a_task])
def test_what_never_comes_is_a_deadlock_that_names_the_place(cloud, wait):
    place = rf"nothing is due.*\n  MainThread waits in .*test_waiting.py:\d+ in {wait.__name__}"
    with pytest.raises(Deadlock, match=place):
        wait()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_two_threads_that_wait_for_each_other_are_a_deadlock_that_names_both(cloud):
    one, other = threading.Event(), threading.Event()

    def first():
        one.wait()
        other.set()

    def second():
        other.wait()
        one.set()

    threads = start(first, second)
    with pytest.raises(Deadlock, match=r"(?s)waits in .* in test_two.*waits in .* in first.*waits in .* in second"):
        threads[0].join()
    for thread in threads:
        thread.join()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_died_is_a_deadlock(cloud):
    line: queue.Queue[object] = queue.Queue()

    def work():
        time.sleep(1)
        raise ValueError("broken")

    start(work)
    line.put("work")
    with pytest.raises(Deadlock):
        line.join()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_threads_of_a_deadlock_are_gone_afterwards(cloud):
    threads = start(waits_for_an_event)
    with pytest.raises(Deadlock):
        threads[0].join()
    threads[0].join(1)
    assert not threads[0].is_alive()


def test_a_client_that_catches_everything_does_not_catch_a_deadlock(cloud):
    def stubborn():
        while True:
            with suppress(Exception):
                waits_for_an_event()

    with pytest.raises(Deadlock):
        stubborn()


@pytest.mark.cloud(time_limit="1h")
def test_more_time_than_there_is_ends(lasts):
    with pytest.raises(EndlessWait, match=r"More than 1 h of the cloud's time.*test_waiting.py:\d+ in test_more_time"):
        while True:
            with suppress(Exception):
                time.sleep(7)
    assert lasts() == HOUR


@pytest.mark.cloud(time_limit="1h")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_waits_for_ever_ends_the_test_that_waits_for_it(cloud):
    def poll():
        while True:
            time.sleep(7)

    (thread,) = start(poll)
    with pytest.raises(EndlessWait, match="in poll"):
        thread.join()
    thread.join()


@pytest.mark.cloud(time_limit="1h")
def test_a_worker_that_waits_for_ever_ends_the_test_that_waits_for_it(cloud):
    def poll():
        while True:
            time.sleep(7)

    with ThreadPoolExecutor() as pool, pytest.raises(EndlessWait, match="in poll"):
        pool.submit(poll).result()


@pytest.mark.cloud(time_limit="1h")
def test_a_task_that_waits_for_ever_ends_the_test(cloud):
    async def poll():
        while True:
            await asyncio.sleep(7)

    with pytest.raises(EndlessWait):
        asyncio.run(poll())


def test_who_looks_at_the_watch_and_never_sleeps_does_not_hang(cloud):
    end = time.monotonic() + 5
    with pytest.raises(EndlessWait, match="looks at the watch"):
        while time.monotonic() < end:
            pass


def test_a_thread_of_the_machines_may_still_set_an_event():
    event = threading.Event()

    def set_it():
        time.sleep(0.3)
        event.set()

    (thread,) = start(set_it)
    with running():
        event.wait()
    thread.join()
