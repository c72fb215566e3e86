"""What faults do to answers on their way: byte by byte on a socket, and as exceptions of `requests` in process."""

from __future__ import annotations

import socket
from contextlib import suppress
from time import monotonic

import pytest
import requests

from fakecompute import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.identity import token_for
from fakecompute.faces.server import Server
from fakecompute.faces.transport import ADDRESS, InProcess
from fakecompute.kernel.clock import WallClock
from fakecompute.wsgi.wire import Truncated

PATH = "/compute/v2.1/flavors"


def struck(cloud, on="compute.list_flavors", **effect):
    cloud.set_rules([Rule(id="", name="wire", on=on, phase="wire", effect=Effect(**effect))])


# --- on a socket


@pytest.fixture(scope="module")
def served():
    cloud = Cloud(clock=WallClock())
    with Server({"": cloud}) as server:
        yield cloud, server


@pytest.fixture
def ask(served):
    """All bytes of the answer to one request; ConnectionResetError for a reset."""
    cloud, server = served
    token = token_for(cloud, "demo", "demo").id

    def ask(seconds=10):
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=seconds) as connection:
            lines = (f"GET {PATH} HTTP/1.1", "Host: localhost", f"X-Auth-Token: {token}", "Connection: close", "", "")
            connection.sendall("\r\n".join(lines).encode())
            return b"".join(iter(lambda: connection.recv(65536), b""))

    yield ask
    cloud.set_rules([])


def parts(raw):
    head, _, body = raw.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return int(headers["Content-Length"]), body


def test_a_reset_is_a_reset(served, ask):
    struck(served[0], reset=True)
    with pytest.raises(ConnectionResetError):
        ask()


def test_a_closed_connection_has_no_byte(served, ask):
    struck(served[0], close=True)
    assert ask() == b""


def test_a_truncated_body_promises_more_than_it_holds(served, ask):
    whole = parts(ask())
    struck(served[0], truncate=100)
    length, body = parts(ask())
    assert (length, len(body)) == (whole[0], 100)
    assert whole[1].startswith(body)


def test_a_body_may_end_before_it_begins(served, ask):
    struck(served[0], truncate=0)
    length, body = parts(ask())
    assert length > 0
    assert body == b""


def test_a_corrupt_body_is_as_long_and_no_json(served, ask):
    whole = parts(ask())
    struck(served[0], corrupt=True)
    length, body = parts(ask())
    assert (length, len(body)) == (whole[0], len(whole[1]))
    assert b"\x00" in body
    assert body[:20] == whole[1][:20]


def test_a_body_that_dribbles_is_whole_in_the_end(served, ask):
    whole = parts(ask())[1]
    struck(served[0], dribble=len(whole) * 5)
    begun = monotonic()
    assert parts(ask())[1] == whole
    assert monotonic() - begun >= 0.1


def test_the_first_byte_may_be_late(served, ask):
    struck(served[0], delay=200_000)
    with pytest.raises(TimeoutError):
        ask(seconds=0.1)


def test_the_server_goes_on(served, ask):
    for effect in {"reset": True}, {"close": True}, {"truncate": 3}:
        struck(served[0], **effect)
        for _ in range(5):
            with suppress(ConnectionResetError):
                ask()
    served[0].set_rules([])
    assert ask().startswith(b"HTTP/1.1 200")


# --- in process


@pytest.fixture
def session(cloud, http):
    session = requests.Session()
    session.mount(ADDRESS, InProcess(cloud))
    session.headers["X-Auth-Token"] = http.token.id
    return session


@pytest.mark.parametrize(
    ("effect", "error", "said"),
    [
        ({"reset": True}, requests.ConnectionError, "Connection reset by peer"),
        ({"close": True}, requests.ConnectionError, "Remote end closed connection without response"),
        ({"truncate": 10}, requests.exceptions.ChunkedEncodingError, "IncompleteRead"),
    ],
)
def test_requests_sees_what_it_would_see_on_a_socket(cloud, session, effect, error, said):
    struck(cloud, **effect)
    with pytest.raises(error, match=said):
        session.get(f"{ADDRESS}{PATH}")


def test_the_same_errors_come_from_a_real_socket(served, ask):
    """The exceptions above are those of `requests` on a wire."""
    cloud, server = served
    token = {"X-Auth-Token": token_for(cloud, "demo", "demo").id}
    for effect, error in (
        ({"reset": True}, requests.ConnectionError),
        ({"close": True}, requests.ConnectionError),
        ({"truncate": 10}, requests.exceptions.ChunkedEncodingError),
    ):
        struck(cloud, **effect)
        with pytest.raises(error):
            requests.get(f"{server.url}{PATH}", headers=token, timeout=10)


def test_corrupt_json_cannot_be_read(cloud, session):
    struck(cloud, corrupt=True)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        session.get(f"{ADDRESS}{PATH}").json()


def test_what_was_asked_for_is_done_all_the_same(cloud, http):
    struck(cloud, on="compute.create_keypair", close=True)
    with pytest.raises(ConnectionError):
        http.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "mine"}})
    assert http.get("/compute/v2.1/os-keypairs/mine").status_code == 200


def test_the_plain_client_sees_a_body_that_stops_short(cloud, http):
    struck(cloud, truncate=7)
    with pytest.raises(Truncated, match="7 bytes read"):
        http.get(PATH)
