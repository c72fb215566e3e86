"""What goes wrong, clouds, and requests for servers, as Hypothesis draws them: the simplest first, for shrinking."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.quota import limits
from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import Network
from fakecompute.domain.releases import RELEASES
from fakecompute.faces.testing.cloud import TestCloud
from fakecompute.faces.testing.running import new_cloud
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.version import Version
from fakecompute.scenario.names import matching, operations, steps
from fakecompute.services import all_services

# --- faults


class Kind(NamedTuple):
    """A way to go wrong: what it strikes (`call`, `read` for calls that change nothing, or `step`), when and how."""

    strikes: str
    phase: str
    effect: Effect


class Place(NamedTuple):
    """Where a fault may strike: a call, a `read` or a `step`, and how often it comes there."""

    on: str
    sort: str
    often: int


def _retry_after(seconds: int) -> tuple[tuple[str, str], ...]:
    return (("Retry-After", str(seconds)),)


# What a careful client survives, if it happens once or twice; the simplest first.
# fmt: off
KINDS: dict[str, Kind] = {
    "unavailable":  Kind("call", "before", Effect(status=503, headers=_retry_after(10))),
    "rate limit":   Kind("call", "before", Effect(status=429, headers=_retry_after(30))),
    "server error": Kind("call", "before", Effect(status=500)),
    "bad gateway":  Kind("call", "before", Effect(status=502, body="proxy-html")),
    "answer lost":  Kind("call", "after",  Effect(status=504, body="proxy-html", delay=60 * SECOND)),
    "closed":       Kind("call", "wire",   Effect(close=True)),
    "reset":        Kind("call", "wire",   Effect(reset=True)),
    "cut":          Kind("call", "wire",   Effect(truncate=20)),
    "late":         Kind("call", "before", Effect(delay=20 * SECOND)),
    "stale":        Kind("read", "read",   Effect(stale=5 * SECOND)),
    "fails":        Kind("step", "step",   Effect(fail="Injected by a fault rule.")),
    "hangs":        Kind("step", "step",   Effect(hang=True)),
    "slow":         Kind("step", "step",   Effect(slow=10.0)),
}
# How else than once or twice a rule may strike, if it needs not pass: its name, and its fields from the first hit on.
LASTING: dict[str, Callable[[int], Mapping[str, Any]]] = {
    "always":       lambda first: {"skip": first - 1},
    "every second": lambda first: {"skip": first - 1, "every": 2},
    "half of them": lambda first: {"skip": first - 1, "probability": 0.5},
}
# fmt: on
OFTEN = 3  # how often a call or step is taken to come, if nobody knows


def faults(
    operations: str | Sequence[str] | None = None,
    steps: str | Sequence[str] | None = None,
    kinds: Iterable[str] = tuple(KINDS),
    *,
    transient: bool = True,
) -> SearchStrategy[Rule]:
    """A fault for `running(rules=[...])` or `cloud.add_rule`: any that passes, or some.

        faults()                                        # at any call or step
        faults("compute.create_*")                      # at these calls; several globs as a list
        faults(steps="server.create.*", kinds=["hangs"])
        faults("volume.*", transient=False)             # those that last, too

    Transient ones strike once or twice, and no more: a careful client survives them.  `kinds` are of KINDS.
    """
    everything = operations is None and steps is None
    wanted = [
        *_calls(("*",) if everything else _globs(operations)),
        *_steps(("*",) if everything else _globs(steps)),
    ]
    return faults_at([Place(on, sort, OFTEN) for on, sort in wanted], tuple(kinds), transient=transient)


def faults_at(
    places: Sequence[Place], kinds: Sequence[str] = tuple(KINDS), *, transient: bool = True
) -> SearchStrategy[Rule]:
    """The same at some places; ValueError if nothing can go wrong there."""
    for name in kinds:
        if name not in KINDS:
            raise ValueError(f"there is no fault {name!r}; there are {', '.join(KINDS)}")
    of_sort = {sort: [name for name in KINDS if name in kinds and _fits(name, sort)] for sort in SORTS}
    able = [one for one in places if of_sort[one.sort]]
    if not able:
        raise ValueError("nothing can go wrong: no call or step is of the kinds that are wanted")
    often = st.sampled_from(("once", "twice") if transient else ("once", "twice", *LASTING))

    def at(place: Place) -> SearchStrategy[Rule]:
        kinds, first = st.sampled_from(of_sort[place.sort]), st.integers(1, place.often)
        return st.builds(fault, kind=kinds, on=st.just(place.on), first=first, often=often)

    # no more than four choices each: what takes more than five in a list, Hypothesis cannot leave out by itself
    return st.sampled_from(able).flatmap(at)


SORTS = ("call", "read", "step")


def _fits(kind: str, sort: str) -> bool:
    strikes = KINDS[kind].strikes
    return strikes == sort or (strikes, sort) == ("call", "read")


def fault(kind: str, on: str, first: int = 1, often: str = "once") -> Rule:
    """The fault of a kind at the nth call or step of a name, and at the one after that if it strikes `twice`."""
    _, phase, effect = KINDS[kind]
    hits = {"nth": (first,)} if often == "once" else {"nth": (first, first + 1)}
    if often in LASTING:
        hits = dict(LASTING[often](first))
    name = f"{kind}: {on} {first}" + f", {often}" * (often != "once")
    return Rule(id="", name=name, on=on, phase=phase, effect=effect, **hits)


def _globs(told: str | Sequence[str] | None) -> Sequence[str]:
    return () if told is None else (told,) if isinstance(told, str) else told


def _calls(globs: Iterable[str]) -> list[tuple[str, str]]:
    """The calls that are meant, each with its sort; LookupError if there is none."""
    return [(on, "read" if on in reads() else "call") for on in _meant(globs, operations(), "call")]


def _steps(globs: Iterable[str]) -> list[tuple[str, str]]:
    return [(on, "step") for on in _meant(globs, steps(), "step")]


def _meant(globs: Iterable[str], known: Sequence[str], what: str) -> list[str]:
    found: dict[str, None] = {}
    for glob in globs:
        some = matching(glob, known)
        if not some:
            raise LookupError(f"there is no {what} {glob!r}")
        found |= dict.fromkeys(some)
    return list(found)


@cache
def reads() -> frozenset[str]:
    """The operations that only look."""
    return frozenset(one.operation for service in all_services() for one in service.endpoints if one.method == "GET")


# --- clouds

# The topologies of `clouds`: a shipped definition, or what extends one.
TOPOLOGIES: dict[str, Any] = {
    "default": "default",
    "two zones": "two-zones",
    "one small host": {
        "extends": "default",
        "hosts": [{"name": "compute-1", "vcpus": 4, "cpu_allocation_ratio": 1.0, "ram": 8192, "disk": 40}],
    },
}
NEWEST_FIRST = tuple(release.name for release in reversed(RELEASES))
_QUOTAS = {"instances": st.integers(0, 20), "cores": st.integers(0, 40), "volumes": st.integers(0, 20)}
_CAPACITY = {"vcpus": st.integers(1, 64), "ram": st.integers(2048, 262144), "disk": st.integers(10, 4096)}


def clouds(
    *,
    topologies: Sequence[str] = tuple(TOPOLOGIES),
    releases: Sequence[str] = NEWEST_FIRST,
    seeds: Sequence[int] = (0, 1, 2),
    quotas: bool = True,
    capacities: bool = True,
) -> SearchStrategy[TestCloud]:
    """A cloud of one's own, of any topology and release; `quotas` of demo and `capacities` of its hosts may differ.

        @given(cloud=clouds(releases=["2025.1", "zed"]))
        def test_the_report_lists_every_zone(cloud):
            assert report(Http(cloud)) == ...

    Its time stands still until it is told to pass; `Manner` and `running` share it with a client.
    """
    nothing: SearchStrategy[dict[str, int]] = st.just({})
    return st.builds(
        cloud_with,
        topology=st.sampled_from(topologies),
        release=st.sampled_from(releases),
        seed=st.sampled_from(seeds),
        quota=st.one_of(nothing, st.fixed_dictionaries({}, optional=_QUOTAS)) if quotas else nothing,
        capacity=st.one_of(nothing, st.fixed_dictionaries({}, optional=_CAPACITY)) if capacities else nothing,
    )


def cloud_with(
    topology: str, release: str, seed: int, quota: Mapping[str, int], capacity: Mapping[str, int]
) -> TestCloud:
    """A fork of a cloud that is made once, with other limits."""
    cloud = new_cloud(definition=TOPOLOGIES[topology], release=release, seed=seed)
    if quota:
        cloud.happen("set_quota", project="demo", **quota)
    if capacity:
        cloud.happen("set_capacity", host="*", **capacity)
    return cloud


# --- requests

_WORDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
_NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,30}[a-z]", fullmatch=True)
# What a body may hold beside what it must, from the version on that knows it.
_OPTIONAL: tuple[tuple[str, str, SearchStrategy[Any]], ...] = (
    ("metadata", "2.1", st.dictionaries(_WORDS, st.sampled_from(("", "yes")), max_size=3)),
    ("min_count", "2.1", st.just(1)),
    ("config_drive", "2.1", st.booleans()),
    ("user_data", "2.1", st.binary(min_size=1, max_size=20).map(lambda data: b64encode(data).decode())),
    ("security_groups", "2.1", st.just([{"name": "default"}])),
    ("OS-DCF:diskConfig", "2.1", st.sampled_from(("AUTO", "MANUAL"))),
    ("description", "2.19", st.sampled_from(("", "made by a test"))),
    ("tags", "2.52", st.lists(st.sampled_from(("blue", "green", "new")), max_size=2, unique=True)),
)  # fmt: skip


def server_requests(
    cloud: Cloud, project: str = "demo", version: str = "2.1"
) -> SearchStrategy[dict[str, Any]]:
    """A body that this cloud accepts at POST /servers, as long as it has room in its quota for one server more.

        @given(data=st.data())
        def test_whatever_is_booted_is_named(data):
            with fakecompute.running() as cloud:
                body = data.draw(server_requests(cloud, version="2.52"))
                Http(cloud).post("/compute/v2.1/servers", json=body, version="2.52")
                assert cloud.servers[body["server"]["name"]]
    """
    owner = cloud.store.one(Project, "name", ("default", project))
    if owner is None:
        raise LookupError(f"there is no project {project!r}")
    pairs = _flavors_and_images(cloud, owner.id)
    networks = [one.id for one in cloud.store.all(Network) if one.shared or one.project_id == owner.id]
    if not pairs or not networks:
        raise LookupError(f"nothing can be booted in the project {project!r}: no flavor and image fit, or no network")
    zones = sorted({host.availability_zone for host in cloud.store.all(Host) if host.up})
    known = Version.parse(version)
    optional = {name: values for name, since, values in _OPTIONAL if known >= Version.parse(since)}
    return st.builds(
        _server,
        st.one_of(st.sampled_from(("web", "web-1")), _NAMES),
        st.sampled_from(pairs),
        st.sampled_from(sorted(networks)),
        st.fixed_dictionaries({}, optional={**optional, "availability_zone": st.sampled_from(zones)}),
    )


def _server(name: str, pair: tuple[str, str], network: str, more: Mapping[str, Any]) -> dict[str, Any]:
    flavor, image = pair
    return {"server": {"name": name, "flavorRef": flavor, "imageRef": image, "networks": [{"uuid": network}], **more}}


def _flavors_and_images(cloud: Cloud, project_id: str) -> list[tuple[str, str]]:
    """Those that go together, and are within the limits of the project; the smallest first."""
    most = {name: float("inf") if amount < 0 else amount for name, amount in limits(cloud, project_id).items()}
    flavors = [
        one
        for one in cloud.store.all(Flavor)
        if one.is_public and not one.disabled and one.vcpus <= most["cores"] and one.ram <= most["ram"]
    ]
    images = [one for one in cloud.store.all(Image) if one.status == "active" and one.visibility == "public"]
    pairs = [(flavor, image) for flavor in flavors for image in images if _holds(flavor, image)]
    pairs.sort(key=lambda pair: (pair[0].vcpus, pair[0].ram, pair[0].id, pair[1].min_disk, pair[1].id))
    return [(flavor.id, image.id) for flavor, image in pairs]


def _holds(flavor: Flavor, image: Image) -> bool:
    size = max(image.size or 0, image.virtual_size or 0)
    fits = not flavor.disk or (flavor.disk >= image.min_disk and flavor.disk << 30 >= size)
    return flavor.ram >= image.min_ram and fits
