"""The walk through a table of ways, watched on volumes and on a small table of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.lifecycle import Ends, Lifecycle, NotYet, stage, way
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.records.walker import Walker
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.timing import Timing, constant
from fakecompute.domain.volume.creation import create_volume
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class Kettle(Walker):
    status: str = "cold"


class Empty(BadRequest):
    message = "there is no water in it"


@pytest.fixture
def kettle(cloud):
    """A lifecycle with one stage that waits, one that can fail, and its own small event loop."""
    reporting = {"is": True}
    life = Lifecycle(
        "kettle",
        Kettle,
        way("boil", "cold", "hot", "cold", stage("filling", status=None, on_host=False), stage("boiling")),
        way("break", None, Ends.GONE, "cracked", stage("breaking")),
        way("warm", "hot cold", Ends.SAME, Ends.SAME, stage("warming")),
        reports=lambda cloud, kettle: reporting["is"],
        facts=lambda cloud, kettle: {"kettle": kettle.id},
    )
    cloud.timing = Timing({"*": constant(10)})

    def live(seconds):
        """Perform what is due; as Cloud.catch_up does for the kinds that it knows."""
        end = cloud.now + seconds * SECOND
        while (due := cloud.events.next_due()) is not None and due <= end:
            event: Event = cloud.events.pop_due(end)
            cloud.now = event.due
            life.perform(cloud, event)
        cloud.now = end

    life.live, life.reporting = live, reporting  # type: ignore[attr-defined]
    return life


def now(cloud):
    return cloud.store.find(Kettle, "k")


def test_stages_follow_each_other_in_their_time(cloud, kettle):
    kettle.start(cloud, Kettle(id="k"), "boil")
    assert now(cloud).status == "cold"
    kettle.live(10)
    assert now(cloud).status == "boiling"
    kettle.live(10)
    assert (now(cloud).status, now(cloud).trigger) == ("hot", None)


def test_the_table_says_where_a_way_begins(kettle):
    assert kettle.may(Kettle(id="k"), "boil")
    assert not kettle.may(Kettle(id="k", status="hot"), "boil")
    assert kettle.may(Kettle(id="k", status="anything"), "break")


def test_a_way_may_end_where_it_began_or_nowhere(cloud, kettle):
    kettle.start(cloud, Kettle(id="k", status="hot"), "warm")
    assert now(cloud).status == "warming"
    kettle.live(10)
    assert now(cloud).status == "hot"
    kettle.start(cloud, now(cloud), "break")
    kettle.live(10)
    assert now(cloud) is None


def test_another_way_overtakes(cloud, kettle):
    first = kettle.start(cloud, Kettle(id="k"), "boil")
    kettle.start(cloud, first, "warm")
    kettle.live(60)
    assert now(cloud).status == "cold"


def test_a_hook_that_refuses_is_the_failure_of_its_stage(cloud, kettle):
    told = []

    @kettle.leaving("boil.filling")
    def fill(cloud, kettle):
        raise Empty

    @kettle.failing("boil")
    def tell(cloud, kettle, reason):
        told.append(reason)
        return {"memo": (("why", reason),)}

    kettle.start(cloud, Kettle(id="k"), "boil")
    kettle.live(60)
    assert (now(cloud).status, told) == ("cold", ["there is no water in it"])
    assert now(cloud).memory("why") == "there is no water in it"


def test_a_hook_may_wait(cloud, kettle):
    asked = []

    @kettle.leaving("boil.boiling")
    def look(cloud, kettle):
        asked.append(cloud.now)
        if len(asked) < 3:
            raise NotYet(7 * SECOND)
        return {}

    kettle.start(cloud, Kettle(id="k"), "boil")
    kettle.live(34)
    assert now(cloud).status == "hot"
    assert [later - earlier for earlier, later in pairwise(asked)] == [7 * SECOND, 7 * SECOND]


def test_a_deaf_host_keeps_the_call_in_its_queue(cloud, kettle):
    kettle.reporting["is"] = False
    kettle.start(cloud, Kettle(id="k"), "boil")
    kettle.live(60)
    assert (now(cloud).status, now(cloud).cast_in_vain) == ("boiling", True)
    kettle.reporting["is"] = True
    kettle.again(cloud, now(cloud))
    kettle.live(10)
    assert now(cloud).status == "hot"


def test_a_host_that_dies_in_the_middle_leaves_it_there(cloud, kettle):
    kettle.start(cloud, Kettle(id="k"), "break")
    kettle.reporting["is"] = False
    kettle.live(60)
    assert (now(cloud).status, now(cloud).cast_in_vain) == ("breaking", False)


def test_a_way_can_be_given_up_from_outside(cloud, kettle):
    kettle.start(cloud, Kettle(id="k"), "boil")
    kettle.give_up(cloud, now(cloud), "dropped")
    kettle.live(60)
    assert (now(cloud).status, now(cloud).trigger) == ("dropped", None)


def test_a_place_that_is_not_in_the_table_is_told_at_once(kettle):
    for place in "boil.whistling", "fry":
        with pytest.raises(LookupError, match=place):
            kettle.leaving(place)


def test_a_place_has_one_hook(kettle):
    kettle.entering("boil.boiling")(lambda cloud, kettle: {})
    with pytest.raises(LookupError):
        kettle.entering("boil.boiling")


# --- with faults, on volumes


@pytest.fixture
def volume(cloud):
    cloud.timing = Timing({"*": constant(10)})
    project = cloud.store.one(Project, "name", ("default", "demo"))
    return create_volume(cloud, project_id=project.id, user_id="u", size=1, name="data")


def rule(cloud, on, where=(), **effect):
    cloud.set_rules([Rule(id="r", name="r", on=on, where=where, effect=Effect(**effect))])


def status(cloud, volume):
    found = cloud.store.find(Volume, volume.id)
    return found.status if found else "gone"


def test_a_stage_fails_by_a_rule(cloud, volume):
    rule(cloud, "volume.create.creating", fail="the array is on fire")
    cloud.settle()
    assert status(cloud, volume) == "error"


def test_a_rule_may_say_where_it_ends(cloud, volume):
    rule(cloud, "volume.create.*", fail="no", ends_in="error_managing")
    cloud.settle()
    assert status(cloud, volume) == "error_managing"


def test_a_rule_means_volumes_by_name_size_and_project(cloud, volume):
    rule(cloud, "volume.create.creating", where=(("volume.name", "other"),), fail="no")
    cloud.settle()
    assert status(cloud, volume) == "available"
    rule(cloud, "volume.delete.*", where=(("volume", "da*"), ("project", "demo"), ("volume.size", "1")), fail="no")
    VOLUME.start(cloud, cloud.store.get(Volume, volume.id), "delete")
    cloud.settle()
    assert status(cloud, volume) == "error_deleting"


def test_a_stage_hangs_for_ever(cloud, volume):
    rule(cloud, "volume.create.creating", hang=True)
    cloud.settle()
    assert status(cloud, volume) == "creating"


def test_a_stage_is_slow(cloud, volume):
    rule(cloud, "volume.create.creating", slow=100.0)
    cloud.advance(900)
    assert status(cloud, volume) == "creating"
    cloud.advance(200)
    assert status(cloud, volume) == "available"


def test_a_back_end_that_does_not_report_stands_still(cloud, volume):
    cloud.advance(10)
    for backend in cloud.store.all(VolumeBackend):
        cloud.store.put(backend.evolve(reporting=False))
    cloud.advance(3600)
    assert status(cloud, volume) == "creating"
