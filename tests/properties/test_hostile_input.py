"""Whatever is sent, to whatever address: it is answered in the service's words, and what is refused changes nothing.

pytest tests/properties/test_hostile_input.py --hypothesis-profile=thorough
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from unittest.mock import Mock

import orjson
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from fakecompute import Cloud
from fakecompute.domain.records.volume_message import VolumeMessage
from fakecompute.rest.oslo import FAULT_NAMES
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import bind
from tests.properties.hostile import Sent, request
from tests.properties.world import furnished

LOOKS = ("GET", "HEAD", "OPTIONS")
ACTS = re.compile("/(dis)?associate(_all)?([?]|$)")  # with qos specs Cinder has it done by GET
# how many times the profile's examples each service gets: by how much there is of it
# fmt: off
SHARE = {
    "compute":   8,
    "network":   6,
    "identity":  5,
    "image":     5,
    "volume":    1,
    "placement": 1,
}
# fmt: on


@pytest.fixture(autouse=True, scope="module")
def mistakes_surface() -> Iterator[None]:
    """What breaks inside is raised, traceback and all, and no answer of 500."""
    flask = app()
    flask.testing = True
    yield
    flask.testing = False


# --- what an error looks like, by service ---------------------------------------------------------------

Answer = tuple[int, dict[str, str], bytes]


def _is_page(answer: Answer) -> bool:
    """WebOb's page, in the form that the client accepts."""
    status, headers, body = answer
    match headers["content-type"].partition(";")[0]:
        case "text/html":
            return f"<title>{status} ".encode() in body
        case "application/json":
            return str(orjson.loads(body)["code"]).startswith(f"{status} ")
    return body.startswith(f"{status} ".encode())


def _is_unauthorized(answer: Answer) -> bool:
    status, headers, body = answer
    error = orjson.loads(body)["error"]
    return status == error["code"] == 401 and headers["www-authenticate"].startswith("Keystone uri=")


def _is_fault(answer: Answer) -> bool:
    """Nova's and Cinder's."""
    status, _, body = answer
    if status in (404, 413) and not body.startswith((b'{"itemNotFound"', b'{"overLimit"')):
        return _is_page(answer)  # the router's, the middleware's
    if status == 412:
        return body == b""
    ((name, fault),) = orjson.loads(body).items()
    return (
        name == FAULT_NAMES.get(status, "computeFault") and fault["code"] == status and bool(fault["message"])
    )


def _is_keystones(answer: Answer) -> bool:
    status, headers, body = answer
    if status == 404 and headers["content-type"].startswith("text/html"):
        return _is_page(answer)
    told = orjson.loads(body)
    if status == 405:
        return bool(told["message"])
    return told["error"].keys() >= {"code", "message", "title"} and told["error"]["code"] == status


def _is_neutrons(answer: Answer) -> bool:
    status, headers, body = answer
    if status == 413:
        return headers["content-type"].startswith("text/plain")
    return orjson.loads(body)["NeutronError"].keys() == {"type", "message", "detail"}


def _is_placements(answer: Answer) -> bool:
    status, headers, body = answer
    if not headers["content-type"].startswith("application/json"):  # as it was asked for, by whatever Accept says
        return headers["content-type"].startswith(("text/plain", "text/html")) and str(status).encode() in body
    (error,) = orjson.loads(body)["errors"]
    return error["status"] == answer[0] and error.keys() >= {"title", "detail", "request_id"}


DIALECTS: dict[str, Callable[[Answer], bool]] = {
    "compute": _is_fault,
    "volume": _is_fault,
    "identity": _is_keystones,
    "network": _is_neutrons,
    "image": _is_page,
    "placement": _is_placements,
}


def check_answer(service: str, sent: Sent, answer: Answer) -> None:
    """Is it an answer that a client can read?"""
    status, headers, body = answer
    assert 200 <= status < 500 or status == 501, answer
    assert not re.search("[\r\n\0]", "".join(headers.values()))
    if sent.method == "HEAD":
        assert body == b""
    elif status == 401 and service != "identity":
        assert _is_unauthorized(answer), answer
    elif status >= 400:
        assert DIALECTS[service](answer), answer
    elif body and headers["content-type"].startswith("application/json"):
        orjson.loads(body)


def ask(cloud: Any, sent: Sent) -> Answer:
    start = Mock()
    body = b"".join(bind(app(), cloud)(sent.environ(), start))
    status, headers = start.call_args.args[:2]
    return int(status[:3]), {name.lower(): value for name, value in headers}, body


def _forget_messages(cloud: Cloud) -> None:
    """Why it refuses Cinder may tell in a message to the user."""
    for message in cloud.store.all(VolumeMessage):
        if furnished().store.find(VolumeMessage, message.id) is None:
            cloud.store.drop(message)


@pytest.mark.parametrize("service", SHARE)
def test_hostile_input_is_answered_and_what_is_refused_changes_nothing(service):
    @settings(
        max_examples=settings().max_examples * SHARE[service],
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.randoms(use_true_random=True), st.integers(1, 3))
    def check(dice: Random, times: int) -> None:
        cloud = furnished().fork()
        for _ in range(times):
            sent = request(dice, service)
            before, events = cloud.digest(), list(cloud.events)
            answer = ask(cloud, sent)
            note(f"{sent} -> {answer}")
            check_answer(service, sent, answer)
            if answer[0] >= 400:
                _forget_messages(cloud)
            if answer[0] >= 400 or (sent.method in LOOKS and not ACTS.search(sent.path)):
                assert (cloud.digest(), list(cloud.events)) == (before, events)

    check()
