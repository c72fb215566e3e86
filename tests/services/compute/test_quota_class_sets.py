"""Quota classes: spec/quotas.yaml, `os_quota_class_sets`."""

import pytest

CLASSES = "/compute/v2.1/os-quota-class-sets"
COMMON = {"cores", "instances", "key_pairs", "metadata_items", "ram"}
GROUPS = {"server_groups", "server_group_members"}
FILES = {"injected_files", "injected_file_content_bytes", "injected_file_path_bytes"}
NETWORK = {"fixed_ips", "floating_ips", "security_groups", "security_group_rules"}


@pytest.fixture
def admin(http):
    return http.as_("admin")


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("2.1", COMMON | FILES | NETWORK),
        ("2.49", COMMON | FILES | NETWORK),
        ("2.50", COMMON | FILES | GROUPS),
        ("2.57", COMMON | GROUPS),
    ],
)
def test_what_is_shown(admin, version, names):
    shown = admin.get(f"{CLASSES}/default", version=version).json["quota_class_set"]
    assert shown.keys() == names | {"id"}


def test_the_default_class_holds_for_every_project(http, admin):
    changed = admin.put(f"{CLASSES}/default", json={"quota_class_set": {"cores": 30}})
    assert "id" not in changed.json["quota_class_set"]
    shown = http.get(f"/compute/v2.1/os-quota-sets/{http.token.project_id}").json["quota_set"]
    assert shown["cores"] == 30


def test_other_classes_are_kept_without_effect(http, admin):
    admin.put(f"{CLASSES}/gold", json={"quota_class_set": {"cores": 30}})
    assert admin.get(f"{CLASSES}/gold").json["quota_class_set"]["cores"] == 30
    shown = http.get(f"/compute/v2.1/os-quota-sets/{http.token.project_id}").json["quota_set"]
    assert shown["cores"] == 20


def test_a_name_that_is_too_long(admin):
    refused = admin.put(f"{CLASSES}/{'a' * 256}", json={"quota_class_set": {}})
    assert refused.json["badRequest"]["message"] == "quota_class_name has 256 characters, more than 255."


def test_classes_cannot_be_forced(admin):
    assert admin.put(f"{CLASSES}/gold", json={"quota_class_set": {"force": True}}).status_code == 400


def test_classes_are_for_admins(http):
    assert http.get(f"{CLASSES}/default").status_code == 403
    assert http.put(f"{CLASSES}/default", json={"quota_class_set": {}}).status_code == 403
