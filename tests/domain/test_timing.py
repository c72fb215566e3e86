"""How long a step takes: by a distribution, by what it is about."""

from __future__ import annotations

from statistics import mean

import pytest

from fakecompute.domain.timing import By, Timing, constant, exponential, uniform
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.streams import Streams

STEP = "server.create.spawning"


def drawn(own, step=STEP, place="x", **facts):
    return Timing.profile("instant").with_own(own).draw(Streams(1), step, place, facts=lambda: facts) / SECOND


def test_an_exponential_has_its_mean():
    times = [drawn({STEP: exponential(10)}, place=n) for n in range(4000)]
    assert mean(times) == pytest.approx(10, rel=0.05)
    assert min(times) >= 0


def test_it_is_memoryless():
    times = [drawn({STEP: exponential(10)}, place=n) for n in range(4000)]
    late = [time - 10 for time in times if time > 10]
    assert mean(late) == pytest.approx(10, rel=0.1)


BY_FLAVOR = By("flavor", (("m1.large", constant(60)), ("m1.*", constant(8))))


@pytest.mark.parametrize(("flavor", "seconds"), [("m1.large", 60), ("m1.tiny", 8), ("c1.tiny", 0), (None, 0)])
def test_the_first_flavor_that_fits_counts(flavor, seconds):
    assert drawn({STEP: BY_FLAVOR}, flavor=flavor) == seconds


def test_what_fits_no_flavor_goes_on_to_the_next_glob():
    assert drawn({STEP: BY_FLAVOR, "server.*": constant(5)}, flavor="c1.tiny") == 5


def test_a_flavor_may_be_told_by_host():
    by_host = By("host", (("compute-1", constant(1)), ("*", uniform(2, 2))))
    own = {STEP: By("flavor", (("*", by_host),))}
    assert [drawn(own, host=host) for host in ("compute-1", "compute-2", None)] == [1, 2, 2]
