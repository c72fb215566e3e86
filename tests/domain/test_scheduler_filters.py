"""Every filter by itself: what it lets pass, against what Nova's own would (nova/scheduler/filters)."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain import servers
from fakecompute.domain.records.compute import Aggregate, Allocation, Flavor, Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.scheduler import Request
from fakecompute.domain.scheduler.candidates import candidates
from fakecompute.domain.scheduler.filters import FILTERS, passing
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.scheduler.operators import matches
from fakecompute.domain.settings import Settings

CLOUD: dict[str, Any] = {
    "extends": "default",
    "hosts": [
        {"name": "plain", "vcpus": 8, "ram": 8704, "disk": 100},
        {"name": "quick", "vcpus": 8, "ram": 8704, "disk": 100, "traits": ["CUSTOM_SSD"], "resources": {"CUSTOM_GPU": 2}},
        {"name": "arm", "vcpus": 8, "ram": 8704, "disk": 100, "architecture": "aarch64", "traits": ["!HW_CPU_X86_AVX"]},
    ],
    "aggregates": [
        {"name": "fast", "hosts": ["quick"], "metadata": {"ssd": "true", "cores": "8, 16"}},
        {"name": "old", "hosts": ["arm"], "metadata": {"ssd": "false"}},
    ],
}


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(CLOUD)


def wish(specs: dict[str, str] | None = None, **options: Any) -> Request:
    flavor = Flavor(id="f", name="f", vcpus=1, ram=64, disk=1, extra_specs=tuple((specs or {}).items()))
    return Request(flavor=flavor, needs=needs_of(flavor, options.get("properties")), **options)


def left(cloud: Cloud, name: str, request: Request) -> set[str]:
    """The hosts that one filter lets pass."""
    assert name in FILTERS
    return {host.name for host in passing(cloud, request, cloud.store.all(Host), (name,))}


ALL = {"plain", "quick", "arm"}

# --- what operators of extra specs mean -------------------------------------------------------------------

# fmt: off
OPERATORS = [
    ("8",     ">= 4",             True),   ("2",   ">= 4",            False),
    ("8",     "= 4",              True),   ("8",   "== 8.0",          True),
    ("8",     "!= 8",             False),  ("8",   "<= 8",            True),
    ("abc",   "s== abc",          True),   ("abc", "s!= abc",         False),
    ("b",     "s< c",             True),   ("avx sse", "<in> sse",    True),
    ("avx sse", "<all-in> avx sse", True), ("avx", "<all-in> avx sse", False),
    ("b",     "<or> a <or> b",    True),   ("c",   "<or> a <or> b",   False),
    ("yes",   "yes",              True),   ("yes", "no",              False),
    ("many",  ">= 4",             False),  ("8",   ">=",              False),
    ("",      "",                 True),
]
# fmt: on


@pytest.mark.parametrize(("value", "wanted", "does"), OPERATORS)
def test_an_operator_of_extra_specs(value, wanted, does):
    assert matches(value, wanted) is does


# --- Placement's part ---------------------------------------------------------------------------------------

# fmt: off
NEEDS: list[tuple[dict[str, str], set[str]]] = [
    ({},                                                    ALL),
    ({"trait:CUSTOM_SSD": "required"},                      {"quick"}),
    ({"trait:CUSTOM_SSD": "forbidden"},                     {"plain", "arm"}),
    ({"trait1:HW_CPU_X86_AVX": "required"},                 {"plain", "quick"}),
    ({"trait:CUSTOM_SSD": "whatever"},                      ALL),
    ({"resources:CUSTOM_GPU": "2"},                         {"quick"}),
    ({"resources:CUSTOM_GPU": "3"},                         set()),
    ({"resources1:CUSTOM_GPU": "1", "resources2:CUSTOM_GPU": "1", "group_policy": "none"},    {"quick"}),
    ({"resources1:CUSTOM_GPU": "1", "resources2:CUSTOM_GPU": "1", "group_policy": "isolate"}, set()),
    ({"resources:VCPU": "9"},                               set()),
    ({"resources:VCPU": "0", "resources:MEMORY_MB": "0"},   ALL),
    ({"resources:NO_SUCH_CLASS": "1"},                      ALL),
    ({"os:secure_boot": "required"},                        set()),
]
# fmt: on


@pytest.mark.parametrize(("specs", "names"), NEEDS)
def test_what_extra_specs_ask_of_placement(cloud, specs, names):
    assert {host.name for host in candidates(cloud, wish(specs))} == names


def test_an_image_may_require_a_trait(cloud):
    request = wish(properties={"trait:CUSTOM_SSD": "required"})
    assert [host.name for host in candidates(cloud, request)] == ["quick"]


def test_what_is_asked_by_extra_specs_is_what_is_taken(cloud):
    specs = (("resources:VCPU", "0"), ("resources:CUSTOM_GPU", "2"), ("resources:DISK_GB", "5"))
    flavor = cloud.store.one(Flavor, "name", "m1.nano")
    cloud.store.put(flavor.evolve(extra_specs=specs))
    servers.boot(cloud)
    cloud.settle()
    (allocation,) = cloud.store.all(Allocation)
    assert (allocation.vcpus, allocation.ram, allocation.disk) == (0, 192, 5)
    assert allocation.others == (("CUSTOM_GPU", 2),)
    assert candidates(cloud, wish({"resources:CUSTOM_GPU": "1"})) == []


def test_a_tenant_with_aggregates_of_its_own_goes_there_alone(cloud):
    cloud.settings = Settings(limit_tenants_to_placement_aggregate=True)
    label(cloud, "fast", filter_tenant_id_2="p1")
    assert {host.name for host in candidates(cloud, wish(project_id="p1"))} == {"quick"}
    assert {host.name for host in candidates(cloud, wish(project_id="p2"))} == ALL


def test_an_aggregate_kept_for_a_trait_takes_nobody_else(cloud):
    cloud.settings = Settings(enable_isolated_aggregate_filtering=True)
    label(cloud, "fast", **{"trait:CUSTOM_SSD": "required"})
    assert {host.name for host in candidates(cloud, wish())} == {"plain", "arm"}
    assert {host.name for host in candidates(cloud, wish({"trait:CUSTOM_SSD": "required"}))} == {"quick"}


def label(cloud: Cloud, aggregate: str, **metadata: str) -> None:
    found = cloud.store.one(Aggregate, "name", aggregate)
    assert found is not None
    cloud.store.put(found.evolve(metadata=(*found.metadata, *metadata.items())))


# --- flavor and image -----------------------------------------------------------------------------------

# fmt: off
SPECS: list[tuple[str, dict[str, str], set[str]]] = [
    ("ComputeCapabilitiesFilter", {"capabilities:hypervisor_type": "QEMU"},       ALL),
    ("ComputeCapabilitiesFilter", {"capabilities:hypervisor_type": "xen"},        set()),
    ("ComputeCapabilitiesFilter", {"capabilities:cpu_info:arch": "aarch64"},      {"arm"}),
    ("ComputeCapabilitiesFilter", {"capabilities:free_ram_mb": ">= 9000"},        set()),
    ("ComputeCapabilitiesFilter", {"capabilities:nothing_known": "1"},            set()),
    ("ComputeCapabilitiesFilter", {"vcpus_total": ">= 99"},                       set()),   # observed
    ("ComputeCapabilitiesFilter", {"nothing_known": "1", "hw:numa_nodes": "2"},   ALL),
    ("AggregateInstanceExtraSpecsFilter", {"ssd": "true"},                        {"quick"}),
    ("AggregateInstanceExtraSpecsFilter", {"aggregate_instance_extra_specs:ssd": "s!= true"}, {"arm"}),
    ("AggregateInstanceExtraSpecsFilter", {"cores": "16"},                        {"quick"}),
    ("AggregateInstanceExtraSpecsFilter", {"hw:cpu_policy": "shared"},            ALL),
]
PROPERTIES: list[tuple[str, dict[str, str], set[str]]] = [
    ("ImagePropertiesFilter", {},                                                 ALL),
    ("ImagePropertiesFilter", {"hw_architecture": "aarch64"},                     {"arm"}),
    ("ImagePropertiesFilter", {"architecture": "amd64"},                          {"plain", "quick"}),
    ("ImagePropertiesFilter", {"hw_architecture": "i686"},                        {"plain", "quick"}),
    ("ImagePropertiesFilter", {"img_hv_type": "kvm", "hw_vm_mode": "hvm"},        ALL),
    ("ImagePropertiesFilter", {"hypervisor_type": "xen"},                         set()),
    ("ImagePropertiesFilter", {"img_hv_type": "qemu", "img_hv_requested_version": ">=8.0, <9"}, ALL),
    ("ImagePropertiesFilter", {"img_hv_type": "qemu", "img_hv_requested_version": ">=9"}, set()),
    ("ImagePropertiesFilter", {"img_hv_requested_version": ">=9"},                ALL),
    ("AggregateImagePropertiesIsolation", {"ssd": "true"},                        {"plain", "quick"}),
    ("AggregateImagePropertiesIsolation", {"os_distro": "debian"},                ALL),
]
# fmt: on


@pytest.mark.parametrize(("name", "specs", "names"), SPECS)
def test_a_filter_that_reads_extra_specs(cloud, name, specs, names):
    assert left(cloud, name, wish(specs)) == names


@pytest.mark.parametrize(("name", "properties", "names"), PROPERTIES)
def test_a_filter_that_reads_image_properties(cloud, name, properties, names):
    assert left(cloud, name, wish(properties=properties)) == names


def test_hosts_may_be_kept_for_flavors_of_some_names(cloud):
    label(cloud, "fast", instance_type="f, g")
    label(cloud, "old", instance_type="g")
    assert left(cloud, "AggregateTypeAffinityFilter", wish()) == {"plain", "quick"}


# --- projects -------------------------------------------------------------------------------------------


def test_hosts_may_be_kept_for_projects(cloud):
    label(cloud, "fast", filter_tenant_id="p1,p2")
    assert left(cloud, "AggregateMultiTenancyIsolation", wish(project_id="p2")) == ALL
    assert left(cloud, "AggregateMultiTenancyIsolation", wish(project_id="p3")) == {"plain", "arm"}


# fmt: off
ISOLATED = [  # nova/scheduler/filters/isolated_hosts_filter.py has this matrix
    (True,  "special", {"arm"}),
    (True,  "other",   {"plain", "quick"}),
    (False, "special", {"arm"}),
    (False, "other",   ALL),
]
# fmt: on


@pytest.mark.parametrize(("alone", "image", "names"), ISOLATED)
def test_images_and_hosts_may_be_kept_for_each_other(cloud, alone, image, names):
    cloud.settings = Settings(
        isolated_images=("special",), isolated_hosts=("arm",), restrict_isolated_hosts_to_isolated_images=alone
    )
    assert left(cloud, "IsolatedHostsFilter", wish(image_id=image)) == names


# --- other servers ----------------------------------------------------------------------------------------


def neighbour(cloud: Cloud, host: str) -> str:
    server = servers.boot(cloud, requested_host=host)
    cloud.settle()
    return server.id


@pytest.mark.parametrize("one_or_more", [str, lambda id: [id]])
def test_same_host_and_different_host(cloud, one_or_more):
    ids = one_or_more(neighbour(cloud, "arm"))
    assert left(cloud, "SameHostFilter", wish(hints={"same_host": ids})) == {"arm"}
    assert left(cloud, "DifferentHostFilter", wish(hints={"different_host": ids})) == {"plain", "quick"}


# fmt: off
GROUPS: list[tuple[str, dict[str, Any], set[str]]] = [
    ("ServerGroupAffinityFilter",     {"policy": "affinity", "members": {"arm": 1}},                          {"arm"}),
    ("ServerGroupAffinityFilter",     {"policy": "affinity", "members": {}},                                  ALL),
    ("ServerGroupAffinityFilter",     {"policy": "soft-affinity", "members": {"arm": 1}},                     ALL),
    ("ServerGroupAntiAffinityFilter", {"policy": "anti-affinity", "members": {"arm": 1}},                     {"plain", "quick"}),
    ("ServerGroupAntiAffinityFilter", {"policy": "anti-affinity", "members": {"arm": 1}, "own_host": "arm"},  ALL),
    ("ServerGroupAntiAffinityFilter", {"policy": "anti-affinity", "members": {"arm": 1}, "rules": {"max_server_per_host": "2"}}, ALL),
    ("ServerGroupAntiAffinityFilter", {"policy": "soft-anti-affinity", "members": {"arm": 1}},                ALL),
]
# fmt: on


@pytest.mark.parametrize(("name", "options", "names"), GROUPS)
def test_a_filter_that_reads_the_server_group(cloud, name, options, names):
    assert left(cloud, name, wish(**options)) == names


def test_hosts_near_an_address(cloud):
    ips = {host.name: host.ip for host in cloud.store.all(Host)}
    near = {"build_near_host_ip": ips["arm"], "cidr": "/32"}
    assert left(cloud, "SimpleCIDRAffinityFilter", wish(hints=near)) == {"arm"}
    assert left(cloud, "SimpleCIDRAffinityFilter", wish(hints={"build_near_host_ip": ips["arm"]})) == ALL
    assert left(cloud, "SimpleCIDRAffinityFilter", wish(hints={"build_near_host_ip": "10.9.8.7"})) == set()


def test_so_many_servers_on_a_host_and_no_more(cloud):
    neighbour(cloud, "arm")
    cloud.settings = Settings(max_instances_per_host=1)
    assert left(cloud, "NumInstancesFilter", wish()) == {"plain", "quick"}
    label(cloud, "old", max_instances_per_host="2")
    assert left(cloud, "AggregateNumInstancesFilter", wish()) == ALL


def test_a_host_whose_disks_are_busy_may_be_passed_over(cloud):
    servers.boot(cloud, requested_host="arm")
    cloud.advance(6)
    assert [server.vm_state for server in cloud.store.by(Server, "host", "arm")] == ["building"]
    cloud.settings = Settings(max_io_ops_per_host=1)
    assert left(cloud, "IoOpsFilter", wish()) == {"plain", "quick"}
    cloud.settle()
    assert left(cloud, "IoOpsFilter", wish()) == ALL


def test_filters_are_asked_only_if_they_are_enabled(cloud):
    request = wish({"ssd": "true"})
    assert len(passing(cloud, request, cloud.store.all(Host))) == 3
    more = (*Settings().enabled_filters, "AggregateInstanceExtraSpecsFilter")
    cloud.settings = Settings(enabled_filters=more)
    assert [host.name for host in passing(cloud, request, cloud.store.all(Host))] == ["quick"]


def test_hints_count_where_their_filter_is_enabled(cloud):
    other = neighbour(cloud, "arm")
    cloud.settings = Settings(enabled_filters=("ComputeFilter", "SameHostFilter"))
    server = servers.boot(cloud, scheduler_hints=(("same_host", [other]),))
    cloud.settle()
    assert cloud.store.get(Server, server.id).host == "arm"
