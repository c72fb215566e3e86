"""What the tests of client libraries have in common: a cloud behind a real socket, and rules of the wire."""

from __future__ import annotations

import re

from fakecompute.domain.faults import Effect, Rule

PATH = "/compute/v2.1/flavors"

# What happens to an answer on its way; times are microseconds.
# fmt: off
FAULTS = {
    "reset":              {"reset": True},
    "closed":             {"close": True},
    "truncated":          {"truncate": 10},
    "without a body":     {"truncate": 0},
    "corrupt":            {"corrupt": True},
    "late":               {"delay": 1_000_000},
    "dribbling":          {"dribble": 40_000},
}
# fmt: on
PATIENCE = 0.3  # seconds for which a client waits for the next byte


def struck(cloud, on="compute.list_flavors", **effect):
    cloud.set_rules([Rule(id="", name="wire", on=on, phase="wire", effect=Effect(**effect))])


def ends_in(ask):
    """What a client makes of an answer: a value, or an exception's class and words; numbers depend on the address."""
    try:
        return ask()
    except Exception as error:
        return type(error), re.sub("[0-9]+", "N", str(error))
