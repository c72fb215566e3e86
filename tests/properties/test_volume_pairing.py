"""Volumes and servers: whatever goes wrong, both sides tell the same, and what stays behind can be mended."""

from __future__ import annotations

from hypothesis import given, settings

from tests.properties.pairing import Pair, origin, plans, rules


@settings(max_examples=1000, deadline=None)
@given(rules=rules, plan=plans)
def test_both_sides_agree_and_what_is_left_behind_can_be_mended(rules, plan):
    cloud = origin().fork()
    cloud.set_rules(rules)
    pair = Pair(cloud)
    for command in plan:
        pair.do(command)
    pair.mend()
