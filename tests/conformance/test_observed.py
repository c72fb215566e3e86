"""fakecompute answers as the real services did: the same requests, in the same order, to a cloud of the same shape.

What differs says so, with its reason, in the script (`differs: ...`); such a difference that is gone is to be
taken off, so its test fails, too.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.conformance.exchange import TOPICS, Pause, Step, converse, essence, observed, script, service_of
from tests.conformance.ours import OurCinder, OurNova, OurPlacement

OURS = {"compute": OurNova, "volume": OurCinder, "placement": OurPlacement}


@cache
def played(topic: str) -> list[tuple[Step, dict[str, Any]]]:
    return list(converse(topic, OURS[service_of(topic).name]()))


def cases() -> list[Any]:
    return [
        pytest.param(topic, number, id=f"{topic} {number}: {step.title}")
        for topic in TOPICS
        for number, step in enumerate(step for step in script(topic) if not isinstance(step, Pause))
    ]


@pytest.mark.parametrize("topic, number", cases())
def test_fakecompute_answers_as_the_real_one_does(topic: str, number: int):
    step, ours = played(topic)[number]
    expected = essence(observed(topic)[number], step)
    if step.differs is None:
        assert essence(ours, step) == expected
    else:
        assert essence(ours, step) != expected, "the difference is gone: take `differs` off"


def test_every_request_has_an_answer_of_the_real_one():
    for topic in TOPICS:
        asked = [step for step in script(topic) if not isinstance(step, Pause)]
        assert len(asked) == len(observed(topic)), f"{topic}: ask again (tests.conformance.ask*)"
