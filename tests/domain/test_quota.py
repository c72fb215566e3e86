"""Limits, use, and Nova's refusals: spec/quotas.yaml, and nova/compute/utils.py for the partial fits."""

import pytest

from fakecompute import Cloud
from fakecompute.domain import quota
from fakecompute.domain.records.compute import Flavor, KeyPair, ServerGroup
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.server import Server
from fakecompute.domain.states import VM

USER = "user-1"
OTHER = "user-2"


@pytest.fixture
def project(cloud):
    return cloud.store.one(Project, "name", ("default", "demo")).id


def flavor(vcpus=1, ram=512):
    return Flavor(id=f"{vcpus}-{ram}", name=f"{vcpus}-{ram}", vcpus=vcpus, ram=ram, disk=1)


def own(cloud, project, name, user=USER, **more):
    more = {"flavor": flavor(), **more}
    return cloud.store.put(Server(id=name, name=name, project_id=project, user_id=user, number=1, **more))


def check(cloud, project, least=1, most=1, *, vcpus=1, ram=512, user=USER):
    return quota.check_servers(cloud, project, user, min_count=least, max_count=most, vcpus=vcpus, ram=ram)


def refusal(check, *args, **more):
    with pytest.raises(quota.TooManyInstances) as refused:
        check(*args, **more)
    assert refused.value.status == 403
    return str(refused.value)


# --- limits


def test_limits_are_novas_defaults(cloud, project):
    assert quota.limit(cloud, project, "cores") == 20


def test_the_default_class_goes_before_the_defaults(cloud, project):
    quota.set_limits(cloud, "class:default", {"cores": 30})
    assert quota.limit(cloud, project, "cores") == 30


def test_other_classes_have_no_effect(cloud, project):
    quota.set_limits(cloud, "class:gold", {"cores": 30})
    assert quota.limit(cloud, project, "cores") == 20


def test_a_project_goes_before_the_default_class(cloud, project):
    quota.set_limits(cloud, "class:default", {"cores": 30})
    quota.set_limits(cloud, project, {"cores": 40})
    assert quota.limit(cloud, project, "cores") == 40


def test_a_user_goes_before_the_project(cloud, project):
    quota.set_limits(cloud, project, {"cores": 40})
    quota.set_limits(cloud, quota.quota_id(project, USER), {"cores": 5})
    assert quota.limit(cloud, project, "cores", USER) == 5


def test_a_user_without_limits_has_those_of_the_project(cloud, project):
    quota.set_limits(cloud, project, {"cores": 40})
    assert quota.limit(cloud, project, "cores", USER) == 40


def test_setting_one_limit_keeps_the_others(cloud, project):
    quota.set_limits(cloud, project, {"cores": 40})
    quota.set_limits(cloud, project, {"ram": 1})
    assert quota.limit(cloud, project, "cores") == 40


# --- use


def test_nothing_is_used_of_an_empty_project(cloud, project):
    assert quota.usage(cloud, project) == (0, 0, 0)


def test_use_is_the_sum_of_the_servers(cloud, project):
    own(cloud, project, "a", flavor=flavor(2, 100))
    own(cloud, project, "b", user=OTHER, flavor=flavor(3, 200))
    assert quota.usage(cloud, project) == (2, 5, 300)


def test_use_by_user(cloud, project):
    own(cloud, project, "a", flavor=flavor(2, 100))
    own(cloud, project, "b", user=OTHER, flavor=flavor(3, 200))
    assert quota.usage(cloud, project, OTHER) == (1, 3, 200)


def test_soft_deleted_servers_do_not_count(cloud, project):
    own(cloud, project, "a", vm_state=VM.SOFT_DELETED)
    assert quota.usage(cloud, project) == (0, 0, 0)


# --- servers


def test_servers_that_fit_are_all_made(cloud, project):
    assert check(cloud, project, 1, 10) == 10


def test_one_too_many(cloud, project):
    quota.set_limits(cloud, project, {"instances": 0})
    for name in "abc":
        own(cloud, project, name)
    assert refusal(check, cloud, project) == (
        "Quota exceeded for instances: Requested 1, but already used 3 of 0 instances"
    )


def test_several_resources_are_told_in_the_order_of_the_alphabet(cloud, project):
    quota.set_limits(cloud, project, {"cores": 9, "ram": 4000})
    own(cloud, project, "a", flavor=flavor(4, 2048))
    assert refusal(check, cloud, project, vcpus=8, ram=16384) == (
        "Quota exceeded for cores, ram: Requested 8, 16384, but already used 4, 2048 of 9, 4000 cores, ram"
    )


def test_a_range_is_told_as_such_and_cores_for_the_most(cloud, project):
    quota.set_limits(cloud, project, {"instances": 1, "cores": 3})
    assert refusal(check, cloud, project, 2, 4) == (
        "Quota exceeded for cores, instances: Requested 4, 2-4, but already used 0, 0 of 3, 1 cores, instances"
    )


def test_as_many_are_made_as_fit(cloud, project):
    quota.set_limits(cloud, project, {"instances": 3})
    assert check(cloud, project, 1, 5) == 3


def test_the_tightest_resource_decides_how_many_fit(cloud, project):
    quota.set_limits(cloud, project, {"instances": 4, "cores": 5, "ram": 5000})
    assert check(cloud, project, 1, 9, vcpus=2, ram=512) == 2


def test_fewer_than_the_least_are_refused(cloud, project):
    quota.set_limits(cloud, project, {"instances": 3})
    assert "Requested 4-5" in refusal(check, cloud, project, 4, 5)


def test_unlimited_is_unlimited(cloud, project):
    quota.set_limits(cloud, project, {"instances": -1, "cores": -1, "ram": -1})
    assert check(cloud, project, 1, 1000) == 1000


def test_unlimited_cores_do_not_narrow_a_partial_fit(cloud, project):
    quota.set_limits(cloud, project, {"instances": 3, "cores": -1, "ram": -1})
    assert check(cloud, project, 1, 5) == 3


def test_a_users_own_limit_holds_within_the_projects(cloud, project):
    quota.set_limits(cloud, quota.quota_id(project, USER), {"instances": 1})
    own(cloud, project, "a")
    own(cloud, project, "b", user=OTHER)
    assert refusal(check, cloud, project) == (
        "Quota exceeded for instances: Requested 1, but already used 1 of 1 instances"
    )


def test_a_users_limit_does_not_hold_others(cloud, project):
    quota.set_limits(cloud, quota.quota_id(project, USER), {"instances": 0})
    assert check(cloud, project, user=OTHER) == 1


# --- resize


def test_a_resize_asks_for_the_difference(cloud, project):
    quota.set_limits(cloud, project, {"cores": 7, "ram": 16000})
    own(cloud, project, "a", flavor=flavor(1, 512))
    assert refusal(quota.check_resize, cloud, project, USER, flavor(1, 512), flavor(8, 16384)) == (
        "Quota exceeded for cores, ram: Requested 7, 15872, but already used 1, 512 of 7, 16000 cores, ram"
    )


def test_a_resize_downwards_is_never_refused(cloud, project):
    quota.set_limits(cloud, project, {"cores": 0, "ram": 0})
    own(cloud, project, "a", flavor=flavor(8, 16384))
    quota.check_resize(cloud, project, USER, flavor(8, 16384), flavor(1, 512))


# --- other resources


def test_metadata(cloud, project):
    quota.check_metadata(cloud, project, 128)
    with pytest.raises(quota.TooManyMetadataItems, match=r"^Maximum number of metadata items exceeds 128$"):
        quota.check_metadata(cloud, project, 129)


def test_too_many_files(cloud, project):
    with pytest.raises(quota.TooManyFiles, match=r"^Personality file limit exceeded$"):
        quota.check_files(cloud, project, [("/a", 1)] * 6)


def test_too_long_a_path_is_told_before_too_long_a_file(cloud, project):
    with pytest.raises(quota.FilePathTooLong, match=r"^Personality file path exceeds maximum 255$"):
        quota.check_files(cloud, project, [("/" * 256, 20000)])


def test_too_long_a_file(cloud, project):
    with pytest.raises(quota.FileTooLong, match=r"^Personality file content exceeds maximum 10240$"):
        quota.check_files(cloud, project, [("/a", 10241)])


def test_key_pairs_are_counted_by_owner(cloud, project):
    quota.set_limits(cloud, project, {"key_pairs": 1})
    cloud.store.put(KeyPair(id="k", name="k", user_id=OTHER, public_key="", fingerprint=""))
    quota.check_key_pairs(cloud, project, USER)
    with pytest.raises(quota.TooManyKeyPairs, match=r"^Quota exceeded, too many key pairs.$"):
        quota.check_key_pairs(cloud, project, USER, owner_id=OTHER)


def test_server_groups(cloud, project):
    quota.set_limits(cloud, project, {"server_groups": 1})
    quota.check_server_groups(cloud, project, USER)
    cloud.store.put(ServerGroup(id="g", name="g", project_id=project, user_id=OTHER, policy="affinity"))
    with pytest.raises(quota.TooManyServerGroups, match=r"^Quota exceeded, too many server groups.$"):
        quota.check_server_groups(cloud, project, USER)


def test_group_members_are_counted_by_user_and_without_the_deleted(cloud, project):
    quota.set_limits(cloud, project, {"server_group_members": 1})
    own(cloud, project, "gone", deleted=True)
    own(cloud, project, "theirs", user=OTHER)
    group = ServerGroup(
        id="g", name="g", project_id=project, user_id=USER, policy="affinity", members=("gone", "theirs")
    )
    quota.check_group_members(cloud, project, USER, group)
    with pytest.raises(quota.TooManyGroupMembers, match=r"^Quota exceeded, too many servers in group$"):
        quota.check_group_members(cloud, project, USER, group, adding=2)


def test_a_definition_may_set_quotas():
    cloud = Cloud({"quotas": {"demo": {"instances": 2}}})
    project = cloud.store.one(Project, "name", ("default", "demo"))
    assert quota.limit(cloud, project.id, "instances") == 2
