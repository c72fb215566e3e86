"""What a fault does to an answer on a real socket, once the request has been carried out.

A reset (RST), a connection closed before the first byte, a body that ends before the Content-Length it promised, one
that dribbles, one that is no JSON any more.  Without a socket: wsgi/wire.py.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from errno import ECONNRESET
from typing import TYPE_CHECKING, Any, NoReturn

from fakecompute.domain.faults import Effect
from fakecompute.wsgi.wire import corrupt

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REQUEST = "fakecompute.request"  # key of the environ: cheroot's request, with its connection
DROP = 64  # bytes that a dribbling answer lets through at a time, at most


class HungUp(ConnectionResetError):
    """Ends a connection without another byte; the server that sees it says nothing of its own."""

    def __init__(self) -> None:
        super().__init__(ECONNRESET, "ended by a fault rule")


def damaged(
    environ: WSGIEnvironment, effect: Effect, answer: Iterable[bytes], pause: Callable[[float], object]
) -> Iterator[bytes]:
    """An answer on a socket of its own, as the rule has it."""
    body = b"".join(answer)
    if effect.reset or effect.close:
        _hang_up(environ[REQUEST], reset=effect.reset)
    if effect.corrupt:
        body = corrupt(body)
    if effect.dribble:
        step = max(1, min(DROP, effect.dribble))
        for start in range(0, len(body), step):
            yield body[start : start + step]
            pause(step / effect.dribble)
        return
    if effect.truncate is not None:
        yield body[: effect.truncate]
        raise HungUp
    yield body


def _hang_up(request: Any, *, reset: bool) -> NoReturn:
    """Before the first byte: with RST, or in good order."""
    request.sent_headers = True  # for cheroot not to send them now
    if reset:
        connection = request.conn
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.socket.detach())  # at once: a shutdown in good order would say FIN first
        connection.linger = True  # there is nothing left to close
    raise HungUp
