"""The shipped scenarios: a careless client is found out, a careful one is not, and every play is the same."""

from __future__ import annotations

from functools import cache

import pytest
from click.testing import CliRunner

from fakecompute import resources
from fakecompute.faces.cli import main
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import replay

TEXTS = {name: resources.read("scenarios", name)[0] for name in resources.names("scenarios")}
PLAYED = [name for name, text in TEXTS.items() if "\nworkloads:" in text]
# What one finding, at least, says of the careless client
SAYS = {
    "no-valid-host": "nothing changes any more: ERROR",
    "capacity-cliff": "port node-7 ",
    "reschedule-exhausted": "server node ",
    "build-stuck": "nothing changes any more: busy scheduling",
    "message-queue-partition": "server web-1 ",
    "slow-build": "server agent ",
    "error-during-wait": "nothing changes any more: ERROR",
    "active-then-error": "worker-1 is ERROR, not ACTIVE",
    "active-no-addresses": "server web has no address",
    "network-rpc-timeout": "server agent-1 ",
    "vif-plug-timeout": "nothing changes any more: ERROR",
    "boot-from-volume-slow": "server web ",
    "anti-affinity-full": "nothing changes any more: ACTIVE, ERROR",
    "soft-affinity-race": "master-1 and master-2 are on one host, large",
    "az-down": "always with 400 The requested availability zone is not available",
    "create-false-negative": "server runner was made twice",
    "post-504": "server compute-a ",
    "duplicate-names": "was deleted by a client that had not made it",
    "read-after-write-404": "port master ",
    "delete-stuck": "nothing changes any more: busy deleting",
    "soft-delete": "nothing changes any more: SOFT_DELETED",
    "detach-interface-refused": "always with 409 Cannot 'detach_interface'",
}
UNREPORTED = ("clock-skew", "host-down")  # known from clouds, not from a thread

played = cache(lambda name, workload: replay(load(name), workload))


def told(run):
    return "\n".join(f"{finding.kind}: {finding.text}" for finding in run.findings)


@pytest.mark.parametrize("workload", ["careless", "careful"])
@pytest.mark.parametrize("name", PLAYED)
def test_two_plays_are_the_same_to_the_byte(name, workload):
    assert replay(load(name), workload).as_json() == played(name, workload).as_json()


@pytest.mark.parametrize("name", PLAYED)
def test_the_careless_client_is_found_out(name):
    run = replay(load(name))
    assert run.workload == "careless"
    assert {finding.kind for finding in run.findings} == set(load(name).finds), told(run)


@pytest.mark.parametrize("name", SAYS)
def test_a_finding_says_what_it_is_about(name):
    assert SAYS[name] in told(played(name, "careless"))


@pytest.mark.parametrize("name", PLAYED)
def test_there_is_nothing_to_say_of_the_careful_client(name):
    run = played(name, "careful")
    assert run.ok, told(run)


@pytest.mark.parametrize("name", PLAYED)
def test_a_file_says_what_it_is_where_it_was_seen_and_what_it_finds(name):
    scenario = load(name)
    assert scenario.description.endswith(".")
    assert scenario.finds
    assert scenario.threads or name in UNREPORTED
    assert "# What clients did wrong: " in TEXTS[name]


@pytest.mark.parametrize("workload", ["careless", "careful"])
@pytest.mark.parametrize("name", PLAYED)
def test_no_call_is_an_error_of_ours(name, workload):
    calls = [entry.data for entry in played(name, workload).entries if entry.kind == "call"]
    assert not [line for line in calls if line["status"] == 500 and not line["rules"]]


def test_all_are_listed():
    lines = CliRunner().invoke(main, ["scenarios"]).output.splitlines()
    assert [line.split()[0] for line in lines] == list(TEXTS)
