"""The groups of a flavor's extra specs, as Nova asks Placement for them: nova/scheduler/utils.py, ResourceRequest.

Where hosts are all that there is, their sum decides (needs.py); with providers around them it matters which group
is whose.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from fakecompute.domain.placement.search import Group, Question
from fakecompute.domain.records.compute import ROOM, Flavor
from fakecompute.domain.scheduler.needs import SPEC, Needs, resources_of, traits_of


def question(flavor: Flavor, properties: Mapping[str, str], needs: Needs) -> Question | None:
    """What Placement is asked; None if it would refuse to answer."""
    specs = dict(flavor.extra_specs)
    own: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, value in specs.items():
        match = SPEC.fullmatch(key)
        if match is not None and match[2]:
            own[match[2]][f"{match[1]}:{match[3]}"] = value
    policy = specs.get("group_policy")
    if len(own) > 1 and policy not in ("none", "isolate"):
        return None
    groups = {suffix: _group(inner) for suffix, inner in own.items()}
    rest = Counter(dict(zip(ROOM, needs.room, strict=True)) | dict(needs.others))
    for group in groups.values():
        rest.subtract(group.resources)
    plain = {key: value for key, value in specs.items() if not ((m := SPEC.fullmatch(key)) and m[2])}
    required, forbidden = traits_of(plain, properties)
    amounts = {name: amount for name, amount in rest.items() if amount > 0}
    if amounts:
        groups = {"": Group(amounts, tuple(frozenset((one,)) for one in sorted(required)), forbidden), **groups}
    return Question(groups, isolate=policy == "isolate")


def _group(specs: Mapping[str, str]) -> Group:
    required, forbidden = traits_of(specs, {})
    return Group(dict(resources_of(specs)), tuple(frozenset((one,)) for one in sorted(required)), forbidden)
