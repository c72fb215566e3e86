"""The way of a request to the control API, read from top to bottom: in front of the app, on a socket or without one.

bind(with_control(app()), clouds)
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from contextlib import nullcontext
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import orjson
import yaml
from yaml.nodes import MappingNode, Node, ScalarNode
from yaml.representer import SafeRepresenter

from fakecompute.errors import BadDefinition, FakeError
from fakecompute.faces.control.chapters import control
from fakecompute.faces.control.declaring import PREFIX, Call, Endpoint, Octets, Stream
from fakecompute.faces.control.following import FOLLOWING, Events
from fakecompute.faces.control.guard import Guard
from fakecompute.faces.control.refusals import (
    SEE_DOCS,
    Bug,
    Mistakes,
    NoSuchAddress,
    TooMuch,
    Unreadable,
    WrongMethod,
)
from fakecompute.faces.control.shapes import Wanted
from fakecompute.scenario.journals import explained
from fakecompute.scenario.schema import Page
from fakecompute.wsgi.many import CLOUD, CLOUDS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST = 8 << 20  # bytes of a body
MOST_STATE = 1 << 30  # bytes of a state
LOOKS = ("GET", "HEAD")
NOTHING = Wanted()
YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/vnd.yaml")


def with_control(app: WSGIApplication, guard: Guard | None = None) -> WSGIApplication:
    """An app with the control API in front of it; a server gives it a guard."""

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == PREFIX or path.startswith(f"{PREFIX}/"):
            return _respond(environ, start_response, path[len(PREFIX) :], guard)
        return app(environ, start_response)

    return answered


def _respond(
    environ: WSGIEnvironment, start_response: StartResponse, path: str, guard: Guard | None
) -> Iterable[bytes]:
    headers = {"Cache-Control": "no-store"}
    try:
        endpoint, params = _endpoint(environ, path.encode("latin-1").decode("utf-8", "replace"))
        if guard is not None and not endpoint.public:
            guard.check(environ)
        made = _carried_out(environ, endpoint, params)
    except FakeError as refusal:
        return _answer(
            environ, start_response, refusal.status, {**headers, **refusal.headers}, _told(refusal)
        )
    except Exception as error:  # every error is JSON
        traceback.print_exc()
        return _answer(
            environ, start_response, 500, headers, _told(Bug(reason=f"{type(error).__name__}: {error}"))
        )
    if isinstance(made, Events):
        if environ["REQUEST_METHOD"] == "HEAD":
            made.close()
            return _answer(environ, start_response, endpoint.success, headers, b"", endpoint.gives)
        start_response(
            "200 OK", [*headers.items(), ("Content-Type", endpoint.gives), ("X-Accel-Buffering", "no")]
        )
        return made
    if isinstance(made, Octets):
        headers["Content-Disposition"] = f'attachment; filename="{made.filename}"'
        made = made.content
    return _answer(environ, start_response, endpoint.success, headers, made, endpoint.gives)


def _endpoint(environ: WSGIEnvironment, path: str) -> tuple[Endpoint, dict[str, str]]:
    method = environ["REQUEST_METHOD"]
    methods, params = control.matching(path or "/")
    if not methods:
        raise NoSuchAddress(path=PREFIX + path)
    endpoint = methods.get("GET" if method == "HEAD" else method)
    if endpoint is None:
        raise WrongMethod(path=PREFIX + path, method=method, headers={"Allow": ", ".join(methods)})
    return endpoint, params


def _carried_out(environ: WSGIEnvironment, endpoint: Endpoint, params: dict[str, str]) -> Any:
    """What the handler gives, as `answers` shows it."""
    cloud = environ[CLOUD]
    raw = _read(environ, MOST_STATE if endpoint.octets else MOST)
    call = Call(cloud, environ[CLOUDS], environ, params)
    try:
        with cloud.lock:
            cloud.catch_up()
            _load(call, endpoint, raw)
            with (
                nullcontext()
                if endpoint.method in LOOKS
                else explained(cloud, f"{endpoint.method} {endpoint.path}")
            ):
                made = endpoint.handler(call, **params)
            if cloud.observer is not None and endpoint.method not in LOOKS:
                cloud.observer(cloud)
            if isinstance(made, Stream):
                return Events(cloud, made, environ.get(FOLLOWING))
            return endpoint.answers(made) if endpoint.answers is not None else made
    except BadDefinition as error:
        raise Mistakes(error.mistakes) from None


# --- what was sent


def _read(environ: WSGIEnvironment, most: int) -> bytes:
    stream = environ["wsgi.input"]
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        raw: bytes = stream.read(most + 1)
    else:
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdecimal() else 0
        raw = stream.read(size) if 0 < size <= most else b"" if size <= most else b"-" * (most + 1)
    if len(raw) > most:
        raise TooMuch(limit=most)
    return raw


def _load(call: Call, endpoint: Endpoint, raw: bytes) -> None:
    """Body and query by their tables; Mistakes with all that is wrong."""
    call.pairs = parse_qsl(call.environ.get("QUERY_STRING", ""), keep_blank_values=True)
    pages = []
    known = [one.name for one in endpoint.query.fields] if endpoint.query else []
    read = [pair for pair in call.pairs if pair[0] in known] if endpoint.any_query else call.pairs
    pages.append(page := Page("query", _query(read)))
    call.query = (endpoint.query or NOTHING).read(page.top) or {}
    if endpoint.octets:
        call.body = raw
    elif endpoint.body is not None:
        pages.append(page := _page(call, raw))
        call.body = endpoint.body.read(page.top)
        if endpoint.body.check is not None:
            endpoint.body.check(call, page.top)
    if mistakes := [mistake for page in pages for mistake in page.mistakes]:
        raise Mistakes(mistakes)


def _page(call: Call, raw: bytes) -> Page:
    """JSON, or YAML, whose mistakes have lines."""
    kind = call.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    try:
        if kind in YAML_TYPES:
            return Page.of(raw.decode(), "body")
        return Page("body", SafeRepresenter().represent_data(orjson.loads(raw) if raw.strip() else None))
    except orjson.JSONDecodeError as error:
        raise Unreadable(reason=f"it is no JSON: {error}") from None
    except UnicodeDecodeError:
        raise Unreadable(reason="it is no UTF-8") from None
    except RecursionError:
        raise Unreadable(reason="it is nested too deeply") from None


def _query(pairs: list[tuple[str, str]]) -> Node:
    """Parameters as a mapping of YAML: `limit=5` is a number."""
    resolve: Any = yaml.SafeLoader("").resolve
    tag = "tag:yaml.org,2002:str"
    return MappingNode(
        "tag:yaml.org,2002:map",
        [
            (ScalarNode(tag, name), ScalarNode(resolve(ScalarNode, text, (True, False)), text))
            for name, text in pairs
        ],
    )


# --- what is answered


def _told(refusal: FakeError) -> dict[str, Any]:
    error: dict[str, Any] = {
        "status": refusal.status,
        "message": str(refusal),
        "hint": getattr(refusal, "hint", SEE_DOCS),
    }
    if isinstance(refusal, Mistakes):
        error["mistakes"] = refusal.mistakes
    return {"error": error}


def _answer(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    status: int,
    headers: dict[str, str],
    made: Any,
    content_type: str = "application/json",
) -> Iterable[bytes]:
    if made is None:
        status, content = 204, b""
    elif isinstance(made, bytes):
        content = made
    else:
        content = orjson.dumps(made, default=list, option=orjson.OPT_INDENT_2) + b"\n"
    told = {**headers, "Content-Length": str(len(content))} if status != 204 else headers
    if content:
        told["Content-Type"] = content_type
    start_response(f"{status} {HTTPStatus(status).phrase}", list(told.items()))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [content]
