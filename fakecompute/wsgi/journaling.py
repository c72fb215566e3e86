"""A line of the journal for every call: what it takes to understand it, and to send it again."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.identity import Token
from fakecompute.kernel.journal import scrub
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.version import FIRST
from fakecompute.wsgi.encoding import Unreadable, decode
from fakecompute.wsgi.many import PROJECT, WIRE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CALLS = "call"  # the stream that numbers them: a cloud that goes on elsewhere knows how many it has answered
LONGEST = 1 << 16  # bytes of an upload that are kept; of a longer one, how many there were
JSON = "application/json"
UNKNOWN = "?"  # a token that there is not

# Headers with a token, which is told by its audit id.
TOKENS = ("X-Auth-Token", "X-Subject-Token", "X-Service-Token")
# Headers that change no answer, or that the line tells in another place.
SILENT = frozenset((
    "HTTP_ACCEPT_ENCODING", "HTTP_AUTHORIZATION", "HTTP_CONNECTION", "HTTP_CONTENT_ENCODING", "HTTP_CONTENT_LENGTH",
    "HTTP_CONTENT_TYPE", "HTTP_COOKIE", "HTTP_EXPECT", "HTTP_HOST", "HTTP_TRANSFER_ENCODING", "HTTP_USER_AGENT",
    *(f"HTTP_{name.upper().replace('-', '_')}" for name in TOKENS),
))  # fmt: skip
USUAL = {"HTTP_ACCEPT": ("*/*", JSON)}


def bearers(call: Call, environ: WSGIEnvironment) -> dict[str, str]:
    """Whose tokens a call came with, by audit ids; to be asked before it is carried out: it may end them."""
    if call.cloud.journal is None:
        return {}
    return {name: _audit(call, sent) for name in TOKENS if (sent := call.header(name)) is not None}


def _audit(call: Call, id: str) -> str:
    token = call.cloud.store.find(Token, id)
    return token.audit_ids[0] if token is not None else UNKNOWN


def write(call: Call, environ: WSGIEnvironment, answer: Answer, tokens: dict[str, str]) -> None:
    journal = call.cloud.journal
    if journal is None:
        return
    query = environ.get("QUERY_STRING", "")
    journal.write(
        {
            "number": call.cloud.streams.number(CALLS),
            "at": call.cloud.now,
            "operation": call.endpoint.operation if call.endpoint else None,
            "method": environ["REQUEST_METHOD"],
            "path": call.path + (f"?{query}" if query else ""),
            "version": str(call.version) if call.version != FIRST else None,
            "user": call.context.user_name or None,
            "project": call.context.project_name or None,
            "body": None if call.endpoint is not None and call.endpoint.raw else scrub(_sent(call)),
            "status": answer.status,
            "answer": answer.body if isinstance(answer.body, (dict, list)) else None,
            "digest": call.cloud.digest(),
            **_circumstances(call, environ, answer, tokens),
        }
    )


def _circumstances(
    call: Call, environ: WSGIEnvironment, answer: Answer, tokens: dict[str, str]
) -> dict[str, Any]:
    """What is told of a call only where there is something to tell."""
    damage = environ.get(WIRE)
    told = {
        "base": call.base,
        "url_project": environ.get(PROJECT),
        "client": environ.get("HTTP_USER_AGENT"),
        "headers": _headers(call, environ),
        "tokens": tokens,
        **_upload(call),
        "retry_after": (answer.headers or {}).get("Retry-After"),
        "lost": damage is not None and damage.loses,
        "rules": call.rules,
    }
    return {name: value for name, value in told.items() if value}


def _headers(call: Call, environ: WSGIEnvironment) -> dict[str, str]:
    """Those that may matter, and are not what everybody sends."""
    kept = {
        key[5:].replace("_", "-").title(): value
        for key, value in environ.items()
        if key.startswith("HTTP_") and key not in SILENT and value not in USUAL.get(key, ())
    }
    kind = environ.get("CONTENT_TYPE", "")
    if call.raw and kind != JSON:
        kept["Content-Type"] = kind
    return kept


def _sent(call: Call) -> Any:
    """The body as it came: a schema may have replaced it since."""
    try:
        return decode(call.raw) if call.raw else None
    except Unreadable:
        return None


def _upload(call: Call) -> dict[str, Any]:
    """A body that is no JSON: all of it if it is short, or how long it was."""
    if not call.raw:
        return {}
    if call.endpoint is not None and call.endpoint.raw:
        short = len(call.raw) <= LONGEST
        return {"upload": b64encode(call.raw).decode()} if short else {"bytes": len(call.raw)}
    return {} if _is_readable(call.raw) else {"bytes": len(call.raw)}


def _is_readable(raw: bytes) -> bool:
    try:
        decode(raw)
    except Unreadable:
        return False
    return True
