"""What the suite asks of Compute and Cinder, and what it is told: one JSON line an answer, for `make conformance`.

FAKECOMPUTE_TRAFFIC names a folder; every worker of pytest-xdist writes a file of its own there.
"""

from __future__ import annotations

import gzip
import json
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

VARIABLE = "FAKECOMPUTE_TRAFFIC"
SERVICES = ("/compute", "/volume")


@pytest.fixture(scope="session", autouse=True)
def traffic() -> Iterator[None]:
    """Record all answers of the session, in process and behind sockets of this process, if somebody wants them."""
    if VARIABLE not in os.environ:
        yield
        return
    from fakecompute.wsgi.app import app

    folder = Path(os.environ[VARIABLE])
    folder.mkdir(parents=True, exist_ok=True)
    flask, inner = app(), app().wsgi_app
    with open(folder / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.jsonl", "w") as file:
        flask.wsgi_app = Recorder(inner, file)  # type: ignore[method-assign]
        yield
        flask.wsgi_app = inner  # type: ignore[method-assign]


class Recorder:
    """Stands before the app and writes down what passes, in the form that the harness's checker reads."""

    def __init__(self, app: WSGIApplication, file: IO[str]) -> None:
        self._app, self._file, self._lock = app, file, threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(SERVICES):
            return self._app(environ, start_response)
        asked = environ["wsgi.input"] = Copy(environ["wsgi.input"])
        begun: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            begun.update(status=int(status.split()[0]), headers=dict(headers))
            return start_response(status, headers, *more)

        body = b"".join(self._app(environ, start))
        self._write(environ, asked.text, body, **begun)
        return [body]

    def _write(
        self, environ: WSGIEnvironment, asked: str, body: bytes, status: int, headers: dict[str, str]
    ) -> None:
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        query = environ.get("QUERY_STRING", "")
        service = environ["PATH_INFO"].split("/")[1]
        version = headers.get("X-OpenStack-Nova-API-Version")
        if service == "volume":
            version = headers.get("OpenStack-API-Version", "").removeprefix("volume ") or None
        record = {
            "service": service,
            "test": os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0],
            "method": environ["REQUEST_METHOD"],
            "path": quote(environ["PATH_INFO"].removeprefix(f"/{service}")) + (f"?{query}" if query else ""),
            "microversion": version,
            "request_body": asked,
            "status": status,
            "headers": headers,
            "body": body.decode(errors="replace"),
        }
        with self._lock:
            self._file.write(json.dumps(record) + "\n")


class Copy:
    """A stream that remembers what was read of it."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._read = stream, bytearray()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self._stream.read(size)
        self._read += chunk
        return chunk

    @property
    def text(self) -> str:
        return self._read.decode(errors="replace")
