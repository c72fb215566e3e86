"""The clouds behind this server: which there are, and more of them, as forks."""

from __future__ import annotations

from typing import NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.errors import Conflict
from fakecompute.faces.control.clock import CLOCK
from fakecompute.faces.control.declaring import Call, control
from fakecompute.faces.control.refusals import Missing, Refusal, Taken
from fakecompute.faces.control.shapes import TEXT, WORD_OR_NONE, Listed, View, Wanted, given, ref, shown
from fakecompute.faces.control.snapshots import find_snapshot, word
from fakecompute.faces.control.tended import alive, for_threads, snapshot_of, tend, tended
from fakecompute.scenario.schema import nearest, text

noun = control.noun(
    "Clouds",
    "The clouds of this server. A fork is a twin with the same past and a life of its own, under /clouds/NAME/: what "
    "would happen if.",
)

MOST = 256  # of one server


class TooMany(Refusal, Conflict):
    message = "There are {most} clouds already."
    hint = "Delete one that nobody needs: DELETE /_fakecompute/v1/clouds/NAME."


class First(Refusal, Conflict):
    message = "The cloud {name!r} was there when the server started, and stays."
    hint = "Only forks can be deleted; POST /_fakecompute/v1/scenario/reset empties a cloud."


# --- request schemas ---------------------------------------------------------------------------------------

FORK = Wanted(
    given("name", word, TEXT, "where it is found: /clouds/NAME/; fork-1, fork-2 ... by default"),
    given("snapshot", text, TEXT, "of this cloud, to begin from; its present by default"),
)

# --- response views ----------------------------------------------------------------------------------------


class Named(NamedTuple):
    """A cloud behind this server; `root` is what stands before all addresses."""

    name: str
    cloud: Cloud
    root: str

    @property
    def path(self) -> str:
        return f"{self.root}/clouds/{self.name}" if self.name else self.root

    @property
    def scenario(self) -> str | None:
        scenario = tended(self.cloud).scenario
        return None if scenario is None else scenario.name


# fmt: off
CLOUD = View(
    "Cloud",
    shown("name",     "name",                          TEXT,         "empty for the one without a prefix"),
    shown("path",     "path",                          TEXT,         "what its addresses begin with"),
    shown("release",  "cloud.release.name",            TEXT,         "the OpenStack that it plays"),
    shown("scenario", "scenario",                      WORD_OR_NONE, "what it was made from"),
    shown("clock",    lambda one: CLOCK(one.cloud),    ref(CLOCK),   "its time"),
)
# fmt: on

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/clouds", answers=Listed("clouds", CLOUD), ctl="clouds")
def list_clouds(call: Call) -> list[Named]:
    """List the clouds of this server."""
    return [Named(name, cloud, _root(call)) for name, cloud in list(call.clouds.items())]


@noun(
    "POST",
    "/clouds",
    body=FORK,
    answers=CLOUD,
    success=201,
    example={"name": "what-if"},
    ctl="clouds fork what-if",
)
def fork_cloud(call: Call) -> Named:
    """Fork this cloud, or a snapshot of it, to a new one.

    Users log in there as they do here, at /clouds/NAME/identity; tokens are the same, too.
    """
    if len(call.clouds) >= MOST:
        raise TooMany(most=MOST)
    name = call.body.get("name") or next(
        f"fork-{n}" for n in range(1, MOST + 1) if f"fork-{n}" not in call.clouds
    )
    if name in call.clouds:
        raise Taken(what="cloud", name=name)
    asked = call.body.get("snapshot")
    twin = for_threads(alive(find_snapshot(call, asked) if asked else snapshot_of(call.cloud, "fork")))
    tend(twin, call.tended.scenario).forked = True
    call.clouds[name] = twin
    return Named(name, twin, _root(call))


@noun("DELETE", "/clouds/<name>", ctl="clouds delete what-if")
def delete_cloud(call: Call, name: str) -> None:
    """Forget a fork."""
    twin = call.clouds.get(name)
    if twin is None:
        raise Missing(
            what="cloud",
            name=name,
            near=nearest(name, [one for one in call.clouds if one], "there is one only"),
        )
    if not tended(twin).forked:
        raise First(name=name)
    del call.clouds[name]


def _root(call: Call) -> str:
    """What stands before /clouds/... where this app is mounted."""
    prefix: str = call.environ.get("SCRIPT_NAME", "")
    return prefix.partition("/clouds/")[0]
