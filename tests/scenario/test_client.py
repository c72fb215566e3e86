"""How a workload names things, and how patient its client is."""

from __future__ import annotations

from itertools import pairwise

import pytest

BOOT = "boot: {name: web, flavor: m1.tiny, image: cirros-0.6.3-x86_64-disk, network: private}"
PORT = 'create: {kind: ports, body: {name: web, network_id: "{networks:private}"}}'


def texts(run):
    return [outcome.text for outcome in run.outcomes]


def calls(run, operation):
    return [entry.data for entry in run.entries if entry.kind == "call" and entry.subject == operation]


# --- names for ids


def test_a_body_names_things(play):
    run = play(f"""\
        workload:
          - {PORT}
          - boot:
              name: web
              flavor: m1.tiny
              image: cirros-0.6.3-x86_64-disk
              body: {{networks: [{{port: "{{ports:web}}"}}]}}
          - wait: {{servers: web, status: ACTIVE}}
          - wait: {{ports: web, status: ACTIVE}}
        """)
    assert run.ok, run.findings


def test_a_name_may_be_narrowed_to_a_status(play):
    run = play(f"""\
        workload:
          - {PORT}
          - call: {{path: "/network/v2.0/ports/{{ports:web|DOWN}}"}}
          - call: {{path: "/network/v2.0/ports/{{ports:web|ACTIVE}}"}}
        """)
    assert [outcome.ok for outcome in run.outcomes] == [True, True, False]
    assert texts(run)[-1] == "there is no port 'web' that is ACTIVE"


def test_other_fields_than_the_id_can_be_named(play):
    run = play(f"""\
        workload:
          - {PORT}
          - call: {{path: /network/v2.0/ports, query: {{mac_address: "{{ports:web#mac_address}}"}}}}
        """)
    assert [port["name"] for port in calls(run, "network.list_ports")[-1]["answer"]["ports"]] == ["web"]


def test_what_was_picked_is_known_when_it_is_gone(play):
    run = play(f"""\
        events: [{{at: 5m, server_deleted: web}}]
        workload:
          - {BOOT}
          - pick: {{servers: web, as: mine}}
          - advance: 10m
          - call: {{path: "/compute/v2.1/servers/{{mine}}", expect: 404}}
        """)
    assert run.ok, run.findings


@pytest.mark.parametrize("reference", ["{mine}", "{prots:web}"])
def test_a_reference_to_nothing_fails(play, reference):
    run = play(f"""\
        workload: [call: {{path: "/network/v2.0/ports/{reference}"}}]
        """)
    assert texts(run) == [f"there is nothing that {reference} could be"]


def test_a_pick_of_nothing_fails(play):
    run = play("workload: [pick: {servers: web, status: ACTIVE, as: mine}]")
    assert texts(run) == ["there is no server 'web' that is ACTIVE"]


# --- time


def test_a_client_that_backs_off_waits_longer_each_time(play):
    run = play("""\
        faults: [{on: compute.list_servers, effect: {status: 503}}]
        workload:
          - list: {servers: "*", retry: {on: 503, times: 4, every: 2s, backoff: 3}}
        """)
    times = [line["at"] // 1_000_000 for line in calls(run, "compute.list_servers")]
    assert [after - before for before, after in pairwise(times)] == [2, 6, 18, 54]


def test_a_look_at_each_may_take_its_time(play):
    run = play(f"""\
        workload:
          - {BOOT.replace("name: web", "name: web, count: 3")}
          - show: {{servers: "web-*", every: 20s}}
        """)
    assert [line["at"] // 1_000_000 % 60 for line in calls(run, "compute.show_server")] == [0, 20, 40]
