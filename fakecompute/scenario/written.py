"""The other direction of format.py: a rule, as a scenario file writes it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.volume import VOLUME_STATUSES
from fakecompute.domain.states import status_of
from fakecompute.scenario.format import TIMES

HITS = ("nth", "skip", "times", "every", "between", "probability")


def fault_of(rule: Rule) -> dict[str, Any]:
    """The mapping that makes the same rule."""
    said: dict[str, Any] = {"name": rule.name, "on": rule.on}
    if rule.phase != "step":
        said["phase"] = rule.phase
    if rule.where:
        said["where"] = dict(rule.where)
    if hits := dict(_hits(rule)):
        said["hits"] = hits
    return {**said, "effect": dict(_effect(rule.effect))}


def duration_of(amount: int) -> str:
    """Microseconds in the largest unit that needs no point."""
    for unit, size in ("s", 1_000_000), ("ms", 1000):
        if amount % size == 0:
            return f"{amount // size}{unit}"
    return f"{amount}us"


def _hits(rule: Rule) -> Iterator[tuple[str, Any]]:
    for name in HITS:
        value = getattr(rule, name)
        if value in (None, (), 0) and name != "probability":
            continue
        if name == "between":
            yield name, [duration_of(end) for end in value]
        elif value is not None:
            yield name, list(value) if isinstance(value, tuple) else value


def _effect(effect: Effect) -> Iterator[tuple[str, Any]]:
    for field in fields(Effect):
        value = getattr(effect, field.name)
        if value == field.default:
            continue
        if field.name == "ends_in":
            yield "status", value if value in VOLUME_STATUSES else status_of(value, None)
        elif field.name in TIMES:
            yield field.name, duration_of(value)
        elif field.name == "headers":
            yield field.name, dict(value)
        else:
            yield field.name, list(value) if isinstance(value, tuple) else value
