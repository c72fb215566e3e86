"""A whole cloud as bytes, and back: all records, the future, the clock, every count.

    data = dump(cloud)
    same = load_state(data)           # the same digest, the same future, the same ids next

A file of state is a line of JSON that says what it is, and gzip of more lines:

    {"format": "fakecompute-state", "version": 1, "fakecompute": "0.1.0", "saved": "2026-01-01T00:00:00Z",
     "digest": "...", "bytes": 12345, "checksum": "..."}             the last two are those of the gzip
    {"cloud": {...}, "types": {"server.Server": ["id", "name", ...], ...}, "records": 123, "events": 4}
    {"server.Server": ["5b0b...", "web", ...]}                       a line a record, its values as `types` has them
    [1767225600000000, 17, "step", "5b0b...", 3, []]                 a line an event that is still to come

A value stands as JSON has it; a tuple is an array; all else is an object of one key, which names what it is:
{"bytes": base64}, {"list": [...]}, {"dict": [[key, value], ...]}, {"set": [...]}, {"frozenset": [...]},
{"int": "digits"}, {"float": "nan"}, {"text": UTF-8 in hex}, or a class of TYPES with its values, or an enum's.
"""

from __future__ import annotations

import gzip
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import blake2b
from math import isfinite
from typing import Any, get_args, get_type_hints

import orjson

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.domain.releases import release_named
from fakecompute.domain.settings import Settings
from fakecompute.domain.timing import By, Duration, Timing
from fakecompute.kernel.clock import (
    AutoClock,
    Clock,
    LeapingClock,
    ManualClock,
    ScaledClock,
    WallClock,
    shown,
)
from fakecompute.kernel.events import Event, EventQueue
from fakecompute.kernel.store import Record, Store
from fakecompute.kernel.streams import Streams

FORMAT, VERSION = "fakecompute-state", 1
PROFILES = ("real", "fast", "instant")
CLOCKS: dict[str, type[Any]] = {
    "manual": ManualClock, "auto": AutoClock, "wall": WallClock, "leaping": LeapingClock, "scaled": ScaledClock,
}  # fmt: skip


class BadState(Exception):
    """Bytes that are no state of a cloud, or none that this fakecompute can read; the text says what to do."""


def dump(cloud: Cloud) -> bytes:
    """All of a cloud, as it is now.  Not inside a transaction; hold its lock, or dump a fork.

    What reads that are stale may look at (`Cloud.remember`) is not kept, no more than by a fork.
    """
    writer = _Writer()
    records = [writer.line(record) for record in cloud.store.records()]
    events = [orjson.dumps([*event[:5], writer.value(event.detail)]) for event in cloud.events]
    told = _told(cloud, writer)
    head = {"cloud": told, "types": writer.types, "records": len(records), "events": len(events)}
    body = gzip.compress(b"\n".join([orjson.dumps(head), *records, *events]), compresslevel=1, mtime=0)
    header = {
        "format": FORMAT,
        "version": VERSION,
        "fakecompute": resources.version(),
        "saved": shown(cloud.now),
        "digest": cloud.digest(),
        "bytes": len(body),
        "checksum": _checksum(body),
    }
    return orjson.dumps(header) + b"\n" + body


def load_state(data: bytes) -> Cloud:
    """The cloud that was dumped; BadState if that cannot be had whole."""
    header, body = _opened(data)
    try:
        lines = gzip.decompress(body).split(b"\n")
        head = orjson.loads(lines[0])
        reader = _Reader(head["types"], header["fakecompute"])
        end = 1 + head["records"]
        records = [reader.value(orjson.loads(line)) for line in lines[1:end]]
        events = [_event(reader, orjson.loads(line)) for line in lines[end:]]
        if len(events) != head["events"]:
            raise BadState(f"There are {len(events)} events where {head['events']} should be. {_OTHER}")
        cloud = _made(head["cloud"], reader, records, events)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, zlib.error, EOFError) as error:
        raise BadState(f"Its content makes no sense ({type(error).__name__}: {error}). {_OTHER}") from error
    if cloud.digest() != header["digest"]:
        raise BadState(f"What it holds is not what was saved: the digest is another one. {_OTHER}")
    return cloud


_OTHER = "Take another copy, or remove it to begin anew."
_ANOTHER = "Read it with the one that wrote it, or remove it to begin anew."


def _opened(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and body, if they are what they say."""
    line, _, body = data.partition(b"\n")
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError:
        header = None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise BadState("This is no state of a fakecompute cloud. Is it another file that was meant?")
    if header.get("version") != VERSION:
        raise BadState(
            f"This state is of format {header.get('version')}, written by fakecompute {header.get('fakecompute')}; "
            f"this is fakecompute {resources.version()}, which reads format {VERSION}. {_ANOTHER}"
        )
    missing = [name for name in ("fakecompute", "digest", "bytes", "checksum") if name not in header]
    if missing:
        raise BadState(f"Its first line lacks {', '.join(missing)}. {_OTHER}")
    if len(body) != header["bytes"]:
        raise BadState(f"It ends after {len(body)} of {header['bytes']} bytes: it is cut off, or mixed up. {_OTHER}")
    if _checksum(body) != header["checksum"]:
        raise BadState(f"It is damaged: its checksum is another one. {_OTHER}")
    return header, body


def _checksum(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


# --- the cloud itself


def _told(cloud: Cloud, writer: _Writer) -> dict[str, Any]:
    """All that is neither a record nor an event."""
    return {
        "seed": writer.value(cloud.streams.seed),
        "streams": cloud.streams.counts(),
        "now": cloud.now,
        "begun": cloud.begun,
        "clock": _clock(cloud.clock.fork()),
        "release": cloud.release.name,
        "settings": writer.value(cloud.settings),
        "timing": _timing(cloud.timing, writer),
        "event": cloud.events.number,
        "write": cloud.store.version,
    }


def _made(told: Mapping[str, Any], reader: _Reader, records: list[Any], events: list[Event]) -> Cloud:
    strange = [record for record in records if not isinstance(record, Record)]
    if strange:
        raise TypeError(f"{strange[0]!r} is no record")
    return Cloud.restored(
        store=Store.of(records, told["write"]),
        events=EventQueue.of(events, told["event"]),
        streams=Streams(reader.value(told["seed"]), told["streams"]),
        clock=_clock_of(**told["clock"]),
        timing=_timing_of(told["timing"], reader),
        release=release_named(told["release"]),
        settings=reader.value(told["settings"]),
        now=told["now"],
        begun=told["begun"],
    )


def _clock(clock: Clock) -> dict[str, Any]:
    """A scaled clock goes on where it stood, the machine's goes on without it."""
    kind = next(name for name, known in CLOCKS.items() if type(clock) is known)
    if isinstance(clock, ScaledClock):
        return {"kind": kind, "rate": clock.rate, "start": clock.now()}
    return {"kind": kind, **asdict(clock)}  # type: ignore[call-overload]


def _clock_of(kind: str, **told: Any) -> Any:
    return CLOCKS[kind](**told)


def _timing(timing: Timing, writer: _Writer) -> dict[str, Any]:
    own = {step: writer.value(duration) for step, duration in timing.own.items()}
    for name in PROFILES:
        known = Timing.profile(name)
        if (timing.table, timing.scale) == (known.table, known.scale):
            return {"profile": name, "own": own}
    table = {step: writer.value(duration) for step, duration in timing.table.items()}
    return {"table": table, "scale": timing.scale, "own": own}


def _timing_of(told: Mapping[str, Any], reader: _Reader) -> Timing:
    own = {step: reader.value(duration) for step, duration in told["own"].items()}
    if "profile" in told:
        return Timing.profile(told["profile"]).with_own(own)
    return Timing({step: reader.value(one) for step, one in told["table"].items()}, told["scale"], own)


def _event(reader: _Reader, line: list[Any]) -> Event:
    due, number, kind, subject, workflow, detail = line
    return Event(due, number, kind, subject, workflow, reader.value(detail))


# --- which classes there are


@cache
def known_types() -> dict[str, type[Any]]:
    """All classes that values may be of, by `module.Class`: every record, and what the annotations of those name."""
    found: dict[str, type[Any]] = {}
    read: set[type[Any]] = set()
    waiting: list[Any] = [*_kinds(Record), Settings, Duration, By]
    while waiting:
        hint = waiting.pop()
        waiting.extend(get_args(hint))
        if isinstance(hint, type) and _is_ours(hint) and found.setdefault(_name(hint), hint) is hint:
            if hint not in read:  # some hold others of their own kind
                waiting.extend(get_type_hints(hint).values())
            read.add(hint)
    return found


def _kinds(kind: type[Any]) -> Iterator[type[Any]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)


def _is_ours(kind: type[Any]) -> bool:
    return kind.__module__.startswith("fakecompute.") and (
        is_dataclass(kind) or issubclass(kind, Enum) or hasattr(kind, "_fields")
    )


def _name(kind: type[Any]) -> str:
    """Two modules may have a Pool."""
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__qualname__}"


def _fields(kind: type[Any]) -> tuple[str, ...]:
    return tuple(kind._fields if hasattr(kind, "_fields") else (field.name for field in fields(kind)))


# --- values


class _Writer:
    """Makes JSON of values, and remembers which classes it met."""

    def __init__(self) -> None:
        self.types: dict[str, tuple[str, ...]] = {}
        self._known: dict[type[Any], tuple[str, tuple[str, ...]]] = {}

    def line(self, record: Record) -> bytes:
        made = self.value(record)
        try:
            return orjson.dumps(made)
        except TypeError:  # text that is no Unicode
            return orjson.dumps(_escaped(made))

    def value(self, value: Any) -> Any:
        kind = type(value)
        if value is None or kind is str or kind is bool:
            return value
        if kind is int:
            return value if -(1 << 63) <= value < 1 << 63 else {"int": str(value)}
        if kind is tuple:
            return [self.value(item) for item in value] if value else []
        if kind is float:
            return value if isfinite(value) else {"float": repr(value)}
        if kind in CONTAINERS:
            return {kind.__name__: CONTAINERS[kind](value, self.value)}
        name, names = self._known.get(kind) or self._meet(kind)
        if issubclass(kind, Enum):
            return {name: value.value}
        state = value.__dict__ if is_dataclass(kind) else value._asdict()
        return {name: [self.value(state[field]) for field in names]}

    def _meet(self, kind: type[Any]) -> tuple[str, tuple[str, ...]]:
        """Name and fields of a class."""
        name = _name(kind)
        if known_types().get(name) is not kind:
            known_types.cache_clear()  # its module may have come since
            if known_types().get(name) is not kind:
                raise TypeError(f"a state holds no {kind.__qualname__}: no record's annotation names it")
        self.types[name] = () if issubclass(kind, Enum) else _fields(kind)
        self._known[kind] = name, self.types[name]
        return self._known[kind]


CONTAINERS: dict[type[Any], Callable[[Any, Callable[[Any], Any]], Any]] = {
    bytes: lambda value, _: b64encode(value).decode(),
    list: lambda value, inner: [inner(item) for item in value],
    dict: lambda value, inner: [[inner(key), inner(item)] for key, item in value.items()],
    set: lambda value, inner: [inner(item) for item in sorted(value, key=repr)],
    frozenset: lambda value, inner: [inner(item) for item in sorted(value, key=repr)],
}
MAKERS: dict[str, Callable[[Any, Callable[[Any], Any]], Any]] = {
    "bytes": lambda told, _: b64decode(told, validate=True),
    "list": lambda told, inner: [inner(item) for item in told],
    "dict": lambda told, inner: {inner(key): inner(item) for key, item in told},
    "set": lambda told, inner: {inner(item) for item in told},
    "frozenset": lambda told, inner: frozenset(inner(item) for item in told),
    "int": lambda told, _: int(told),
    "float": lambda told, _: float(told),
    "text": lambda told, _: bytes.fromhex(told).decode("utf-8", "surrogatepass"),
}


def _escaped(made: Any) -> Any:
    """The same with every text that JSON cannot hold spelled out."""
    if isinstance(made, list):
        return [_escaped(item) for item in made]
    if isinstance(made, dict):
        return {key: _escaped(item) for key, item in made.items()}
    if isinstance(made, str) and not _is_unicode(made):
        return {"text": made.encode("utf-8", "surrogatepass").hex()}
    return made


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class _Reader:
    """Makes values of JSON again; BadState if the state's classes are not ours."""

    def __init__(self, types: Mapping[str, list[str]], writer: str) -> None:
        known = known_types()
        wrong = list(_differences(types, known))
        if wrong:
            raise BadState(
                f"It was written by fakecompute {writer}, which is not the one that reads it ({resources.version()}): "
                f"{'; '.join(wrong)}. {_ANOTHER}"
            )
        self._makers = dict(MAKERS)
        for name in types:
            self._makers[name] = _maker(known[name])

    def value(self, told: Any) -> Any:
        kind = type(told)
        if kind is list:
            return tuple([self.value(item) for item in told]) if told else ()
        if kind is dict:
            ((name, inside),) = told.items()
            return self._makers[name](inside, self.value)
        return told


def _differences(types: Mapping[str, list[str]], known: Mapping[str, type[Any]]) -> Iterator[str]:
    for name, theirs in types.items():
        if name not in known:
            yield f"here is no {name}"
        elif not issubclass(known[name], Enum) and tuple(theirs) != _fields(known[name]):
            ours = _fields(known[name])
            yield from (f"{name} has no {field} here" for field in theirs if field not in ours)
            yield from (f"{name} has {field} here" for field in ours if field not in theirs)
            if set(theirs) == set(ours):
                yield f"{name} has its fields in another order"


def _maker(kind: type[Any]) -> Callable[[Any, Callable[[Any], Any]], Any]:
    if issubclass(kind, Enum):
        return lambda told, _: kind(told)
    names = _fields(kind)
    if not issubclass(kind, Record):
        return lambda told, inner: kind(**dict(zip(names, map(inner, told), strict=True)))

    def record(told: Iterable[Any], inner: Callable[[Any], Any]) -> Any:
        made = object.__new__(kind)  # at a third of the cost of calling it
        made.__dict__.update(zip(names, map(inner, told), strict=True))
        return made

    return record
