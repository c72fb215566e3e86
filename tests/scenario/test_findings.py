"""What is said of a client that asks in vain, waits for what stands still, or takes what is another one's."""

from __future__ import annotations

import pytest

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


def test_a_floating_ip_that_is_led_elsewhere_is_stolen(play):
    run = play(FLOATING.replace("BETWEEN", "- advance: 1m"))
    assert kinds(run) == ["steal"]
    assert "was taken away from there" in run.findings[0].text


def test_a_floating_ip_that_was_let_go_is_free(play):
    assert kinds(play(FLOATING.replace("BETWEEN", '- update: {floatingips: "*", body: {port_id: null}}'))) == []


@pytest.mark.parametrize("expectation", ["no_vain_retries", "no_endless_waits", "no_steals"])
def test_an_expectation_can_be_given_up(play, expectation):
    run = play(FLOATING.replace("BETWEEN", "- advance: 1m") + f"expect: {{{expectation}: false}}\n")
    assert kinds(run) == ([] if expectation == "no_steals" else ["steal"])
