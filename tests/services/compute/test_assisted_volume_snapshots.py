"""/os-assisted-volume-snapshots, as Cinder asks for them, where no volume is attached."""

from __future__ import annotations

import json

import pytest

from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM

ASSISTED = "/compute/v2.1/os-assisted-volume-snapshots"
NOBODY = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
INFO = {"snapshot_id": NOBODY, "type": "qcow2", "new_file": "volume.snap"}
NOT_IN_USE = (400, f"No volume Block Device Mapping with id {NOBODY}.")


def told(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.fixture
def admin(http):
    return http.as_("admin")


def delete(http, info, version="2.1", **query):
    return http.delete(f"{ASSISTED}/{NOBODY}", params={"delete_info": info, **query}, version=version)


@pytest.mark.parametrize("version", ["2.1", "2.36", "2.104"])
def test_a_volume_that_nobody_has_attached(admin, version):
    wish = {"snapshot": {"volume_id": NOBODY, "create_info": INFO}}
    assert told(admin.post(ASSISTED, json=wish, version=version)) == NOT_IN_USE
    assert told(delete(admin, json.dumps({"volume_id": NOBODY}), version)) == NOT_IN_USE


@pytest.mark.parametrize(
    "wish",
    [{}, {"volume_id": NOBODY}, {"volume_id": "", "create_info": INFO},
     {"volume_id": NOBODY, "create_info": {**INFO, "type": "raw"}},
     {"volume_id": NOBODY, "create_info": {**INFO, "new_file": ""}},
     {"volume_id": NOBODY, "create_info": {**INFO, "size": 1}}],
)  # fmt: skip
def test_what_is_no_snapshot_is_refused(admin, wish):
    assert told(admin.post(ASSISTED, json={"snapshot": wish})) != NOT_IN_USE
    assert admin.post(ASSISTED, json={"snapshot": wish}).status_code == 400


def test_the_volume_of_a_deleted_snapshot_is_named_in_the_query(admin):
    assert told(admin.delete(f"{ASSISTED}/{NOBODY}")) == (400, "'delete_info'")
    assert told(delete(admin, "{}")) == (400, "'volume_id'")
    assert told(delete(admin, "zzz")) == (400, "Expecting value: line 1 column 1 (char 0)")


@pytest.mark.parametrize("info", ["5", "null", "[1]", "[" * 3000, '{"volume_id": "\\ud800"}'])
def test_a_query_over_which_nova_falls_is_refused(admin, info):
    assert delete(admin, info).status_code == 400


def test_other_parameters_are_refused_from_2_75_on(admin):
    info = json.dumps({"volume_id": NOBODY})
    assert told(delete(admin, info, "2.74", other="x")) == NOT_IN_USE
    assert "'other' was unexpected" in told(delete(admin, info, "2.75", other="x"))[1]


def test_they_are_for_cinder(http):
    refusal = "Policy doesn't allow os_compute_api:os-assisted-volume-snapshots:{} to be performed."
    wish = {"snapshot": {"volume_id": NOBODY, "create_info": INFO}}
    assert told(http.post(ASSISTED, json=wish)) == (403, refusal.format("create"))
    assert told(delete(http, json.dumps({"volume_id": NOBODY}))) == (403, refusal.format("delete"))


# --- of volumes in use


@pytest.fixture
def volume(cloud):
    """On a server that runs."""
    server = boot(cloud, name="web")
    cloud.settle()
    put = cloud.store.put
    put(Volume(id=NOBODY, project_id=server.project_id, user_id=server.user_id, size=1, status="in-use"))
    put(BlockDevice(id="mapping", server_id=server.id, number=1, volume_id=NOBODY, status="attached"))
    return cloud.store.get(Server, server.id)


def create(http, **info):
    return http.post(ASSISTED, json={"snapshot": {"volume_id": NOBODY, "create_info": {**INFO, **info}}})


def test_nova_takes_it_and_tells_cinder(admin, cloud, volume):
    mine = {"project_id": volume.project_id, "user_id": volume.user_id, "size": 1, "status": "creating"}
    cloud.store.put(Snapshot(id="snap", volume_id=NOBODY, **mine))
    answer = create(admin, snapshot_id="snap", id="job")
    assert (answer.status_code, answer.json) == (200, {"snapshot": {"id": "job", "volumeId": NOBODY}})
    assert cloud.store.get(Snapshot, "snap").progress == "90%"
    assert create(admin).json == {"snapshot": {"id": None, "volumeId": NOBODY}}
    assert delete(admin, json.dumps({"volume_id": NOBODY})).status_code == 204


def test_the_server_must_have_a_host_and_nothing_to_do(admin, cloud, volume):
    cloud.store.put(volume.evolve(task_state="rebuilding"))
    assert told(create(admin)) == (
        400,
        f"Instance {volume.id} in task_state rebuilding. Cannot do_volume_snapshot_create while the instance is in"
        " this state.",
    )
    cloud.store.put(volume.evolve(host=None))
    assert told(create(admin)) == (400, f"Instance {volume.id} is not ready")


def test_only_a_running_guest_merges_into_an_older_file(admin, cloud, volume):
    cloud.store.put(volume.evolve(vm_state=VM.STOPPED))
    assert delete(admin, json.dumps({"volume_id": NOBODY})).status_code == 204
    assert told(delete(admin, json.dumps({"volume_id": NOBODY, "merge_target_file": "a"}))) == (
        400,
        f"Instance {volume.id} in vm_state stopped. Cannot volume_snapshot_delete while the instance is in this state.",
    )


def test_not_of_a_volume_that_two_servers_have(admin, cloud, volume):
    cloud.store.put(BlockDevice(id="other", server_id=volume.id, number=2, volume_id=NOBODY))
    words = f"Block Device Mapping {NOBODY} is a multi-attach volume and is not valid for this operation."
    assert told(create(admin)) == (400, words)
