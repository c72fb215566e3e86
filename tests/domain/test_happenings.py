"""What happens to a cloud by itself, and what follows from it without another word."""

from __future__ import annotations

import pytest

from fakecompute.domain.happenings import HAPPENINGS, NothingFits, happen, parameters, plan
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.servers import boot
from fakecompute.domain.volume.creation import create_volume
from fakecompute.kernel.clock import SECOND, moment

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def server(cloud):
    made = boot(cloud, name="web")
    cloud.settle()
    return made


def now(cloud, server):
    return cloud.store.get(Server, server.id)


def test_a_plan_happens_at_its_time(cloud, server):
    plan(cloud, cloud.now + 90 * SECOND, "host_down", host="compute-*")
    cloud.advance(89)
    assert all(host.reporting for host in cloud.store.all(Host))
    cloud.advance(2)
    assert not any(host.reporting for host in cloud.store.all(Host))


def test_a_plan_for_what_is_gone_by_then_does_nothing(cloud, server):
    plan(cloud, cloud.now + SECOND, "server_deleted", server="nobody")
    cloud.advance(2)
    assert now(cloud, server).vm_state == "active"


def test_a_kind_that_there_is_not_is_told_at_once(cloud):
    with pytest.raises(KeyError):
        plan(cloud, cloud.now, "host_donw", host="compute-1")
    with pytest.raises(NothingFits, match="host 'compute-9'"):
        happen(cloud, "host_down", host="compute-9")


def test_every_kind_says_what_it_is_told(cloud):
    assert {"host_down", "zone_up", "endpoint_down", "set_quota", "server_deleted"} <= HAPPENINGS.keys()
    assert list(parameters("set_capacity")) == ["host", "vcpus", "ram", "disk"]


def test_a_zone_takes_its_hosts_and_back_ends_with_it(cloud):
    happen(cloud, "zone_down", zone="nova")
    assert not any(one.reporting for kind in (Host, VolumeBackend) for one in cloud.store.all(kind))
    happen(cloud, "zone_up", zone="nova")
    assert all(one.reporting and one.up for kind in (Host, VolumeBackend) for one in cloud.store.all(kind))


# --- the message queue


def test_without_the_queue_the_api_promises_and_nothing_is_done(cloud, http, server):
    happen(cloud, "message_queue_down")
    assert http.post(f"{SERVERS}/{server.id}/action", json={"os-stop": None}).status_code == 202
    made = http.post(SERVERS, json={"server": {"name": "new", "flavorRef": "42", "imageRef": image(http)}})
    cloud.advance(3600)
    assert now(cloud, server).task_state == "powering-off"
    assert http.get(f"{SERVERS}/{made.json['server']['id']}").json["server"]["status"] == "BUILD"
    happen(cloud, "message_queue_up")
    cloud.settle()
    assert now(cloud, server).vm_state == "stopped"
    assert http.get(f"{SERVERS}/{made.json['server']['id']}").json["server"]["status"] == "ACTIVE"


def image(http):
    return http.get("/image/v2/images").json["images"][0]["id"]


def test_what_was_under_way_waits_for_the_queue(cloud):
    made = boot(cloud, name="slow")
    project = now(cloud, made).project_id
    volume = create_volume(cloud, project_id=project, user_id="u", size=1)
    happen(cloud, "message_queue_down")
    cloud.advance(3600)
    assert (now(cloud, made).vm_state, cloud.store.get(Volume, volume.id).status) == ("building", "creating")
    happen(cloud, "message_queue_up")
    cloud.settle()
    assert (now(cloud, made).vm_state, cloud.store.get(Volume, volume.id).status) == ("active", "available")


def test_services_are_found_down_when_they_have_not_reported(cloud, http):
    happen(cloud, "message_queue_down")
    admin = http.as_("admin", "admin")

    def states():
        services = admin.get("/compute/v2.1/os-services", params={"binary": "nova-compute"}).json["services"]
        return {one["state"] for one in services}

    assert states() == {"up"}
    cloud.advance(61)
    assert states() == {"down"}
    happen(cloud, "message_queue_up")
    assert states() == {"up"}


# --- services, limits, other people


def test_an_endpoint_that_is_down_is_answered_by_the_proxy(http, cloud):
    happen(cloud, "endpoint_down", service="compute")
    answer = http.get(SERVERS)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (503, "text/html")
    assert http.get("/image/v2/images").status_code == 200
    happen(cloud, "endpoint_up", service="compute")
    assert http.get(SERVERS).status_code == 200


def test_quotas_change_in_the_service_that_has_them(cloud, http):
    happen(cloud, "set_quota", project="demo", instances=1, volumes=2)
    project = http.token.project_id
    assert http.get(f"/compute/v2.1/os-quota-sets/{project}").json["quota_set"]["instances"] == 1
    happen(cloud, "set_quota", project="demo", port=3)
    assert http.get(f"/network/v2.0/quotas/{project}").json["quota"]["port"] == 3


def test_capacity_shrinks(cloud, server):
    happen(cloud, "set_capacity", host="compute-*", vcpus=0)
    made = boot(cloud, name="too much")
    cloud.settle()
    assert now(cloud, made).vm_state == "error"


def test_tokens_live_shorter_from_now_on(cloud, http):
    happen(cloud, "set_settings", token_expiration=10)
    token = http.as_("demo").token
    assert token.expires_at - cloud.now <= 11 * SECOND


def test_somebody_deletes_fails_and_renames_servers(cloud, server):
    other = boot(cloud, name="db")
    cloud.settle()
    happen(cloud, "server_changed", server="web", name="www", metadata={"by": "somebody"})
    assert (now(cloud, server).name, now(cloud, server).metadata) == ("www", (("by", "somebody"),))
    happen(cloud, "server_failed", server="db")
    assert now(cloud, other).vm_state == "error"
    happen(cloud, "server_deleted", server="*")
    cloud.settle()
    assert now(cloud, server).deleted and now(cloud, other).deleted


def test_an_admin_holds_a_server(cloud, http, server):
    happen(cloud, "server_locked", server="web", reason="a look at it")
    assert http.delete(f"{SERVERS}/{server.id}").status_code == 409
    shown = http.get(f"{SERVERS}/{server.id}", version="2.73").json["server"]
    assert (shown["locked"], shown["locked_reason"]) == (True, "a look at it")
    happen(cloud, "server_unlocked", server="web")
    assert http.delete(f"{SERVERS}/{server.id}").status_code == 204


def test_an_operator_sets_a_volume_right(cloud, http):
    volume = create_volume(cloud, project_id=http.token.project_id, user_id="u", size=1, name="data")
    happen(cloud, "backend_down", backend="*")
    cloud.settle()
    assert cloud.store.get(Volume, volume.id).status == "creating"
    happen(cloud, "volume_reset", volume="data", status="error")
    assert cloud.store.get(Volume, volume.id).status == "error"


def test_a_guest_that_crashes_is_found_stopped(cloud, server):
    happen(cloud, "server_crashed", server="web")
    cloud.advance(700)
    assert now(cloud, server).vm_state == "stopped"


def test_a_zone_of_which_all_hosts_are_out_of_service_is_not_available(cloud, http):
    happen(cloud, "host_disabled", host="compute-*", reason="lost power")
    zones = http.get("/compute/v2.1/os-availability-zone").json["availabilityZoneInfo"]
    assert [zone["zoneState"]["available"] for zone in zones] == [False]
    happen(cloud, "host_enabled", host="compute-*")
    zones = http.get("/compute/v2.1/os-availability-zone").json["availabilityZoneInfo"]
    assert [zone["zoneState"]["available"] for zone in zones] == [True]


def test_somebody_else_makes_a_server(cloud, http):
    happen(cloud, "server_made", server="web", project="demo")
    assert [server["name"] for server in http.get(SERVERS).json["servers"]] == ["web"]
    with pytest.raises(NothingFits):
        happen(cloud, "server_made", server="web", flavor="gigantic")


def test_what_the_cloud_refuses_does_not_happen(cloud, http):
    happen(cloud, "set_quota", project="demo", instances=0)
    plan(cloud, cloud.now + SECOND, "server_made", server="web")
    cloud.advance(2)
    assert http.get(SERVERS).json["servers"] == []


def test_a_delete_that_a_dead_host_did_not_hear_is_done_when_the_host_is_known_to_be_dead(cloud, http, server):
    happen(cloud, "host_down", host="compute-*")
    assert http.delete(f"{SERVERS}/{server.id}").status_code == 204
    cloud.advance(30)
    assert http.delete(f"{SERVERS}/{server.id}").status_code == 204
    assert now(cloud, server).task_state == "deleting"
    cloud.advance(60)
    assert http.delete(f"{SERVERS}/{server.id}").status_code == 204
    assert now(cloud, server).deleted


# --- the catalogue, and tokens


def endpoints(http, type):
    catalog = http.get("/identity/v3/auth/catalog").json["catalog"]
    return [(one["region"], one["interface"]) for entry in catalog if entry["type"] == type for one in entry["endpoints"]]


def test_a_service_may_be_there_and_have_no_endpoints(cloud, http):
    happen(cloud, "endpoint_unlisted", service="volume")
    assert endpoints(http, "block-storage") == endpoints(http, "volumev3") == []
    assert len(endpoints(http, "compute")) == 3
    assert http.get("/volume/v3/volumes").status_code == 200
    happen(cloud, "endpoint_listed", service="volume", region="RegionTwo")
    assert endpoints(http, "volumev3")[0] == ("RegionTwo", "public")
    regions = http.as_("admin", "admin").get("/identity/v3/regions").json["regions"]
    assert [region["id"] for region in regions] == ["RegionOne", "RegionTwo"]


def test_a_service_that_is_none_has_no_endpoints_to_lose(cloud):
    with pytest.raises(NothingFits, match="service 'object-store'"):
        happen(cloud, "endpoint_unlisted", service="object-store")


def test_one_service_may_take_no_tokens(cloud, http):
    happen(cloud, "set_settings", tokens_refused_by=["compute"])
    answers = [http.get(path).status_code for path in (SERVERS, "/volume/v3/volumes", "/network/v2.0/ports")]
    assert answers == [401, 200, 200]
    happen(cloud, "set_settings", tokens_refused_by=[])
    assert http.get(SERVERS).status_code == 200


def test_keystone_may_tell_another_time(cloud, http):
    happen(cloud, "set_settings", token_clock_skew=-7200)
    admin = http.as_("admin", "admin")
    told = admin.get("/identity/v3/auth/tokens", headers={"X-Subject-Token": http.token.id}).json["token"]
    assert moment(told["issued_at"]) == http.token.issued_at - 7200 * SECOND
    assert moment(told["expires_at"]) < cloud.now
    assert http.get(SERVERS).status_code == 200


# --- moved by others


def test_a_server_is_moved_while_it_runs(cloud, server):
    before = now(cloud, server).host
    happen(cloud, "server_live_migrated", server="web")
    assert now(cloud, server).task_state == "migrating"
    happen(cloud, "server_live_migrated", server="web")  # it is on its way, and stays on it
    cloud.settle()
    assert now(cloud, server).host != before
    assert now(cloud, server).vm_state == "active"
