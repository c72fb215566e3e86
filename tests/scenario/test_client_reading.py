"""What a client of a workload can do besides asking: lists, catalogues, versions, clocks, and other clients."""

from __future__ import annotations

import pytest

from fakecompute.errors import BadDefinition

BOOT = "boot: {name: web, flavor: m1.tiny, image: cirros-0.6.3-x86_64-disk, network: private}"


def kinds(run):
    return [finding.kind for finding in run.findings]


def said(run):
    return [outcome.text for outcome in run.outcomes]


def calls(run, operation):
    return [e.data for e in run.entries if e.kind == "call" and e.data["operation"] == operation]


# --- lists

SMALL_PAGES = """\
    cloud: {extends: default, settings: {max_limit: 4}}
    workloads:
      all: [{list: {flavors: "*"}}, {show: {flavors: "*"}}]
      first:
        client: {lists: first_page}
        steps: [{list: {flavors: "*"}}, {show: {flavors: "*"}}]
    """


@pytest.mark.parametrize(("workload", "seen"), [("all", 8), ("first", 4)])
def test_a_client_reads_all_pages_of_a_list_or_one(play, workload, seen):
    run = play(SMALL_PAGES, workload)
    assert said(run) == [f"{seen} flavors", f"looked at {seen} flavors"]


@pytest.mark.parametrize("noun", ["images", "networks", "volumes"])
def test_the_links_of_every_service_are_followed(play, noun):
    run = play(f"""\
        workload:
          - create: {{kind: volumes, body: {{name: one, size: 1}}}}
          - create: {{kind: volumes, body: {{name: two, size: 1}}}}
          - list: {{{noun}: "*", limit: 1}}
        """)
    assert int(said(run)[-1].split()[0]) >= 2
    assert "marker=" in calls(run, f"{noun[:-1]}.list_{noun}")[-1]["path"]


@pytest.mark.parametrize("noun", ["flavors", "images", "networks"])
def test_who_follows_blindly_never_comes_to_an_end(play, noun):
    text = f"""\
        faults: [{{name: no end, on: "*.list_{noun}", phase: read, effect: {{endless: true}}}}]
        workloads:
          blind: {{client: {{lists: blindly}}, steps: [{{list: {{{noun}: "*"}}}}]}}
          other: [{{list: {{{noun}: "*"}}}}]
        """
    assert {"failed", "hot_loop"} <= set(kinds(play(text, "blind")))
    assert play(text, "other").ok


def test_a_walk_begins_again_when_its_marker_is_gone(play):
    text = """\
        events: [{at: 30s, flavor_gone: m1.large}]
        workload: [{list: {flavors: "*", limit: 2, every: 20s, again: 1}}]
        """
    assert said(play(text)) == ["7 flavors"]


def test_a_client_deletes_just_what_is_old(play):
    run = play(f"""\
        workload:
          - {BOOT.replace("web", "old")}
          - advance: 10m
          - {BOOT.replace("web", "new")}
          - delete: {{servers: "*", older: 5m}}
        expect: {{count: {{old: 0, new: 1}}}}
        """)
    assert run.ok, run.findings


# --- the catalogue


def test_a_service_without_an_endpoint_is_not_asked(play):
    text = """\
        events:
          - {at: 0s, endpoint_unlisted: volume}
          - {at: 2m, endpoint_listed: volume}
        workloads:
          impatient: [{advance: 1s}, {list: {volumes: "*"}}]
          patient:
            client: {retry: {on: no_endpoint, times: 5, every: 1m}}
            steps: [{advance: 1s}, {list: {volumes: "*"}}]
        """
    run = play(text, "impatient")
    assert kinds(run) == ["failed"]
    assert "no_endpoint" in run.findings[0].text
    assert not calls(run, "volume.list_volumes")
    assert said(play(text, "patient"))[-1] == "0 volumes"


def test_an_endpoint_in_another_region_is_not_found_here(play):
    text = """\
        events: [{at: 0s, endpoint_listed: {service: compute, region: Elsewhere}}]
        workloads:
          here: {client: {region: RegionOne}, steps: [{advance: 1s}, {list: {servers: "*"}}]}
          there: {client: {region: Elsewhere}, steps: [{advance: 1s}, {list: {servers: "*"}}]}
          anywhere: [{advance: 1s}, {list: {servers: "*"}}]
        """
    assert [kinds(play(text, name)) for name in ("here", "there", "anywhere")] == [["failed"], [], []]


# --- versions


def test_a_client_may_take_the_version_that_both_sides_know(play):
    text = """\
        release: newton
        workloads:
          old: [{call: {path: /compute/v2.1/servers, version: "2.60", expect: 406}}]
          new:
            client: {negotiates: true}
            steps:
              - call: {path: /compute/v2.1/servers, version: "2.60", expect: 200}
              - call: {path: /volume/v3/volumes, version: "3.60", expect: 200}
        """
    assert play(text, "old").ok
    run = play(text, "new")
    assert run.ok, run.findings
    (servers,), (volumes,) = calls(run, "compute.list_servers"), calls(run, "volume.list_volumes")
    assert (servers["version"], volumes["version"]) == ("2.38", "3.15")


# --- tokens


def test_a_client_that_trusts_its_clock_makes_tokens_for_nothing(play):
    text = """\
        cloud: {extends: default, settings: {token_clock_skew: -7200}}
        workloads:
          clock: {client: {watches_expiry: true}, steps: [{repeat: {times: 5, steps: [{list: {servers: "*"}}]}}]}
          other: [{repeat: {times: 5, steps: [{list: {servers: "*"}}]}}]
        expect: {max_logins: 1}
        """
    assert kinds(play(text, "clock")) == ["logins"]
    assert play(text, "other").ok


def test_a_service_that_takes_no_token_is_tried_again_with_a_new_one(play):
    run = play("""\
        events:
          - {at: 0s, set_settings: {tokens_refused_by: [compute]}}
          - {at: 1m, set_settings: {tokens_refused_by: []}}
        workload:
          client: {retry: {on: 401, times: 5, every: 20s}}
          steps: [{advance: 1s}, {list: {volumes: "*"}}, {list: {servers: "*"}}]
        """)
    assert run.ok, run.findings
    assert len(calls(run, "volume.list_volumes")) == 1
    assert len(calls(run, "identity.create_token")) == 4


# --- others


def test_other_clients_come_at_their_times(play):
    run = play(f"""\
        workload:
          steps:
            - {BOOT}
            - wait: {{servers: web, status: DELETED, within: 10m, every: 1m}}
          also:
            - {{at: 5m, client: {{agent: second}}, steps: [{{delete: {{servers: web}}}}]}}
            - {{at: 2h, client: {{agent: third}}, steps: [{{list: {{servers: "*"}}}}]}}
        """)
    assert run.ok, run.findings
    (deleted,) = [e for e in run.entries if e.kind == "call" and e.data["method"] == "DELETE"]
    assert (deleted.at, deleted.data["client"]) == (300_000_000, "second")
    (last,) = [e for e in run.entries if e.kind == "call" and e.data["client"] == "third" and e.data["method"] == "GET"]
    assert last.at == 7_200_000_000


def test_what_others_fail_in_is_found_as_well(play):
    run = play("workload: {steps: [], also: [{at: 1s, steps: [{call: {path: /compute/v2.1/servers/nothing}}]}]}")
    assert kinds(run) == ["failed"]


# --- what is found


def test_how_many_there_are_at_the_end_is_counted(play):
    run = play(f"""\
        workload: [{{{BOOT}}}, {{{BOOT}}}]
        expect: {{count: {{web: 1, "db-*": 0}}}}
        """)
    assert kinds(run) == ["count"]
    assert run.findings[0].text == "there are 2 web at the end, not 1"


def test_an_action_that_is_begun_anew_while_it_is_under_way_is_found(play):
    text = f"""\
        workloads:
          careless:
            - {BOOT}
            - wait: {{servers: web, status: ACTIVE}}
            - act: {{servers: web, action: reboot, body: {{type: HARD}}}}
            - act: {{servers: web, action: reboot, body: {{type: HARD}}}}
          careful:
            - {BOOT}
            - wait: {{servers: web, status: ACTIVE}}
            - act: {{servers: web, action: reboot, body: {{type: HARD}}}}
            - wait: {{servers: web, status: ACTIVE}}
            - act: {{servers: web, action: reboot, body: {{type: HARD}}}}
        """
    assert kinds(play(text, "careless")) == ["overtaken"]
    assert play(text, "careful").ok


def test_the_mistakes_of_a_client_are_told(play):
    with pytest.raises(BadDefinition) as caught:
        play("""\
            workload:
              client: {lists: first, negotiates: often, regions: here}
              steps: []
              also: [{steps: []}]
            """)
    mistakes = [mistake.partition(": ")[2] for mistake in caught.value.mistakes]
    assert mistakes == [
        "workload.client.lists: there is no way to read lists 'first'; did you mean 'first_page'?",
        "workload.client.negotiates: must be true or false",
        "workload.client.regions: there is no such key; did you mean 'region'?",
        "workload.also[0]: 'at' is missing",
    ]
