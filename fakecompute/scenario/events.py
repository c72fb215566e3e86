"""What a scenario lets happen by itself: `- {at: 90s, host_down: compute-1}`.

Which kinds there are, and what each is told, is read from domain/happenings.py.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fakecompute.domain.happenings import HAPPENINGS, parameters
from fakecompute.domain.network_quotas import DEFAULTS as NETWORK_DEFAULTS
from fakecompute.domain.quota import DEFAULTS
from fakecompute.domain.records.volume import VOLUME_STATUSES
from fakecompute.domain.volume import quota as volume_quota
from fakecompute.kernel.clock import microseconds
from fakecompute.scenario.definition import SETTINGS
from fakecompute.scenario.names import matching
from fakecompute.scenario.schema import (
    Place,
    Reader,
    Required,
    anything,
    choice,
    integer,
    mapping,
    nearest,
    required,
    seconds,
    table,
    text,
)


class Planned(NamedTuple):
    """`at` is microseconds after the beginning; `told` are the arguments of the kind."""

    at: int
    name: str
    told: tuple[tuple[str, Any], ...]


# What a parameter's annotation reads; others take whatever stands there.
READERS: dict[str, Reader] = {
    "str": text,
    "int": integer(),
    "int | None": integer(),
    "dict[str, str] | None": table(text),
    "VolumeStatus": choice(VOLUME_STATUSES, "status of a volume"),
}


# Kinds that are told any number of names and values
FREE = {
    "set_quota": "{project: demo, instances: 2}",
    "set_settings": "{token_expiration: 60}",
}
# What must be in the cloud: words that events are told, and what names_in calls them.  Servers and volumes come and go.
IN_CLOUD = {
    "host": "hypervisor", "backend": "backend", "zone": "zone", "cell": "cell", "service": "service",
    "project": "project", "flavor": "flavor",
}  # fmt: skip


def check_events(events: Iterable[Place], known: Mapping[str, list[str]]) -> None:
    """Hosts, zones, projects ... that events tell of are in the cloud."""
    for event in events:
        for kind, (_, inner) in (event.entries() or {}).items() if event.is_mapping else ():
            if kind not in HAPPENINGS:
                continue
            first = next(iter(parameters(kind)), "")
            said = inner.entries() or {} if inner.is_mapping else {first: (inner, inner)}
            for word, (_, place) in said.items():
                names = known.get(IN_CLOUD.get(word, ""))
                if names and place.word and not matching(place.word, names):
                    place.wrong(f"there is no {word} {place.word!r} in this cloud{nearest(place.word, names)}")


def planned(place: Place) -> Any:
    """One of `events`."""
    made = happening(place, {"at": required(seconds)})
    if made is None or made[0].get("at") is None:
        return None
    when, name, told = made
    return Planned(microseconds(when["at"]), name, tuple(told.items()))


def happening(place: Place, when: Mapping[str, Reader | Required]) -> Any:
    """(when, kind, arguments): one thing that happens, at a time that is told by the words of `when`."""
    entries = place.entries() if place.is_mapping else None
    if entries is None:
        return place.wrong("must be a mapping: {at: 90s, host_down: compute-1}")
    kinds = [name for name in entries if name not in when]
    strange = [name for name in kinds if name not in HAPPENINGS]
    for name in strange:
        entries[name][0].wrong(f"there is no kind of event {name!r}{nearest(name, HAPPENINGS)}")
    made = mapping({**when, **dict.fromkeys(kinds, anything)})(place)
    if strange:
        return None
    if len(kinds) != 1:
        return place.wrong("must say one thing that happens: {at: 90s, host_down: compute-1}")
    told = _told(kinds[0], entries[kinds[0]][1])
    if made is None or told is None:
        return None
    return {word: made[word] for word in when if word in made}, kinds[0], told


def _told(name: str, place: Place) -> Any:
    """The arguments: a mapping, or the first of them alone; `true` where there are none."""
    known = parameters(name)
    if not known:
        return {} if place.value in (True, None) else place.wrong("is told nothing more: say true")
    first, *_ = known
    is_free = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in known.values())
    if not place.is_mapping:
        if is_free:
            return place.wrong(f"must be a mapping: {FREE[name]}")
        value = _reader(known[first])(place)
        missing = [other for other in list(known)[1:] if _is_required(known[other])]
        if missing:
            return place.wrong(f"must be a mapping with {', '.join([first, *missing])}")
        return None if value is None else {first: value}
    fields: dict[str, Reader | Required] = {}
    for word, parameter in known.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            fields |= _free(name, fields)
        else:
            reader = _reader(parameter)
            fields[word] = required(reader) if _is_required(parameter) else reader
    made = mapping(fields)(place)
    if made is None or None in made.values():
        return None
    if is_free and not (place.entries() or {}).keys() - known.keys():
        return place.wrong(f"changes nothing: {FREE[name]}")
    return made


def _free(name: str, fields: dict[str, Any]) -> dict[str, Reader]:
    """Names that a kind takes as they come, and that are known: settings, limits of quotas."""
    if name != "set_quota":
        return {word: reader for word, reader in SETTINGS.items() if word not in fields}
    known = (*DEFAULTS, *NETWORK_DEFAULTS, *volume_quota.DEFAULTS)
    return dict.fromkeys(known, integer(-1))


def _is_required(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_KEYWORD


def _reader(parameter: inspect.Parameter) -> Reader:
    return READERS.get(str(parameter.annotation), anything)
