"""From a scenario file to a cloud.

    scenario = load("bad-minute")            # shipped; or a path, or the same content as a mapping
    cloud = scenario.cloud(seed=7)           # what is given here replaces what the file says
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.domain.happenings import plan
from fakecompute.domain.releases import NEWEST
from fakecompute.domain.settings import Settings
from fakecompute.domain.timing import By, Duration, Timing
from fakecompute.errors import BadDefinition
from fakecompute.kernel.clock import EPOCH, AutoClock, Clock, ManualClock, ScaledClock, WallClock
from fakecompute.scenario import definition as definitions
from fakecompute.scenario.definition import SUFFIXES, checked, read_text
from fakecompute.scenario.durations import check_cases
from fakecompute.scenario.events import Planned, check_events
from fakecompute.scenario.expectations import Expectation
from fakecompute.scenario.format import SCENARIO
from fakecompute.scenario.names import matching, names_in
from fakecompute.scenario.schema import Page, Place, mapping, nearest, text
from fakecompute.scenario.workload import Workload

Definition = Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A file that was found to be right.  `clock` is None if it leaves that to who runs it."""

    name: str
    description: str = ""
    seed: int = 0
    release: str = NEWEST
    clock: Mapping[str, Any] | None = None
    definition: str | Definition = "default"
    timing: Mapping[str, Duration | By] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    events: tuple[Planned, ...] = ()
    workloads: Mapping[str, Workload] = field(default_factory=dict)  # by name; `workload` if there is one alone
    expect: Expectation | None = None
    finds: tuple[str, ...] = ()  # kinds of findings that the first of its workloads shows
    threads: tuple[str, ...] = ()  # where it was seen
    shipped: bool = False  # one of those that come with fakecompute

    @property
    def start(self) -> int | None:
        """Where its time begins, if it says so."""
        return self.clock.get("start") if self.clock else None

    def cloud(
        self,
        *,
        definition: str | Definition | None = None,
        seed: int | None = None,
        release: str | None = None,
        clock: Clock | str | None = None,
        timing: str | None = None,
        settings: Settings | None = None,
    ) -> Cloud:
        """A new cloud as the file describes it; what is given here counts instead.

        `timing` is the profile (`real`, `fast`, `instant`) below the durations of the file: `fast` for who waits
        in the machine's time, `real` for all others.
        """
        if isinstance(clock, str):
            clock = clock_of(clock)
        clock = clock or (clock_of(**self.clock) if self.clock else ManualClock())
        profile = timing or ("fast" if isinstance(clock, WallClock) else "real")
        if isinstance(definition, str):
            definition = checked(definition)
        cloud = Cloud(
            self.definition if definition is None else definition,
            seed=self.seed if seed is None else seed,
            release=release or self.release,
            clock=clock,
            timing=Timing.profile(profile).with_own(self.timing),
            rules=self.rules,
            settings=settings,
        )
        for event in self.events:
            plan(cloud, cloud.begun + event.at, event.name, **dict(event.told))
        return cloud


def clock_of(kind: str, start: int | None = None, rate: float | None = None) -> Clock:
    """A clock by the words of a file; virtual ones begin at `start`."""
    match kind:
        case "manual":
            return ManualClock(EPOCH if start is None else start)
        case "auto":
            return AutoClock(EPOCH if start is None else start)
        case "wall":
            return WallClock()
        case "scaled":
            return ScaledClock(60.0 if rate is None else rate, start)
    raise ValueError(f"there is no clock {kind!r}; there are manual, auto, wall, scaled")


def load(source: str | PathLike[str] | Mapping[str, Any]) -> Scenario:
    """A scenario by the name of a shipped one, by path or by content; BadDefinition with all its mistakes."""
    if isinstance(source, Mapping):
        return _read(Page.of_mapping(source, "scenario"), "scenario", None)
    name = fspath(source)
    if name.endswith(SUFFIXES):
        path = Path(name)
        return _read(Page.of(read_text(path), name), path.stem, path)
    known = resources.names("scenarios")
    if name not in known:
        raise BadDefinition([f"there is no scenario {name!r}{nearest(name, known)} (a path ends in .yaml)"])
    content, path_text = resources.read("scenarios", name)
    return replace(_read(Page.of(content, path_text), name, Path(path_text)), shipped=True)


def load_page(page: Page, name: str = "scenario") -> Scenario:
    """The scenario of a page, which stands in no file."""
    return _read(page, name, None)


def _read(page: Page, name: str, path: Path | None) -> Scenario:
    made = mapping(SCENARIO)(page.top) or {}
    entries = page.top.entries() or {} if page.top.is_mapping else {}
    before = page.mistakes
    definition = _definition(entries["cloud"][1], path) if "cloud" in entries else None
    is_good = page.mistakes == before
    if "workload" in entries and "workload" in made.get("workloads", {}):
        entries["workloads"][1].wrong("there is another called 'workload', which stands under that key")
    _check_clock(entries["clock"][1] if "clock" in entries else None, made.get("clock"))
    faults = (entries["faults"][1].items() or []) if "faults" in entries else []
    timing = entries["timing"][1] if "timing" in entries else None
    asks = any("where" in (fault.entries() or {}) for fault in faults if fault.is_mapping)
    events = (entries["events"][1].items() or []) if "events" in entries else []
    asks = asks or timing is not None or bool(events)
    known = names_in(Cloud(definition or "default")) if is_good and asks else {}
    check_faults(faults, known)
    check_events(events, known)
    if timing is not None:
        check_cases(timing, known)
    page.done()
    return Scenario(
        name=name,
        description=made.get("description", ""),
        seed=made.get("seed", 0),
        release=made.get("release", NEWEST),
        clock=made.get("clock"),
        definition="default" if definition is None else definition,
        timing=made.get("timing", {}),
        rules=tuple(made.get("faults", ())),
        events=tuple(made.get("events", ())),
        workloads=_workloads(made),
        expect=made.get("expect"),
        finds=tuple(made.get("finds", ())),
        threads=tuple(made.get("threads", ())),
    )


def _workloads(made: Mapping[str, Any]) -> dict[str, Workload]:
    """`workload` is one that needs no name."""
    alone = {"workload": made["workload"]} if "workload" in made else {}
    return {**alone, **made.get("workloads", {})}


def _definition(place: Place, path: Path | None) -> Definition | None:
    """A fixture's name, a path from where the scenario is, or the content itself."""
    inside = (path,) if path else ()
    if place.empty:
        return None
    if place.is_mapping:
        return definitions.read(place, inside)
    name = text(place)
    try:
        return checked(name, path.parent if path else None) if name is not None else None
    except BadDefinition as error:
        for mistake in error.mistakes:
            place.wrong(mistake)
        return None


# --- what one key alone cannot tell


def _check_clock(place: Place | None, made: Mapping[str, Any] | None) -> None:
    if place is None or not made:
        return
    if made.get("kind") == "wall" and "start" in made:
        place.wrong("a wall clock shows the machine's time, and has no start")
    if made.get("kind") in ("wall", "manual", "auto") and "rate" in made:
        place.wrong("only a scaled clock has a rate")
    if made.get("kind") == "scaled" and "rate" not in made:
        place.wrong("a scaled clock needs a rate: cloud's seconds for each of the machine's")


def _values(fault: Place, *keys: str) -> Iterable[tuple[str, Place]]:
    """(word, place) at the end of a way of keys, if all of it is there."""
    at: Place | None = fault
    for key in keys:
        found = (at.entries() or {}).get(key) if at and at.is_mapping else None
        at = found[1] if found else None
    if at is not None and at.word is not None:
        yield at.word, at


def check_faults(faults: Iterable[Place], known: Mapping[str, list[str]], names: Iterable[str] = ()) -> None:
    """What a fault alone cannot tell: `known` are the hosts, projects ... of the cloud, `names` its other rules'."""
    places = list(faults)
    _check_names(places, names)
    _check_places(places, known)


def _check_names(faults: Iterable[Place], names: Iterable[str]) -> None:
    """A rule's dice are thrown in its name: no two have the same."""
    seen = set(names)
    for fault in faults:
        for name, place in [*_values(fault, "name"), *_values(fault, "on")][:1]:
            if name in seen:
                place.wrong(f"there is another fault called {name!r}; give each a name of its own")
            seen.add(name)


def _check_places(faults: Iterable[Place], known: Mapping[str, list[str]]) -> None:
    """Hosts, zones, projects ... that a fault asks for are in the cloud."""
    for fault in faults:
        for key, names in known.items():
            for word, place in _values(fault, "where", key):
                if not matching(word, names):
                    place.wrong(f"there is no {key} {word!r} in this cloud{nearest(word, names)}")
