"""A server and its ports: what Nova makes, binds and gives back."""

import pytest

from fakecompute.domain import server_network as net
from fakecompute.domain.network import default_group, make_group, make_port
from fakecompute.domain.network_requests import PortInUse
from fakecompute.domain.network_subnets import make_subnet
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.records.server import NetworkRequest, Server


@pytest.fixture
def demo(cloud):
    return cloud.store.one(Project, "name", ("default", "demo")).id


@pytest.fixture
def private(cloud):
    return cloud.store.one(Network, "name", "private")


@pytest.fixture
def server(cloud, demo):
    return Server(
        id="a-server",
        name="a",
        hostname="a",
        project_id=demo,
        user_id="u",
        flavor=cloud.store.get(Flavor, "1"),
        number=1,
        host="compute-1",
        availability_zone="nova",
    )


def on(*networks, **more):
    return tuple(NetworkRequest(network_id=network.id, **more) for network in networks)


def test_a_server_gets_a_port_that_is_its_own(cloud, server, private):
    net.allocate(cloud, server)
    (port,) = net.ports_of(cloud, server.id)
    assert (port.network_id, port.device_id, port.device_owner) == (private.id, server.id, "compute:nova")
    assert (port.host, port.vif_type, port.status) == ("compute-1", "ovs", "DOWN")
    assert port.security_groups == (default_group(cloud, server.project_id).id,)


def test_ports_are_in_the_order_in_which_they_were_asked_for(cloud, server, private, demo):
    second = cloud.store.put(Network(id="n", name="second", project_id=demo))
    make_subnet(cloud, second, demo, "10.9.0.0/24")
    net.allocate(cloud, server.evolve(networks=on(second, private, second)))
    assert [port.network_id for port in net.ports_of(cloud, server.id)] == ["n", private.id, "n"]
    assert list(net.addresses(cloud, server.id)) == ["second", "private"]


def test_addresses_are_shown_by_network(cloud, server, private):
    net.allocate(cloud, server.evolve(networks=on(private, fixed_ip="10.0.0.9")))
    (port,) = net.ports_of(cloud, server.id)
    first = net.addresses(cloud, server.id)["private"][0]
    assert first == {
        "version": 4,
        "addr": "10.0.0.9",
        "OS-EXT-IPS:type": "fixed",
        "OS-EXT-IPS-MAC:mac_addr": port.mac_address,
    }


def test_a_server_is_in_the_groups_that_it_was_asked_for_with(cloud, server, demo, private):
    groups = (make_group(cloud, demo, name="web").id, make_group(cloud, demo, name="db").id)
    net.allocate(cloud, server.evolve(security_groups=groups, networks=on(private, private)))
    assert net.security_group_names(cloud, server.id) == ["web", "db", "web", "db"]


def test_an_address_of_another_network_fails_the_build(cloud, server, private):
    with pytest.raises(net.InvalidFixedIp) as caught:
        net.allocate(cloud, server.evolve(networks=on(private, fixed_ip="192.168.0.1")))
    assert str(caught.value) == (
        f"Invalid input received: Fixed IP 192.168.0.1 is not a valid ip address for network {private.id}."
    )


def test_ports_come_up_with_the_guest(cloud, server):
    net.allocate(cloud, server)
    net.activate(cloud, server)
    assert [port.status for port in net.ports_of(cloud, server.id)] == ["ACTIVE"]


def test_ports_follow_their_server(cloud, server):
    net.allocate(cloud, server)
    net.activate(cloud, server)
    net.rebind(cloud, server.evolve(host="compute-2"))
    assert [(port.host, port.status) for port in net.ports_of(cloud, server.id)] == [("compute-2", "ACTIVE")]
    net.rebind(cloud, server.evolve(host=None))
    (port,) = net.ports_of(cloud, server.id)
    assert (port.host, port.vif_type, port.status) == ("", "unbound", "DOWN")


def test_a_server_that_is_tried_on_another_host_keeps_its_ports(cloud, server):
    net.allocate(cloud, server)
    (port,) = net.ports_of(cloud, server.id)
    net.allocate(cloud, server.evolve(host="compute-2", availability_zone="other"))
    (after,) = net.ports_of(cloud, server.id)
    assert (after.id, after.host, after.device_owner) == (port.id, "compute-2", "compute:other")


def test_what_nova_made_goes_with_the_server(cloud, server):
    before = cloud.store.count(Port)
    net.allocate(cloud, server)
    net.release(cloud, server)
    assert cloud.store.count(Port) == before


def test_what_was_there_before_is_let_go(cloud, server, private, demo):
    port = make_port(cloud, private, demo, name="mine")
    net.allocate(cloud, server.evolve(networks=(NetworkRequest(port_id=port.id),)))
    net.activate(cloud, server)
    net.release(cloud, server)
    left = cloud.store.get(Port, port.id)
    assert (left.device_id, left.device_owner, left.host, left.status) == ("", "", "", "DOWN")
    assert (left.name, left.fixed_ips) == ("mine", port.fixed_ips)


def test_a_port_that_somebody_took_meanwhile_fails_the_build(cloud, server, private, demo):
    port = make_port(cloud, private, demo, device_id="another")
    with pytest.raises(PortInUse):
        net.allocate(cloud, server.evolve(networks=(NetworkRequest(port_id=port.id),)))


def test_a_full_network_fails_the_build(cloud, server, demo):
    tiny = cloud.store.put(Network(id="n", project_id=demo))
    make_subnet(cloud, tiny, demo, "10.9.0.0/30")
    with pytest.raises(net.NoMoreFixedIps, match="No fixed IP addresses available for network: n"):
        net.allocate(cloud, server.evolve(networks=on(tiny, tiny)))
    assert net.ports_of(cloud, server.id) == []
