"""What goes wrong: rules as data, and one matcher that is asked at every call and every step.

A rule names where it strikes (`on`, a glob over operations or steps, and `where`, globs over facts), how often
(`skip`, `times`, `nth`, `every`, `between`, `probability`) and what happens (`effect`).  The first matching rule of
a phase wins.  Hits are counted in the store, dice come from the rule's own stream: a rule more changes nothing
for the others, and a fork or a replay goes on where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from fakecompute.kernel.store import Record

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a rule does, by phase; times are microseconds.

    A call (`before` it is carried out, or `after`) is answered by `status` (with `body`, `headers`, `message`), or by
    nothing else if that is 0, `delay` late.  On the `wire` an answer is `reset`, `close`d before its first byte, cut
    after `truncate` bytes, let through at `dribble` bytes a second, or `corrupt`.  A `read` shows what was true
    `stale` ago, hides for a while (`hide`) what is new, leaves fields out (`drop_fields`) or with nothing in them
    (`empty_fields`), lists no more than `cap`, or pages without `end`.  A `step` fails with the message `fail` (and
    ends in `ends_in`), hangs, or takes `delay` more and `slow` times as long.
    """

    status: int = 0
    body: str | None = None  # proxy-html, plain, empty, or a literal; None: the service's own dialect
    message: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    delay: int = 0

    reset: bool = False
    close: bool = False
    truncate: int | None = None
    dribble: int | None = None
    corrupt: bool = False

    stale: int = 0
    hide: int = 0
    drop_fields: tuple[str, ...] = ()
    empty_fields: tuple[str, ...] = ()
    cap: int | None = None
    endless: bool = False

    fail: str | None = None
    ends_in: str | None = None
    hang: bool = False
    slow: float = 1.0

    @property
    def loses(self) -> bool:
        """Does nothing that could be read arrive?"""
        return self.reset or self.close or self.truncate is not None or self.corrupt


@dataclass(frozen=True, kw_only=True)
class Rule(Record):
    """A fault rule and its hit counts: `matched` calls or steps so far, `fired` of them struck."""

    indexes = {"phase": lambda rule: rule.phase}

    name: str
    on: str
    phase: str = "step"  # before | after | wire | read | step
    where: tuple[tuple[str, str], ...] = ()
    skip: int = 0
    times: int | None = None
    nth: tuple[int, ...] = ()
    every: int | None = None
    between: tuple[int, int] | None = None  # microseconds since the cloud began; nothing else counts
    probability: float | None = None
    effect: Effect = Effect()
    position: int = 0
    matched: int = 0
    fired: int = 0


def match_faults(cloud: Cloud, *, phase: str, on: str, **facts: Any) -> Effect | None:
    """The effect of the first rule that strikes here and now; None, and quickly, if none does."""
    rule = match_rule(cloud, phase=phase, on=on, **facts)
    return None if rule is None else rule.effect


def match_rule(cloud: Cloud, *, phase: str, on: str, **facts: Any) -> Rule | None:
    """The same with its name.  `more` among the facts is a function that gives others, dear to find."""
    if not cloud.store.count(Rule, "phase", phase):
        return None
    for rule in sorted(cloud.store.by(Rule, "phase", phase), key=lambda rule: rule.position):
        if _meant(cloud, rule, on, facts):
            fires = _fires(cloud, rule)
            cloud.store.put(rule.evolve(matched=rule.matched + 1, fired=rule.fired + fires))
            if fires:
                return rule
    return None


def _meant(cloud: Cloud, rule: Rule, on: str, facts: dict[str, Any]) -> bool:
    """Does the call or step count?  With `between`, only what falls into that time."""
    if rule.between and not rule.between[0] <= cloud.now - cloud.begun < rule.between[1]:
        return False
    return fnmatchcase(on, rule.on) and all(
        any(_fits(value, wanted) for value in _called(facts, name)) for name, wanted in rule.where
    )


def _called(facts: dict[str, Any], name: str) -> Iterator[Any]:
    """All that a name may mean: a fact, what stands there in the body of the call, a parameter of its path, and what
    is known of what it is about: `server` is an id and a name.

    `header.User-Agent` is a header of the request.
    """
    if name in facts:
        yield facts[name]
        return
    if name.startswith("header."):
        key = name.removeprefix("header.").upper().replace("-", "_")
        yield (facts.get("environ") or {}).get(f"HTTP_{key}")
        return
    value = facts.get("body")
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if not isinstance(value, (dict, list)):
        yield value
    yield (facts.get("params") or {}).get(name)
    if "more" in facts:
        yield facts["more"]().get(name)


def _fits(value: Any, wanted: str) -> bool:
    return value is not None and fnmatchcase(str(value), wanted)


def _fires(cloud: Cloud, rule: Rule) -> bool:
    """Is this matching call or step one of those that the rule strikes?"""
    number = rule.matched + 1
    if rule.nth and number not in rule.nth:
        return False
    if number <= rule.skip or (rule.times is not None and rule.fired >= rule.times):
        return False
    if rule.every and (number - rule.skip) % rule.every:
        return False
    return rule.probability is None or cloud.streams.uniform_at("rule", rule.name, number) < rule.probability
