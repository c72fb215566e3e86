"""Whatever hosts, aggregates and servers there are: the host that is chosen is one that may be, and the best of them.

The naive scheduler below asks every rule of every host, one after the other, and knows no index.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from fakecompute import Cloud
from fakecompute.domain.placement.candidates import candidates as ways
from fakecompute.domain.records.compute import LIBVIRT_TRAITS, Aggregate, Allocation, Flavor, Host
from fakecompute.domain.scheduler import NoValidHost, Request, claim, select_host
from fakecompute.domain.scheduler.candidates import candidates
from fakecompute.domain.scheduler.groups import question
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.settings import Settings

ENABLED = (*Settings().enabled_filters, "AggregateInstanceExtraSpecsFilter", "AggregateMultiTenancyIsolation")
TRAITS = ("CUSTOM_A", "CUSTOM_B")

hosts = st.fixed_dictionaries(
    {
        "vcpus": st.integers(1, 4),
        "ram": st.sampled_from([1024, 1536, 2560]),
        "disk": st.integers(0, 4),
        "disabled": st.sampled_from([False, False, False, True]),
        "up": st.sampled_from([True, True, True, False]),
        "zone": st.sampled_from(["nova", "north"]),
        "cell": st.sampled_from(["cell1", "cell2"]),
        "cpu_allocation_ratio": st.sampled_from([0.5, 1.0, 2.0]),
        "traits": st.lists(st.sampled_from(TRAITS), max_size=2, unique=True),
        "resources": st.sampled_from([{}, {"CUSTOM_GPU": 1}, {"CUSTOM_GPU": 2}]),
    }
)
names = st.integers(1, 6).map("h{}".format)
aggregates = st.fixed_dictionaries(
    {
        "hosts": st.lists(names, max_size=4, unique=True),
        "metadata": st.dictionaries(
            st.sampled_from(["ssd", "filter_tenant_id"]), st.sampled_from(["yes", "no", "p1", "p1,p2"]), max_size=2
        ),
    }
)
specs = st.dictionaries(
    st.sampled_from(["ssd", "trait:CUSTOM_A", "trait:CUSTOM_B", "resources:CUSTOM_GPU", "resources:VCPU"]),
    st.sampled_from(["yes", "required", "forbidden", "0", "1", "2"]),
    max_size=2,
)
flavors = st.builds(
    lambda vcpus, ram, disk, specs: Flavor(
        id="f", name="f", vcpus=vcpus, ram=ram, disk=disk, extra_specs=tuple(specs.items())
    ),
    st.integers(1, 2),
    st.sampled_from([256, 512]),
    st.integers(0, 1),
    specs,
)
wishes = st.fixed_dictionaries(
    {
        "project_id": st.sampled_from(["p1", "p2", "p3"]),
        "zone": st.sampled_from([None, None, "nova", "north"]),
        "excluded": st.sets(names, max_size=1),
        "cell": st.sampled_from([None, None, "cell1"]),
        "policy": st.sampled_from([None, "affinity", "anti-affinity", "soft-affinity"]),
        "members": st.dictionaries(names, st.just(1), max_size=4),
    }
)


def cloud_of(hosts: list[dict[str, Any]], aggregates: list[dict[str, Any]]) -> Cloud:
    known = {f"h{number}" for number in range(1, len(hosts) + 1)}
    return Cloud(
        {
            "hosts": [{"name": f"h{number}", **host} for number, host in enumerate(hosts, 1)],
            "aggregates": [
                {**aggregate, "name": f"a{number}", "hosts": [name for name in aggregate["hosts"] if name in known]}
                for number, aggregate in enumerate(aggregates, 1)
            ],
        },
        settings=Settings(enabled_filters=ENABLED),
    )


# --- the naive scheduler ------------------------------------------------------------------------------------


def may(cloud: Cloud, host: Host, request: Request) -> bool:
    return (
        serves(cloud, host, request)
        and has_room(cloud, host, request.flavor)
        and has_traits(host, request.flavor)
        and agrees_with_aggregates(cloud, host, request)
        and suits_the_group(host, request)
    )


def serves(cloud: Cloud, host: Host, request: Request) -> bool:
    zones = {aggregate.availability_zone for aggregate in cloud.store.all(Aggregate)}
    return (
        host.up
        and not host.disabled
        and host.name not in request.excluded
        and request.cell in (None, host.cell)
        and (request.zone not in zones or request.zone is None or host.availability_zone == request.zone)
    )


def has_room(cloud: Cloud, host: Host, flavor: Flavor) -> bool:
    extra = dict(flavor.extra_specs)
    override = extra.get("resources:VCPU", "")
    vcpus = int(override) if override.isdecimal() else flavor.vcpus
    gpus = extra.get("resources:CUSTOM_GPU", "")
    held = [allocation for allocation in cloud.store.all(Allocation) if allocation.host == host.name]
    checks = [
        (vcpus, sum(a.vcpus for a in held), host.vcpus, host.vcpus * host.cpu_allocation_ratio),
        (flavor.ram, sum(a.ram for a in held), host.ram, host.ram - 512),
        (flavor.disk, sum(a.disk for a in held), host.disk, host.disk),
    ]
    if gpus.isdecimal():
        has = dict(host.resources).get("CUSTOM_GPU", 0)
        checks.append((int(gpus), sum(dict(a.others).get("CUSTOM_GPU", 0) for a in held), has, has))
    return all(want == 0 or (want <= most and gone + want <= all_) for want, gone, most, all_ in checks)


def has_traits(host: Host, flavor: Flavor) -> bool:
    for trait in TRAITS:
        wanted = dict(flavor.extra_specs).get(f"trait:{trait}")
        if (wanted == "required" and trait not in host.traits) or (wanted == "forbidden" and trait in host.traits):
            return False
    return set(LIBVIRT_TRAITS) <= set(host.traits)


def agrees_with_aggregates(cloud: Cloud, host: Host, request: Request) -> bool:
    mine = [aggregate for aggregate in cloud.store.all(Aggregate) if host.name in aggregate.hosts]
    owners = [id for a in mine for key, ids in a.metadata if key == "filter_tenant_id" for id in ids.split(",")]
    disks = [word for a in mine for key, words in a.metadata if key == "ssd" for word in words.split(",")]
    wanted = dict(request.flavor.extra_specs).get("ssd")
    return (not owners or request.project_id in owners) and (wanted is None or wanted in disks)


def suits_the_group(host: Host, request: Request) -> bool:
    if request.policy == "affinity" and request.members:
        return host.name in request.members
    return request.policy != "anti-affinity" or host.name not in request.members


# --- the properties -----------------------------------------------------------------------------------------


@given(st.lists(hosts, min_size=2, max_size=6), st.lists(aggregates, max_size=3), flavors, wishes)
def test_the_chosen_host_is_one_that_a_naive_scheduler_would_allow(hosts, aggregates, flavor, wish):
    cloud = cloud_of(hosts, aggregates)
    request = Request(flavor=flavor, needs=needs_of(flavor), **wish)
    for n in range(4):  # one server after the other, until they do not fit
        allowed = [host for host in cloud.store.all(Host) if may(cloud, host, request)]
        try:
            chosen = select_host(cloud, request)
        except NoValidHost:
            assert not allowed
            return
        assert chosen in allowed
        claim(cloud, f"c{n}", chosen, flavor, "p", "u")


@given(st.lists(hosts, min_size=2, max_size=6), flavors)
def test_a_host_with_less_of_everything_is_not_chosen(hosts, flavor):
    cloud = cloud_of(hosts, [])
    request = Request(flavor=flavor, needs=needs_of(flavor))
    allowed = [host for host in cloud.store.all(Host) if may(cloud, host, request)]
    if allowed:
        chosen = select_host(cloud, request)
        free = room(chosen)
        assert not any(all(mine < theirs for mine, theirs in zip(free, room(other), strict=True)) for other in allowed)


def room(host: Host) -> tuple[float, float, float]:
    return host.vcpus * host.cpu_allocation_ratio, host.ram, host.disk


@given(st.lists(hosts, min_size=1, max_size=6), flavors, st.lists(names, max_size=4))
def test_the_scheduler_finds_the_hosts_that_placement_offers(hosts, flavor, busy):
    """Two ways to the same: host by host, as it is fast, and by the search through trees of providers."""
    cloud, needs = cloud_of(hosts, []), needs_of(flavor)
    for number, name in enumerate(busy):
        if host := cloud.store.one(Host, "name", name):
            claim(cloud, f"server-{number}", host, flavor, "p", "u")
    asked = question(flavor, {}, needs)
    offered = {way.anchor for way in ways(cloud, asked)[0]} if asked else set()
    enabled = {host.id for host in cloud.store.all(Host) if not host.disabled}
    assert {host.id for host in candidates(cloud, Request(flavor=flavor, needs=needs))} == offered & enabled
