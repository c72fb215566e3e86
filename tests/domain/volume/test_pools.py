"""Which pool a volume goes to; the rules are those of Cinder's FilterScheduler."""

from __future__ import annotations

import json

import pytest

from fakecompute import BadDefinition, Cloud
from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume.pools import NoValidBackend, choose, place_at, retyped_place, suitable
from fakecompute.domain.volume.types import create_type
from tests.domain.volume.making import project, volume
from tests.domain.walking import booted

HINTS = ("SameBackendFilter", "DifferentBackendFilter", "InstanceLocalityFilter", "JsonFilter")


def cloud_of(*backends, **settings):
    """Back ends of a definition, each with one pool of its name."""
    told = [
        {"host": "h", "zone": zone, **more, "pools": [{"name": more["name"], **pool}]} for zone, more, pool in backends
    ]
    return Cloud({"extends": "default", "volume_backends": told}, settings=Settings(**settings))


def backend(name, *, zone="nova", host="h", **pool):
    return zone, {"name": name, "host": host}, pool


def kind(cloud, **specs):
    names = {key.replace("__", ":"): value for key, value in specs.items()}
    return create_type(cloud, "wanted", extra_specs=tuple(names.items()))


def chosen(cloud, size=1, kind=None, **more):
    return choose(cloud, size, kind, **more).pool.name


# --- capacity


def test_the_pool_with_the_most_room_is_taken():
    assert chosen(cloud_of(backend("small", capacity=10), backend("large", capacity=20))) == "large"


def test_the_first_is_taken_where_all_weigh_the_same():
    assert chosen(cloud_of(backend("a"), backend("b"))) == "a"


def test_what_is_taken_weighs():
    cloud = cloud_of(backend("a", capacity=10), backend("b", capacity=10))
    volume(cloud, 3)
    assert chosen(cloud) == "b"


def test_a_thin_pool_promises_more_than_it_has():
    cloud = cloud_of(backend("a", capacity=10, max_over_subscription_ratio=2.0))
    assert chosen(cloud, 20) == "a"
    with pytest.raises(NoValidBackend, match=r"No valid backend was found\. No weighed backends available"):
        choose(cloud, 21, None)


def test_a_thick_pool_does_not():
    cloud = cloud_of(backend("a", capacity=10, thin=False))
    with pytest.raises(NoValidBackend):
        choose(cloud, 11, None)


def test_a_type_can_ask_for_thick_volumes():
    cloud = cloud_of(backend("a", capacity=10))
    with pytest.raises(NoValidBackend):
        choose(cloud, 11, kind(cloud, provisioning__type="thick"))


def test_a_reserve_is_kept():
    cloud = cloud_of(backend("a", capacity=10, thin=False, reserved_percentage=15))  # rounded down: 1 GiB
    assert chosen(cloud, 9) == "a"
    with pytest.raises(NoValidBackend):
        choose(cloud, 10, None)


def test_weights_can_be_turned_round():
    backends = backend("small", capacity=10), backend("large", capacity=20)
    assert chosen(cloud_of(*backends, capacity_weight_multiplier=-1.0)) == "small"


# --- capabilities, zones, states


def test_a_type_is_bound_to_back_ends_by_name():
    cloud = cloud_of(backend("a", capacity=10), backend("b", capacity=20))
    assert chosen(cloud, 1, kind(cloud, volume_backend_name="a")) == "a"


def test_a_pool_can_be_unfit_for_many_servers():
    cloud = cloud_of(backend("a", multiattach=False, capacity=90), backend("b", capacity=10))
    assert chosen(cloud, 1, kind(cloud, multiattach="<is> True")) == "b"


def test_a_pool_has_capabilities_of_its_own():
    cloud = cloud_of(backend("a"), backend("b", capabilities={"disks": "ssd", "spindles": 7}))
    assert chosen(cloud, 1, kind(cloud, capabilities__disks="s== ssd", spindles=">= 5")) == "b"


def test_a_protocol_has_several_names():
    cloud = cloud_of(backend("a"))
    assert chosen(cloud, 1, kind(cloud, storage_protocol="iscsi")) == "a"


def test_keys_of_other_scopes_are_no_demands():
    cloud = cloud_of(backend("a"))
    assert chosen(cloud, 1, kind(cloud, vendor__colour="red")) == "a"


def test_a_demand_that_nobody_meets_is_told():
    cloud = cloud_of(backend("a"))
    with pytest.raises(NoValidBackend):
        choose(cloud, 1, kind(cloud, colour="red"))


def test_a_zone_has_its_back_ends():
    cloud = cloud_of(backend("a", zone="north", capacity=90), backend("b", zone="south"))
    assert chosen(cloud, zone="south") == "b"


def test_a_type_has_its_zones():
    cloud = cloud_of(backend("a", zone="north"), backend("b", zone="south"), backend("c", zone="west"))
    assert chosen(cloud, 1, kind(cloud, RESKEY__availability_zones="south, west")) == "b"


@pytest.mark.parametrize("state", [{"disabled": True}, {"frozen": True}, {"up": False}])
def test_a_back_end_that_is_not_in_order_is_left_out(state):
    cloud = cloud_of(backend("a", capacity=90), backend("b"))
    cloud.store.put(cloud.store.get(VolumeBackend, "h@a").evolve(**state))
    assert chosen(cloud) == "b"


def test_hosts_that_were_tried_are_left_out():
    cloud = cloud_of(backend("a"), backend("b"))
    assert chosen(cloud, excluded=["h@a#a"]) == "b"
    assert [place.host for place in suitable(cloud, None, excluded=["h@a#a"])] == ["h@b#b"]


def test_a_copy_is_bound_to_the_back_end_of_its_source():
    cloud = cloud_of(backend("a", capacity=90), backend("b"))
    assert chosen(cloud, backend="h@b") == "b"


# --- hints


@pytest.fixture
def pair():
    """Two equal back ends, the first with a volume on it."""
    cloud = cloud_of(backend("a"), backend("b", host="compute-1"), scheduler_default_filters=HINTS)
    return cloud, volume(cloud)


def test_hints_are_not_heard_unless_their_filters_are_asked():
    cloud = cloud_of(backend("a"), backend("b"))
    made = volume(cloud)
    assert chosen(cloud, hints={"same_host": made.id}) == "b"  # where there is more room


def test_a_volume_goes_where_another_is(pair):
    cloud, made = pair
    assert chosen(cloud, hints={"same_host": [made.id]}) == "a"


def test_a_volume_goes_where_another_is_not(pair):
    cloud, made = pair
    assert chosen(cloud, hints={"different_host": made.id}) == "b"


def test_volumes_of_other_projects_do_not_count(pair):
    cloud, made = pair
    with pytest.raises(NoValidBackend):
        choose(cloud, 1, None, hints={"same_host": made.id}, project_id=project(cloud, "alt_demo"))


def test_what_is_no_id_is_no_hint(pair):
    cloud, _ = pair
    with pytest.raises(NoValidBackend):
        choose(cloud, 1, None, hints={"different_host": "nope"})


def test_a_volume_goes_to_the_host_of_a_server(pair):
    cloud, _ = pair
    server = cloud.store.put(booted(cloud).evolve(host="compute-1"))
    assert chosen(cloud, hints={"local_to_instance": server.id}) == "b"


def test_a_server_that_is_not_there_has_no_host(pair):
    cloud, _ = pair
    with pytest.raises(NoValidBackend):
        choose(cloud, 1, None, hints={"local_to_instance": "00000000-0000-0000-0000-000000000000"})


def test_a_query_looks_at_pools(pair):
    cloud, _ = pair
    query = ["and", [">=", "$total_capacity_gb", 10], ["=", "$capabilities.volume_backend_name", "b"]]
    assert chosen(cloud, hints={"query": json.dumps(query)}) == "b"


@pytest.mark.parametrize("query", ["{", '["no such word", 1]', '["<", "$host", 1]', "5", '["in"]'])
def test_a_query_that_says_nothing_finds_nothing(pair, query):
    cloud, _ = pair
    with pytest.raises(NoValidBackend):
        choose(cloud, 1, None, hints={"query": query})


def test_a_filter_that_is_not_there_is_a_mistake():
    with pytest.raises(BadDefinition, match="scheduler_default_filters: there is no NoFilter"):
        Settings(scheduler_default_filters=("NoFilter",))


# --- another type


def test_a_volume_stays_with_its_new_type_where_it_can():
    cloud = cloud_of(backend("a", capacity=10, thin=False), backend("b", capacity=90))
    place = retyped_place(cloud, "h@a#a", 11, kind(cloud), may_move=True, id="v")  # though it would not fit again
    assert place.pool.name == "a"


def test_it_moves_if_it_may():
    cloud = cloud_of(backend("a"), backend("b"))
    wanted = kind(cloud, volume_backend_name="b")
    assert retyped_place(cloud, "h@a#a", 1, wanted, may_move=True, id="v").pool.name == "b"
    with pytest.raises(NoValidBackend, match="Current backend not valid for volume v with type wanted, migration"):
        retyped_place(cloud, "h@a#a", 1, wanted, may_move=False, id="v")


def test_a_type_that_fits_nowhere_is_told():
    cloud = cloud_of(backend("a"))
    with pytest.raises(NoValidBackend, match="No valid backends for volume v with type wanted"):
        retyped_place(cloud, "h@a#a", 1, kind(cloud, colour="red"), may_move=True, id="v")


def test_a_place_is_found_by_its_host(cloud):
    assert cloud.store.count(VolumeType) == 2
    place = place_at(cloud, "storage@lvm-1#lvm-1")
    assert place is not None
    assert place.host == "storage@lvm-1#lvm-1"
    assert place_at(cloud, "storage@lvm-1#nope") is None
