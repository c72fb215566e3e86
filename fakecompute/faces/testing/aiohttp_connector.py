"""`aiohttp` without a socket: its own client protocol, fed from memory.

    async with aiohttp.ClientSession(connector=AiohttpConnector(cloud)) as session: ...

In a test none of this is needed: its sessions find the cloud by its address.  What aiohttp writes is read as HTTP/1.1,
and what it reads comes as bytes at their time in the loop: timeouts and broken connections are its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from errno import ECONNRESET
from functools import partial
from itertools import chain
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

from fakecompute.cloud import Cloud
from fakecompute.faces.in_process import Clouds, Exchange, Headers
from fakecompute.faces.testing.sleeping import is_shared

END = b"\r\n\r\n"


class AiohttpConnector(aiohttp.BaseConnector):
    """Connections to a cloud, or to several by name, whatever the address."""

    def __init__(self, clouds: Cloud | Mapping[str, Cloud] | Clouds, **options: Any) -> None:
        super().__init__(**options)
        self._clouds = clouds if isinstance(clouds, Clouds) else Clouds(clouds)

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:
        return connection(lambda url: self._clouds, req)


def connection(clouds_for: Callable[[str], Clouds | None], request: Any) -> ResponseHandler:
    """One to the host of this request, that lasts as long as aiohttp keeps it and the clouds there are the same."""
    loop = asyncio.get_running_loop()
    protocol = ResponseHandler(loop)
    protocol.connection_made(Wire(loop, protocol, clouds_for, str(request.url.origin())))
    return protocol


class Wire(asyncio.Transport):
    """Both ends of a connection: requests that are whole go to the clouds, answers to the protocol."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: asyncio.Protocol,
        clouds_for: Callable[[str], Clouds | None],
        origin: str,
    ) -> None:
        super().__init__()
        self._loop, self._protocol, self._clouds_for, self._origin = loop, protocol, clouds_for, origin
        self._clouds = clouds_for(origin)
        self._written, self._closing = bytearray(), False
        self._due: set[asyncio.Handle] = set()

    # --- what the client says

    def write(self, data: Any) -> None:
        if self._closing:
            return
        self._written += data
        while not self._closing and (request := self._request()) is not None:
            self._loop.call_soon(self._answer, request)

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.write(b"".join(list_of_data))

    def _request(self) -> tuple[str, str, Headers, bytes] | None:
        """The next one, once it is here to its end."""
        head, found, rest = bytes(self._written).partition(END)
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        told = {name.lower(): value for name, value in headers}
        if "chunked" in told.get("transfer-encoding", "").lower():
            content, after = _chunks(rest)
        else:
            length = int(told.get("content-length", 0))
            content, after = (rest[:length], rest[length:]) if len(rest) >= length else (None, rest)
        if told.get("expect", "").lower() == "100-continue" and content is None:
            self._continue(len(head))
        if content is None:
            return None
        self._written[:] = after
        return method, target if "://" in target else self._origin + target, headers, content

    def _continue(self, head: int) -> None:
        """Ask for the body, once."""
        if len(self._written) == head + len(END):
            self._loop.call_soon(self._feed, b"HTTP/1.1 100 Continue\r\n\r\n")

    # --- what the cloud says

    def _answer(self, request: tuple[str, str, Headers, bytes]) -> None:
        if self._closing:
            return
        assert self._clouds is not None
        try:
            exchange = self._clouds.exchange(*request)
        except Exception as error:  # for the client to see, as a bug of ours
            return self._lose(error)
        if not is_shared(exchange.cloud):
            exchange.pause(exchange.late + exchange.lasts)
        self._play(exchange, self._parts(exchange))

    def _parts(self, exchange: Exchange) -> Iterator[tuple[float, bytes]]:
        """The bytes of the answer, each so many seconds after those before."""
        effect, reply = exchange.effect, exchange.reply
        if effect is not None and (effect.reset or effect.close):
            yield exchange.late, b""
            return
        lines = [f"HTTP/1.1 {reply.status} {reply.reason}", *(f"{name}: {value}" for name, value in reply.headers)]
        yield exchange.late, "\r\n".join(lines).encode("latin-1") + END
        yield from exchange.pieces()

    def _play(self, exchange: Exchange, parts: Iterable[tuple[float, bytes]]) -> None:
        """One part after the other, in the loop's time if that is the cloud's; and the end, if it is one."""
        shared, parts = is_shared(exchange.cloud), iter(parts)
        for seconds, data in parts:
            if seconds and shared:
                return self._later(seconds, partial(self._play, exchange, chain([(0.0, data)], parts)))
            self._feed(data)
        effect = exchange.effect
        if effect is not None and effect.reset:
            self._lose(ConnectionResetError(ECONNRESET, "Connection reset by peer"))
        elif effect is not None and (effect.close or effect.truncate is not None):
            self._lose(None)

    def _later(self, seconds: float, then: Callable[[], object]) -> None:
        def run() -> None:
            self._due.discard(handle)
            then()

        handle = self._loop.call_later(seconds, run)
        self._due.add(handle)

    def _feed(self, data: bytes) -> None:
        if data and not self._closing:
            self._protocol.data_received(data)

    def _lose(self, error: Exception | None) -> None:
        if self._closing:
            return
        self._closing = True
        for handle in self._due:
            handle.cancel()
        self._loop.call_soon(self._protocol.connection_lost, error)

    # --- what a transport is asked for

    def close(self) -> None:
        self._lose(None)

    def abort(self) -> None:
        self._lose(None)

    def is_closing(self) -> bool:
        """Also one that would lead to the cloud of a test that is over."""
        try:
            return self._closing or self._clouds_for(self._origin) is not self._clouds
        except OSError:  # where no other host may be asked
            return True

    def is_reading(self) -> bool:
        return not self._closing

    def pause_reading(self) -> None:
        """What is read has been in memory before."""

    def resume_reading(self) -> None:
        """It was never paused."""

    def get_write_buffer_size(self) -> int:
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 80), "sockname": ("127.0.0.1", 0)}.get(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol


def _chunks(data: bytes) -> tuple[bytes | None, bytes]:
    """The body that comes in pieces, and what follows; None as long as its end is missing."""
    body, rest = b"", data
    while True:
        size, found, rest = rest.partition(b"\r\n")
        if not found:
            return None, data
        length = int(size.split(b";")[0], 16)
        if not length:
            _, found, after = rest.partition(b"\r\n")
            return (body, after) if found else (None, data)
        if len(rest) < length + 2:
            return None, data
        body, rest = body + rest[:length], rest[length + 2 :]


# --- for all sessions of a test

Exchanged = Callable[[Any, str, Any], Callable[[], None]]


def intercept(
    module: Any, clouds_for: Callable[[str], Clouds | None], exchanged: Exchanged
) -> Callable[[], None]:
    """From here on connectors of all sessions lead to the clouds of their hosts, too; the way back."""
    connect = module.TCPConnector._create_connection

    async def _create_connection(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        if clouds_for(str(req.url)) is None:
            return await connect(self, req, traces, timeout)
        return connection(clouds_for, req)

    return exchanged(module.TCPConnector, "_create_connection", _create_connection)
