"""Server-sent events: what is new, told to who follows, until they go or the server ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from fakecompute.cloud import Cloud
from fakecompute.errors import FakeError
from fakecompute.faces.control.declaring import Stream
from fakecompute.faces.control.refusals import TooManyFollowers

FOLLOWING = "fakecompute.following"  # key of the environ: a server's Following
MOST = 12  # followers: each holds a thread of the server's
LOOK = 0.1  # seconds of the machine's between two looks
STILL_HERE = 5.0  # seconds after which a comment finds out whether anybody listens


class Following:
    """A server's part in it: `pause(seconds)` waits, and is true when the server ends."""

    def __init__(self, pause: Callable[[float], bool]) -> None:
        self.pause = pause
        self.room = threading.BoundedSemaphore(MOST)


class Events:
    """The body of an answer that goes on.  Where nothing can wait (no socket), it ends with what there is."""

    def __init__(self, cloud: Cloud, stream: Stream, following: Following | None) -> None:
        if following is not None and not following.room.acquire(blocking=False):
            raise TooManyFollowers(most=MOST, headers={"Retry-After": "5"})
        self._cloud, self._stream, self._following = cloud, stream, following
        self._closed = False

    def close(self) -> None:
        """By the WSGI server, however it ended."""
        if self._following is not None and not self._closed:
            self._closed = True
            self._following.room.release()

    def __iter__(self) -> Iterator[bytes]:
        yield b": following\n\n"
        since, left, quiet = self._stream.since, self._stream.limit, 0.0
        while left is None or left > 0:
            try:
                new = self._new(since, left)
            except FakeError as refusal:  # nothing is recorded any more
                yield _event("end", None, {"message": str(refusal)})
                return
            for number, told in new:
                yield _event(None, number, told)
                since = number
            left = None if left is None else left - len(new)
            quiet = 0.0 if new else quiet + LOOK
            if self._following is None or (not new and self._following.pause(LOOK)):
                return
            if quiet >= STILL_HERE:
                quiet = 0.0
                yield b": still here\n\n"

    def _new(self, since: int, limit: int | None) -> list[tuple[int, Any]]:
        with self._cloud.lock:
            self._cloud.catch_up()
            return self._stream.source(since)[:limit]


def _event(name: str | None, number: int | None, told: Any) -> bytes:
    head = (f"event: {name}\n" if name else "") + (f"id: {number}\n" if number is not None else "")
    return head.encode() + b"data: " + orjson.dumps(told, default=list) + b"\n\n"
