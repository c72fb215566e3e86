"""Bodies from and to bytes."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import orjson

MAX_DEPTH = 100  # of JSON; deeper bodies are refused before anything walks them
_GZIP_FROM = 512  # bytes; below it is not worth the while


class Unreadable(ValueError):
    """The body is no JSON that we read."""


def decode(raw: bytes) -> Any:
    """JSON to Python; Unreadable for broken syntax, bad UTF-8, lone surrogates and deep nesting."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Unreadable(str(error)) from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _deeper(value, MAX_DEPTH):
        raise Unreadable("nested too deeply")
    return value


def _deeper(value: Any, limit: int) -> bool:
    """Is any part of the value more than `limit` levels down?  Level by level, without recursion."""
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
        ]
        if not level:
            return False
    return True


def encode(body: Any, content_type: str) -> bytes:
    """What goes on the wire: JSON of a structure, UTF-8 of text, bytes as they are, nothing of None."""
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str) and not content_type.startswith("application/json"):
        return body.encode()
    return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)


def inflate(raw: bytes, limit: int) -> bytes | None:
    """The body of a `Content-Encoding: gzip` request; None past the limit; Unreadable if broken."""
    engine = zlib.decompressobj(wbits=31)
    try:
        plain = engine.decompress(raw, limit + 1)
    except zlib.error as error:
        raise Unreadable(str(error)) from None
    if len(plain) > limit:
        return None
    if not engine.eof:
        raise Unreadable("broken gzip")
    return plain


def deflate(raw: bytes, accepted: str) -> bytes | None:
    """The answer compressed, if the client accepts it and it is long enough to gain."""
    if len(raw) < _GZIP_FROM or "gzip" not in accepted.lower():
        return None
    return gzip.compress(raw, compresslevel=1, mtime=0)
