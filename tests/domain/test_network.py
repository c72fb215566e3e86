"""Addresses, default groups, quotas and the sections of a cloud definition, below any API."""

import pytest

from fakecompute import BadDefinition, Cloud
from fakecompute.domain.network import change, default_group, make_port
from fakecompute.domain.network_addresses import IpAddressGenerationFailure, eui64, free_address
from fakecompute.domain.network_quotas import OverQuota
from fakecompute.domain.network_subnets import make_subnet
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.network import (
    Network,
    NetworkQuota,
    Port,
    SecurityGroup,
    SecurityGroupRule,
    Subnet,
)


@pytest.fixture
def network(cloud):
    """A network with four free addresses, 10.9.0.2 to 10.9.0.5 and 10.9.0.6."""
    made = cloud.store.put(Network(id="n", project_id="p"))
    make_subnet(cloud, made, "p", "10.9.0.0/29", id="s")
    return cloud.store.get(Network, "n")


def the(cloud, kind, key):
    """What there is one of by this name."""
    found = cloud.store.one(kind, "name", key)
    assert found
    return found


def first_address(port):
    return port.fixed_ips[0].ip_address


def test_addresses_go_round_the_pool(cloud, network):
    ports = [make_port(cloud, network, "p") for _ in range(3)]
    assert [first_address(port) for port in ports] == ["10.9.0.2", "10.9.0.3", "10.9.0.4"]
    cloud.store.drop(ports[0])
    assert first_address(make_port(cloud, network, "p")) == "10.9.0.5"
    assert first_address(make_port(cloud, network, "p")) == "10.9.0.6"
    assert first_address(make_port(cloud, network, "p")) == "10.9.0.2"


def test_a_full_network_says_so(cloud, network):
    for _ in range(5):
        make_port(cloud, network, "p")
    with pytest.raises(IpAddressGenerationFailure, match="No more IP addresses available on network n"):
        make_port(cloud, network, "p")


def test_a_port_that_cannot_be_made_leaves_nothing(cloud, network):
    for _ in range(5):
        make_port(cloud, network, "p")
    before = cloud.digest()
    with pytest.raises(IpAddressGenerationFailure), cloud.transaction():
        make_port(cloud, network, "p")
    assert cloud.digest() == before


def test_finding_a_free_address_does_not_look_at_the_others(cloud):
    """As many draws for the thousandth port as for the first."""
    network = cloud.store.put(Network(id="n", project_id="p"))
    cloud.store.put(NetworkQuota(id="p", limits=(("port", -1),)))
    subnet = make_subnet(cloud, network, "p", "10.16.0.0/16", id="s")
    for _ in range(1000):
        make_port(cloud, network, "p")
    assert free_address(cloud, subnet) == "10.16.3.234"
    assert cloud.streams.counts()["address s"] == 1001


def test_pools_follow_each_other(cloud):
    network = cloud.store.put(Network(id="n", project_id="p"))
    make_subnet(cloud, network, "p", "10.9.0.0/29", id="s", gateway_ip="10.9.0.3")
    assert [first_address(make_port(cloud, network, "p")) for _ in range(3)] == [
        "10.9.0.1",
        "10.9.0.2",
        "10.9.0.4",
    ]


def test_an_address_made_of_a_mac():
    # RFC 4291, appendix A: the universal bit is turned over, ff:fe goes into the middle
    assert eui64("2001:db8::/64", "34:56:78:9a:bc:de") == "2001:db8::3656:78ff:fe9a:bcde"


def test_a_default_group_is_made_once(cloud):
    group = default_group(cloud, "new-project")
    assert default_group(cloud, "new-project").id == group.id
    assert cloud.store.count(SecurityGroupRule, "group", group.id) == 4


def test_a_default_group_is_the_same_whoever_asks_first(cloud):
    other = cloud.fork()
    make_port(other, the(other, Network, "private"), "another-project")
    assert default_group(cloud, "new-project") == default_group(other, "new-project")


def test_every_project_begins_with_its_group(cloud):
    projects = {project.id for project in cloud.store.all(Project)}
    assert {group.project_id for group in cloud.store.all(SecurityGroup)} == projects


def test_what_is_not_changed_is_no_revision(cloud):
    network = the(cloud, Network, "private")
    assert change(cloud, network, name="private") is network
    assert change(cloud, network, name="other").revision_number == network.revision_number + 1


def test_a_quota_of_the_definition_is_kept():
    networks = [{"name": "n", "subnets": [{"cidr": "10.9.0.0/24"}]}]
    cloud = Cloud({"network_quotas": {"demo": {"port": 1}}, "networks": networks})
    network, demo = the(cloud, Network, "n"), the(cloud, Project, ("default", "demo"))
    make_port(cloud, network, demo.id)
    with pytest.raises(OverQuota):
        make_port(cloud, network, demo.id)


def test_a_network_of_a_definition_keeps_its_id_whatever_else_there_is():
    few = Cloud({"networks": [{"name": "b"}]})
    many = Cloud({"networks": [{"name": "a"}, {"name": "b"}]})
    assert the(few, Network, "b").id == the(many, Network, "b").id


def test_the_default_cloud_has_room_for_some_hundred_servers(cloud):
    private = the(cloud, Network, "private")
    assert private.shared
    assert [subnet.cidr for subnet in sorted(cloud.store.by(Subnet, "network", private.id), key=lambda s: s.number)] == [
        "10.0.0.0/22", "fd6c:6f75:6421::/64",
    ]  # fmt: skip


def test_gateways_belong_to_nobody(cloud):
    gateway = next(port for port in cloud.store.all(Port) if port.device_owner == "network:router_gateway")
    assert gateway.project_id == ""


@pytest.mark.parametrize(
    ("definition", "mistake"),
    [
        ({"networks": [{}]}, "networks[0].name: is missing"),
        ({"networks": [{"name": "n", "colour": "red"}]}, "networks[0].colour: there is no such key"),
        ({"networks": [{"name": "n", "project": "x"}]}, "networks[0].project: there is no project 'x'"),
        (
            {"networks": [{"name": "n", "subnets": [{"cidr": "x"}]}]},
            "networks[0].subnets[0]: 'x' does not appear to be an IPv4 or IPv6 network",
        ),
        (
            {"routers": [{"name": "r", "gateway": "x"}]},
            "routers[0].gateway: there is no external network 'x'",
        ),
        (
            {"routers": [{"name": "r", "interfaces": ["x"]}]},
            "routers[0].interfaces: there is no one subnet 'x'",
        ),
        ({"network_quotas": {"demo": {"horses": 1}}}, "network_quotas.demo.horses: there is no such key"),
    ],
)
def test_a_wrong_definition_says_where(definition, mistake):
    with pytest.raises(BadDefinition) as caught:
        Cloud(definition)
    assert caught.value.mistakes == [mistake]
