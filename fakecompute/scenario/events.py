"""What a scenario lets happen by itself: `- {at: 90s, host_down: compute-1}`.

Which kinds there are, and what each is told, is read from domain/happenings.py.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, NamedTuple

from fakecompute.domain.happenings import HAPPENINGS, parameters
from fakecompute.domain.network_quotas import DEFAULTS as NETWORK_DEFAULTS
from fakecompute.domain.quota import DEFAULTS
from fakecompute.domain.records.volume import VOLUME_STATUSES
from fakecompute.domain.volume import quota as volume_quota
from fakecompute.kernel.clock import microseconds
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
    if not place.is_mapping:
        value = _reader(known[first])(place)
        missing = [other for other in list(known)[1:] if _is_required(known[other])]
        if missing:
            return place.wrong(f"must be a mapping with {', '.join([first, *missing])}")
        return None if value is None else {first: value}
    fields: dict[str, Reader | Required] = {}
    for word, parameter in known.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            fields |= _free(name, place, fields)
        else:
            reader = _reader(parameter)
            fields[word] = required(reader) if _is_required(parameter) else reader
    made = mapping(fields)(place)
    return None if made is None or None in made.values() else made


def _free(name: str, place: Place, fields: dict[str, Any]) -> dict[str, Reader]:
    """Names that a kind takes as they come: of quotas, they are known."""
    if name != "set_quota":
        return {word: anything for word in place.entries() or {} if word not in fields}
    known = (*DEFAULTS, *NETWORK_DEFAULTS, *volume_quota.DEFAULTS)
    return dict.fromkeys(known, integer(-1))


def _is_required(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_KEYWORD


def _reader(parameter: inspect.Parameter) -> Reader:
    return READERS.get(str(parameter.annotation), anything)
