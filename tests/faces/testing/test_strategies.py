"""What Hypothesis draws for users is right: files load, clouds live, requests are accepted."""

import pytest

pytest.importorskip("hypothesis")

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import find as find_in
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from fakecompute.domain.faults import Effect
from fakecompute.domain.releases import NEWEST
from fakecompute.faces.testing.running import new_cloud
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import replay
from fakecompute.scenario.written import fault_of
from fakecompute.strategies import KINDS, clouds, fault, faults, scenarios, server_requests, workloads
from fakecompute.testing import TestCloud, running
from fakecompute.wsgi.client import Http

SERVERS = "/compute/v2.1/servers"
some = settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))


def find(strategy, wanted=lambda drawn: True):
    """The simplest that is wanted; NoSuchExample."""
    return find_in(strategy, wanted, settings=settings(some, max_examples=1000, phases=[Phase.generate, Phase.shrink]))


# --- faults


@some
@given(rule=faults(transient=False))
def test_a_scenario_file_can_say_every_fault(rule):
    assert load({"faults": [fault_of(rule)]}).rules == (rule,)


@some
@given(rule=faults())
def test_faults_pass_unless_others_are_wanted(rule):
    assert 1 <= len(rule.nth) <= 2


def test_lasting_faults_are_among_the_others():
    for hits in "skip", "every", "probability":
        assert find(faults(transient=False), lambda rule, hits=hits: getattr(rule, hits))


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_are_drawn(kind):
    assert find(faults("compute.*", "server.*"), lambda rule: rule.effect == KINDS[kind].effect)


def test_the_simplest_is_a_service_that_is_unavailable_once():
    assert find(faults("compute.create_server")) == fault("unavailable", "compute.create_server")


@some
@given(rule=faults(["compute.create_*", "volume.create_volume"]))
def test_calls_are_chosen_by_globs(rule):
    assert rule.on.startswith("compute.create_") or rule.on == "volume.create_volume"
    assert rule.phase != "step"


@some
@given(rule=faults(steps="server.delete.*"))
def test_steps_are_chosen_by_globs(rule):
    assert rule.on.startswith("server.delete.")
    assert rule.phase == "step"


@some
@given(rule=faults(kinds=["hangs", "stale"]))
def test_kinds_are_chosen_by_name(rule):
    assert rule.effect.hang or rule.effect.stale


def test_only_what_reads_shows_what_is_old():
    with pytest.raises(NoSuchExample):
        find(faults("compute.*server*"), lambda rule: rule.effect.stale and "create" in rule.on)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"operations": "compute.creat_server"}, "there is no call 'compute.creat_server'"),
        ({"steps": "server.creat.*"}, "there is no step 'server.creat.*'"),
        ({"kinds": ["exploding"]}, "there is no fault 'exploding'; there are unavailable, "),
        ({"operations": "compute.create_server", "kinds": ["hangs"]}, "nothing can go wrong"),
    ],
)
def test_mistakes_are_told(asked, said):
    with pytest.raises((LookupError, ValueError), match=said):
        faults(**asked)


def test_a_fault_strikes_a_cloud():
    with running(rules=[fault("bad gateway", "compute.list_flavors", 2, "twice")]) as cloud:
        http = Http(cloud)
        statuses = [http.get("/compute/v2.1/flavors").status_code for _ in range(4)]
    assert statuses == [200, 502, 502, 200]


def test_a_fault_says_what_it_is():
    rule = fault("hangs", "server.create.spawning", 1, "twice")
    assert rule.name == "hangs: server.create.spawning 1, twice"
    assert rule.effect == Effect(hang=True)


# --- clouds


@some
@given(cloud=clouds())
def test_clouds_live(cloud):
    assert isinstance(cloud, TestCloud)
    assert Http(cloud).get("/compute/v2.1/flavors").json["flavors"]
    cloud.advance("10m")


@some
@given(cloud=clouds())
def test_a_scenario_file_can_say_every_cloud(cloud):
    again = new_cloud_of(cloud.to_scenario())
    assert (again.release, again.hosts.names) == (cloud.release, cloud.hosts.names)
    assert [host.vcpus for host in again.hosts.values()] == [host.vcpus for host in cloud.hosts.values()]


def new_cloud_of(text):
    import yaml

    cloud = new_cloud({("on" if key is True else key): value for key, value in yaml.safe_load(text).items()})
    cloud.catch_up()
    return cloud


def test_two_draws_are_two_clouds():
    @some
    @given(pair=st.tuples(clouds(releases=["zed"], seeds=[0]), clouds(releases=["zed"], seeds=[0])))
    def check(pair):
        one, other = pair
        Http(one).post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "mine"}})
        assert not other.keypairs

    check()


def test_the_simplest_cloud_is_the_default_of_the_newest_release():
    cloud = find(clouds())
    assert cloud.release.name == NEWEST
    assert cloud.hosts.names == ["compute-1", "compute-2"]


# --- requests


@pytest.mark.parametrize("version", ["2.1", "2.37", "2.52", "2.96"])
def test_servers_are_accepted(version):
    base = new_cloud()

    @some
    @given(body=server_requests(base, version=version))
    def check(body):
        answer = Http(base.fork()).post(SERVERS, json=body, version=version)
        assert answer.status_code == 202, answer.text

    check()


def test_servers_are_accepted_in_any_cloud():
    @some
    @given(cloud=clouds(quotas=False), data=st.data())
    def check(cloud, data):
        answer = Http(cloud).post(SERVERS, json=data.draw(server_requests(cloud)))
        assert answer.status_code == 202, answer.text

    check()


def test_later_versions_know_more():
    with pytest.raises(NoSuchExample):
        find(server_requests(new_cloud()), lambda body: "tags" in body["server"])
    assert find(server_requests(new_cloud(), version="2.52"), lambda body: "tags" in body["server"])


def test_a_project_without_room_is_told_of():
    cloud = new_cloud()
    cloud.quota("demo", cores=0)
    with pytest.raises(LookupError, match="nothing can be booted in the project 'demo'"):
        server_requests(cloud)


# --- scenarios


@some
@given(scenario=scenarios())
def test_scenarios_load(scenario):
    load(scenario)


@settings(some, max_examples=20)
@given(workload=workloads())
def test_workloads_are_played(workload):
    assert replay(load({"workload": workload})).workload == "workload"
