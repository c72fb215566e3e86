"""Bytes on a socket that no client library would send: each is answered, and the server goes on."""

from __future__ import annotations

import socket

import orjson
import pytest

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.faces.server import Server

NEW = orjson.dumps({"flavor": {"name": "new", "ram": 512, "vcpus": 1, "disk": 1}})


@pytest.fixture(scope="module")
def ask():
    """Sends the bytes of one connection to a cloud as an admin, and gives the statuses of the answers."""
    cloud = Cloud()
    token = token_for(cloud, "admin", "admin").id

    def send(raw: bytes) -> list[int]:
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(raw.replace(b"{token}", token.encode()))
            connection.shutdown(socket.SHUT_WR)
            answer = b"".join(iter(lambda: connection.recv(65536), b""))
        return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]

    with Server({"": cloud}) as server:
        yield send


def head(method: str, *headers: str) -> bytes:
    lines = [f"{method} /compute/v2.1/flavors HTTP/1.1", "Host: localhost", "X-Auth-Token: {token}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


CHUNKED = head("POST", "Transfer-Encoding: chunked", "Content-Type: application/json")
GET = head("GET")


def test_a_chunked_body_is_read_and_the_next_request_found_behind_it(ask):
    assert ask(CHUNKED + chunk(NEW[:9]) + chunk(NEW[9:]) + chunk(b"") + GET) == [200, 200]


def test_a_chunked_body_past_the_limit_is_too_large(ask):
    assert ask(CHUNKED + chunk(b" " * 70_000) * 3 + chunk(b""))[0] == 413


@pytest.mark.parametrize(
    "body", [b"zz\r\nhello\r\n0\r\n\r\n", b"10\r\nhello", b"-5\r\nhello\r\n", b"5\r\nhello!!"]
)
def test_broken_chunks_are_refused(ask, body):
    assert ask(CHUNKED + body)[0] == 400
    assert ask(GET) == [200]


@pytest.mark.parametrize(
    ("length", "status"), [("abc", 400), ("-5", 400), ("9" * 30, 413), ("9" * 5000, 400), ("200000", 413)]
)
def test_a_length_that_does_not_hold_is_refused(ask, length, status):
    assert (
        ask(head("POST", f"Content-Length: {length}", "Content-Type: application/json") + b"x")[0] == status
    )
    assert ask(GET) == [200]


@pytest.mark.parametrize(
    "line", [b"GET", b"GET / HTTP/9.9", b"\x00\xff", b"get / HTTP/1.1", b"GET /\xff HTTP/1.1"]
)
def test_a_request_line_that_is_none_is_refused(ask, line):
    assert ask(line + b"\r\nHost: localhost\r\n\r\n")[0] in (400, 505)
    assert ask(GET) == [200]
