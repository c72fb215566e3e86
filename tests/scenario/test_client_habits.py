"""What clients of a workload can say and do beyond the plain, and what is found of it."""

from __future__ import annotations

import pytest

from fakecompute.errors import BadDefinition

NEW = "flavor: m1.tiny, image: cirros-0.6.3-x86_64-disk"
BOOT = f"boot: {{name: web, {NEW}, network: private}}"


def kinds(run):
    return [finding.kind for finding in run.findings]


def verbs(run):
    return [outcome.step.verb for outcome in run.outcomes]


# --- what it does


def test_steps_are_repeated_under_the_number_of_the_round(play):
    run = play(f"""\
        workload:
          - repeat:
              times: 2
              every: 10s
              steps:
                - boot: {{name: "web-{{n}}", {NEW}, network: private}}
                - wait: {{servers: "web-{{n}}", status: ACTIVE}}
        expect: {{status: {{web-1: ACTIVE, web-2: ACTIVE}}}}
        """)
    assert run.ok, run.findings
    assert verbs(run) == ["boot", "wait", "boot", "wait"]


def test_a_repetition_ends_when_a_condition_holds(play):
    run = play(f"""\
        workload:
          - repeat:
              times: 100
              until: {{servers: web, status: ACTIVE}}
              steps:
                - {BOOT}
                  unless: {{servers: web}}
                - advance: 5s
        """)
    assert run.ok
    assert 2 < len(run.outcomes) < 20


def test_what_ends_a_workload_ends_it_in_a_repetition_too(play):
    run = play("""\
        workload:
          - repeat:
              times: 3
              steps:
                - show: {servers: "*"}
                - repeat: {times: 3, steps: [{give_up: true}]}
          - advance: 1s
        """)
    assert verbs(run) == ["show", "give_up"]


def test_a_server_is_booted_on_a_port(play):
    run = play(f"""\
        workload:
          - create: {{kind: ports, body: {{name: mine, network_id: "{{networks:private}}"}}}}
          - boot: {{name: web, {NEW}, port: mine}}
          - wait: {{servers: web, status: ACTIVE}}
          - reach: {{server: web}}
        expect: {{no_orphans: true}}
        """)
    assert run.ok, run.findings
    assert run.outcomes[-1].text.startswith("web is at 10.0.")


def test_who_has_patience_reaches_what_has_no_address_yet(play):
    text = f"""\
        timing: {{"server.create.*": 2s}}
        faults: [{{on: compute.*, hits: {{between: [0s, 60s]}}, phase: read, effect: {{empty_fields: addresses}}}}]
        workload: [{{{BOOT}}}, {{wait: {{servers: web, status: ACTIVE}}}}, {{reach: {{server: web, within: WITHIN}}}}]
        """
    hasty, patient = play(text.replace("WITHIN", "20s")), play(text.replace("WITHIN", "2m"))
    assert [finding.text for finding in hasty.findings] == ["reach: server web has no address"]
    assert patient.ok and patient.outcomes[-1].at == 60_000_000


def test_zones_are_looked_at(play):
    run = play("""\
        cloud: two-zones
        events: [{at: 1s, host_disabled: "south-*"}]
        workload:
          - advance: 5s
          - show: {zones: north, expect: 404}
            when: {zones: north, status: "False"}
          - advance: 1s
            when: {zones: south, status: "False"}
          - advance: 1s
            when: {zones: "*", count: 3}
        """)
    assert run.ok
    assert verbs(run) == ["advance", "advance"]


def test_it_waits_for_what_it_has_made_itself(play):
    run = play(f"""\
        events: [{{at: 0s, server_made: web}}]
        workload:
          - {BOOT}
          - wait: {{servers: web, status: ACTIVE, by_id: true}}
          - delete: {{servers: web, only_known: true}}
          - wait: {{servers: web, status: DELETED, by_id: true}}
        expect: {{no_strangers: true, status: {{web: ACTIVE}}}}
        """)
    assert run.ok, run.findings


def test_it_sees_whether_servers_are_on_one_host(play):
    text = f"""\
        cloud:
          extends: default
          hosts: [{{name: "compute-{{n}}", count: COUNT, vcpus: 16, ram: 65536, disk: 1000}}]
        workload:
          - boot: {{name: web, count: 2, {NEW}, network: private}}
          - wait: {{servers: "web-*", status: ACTIVE}}
          - give_up: true
            when: {{servers: "web-*", together: true}}
          - advance: 1s
        expect: {{apart: "web-*"}}
        """
    one, two = play(text.replace("COUNT", "1")), play(text.replace("COUNT", "2"))
    assert verbs(one)[-1] == "give_up" and verbs(two)[-1] == "advance"
    assert [finding.text for finding in one.findings] == ["web-1 and web-2 are on one host, compute-1"]
    assert two.ok


# --- what is found


def test_what_is_of_no_use_is_an_orphan_and_what_serves_is_none(play):
    run = play(f"""\
        events: [{{at: 10m, server_failed: bad}}]
        workload:
          - create: {{kind: ports, body: {{name: used, network_id: "{{networks:private}}"}}}}
          - create: {{kind: ports, body: {{name: free, network_id: "{{networks:private}}"}}}}
          - create: {{kind: volumes, body: {{name: data, size: 1}}}}
          - boot: {{name: good, {NEW}, port: used}}
          - boot: {{name: bad, {NEW}, network: private}}
          - advance: 20m
        expect: {{no_orphans: true}}
        """)
    assert {finding.text.split(" (")[0] for finding in run.findings} == {"port free", "volume data", "server bad"}
    assert set(kinds(run)) == {"orphan"}


def test_only_some_kinds_of_orphans_may_be_asked_for(play):
    text = """\
        workload: [{create: {kind: volumes, body: {name: data, size: 1}}}]
        expect: {no_orphans: KIND}
        """
    assert kinds(play(text.replace("KIND", "volume"))) == ["orphan"]
    assert play(text.replace("KIND", "[server, floating_ip]")).ok


def test_who_deletes_what_others_made_is_told(play):
    text = """\
        events: [{at: 0s, server_made: web}]
        workload: [{advance: 1m}, {delete: {servers: web}}]
        expect: {no_strangers: true}
        """
    assert kinds(play(text)) == ["stranger"]
    assert play(text.replace("true", "false")).ok


def test_a_new_token_is_no_reason_to_go_on_waiting(play):
    run = play(f"""\
        faults: [{{on: server.create.scheduling, effect: {{hang: true}}}}]
        workload: [{{{BOOT}}}, {{wait: {{servers: web, status: ACTIVE, within: 5h, every: 1m}}}}]
        """)
    assert kinds(run) == ["endless_wait", "failed"]


# --- mistakes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("finds: leaks", "finds: there is no kind of finding 'leaks'; did you mean 'leak'?"),
        ("expect: {no_orphans: image}",
         "expect.no_orphans: there is no kind of thing 'image'; there are floating_ip, port, server, volume"),
        ("workload: [{repeat: {steps: []}}]", "workload[0].repeat: 'times' is missing"),
        ("workload: [{repeat: {times: 2, steps: [{bot: {}}]}}]",
         "workload[0].repeat.steps[0].bot: there is no step 'bot'; did you mean 'boot'?"),
        ("workload: [{reach: {}}]", "workload[0].reach: 'server' is missing"),
        ("events: [{at: 1s, agent_dwon: compute-1}]",
         "events[0].agent_dwon: there is no kind of event 'agent_dwon'; did you mean 'agent_down'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(play, text, said):
    with pytest.raises(BadDefinition) as caught:
        play(text)
    assert said in [mistake.partition(": ")[2] for mistake in caught.value.mistakes]
