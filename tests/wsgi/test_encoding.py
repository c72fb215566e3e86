"""Bodies from and to bytes, and their limits."""

import gzip

import pytest

from fakecompute.wsgi.encoding import MAX_DEPTH, Unreadable, decode, deflate, encode, inflate


def nested(depth, left=b"[", right=b"]"):
    return left * depth + right * depth


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 01}',
        b'{"a": 1} extra',
        b'"\xff"',
        b'"\\ud800"',
        b'"a\x00b"',
        '{"a": 1}'.encode("utf-16"),
    ],
)
def test_what_is_no_json_is_unreadable(raw):
    with pytest.raises(Unreadable):
        decode(raw)


def test_json_is_read():
    assert decode('{"a": [1, 2.5, null, true, "ü"]}'.encode()) == {"a": [1, 2.5, None, True, "ü"]}


@pytest.mark.parametrize("parts", [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_json_is_unreadable(parts):
    left, right = parts
    for depth in MAX_DEPTH + 1, 10_000, 100_000:
        with pytest.raises(Unreadable):
            decode(left * depth + b"1" + right * depth)


def test_json_may_be_as_deep_as_the_limit():
    assert decode(nested(MAX_DEPTH)) is not None


def test_wide_json_is_not_deep():
    assert len(decode(b"[" + b"[]," * 10_000 + b"[]]")) == 10_001


@pytest.mark.parametrize(
    ("body", "content_type", "raw"),
    [
        (None, "application/json", b""),
        ({"a": "ü"}, "application/json", '{"a":"ü"}'.encode()),
        ("text", "application/json", b'"text"'),
        ("ü", "text/html; charset=UTF-8", "ü".encode()),
        (b"\x00\xff", "application/octet-stream", b"\x00\xff"),
    ],
)
def test_what_goes_on_the_wire(body, content_type, raw):
    assert encode(body, content_type) == raw


def test_gzip_comes_apart():
    assert inflate(gzip.compress(b"body", mtime=0), 100) == b"body"


def test_a_gzip_bomb_is_stopped_at_the_limit():
    bomb = gzip.compress(b"\x00" * 10_000_000, mtime=0)
    assert inflate(bomb, 1000) is None


@pytest.mark.parametrize("raw", [b"", b"no gzip", gzip.compress(b"body" * 100, mtime=0)[:-9], b"\x1f\x8b"])
def test_broken_gzip_is_unreadable(raw):
    with pytest.raises(Unreadable):
        inflate(raw, 1000)


def test_only_long_answers_are_compressed_and_only_for_those_who_accept_it():
    assert deflate(b"a" * 100, "gzip") is None
    assert deflate(b"a" * 1000, "") is None
    packed = deflate(b"a" * 1000, "deflate, gzip")
    assert packed is not None and gzip.decompress(packed) == b"a" * 1000
