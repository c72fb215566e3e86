"""A rule as a scenario file writes it down."""

import pytest

from fakecompute.domain.faults import Rule
from fakecompute.scenario.load import load
from fakecompute.scenario.written import duration_of, fault_of

FAULTS = [
    {"on": "compute.create_server", "effect": {"status": 503}},
    {
        "name": "late", "on": "compute.*", "where": {"server.name": "web-*", "project": "demo"}, "phase": "after",
        "hits": {"nth": [2, 4]},
        "effect": {"status": 504, "body": "proxy-html", "headers": {"Retry-After": "5"}, "delay": "1500ms"},
    },
    {"on": "compute.*", "hits": {"skip": 1, "times": 2, "every": 3}, "effect": {"delay": "7us"}},
    {"on": "compute.*", "hits": {"between": ["1m", "2m"], "probability": 0}, "effect": {"status": 500, "message": "no"}},
    {"on": "compute.list_servers", "phase": "read", "effect": {"drop_fields": ["links"], "cap": 0, "stale": "5s"}},
    {"on": "compute.list_servers", "phase": "wire", "effect": {"truncate": 0}},
    {"on": "server.create.spawning", "where": {"host": "compute-1"}, "effect": {"fail": "no", "status": "SHUTOFF"}},
    {"on": "volume.create.creating", "effect": {"fail": "no", "status": "error"}},
    {"on": "server.stop.*", "effect": {"slow": 2.5, "delay": "3s", "hang": True}},
]  # fmt: skip


def rules(*faults):
    return sorted(load({"faults": list(faults)}).cloud().store.all(Rule), key=lambda rule: rule.position)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['on']} {fault['effect']}")
def test_what_is_written_makes_the_same_rule(fault):
    (rule,) = rules(fault)
    assert rules(fault_of(rule)) == [rule]


def test_durations_have_the_largest_unit_without_a_point():
    assert [duration_of(amount) for amount in (0, 90_000_000, 1_500_000, 1)] == ["0s", "90s", "1500ms", "1us"]
