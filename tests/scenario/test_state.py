"""A whole cloud as bytes, and back; and what is refused."""

from __future__ import annotations

import gzip
from dataclasses import fields
from time import perf_counter
from typing import Any

import orjson
import pytest

from fakecompute import AutoClock, Cloud, ScaledClock, WallClock
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.happenings import plan
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.identity import Project, Token
from fakecompute.domain.records.image import Image, ImageData
from fakecompute.domain.records.server import Server
from fakecompute.domain.settings import Settings
from fakecompute.domain.states import VM, Power
from fakecompute.domain.timing import By, Timing, constant, polls, uniform
from fakecompute.kernel.clock import EPOCH, SECOND, LeapingClock
from fakecompute.kernel.store import Record
from fakecompute.scenario.load import load
from fakecompute.scenario.state import BadState, dump, known_types, load_state
from tests.properties.world import furnished

SERVERS = "/compute/v2.1/servers"


def again(cloud: Cloud) -> Cloud:
    return load_state(dump(cloud))


# --- what comes back


def test_a_cloud_with_a_bit_of_everything_comes_back():
    cloud = furnished()
    loaded = again(cloud)
    assert loaded.digest() == cloud.digest()
    assert list(loaded.events) == list(cloud.events)
    assert loaded.streams.counts() == cloud.streams.counts()
    assert dump(loaded) == dump(cloud)


def test_it_has_the_same_future():
    cloud = furnished().fork()
    loaded = again(cloud)
    for twin in cloud, loaded:
        twin.advance(100_000)
    assert loaded.digest() == cloud.digest()


def test_it_gives_the_same_ids_next(cloud, http):
    http.get(SERVERS)
    loaded = again(cloud)
    assert [loaded.streams.uuid("server"), loaded.streams.number("workflow")] == [
        cloud.streams.uuid("server"),
        cloud.streams.number("workflow"),
    ]
    assert loaded.events.add(0, "step", "x").number == cloud.events.add(0, "step", "x").number


def test_values_keep_their_types(cloud):
    extra: Any = (
        ("list", [1, (2, [3])]),
        ("dict", {"a": {"b": (1, 2)}, "list": []}),
        ("sets", (frozenset(("b", "a")), {1, 2})),
        ("huge", 1 << 80),
        ("small", -(1 << 80)),
        ("odd", (float("inf"), 1.0, 0.1, True, None, "\ud800", "ä\n", b"\x00\xff")),
        ("enums", (VM.ACTIVE, "active", Power.RUNNING, 1)),
        ("empty", ()),
    )
    project = cloud.store.put(Project(id="p", name="p", extra=extra))
    loaded = again(cloud).store.get(Project, "p")
    assert loaded == project
    assert repr(loaded) == repr(project)  # 1 is no True, and "active" no VM.ACTIVE


def test_an_annotation_is_no_promise(cloud):
    """What a record holds in fact comes back, whatever its class says that it holds."""
    cloud.store.put(Flavor(id="f", name="f", vcpus=1, ram=1, disk=1, rxtx_factor=1))
    assert type(again(cloud).store.get(Flavor, "f").rxtx_factor) is int


def test_bytes_of_images_come_back(cloud):
    cloud.store.put(Image(id="i"))
    cloud.store.put(ImageData(id="i", data=bytes(range(256)), sha512="x"))
    assert again(cloud).store.get(ImageData, "i").data == bytes(range(256))


def test_rules_go_on_where_they_stood(cloud, http):
    cloud.set_rules([Rule(id="", name="a", on="compute.*", phase="before", times=2, effect=Effect(status=503))])
    http.get(SERVERS)
    twin = http.__class__(again(cloud))
    assert [twin.get(SERVERS).status_code for _ in range(3)] == [503, 200, 200]


def test_what_was_planned_happens(cloud):
    plan(cloud, cloud.now + 60 * SECOND, "set_quota", project="demo", instances=1)
    loaded = again(cloud)
    loaded.advance(61)
    cloud.advance(61)
    assert loaded.digest() == cloud.digest()


def test_settings_release_and_seed_come_back():
    settings = Settings(token_expiration=7, enabled_filters=("ComputeFilter",))
    loaded = again(Cloud(seed=-(1 << 70), release="zed", settings=settings))
    assert (loaded.streams.seed, loaded.release.code, loaded.settings) == (-(1 << 70), "zed", settings)
    assert loaded.settings.enabled_filters == ("ComputeFilter",)


@pytest.mark.parametrize(
    "timing",
    [
        Timing.profile("instant"),
        Timing.profile("fast").with_own({"server.create.*": constant(8), "*": uniform(1, 2)}),
        Timing({"*": constant(3)}, 0.5),
        Timing.profile("real").with_own({"*": By("flavor", (("m1.*", constant(1)), ("*", polls(3))))}),
    ],
)
def test_timings_come_back(timing):
    loaded = again(Cloud(timing=timing)).timing
    assert vars(loaded) == vars(timing)


@pytest.mark.parametrize(
    "clock", [AutoClock(EPOCH + 5), LeapingClock(offset=10**15), WallClock(offset=7), AutoClock().fork()]
)
def test_clocks_come_back(clock):
    loaded = again(Cloud(clock=clock)).clock
    assert (type(loaded), loaded) == (type(clock), clock)


def test_a_scaled_clock_goes_on_where_it_stood():
    cloud = Cloud(clock=ScaledClock(60.0, EPOCH))
    loaded = again(cloud).clock
    assert isinstance(loaded, ScaledClock)
    assert (loaded.rate, loaded.now() - EPOCH < 60 * 60 * SECOND) == (60.0, True)


def test_the_feed_of_changes_goes_on_with_its_numbers(cloud):
    loaded = again(cloud)
    token_for(loaded, "demo", "demo")
    assert [change.number for change in loaded.store.changes()] == [cloud.store.version + 1]


def test_indexes_and_totals_are_there():
    loaded = again(furnished())
    for server in furnished().store.all(Server):
        assert server in loaded.store.by(Server, "project", (server.project_id, server.deleted))
        total = furnished().store.total(Server, "project", server.project_id)
        assert loaded.store.total(Server, "project", server.project_id) == total


def test_a_state_that_was_loaded_lives_alone(cloud):
    loaded = again(cloud)
    before = cloud.digest()
    token_for(loaded, "demo", "demo")
    assert cloud.digest() == before != loaded.digest()


def test_a_thousand_servers_take_well_under_a_second():
    cloud = load("bad-minute").cloud(timing="instant")
    template = furnished().store.all(Server)[0]
    for number in range(1000):
        cloud.store.put(template.evolve(id=f"s{number}", number=number))
    cloud.digest()
    begun = perf_counter()
    loaded = again(cloud)
    assert perf_counter() - begun < 1.0
    assert loaded.digest() == cloud.digest()


# --- the format


def test_the_first_line_says_what_it_is(cloud):
    header, body = dump(cloud).split(b"\n", 1)
    told = orjson.loads(header)
    assert (told["format"], told["version"], told["saved"]) == ("fakecompute-state", 1, "2026-01-01T00:00:00Z")
    assert told["digest"] == cloud.digest()
    lines = [orjson.loads(line) for line in gzip.decompress(body).split(b"\n")]
    assert lines[0]["types"]["compute.Flavor"] == [field.name for field in fields(Flavor)]
    assert len(lines) == 1 + lines[0]["records"] + lines[0]["events"]
    assert {next(iter(line)) for line in lines[1:]} >= {"compute.Host", "identity.User"}


def test_the_same_cloud_is_the_same_bytes(cloud):
    assert dump(cloud) == dump(cloud.fork()) == dump(Cloud())


def test_every_kind_of_record_has_a_name_of_its_own():
    def kinds(kind):
        return {kind}.union(*map(kinds, kind.__subclasses__()))

    known_types.cache_clear()
    mine = {kind for kind in kinds(Record) - {Record} if kind.__module__.startswith("fakecompute.")}
    assert mine <= set(known_types().values())


def test_a_new_kind_of_record_needs_no_code(cloud):
    from dataclasses import dataclass

    @dataclass(frozen=True, kw_only=True)
    class Novelty(Record):
        names: tuple[str, ...] = ()

    Novelty.__module__ = "fakecompute.domain.records.novelty"
    cloud.store.put(Novelty(id="n", names=("a",)))
    assert again(cloud).store.get(Novelty, "n") == Novelty(id="n", names=("a",))
    known_types.cache_clear()


# --- what is refused


def repacked(data: bytes, change) -> bytes:
    """The same state with other lines, and a header that fits them."""
    from fakecompute.scenario.state import _checksum

    header, body = data.split(b"\n", 1)
    lines = [orjson.loads(line) for line in gzip.decompress(body).split(b"\n")]
    change(lines)
    packed = gzip.compress(b"\n".join(map(orjson.dumps, lines)))
    told = orjson.loads(header) | {"bytes": len(packed), "checksum": _checksum(packed)}
    return orjson.dumps(told) + b"\n" + packed


def rename(key, old, new):
    def change(lines):
        lines[0][key][new] = lines[0][key].pop(old)

    return change


def field_of(name, how):
    return lambda lines: how(lines[0]["types"][name])


MISFITS = {
    "an unknown kind": (rename("types", "compute.Host", "compute.Toaster"), "here is no compute.Toaster"),
    "an unknown field": (
        field_of("compute.Host", lambda names: names.append("colour")),
        "compute.Host has no colour here",
    ),
    "a field too few": (field_of("compute.Host", lambda names: names.remove("disk")), "compute.Host has disk here"),
    "another order": (field_of("compute.Host", lambda names: names.reverse()), "has its fields in another order"),
    "a record too few": (lambda lines: lines.pop(1), "the digest is another one"),
    "no events": (lambda lines: lines[0].update(events=99), "events where 99 should be"),
    "another value": (lambda lines: lines.__setitem__(1, lines[2]), "the digest is another one"),
    "no record": (lambda lines: lines.__setitem__(1, 5), "5 is no record"),
    "an unknown tag": (lambda lines: lines.__setitem__(1, {"pickle": "x"}), "makes no sense"),
    "an unknown release": (lambda lines: lines[0]["cloud"].update(release="zzz"), "makes no sense"),
    "an unknown clock": (lambda lines: lines[0]["cloud"].update(clock={"kind": "sun"}), "makes no sense"),
    "nothing of the cloud": (lambda lines: lines[0].pop("cloud"), "makes no sense"),
}


@pytest.mark.parametrize("name", MISFITS)
def test_what_does_not_fit_is_refused(cloud, name):
    change, said = MISFITS[name]
    with pytest.raises(BadState, match=said):
        load_state(repacked(dump(cloud), change))


@pytest.mark.parametrize("data", [b"", b"\n", b"{}", b"[1]\nx", b"\x80\x04.", b"version: 1\n", b'{"format": 1}\n'])
def test_what_is_no_state_is_refused(data):
    with pytest.raises(BadState, match="no state of a fakecompute cloud"):
        load_state(data)


def test_another_format_version_is_refused_with_what_to_do(cloud):
    data = dump(cloud).replace(b'"version":1', b'"version":2')
    with pytest.raises(BadState, match=r"of format 2, written by fakecompute 0.*Read it with the one that wrote it"):
        load_state(data)


def test_a_state_that_is_cut_off_is_refused(cloud):
    data = dump(cloud)
    for end in range(0, len(data), len(data) // 40):
        with pytest.raises(BadState):
            load_state(data[:end])


def test_any_byte_that_has_changed_is_found(cloud):
    data = dump(cloud)
    begun = data.index(b"\n")
    for place in range(begun, len(data), len(data) // 60):
        broken = data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
        with pytest.raises(BadState):
            load_state(broken)


def test_a_digest_that_is_another_one_is_refused(cloud):
    data = dump(cloud).replace(cloud.digest().encode(), b"0" * 32)
    with pytest.raises(BadState, match="the digest is another one"):
        load_state(data)


def test_what_no_annotation_names_is_not_written(cloud):
    cloud.store.put(Project(id="p", name="p", extra=(("x", object()),)))
    with pytest.raises(TypeError, match="a state holds no object"):
        dump(cloud)


def test_settings_that_make_no_sense_are_refused(cloud):
    data = repacked(dump(cloud), lambda lines: lines[0]["cloud"]["settings"]["settings.Settings"].pop())
    with pytest.raises(BadState):
        load_state(data)


def test_tokens_are_good_on(cloud, http):
    token = http.token
    assert again(cloud).store.get(Token, token.id) == token
