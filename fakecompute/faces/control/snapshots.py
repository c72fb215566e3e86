"""Snapshots: a cloud as it was, by name; to go back to, to take elsewhere, to begin others from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fakecompute.cloud import Cloud
from fakecompute.domain.records.server import Server
from fakecompute.faces.control.clock import CLOCK, elapsed, iso
from fakecompute.faces.control.declaring import Call, Octets, control
from fakecompute.faces.control.refusals import BadState, Missing, NotKept, NotSaved, Taken
from fakecompute.faces.control.shapes import (
    COUNT,
    FLAG,
    MOMENT,
    NUMBER,
    TEXT,
    Listed,
    View,
    Wanted,
    given,
    shown,
)
from fakecompute.faces.control.tended import Snapshot, become, snapshot_of
from fakecompute.kernel.clock import ManualClock
from fakecompute.scenario import state
from fakecompute.scenario.schema import Place, boolean, nearest, text

noun = control.noun(
    "Snapshots",
    "The whole cloud as it was: records, the future, every count. Taking one costs next to nothing. Downloaded, it is "
    "a file that `fakecompute serve --state` begins from.",
)

# --- request schemas ---------------------------------------------------------------------------------------

WORD = "a letter or digit, then letters, digits and . _ -"


def word(place: Place) -> Any:
    """A name that fits an address."""
    said = text(place)
    if said is None or is_word(said):
        return said
    return place.wrong(f"must be {WORD}")


def is_word(name: str) -> bool:
    return (
        len(name) <= 100
        and name.isascii()
        and name[:1].isalnum()
        and all(c.isalnum() or c in "._-" for c in name)
    )


TAKE = Wanted(
    given("name", word, TEXT, "to find it by; snapshot-1, snapshot-2 ... by default"),
    given("replace", boolean, FLAG, "may it take the place of one of that name?"),
)

# --- response views ----------------------------------------------------------------------------------------


def _servers(cloud: Cloud) -> int:
    return sum(not server.deleted for server in cloud.store.all(Server))


# fmt: off
SNAPSHOT = View(
    "Snapshot",
    shown("name",    "name",                           TEXT,   "to find it by"),
    shown("now",     lambda one: iso(one.cloud.now),   MOMENT, "the cloud's time when it was taken"),
    shown("elapsed", lambda one: elapsed(one.cloud),   NUMBER, "seconds since the cloud began"),
    shown("servers", lambda one: _servers(one.cloud),  COUNT,  "that were there"),
    shown("digest",  lambda one: one.cloud.digest(),   TEXT,   "two clouds of the same records have the same"),
)
SAVED = View("Saved", shown("path", str, TEXT, "the file, where the server runs"))
# fmt: on

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/snapshots", answers=Listed("snapshots", SNAPSHOT), ctl="snapshots")
def list_snapshots(call: Call) -> list[Snapshot]:
    """List the snapshots of this cloud, as they were taken."""
    return sorted(call.tended.snapshots.values(), key=lambda one: one.number)


@noun(
    "POST",
    "/snapshots",
    body=TAKE,
    answers=SNAPSHOT,
    success=201,
    example={"name": "before"},
    ctl="snapshots take before",
)
def take_snapshot(call: Call) -> Snapshot:
    """Take a snapshot."""
    kept = call.tended
    name = call.body.get("name") or f"snapshot-{kept.taken + 1}"
    if name in kept.snapshots and not call.body.get("replace"):
        raise Taken(what="snapshot", name=name)
    return _keep(call, snapshot_of(call.cloud, name))


@noun("GET", "/snapshots/<name>", answers=SNAPSHOT, ctl="snapshots show before")
def show_snapshot(call: Call, name: str) -> Snapshot:
    """Show one."""
    return find_snapshot(call, name)


@noun("DELETE", "/snapshots/<name>", ctl="snapshots delete before")
def delete_snapshot(call: Call, name: str) -> None:
    """Forget one."""
    del call.tended.snapshots[find_snapshot(call, name).name]


@noun("POST", "/snapshots/<name>/restore", answers=CLOCK, ctl="snapshots restore before")
def restore_snapshot(call: Call, name: str) -> Cloud:
    """Let the cloud be what it was.

    Its time goes on from when the snapshot was taken, by the clock that it had then.  Tokens that were given since
    are not valid any more; a recording begins anew.
    """
    become(call.cloud, find_snapshot(call, name))
    return call.cloud


@noun(
    "GET",
    "/snapshots/<name>/state",
    gives="application/octet-stream",
    ctl="snapshots download before before.state",
)
def download_snapshot(call: Call, name: str) -> Octets:
    """Download one, as a file of state."""
    return Octets(state.dump(find_snapshot(call, name).cloud), f"{name}.state")


@noun(
    "PUT",
    "/snapshots/<name>/state",
    octets=True,
    answers=SNAPSHOT,
    ctl="snapshots upload before before.state",
)
def upload_snapshot(call: Call, name: str) -> Snapshot:
    """Upload a file of state as a snapshot, in the place of one of that name."""
    if not is_word(name):
        raise BadState(reason=f"a name must be {WORD}")
    try:
        cloud = state.load_state(call.body)
    except state.BadState as error:
        raise BadState(reason=str(error)) from None
    showed = cloud.clock.now() if isinstance(cloud.clock, ManualClock) else cloud.now
    return _keep(call, Snapshot(name, cloud, showed, 0))


@noun("POST", "/state/save", answers=SAVED, ctl="save")
def save_state(call: Call) -> Path:
    """Save this cloud to the file of `fakecompute serve --state`, now."""
    save = call.tended.save
    if save is None:
        raise NotKept
    try:
        return save()
    except OSError as error:
        raise NotSaved(reason=error) from None


def find_snapshot(call: Call, name: str) -> Snapshot:
    """By name; `beginning` is always there."""
    kept = call.tended
    if name == "beginning" and name not in kept.snapshots:
        return kept.beginning
    if name not in kept.snapshots:
        near = nearest(name, kept.snapshots, "" if kept.snapshots else "none was taken")
        raise Missing(what="snapshot", name=name, near=near)
    return kept.snapshots[name]


def _keep(call: Call, snapshot: Snapshot) -> Snapshot:
    kept = call.tended
    kept.taken += 1
    made = kept.snapshots[snapshot.name] = snapshot._replace(number=kept.taken)
    return made
