"""From the words of a test to rules, and from what a test did to a scenario file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Rule
from fakecompute.domain.happenings import HAPPENINGS
from fakecompute.scenario.definition import SUFFIXES
from fakecompute.scenario.format import fault
from fakecompute.scenario.load import check_faults
from fakecompute.scenario.names import names_in
from fakecompute.scenario.schema import Page
from fakecompute.scenario.written import HITS, duration_of, fault_of

if TYPE_CHECKING:
    from fakecompute.faces.testing.cloud import Act

FOR_EVER = 3650 * 86_400_000_000  # microseconds; of a fault that nobody removes

Given = tuple[Rule, int, int | None]  # a rule, and from when until when it was there


def read_rule(cloud: Cloud, on: str, effect: Mapping[str, Any], phase: str | None, how: Mapping[str, Any]) -> Rule:
    """The rule that a test's words mean; BadDefinition with all their mistakes."""
    rest = dict(how)
    said: dict[str, Any] = {"on": on, "name": rest.pop("name", None) or _free_name(cloud, on), "effect": dict(effect)}
    if phase is not None:
        said["phase"] = phase
    hits = {name: _plain(rest.pop(name)) for name in HITS if rest.get(name) is not None}
    where = {**rest.pop("where", {}), **rest}
    if hits:
        said["hits"] = hits
    if where:
        said["where"] = where
    page = Page.of_mapping(said, "the fault")
    made = fault(page.top)
    check_faults([page.top], names_in(cloud) if where else {}, [rule.name for rule in cloud.store.all(Rule)])
    page.done()
    assert isinstance(made, Rule)
    return made


def _free_name(cloud: Cloud, on: str) -> str:
    """The dice of a rule are thrown in its name: no two have the same."""
    taken = {rule.name for rule in cloud.store.all(Rule)}
    number = 1
    while (name := on if number == 1 else f"{on} {number}") in taken:
        number += 1
    return name


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Told:
    """How a test's cloud was asked for: the scenario (name, path or content), and what replaces parts of it."""

    source: Any = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def scenario(
        self, cloud: Cloud, given: Iterable[Given], acts: Iterable[Act], more: Mapping[str, Any]
    ) -> str:
        """The file of a scenario that begins as the test did, and goes wrong as it went."""
        base = dict(_content(self.source))
        made: dict[str, Any] = {"version": base.pop("version", 1), "description": "As a test had it."}
        made |= {key: base[key] for key in base if key not in ("faults", "events")}
        made |= {"seed": cloud.streams.seed, "release": cloud.release.name}
        made |= _definition(self.options, made.get("cloud"))
        faults = [*base.get("faults", ()), *map(_fault, given)]
        events = [*base.get("events", ()), *(_event(act) for act in acts if act.name in HAPPENINGS)]
        made |= {key: value for key, value in (("faults", faults), ("events", events)) if value}
        return as_yaml({**made, **more})


def as_yaml(scenario: Mapping[str, Any]) -> str:
    """As people write it: what is short in one line, and `on` without quotes."""
    text = yaml.safe_dump(dict(scenario), sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
    return text.replace("'on': ", "on: ")


class _Words(yaml.SafeLoader):
    """`on` is a word of scenarios, and no truth."""

    yaml_implicit_resolvers = {
        first: [one for one in found if first not in "oOyYnN" or not one[0].endswith(":bool")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _content(source: Any) -> Mapping[str, Any]:
    """What stands in a scenario, with paths that lead there from everywhere."""
    if source is None:
        return {}
    if isinstance(source, Mapping):
        return source
    name = str(source)
    text = Path(name).read_text("utf-8") if name.endswith(SUFFIXES) else resources.read("scenarios", name)[0]
    read = yaml.load(text, _Words) or {}
    if isinstance(read.get("cloud"), str) and read["cloud"].endswith(SUFFIXES):
        read["cloud"] = str((Path(name).parent / read["cloud"]).resolve())
    return dict(read)


def _definition(options: Mapping[str, Any], said: Any) -> dict[str, Any]:
    """The cloud, if the test asked for another one than its scenario has."""
    wanted = options.get("definition", said)
    if settings := options.get("settings"):
        base: dict[str, Any] = dict(wanted) if isinstance(wanted, Mapping) else {"extends": wanted or "default"}
        wanted = {**base, "settings": {**base.get("settings", {}), **settings}}
    return {} if wanted is None else {"cloud": dict(wanted) if isinstance(wanted, Mapping) else wanted}


def _fault(given: Given) -> dict[str, Any]:
    """A rule that came later, or went, counts from then on, and to then."""
    rule, since, until = given
    if rule.between is None and (since or until is not None):
        rule = rule.evolve(between=(since, FOR_EVER if until is None else until))
    return fault_of(rule)


def _event(act: Act) -> dict[str, Any]:
    told: Any = dict(act.told)
    if len(told) == 1:
        (told,) = told.values()
    return {"at": duration_of(act.at), act.name: told or True}
