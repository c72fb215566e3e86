"""fakecompute answers as a real Nova did: the same requests, in the same order, to a cloud of the same shape.

What differs says so, with its reason, in the script (`differs: ...`); such a difference that is gone is to be
taken off, so its test fails, too.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import yaml

from fakecompute import Cloud
from fakecompute.domain.settings import Settings
from fakecompute.faces.client import Http
from fakecompute.kernel.clock import ManualClock
from tests.conformance.exchange import HERE, TOPICS, Pause, Reply, Step, converse, observed, script, without


class Ours:
    """A cloud of the shape of Nova's, in this process."""

    root = "http://localhost/compute"

    def __init__(self) -> None:
        definition = yaml.safe_load((HERE / "cloud.yaml").read_text())
        settings = Settings(allow_resize_to_same_host=True)
        self.cloud = Cloud(definition, settings=settings, clock=ManualClock(1_767_225_600_123_456))
        self._clients = {
            user: Http(self.cloud, user) for user in ("demo", "reader", "other", "admin", "stranger")
        }

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        url = "/compute" + (path[1:] if path.startswith("~") else "/v2.1" + path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        version = step.version or None
        answer = self._clients[step.user].request(
            step.method, url, content=body, version=version, headers={**headers, **step.headers}
        )
        return Reply(answer.status_code, dict(answer.headers), answer.text)

    def rest(self, pause: Pause, server: str | None) -> None:
        self.cloud.advance(pause.seconds)
        if server is not None:
            self.cloud.settle()


@cache
def played(topic: str) -> list[tuple[Step, dict[str, Any]]]:
    return list(converse(topic, Ours()))


def cases() -> list[Any]:
    return [
        pytest.param(topic, number, id=f"{topic} {number}: {step.title}")
        for topic in TOPICS
        for number, step in enumerate(step for step in script(topic) if not isinstance(step, Pause))
    ]


@pytest.mark.parametrize("topic, number", cases())
def test_fakecompute_answers_as_nova_does(topic: str, number: int):
    step, ours = played(topic)[number]
    expected = without(observed(topic)[number], step.ignore)
    if step.differs is None:
        assert without(ours, step.ignore) == expected
    else:
        assert without(ours, step.ignore) != expected, "the difference is gone: take `differs` off"


def test_every_request_has_an_answer_of_nova():
    for topic in TOPICS:
        asked = [step for step in script(topic) if not isinstance(step, Pause)]
        assert len(asked) == len(observed(topic)), f"{topic}: ask Nova again (tests.conformance.ask.py)"
