"""The recording of a cloud: every call (the journal), and all that happened (the timeline); read, or followed."""

from __future__ import annotations

from typing import Any

import orjson

from fakecompute.faces.control.declaring import Call, Stream, control
from fakecompute.faces.control.refusals import NotRecorded
from fakecompute.faces.control.shapes import (
    COUNT,
    FLAG,
    MICROSECONDS,
    OBJECT,
    TEXT,
    Listed,
    View,
    Wanted,
    given,
    one_of,
    shown,
)
from fakecompute.faces.control.tended import Tended
from fakecompute.scenario.schema import boolean, choice, integer, one_or_more
from fakecompute.scenario.timeline import Entry

noun = control.noun(
    "Recording",
    "What was asked of the cloud, and what happened in it. It costs memory, so it is off until it is switched on: "
    "here, or with `fakecompute serve --record`.",
)

KINDS = ("call", "transition", "fault", "event")
PAGE = 100

# --- request schemas ---------------------------------------------------------------------------------------

SWITCH = Wanted(given("on", boolean, FLAG, "true begins a new one, unless one is running", required=True))
SINCE = given("since", integer(0), COUNT, "what comes after this number; 0, all, by default")
LIMIT = given("limit", integer(1, 10_000), COUNT, f"how much at most; {PAGE} by default")
LINES = Wanted(SINCE, LIMIT)
ENTRIES = Wanted(
    SINCE,
    LIMIT,
    given("kind", one_or_more(choice(KINDS, "kind of entry")), one_of(*KINDS), "of this kind alone"),
)
FOLLOW = Wanted(SINCE, given("limit", integer(1), COUNT, "end after so much; without it, it goes on"))

# --- response views ----------------------------------------------------------------------------------------

RECORDING = View(
    "Recording",
    shown("on", lambda kept: kept.recording, FLAG, "is it running?"),
    shown("calls", lambda kept: len(_lines(kept)), COUNT, "number of the last line of the journal"),
    shown("entries", lambda kept: len(_entries(kept)), COUNT, "number of the last entry of the timeline"),
)
LINE = View(
    "Line",
    shown("number", lambda pair: pair[0], COUNT, "1 is the first call that was recorded"),
    shown(
        "line",
        lambda pair: orjson.Fragment(pair[1]),
        OBJECT,
        "as a journal file has it: at, operation, method, path, status ...",
    ),
)
ENTRY = View(
    "Entry",
    shown("number", lambda pair: pair[0], COUNT, "1 is the first"),
    shown("at", lambda pair: pair[1].at, MICROSECONDS, "since the cloud began"),
    shown("kind", lambda pair: pair[1].kind, one_of(*KINDS), "what sort of thing"),
    shown("subject", lambda pair: pair[1].subject, TEXT, "what it is about"),
    shown("text", lambda pair: pair[1].text, TEXT, "what there is to say"),
    shown("data", lambda pair: pair[1].data, OBJECT, "the rest, for programs"),
)
LAST = shown("last", lambda last: last, COUNT, "ask with since= this for what comes later")

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/recording", answers=RECORDING, ctl="recording")
def show_recording(call: Call) -> Tended:
    """Tell whether the cloud is recorded."""
    return call.tended


@noun("PUT", "/recording", body=SWITCH, answers=RECORDING, example={"on": True}, ctl="recording on")
def set_recording(call: Call) -> Tended:
    """Switch it on or off.

    What was recorded can be read until another recording begins.  A journal file (`serve --journal`) is written on,
    whether one records here or not.
    """
    if call.body["on"]:
        call.tended.record(call.cloud)
    else:
        call.tended.stop_recording(call.cloud)
    return call.tended


@noun("GET", "/journal", query=LINES, answers=Listed("lines", LINE, LAST), ctl="journal --limit 20")
def read_journal(call: Call) -> Any:
    """Read the calls: what was asked, and what was answered.

    Secrets are scrubbed.
    """
    return _page(call, _lines_since(call.tended, call.query.get("since", 0)))


@noun("GET", "/journal/follow", query=FOLLOW, gives="text/event-stream", ctl="journal --follow")
def follow_journal(call: Call) -> Stream:
    """Follow the calls as server-sent events, each with its number as id and its line as data.

    A client that comes back with `Last-Event-ID` misses nothing.  A comment every few seconds tells that the
    connection lives.  Where there is no socket the stream ends with what there is.
    """
    kept = call.tended
    _lines_since(kept, 0)
    return stream_of(
        call, lambda since: [(n, orjson.Fragment(line)) for n, line in _lines_since(kept, since)]
    )


@noun("GET", "/timeline", query=ENTRIES, answers=Listed("entries", ENTRY, LAST), ctl="timeline --kind fault")
def read_timeline(call: Call) -> Any:
    """Read all that happened: calls, transitions, faults that struck, events."""
    return _page(call, _entries_since(call.tended, call.query.get("since", 0), call.query.get("kind")))


@noun("GET", "/timeline/follow", query=FOLLOW, gives="text/event-stream", ctl="timeline --follow")
def follow_timeline(call: Call) -> Stream:
    """Follow all that happens, as server-sent events."""
    kept = call.tended
    _entries_since(kept, 0)
    return stream_of(call, lambda since: [(n, entry._asdict()) for n, entry in _entries_since(kept, since)])


# --- what they share


def _lines(kept: Tended, since: int = 0) -> list[bytes]:
    """Those after a number; line 0 is the header of a journal."""
    return [] if kept.tape is None else kept.tape.lines[since + 1 :]


def _entries(kept: Tended) -> list[Entry]:
    return [] if kept.tape is None else kept.tape.entries


def _lines_since(kept: Tended, since: int) -> list[tuple[int, bytes]]:
    """Those after a number.  A number from before the recording began anew is none at all."""
    if kept.tape is None:
        raise NotRecorded(verb="read")
    since = since if since < len(kept.tape.lines) else 0
    return list(enumerate(_lines(kept, since), since + 1))


def _entries_since(kept: Tended, since: int, kinds: list[str] | None = None) -> list[tuple[int, Entry]]:
    if kept.tape is None:
        raise NotRecorded(verb="read")
    entries = _entries(kept)
    since = since if since <= len(entries) else 0
    numbered = enumerate(entries[since:], since + 1)
    return [(number, entry) for number, entry in numbered if kinds is None or entry.kind in kinds]


def _page(call: Call, found: list[tuple[int, Any]]) -> Any:
    shown = found[: call.query.get("limit", PAGE)]
    return shown, shown[-1][0] if shown else call.query.get("since", 0)


def stream_of(call: Call, source: Any) -> Stream:
    last = call.environ.get("HTTP_LAST_EVENT_ID", "")
    since = int(last) if last.isascii() and last.isdecimal() else call.query.get("since", 0)
    return Stream(source, since, call.query.get("limit"))
