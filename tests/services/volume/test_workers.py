"""/workers/cleanup (3.24) as operators see it.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.outages import backend_down
from tests.domain.volume.making import project, status

CLEANUP = "/volume/v3/workers/cleanup"


@pytest.fixture
def ask(http):
    admin = http.as_("admin", "demo")
    return lambda **body: admin.post(CLEANUP, json=body, version="volume 3.71")


@pytest.fixture
def begun(cloud):
    """A volume on its way, on a host already."""
    made = create_volume(cloud, project_id=project(cloud), user_id="user", size=1)
    while cloud.store.get(type(made), made.id).host is None:
        cloud.jump()
        cloud.catch_up()
    return made


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_nothing_is_done_where_all_are_up(ask, cloud, begun):
    assert ask().json == {"cleaning": [], "unavailable": []}
    cloud.settle()
    assert status(cloud, begun) == "available"


def test_a_service_that_is_down_cannot_clean_up(cloud, ask):
    backend_down(cloud, cloud.store.get(VolumeBackend, "storage@lvm-1"))
    cloud.advance(60)
    told = {"id": 1, "host": "storage@lvm-1", "binary": "cinder-volume", "cluster_name": None}
    assert ask().json == {"cleaning": [], "unavailable": [told]}


def test_what_is_under_way_is_given_up_on_demand(ask, cloud, begun):
    told = ask(is_up=True, host="storage@lvm-1").json["cleaning"]
    assert [one["host"] for one in told] == ["storage@lvm-1"]
    cloud.settle()
    assert status(cloud, begun) == "error"


def test_one_kind_can_be_meant(ask, cloud, begun):
    ask(is_up=True, resource_type="snapshot")
    assert status(cloud, begun) == "creating"


def test_there_are_two_kinds(ask):
    told = "Invalid input received: Resource type Foo not valid, must be Volume or Snapshot"
    assert sentence(ask(resource_type="foo")) == (400, told)


def test_one_that_nobody_works_on_cannot_be_cleaned(ask):
    id = "00000000-0000-0000-0000-000000000000"
    told = f"Invalid input received: ('There is no resource with UUID %s pending cleanup.', '{id}')"
    assert sentence(ask(resource_id=id)) == (400, told)


def test_it_comes_with_3_24(http):
    assert http.as_("admin", "demo").post(CLEANUP, json={}, version="volume 3.23").status_code == 404


def test_projects_clean_nothing(http):
    assert http.post(CLEANUP, json={}, version="volume 3.71").status_code == 403
