"""From a scenario file to a cloud, and what a bad file gets."""

from textwrap import dedent

import pytest

from fakecompute import BadDefinition, resources
from fakecompute.domain.bootstrap import SECTIONS
from fakecompute.domain.faults import Rule
from fakecompute.domain.records.compute import Aggregate, Host, Quota
from fakecompute.domain.timing import lognormal
from fakecompute.kernel.clock import SECOND, AutoClock, ManualClock, ScaledClock, WallClock, moment
from fakecompute.scenario.definition import READERS, checked
from fakecompute.scenario.load import load
from fakecompute.scenario.names import steps

FLAVORS = "/compute/v2.1/flavors"


@pytest.fixture
def written(tmp_path):
    """Writes a scenario, and gives its path."""

    def write(text, name="my.yaml"):
        (tmp_path / name).write_text(dedent(text))
        return tmp_path / name

    return write


@pytest.fixture
def mistakes(written):
    """What is wrong with a text, without the folder."""

    def of(text, name="my.yaml"):
        path = written(text, name)
        with pytest.raises(BadDefinition) as found:
            load(path)
        return [mistake.removeprefix(f"{path.parent}/") for mistake in found.value.mistakes]

    return of


# --- a good file


@pytest.mark.parametrize("name", resources.names("scenarios"))
def test_every_shipped_scenario_is_right(name):
    assert load(name).description


@pytest.mark.parametrize("name", resources.names("fixtures"))
def test_every_shipped_definition_is_right(name):
    assert load({"cloud": name}).cloud().store.count(Host)


@pytest.mark.parametrize("name", resources.names("fixtures"))
def test_every_shipped_definition_passes_the_checks_that_users_get(name):
    text, path = resources.read("fixtures", name)
    assert text and checked(path)


def test_every_section_of_a_definition_has_a_reader():
    assert READERS.keys() == SECTIONS.keys()


def test_an_empty_file_is_the_default_cloud(written):
    cloud = load(written("")).cloud()
    assert (cloud.streams.seed, cloud.release.name) == (0, load({}).release)
    assert cloud.store.count(Host) == 2


def test_a_file_says_seed_release_and_what_time_it_is(written):
    path = written("""
        seed: 42
        release: zed
        clock: {kind: auto, start: 2030-01-01T00:00:00Z}
        """)
    cloud = load(path).cloud()
    assert (cloud.streams.seed, cloud.release.code, cloud.clock) == (
        42,
        "zed",
        AutoClock(moment("2030-01-01T00:00:00Z")),
    )


def test_what_is_asked_for_counts_before_what_the_file_says(written):
    cloud = load(written("seed: 42\nrelease: zed")).cloud(seed=7, release="2025.1", clock="manual")
    assert (cloud.streams.seed, cloud.release.code, type(cloud.clock)) == (7, "epoxy", ManualClock)


def test_a_scaled_clock_has_its_rate(written):
    clock = load(written("clock: {kind: scaled, rate: 60}")).cloud().clock
    assert isinstance(clock, ScaledClock)
    assert clock.rate == 60


def test_who_waits_in_the_machines_time_waits_less():
    real, fast = load({}).cloud(), load({}).cloud(clock=WallClock())
    step = "server.create.spawning"
    took, took_fast = (cloud.timing.draw(cloud.streams, step, "x") for cloud in (real, fast))
    assert took_fast * 12 == pytest.approx(took, 1e-3)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("8s", 8), ("300ms", 0.3), ("10m", 600), ("2h", 7200), ("0.5", 0.5), ("8", 8)],
)
def test_a_step_takes_as_long_as_said(written, said, seconds):
    cloud = load(written(f"timing: {{server.create.spawning: {said}}}")).cloud()
    assert cloud.timing.draw(cloud.streams, "server.create.spawning", "x") == seconds * SECOND


def test_a_step_takes_what_a_distribution_gives(written):
    cloud = load(written("timing: {server.*: {uniform: [1s, 4s]}}")).cloud()
    drawn = [cloud.timing.draw(cloud.streams, "server.create.spawning", n) for n in range(50)]
    assert SECOND <= min(drawn) < max(drawn) <= 4 * SECOND


def test_a_lognormal_has_its_median(written):
    own = load(written("timing: {server.create.spawning: {lognormal: {p50: 3s, p99: 30s}}}")).timing
    assert own["server.create.spawning"] == lognormal(3, p99=30)


def test_a_fault_of_a_call_becomes_a_rule(written):
    path = written("""
        faults:
          - name: lost create
            on: compute.create_server
            where: {server.name: "web-*", project: demo}
            hits: {nth: 2, between: [60s, 2m]}
            phase: before
            effect: {status: 504, body: proxy-html, headers: {Retry-After: 5}, delay: 60s}
        """)
    [rule] = load(path).cloud().store.all(Rule)
    assert (rule.name, rule.on, rule.phase, rule.nth, rule.between) == (
        "lost create",
        "compute.create_server",
        "before",
        (2,),
        (60 * SECOND, 120 * SECOND),
    )
    assert rule.where == (("server.name", "web-*"), ("project", "demo"))
    assert (rule.effect.status, rule.effect.body, rule.effect.headers, rule.effect.delay) == (
        504,
        "proxy-html",
        (("Retry-After", "5"),),
        60 * SECOND,
    )


def test_a_fault_of_a_step_becomes_a_rule(written):
    path = written("""
        faults:
          - on: server.create.spawning
            where: {host: compute-2}
            hits: {skip: 2, times: 1}
            effect: {fail: No valid host was found., status: ERROR, slow: 10}
        """)
    [rule] = load(path).cloud().store.all(Rule)
    assert (rule.name, rule.phase, rule.skip, rule.times) == ("server.create.spawning", "step", 2, 1)
    assert (rule.effect.fail, rule.effect.ends_in, rule.effect.slow) == ("No valid host was found.", "error", 10)


def test_a_definition_is_looked_for_beside_the_scenario(written):
    written("extends: default\nhosts: [{name: lone, vcpus: 1, ram: 1024, disk: 1}]", "small.yaml")
    cloud = load(written("cloud: small.yaml")).cloud()
    assert [host.name for host in cloud.store.all(Host)] == ["lone"]


def test_a_definition_may_stand_in_the_scenario(written):
    path = written("""
        cloud:
          extends: two-zones
          quotas: {demo: {instances: 5}}
        """)
    cloud = load(path).cloud()
    assert cloud.store.count(Host) == 4
    assert [quota.limits for quota in cloud.store.all(Quota)] == [(("instances", 5),)]


def test_two_zones_are_two_zones():
    cloud = load({"cloud": "two-zones"}).cloud()
    assert {host.availability_zone for host in cloud.store.all(Host)} == {"north", "south"}
    assert {aggregate.name for aggregate in cloud.store.all(Aggregate)} == {"north", "south", "fast-disks"}


def test_large_has_a_thousand_hosts():
    assert load({"cloud": "large"}).cloud().store.count(Host) == 1000


@pytest.mark.scenario("bad-minute")
def test_the_bad_minute_is_the_second_one(cloud, http):
    assert http.get(FLAVORS).status_code == 200
    cloud.advance(60)
    refused = http.get(FLAVORS)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    cloud.advance(60)
    assert http.get(FLAVORS).status_code == 200


def test_json_is_yaml_too(written):
    assert load(written('{"seed": 3}', "my.json")).seed == 3


def test_merges_and_aliases_of_yaml_are_understood(written):
    path = written("""
        faults:
          - &bad {name: a, on: compute.list_flavors, effect: {status: 503}}
          - {<<: *bad, name: b}
        """)
    assert [rule.name for rule in load(path).rules] == ["a", "b"]


# --- a bad one


def test_all_mistakes_are_told_in_the_order_of_the_file(mistakes):
    text = """\
        sed: 42
        release: zedd
        faults:
          - name: late
            on: compute.create_servr
            effect: {statsu: 503}
          - on: server.create.spawnin
            effect: {hang: true}
        """
    assert mistakes(text) == [
        "my.yaml:1:1: sed: there is no such key; did you mean 'seed'?",
        "my.yaml:2:10: release: there is no release 'zedd'; did you mean 'zed'?",
        "my.yaml:5:9: faults[0].on: there is no call or step 'compute.create_servr'; "
        "did you mean 'compute.create_server'?",
        "my.yaml:6:14: faults[0].effect.statsu: there is no such key; did you mean 'status'?",
        "my.yaml:7:9: faults[1].on: there is no call or step 'server.create.spawnin'; "
        "did you mean 'server.create.spawning'?",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("version: 2", "my.yaml:1:10: version: there is no format version '2'; there are 1"),
        ("- seed", "my.yaml:1:1: must be a mapping"),
        ("seed: many", "my.yaml:1:7: seed: must be a whole number"),
        ("seed: 1\nseed: 2", "my.yaml:2:1: seed: is said twice"),
        ("clock: {kind: sundial}",
         "my.yaml:1:15: clock.kind: there is no clock 'sundial'; there are auto, manual, scaled, wall"),
        ("clock: {kind: manual, start: noon}",
         "my.yaml:1:30: clock.start: must be a time: 2026-01-01T00:00:00Z"),
        ("clock: {kind: manual, rate: 2}", "my.yaml:1:8: clock: only a scaled clock has a rate"),
        ("clock: {rate: 2}", "my.yaml:1:8: clock: 'kind' is missing"),
        ("cloud: two-zone",
         "my.yaml:1:8: cloud: there is no cloud definition 'two-zone'; did you mean 'two-zones'?"),
        ("timing: {server.*: 8 sec}",
         "my.yaml:1:20: timing.server.*: there is no unit 'sec'; did you mean '8s'?"),
        ("timing: {server.*: soon}",
         "my.yaml:1:20: timing.server.*: must be a duration: 8s, 300ms, 10m, 2h, 1d or a number of seconds"),
        ("timing: {server.*: {uniform: [4s, 1s]}}",
         "my.yaml:1:30: timing.server.*.uniform: must begin before it ends: [from, to]"),
        ("timing: {server.*: {lognormal: {p50: 3s}}}",
         "my.yaml:1:32: timing.server.*.lognormal: must have p50 and one of p95, p99, which is not less"),
        ("events: [{at: 90s}]",
         "my.yaml:1:10: events[0]: must say one thing that happens: {at: 90s, host_down: compute-1}"),
        ("a: [", "my.yaml:1:5: expected the node content, but found '<stream end>'"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_place_and_a_hint(mistakes, text, mistake):
    assert mistakes(text) == [mistake]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{on: compute.create_server}", "faults[0]: 'effect' is missing"),
        ("{effect: {status: 503}}", "faults[0]: 'on' is missing"),
        ("{on: '*', effect: {status: 503}}",
         "faults[0].on: matches calls and steps; say which: a phase for calls, or steps as server.* or volume.create.*"),
        ("{on: compute.*, effect: {status: 999}}",
         "faults[0].effect.status: must be an HTTP status from 300 up, not 999"),
        ("{on: compute.*, effect: {fail: x}}",
         "faults[0].effect.fail: is for steps; a call is answered with a status"),
        ("{on: compute.*, effect: {body: empty}}", "faults[0].effect: needs a status to answer with, or a delay"),
        ("{on: compute.*, effect: {}}",
         "faults[0].effect: does nothing; there are status, body, message, headers, delay"),
        ("{on: compute.*, effect: {reset: true}}", "faults[0].effect.reset: is for calls, in the phase wire"),
        ("{on: compute.*, effect: {stale: 5s}}", "faults[0].effect.stale: is for calls, in the phase read"),
        ("{on: compute.*, phase: wire, effect: {hang: true}}",
         "faults[0].effect.hang: is for steps; a call is answered with a status"),
        ("{on: compute.*, phase: wire, effect: {reset: true, corrupt: true}}",
         "faults[0].effect: may be damaged in one way: reset, close, truncate, dribble, corrupt"),
        ("{on: compute.*, phase: wire, effect: {truncate: -1}}", "faults[0].effect.truncate: must be at least 0"),
        ("{on: compute.*, phase: read, effect: {cap: many}}", "faults[0].effect.cap: must be a whole number"),
        ("{on: server.stop.*, effect: {}}",
         "faults[0].effect: does nothing; there are fail, status, hang, delay, slow"),
        ("{on: server.stop.*, effect: {fail: x, status: EROR}}",
         "faults[0].effect.status: there is no status of a server 'EROR'; did you mean 'ERROR'?"),
        ("{on: server.stop.*, effect: {status: ERROR}}",
         "faults[0].effect: a status to end in needs a message to fail with"),
        ("{on: server.stop.*, effect: {hang: 3}}", "faults[0].effect.hang: must be true or false"),
        ("{on: compute.*, phase: afterwards, effect: {status: 503}}",
         "faults[0].phase: there is no phase 'afterwards'; did you mean 'after'?"),
        ("{on: compute.*, phase: wire, effect: {status: 503}}",
         "faults[0].effect.status: is for calls, in the phases before and after"),
        ("{on: compute.*, where: {projct: demo}, effect: {status: 503}}",
         "faults[0].where.projct: there is no such fact of a call; did you mean 'project'?"),
        ("{on: compute.*, where: {project: dmo}, effect: {status: 503}}",
         "faults[0].where.project: there is no project 'dmo' in this cloud; did you mean 'demo'?"),
        ("{on: server.*, where: {host: compute-9}, effect: {hang: true}}",
         "faults[0].where.host: there is no host 'compute-9' in this cloud; did you mean 'compute-2'?"),
        ("{on: server.*, phase: before, effect: {hang: true}}", "faults[0].phase: is for calls; a step has none"),
        ("{on: compute.*, hits: {nth: [0]}, effect: {status: 503}}",
         "faults[0].hits.nth[0]: must be at least 1"),
        ("{on: compute.*, hits: {probability: 2}, effect: {status: 503}}",
         "faults[0].hits.probability: must be from 0 to 1"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_fault_is_found(mistakes, fault, said):
    [mistake] = mistakes(f"faults: [{fault}]")
    assert mistake.partition(": ")[2] == said


def test_two_faults_of_one_name_would_share_their_dice(mistakes):
    [mistake] = mistakes("""\
        faults:
          - {on: compute.*, effect: {status: 503}}
          - {on: compute.*, effect: {status: 500}}
        """)
    assert mistake.startswith("my.yaml:3:10: faults[1].on: there is another fault called 'compute.*'; give each a")


def test_a_scenario_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(BadDefinition, match="there is no scenario 'bad-minut'; did you mean 'bad-minute'"):
        load("bad-minut")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadDefinition, match=r"nothing\.yaml: No such file"):
        load(tmp_path / "nothing.yaml")


def test_mistakes_in_a_mapping_have_their_path():
    with pytest.raises(BadDefinition, match=r"^scenario: clock\.kind: there is no clock 'x'"):
        load({"clock": {"kind": "x"}})


def test_the_steps_are_those_of_the_transition_table():
    assert "server.create.spawning" in steps()


@pytest.mark.scenario(
    {"faults": [{"on": "server.create.spawning", "hits": {"times": 1}, "effect": {"fail": "No disk.", "status": "ERROR"}}]}
)
def test_a_step_that_fails_leaves_the_server_as_the_fault_says(cloud, http):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    new = {"server": {"name": "web", "flavorRef": "1", "imageRef": image, "networks": "none"}}
    server = http.post("/compute/v2.1/servers", json=new, version="2.37").json["server"]["id"]
    cloud.settle(600)
    shown = http.get(f"/compute/v2.1/servers/{server}").json["server"]
    assert shown["status"] == "ERROR"
    assert "No disk." in shown["fault"]["message"]
