"""What a fault does to an answer on its way where there is no socket: other bytes, or the exception of one."""

from __future__ import annotations

from errno import ECONNRESET
from http.client import RemoteDisconnected

from fakecompute.domain.faults import Effect
from fakecompute.kernel.clock import SECOND


def corrupt(body: bytes) -> bytes:
    """As long as it was, and no JSON any more: a stretch in the middle is another's bytes."""
    middle, length = len(body) // 2, max(1, min(16, len(body) // 4))
    return body[: middle - length // 2] + b"\x00" * length + body[middle - length // 2 + length :]


def in_process(effect: Effect, body: bytes) -> bytes:
    """The body that arrives; ConnectionError where none does, Truncated where it stops short."""
    if effect.reset:
        raise ConnectionResetError(ECONNRESET, "Connection reset by peer")
    if effect.close:
        raise RemoteDisconnected("Remote end closed connection without response")
    if effect.truncate is not None and effect.truncate < len(body):
        raise Truncated(body[: effect.truncate], len(body) - effect.truncate)
    return corrupt(body) if effect.corrupt else body


def lasts(effect: Effect, body: bytes) -> int:
    """How long a body takes to arrive, in microseconds."""
    return len(body) * SECOND // effect.dribble if effect.dribble else 0


class Truncated(Exception):
    """A body that ended too early."""

    def __init__(self, partial: bytes, missing: int) -> None:
        super().__init__(f"{len(partial)} bytes read, {missing} more expected")
        self.partial, self.missing = partial, missing
