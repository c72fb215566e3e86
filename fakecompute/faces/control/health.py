"""Is it there, and what is it?"""

from __future__ import annotations

from typing import Any

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.faces.control.declaring import PREFIX, VERSION, Call, control
from fakecompute.faces.control.shapes import TEXT, WORD_OR_NONE, View, list_of, shown
from fakecompute.faces.control.tended import tended
from fakecompute.kernel.clock import shown as moment_of

noun = control.noun("Health", "Is it there, and what is it? Nobody needs a token to ask.")

# --- response views ----------------------------------------------------------------------------------------


def _scenario(cloud: Cloud) -> str | None:
    scenario = tended(cloud).scenario
    return None if scenario is None else scenario.name


# fmt: off
HEALTH = View(
    "Health",
    shown("status",      lambda cloud: "ok",                  TEXT,          "ok, as soon as requests are answered"),
    shown("fakecompute", lambda cloud: resources.version(),   TEXT,          "the version of fakecompute"),
    shown("release",     "release.name",                      TEXT,          "the OpenStack that it plays"),
    shown("scenario",    _scenario,                           WORD_OR_NONE,  "what the cloud was made from"),
    shown("now",         lambda cloud: moment_of(cloud.now),  TEXT,          "the cloud's time"),
)
INDEX = View(  # of what stands before all addresses
    "Index",
    shown("versions", lambda root: [VERSION],                 list_of(TEXT), "of this API"),
    shown("api",      lambda root: f"{root}{PREFIX}/{VERSION}",    TEXT,     "where it begins"),
    shown("docs",     lambda root: f"{root}{PREFIX}/docs",         TEXT,     "a page to read"),
    shown("openapi",  lambda root: f"{root}{PREFIX}/openapi.json", TEXT,     "the same for programs"),
)
# fmt: on

# --- handlers ----------------------------------------------------------------------------------------------


@noun("GET", "/health", answers=HEALTH, public=True, bare=True, ctl="health")
def show_health(call: Call) -> Cloud:
    """Tell that the cloud answers.

    200 from when the server has told its address.  `/_fakecompute/v1/health` is the same.
    """
    return call.cloud


@noun("GET", "/health", answers=HEALTH, public=True)
def show_health_v1(call: Call) -> Cloud:
    """Tell that the cloud answers, below the version."""
    return call.cloud


@noun("GET", "/", answers=INDEX, public=True, bare=True)
def show_index(call: Call) -> Any:
    """Tell where things are."""
    return call.environ.get("SCRIPT_NAME", "")
