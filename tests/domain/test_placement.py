"""Providers, inventories and allocations without HTTP: what is in the records, and what they are worth."""

import pytest

from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.placement import allocations, book, inventories, names, providers, usages
from fakecompute.domain.placement.allocations import OverCapacity, Wish, replace
from fakecompute.domain.placement.candidates import candidates
from fakecompute.domain.placement.search import Group, Question
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.placement import SHARES, Inventory
from fakecompute.domain.settings import Settings
from fakecompute.scenario.state import dump, load_state

CONSUMER = "c0000001-0000-4000-8000-000000000001"


@pytest.fixture
def host(cloud):
    return sorted(cloud.store.all(Host), key=lambda host: host.number)[0]


@pytest.fixture
def gpu(cloud, host):
    """A child of a host."""
    child = providers.create(cloud, None, "gpu", host.id)
    return inventories.set_all(cloud, child, {"VGPU": Inventory(2)})


def wish(*amounts, consumer=CONSUMER):
    return Wish(consumer, dict(amounts), "project", "user")


def test_one_allocation_may_take_of_a_host_and_of_others(cloud, host, gpu):
    replace(cloud, [wish((host.id, {"VCPU": 2, "MEMORY_MB": 64}), (gpu.id, {"VGPU": 1}))])
    held = cloud.store.get(Allocation, CONSUMER)
    assert (held.host, held.vcpus, held.ram) == (host.name, 2, 64)
    assert cloud.store.total(Allocation, "host", host.name) == (2, 64, 0)
    assert book.used(cloud, gpu.id, "VGPU") == 1


def test_totals_are_gone_with_what_they_summed_up(cloud, host, gpu):
    replace(cloud, [wish((host.id, {"VCPU": 2}), (gpu.id, {"VGPU": 1}))])
    book.strike(cloud, CONSUMER)
    assert not cloud.store.totals(Allocation, "host")
    assert not cloud.store.totals(Allocation, "others")


def test_what_several_consumers_ask_for_counts_together(cloud, gpu):
    other = CONSUMER.replace("c", "d")
    with pytest.raises(OverCapacity):
        replace(cloud, [wish((gpu.id, {"VGPU": 1})), wish((gpu.id, {"VGPU": 2}), consumer=other)])


def test_who_is_over_capacity_may_become_less_so(cloud, gpu):
    replace(cloud, [wish((gpu.id, {"VGPU": 2}))])
    inventories.update(cloud, providers.provider(cloud, gpu.id), "VGPU", Inventory(1))
    replace(cloud, [wish((gpu.id, {"VGPU": 2}))])
    assert cloud.store.get(Allocation, CONSUMER).generation == 2


def test_a_tree_moves_as_a_whole(cloud, host, gpu):
    below = providers.create(cloud, None, "below", gpu.id)
    providers.update(cloud, gpu, "gpu", None, may_move=True)
    assert providers.provider(cloud, below.id).root_id == gpu.id
    assert [one.id for one in providers.tree(cloud, host.id)] == [host.id]


def test_a_shared_provider_gives_to_the_trees_of_its_aggregate(cloud, host):
    pool = providers.create(cloud, None, "pool", None)
    pool = inventories.set_all(cloud, pool, {"IPV4_ADDRESS": Inventory(10)})
    pool = providers.change(cloud, pool, traits=(SHARES,), aggregates=("a",))
    providers.change(cloud, providers.provider(cloud, host.id), aggregates=("a",))
    ways, _ = candidates(cloud, Question({"": Group({"VCPU": 1, "IPV4_ADDRESS": 1})}))
    assert [way.anchor for way in ways] == [host.id]
    assert ways[0].amounts == {host.id: {"VCPU": 1}, pool.id: {"IPV4_ADDRESS": 1}}


def test_usages_tell_every_class_of_the_inventory(cloud, gpu):
    assert usages.of_provider(cloud, gpu) == {"VGPU": 0}


def test_classes_of_a_definition_are_known(cloud, host):
    cloud.store.put(host.evolve(resources=(("CUSTOM_LICENCE", 3),)))
    names.check_class(cloud, "CUSTOM_LICENCE")
    assert "CUSTOM_LICENCE" in names.classes(cloud)


def test_a_class_takes_what_there_is_of_it_to_its_new_name(cloud, gpu):
    names.create_class(cloud, "CUSTOM_A")
    inventories.set_all(cloud, gpu, {"CUSTOM_A": Inventory(2)})
    replace(cloud, [wish((gpu.id, {"CUSTOM_A": 1}))])
    names.rename_class(cloud, "CUSTOM_A", "CUSTOM_B")
    assert usages.of_provider(cloud, providers.provider(cloud, gpu.id)) == {"CUSTOM_B": 1}


def test_without_reports_an_inventory_by_hand_stays(cloud, host):
    cloud.settings = Settings(update_resources_interval=-1)
    inventories.set_all(cloud, providers.provider(cloud, host.id), {"VCPU": Inventory(1)})
    cloud.advance(3600)
    assert [name for name, _ in providers.provider(cloud, host.id).inventories] == ["VCPU"]


def test_a_silent_host_reports_when_it_is_back(cloud, host):
    host_down(cloud, host)
    inventories.set_all(cloud, providers.provider(cloud, host.id), {"VCPU": Inventory(1)})
    cloud.advance(300)
    assert len(providers.provider(cloud, host.id).inventories) == 1
    host_up(cloud, cloud.store.get(Host, host.id))
    assert len(providers.provider(cloud, host.id).inventories) == 3


def test_all_of_it_is_saved_and_loaded(cloud, host, gpu):
    allocations.replace(cloud, [wish((host.id, {"VCPU": 2}), (gpu.id, {"VGPU": 1}))])
    again = load_state(dump(cloud))
    assert again.digest() == cloud.digest()
    assert book.used(again, gpu.id, "VGPU") == 1
