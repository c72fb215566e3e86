"""How a scenario says how long steps take: `8s`, a distribution, a count of looks, or each flavor or host its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.domain.timing import By, constant, exponential, lognormal, polls, uniform
from fakecompute.scenario.names import FACTS_OF, countable_steps, facts_of_steps, matching, steps
from fakecompute.scenario.schema import Place, integer, mapping, nearest, pair, required, seconds

KINDS = {
    "uniform": pair(seconds),
    "lognormal": mapping({"p50": required(seconds), "p95": seconds, "p99": seconds}),
    "exponential": seconds,
    "polls": integer(1),
}
FACTS = sorted({fact for facts in FACTS_OF.values() for fact in facts})
EXAMPLE = "8s, {uniform: [1s, 4s]}, {polls: 3} or {flavor: {m1.large: 60s, '*': 8s}}"


def timing(place: Place) -> Any:
    """The section: durations by steps, or globs over them."""
    made = {}
    for step, (key, inner) in (place.entries() or {}).items():
        known = _known_step(key, step)
        made[step] = duration(inner, step if known else None)
    return made


def _known_step(key: Place, step: str) -> bool:
    if matching(step, steps()):
        return True
    key.wrong(f"there is no step {step!r}{nearest(step, steps(), 'steps are called server.create.spawning')}")
    return False


def duration(place: Place, step: str | None = None) -> Any:
    """How long `step` takes; what cannot be said of any step, if it is None."""
    if not place.is_mapping:
        if place.is_list or place.empty:
            return place.wrong(f"must be a duration: {EXAMPLE}")
        amount = seconds(place)
        return None if amount is None else constant(amount)
    entries = place.entries() or {}
    facts = FACTS if step is None else facts_of_steps(step)
    strange = [name for name in entries if name not in KINDS and name not in facts]
    for name in strange:
        about = f"a fact of {step}" if step is not None and name in FACTS else "a distribution or a fact"
        entries[name][0].wrong(f"{name!r} is not {about}{nearest(name, [*KINDS, *facts])}")
    if strange:
        return None
    if len(entries) != 1:
        return place.wrong(f"must say one thing: {EXAMPLE}")
    ((kind, (_, inner)),) = entries.items()
    return _by(inner, kind, step) if kind in facts else _drawn(inner, kind, step)


def _by(place: Place, fact: str, step: str | None) -> Any:
    """Globs over what the fact may be, with a duration each."""
    if not place.is_mapping or not (cases := place.entries()):
        return place.wrong(f"must be a mapping of globs over it: {{{fact}: {{'*': 8s}}}}")
    made = [(glob, duration(inner, step)) for glob, (_, inner) in cases.items()]
    return None if any(one is None for _, one in made) else By(fact, tuple(made))


def _drawn(place: Place, kind: str, step: str | None) -> Any:
    value = KINDS[kind](place)
    if value is None:
        return None
    match kind:
        case "uniform":
            return uniform(*value)
        case "exponential":
            return exponential(value) if value > 0 else place.wrong("the mean must be more than 0")
        case "polls":
            if step is not None and not matching(step, countable_steps()):
                return place.wrong(f"nobody can look at {step}; it takes a time: 8s")
            return polls(value)
    return _lognormal(place, **value)


def _lognormal(place: Place, p50: float | None = None, **others: Any) -> Any:
    if p50 is None or None in others.values():
        return None
    if len(others) != 1 or not 0 < p50 <= next(iter(others.values())):
        return place.wrong("must have p50 and one of p95, p99, which is not less")
    return lognormal(p50, **others)


def check_cases(place: Place, known: Mapping[str, list[str]]) -> None:
    """Flavors, hosts, zones ... of durations are in the cloud."""
    for name, (_, inner) in (place.entries() or {}).items() if place.is_mapping else ():
        if name in known and inner.is_mapping:
            for glob, (key, _) in (inner.entries() or {}).items():
                if not matching(glob, known[name]):
                    key.wrong(f"there is no {name} {glob!r} in this cloud{nearest(glob, known[name])}")
        check_cases(inner, known)


