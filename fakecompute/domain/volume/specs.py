"""What extra specs ask for: a value, or an operator and values.  Facts: cinder/scheduler/filters/extra_specs_ops.py."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

TRUE = frozenset(("1", "t", "true", "on", "y", "yes"))


def is_true(value: object) -> bool:
    return str(value).strip().lower() in TRUE


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[Any, str], bool]:
    return lambda offered, wanted: compare(float(offered), float(wanted))


# fmt: off
OPERATORS: dict[str, Callable[[Any, str], bool]] = {
    "=":    _numbers(operator.ge),  # at least, for the sake of older types
    "==":   _numbers(operator.eq),
    "!=":   _numbers(operator.ne),
    ">=":   _numbers(operator.ge),
    "<=":   _numbers(operator.le),
    "<in>": lambda offered, wanted: wanted in offered,
    "<is>": lambda offered, wanted: is_true(offered) is is_true(wanted),
    "s==":  operator.eq,
    "s!=":  operator.ne,
    "s<":   operator.lt,
    "s<=":  operator.le,
    "s>":   operator.gt,
    "s>=":  operator.ge,
}
# fmt: on


def meets(offered: Any, wanted: str | None) -> bool:
    """Is an offer what an extra spec asks for?  Without an operator it must be the very same."""
    if wanted is None:
        return offered is None
    word, *values = wanted.split() or [""]
    if word != "<or>" and word not in OPERATORS:
        return bool(offered == wanted)
    if offered is None or not values:
        return False
    if word == "<or>":  # <or> one <or> another
        return offered in values[::2]
    try:
        return OPERATORS[word](offered, values[0])
    except (TypeError, ValueError):
        return False
