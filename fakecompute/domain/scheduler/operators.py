"""How extra specs are compared with what a host says: `>= 4`, `s== yes`, `<in> avx`, `<or> a <or> b`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    """What is no number matches nothing (Nova's scheduler would break)."""

    def test(value: str, wanted: str) -> bool:
        try:
            return compare(float(value), float(wanted))
        except ValueError:
            return False

    return test


# nova/scheduler/filters/extra_specs_ops.py; "=" has always meant "at least"
# fmt: off
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=":    _numbers(operator.ge),   "==":   _numbers(operator.eq),   "!=":   _numbers(operator.ne),
    ">=":   _numbers(operator.ge),   "<=":   _numbers(operator.le),
    "s==":  operator.eq,             "s!=":  operator.ne,             "<in>": operator.contains,
    "s<":   operator.lt,             "s<=":  operator.le,             "s>":   operator.gt,     "s>=": operator.ge,
}
# fmt: on


def matches(value: str, wanted: str) -> bool:
    """Does a host's value meet an extra spec?  Without an operator they must be equal."""
    first, *words = wanted.split() or [""]
    if first == "<or>":
        return value in words[::2]
    if first == "<all-in>":
        return all(word in value for word in words) if words else False
    if first not in OPERATORS:
        return value == wanted
    return bool(words) and OPERATORS[first](value, words[0])
