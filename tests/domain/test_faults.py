"""Rules: where they strike, how often, and that they leave everything else as it was."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain import servers
from fakecompute.domain.faults import Effect, Rule, match_faults
from fakecompute.domain.records.server import Server


def strikes(cloud: Cloud, count: int, on: str = "compute.create_server", **facts: Any) -> list[bool]:
    return [match_faults(cloud, phase="before", on=on, **facts) is not None for _ in range(count)]


def with_rule(cloud: Cloud, **options: Any) -> Cloud:
    defaults: dict[str, Any] = {"id": "", "name": "r", "on": "compute.*", "phase": "before"}
    cloud.set_rules([Rule(**{**defaults, "effect": Effect(status=503), **options})])
    return cloud


# fmt: off
HITS = [
    ({},                        "xxxxxx"),
    ({"times": 2},              "xx...."),
    ({"skip": 2},               "..xxxx"),
    ({"skip": 2, "times": 1},   "..x..."),
    ({"nth": (2, 5)},           ".x..x."),
    ({"every": 3},              "..x..x"),
    ({"skip": 1, "every": 2},   "..x.x."),
]
# fmt: on


@pytest.mark.parametrize(("options", "pattern"), HITS, ids=[str(row[0]) for row in HITS])
def test_how_often_a_rule_strikes(cloud, options, pattern):
    assert "".join("x" if hit else "." for hit in strikes(with_rule(cloud, **options), 6)) == pattern


def test_a_rule_may_be_bound_to_a_time(cloud):
    with_rule(cloud, between=(60_000_000, 120_000_000))
    seen = []
    for seconds in 0, 59, 1, 59, 1:
        cloud.advance(seconds)
        seen += strikes(cloud, 1)
    assert seen == [False, False, True, True, False]


def test_a_rule_that_is_bound_to_a_time_counts_what_falls_into_it(cloud):
    with_rule(cloud, between=(60_000_000, 120_000_000), nth=(2,))
    seen = strikes(cloud, 3)
    cloud.advance(60)
    assert seen + strikes(cloud, 3) == [False, False, False, False, True, False]


# fmt: off
MEANT = [
    ({"on": "compute.create_*"},                     True),
    ({"on": "compute.delete_*"},                     False),
    ({"where": (("project", "demo"),)},              True),
    ({"where": (("project", "admin"),)},             False),
    ({"where": (("server.name", "web-*"),)},         True),
    ({"where": (("server.name", "db-*"),)},          False),
    ({"where": (("server.flavor.id", "1"),)},        False),
]
# fmt: on


@pytest.mark.parametrize(("options", "meant"), MEANT)
def test_which_calls_a_rule_means(cloud, options, meant):
    body = {"server": {"name": "web-1"}}
    assert strikes(with_rule(cloud, **options), 1, project="demo", body=body) == [meant]


def test_half_of_the_dice_fall_on_either_side_and_fall_the_same_again(cloud):
    with_rule(cloud, probability=0.5)
    twin = cloud.fork()
    first = strikes(cloud, 400)
    assert 150 < sum(first) < 250
    assert strikes(twin, 400) == first


def test_the_first_matching_rule_wins(cloud):
    rules = [Rule(id="", name=str(status), on="*", phase="before", effect=Effect(status=status)) for status in (503, 429)]
    cloud.set_rules(rules)
    effect = match_faults(cloud, phase="before", on="compute.create_server")
    assert effect is not None
    assert effect.status == 503


def test_a_rule_that_strikes_nothing_changes_no_id_and_no_duration(cloud):
    """Another rule in the file must not make another cloud of it."""
    twin = cloud.fork()
    twin.set_rules([Rule(id="", name="dice", on="*", probability=0.0, effect=Effect(fail="never"))])
    for each in cloud, twin:
        for _ in range(3):
            servers.boot(each)
        each.settle()
    assert sorted(s.__dict__.items() for s in cloud.store.all(Server)) == sorted(
        s.__dict__.items() for s in twin.store.all(Server)
    )


def test_hits_are_counted(cloud):
    with_rule(cloud, skip=1)
    strikes(cloud, 3)
    rule = cloud.store.all(Rule)[0]
    assert (rule.matched, rule.fired) == (3, 2)


def test_a_refusal_by_a_rule_speaks_the_service_s_dialect(http, cloud):
    with_rule(cloud, effect=Effect(status=503, headers=(("Retry-After", "5"),)))
    answer = http.get("/compute/v2.1/servers")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json["serviceUnavailable"]["code"] == 503


def test_a_rule_may_answer_as_a_proxy_does(http, cloud):
    with_rule(cloud, effect=Effect(status=504, body="proxy-html"))
    answer = http.get("/compute/v2.1/servers")
    assert answer.status_code == 504
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>504" in answer.text


def test_a_delayed_answer_takes_the_cloud_s_time(http, cloud):
    with_rule(cloud, effect=Effect(status=503, delay=30_000_000))
    begin = cloud.clock.now()
    http.get("/compute/v2.1/servers")
    assert cloud.clock.now() - begin == 30_000_000
