"""Who may use the control API."""

import pytest

from fakecompute.faces.control.guard import Guard, guard_for, is_loopback
from fakecompute.faces.control.refusals import NoToken, StrangeHost

HERE = ["localhost", "LOCALHOST:8774", "127.0.0.1:8774", "127.9.9.9", "[::1]:1", "fake.localhost", "localhost."]
ELSEWHERE = [
    "evil.example", "evil.example:8774", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0",
    "", "[::1", "localhost@evil.example", "[2001:db8::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_this_machine_needs_no_token(host):
    Guard().check({"HTTP_HOST": host})


@pytest.mark.parametrize("host", ELSEWHERE)
def test_another_name_for_this_machine_is_refused(host):
    with pytest.raises(StrangeHost):
        Guard().check({"HTTP_HOST": host})


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8774", "https://[::1]"])
def test_a_page_of_this_machine_may_ask(origin):
    Guard().check({"HTTP_HOST": "localhost", "HTTP_ORIGIN": origin})


@pytest.mark.parametrize("origin", ["null", "", "http://evil.example", "http://127.0.0.1.evil.example", "file://"])
def test_a_page_of_the_web_may_not(origin):
    with pytest.raises(StrangeHost):
        Guard().check({"HTTP_HOST": "localhost", "HTTP_ORIGIN": origin})


def test_a_token_is_enough_whatever_the_host():
    Guard("mine").check({"HTTP_AUTHORIZATION": "Bearer mine", "HTTP_HOST": "cloud.example"})


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer min", "Basic mine", "mine", "Bearer \xfcmine"])
def test_another_token_is_refused(sent):
    with pytest.raises(NoToken) as refused:
        Guard("mine").check({"HTTP_AUTHORIZATION": sent, "HTTP_HOST": "localhost"})
    assert refused.value.headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.0.1", "cloud.example"])
def test_beyond_this_machine_a_token_is_made(host):
    assert len(guard_for(host).token) >= 20
    assert guard_for(host).token != guard_for(host).token
    assert guard_for(host, "mine").token == "mine"


def test_on_this_machine_none_is_made():
    assert guard_for("127.0.0.1").token is None
    assert guard_for("::1").token is None
    assert is_loopback("localhost")
