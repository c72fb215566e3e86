"""A client of a workload bears whatever answers it gets: fields that are not there, refusals where none is looked for."""

from __future__ import annotations

from tests.scenario.test_client_reading import said

BOOT = "boot: {name: web, flavor: m1.tiny, image: cirros*, network: private}"


def bare(*fields, on="*.list_*"):
    return f"faults: [{{name: bare, on: '{on}', phase: read, effect: {{drop_fields: [{', '.join(fields)}]}}}}]"


def test_what_has_no_name_is_reached_all_the_same(play):
    run = play(f"""
        {bare("name", on="compute.list_servers*")}
        workload:
          - {BOOT}
          - advance: 2m
          - reach: {{server: "*"}}
        """)
    assert said(run)[-1].startswith("* is at 10.")


def test_what_tells_no_age_is_not_old(play):
    run = play(f"""
        {bare("created", on="compute.list_servers*")}
        workload:
          - {BOOT}
          - advance: 1h
          - delete: {{servers: web, older: 1m}}
        """)
    assert said(run)[-1] == "deleted 0 servers"


def test_a_zone_is_looked_at_by_its_name(play):
    run = play("workload: [{show: {zones: nova, expect: 404}}]")
    assert said(run) == ["looked at 1 zones"]


def test_a_client_that_is_refused_the_versions_has_none_to_choose_from(play):
    run = play("""
        faults: [{name: no, on: compute.*version*, effect: {status: 503}}]
        workload:
          client: {versions: {compute: "2.79"}, negotiates: true}
          steps: [{list: {servers: "*"}}]
        """)
    assert said(run) == ["GET /compute/v2.1/: tells no versions"]


def test_the_latest_version_is_what_the_cloud_has(play):
    run = play("""
        release: zed
        workload:
          client: {versions: {compute: latest}, negotiates: true}
          steps: [{list: {servers: "*"}}]
        """)
    assert [e.data["version"] for e in run.entries if e.kind == "call" and e.data["operation"] == "compute.list_servers"] == [
        "2.93"
    ]
