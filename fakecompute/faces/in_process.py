"""HTTP without a socket, whatever the client library: a request goes in, an answer or a broken connection comes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

from fakecompute.faces.control import with_control
from fakecompute.kernel.clock import SECOND, microseconds
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import CLOUD, DELAY, WAITS, WIRE, bind
from fakecompute.wsgi.wire import Truncated, in_process, lasts

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from fakecompute.cloud import Cloud
    from fakecompute.domain.faults import Effect

DROP = 64  # bytes that a dribbling answer lets through at a time, at most
ADDRESS = "http://fakecompute.test"  # .test is nobody's (RFC 6761)
Headers = list[tuple[str, str]]


class Reply(NamedTuple):
    status: int
    reason: str
    headers: Headers
    content: bytes


class Exchange(NamedTuple):
    """What became of a request: the whole answer, and what a fault does to it on its way, `late` seconds later."""

    cloud: Cloud | None
    reply: Reply
    late: float = 0.0
    effect: Effect | None = None

    def arrived(self) -> Reply:
        """What can be read of it; ConnectionError or Truncated as a fault of the wire has it."""
        if self.effect is None:
            return self.reply
        return self.reply._replace(content=in_process(self.effect, self.reply.content))

    def pieces(self) -> Iterator[tuple[float, bytes]]:
        """The body as it comes in, each piece so many seconds after the one before; it may stop short."""
        body, effect = self.reply.content, self.effect
        if effect is None or not effect.dribble:
            with suppress(Truncated):
                body = self.arrived().content
            yield 0.0, body[: effect.truncate] if effect else body
            return
        step = max(1, min(DROP, effect.dribble))
        for start in range(0, len(body), step):
            yield step / effect.dribble if start else 0.0, body[start : start + step]

    @property
    def missing(self) -> int:
        """Bytes that were promised and never come."""
        cut = self.effect.truncate if self.effect else None
        return 0 if cut is None else max(0, len(self.reply.content) - cut)

    @property
    def lasts(self) -> float:
        """Seconds from the first byte to the last."""
        return lasts(self.effect, self.reply.content) / SECOND if self.effect else 0.0

    def pause(self, seconds: float) -> None:
        """Let the cloud's time pass; a test's other threads may have something to do in it."""
        if seconds and self.cloud is not None and self.cloud.clock.virtual:
            pause = getattr(self.cloud, "pause", None)
            pause(seconds) if pause else self.cloud.clock.advance(microseconds(seconds))


class Clouds:
    """Answers for any address; a cloud, or several by name ("" is the one without a prefix)."""

    def __init__(self, clouds: Cloud | Mapping[str, Cloud]) -> None:
        self._app: WSGIApplication = bind(with_control(app()), clouds)

    def exchange(self, method: str, url: str, headers: Iterable[tuple[str, str]], content: bytes) -> Exchange:
        """Carry a request out, for a client that waits itself."""
        environ = _environ(method, url, headers, content)
        status, sent, body = _run(self._app, environ)
        code, _, reason = status.partition(" ")
        reply = Reply(int(code), reason, sent, body)
        return Exchange(environ.get(CLOUD), reply, environ.get(DELAY, 0) / SECOND, environ.get(WIRE))

    def ask(
        self, method: str, url: str, headers: Iterable[tuple[str, str]], content: bytes, patience: float | None = None
    ) -> Reply:
        """The answer, after the time that it takes; ConnectionError or Truncated as a fault of the wire has it.

        TimeoutError after `patience` seconds, if a fault delays it for longer.
        """
        exchange = self.exchange(method, url, headers, content)
        if patience is not None and exchange.late > patience:
            exchange.pause(patience)
            raise TimeoutError(f"no answer within {patience:g} s")
        exchange.pause(exchange.late)
        reply = exchange.arrived()
        exchange.pause(exchange.lasts)
        return reply


def _run(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, Headers, bytes]:
    """Status, headers and body; the app leaves its marks in the environ."""
    said: list[Any] = []

    def start_response(status: str, headers: Headers, error: object = None) -> Any:
        said[:] = status, headers

    chunks = app(environ, start_response)
    try:
        content = b"".join(chunks)
    finally:
        getattr(chunks, "close", bool)()
    return said[0], said[1], content


def _environ(method: str, address: str, headers: Iterable[tuple[str, str]], body: bytes) -> dict[str, Any]:
    url = urlsplit(address)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        WAITS: True,
    }
    for name, value in headers:
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING", "HOST"):
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
