"""Where servers go, that room is room, and what is said when there is none."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain import server_images, servers
from fakecompute.domain.actions import Caller
from fakecompute.domain.cells import cell_down, cell_up
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.compute import Allocation, Flavor, Host, ServerGroup
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler import NoValidHost, Request, claim, free, room_for, select_host
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.settings import Settings
from fakecompute.domain.states import VM
from fakecompute.domain.timing import constant
from fakecompute.errors import BadDefinition

FLAVOR = Flavor(id="f", name="f", vcpus=2, ram=1024, disk=10)
NO_CANDIDATE = "No valid host was found. There are not enough hosts available."
REFUSED = "No valid host was found. There are not enough hosts available."  # filters left none; observed


@pytest.fixture
def small() -> Cloud:
    """Two hosts, the second twice as large; ratios and reserved memory are Nova's defaults."""
    hosts = [
        {"name": "one", "vcpus": 2, "ram": 2560, "disk": 20, "zone": "a"},
        {"name": "two", "vcpus": 4, "ram": 4608, "disk": 40, "zone": "b"},
    ]
    return Cloud({"hosts": hosts})


def wish(flavor: Flavor = FLAVOR, **options: object) -> Request:
    return Request(flavor=flavor, needs=needs_of(flavor), **options)  # type: ignore[arg-type]


def change(cloud: Cloud, name: str, **changes: object) -> Host:
    host = cloud.store.one(Host, "name", name)
    assert host is not None
    return cloud.store.put(host.evolve(**changes))


def refusal(cloud: Cloud, request: Request) -> str:
    with pytest.raises(NoValidHost) as refused:
        select_host(cloud, request)
    return str(refused.value)


# --- room -----------------------------------------------------------------------------------------------


def test_capacity_counts_ratios_and_what_is_reserved(small):
    one = small.store.one(Host, "name", "one")
    assert one.capacity == (8, 2048, 20)  # 4 times the cores, 512 MiB kept back


def test_disk_is_root_ephemeral_and_whole_gibibytes_of_swap():
    assert room_for(FLAVOR.evolve(ephemeral=5, swap=1025)) == (2, 1024, 17)


def test_the_host_with_the_most_room_is_taken(small):
    assert select_host(small, wish()).name == "two"


def test_a_full_host_is_passed_over(small):
    two = small.store.one(Host, "name", "two")
    for n in range(4):
        claim(small, f"c{n}", two, FLAVOR, "p", "u")
    assert free(small, two) == (8, 0, 0)
    assert select_host(small, wish()).name == "one"


# fmt: off
NARROW = [
    ({"zone": "a"},             "one"),
    ({"host": "one"},           "one"),
    ({"excluded": ("two",)},    "one"),
    ({"zone": "nova"},          "two"),   # the zone of no aggregate is any; observed
]
# fmt: on


@pytest.mark.parametrize(("options", "name"), NARROW)
def test_what_narrows_the_choice(small, options, name):
    assert select_host(small, wish(**options)).name == name


@pytest.mark.parametrize("state", [{"disabled": True}, {"up": False}, {"forced_down": True}])
def test_hosts_that_are_not_in_service_are_not_chosen(small, state):
    change(small, "two", **state)
    assert select_host(small, wish()).name == "one"


@pytest.mark.parametrize("size", [{"vcpus": 17}, {"ram": 4097}, {"disk": 41}])
def test_no_room_has_no_reason(small, size):
    assert refusal(small, wish(FLAVOR.evolve(**size))) == NO_CANDIDATE


def test_one_server_gets_no_more_cores_than_a_host_really_has(small):
    """Observed: three vCPUs do not fit a node of two, whatever its ratio."""
    assert refusal(small, wish(FLAVOR.evolve(vcpus=3), host="one")) == NO_CANDIDATE


# fmt: off
REFUSALS = [
    # host two is ...        a request for it     what is said (all observed)
    ({"disabled": True},     {"host": "two"},     NO_CANDIDATE),
    ({"forced_down": True},  {"host": "two"},     REFUSED),
    ({},                     {"host": "two", "zone": "a"}, NO_CANDIDATE),
    ({},                     {"host": "zzz"},     "No valid host was found. No such host - host: zzz node: None "),
    ({},                     {"host": "two", "excluded": ("two",)}, REFUSED),
]
# fmt: on


@pytest.mark.parametrize(("state", "options", "words"), REFUSALS)
def test_a_refusal_in_nova_s_words(small, state, options, words):
    change(small, "two", **state)
    assert refusal(small, wish(**options)) == words


def test_a_forced_host_is_not_asked_whether_it_is_up(small):
    change(small, "two", up=False)
    assert select_host(small, wish(host="two", forced=True)).name == "two"


def test_an_unknown_filter_is_a_mistake_of_the_settings():
    with pytest.raises(BadDefinition, match="there is no RamFilter"):
        Settings(enabled_filters=("RamFilter",))


# --- cells ----------------------------------------------------------------------------------------------


def test_hosts_of_a_down_cell_are_out_of_reach(small):
    change(small, "two", cell="cell2")
    cell_down(small, "cell2")
    assert select_host(small, wish()).name == "one"
    cell_up(small, "cell2")
    assert select_host(small, wish()).name == "two"


def test_a_server_stays_in_its_cell(small):
    change(small, "two", cell="cell2")
    assert select_host(small, wish(cell="cell1")).name == "one"


# --- groups ---------------------------------------------------------------------------------------------


def group_of(cloud: Cloud, policy: str, **rules: str) -> ServerGroup:
    project = cloud.store.one(Project, "name", ("default", "demo"))
    assert project is not None
    group = ServerGroup(
        id="g", name="g", project_id=project.id, user_id="u", policy=policy, rules=tuple(rules.items())
    )
    return cloud.store.put(group)


def in_group(cloud: Cloud, policy: str, count: int = 3, **rules: str) -> list[str | None]:
    """Where servers of a group go, one after the other."""
    group_of(cloud, policy, **rules)
    made = []
    for _ in range(count):
        made.append(servers.boot(cloud, group_id="g"))
        cloud.settle()
    return [cloud.store.get(Server, server.id).host for server in made]


def test_affinity_keeps_servers_together(cloud):
    assert len(set(in_group(cloud, "affinity"))) == 1


def test_anti_affinity_keeps_them_apart_and_runs_out_of_hosts(cloud):
    first, second, third = in_group(cloud, "anti-affinity")
    assert {first, second} == {"compute-1", "compute-2"}
    assert third is None


def test_as_many_on_a_host_as_the_rule_says(cloud):
    places = in_group(cloud, "anti-affinity", 5, max_server_per_host="2")
    assert sorted(places[:4]) == ["compute-1", "compute-1", "compute-2", "compute-2"]
    assert places[4] is None


def test_anti_affinity_is_refused_in_nova_s_words(cloud):
    in_group(cloud, "anti-affinity")
    last = max(cloud.store.all(Server), key=lambda server: server.number)
    assert last.fault is not None
    assert last.fault.message == REFUSED


def test_soft_anti_affinity_spreads_and_never_refuses(cloud):
    places = in_group(cloud, "soft-anti-affinity")
    assert set(places[:2]) == {"compute-1", "compute-2"}
    assert places[2] is not None


@pytest.fixture
def uneven() -> Cloud:
    """Two hosts, of which the large one has more of everything; hosts take five seconds to claim a server."""
    hosts = [
        {"name": "large", "vcpus": 64, "ram": 262144, "disk": 4000},
        {"name": "small", "vcpus": 16, "ram": 65536, "disk": 1000},
    ]
    cloud = Cloud({"extends": "default", "hosts": hosts})
    cloud.settings = Settings(soft_anti_affinity_weight_multiplier=10.0)
    cloud.timing = cloud.timing.with_own({"server.create.claiming": constant(5)})
    return cloud


@pytest.mark.parametrize(("policy", "places"), [("soft-anti-affinity", {"large"}), ("anti-affinity", {"large", "small"})])
def test_a_soft_policy_does_not_count_members_that_are_placed_at_the_same_time(uneven, policy, places):
    group_of(uneven, policy)
    made = [servers.boot(uneven, group_id="g") for _ in range(2)]
    uneven.settle()
    assert {uneven.store.get(Server, server.id).host for server in made} == places


def test_a_soft_policy_counts_members_whose_host_has_claimed_them(uneven):
    assert in_group(uneven, "soft-anti-affinity", 2) == ["large", "small"]


def test_soft_affinity_packs(small):
    """By default the larger host would outweigh the group."""
    small.settings = Settings(soft_affinity_weight_multiplier=10.0)
    assert select_host(small, wish(policy="soft-affinity", members={"one": 1})).name == "one"


# --- several servers of one request ------------------------------------------------------------------------


def several(cloud: Cloud, count: int, **fields: Any) -> list[Server]:
    project = cloud.store.one(Project, "name", ("default", "demo"))
    flavor = cloud.store.one(Flavor, "name", "m1.nano")
    assert project is not None
    made = servers.create_servers(
        cloud, Caller("req-1", "u", project.id), count, name="many", project_id=project.id, user_id="u", flavor=flavor,
        **fields,
    )  # fmt: skip
    cloud.settle()
    return [cloud.store.get(Server, server.id) for server in made]


def test_servers_of_one_request_are_placed_apart_where_they_must(cloud):
    group_of(cloud, "anti-affinity")
    made = several(cloud, 2, group_id="g")
    assert {server.host for server in made} == {"compute-1", "compute-2"}


def test_servers_of_one_request_get_places_together_or_not_at_all(cloud):
    """Nova schedules them in one go: where three do not fit, none of them is built."""
    group_of(cloud, "anti-affinity")
    made = several(cloud, 3, group_id="g")
    assert [server.vm_state for server in made] == [VM.ERROR] * 3
    assert {server.fault.message for server in made if server.fault} == {REFUSED}
    assert not cloud.store.all(Allocation)


def test_one_request_may_use_the_last_room_there_is(cloud):
    for host in cloud.store.all(Host):
        cloud.store.put(host.evolve(ram=512 + 2 * 192, ram_allocation_ratio=1.0))
    assert [server.vm_state for server in several(cloud, 4)] == [VM.ACTIVE] * 4
    assert [server.vm_state for server in several(cloud, 1)] == [VM.ERROR]


# --- builds that fail -----------------------------------------------------------------------------------


def broken(host: str) -> Rule:
    return Rule(id="", name=host, on="server.create.spawning", where=(("host", host),), effect=Effect(fail="boom"))


def test_a_host_where_builds_fail_is_the_last_choice_until_one_goes_well(cloud):
    cloud.set_rules([broken("compute-1")])
    for _ in range(2):
        servers.boot(cloud)
        cloud.settle()
    one = cloud.store.one(Host, "name", "compute-1")
    assert one is not None
    assert one.failed_builds == 1  # the second did not come here
    cloud.set_rules([])
    servers.boot(cloud, requested_host="compute-1")
    cloud.settle()
    assert cloud.store.get(Host, one.id).failed_builds == 0


def test_a_build_on_a_forced_host_is_not_tried_elsewhere(cloud):
    cloud.set_rules([broken("compute-1")])
    server = servers.boot(cloud, requested_host="compute-1", host_forced=True)
    cloud.settle()
    after = cloud.store.get(Server, server.id)
    assert (after.vm_state, after.host) == (VM.ERROR, None)
    assert after.fault is not None
    assert after.fault.message == "boom"


def test_a_build_is_tried_on_three_hosts_and_no_more():
    hosts = [{"name": "h{n}", "count": 5, "vcpus": 8, "ram": 8192, "disk": 100}]
    cloud = Cloud({"extends": "default", "hosts": hosts})
    cloud.set_rules([Rule(id="", name="all", on="server.create.spawning", effect=Effect(fail="boom"))])
    server = servers.boot(cloud)
    cloud.settle()
    after = cloud.store.get(Server, server.id)
    assert sorted(host.failed_builds for host in cloud.store.all(Host)) == [0, 0, 1, 1, 1]
    assert after.fault is not None
    assert after.fault.message.startswith("Exceeded maximum number of retries.")


# --- another image on the same host -------------------------------------------------------------------------


def rebuilt(cloud: Cloud, **properties: str) -> tuple[Server, Image]:
    """A server, and an image that it is then rebuilt from."""
    first, second, *_ = sorted(cloud.store.all(Image), key=lambda image: image.name or "")
    cloud.store.put(second.evolve(properties=tuple(properties.items())))
    server = servers.boot(cloud, image_id=first.id)
    cloud.settle()
    server = cloud.store.get(Server, server.id)
    server_images.rebuild(cloud, server, Caller("req-1", "u", "p"), True, image_id=second.id)
    cloud.settle()
    return cloud.store.get(Server, server.id), first


def test_a_rebuild_needs_a_host_that_the_new_image_suits(cloud):
    server, first = rebuilt(cloud, hw_architecture="aarch64")
    assert (server.vm_state, server.image_id) == (VM.ERROR, first.id)
    assert server.fault is not None
    assert server.fault.message == REFUSED
    assert server.host is not None


def test_a_rebuild_from_an_image_that_suits_the_host_goes_well(cloud):
    server, first = rebuilt(cloud, hw_architecture="x86_64")
    assert server.vm_state == VM.ACTIVE
    assert server.image_id != first.id
