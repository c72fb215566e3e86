"""The words that a test has for its cloud."""

import pytest

from fakecompute import BadDefinition
from fakecompute.faces.testing.cloud import TestCloud
from fakecompute.faces.testing.endings import Deadlock, EndlessWait
from fakecompute.faces.testing.seen import NotThere
from fakecompute.kernel.clock import SECOND
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import replay
from fakecompute.scenario.schema import Page

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def boot(cloud, http):
    """Boots a server: the answer of the API."""
    flavor = cloud.flavors["m1.tiny"].id
    image = cloud.images["cirros-0.6.3-x86_64-disk"].id

    def asked(name, user=http, **more):
        server = {"name": name, "flavorRef": flavor, "imageRef": image, "networks": "auto", **more}
        return user.post(SERVERS, json={"server": server}, version="2.37")

    return asked


# --- reading


def test_what_there_is_has_a_name_and_a_status(cloud, boot):
    boot("web-1")
    assert cloud.servers["web-1"].status == "BUILD"
    cloud.advance("5m")
    assert cloud.servers["web-1"].status == "ACTIVE"
    assert cloud.servers["web-1"].host == "compute-1"


def test_it_is_found_by_its_id_too(cloud, boot):
    id = boot("web-1").json["server"]["id"]
    assert cloud.servers[id] == cloud.servers["web-1"]
    assert list(cloud.servers) == [id]


def test_history_tells_when_and_why(cloud, boot):
    cloud.advance(30)
    boot("web-1")
    cloud.advance("5m")
    history = cloud.servers["web-1"].history
    assert history[0][:] == (30.0, "BUILD", "scheduling", "compute.create_server")
    assert [state.status for state in history][-1] == "ACTIVE"
    assert sorted(state.at for state in history) == [state.at for state in history]


def test_history_of_a_failure_tells_its_message(cloud, boot):
    cloud.fail("server.create.spawning", "No space left on device")
    boot("web-1")
    cloud.advance("5m")
    last = cloud.servers["web-1"].history[-1]
    assert last.status == "ERROR"
    assert last.cause.startswith("Exceeded maximum number of retries.")  # Nova tries other hosts first


def test_what_is_gone_is_deleted(cloud, boot, http):
    id = boot("web-1").json["server"]["id"]
    http.delete(f"{SERVERS}/{id}")
    cloud.settle()
    assert cloud.servers["web-1"].status == "DELETED"
    assert "web-1" not in cloud.servers
    assert len(cloud.servers) == 0


def test_what_leaves_no_trace_in_the_store_is_deleted_too(cloud, http):
    made = http.post("/network/v2.0/floatingips", json={"floatingip": {"floating_network_id": cloud.networks["public"].id}})
    address = made.json["floatingip"]["floating_ip_address"]
    assert cloud.floating_ips[address].status == "DOWN"
    http.delete(f"/network/v2.0/floatingips/{made.json['floatingip']['id']}")
    assert cloud.floating_ips[address].status == "DELETED"


def test_a_name_that_is_not_there_is_told_with_the_nearest(cloud, boot):
    boot("web-1")
    with pytest.raises(NotThere, match="there is no server 'web1'; did you mean 'web-1'"):
        cloud.servers["web1"]


def test_a_name_that_two_have_is_refused(cloud, boot):
    boot("web-1")
    boot("web-1")
    with pytest.raises(NotThere, match="2 servers are called 'web-1'"):
        cloud.servers["web-1"]


def test_a_cloud_has_no_other_attributes(cloud):
    with pytest.raises(AttributeError, match="a cloud has no 'sevrers'"):
        cloud.sevrers  # noqa: B018


def test_calls_are_chosen_by_what_they_are(cloud, boot, http):
    boot("web-1")
    http.get(f"{SERVERS}/nothing")
    assert [call.status for call in cloud.calls("compute.*")] == [202, 404]
    (created,) = cloud.calls(operation="compute.create_*")
    assert (created.user, created.version, created.body["server"]["name"]) == ("demo", "2.37", "web-1")
    assert cloud.calls(status=404, method="GET")
    with pytest.raises(TypeError, match="calls have no 'verb'"):
        cloud.calls(verb="GET")


def test_reading_changes_nothing(cloud, boot):
    boot("web-1")
    before = cloud.digest(), cloud.now
    for look in (
        lambda: cloud.servers["web-1"].history, lambda: repr(cloud.servers), cloud.calls, lambda: cloud.findings,
        lambda: cloud.judge(no_leaks=("server",)), cloud.report, cloud.to_scenario, lambda: cloud.faults,
    ):  # fmt: skip
        look()
    assert (cloud.digest(), cloud.now) == before


# --- the verdict


def test_what_is_left_is_told(cloud, boot):
    boot("web-1")
    with pytest.raises(AssertionError, match=r"server web-1 \(.*\) is left; made by demo with compute.create_server"):
        cloud.assert_no_leaks()


def test_what_goes_away_by_itself_is_no_leak(cloud, boot, http):
    id = boot("web-1").json["server"]["id"]
    http.delete(f"{SERVERS}/{id}")
    cloud.assert_no_leaks("server", "port")


def test_there_must_be_such_a_kind_of_leak(cloud):
    with pytest.raises(ValueError, match="there is no kind 'servers'; there are server, volume"):
        cloud.assert_no_leaks("servers")


def test_a_blind_retry_is_found(cloud, boot):
    cloud.fail("compute.create_server", nth=1, status=504, phase="after")
    assert boot("web-1").status_code == 504
    boot("web-1")
    assert {finding.kind for finding in cloud.findings} == {"duplicate", "lost"}
    with pytest.raises(AssertionError, match="was made twice"):
        cloud.assert_no_findings()


def test_a_client_that_does_all_well_is_not_blamed(cloud, boot):
    boot("web-1")
    cloud.advance("5m")
    assert cloud.findings == []


# --- faults


def test_a_call_fails_as_often_as_told(cloud, boot):
    fault = cloud.fail("compute.create_server", nth=2, status=500)
    assert [boot(name).status_code for name in "abc"] == [202, 500, 202]
    assert (fault.matched, fault.hits) == (3, 1)


def test_a_fault_asks_for_facts(cloud, boot):
    cloud.fail("compute.create_server", where={"server.name": "web-*"})
    assert [boot(name).status_code for name in ("web-1", "db-1")] == [503, 202]


def test_a_fault_counts_from_when_it_began(cloud, boot):
    boot("a")
    cloud.fail("compute.create_server", nth=1)
    assert boot("b").status_code == 503


def test_a_fault_may_last_for_a_block(cloud, boot):
    with cloud.fail("compute.create_server"):
        assert boot("a").status_code == 503
    assert boot("a").status_code == 202
    assert cloud.faults == []


def test_a_step_fails_hangs_and_is_slow(cloud, boot):
    cloud.fail("server.create.spawning", "no", server="bad")
    cloud.hang("server.create.spawning", server="stuck")
    cloud.slow("server.create.spawning", 100, server="slow")
    for name in ("bad", "stuck", "slow", "good"):
        boot(name)
    cloud.advance("1m")
    assert {name: cloud.servers[name].status for name in ("bad", "stuck", "slow", "good")} == {
        "bad": "ERROR", "stuck": "BUILD", "slow": "BUILD", "good": "ACTIVE",
    }  # fmt: skip
    cloud.advance("1h")
    assert cloud.servers["slow"].status == "ACTIVE"
    assert cloud.servers["stuck"].status == "BUILD"


def test_an_answer_is_late_or_lost_or_old(cloud, boot, http):
    cloud.delay("compute.create_server", "20s", nth=1)
    cloud.lose("compute.create_server", nth=2)
    boot("a")
    assert cloud.elapsed == 20
    with pytest.raises(ConnectionError):
        boot("b")
    assert "b" in cloud.servers
    cloud.advance("5m")
    cloud.stale("compute.list_servers*", "10m")
    assert http.get(SERVERS).json["servers"] == []


def test_mistakes_are_told_with_the_nearest_word(cloud):
    with pytest.raises(BadDefinition, match=r"there is no call or step 'compute.creat_server'.*compute.create_server"):
        cloud.fail("compute.creat_server")
    with pytest.raises(BadDefinition, match="there is no such fact"):
        cloud.fail("server.create.spawning", sever="web-1")
    with pytest.raises(BadDefinition, match="there is no host"):
        cloud.fail("server.create.spawning", host="compute-77")
    with pytest.raises(BadDefinition, match="must be an HTTP status"):
        cloud.fail("compute.create_server", status=200)
    assert cloud.faults == []


def test_a_host_goes_down_and_comes_back(cloud, boot):
    boot("web-1")
    cloud.advance("5m")
    host = cloud.host(cloud.servers["web-1"].host).down()
    cloud.advance("5m")
    assert cloud.hosts[host.name].status == "down"
    host.up()
    assert cloud.hosts[host.name].status == "up"
    host.disabled(reason="maintenance")
    assert host.disabled_reason == "maintenance"


def test_what_cannot_happen_is_told(cloud):
    with pytest.raises(AttributeError, match="nothing of the kind 'exploded' happens to a zone"):
        cloud.zone("nova").exploded()


def test_an_endpoint_blinks(cloud, http):
    compute = cloud.endpoint("compute").down(status=502)
    assert http.get(SERVERS).status_code == 502
    compute.up()
    assert http.get(SERVERS).status_code == 200


def test_an_event_is_planned(cloud):
    cloud.plan("90s", "host_down", host="compute-1")
    cloud.advance(89)
    assert cloud.hosts["compute-1"].status == "up"
    cloud.advance(1)
    assert cloud.hosts["compute-1"].status == "down"


def test_a_quota_holds_for_a_block(cloud, boot):
    with cloud.quota("demo", instances=1):
        assert [boot(name).status_code for name in "ab"] == [202, 403]
    assert boot("b").status_code == 202


# --- waits without an end


def test_a_client_that_never_sleeps_is_stopped(cloud, boot, http):
    cloud.hang("server.create.spawning")
    id = boot("web-1").json["server"]["id"]
    with pytest.raises(EndlessWait, match=r"(?s)5000 times without letting any time pass.*web-1 is BUILD"):
        while http.get(f"{SERVERS}/{id}").json["server"]["status"] == "BUILD":
            pass


def test_a_client_that_looks_for_ever_at_what_stands_still_is_stopped(cloud, boot, http):
    import time

    cloud.hang("server.create.spawning")
    id = boot("web-1").json["server"]["id"]
    with pytest.raises(Deadlock, match=r"(?s)nothing is due: what it waits for will never happen.*web-1 is BUILD"):
        while http.get(f"{SERVERS}/{id}").json["server"]["status"] == "BUILD":
            time.sleep(30)
    assert cloud.elapsed < 3 * 3600


# --- for later


def test_what_went_wrong_becomes_a_scenario(cloud, boot, tmp_path):
    boot("a")
    cloud.advance(60)
    cloud.fail("compute.create_server", nth=2, status=500)
    cloud.host("compute-1").down()
    path = tmp_path / "mine.yaml"

    text = cloud.to_scenario(path, description="Two things go wrong.")

    assert path.read_text() == text
    said = Page.of(text, "mine.yaml").top.value
    assert said["events"] == [{"at": "60s", "host_down": "compute-1"}]
    assert said["faults"][0]["hits"]["nth"] == [2]
    assert said["faults"][0]["hits"]["between"][0] == "60s"
    assert load(path).description == "Two things go wrong."


@pytest.mark.scenario("bad-minute", seed=7, release="zed", settings={"max_limit": 5})
def test_the_scenario_that_a_test_began_with_is_in_its_file(cloud, tmp_path):
    text = cloud.to_scenario(tmp_path / "mine.yaml")
    again = load(tmp_path / "mine.yaml")
    assert [rule.name for rule in again.rules] == ["a bad minute"]
    assert (again.seed, again.release) == (7, cloud.release.name)
    assert again.cloud().settings.max_limit == 5
    assert "on: compute.*" in text


def test_the_file_goes_wrong_as_the_test_did(cloud, boot, tmp_path):
    cloud.fail("compute.create_server", nth=2, status=500)
    assert [boot(name).status_code for name in "ab"] == [202, 500]
    boots = [{"boot": {"name": name, "flavor": "m1.tiny", "image": "cirros*"}, "may_fail": True} for name in "ab"]
    cloud.to_scenario(tmp_path / "mine.yaml", workload=boots)
    outcomes = replay(load(tmp_path / "mine.yaml")).outcomes
    assert [one.ok for one in outcomes] == [True, False]


def test_a_fork_has_the_same_words_and_a_life_of_its_own(cloud, boot):
    boot("web-1")
    twin = cloud.fork()
    twin.fail("server.create.spawning", "no")
    twin.advance("5m")
    cloud.advance("5m")
    assert isinstance(twin, TestCloud)
    assert (twin.servers["web-1"].status, cloud.servers["web-1"].status) == ("ERROR", "ACTIVE")
    assert twin.calls() == []


def test_times_are_given_in_words_or_seconds(cloud):
    began = cloud.now
    cloud.advance("90s")
    cloud.advance(10)
    assert cloud.now - began == 100 * SECOND
    with pytest.raises(BadDefinition, match="there is no unit 'secs'"):
        cloud.advance("90secs")
