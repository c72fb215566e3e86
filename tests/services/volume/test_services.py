"""/os-services as operators see them.  Sentences and fields are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.wsgi.client import Http

SERVICES = "/volume/v3/os-services"
BACKEND = "storage@lvm-1"
NEWEST = "volume 3.71"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def backend(cloud):
    return cloud.store.get(VolumeBackend, BACKEND)


def shown(admin, version=NEWEST):
    (service,) = admin.get(SERVICES, params={"host": BACKEND}, version=version).json["services"]
    return service


def tell(admin, verb, version=NEWEST, **body):
    return admin.put(f"{SERVICES}/{verb}", json=body, version=version)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


# --- the list


def test_a_cinder_has_a_scheduler_a_backup_and_a_service_for_each_back_end(admin):
    services = admin.get(SERVICES).json["services"]
    assert sorted((one["binary"], one["host"]) for one in services) == [
        ("cinder-backup", "storage"),
        ("cinder-scheduler", "controller"),
        ("cinder-volume", "storage@lvm-1"),
        ("cinder-volume", "storage@lvm-2"),
    ]


def test_a_host_is_all_that_runs_on_it(admin):
    services = admin.get(SERVICES, params={"host": "storage", "binary": "cinder-volume"}).json["services"]
    assert [one["host"] for one in services] == ["storage@lvm-1", "storage@lvm-2"]


def test_fields_come_with_their_versions(admin):
    oldest, clustered, newest = (shown(admin, f"volume {version}") for version in ("3.0", "3.7", "3.49"))
    assert clustered.keys() - oldest.keys() == {"cluster"}
    assert newest.keys() - clustered.keys() == {"backend_state"}
    assert (oldest["replication_status"], oldest["frozen"]) == ("disabled", False)


def test_back_ends_alone_have_a_replication(admin):
    (backup,) = admin.get(SERVICES, params={"binary": "cinder-backup"}, version=NEWEST).json["services"]
    assert not backup.keys() & {"replication_status", "active_backend_id", "frozen", "backend_state"}


def test_projects_do_not_see_it(http):
    told = "Policy doesn't allow volume_extension:services:index to be performed."
    assert sentence(http.get(SERVICES)) == (403, told)


def test_a_service_is_down_after_it_was_silent_for_a_minute(cloud, admin, backend):
    backend_down(cloud, backend)
    cloud.advance(59)
    assert shown(admin)["state"] == "up"
    cloud.advance(1)
    assert (shown(admin)["state"], shown(admin)["backend_state"]) == ("down", None)
    backend_up(cloud, cloud.store.get(VolumeBackend, BACKEND))
    assert shown(admin)["state"] == "up"


# --- switching


def test_a_service_is_disabled_and_enabled(admin):
    answer = tell(admin, "disable", host=BACKEND, binary="cinder-volume")
    assert answer.json == {
        "host": BACKEND,
        "service": "",
        "binary": "cinder-volume",
        "status": "disabled",
        "disabled": True,
    }
    assert shown(admin)["status"] == "disabled"
    tell(admin, "enable", host=BACKEND, service="cinder-volume")
    assert shown(admin)["status"] == "enabled"


def test_a_reason_is_kept(admin):
    tell(admin, "disable-log-reason", host=BACKEND, binary="cinder-volume", disabled_reason="new disks")
    assert shown(admin)["disabled_reason"] == "new disks"


def test_a_reason_of_blanks_is_none(admin):
    refused = tell(admin, "disable-log-reason", host=BACKEND, binary="cinder-volume", disabled_reason=" ")
    told = "Invalid input for field/attribute disabled_reason. Value:  . ' ' is not a 'disabled_reason'"
    assert sentence(refused) == (400, told)


def test_volumes_are_not_made_on_what_is_disabled(cloud, http, admin):
    tell(admin, "disable", host=BACKEND, binary="cinder-volume")
    id = http.post("/volume/v3/volumes", json={"volume": {"size": 1}}).json["volume"]["id"]
    cloud.settle()
    made = admin.get(f"/volume/v3/volumes/{id}").json["volume"]
    assert made["os-vol-host-attr:host"] == "storage@lvm-2#lvm-2"


def test_a_service_must_be_named(admin):
    refused = tell(admin, "disable", host=BACKEND)
    assert sentence(refused) == (400, f"{{'host': '{BACKEND}'}} is not valid under any of the given schemas")


def test_a_host_must_be_named(admin):
    refused = tell(admin, "disable", binary="cinder-volume")
    assert sentence(refused) == (400, "Invalid input received: Host field is missing.")


def test_a_service_that_is_not_there_is_told(admin):
    refused = tell(admin, "disable", host="nowhere", binary="cinder-volume")
    assert sentence(refused) == (404, "Service cinder-volume could not be found on host nowhere.")


def test_there_is_no_other_verb(admin):
    assert tell(admin, "explode", host=BACKEND).status_code == 404


# --- freezing, failing over


def test_a_back_end_is_frozen_and_thawed(admin):
    assert tell(admin, "freeze", host=BACKEND).status_code == 200
    assert (shown(admin)["frozen"], shown(admin)["disabled_reason"]) == (True, "frozen")
    assert tell(admin, "thaw", host=BACKEND).status_code == 200
    assert (shown(admin)["frozen"], shown(admin)["status"]) == (False, "enabled")


def test_what_is_frozen_is_not_frozen_again(admin):
    tell(admin, "freeze", host=BACKEND)
    told = f"Invalid input received: No service could be changed: frozen in ['{BACKEND}'] must be False to failover."
    assert sentence(tell(admin, "freeze", host=BACKEND)) == (400, told)


def test_a_cluster_can_be_named_from_3_26_on(admin):
    refused = tell(admin, "thaw", cluster="c", version="volume 3.25")
    assert sentence(refused) == (400, "Invalid input received: Host field is missing.")
    refused = tell(admin, "thaw", cluster="c", version="volume 3.26")
    assert sentence(refused) == (400, "No service found with cluster=c")
    refused = tell(admin, "thaw", cluster="c", host=BACKEND, version="volume 3.26")
    assert sentence(refused) == (400, "Invalid input received: One and only one of cluster and host must be set.")


def test_what_is_not_replicated_does_not_fail_over(admin):
    told = (
        f"Invalid input received: No service could be changed: replication_status in ['{BACKEND}'] must be"
        " ['enabled', 'failed-over'] and must be up to failover."
    )
    assert sentence(tell(admin, "failover_host", host=BACKEND)) == (400, told)


# --- logs


def test_levels_are_set_below_a_name(admin):
    tell(admin, "set-log", binary="cinder-volume", prefix="cinder.volume", level="debug")
    answer = tell(admin, "get-log", server=BACKEND)
    (told,) = answer.json["log_levels"]
    assert (told["host"], told["binary"]) == (BACKEND, "cinder-volume")
    assert (told["levels"]["cinder.volume.manager"], told["levels"]["cinder.manager"]) == ("DEBUG", "INFO")


def test_the_api_has_levels_too(admin):
    hosts = [one["binary"] for one in tell(admin, "get-log").json["log_levels"]]
    assert sorted(hosts) == ["cinder-api", "cinder-backup", "cinder-scheduler", "cinder-volume", "cinder-volume"]


def test_a_level_must_be_one(admin):
    refused = tell(admin, "set-log", level="loud")
    assert sentence(refused) == (400, "Invalid input received: loud is not a valid log level.")


def test_logs_come_with_3_32(admin):
    assert tell(admin, "set-log", level="debug", version="volume 3.31").status_code == 404


# --- replication


REPLICATED = {
    "extends": "default",
    "volume_backends": [{"host": "storage", "name": "lvm-1", "replication_targets": ["elsewhere"]}],
}


@pytest.fixture
def replicated():
    return Cloud(REPLICATED)


@pytest.fixture
def operator(replicated):
    return Http(replicated, "admin", "demo")


def test_a_replicated_back_end_fails_over_to_its_target(replicated, operator):
    assert tell(operator, "failover_host", host=BACKEND).status_code == 202
    assert shown(operator)["replication_status"] == "failing-over"
    replicated.settle()
    told = shown(operator)
    assert (told["replication_status"], told["active_backend_id"]) == ("failed-over", "elsewhere")
    assert (told["status"], told["disabled_reason"]) == ("disabled", "failed-over")


def test_it_comes_back(replicated, operator):
    tell(operator, "failover_host", host=BACKEND)
    replicated.settle()
    tell(operator, "failover_host", host=BACKEND, backend_id="default")
    replicated.settle()
    told = shown(operator)
    assert (told["replication_status"], told["active_backend_id"], told["status"]) == ("enabled", "", "enabled")


def test_a_target_that_is_not_there_changes_nothing(replicated, operator):
    tell(operator, "failover_host", host=BACKEND, backend_id="nowhere")
    replicated.settle()
    assert (shown(operator)["replication_status"], shown(operator)["status"]) == ("enabled", "enabled")


def test_volumes_without_a_replica_are_lost(replicated, operator):
    id = operator.post("/volume/v3/volumes", json={"volume": {"size": 1}}).json["volume"]["id"]
    replicated.settle()
    tell(operator, "failover_host", host=BACKEND)
    replicated.settle()
    lost = operator.get(f"/volume/v3/volumes/{id}").json["volume"]
    assert (lost["status"], lost["replication_status"]) == ("error", "not-capable")
