"""/os-quota-sets, /os-quota-class-sets and /limits.  Sentences and numbers are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import project, snapshot, volume

NEWEST = "volume 3.71"
BASIC = {
    "volumes": 10, "per_volume_gigabytes": -1, "snapshots": 10, "gigabytes": 1000, "backups": 10,
    "backup_gigabytes": 1000, "groups": 10,
}  # fmt: skip


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def url(cloud):
    return f"/volume/v3/os-quota-sets/{project(cloud)}"


def message(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def change(admin, url, **limits):
    return admin.put(url, json={"quota_set": limits}, version=NEWEST)


def test_every_type_has_limits_of_its_own(cloud, http, url):
    told = http.get(url, version=NEWEST).json["quota_set"]
    of_types = {f"{noun}_{kind}": -1 for kind in ("multiattach", "__DEFAULT__")
                for noun in ("volumes", "gigabytes", "snapshots")}  # fmt: skip
    assert told == {**BASIC, **of_types, "id": project(cloud)}


def test_use_is_what_the_volumes_add_up_to(cloud, http, url):
    snapshot(cloud, volume(cloud, 3))
    used = http.get(f"{url}?usage=True", version=NEWEST).json["quota_set"]
    assert used["gigabytes"] == {"limit": 1000, "in_use": 6, "reserved": 0}
    assert used["volumes"] == {"limit": 10, "in_use": 1, "reserved": 0}


def test_limits_are_set_and_forgotten(admin, url):
    assert change(admin, url, volumes=3, groups=-1).json["quota_set"]["volumes"] == 3
    assert admin.get(url, version=NEWEST).json["quota_set"]["groups"] == -1
    assert admin.get(f"{url}/defaults", version=NEWEST).json["quota_set"]["volumes"] == 10
    assert admin.delete(url, version=NEWEST).status_code == 200
    assert admin.get(url, version=NEWEST).json["quota_set"]["volumes"] == 10


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"colour": 1}, "Invalid input received: Bad key(s) in quota set: colour"),
        ({"volumes": "x"}, "volumes must be an integer"),
        ({"volumes": -2}, "volumes must be >= -1"),
        ({"volumes": 2**31}, "volumes must be <= 2147483647"),
        ({}, "Invalid input for field/attribute quota_set. Value: {}. {} should be non-empty"),
    ],
)
def test_a_limit_is_refused(admin, url, limits, words):
    assert message(change(admin, url, **limits)) == (400, words)


def test_a_limit_of_ones_own_does_not_fall_below_what_is_used(cloud, admin, url):
    volume(cloud, 3)
    change(admin, url, gigabytes=10)
    assert message(change(admin, url, gigabytes=2)) == (
        400,
        "Quota gigabytes limit must be equal or greater than existing resources. Current usage is 3 and the requested"
        " limit is 2.",
    )


def test_projects_see_their_own(http):
    refused = http.get("/volume/v3/os-quota-sets/another", version=NEWEST)
    assert message(refused) == (403, "Policy doesn't allow volume_extension:quotas:show to be performed.")


def test_the_default_class_holds_for_all(cloud, http, admin, url):
    classes = "/volume/v3/os-quota-class-sets/default"
    answer = admin.put(classes, json={"quota_class_set": {"volumes": "7"}}, version=NEWEST)
    assert answer.json["quota_class_set"]["volumes"] == 7
    assert http.get(url, version=NEWEST).json["quota_set"]["volumes"] == 7


def test_limits_tell_what_is_left(cloud, http):
    volume(cloud, 3)
    assert http.get("/volume/v3/limits", version=NEWEST).json == {
        "limits": {
            "rate": [],
            "absolute": {
                "maxTotalVolumes": 10, "maxTotalSnapshots": 10, "maxTotalVolumeGigabytes": 1000,
                "maxTotalBackups": 10, "maxTotalBackupGigabytes": 1000, "totalVolumesUsed": 1,
                "totalGigabytesUsed": 3, "totalSnapshotsUsed": 0, "totalBackupsUsed": 0,
                "totalBackupGigabytesUsed": 0,
            },
        }
    }  # fmt: skip


def test_an_admin_may_ask_for_the_limits_of_another_project_since_3_39(cloud, admin):
    volume(cloud, 3)
    elsewhere = admin.as_("admin", "admin")
    address = f"/volume/v3/limits?project_id={project(cloud)}"
    used = [elsewhere.get(address, version=f"volume {version}").json["limits"]["absolute"]["totalGigabytesUsed"]
            for version in ("3.38", "3.39")]  # fmt: skip
    assert used == [0, 3]


def test_an_extension_under_way_is_reserved(cloud, http, url):
    grown = volume(cloud, 3)
    http.post(f"/volume/v3/volumes/{grown.id}/action", json={"os-extend": {"new_size": 5}}, version=NEWEST)
    told = http.get(f"{url}?usage=True", version=NEWEST).json["quota_set"]["gigabytes"]
    assert told == {"limit": 1000, "in_use": 3, "reserved": 2}
    cloud.settle()
    told = http.get(f"{url}?usage=True", version=NEWEST).json["quota_set"]["gigabytes"]
    assert told == {"limit": 1000, "in_use": 5, "reserved": 0}
