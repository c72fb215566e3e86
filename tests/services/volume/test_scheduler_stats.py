"""/scheduler-stats/get_pools as operators see it.  Sentences and fields are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.outages import backend_down
from tests.domain.volume.making import volume

POOLS = "/volume/v3/scheduler-stats/get_pools"
FIRST, SECOND = "storage@lvm-1#lvm-1", "storage@lvm-2#lvm-2"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def ask(admin):
    return lambda version="3.71", **query: admin.get(POOLS, params=query, version=f"volume {version}")


def names(answer):
    return [pool["name"] for pool in answer.json["pools"]]


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_pools_are_named(ask):
    assert ask().json == {"pools": [{"name": FIRST}, {"name": SECOND}]}


def test_a_pool_tells_what_is_taken_of_it(cloud, ask):
    made = volume(cloud, 7)
    (pool,) = ask(detail="true", name=made.host).json["pools"]
    told = pool["capabilities"]
    assert (told["total_capacity_gb"], told["allocated_capacity_gb"], told["provisioned_capacity_gb"]) == (1000, 7, 7)
    assert (told["free_capacity_gb"], told["max_over_subscription_ratio"]) == (1000, "20.0")
    assert (told["volume_backend_name"], told["storage_protocol"]) == ("lvm-1", "iSCSI")


def test_a_pool_that_is_down_is_not_known(cloud, ask):
    backend_down(cloud, cloud.store.get(VolumeBackend, "storage@lvm-1"))
    cloud.advance(60)
    assert names(ask()) == [SECOND]


def test_filters_begin_with_3_28(ask):
    assert names(ask("3.27", name=SECOND)) == [FIRST, SECOND]
    assert names(ask("3.28", name=SECOND)) == [SECOND]


def test_any_capability_is_a_filter_until_3_30(ask):
    assert names(ask("3.30", volume_backend_name="lvm-2")) == [SECOND]
    refused = ask("3.31", volume_backend_name="lvm-2")
    assert sentence(refused) == (400, "Invalid filters volume_backend_name are found in query options.")


def test_pools_are_filtered_by_what_a_type_asks_from_3_35_on(admin, ask):
    wish = {"name": "second", "extra_specs": {"volume_backend_name": "lvm-2"}}
    admin.post("/volume/v3/types", json={"volume_type": wish})
    assert names(ask("3.34", volume_type="second")) == [FIRST, SECOND]
    assert names(ask("3.35", volume_type="second")) == [SECOND]


def test_a_type_that_is_not_there_is_told(ask):
    assert sentence(ask(volume_type="nope")) == (404, "Volume type with name nope could not be found.")


def test_detail_is_yes_or_no(ask):
    assert sentence(ask(detail="maybe")) == (400, "Value 'maybe' for 'detail' is not a boolean.")


def test_projects_do_not_see_them(http):
    assert http.get(POOLS).status_code == 403
