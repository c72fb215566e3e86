"""The way of every request, read from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from re import fullmatch
from typing import TYPE_CHECKING, Any, Literal, NoReturn
from urllib.parse import parse_qsl, quote, urlsplit

from flask import Response

from fakecompute.domain.access_rules import permits
from fakecompute.domain.looks import Awaited, looked_at
from fakecompute.domain.rate_limits import count_call, rate_limits
from fakecompute.domain.records.identity import Token
from fakecompute.errors import (
    BadRequest,
    FakeError,
    MalformedBody,
    NotFound,
)
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.policy import Context
from fakecompute.rest.routes import Endpoint, Routes
from fakecompute.rest.schema import InvalidBody, unknown_query
from fakecompute.rest.version import HEADER, LENIENT, Version
from fakecompute.wsgi import faults, journaling
from fakecompute.wsgi.encoding import Unreadable, decode, deflate, encode, inflate
from fakecompute.wsgi.many import CLOUD, LEGACY, PROJECT

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

    from fakecompute.cloud import Cloud

Methods = dict[str, list[Endpoint]]
NOBODY = Context(user_id="")
LOOKS = ("GET", "HEAD", "OPTIONS")  # their ids come from another stream: watching changes nothing
WITH_BODY = ("POST", "PUT", "PATCH")  # nobody looks at what a GET or DELETE brings along
RAW_LIMIT = 1 << 40  # bytes of an image
SLICE = 1 << 20  # images come and go in pieces: whoever takes them whole holds them twice
RESERVED = ":/?#[]@!$&'()*+,;=%"  # what an address may hold (RFC 3986)

Unread = Literal["too_large", "malformed"]


class Refusal(Exception):
    """An answer that is no error in the service's dialect: an HTML page, Keystone's 401."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def respond(environ: WSGIEnvironment, service: Routes, methods: Methods, params: dict[str, str]) -> Response:
    """Answer one request."""
    cloud: Cloud = environ[CLOUD]
    raw = _read(environ, _limit(service, methods, environ["REQUEST_METHOD"]))
    with cloud.lock:
        lived = cloud.catch_up()
        cloud.remember()
        call = _call(cloud, environ, service)
        tokens = journaling.bearers(call, environ)
        answer = _answer(call, environ, methods, params, raw)
        faults.wire(call, params)
        journaling.write(call, environ, answer, tokens)
        cloud.remember()
        if cloud.observer is not None:
            cloud.observer(cloud)
        if cloud.clock.jumps and not lived and environ["REQUEST_METHOD"] == "GET":
            cloud.jump()
    return _encode(call, environ, answer)


def _answer(
    call: Call, environ: WSGIEnvironment, methods: Methods, params: dict[str, str], raw: bytes | Unread
) -> Answer:
    dialect = call.service.dialect
    try:
        return _perform(call, environ, methods, params, raw)
    except Refusal as refusal:
        return refusal.answer
    except InvalidBody as invalid:
        error = dialect.bad_body(invalid.flaw)
    except FakeError as refused:
        error = refused
    answer = dialect.fault(error, call.request_id)
    if dialect.finish is not None:
        answer = dialect.finish(answer, call.version if call.negotiated else None)
    answer.headers = {**(answer.headers or {}), **error.headers}
    return answer


def _perform(
    call: Call, environ: WSGIEnvironment, methods: Methods, params: dict[str, str], raw: bytes | Unread
) -> Answer:
    method = environ["REQUEST_METHOD"]
    public = _is_public(methods, method)
    if call.service.dialect.routes_first:
        _candidates(call.service, methods, method)
    if not public:
        _authenticate(call, environ)
        _count(call, environ)
    if call.service.dialect.versions_first:
        _negotiate(call)
        candidates = _candidates(call.service, methods, method)
    else:
        candidates = _candidates(call.service, methods, method)
        _negotiate(call)
    if isinstance(raw, str):
        _refuse(getattr(call.service.dialect, raw)())
    call.raw = raw
    endpoint = call.endpoint = _pick(call, candidates)
    if call.url_project and call.url_project != call.context.project_id and not public:
        told = {"url": call.url_project, "context": call.context.project_id}
        raise BadRequest(reason=call.service.dialect.wrong_project.format(**told))

    if (struck := faults.before(call, params)) is not None:
        return struck
    _load(call, endpoint)
    answer = faults.reading(call, params, lambda: _carry_out(call, endpoint, params))
    if method == "GET" and call.cloud.store.count(Awaited):
        looked_at(call.cloud, _ids(answer.body))
    return faults.after(call, params) or answer


def _carry_out(call: Call, endpoint: Endpoint, params: dict[str, str]) -> Answer:
    """What was asked for, all of it or nothing."""
    try:
        with call.cloud.transaction():
            call.params = {name: _found(call, name, value) for name, value in params.items()}
            if not endpoint.asks:
                call.ask()
            made = endpoint.handler(call, **call.params)
    except FakeError as refused:
        if refused.aftermath is not None:
            refused.aftermath()
        raise
    return made if isinstance(made, Answer) else Answer(endpoint.status(call.version), made)


def _ids(body: Any) -> Iterator[str]:
    """Of all that an answer shows."""
    for inner in body.values() if isinstance(body, dict) else ():
        for item in inner if isinstance(inner, list) else (inner,):
            if isinstance(item, dict) and isinstance(item.get("id"), str):
                yield item["id"]


# --- the stations, in the order of the way ------------------------------------------------------------------


def _limit(service: Routes, methods: Methods, method: str) -> int:
    return RAW_LIMIT if any(endpoint.raw for endpoint in methods.get(method, ())) else service.max_body


def _read(environ: WSGIEnvironment, limit: int) -> bytes | Unread:
    """The body, or why there is none: a dialect's name for it."""
    stream = environ["wsgi.input"]
    try:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            raw = _gathered(stream, limit + 1)
            if len(raw) <= limit:
                return raw
            while stream.read(SLICE):  # the next request of this connection begins behind it
                pass
            return "too_large"
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if fullmatch("[0-9]+", length) else 0
        if size > limit:
            return "too_large"
        raw = _gathered(stream, size)
        return raw if len(raw) == size else "malformed"  # the client went away
    except (ValueError, OSError):  # chunks that are none, a length past all numbers
        return "malformed"


def _gathered(stream: Any, most: int) -> bytes:
    """So many bytes, or as many as there are."""
    if most <= SLICE:
        return bytes(stream.read(most)) if most else b""
    held = BytesIO()  # whose value is no copy
    while held.tell() < most and (part := stream.read(min(SLICE, most - held.tell()))):
        held.write(part)
    return held.getvalue()


def _call(cloud: Cloud, environ: WSGIEnvironment, service: Routes) -> Call:
    host = environ.get("HTTP_HOST", "")
    if not _is_place(host):
        host = f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Call(
        cloud,
        NOBODY,
        service,
        request_id="req-" + cloud.streams.uuid("look" if environ["REQUEST_METHOD"] in LOOKS else "request"),
        base=f"{environ.get('wsgi.url_scheme', 'http')}://{host}{environ.get('SCRIPT_NAME', '')}",
        path=environ.get(LEGACY) or environ["PATH_INFO"],
        legacy=LEGACY in environ,
        url_project=environ.get(PROJECT, ""),
        environ=environ,
    )


@lru_cache(maxsize=64)
def _is_place(host: str) -> bool:
    """May links be made of it?"""
    try:
        place = urlsplit(f"//{host}")
        return fullmatch(r"[A-Za-z0-9._:\[\]-]+", host) is not None and place.port != -1
    except ValueError:
        return False


def _is_public(methods: Methods, method: str) -> bool:
    return any(endpoint.public for endpoint in methods.get("GET" if method == "HEAD" else method, ()))


def _authenticate(call: Call, environ: WSGIEnvironment) -> None:
    token = call.cloud.store.find(Token, environ.get("HTTP_X_AUTH_TOKEN"))
    refused = call.service.name in call.cloud.settings.tokens_refused_by
    if token is None or token.suspended or token.expires_at <= call.cloud.now or refused:
        raise Refusal(call.service.dialect.unauthorized(f"{call.base}/identity"))
    if token.application_credential_id and not _may_call(call, token):
        raise Refusal(call.service.dialect.unauthorized(f"{call.base}/identity"))
    barred = call.service.projects_only and ("system" if token.system else "domain" if token.domain_id else "")
    call.context = Context(
        user_id=token.user_id,
        token=token.id,
        user_name=token.user_name,
        user_domain_id=token.user_domain_id,
        project_id=token.project_id,
        project_name=token.project_name,
        project_domain_id=token.project_domain_id or None,
        domain_id=token.domain_id,
        system=token.system,
        roles=frozenset(token.roles),
        barred=barred or "",
    )


def _may_call(call: Call, token: Token) -> bool:
    """Do its access rules allow it?  Nobody asks where one service calls another for a user."""
    service = call.cloud.store.find(Token, call.header("X-Service-Token"))
    chained = service is not None and not service.suspended and service.expires_at > call.cloud.now
    return chained or permits(call.cloud, token, call.service.mount, call.environ["REQUEST_METHOD"], call.path)


def _count(call: Call, environ: WSGIEnvironment) -> None:
    """Rate limits are Compute's, and the project's; what is refused here was not done."""
    if call.service.name == "compute" and rate_limits(call.cloud):
        query = environ.get("QUERY_STRING", "")
        address = call.path.removeprefix(call.service.prefix) + (f"?{query}" if query else "")
        count_call(call.cloud, call.project_id, environ["REQUEST_METHOD"], address)


def _candidates(service: Routes, methods: Methods, method: str) -> list[Endpoint]:
    """The endpoints of path and method, in whatever version."""
    if method == "HEAD" and service.dialect.head and "HEAD" not in methods:
        method = "GET"
    if method not in methods:
        _refuse(service.dialect.unrouted(method, frozenset(methods)))
    return methods[method]


def _refuse(answer: FakeError | Answer) -> NoReturn:
    raise Refusal(answer) if isinstance(answer, Answer) else answer


def _negotiate(call: Call) -> None:
    """Set the call's microversion; 400 for no version, 406 for one that we do not have."""
    micro, dialect = call.service.microversions, call.service.dialect
    if micro is None:
        return
    if call.legacy:
        call.version = micro.lowest
        return
    legacy = call.header(micro.legacy) if micro.legacy else None
    highest = min(micro.highest, Version.parse(getattr(call.cloud.release, call.service.name)))
    call.modern = highest >= micro.modern
    header = call.header(HEADER) if call.modern else None
    wanted = micro.requested(header, legacy)
    if wanted is None:
        call.version, call.negotiated = micro.lowest, True
    elif wanted == "latest":
        call.version, call.negotiated = highest, True
    else:
        assert dialect.bad_version and dialect.unsupported_version
        try:
            version = Version.parse(wanted)
        except ValueError:
            raise dialect.bad_version(wanted) from None
        call.version, call.negotiated = version, True  # a 406 tells the one that was asked for
        if not micro.lowest <= version <= highest:
            raise dialect.unsupported_version(wanted, micro.lowest, highest)


def _pick(call: Call, candidates: list[Endpoint]) -> Endpoint:
    """The endpoint of the version, and of the body's one key where the path holds actions."""
    call.query_pairs = _query(call.environ.get("QUERY_STRING", ""))
    if candidates[0].action is None:
        found = next((endpoint for endpoint in candidates if call.version in endpoint.span), None)
        if found is None:
            raise NotFound
        if found.body or (found.method in WITH_BODY and call.raw and not found.raw):
            _decode(call, found)
        return found
    _decode(call, candidates[0])
    if not isinstance(call.body, dict) or len(call.body) != 1:  # nova/api/openstack/wsgi.py: action_peek
        counted = isinstance(call.body, (dict, list, str))
        raise NotFound if call.raw and not (counted and len(call.body) != 1) else MalformedBody
    (key,) = call.body
    known = [endpoint for endpoint in candidates if endpoint.action == key]
    if not known:
        raise BadRequest(reason=call.service.dialect.no_action.format(key=key))
    for endpoint in known:
        if call.version in endpoint.span:
            return endpoint
    raise NotFound


def _query(text: str) -> list[tuple[str, str]]:
    if not text:
        return []
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise BadRequest(reason="The query is not UTF-8, or has too many fields") from None


def _decode(call: Call, endpoint: Endpoint) -> None:
    """`call.body` from `call.raw`."""
    environ = call.environ
    content_type = environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower()
    if call.raw and content_type not in (
        endpoint.types if endpoint.types is not None else call.service.types
    ):
        raise call.service.dialect.wrong_type(content_type)
    try:
        if environ.get("HTTP_CONTENT_ENCODING", "").lower() == "gzip":
            plain = inflate(call.raw, call.service.max_body)
            if plain is None:
                _refuse(call.service.dialect.too_large())
            call.raw = plain
        call.body = decode(call.raw) if call.raw else None
    except Unreadable:
        raise call.service.dialect.malformed() from None


def _load(call: Call, endpoint: Endpoint) -> None:
    """Body and query by their schemas."""
    if endpoint.body is not None:
        call.body = endpoint.body.load(call.body, LENIENT if call.legacy else call.version)
    strict = endpoint.strict_query is not None and call.version in endpoint.strict_query
    if endpoint.query is None:
        if strict and call.query_pairs:
            _no_such_parameter(call)
        return
    try:
        call.query = endpoint.query.load_query(call.query_pairs, call.version, strict)
    except InvalidBody as invalid:
        raise call.service.dialect.bad_query(invalid.flaw) from None


def _no_such_parameter(call: Call) -> NoReturn:
    raise call.service.dialect.bad_query(unknown_query(call.query_pairs))


def _found(call: Call, name: str, value: str) -> Any:
    """A path's parameter: the record, where there is a finder for it."""
    finder = call.service.finders.get(name)
    return finder(call, value) if finder else value


def _encode(call: Call, environ: WSGIEnvironment, answer: Answer) -> Response:
    if isinstance(answer.body, ErrorPage):
        answer.body, answer.content_type = answer.body.written(environ.get("HTTP_ACCEPT", ""))
    body = encode(answer.body, answer.content_type)
    head = environ["REQUEST_METHOD"] == "HEAD"
    shown = call.version if call.negotiated else None
    headers = {**call.service.dialect.headers(shown, call.request_id), **(answer.headers or {})}
    micro = call.service.microversions
    if micro and micro.legacy and HEADER in headers and not call.modern:
        del headers[HEADER]
        headers["Vary"] = micro.legacy
    if "Location" in headers:  # of things that clients have named
        headers["Location"] = quote(headers["Location"], safe=RESERVED)
    headers["Content-Type"] = answer.content_type
    if (
        call.cloud.settings.gzip
        and (packed := deflate(body, environ.get("HTTP_ACCEPT_ENCODING", ""))) is not None
    ):
        body = packed
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    sent = b"" if head else body if len(body) <= SLICE else _pieces(body)
    return Response(sent, answer.status, headers)


def _pieces(body: bytes) -> Iterator[bytes]:
    for first in range(0, len(body), SLICE):
        yield body[first : first + SLICE]
