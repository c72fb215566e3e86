"""All that a cloud holds: records by kind and id, running totals, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fnmatch import fnmatchcase
from itertools import islice
from operator import itemgetter
from typing import Any

from orjson import dumps

from fakecompute.cloud import Cloud
from fakecompute.faces.control.declaring import Call, Stream, control
from fakecompute.faces.control.journal import FOLLOW, LIMIT, PAGE, SINCE, stream_of
from fakecompute.faces.control.refusals import Missing, Mistakes
from fakecompute.faces.control.shapes import (
    COUNT,
    FLAG,
    OBJECT,
    TEXT,
    WORD_OR_NONE,
    Free,
    Listed,
    View,
    Wanted,
    given,
    shown,
    table_of,
)
from fakecompute.faces.control.tended import tended
from fakecompute.kernel.journal import scrub
from fakecompute.kernel.store import Change, Record
from fakecompute.scenario.schema import boolean, nearest, text
from fakecompute.scenario.timeline import FOLLOWED

noun = control.noun(
    "State",
    "The records of the cloud as the engine has them: more than any API tells, in the engine's words. Times are "
    "microseconds since 1970; secrets are scrubbed.",
)

# --- request schemas ---------------------------------------------------------------------------------------

RECORDS = Wanted(
    LIMIT,
    given("after", text, TEXT, "go on behind the record of this id"),
)
CHANGES = Wanted(SINCE, LIMIT, given("records", boolean, FLAG, "with each record as it is now"))

# --- response views ----------------------------------------------------------------------------------------


def as_json(record: Record) -> Any:
    """The fields of a record; where Nova's status is no field of its own, that too."""
    told = {field.name: _value(getattr(record, field.name), str(field.type)) for field in fields(record)}
    known = FOLLOWED.get(type(record).__name__)
    if known is not None and "status" not in told:
        told["status"] = known[2](record).partition(" ")[0]
    return scrub(told)


def _value(value: Any, annotation: str = "") -> Any:
    if annotation.startswith("tuple[tuple[str, "):
        return {name: _value(inner) for name, inner in value}
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {field.name: _value(getattr(value, field.name), str(field.type)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _value(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_value(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [_value(inner) for inner in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if value is None or isinstance(value, str | float | bool) else _number(value)


def _number(value: Any) -> Any:
    """JSON has no numbers past 64 bits."""
    return value if type(value) is int and -(1 << 63) <= value < 1 << 64 else str(value)


def _totals(cloud: Cloud) -> dict[str, Any]:
    return {
        kind.__name__: {
            name: [
                {"key": _value(key), "amounts": list(amounts)} for key, amounts in _sorted(cloud, kind, name)
            ]
            for name in kind.totals
        }
        for kind in cloud.store.kinds()
        if kind.totals
    }


def _sorted(cloud: Cloud, kind: Any, name: str) -> list[Any]:
    return sorted(cloud.store.totals(kind, name).items(), key=lambda pair: str(pair[0]))


STATE = View(
    "State",
    shown("version", lambda cloud: cloud.store.version, COUNT, "writes so far: ask for changes since= this"),
    shown(
        "lives",
        lambda cloud: tended(cloud).lives,
        COUNT,
        "grows when the cloud becomes another (reset, restore)",
    ),
    shown("digest", lambda cloud: cloud.digest(), TEXT, "two clouds of the same records have the same"),
    shown(
        "kinds",
        lambda cloud: {kind.__name__: cloud.store.count(kind) for kind in cloud.store.kinds()},
        table_of(COUNT),
        "how many records there are of each kind",
    ),
    shown("planned", lambda cloud: len(cloud.events), COUNT, "events that are still to come"),
)
TOTALS = View(
    "Totals",
    shown("totals", _totals, table_of(OBJECT), "by kind and name; the key of each, and its amounts"),
)
RECORD = Free("Record", as_json, "the fields of a record, and its status")
CHANGE = View(
    "Change",
    shown("number", lambda pair: pair[0].number, COUNT, "of the write"),
    shown("kind", lambda pair: pair[0].kind, TEXT, "of the record"),
    shown("id", lambda pair: pair[0].id, TEXT, "of the record"),
    shown(
        "record",
        lambda pair: None if pair[1] is None else as_json(pair[1]),
        {"type": ["object", "null"]},
        "as it is now, if that was asked for; null if it is gone",
    ),
)


LAST = shown("last", lambda last: last, WORD_OR_NONE, "ask with after= this for more")
CHANGED = Listed(
    "changes",
    CHANGE,
    shown("version", itemgetter("version"), COUNT, "writes so far"),
    shown("last", itemgetter("last"), COUNT, "ask with since= this for what comes later"),
    shown("lives", itemgetter("lives"), COUNT, "grows when the cloud becomes another (reset, restore)"),
    shown(
        "missed",
        itemgetter("missed"),
        FLAG,
        "were there more than the feed remembers? Then read the state anew",
    ),
)

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/state", answers=STATE, ctl="state")
def show_state(call: Call) -> Cloud:
    """Count the records."""
    return call.cloud


@noun("GET", "/state/totals", answers=TOTALS, ctl="state totals")
def show_totals(call: Call) -> Cloud:
    """Show the running totals: what quotas and capacities are measured by."""
    return call.cloud


@noun("GET", "/state/changes", query=CHANGES, answers=CHANGED, ctl="changes --since 120")
def list_changes(call: Call) -> Any:
    """List the writes since one of them: what to look at again.

    The feed remembers some thousands of them.
    """
    cloud, since = call.cloud, call.query.get("since", 0)
    found = cloud.store.changes(since)
    missed = since > cloud.store.version or (
        since < cloud.store.version and (not found or found[0].number > since + 1)
    )
    shown = found[: call.query.get("limit", PAGE)]
    records = [(change, _record_of(cloud, change)) for change in shown] if call.query.get("records") else []
    last = shown[-1].number if shown else cloud.store.version
    told = {"version": cloud.store.version, "last": last, "lives": call.tended.lives, "missed": missed}
    return records or [(change, None) for change in shown], told


@noun("GET", "/state/changes/follow", query=FOLLOW, gives="text/event-stream", ctl="changes --follow")
def follow_changes(call: Call) -> Stream:
    """Follow the writes as server-sent events; without `since`, from now on."""
    cloud = call.cloud
    stream = stream_of(
        call, lambda since: [(one.number, one._asdict()) for one in cloud.store.changes(since)]
    )
    return stream if stream.since else stream._replace(since=cloud.store.version)


@noun(
    "GET",
    "/state/<kind>",
    query=RECORDS,
    any_query=True,
    answers=Listed("records", RECORD, LAST),
    ctl="state Server status=ACTIVE",
)
def list_records(call: Call, kind: str) -> Any:
    """List the records of a kind, in the order in which they were made.

    Any other parameter is a field, and a glob that its value fits: `?status=ERROR&name=web-*`, `?fault.code=500`.
    """
    found = sorted(call.cloud.store.all(_kind(call.cloud, kind)), key=_order)
    known = [one.name for one in RECORDS.fields]
    wanted = [(path, glob) for path, glob in call.pairs if path not in known]
    _check_fields(found[:1], wanted)
    if "after" in call.query:
        ids = [record.id for record in found]
        found = found[ids.index(call.query["after"]) + 1 :] if call.query["after"] in ids else []
    fitting = (record for record in found if _fits(record, wanted))
    shown = list(islice(fitting, call.query.get("limit", PAGE)))
    return shown, shown[-1].id if shown else None


@noun("GET", "/state/<kind>/<path:id>", answers=RECORD, ctl="state Server 5b0b...")
def show_record(call: Call, kind: str, id: str) -> Record:
    """Show one record."""
    found = call.cloud.store.find(_kind(call.cloud, kind), id)
    if found is None:
        raise Missing(what=kind, name=id, near="; it may be gone")
    return found


# --- finding things


def _kind(cloud: Cloud, name: str) -> type[Record]:
    kinds = {kind.__name__: kind for kind in cloud.store.kinds()}
    for known, kind in kinds.items():
        if known.lower() == name.lower():
            return kind
    raise Missing(
        what="record of the kind", name=name, near=nearest(name, kinds, "GET /state lists the kinds")
    )


def _record_of(cloud: Cloud, change: Change) -> Record | None:
    kind = next((kind for kind in cloud.store.kinds() if kind.__name__ == change.kind), None)
    return None if kind is None else cloud.store.find(kind, change.id)


def _order(record: Record) -> tuple[int, str]:
    return getattr(record, "number", 0), record.id


def _check_fields(one: list[Record], wanted: Iterable[tuple[str, str]]) -> None:
    """Mistakes for fields that no record of the kind has."""
    for record in one:
        known = as_json(record)
        strange = [path for path, _ in wanted if path.partition(".")[0] not in known]
        if strange:
            raise Mistakes(
                [f"query: {path}: there is no such field{nearest(path, known)}" for path in strange]
            )


def _fits(record: Record, wanted: Iterable[tuple[str, str]]) -> bool:
    told = as_json(record) if wanted else {}
    return all(fnmatchcase(_word(_at(told, path)), glob) for path, glob in wanted)


def _at(told: Any, path: str) -> Any:
    for part in path.split("."):
        told = told.get(part) if isinstance(told, dict) else None
    return told


def _word(value: Any) -> str:
    """As JSON writes it; a text without quotes."""
    return value if isinstance(value, str) else dumps(value).decode()
