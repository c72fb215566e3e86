"""`httpx` without a socket, for its clients and for those of asyncio.

    with httpx.Client(transport=HttpxTransport(cloud)) as client: ...
    async with httpx.AsyncClient(transport=HttpxTransport(cloud)) as client: ...

In a test none of this is needed: its clients find the cloud by its address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import httpx

from fakecompute.cloud import Cloud
from fakecompute.faces.in_process import Clouds, Exchange
from fakecompute.faces.testing.sleeping import is_shared


class HttpxTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers for any address, from a cloud or from several by name; faults end as they do on a socket."""

    def __init__(self, clouds: Cloud | Mapping[str, Cloud] | Clouds) -> None:
        self._clouds = clouds if isinstance(clouds, Clouds) else Clouds(clouds)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return answer(self._clouds, request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await answer_async(self._clouds, request)


def answer(clouds: Clouds, request: httpx.Request) -> httpx.Response:
    """What a cloud answers, as httpx has it."""
    exchange, patience = _ask(clouds, request, request.read()), _patience(request)
    if patience is not None and exchange.late > patience:
        exchange.pause(patience)
        raise httpx.ReadTimeout("timed out")
    exchange.pause(exchange.late)
    _break(exchange, "[Errno 104] Connection reset by peer")
    return _response(exchange, Body(exchange, patience))


async def answer_async(clouds: Clouds, request: httpx.Request) -> httpx.Response:
    """The same for an event loop, whose other tasks go on meanwhile."""
    exchange, patience = _ask(clouds, request, await request.aread()), _patience(request)
    if patience is not None and exchange.late > patience:
        await pause(exchange, patience)
        raise httpx.ReadTimeout("")
    await pause(exchange, exchange.late)
    _break(exchange, "")  # of an event loop httpx does not know more
    return _response(exchange, AsyncBody(exchange, patience))


def _ask(clouds: Clouds, request: httpx.Request, content: bytes) -> Exchange:
    return clouds.exchange(request.method, str(request.url), request.headers.multi_items(), content)


def _patience(request: httpx.Request) -> float | None:
    """Seconds that the client waits for the next byte."""
    wanted: float | None = request.extensions.get("timeout", {}).get("read")
    return wanted


async def pause(exchange: Exchange, seconds: float) -> None:
    """In the loop's time, if that is the cloud's."""
    if not is_shared(exchange.cloud):
        exchange.pause(seconds)
    elif seconds:
        import anyio  # httpx has it

        await anyio.sleep(seconds)


def _break(exchange: Exchange, reset: str) -> None:
    """Raise what a connection ends in of which no byte can be read."""
    effect = exchange.effect
    if effect is not None and effect.reset:
        raise httpx.ReadError(reset)
    if effect is not None and effect.close:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")


def _response(exchange: Exchange, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> httpx.Response:
    reply = exchange.reply
    extensions = {"http_version": b"HTTP/1.1", "reason_phrase": reply.reason.encode("latin-1")}
    return httpx.Response(reply.status, headers=reply.headers, stream=stream, extensions=extensions)


class Body(httpx.SyncByteStream):
    """What of an answer can be read, as fast as it comes."""

    def __init__(self, exchange: Exchange, patience: float | None) -> None:
        self._exchange, self._patience = exchange, patience

    def __iter__(self) -> Iterator[bytes]:
        for seconds, piece in self._exchange.pieces():
            if self._patience is not None and seconds > self._patience:
                self._exchange.pause(self._patience)
                raise httpx.ReadTimeout("timed out")
            self._exchange.pause(seconds)
            yield piece
        _stop_short(self._exchange)


class AsyncBody(httpx.AsyncByteStream):
    """The same for an event loop."""

    def __init__(self, exchange: Exchange, patience: float | None) -> None:
        self._exchange, self._patience = exchange, patience

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for seconds, piece in self._exchange.pieces():
            if self._patience is not None and seconds > self._patience:
                await pause(self._exchange, self._patience)
                raise httpx.ReadTimeout("")
            await pause(self._exchange, seconds)
            yield piece
        _stop_short(self._exchange)


def _stop_short(exchange: Exchange) -> None:
    if exchange.missing:
        whole = len(exchange.reply.content)
        raise httpx.RemoteProtocolError(
            "peer closed connection without sending complete message body "
            f"(received {whole - exchange.missing} bytes, expected {whole})"
        )


# --- for all clients of a test

Exchanged = Callable[[Any, str, Any], Callable[[], None]]


def intercept(
    module: Any, clouds_for: Callable[[str], Clouds | None], exchanged: Exchanged
) -> Callable[[], None]:
    """From here on clients that were made without a transport reach the clouds, too; the way back."""
    ask, ask_async = module.HTTPTransport.handle_request, module.AsyncHTTPTransport.handle_async_request

    def handle_request(self: Any, request: httpx.Request) -> httpx.Response:
        clouds = clouds_for(str(request.url))
        return answer(clouds, request) if clouds else ask(self, request)

    async def handle_async_request(self: Any, request: httpx.Request) -> httpx.Response:
        clouds = clouds_for(str(request.url))
        return await (answer_async(clouds, request) if clouds else ask_async(self, request))

    ways_back = (
        exchanged(module.HTTPTransport, "handle_request", handle_request),
        exchanged(module.AsyncHTTPTransport, "handle_async_request", handle_async_request),
    )

    def undo() -> None:
        for way_back in ways_back:
            way_back()

    return undo
