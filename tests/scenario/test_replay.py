"""Playing a scenario: what a workload does, what happens meanwhile, and the verdict on its client."""

from __future__ import annotations

import orjson
import pytest

from fakecompute.errors import BadDefinition

BOOT = "boot: {name: web, flavor: m1.tiny, image: cirros-0.6.3-x86_64-disk, network: private}"


def kinds(run):
    return [finding.kind for finding in run.findings]


# --- what it does


def test_two_plays_are_the_same_to_the_byte(play):
    text = f"""\
        seed: 7
        workload:
          - {BOOT}
          - wait: {{servers: web, status: ACTIVE}}
        """
    assert play(text).as_json() == play(text).as_json()


def test_a_server_is_booted_waited_for_stopped_and_deleted(play):
    run = play(f"""\
        workload:
          - {BOOT}
          - wait: {{servers: web, status: ACTIVE, stop_on: [ERROR]}}
          - act: {{servers: web, action: os-stop}}
          - wait: {{servers: web, status: SHUTOFF}}
          - delete: {{servers: web}}
          - wait: {{servers: web, status: DELETED}}
        expect: {{no_leaks: true}}
        """)
    assert run.ok, run.findings
    assert [outcome.ok for outcome in run.outcomes] == [True] * 6
    states = [e.data["after"] for e in run.entries if e.kind == "transition" and e.subject == "server web"]
    assert [states[0], states[-1]] == ["BUILD (scheduling)", "DELETED"]
    assert "SHUTOFF" in states


def test_volumes_are_made_attached_and_detached(play):
    run = play(f"""\
        workload:
          - create: {{kind: volumes, body: {{name: data, size: 1}}}}
          - {BOOT}
          - wait: {{servers: web, status: ACTIVE}}
          - wait: {{volumes: data, status: available}}
          - attach: {{server: web, volume: data}}
          - wait: {{volumes: data, status: in-use}}
          - detach: {{server: web, volume: data}}
          - wait: {{volumes: data, status: available}}
        expect: {{status: {{web: ACTIVE, data: available}}}}
        """)
    assert run.ok, run.findings


def test_a_call_names_things_in_its_path(play):
    run = play(f"""\
        workload:
          - {BOOT}
          - call: {{path: "/compute/v2.1/servers/{{servers:web}}", expect: 200}}
          - call: {{path: /compute/v2.1/servers/nothing, expect: 404}}
        """)
    assert run.ok, run.findings


def test_a_step_may_be_left_out(play):
    run = play(f"""\
        workload:
          - {BOOT}
          - {BOOT}
            unless: {{servers: web}}
          - advance: 60s
            when: {{servers: web, status: ERROR}}
        """)
    assert [outcome.step.verb for outcome in run.outcomes] == ["boot"]


def test_a_client_that_dies_leaves_what_it_has_begun(play):
    run = play(f"""\
        workload:
          - {BOOT}
          - give_up:
          - delete: {{servers: web}}
        expect: {{no_leaks: [server]}}
        """)
    assert kinds(run) == ["leak"]


def test_a_step_that_fails_ends_the_workload(play):
    run = play(f"""\
        workload:
          - {BOOT.replace("m1.tiny", "gigantic")}
          - advance: 1s
        """)
    assert kinds(run) == ["failed"]
    assert "there is no flavor 'gigantic'" in run.findings[0].text
    assert len(run.outcomes) == 1


def test_a_step_may_be_allowed_to_fail(play):
    run = play("""\
        workload:
          - call: {path: /compute/v2.1/servers/nothing}
            may_fail: true
          - advance: 1s
        """)
    assert run.ok
    assert [outcome.ok for outcome in run.outcomes] == [False, True]


# --- what a client can do wrong, and what it does right

LOST = f"""\
    faults:
      - {{name: lost, on: compute.create_server, hits: {{nth: 1}}, phase: after, effect: {{status: 504, delay: 60s}}}}
    workloads:
      careless:
        client: {{retry: {{on: 504, times: 2, every: 1s}}}}
        steps: [{{{BOOT}}}]
      careful:
        client: {{retry: {{on: 504, times: 2, every: 1s, look_first: true}}}}
        steps: [{{{BOOT}}}]
    """


def test_a_blind_retry_makes_two(play):
    assert "duplicate" in kinds(play(LOST, "careless"))
    assert kinds(play(LOST, "careful")) == []


def test_a_lost_create_is_a_server_that_nobody_knows(play):
    run = play(f"""\
        faults:
          - {{on: compute.create_server, phase: wire, effect: {{reset: true}}}}
        workload:
          - {BOOT}
            may_fail: true
        """)
    assert kinds(run) == ["lost"]
    assert "server web" in run.findings[0].text


LIMITED = """\
    faults:
      - {on: compute.list_servers, hits: {times: 1}, effect: {status: 429, headers: {Retry-After: "30"}}}
    workloads:
      careless:
        client: {retry: {on: 429, times: 5, every: 1s, honour: false}}
        steps: [list: {servers: "*"}]
      careful:
        client: {retry: {on: 429, times: 5, every: 1s}}
        steps: [list: {servers: "*"}]
    """


def test_a_retry_before_its_time_is_told(play):
    run = play(LIMITED, "careless")
    assert kinds(run) == ["retry_after"]
    assert "29 s before its Retry-After of 30 s was over" in run.findings[0].text
    assert play(LIMITED, "careful").ok


def test_a_hot_loop_is_told_once(play):
    run = play("""\
        faults:
          - {on: compute.list_servers, effect: {status: 503}}
        workload:
          client: {retry: {on: 503, times: 50, every: 0}}
          steps:
            - list: {servers: "*"}
              may_fail: true
        expect: {max_request_rate: 5/s}
        """)
    assert kinds(run) == ["hot_loop", "rate"]


def test_who_waits_for_an_error_to_become_active_waits_for_ever(play):
    text = f"""\
        faults:
          - {{on: server.create.spawning, effect: {{fail: "no", status: ERROR}}}}
        workload:
          - {BOOT}
          - wait: {{servers: web, status: ACTIVE, within: 30m}}
        """
    assert kinds(play(text)) == ["endless_wait", "failed"]
    stops = text.replace("within: 30m", "within: 30m, stop_on: [ERROR]")
    assert kinds(play(stops)) == ["failed"]


def test_a_fault_that_is_never_met_is_told(play):
    run = play("""\
        faults:
          - {name: never, on: compute.create_server, effect: {status: 500}}
        workload: [{list: {servers: "*"}}]
        expect: {every_fault_hit: true}
        """)
    assert kinds(run) == ["unmet_fault"]


def test_states_at_the_end_are_compared(play):
    run = play(f"""\
        workload: [{{{BOOT}}}]
        expect: {{status: {{web: SHUTOFF}}}}
        """)
    assert [finding.text for finding in run.findings] == ["web is ACTIVE, not SHUTOFF"]


def test_too_long_is_too_slow(play):
    run = play("""\
        workload: [{advance: 2h}, {list: {servers: "*"}}]
        expect: {within: 1h}
        """)
    assert kinds(run) == ["too_slow"]


def test_damaged_answers_are_failures_of_their_own(play):
    text = """\
        faults: [{on: compute.list_servers, hits: {times: 1}, phase: wire, effect: {EFFECT: 1}}]
        workload: [{list: {servers: "*", expect: STATUS}}]
        """
    for effect, status in ("truncate", "truncated"), ("reset", "reset"), ("corrupt", "unreadable"):
        value = "1" if effect == "truncate" else "true"
        run = play(text.replace("EFFECT: 1", f"{effect}: {value}").replace("STATUS", status))
        assert run.ok, run.findings


# --- mistakes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("workload: [{bot: {}}]", "workload[0].bot: there is no step 'bot'; did you mean 'boot'?"),
        ("workload: [{boot: {name: web}}]", "workload[0].boot: 'flavor' is missing"),
        ("workload: [{wait: {status: ACTIVE}}]",
         "workload[0].wait: must name things of one kind: servers, volumes, ports ..."),
        ("workload: [{advance: long}]",
         "workload[0].advance: must be a duration: 8s, 300ms, 10m, 2h, 1d or a number of seconds"),
        ("workload: [{list: {servers: web, expect: tiemout}}]",
         "workload[0].list.expect: there is no failure (or a status of HTTP) 'tiemout'; did you mean 'timeout'?"),
        ("workload: {client: {retyr: 3}, steps: []}",
         "workload.client.retyr: there is no such key; did you mean 'retry'?"),
        ("expect: {no_leak: true}", "expect.no_leak: there is no such key; did you mean 'no_leaks'?"),
        ("expect: {no_leaks: [sever]}",
         "expect.no_leaks[0]: there is no kind of thing 'sever'; did you mean 'server'?"),
        ("expect: {max_request_rate: fast}", "expect.max_request_rate: must be a rate: 5/s, 300/m"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(play, text, said):
    with pytest.raises(BadDefinition) as caught:
        play(text)
    assert said in [mistake.partition(": ")[2] for mistake in caught.value.mistakes]


def test_a_run_is_json(play):
    told = orjson.loads(play("workload: [{advance: 1s}]").as_json())
    assert told["findings"] == []
    assert told["steps"] == [{"at": 1_000_000, "ok": True, "step": "advance", "text": "1 s passed"}]
