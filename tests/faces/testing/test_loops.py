"""Event loops in the time of a test: timers, timeouts, work in threads, and sockets that are real."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from fakecompute import running
from fakecompute.testing import Deadlock

HOUR = 3600


def real_sleep(seconds):
    """In the machine's time."""
    end = time.clock_gettime(time.CLOCK_MONOTONIC) + seconds
    while time.clock_gettime(time.CLOCK_MONOTONIC) < end:
        pass


@pytest.fixture
def lasts(cloud):
    """How many seconds have passed in the cloud."""
    return lambda: round(cloud.elapsed, 3)


def test_a_task_sleeps_in_the_clouds_time(lasts):
    asyncio.run(asyncio.sleep(HOUR))
    assert lasts() == HOUR


def test_the_watch_of_a_loop_tells_the_clouds_time(cloud):
    async def watch():
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(HOUR)
        return loop.time() - before

    assert asyncio.run(watch()) == pytest.approx(HOUR, abs=0.001)


def test_tasks_are_served_in_the_order_of_their_due_times(lasts):
    served = []

    async def sleep(seconds):
        await asyncio.sleep(seconds)
        served.append((seconds, lasts()))

    async def main():
        await asyncio.gather(sleep(30), sleep(10), sleep(20))

    asyncio.run(main())
    assert served == [(10, 10), (20, 20), (30, 30)]


def test_wait_for_takes_its_timeout(lasts):
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 90)

    asyncio.run(main())
    assert lasts() == 90


def test_a_timeout_cuts_off_what_takes_longer(lasts):
    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(90):
                await asyncio.sleep(HOUR)
        async with asyncio.timeout(90):
            await asyncio.sleep(89)

    asyncio.run(main())
    assert lasts() == 179


def test_work_in_a_thread_takes_its_time(lasts):
    async def main():
        await asyncio.gather(asyncio.to_thread(time.sleep, 30), asyncio.sleep(10), asyncio.to_thread(time.sleep, 20))

    asyncio.run(main())
    assert lasts() == 30


def test_work_in_a_thread_may_come_too_late(lasts):
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(time.sleep, 30), 29)

    asyncio.run(main())
    assert lasts() == 30  # the thread is waited for when the loop ends


def test_an_answer_from_a_thread_is_no_timeout(cloud):
    async def main():
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor() as pool:
            for _ in range(50):
                assert await asyncio.wait_for(loop.run_in_executor(pool, int), HOUR) == 0

    asyncio.run(main())
    assert cloud.elapsed == 0


def test_a_thread_wakes_a_loop_in_time(lasts):
    async def main():
        loop, event = asyncio.get_running_loop(), asyncio.Event()

        def wake():
            time.sleep(30)
            loop.call_soon_threadsafe(event.set)

        threading.Thread(target=wake).start()
        await asyncio.wait_for(event.wait(), HOUR)

    asyncio.run(main())
    assert lasts() == 30


def test_a_loop_in_a_thread_lives_in_the_same_time(lasts):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(asyncio.sleep(30), loop).result(31)
    assert lasts() == 30
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_a_loop_that_was_there_before_serves_in_the_clouds_time():
    with asyncio.Runner() as runner:
        runner.run(asyncio.sleep(0))
        with running() as cloud:
            runner.run(asyncio.sleep(HOUR))
            assert cloud.elapsed == HOUR
        began = time.monotonic()
        runner.run(asyncio.sleep(0.05))
        assert time.monotonic() - began >= 0.04


def test_a_loop_is_as_it_was_afterwards():
    with asyncio.Runner() as runner:
        selector = runner.get_loop()._selector  # type: ignore[attr-defined]
        with running():
            runner.run(asyncio.sleep(HOUR))
        assert runner.get_loop()._selector is selector  # type: ignore[attr-defined]


def test_what_no_task_brings_about_is_a_deadlock(cloud):
    async def consume():
        await asyncio.Queue().get()

    async def main():
        with suppress(Exception):
            await asyncio.gather(asyncio.Event().wait(), consume())

    with pytest.raises(Deadlock, match=r"(?s)its Task-\d+ in .*test_loops.py:\d+ in main.*test_loops.py:\d+ in consume"):
        asyncio.run(main())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_pool_in_a_loop_that_waits_for_ever_is_a_deadlock(cloud):
    with pytest.raises(Deadlock, match=r"asyncio_0 waits in .*threading.py:\d+ in wait"):
        asyncio.run(asyncio.to_thread(threading.Event().wait))


# --- sockets


async def answers_late(reader, writer):
    """A server's: half a second of the machine's for each line."""
    while await reader.readline():
        await asyncio.to_thread(real_sleep, 0.2)
        writer.write(b"done\n")
        await writer.drain()
    writer.close()


@pytest.fixture
def server():
    """The port of a server in a thread that lives in the machine's time."""
    loop, began = asyncio.new_event_loop(), threading.Event()
    port = []

    async def serve():
        made = await asyncio.start_server(answers_late, "127.0.0.1", 0)
        port.append(made.sockets[0].getsockname()[1])
        began.set()

    thread = threading.Thread(target=lambda: (loop.create_task(serve()), loop.run_forever()))
    thread.start()
    began.wait()
    yield port[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def test_a_timeout_does_not_cut_off_an_answer_of_the_machines(server):
    """Neither the first nor those that follow on the same connection."""

    async def main():
        reader, writer = await asyncio.open_connection("127.0.0.1", server)
        for _ in range(3):
            writer.write(b"do\n")
            assert await asyncio.wait_for(reader.readline(), 5) == b"done\n"
        writer.close()

    with running():
        asyncio.run(main())


def test_a_connection_that_idles_does_not_keep_time_from_passing(server):
    async def main():
        _, writer = await asyncio.open_connection("127.0.0.1", server)
        for _ in range(100):
            await asyncio.sleep(60)
        writer.close()

    began = time.monotonic()
    with running() as cloud:
        asyncio.run(main())
        assert cloud.elapsed == 6000
    assert time.monotonic() - began < 5


def test_a_child_process_lives_in_the_machines_time(lasts):
    async def main():
        program = (sys.executable, "-c", "import time; time.sleep(0.8); print('done')")
        child = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
        told, _ = await asyncio.wait_for(child.communicate(), 30)
        return told

    assert asyncio.run(main()).strip() == b"done"


# --- anyio, whose plugin runs the tests


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_anyio_sleeps_in_the_clouds_time(cloud):
    anyio = pytest.importorskip("anyio")
    with anyio.move_on_after(90):
        await anyio.sleep(HOUR)
    assert cloud.elapsed == pytest.approx(90)


@pytest.mark.anyio
async def test_threads_of_anyio_share_the_time(cloud):
    to_thread = pytest.importorskip("anyio.to_thread")
    await to_thread.run_sync(time.sleep, HOUR)
    assert cloud.elapsed == HOUR


@pytest.mark.anyio
async def test_anyio_waits_in_vain_for_an_event(cloud):
    anyio = pytest.importorskip("anyio")
    with pytest.raises(TimeoutError), anyio.fail_after(HOUR):
        await anyio.Event().wait()
    assert cloud.elapsed == pytest.approx(HOUR)
