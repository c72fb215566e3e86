"""Aggregates and the zones of hosts."""

import pytest

from fakecompute import Cloud
from fakecompute.domain import aggregates
from fakecompute.domain.aggregates import CannotAdd, CannotUpdate
from fakecompute.domain.records.compute import Aggregate, Host
from fakecompute.domain.servers import boot


def zone(cloud, name):
    return cloud.store.one(Host, "name", name).availability_zone


def test_a_host_is_in_the_zone_that_its_aggregate_names(cloud):
    made = aggregates.create(cloud, "a", "north")
    aggregates.add_host(cloud, made, "compute-1")
    assert (zone(cloud, "compute-1"), zone(cloud, "compute-2")) == ("north", "nova")


def test_a_host_that_leaves_the_aggregate_is_in_the_default_zone(cloud):
    made = aggregates.add_host(cloud, aggregates.create(cloud, "a", "north"), "compute-1")
    aggregates.remove_host(cloud, made, "compute-1")
    assert zone(cloud, "compute-1") == "nova"


def test_metadata_make_and_rename_a_zone(cloud):
    made = aggregates.add_host(cloud, aggregates.create(cloud, "a", None), "compute-1")
    made = aggregates.change_metadata(cloud, made, {"availability_zone": "north", "k": "v"})
    assert zone(cloud, "compute-1") == "north"
    made = aggregates.change_metadata(cloud, made, {"availability_zone": "south", "k": None})
    assert zone(cloud, "compute-1") == "south"
    assert made.metadata == (("availability_zone", "south"),)


def test_a_host_is_in_one_zone(cloud):
    aggregates.add_host(cloud, aggregates.create(cloud, "a", "north"), "compute-1")
    with pytest.raises(CannotAdd, match="already in availability zone"):
        aggregates.add_host(cloud, aggregates.create(cloud, "b", "south"), "compute-1")


def test_two_aggregates_may_name_the_same_zone(cloud):
    first = aggregates.add_host(cloud, aggregates.create(cloud, "a", "north"), "compute-1")
    aggregates.add_host(cloud, aggregates.create(cloud, "b", "north"), "compute-1")
    with pytest.raises(CannotUpdate, match="already in availability zone"):
        aggregates.change_metadata(cloud, first, {"availability_zone": "south"}, CannotUpdate)
    aggregates.remove_host(cloud, first, "compute-1")
    assert zone(cloud, "compute-1") == "north"


def test_servers_do_not_change_their_zone(cloud):
    server = boot(cloud, name="web")
    cloud.settle()
    host = cloud.store.get(type(server), server.id).host
    with pytest.raises(CannotAdd, match="from 'None' to 'north' but the host already has 1 instance"):
        aggregates.add_host(cloud, aggregates.create(cloud, "a", "north"), host)


def test_what_hosts_call_a_zone_is_an_aggregate():
    hosts = [{"name": "h{n}", "count": 2, "zone": "north", "vcpus": 1, "ram": 1024, "disk": 1}]
    cloud = Cloud({"extends": "default", "hosts": hosts})
    (made,) = cloud.store.all(Aggregate)
    assert (made.name, made.hosts, made.availability_zone) == ("north", ("h1", "h2"), "north")


def test_a_definition_names_a_zone_by_its_aggregate_alone():
    hosts = [{"name": "h1", "vcpus": 1, "ram": 1024, "disk": 1}]
    cloud = Cloud(
        {"extends": "default", "hosts": hosts, "aggregates": [{"name": "a", "zone": "z", "hosts": ["h1"]}]}
    )
    assert zone(cloud, "h1") == "z"
    assert cloud.store.count(Aggregate) == 1


def test_the_shipped_zones_are_made_by_their_aggregates():
    cloud = Cloud("two-zones")
    assert {host.name: host.availability_zone for host in cloud.store.all(Host)} == {
        "north-1": "north", "north-2": "north", "south-1": "south", "south-2": "south",
    }  # fmt: skip
    assert sorted(aggregate.number for aggregate in cloud.store.all(Aggregate)) == [1, 2, 3]
