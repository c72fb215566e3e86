"""Requests as data, and what is filled in when they are made.

`$volume` in a request is one of the volumes that there are at that time: the command's number says which, so that a
plan means the same in every cloud that has lived through the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

NAMES = re.compile(r"\$(\w+)")
MANY = 8  # how far the number of a command reaches for one thing: it has two digits of base 8


class Ask(NamedTuple):
    """A request; `user` of the cloud makes it, in a project of the same name unless it is the admin of `demo`."""

    method: str
    path: str
    body: Any = None
    user: str = "admin"


def named(wanted: Ask) -> list[str]:
    """The kinds of things that a request names, each once."""
    return list(dict.fromkeys(NAMES.findall(f"{wanted.path} {wanted.body} {wanted.user}")))


def filled(value: Any, chosen: Mapping[str, Any]) -> Any:
    """The same with ids in the place of kinds; what is nothing else becomes what was chosen, whatever it is."""
    if isinstance(value, dict):
        return {filled(key, chosen): filled(inner, chosen) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, chosen) for inner in value]
    if not isinstance(value, str):
        return value
    whole = NAMES.fullmatch(value)
    return chosen[whole[1]] if whole else NAMES.sub(lambda found: str(chosen[found[1]]), value)
