"""What is said of a client that asks in vain, waits for what stands still, or takes what is another one's."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.evidence import Evidence
from fakecompute.scenario.expectations import Expectation
from fakecompute.scenario.findings import judge
from fakecompute.scenario.timeline import Entry

VOLUME = "create: {kind: volumes, body: {name: data, size: 1}}"
BOOT = "boot: {name: web, flavor: m1.tiny, image: cirros-0.6.3-x86_64-disk, network: private}"


def kinds(run):
    return [finding.kind for finding in run.findings]


# --- asked in vain

QUOTA = """\
    cloud: {extends: default, quotas: {demo: {instances: 0}}}
    events: [{at: 10m, set_quota: {project: demo, instances: 1}}]
    workload:
      - boot:
          name: web
          flavor: m1.tiny
          image: cirros-0.6.3-x86_64-disk
          network: private
          retry: {on: 403, times: 20, every: PAUSE}
    expect: {completes: false}
    """


def test_the_same_refusal_again_and_again_is_told_once(play):
    run = play(QUOTA.replace("PAUSE", "1s"))
    assert kinds(run) == ["vain_retry"]
    assert run.findings[0].text == (
        "POST /compute/v2.1/servers was refused 21 times in 20 s, always with"
        " 403 Quota exceeded for instances: Requested 1, but already used 0 of 0 instances"
    )


def test_a_client_that_is_heard_in_the_end_did_not_ask_in_vain(play):
    assert kinds(play(QUOTA.replace("PAUSE", "60s"))) == []


def test_a_few_refusals_are_nothing_to_tell(play):
    assert kinds(play(QUOTA.replace("PAUSE", "1s").replace("times: 20", "times: 8"))) == []


@pytest.mark.parametrize("status", [401, 429, 503])
def test_what_passes_by_itself_is_not_asked_in_vain(play, status):
    run = play(f"""\
        faults: [{{on: compute.list_servers, effect: {{status: {status}}}}}]
        workload:
          - list: {{servers: "*", retry: {{on: {status}, times: 15, every: 1s}}}}
        expect: {{completes: false}}
        """)
    assert kinds(run) == []


def test_a_burst_of_different_requests_is_no_hot_loop(play):
    run = play(f"""\
        workload: [{{{BOOT.replace("name: web", "name: web, count: 10")}}}]
        """)
    assert kinds(run) == []


# --- waited for what stands still


def test_what_stays_as_it_is_for_an_hour_is_waited_for_in_vain(play):
    text = f"""\
        events: [{{at: 1s, backend_down: "*"}}]
        workload:
          - {VOLUME}
          - wait: {{volumes: data, status: available, within: WITHIN, every: 1m}}
        expect: {{completes: false}}
        """
    run = play(text.replace("WITHIN", "2h"))
    assert kinds(run) == ["endless_wait"]
    assert run.findings[0].text.endswith("although nothing changes any more: creating")
    assert kinds(play(text.replace("WITHIN", "30m"))) == []


# --- took what is another one's

FLOATING = """\
    workload:
      - create: {kind: floatingips, body: {floating_network_id: "{networks:public}"}}
      - create: {kind: ports, body: {name: a, network_id: "{networks:private}"}}
      - create: {kind: ports, body: {name: b, network_id: "{networks:private}"}}
      - update: {floatingips: "*", body: {port_id: "{ports:a}"}}
      BETWEEN
      - update: {floatingips: "*", body: {port_id: "{ports:b}"}}
    """


def test_a_floating_ip_that_is_led_elsewhere_may_be_called_stolen(play):
    moved = FLOATING.replace("BETWEEN", "- advance: 1m")
    assert kinds(play(moved)) == []
    run = play(moved + "expect: {no_steals: true}\n")
    assert kinds(run) == ["steal"]
    assert "was taken away from there" in run.findings[0].text


def test_a_floating_ip_that_was_let_go_is_free(play):
    let_go = FLOATING.replace("BETWEEN", '- update: {floatingips: "*", body: {port_id: null}}')
    assert kinds(play(let_go + "expect: {no_steals: true}\n")) == []


def test_an_expectation_can_be_given_up(play):
    asked = QUOTA.replace("PAUSE", "1s")
    assert kinds(play(asked)) == ["vain_retry"]
    assert kinds(play(asked.replace("completes: false", "completes: false, no_vain_retries: false"))) == []


# --- what is no reason to cry wolf


def test_who_looks_for_an_id_first_and_then_for_a_name_asks_nothing_in_vain(play):
    run = play("""\
        workload:
          - repeat:
              times: 15
              every: 1s
              steps:
                - call: {path: /compute/v2.1/flavors/m1.tiny, expect: 404}
                - call: {path: /compute/v2.1/flavors}
        """)
    assert kinds(run) == []


def test_what_was_found_and_cleared_away_was_not_made_twice(play):
    run = play(f"""\
        faults: [{{on: compute.create_server, hits: {{nth: 1}}, phase: after, effect: {{status: 500}}}}]
        workload:
          - {BOOT.replace("private}", "private, expect: 500}")}
          - wait: {{servers: web, status: ACTIVE}}
          - delete: {{servers: web}}
          - wait: {{servers: web, status: DELETED}}
          - {BOOT}
        """)
    assert kinds(run) == []


def test_one_answer_for_many_servers_loses_none(play):
    run = play(f"""\
        workload:
          - {BOOT.replace("name: web", "name: web, body: {min_count: 3, max_count: 3}")}
        """)
    assert kinds(run) == []


def called(*asked: Any, user: str = "demo") -> list[Entry]:
    """The timeline of calls: seconds, method, path, status, answer."""
    return [
        Entry(
            int(at * SECOND),
            "call",
            path,
            "",
            {"operation": None, "method": method, "path": path, "status": status, "answer": answer, "user": user, **more},
        )
        for at, method, path, status, answer, more in asked
    ]


def said(cloud, entries):
    return [finding.kind for finding in judge(Evidence(cloud, entries))]


def looks(every: float, status: str, count: int = 30) -> list[Any]:
    return [(10 + n * every, "GET", "/servers/1", 200, {"server": {"status": status}}, {}) for n in range(count)]


BEGUN: Any = (0, "POST", "/servers", 202, None, {})


def test_who_has_done_nothing_watches_and_does_not_wait(cloud):
    assert said(cloud, called(*looks(5, "ERROR"))) == []
    assert said(cloud, called(BEGUN, *looks(5, "ERROR"))) == ["endless_wait"]


def test_who_looks_at_what_runs_now_and_then_is_not_waiting(cloud):
    assert said(cloud, called(BEGUN, *looks(1, "ACTIVE"))) == []
    assert said(cloud, called(BEGUN, *looks(900, "ACTIVE"))) == []
    assert said(cloud, called(BEGUN, *looks(30, "ACTIVE"))) == ["endless_wait"]


def test_many_processes_that_begin_at_once_are_no_loop(cloud):
    once: list[Any] = [(0.01 * n, "GET", "/images?name=cirros", 200, {}, {}) for n in range(20)]
    assert said(cloud, called(*once)) == []
    versions: list[Any] = [(0.01 * n, "GET", "/identity/v3", 200, {}, {"operation": "identity.show_version"}) for n in range(50)]
    assert said(cloud, called(*versions)) == []


@pytest.mark.parametrize(("status", "times"), [(200, 30), (503, 10)])
def test_one_that_does_not_pause_is_a_loop(cloud, status, times):
    asked: list[Any] = [(0.05 * n, "GET", "/servers", status, {}, {}) for n in range(times)]
    assert said(cloud, called(*asked)) == ["hot_loop"]
    assert said(cloud, called(*asked[1:])) == []


def test_what_was_on_its_way_when_another_was_refused_is_not_asked_too_early(cloud):
    at_once: list[Any] = [
        (0.01 * n, "POST", "/servers", 429, {}, {"operation": "create", "retry_after": "60", "body": {"name": n}})
        for n in range(5)
    ]
    assert said(cloud, called(*at_once)) == []
    later: Any = (9, "POST", "/servers", 202, {}, {"operation": "create", "body": {"name": 9}})
    assert said(cloud, called(*at_once, later)) == ["retry_after"]
    the_same = (0.05, *at_once[-1][1:])
    assert said(cloud, called(*at_once, the_same)) == ["retry_after"]


def test_a_retry_after_that_is_a_date_is_left_alone(cloud):
    refused: Any = (0, "GET", "/servers", 503, {}, {"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT"})
    assert said(cloud, called(refused, refused)) == []


def test_of_another_client_only_its_habits_count():
    strict = Expectation(no_leaks=("server",), no_orphans=("server", "volume"), status=(("web", "ACTIVE"),), within=5.0)
    assert strict.of_habits() == Expectation(no_orphans=("server",))
