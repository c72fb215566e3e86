"""The sections of a definition that are Cinder's."""

from __future__ import annotations

import pytest

from fakecompute import BadDefinition, Cloud
from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_backend import CinderService, VolumeBackend, VolumeCluster
from fakecompute.domain.records.volume_type import QosSpecs
from fakecompute.scenario.definition import checked


def cloud_of(**sections):
    return Cloud({"extends": "default", **sections})


def named(cloud, name):
    return cloud.store.one(VolumeType, "name", name)


def test_the_default_cloud_has_two_back_ends_and_two_types(cloud):
    assert sorted(one.id for one in cloud.store.all(VolumeBackend)) == ["storage@lvm-1", "storage@lvm-2"]
    assert sorted(one.name for one in cloud.store.all(VolumeType)) == ["__DEFAULT__", "multiattach"]


def test_two_zones_have_a_back_end_each():
    cloud = Cloud("two-zones")
    assert {one.id: one.availability_zone for one in cloud.store.all(VolumeBackend)} == {
        "storage-north@lvm": "north",
        "storage-south@lvm": "south",
    }
    assert cloud.settings.storage_availability_zone == "north"


def test_a_pool_is_called_as_its_back_end_if_nothing_is_told():
    cloud = cloud_of(volume_backends=[{"host": "h", "name": "b"}])
    (backend,) = cloud.store.all(VolumeBackend)
    assert [pool.name for pool in backend.pools] == ["b"]


def test_back_ends_of_a_cluster_share_it():
    cloud = cloud_of(volume_backends=[{"host": host, "name": "ceph", "cluster": "c"} for host in "ab"])
    assert [one.id for one in cloud.store.all(VolumeCluster)] == ["c@ceph"]
    assert cloud.store.count(VolumeBackend, "cluster", "c@ceph") == 2


def test_each_host_with_back_ends_has_a_service_for_backups():
    cloud = cloud_of(volume_backends=[{"host": host, "name": name} for host, name in ("ax", "ay", "bx")])
    backups = cloud.store.by(CinderService, "binary", "cinder-backup")
    assert sorted(one.host for one in backups) == ["a", "b"]


def test_the_default_type_is_always_there():
    cloud = cloud_of(volume_types=[{"name": "gold"}])
    assert named(cloud, "__DEFAULT__") is not None


def test_a_type_is_encrypted_and_limited():
    qos = {"name": "limits", "consumer": "both", "specs": {"total_iops_sec": 100}}
    luks = {"provider": "luks", "control_location": "front-end", "key_size": 256}
    cloud = cloud_of(
        volume_types=[{"name": "gold", "qos": qos, "encryption": luks}, {"name": "silver", "qos": {"name": "limits"}}]
    )
    (specs,) = cloud.store.all(QosSpecs)
    assert (specs.consumer, specs.specs) == ("both", (("total_iops_sec", "100"),))
    assert named(cloud, "gold").qos_specs_id == named(cloud, "silver").qos_specs_id == specs.id
    assert named(cloud, "gold").encryption.key_size == 256


def test_mistakes_are_told_with_their_lines(tmp_path):
    path = tmp_path / "my.yaml"
    path.write_text(
        "extends: default\n"
        "volume_backends:\n"
        "  - {host: a b, name: x}\n"
        "  - {host: h, name: y, pools: [{name: p, capcity: 5}, {name: p, reserved_percentage: 101}]}\n"
        "  - {host: h, name: y, protocol: ISCSI}\n"
        "volume_types:\n"
        "  - {name: gold, access: [dmo]}\n"
        "  - {name: gold, encryption: {provider: luks}}\n"
    )
    with pytest.raises(BadDefinition) as found:
        checked(str(path))
    told = [mistake.removeprefix(f"{path}:") for mistake in found.value.mistakes]
    assert told == [
        "3:12: volume_backends[0].host: 'a b' is no name of a host or back end: like-this_1",
        "4:42: volume_backends[1].pools[0].capcity: there is no such key; did you mean 'capacity'?",
        "4:62: volume_backends[1].pools[1].name: there are two pools called 'p'",
        "4:86: volume_backends[1].pools[1].reserved_percentage: must be from 0 to 100",
        "5:21: volume_backends[2].name: there are two back ends called 'h@y'",
        "5:34: volume_backends[2].protocol: there is no protocol 'ISCSI'; did you mean 'iSCSI'?",
        "7:27: volume_types[0].access[0]: there is no project 'dmo'; did you mean 'demo'?",
        "8:12: volume_types[1].name: there are two volume types called 'gold'",
        "8:30: volume_types[1].encryption: 'control_location' is missing",
    ]
