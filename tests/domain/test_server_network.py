"""A server and its networks: what Nova refuses, makes, binds and gives back."""

import pytest

from fakecompute.domain import server_network as net
from fakecompute.domain.network import change, default_group, make_group, make_port
from fakecompute.domain.network_addresses import Wish
from fakecompute.domain.network_subnets import make_subnet
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.network import Network, NetworkQuota, Port
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


def refusal(error, cloud, project_id, requests, is_admin=False, **more):
    with pytest.raises(error) as caught:
        net.check_requests(cloud, project_id, is_admin, requests, **more)
    return caught.value.status, str(caught.value)


# --- at POST /servers


def test_the_only_network_needs_no_name(cloud, demo):
    assert net.check_requests(cloud, demo, False, None) == 1


def test_several_networks_must_be_named(cloud, demo):
    cloud.store.put(Network(id="n", project_id=demo))
    assert refusal(net.NetworkAmbiguous, cloud, demo, None) == (
        409, "More than one possible network found. Specify network ID(s) to select which one(s) to connect to.",
    )  # fmt: skip


def test_without_any_network_only_auto_is_refused(cloud, demo, private):
    change(cloud, private, shared=False, project_id="other")
    assert net.check_requests(cloud, demo, False, None) == 1
    assert refusal(net.UnableToAutoAllocateNetwork, cloud, demo, None, auto=True) == (
        400, f"Unable to automatically allocate a network for project {demo}",
    )  # fmt: skip


def test_no_network_at_all_is_fine(cloud, demo):
    assert net.check_requests(cloud, demo, False, ()) == 1


def test_a_network_is_there(cloud, demo):
    requests = (NetworkRequest(network_id="x"), NetworkRequest(network_id="y"))
    assert refusal(net.NetworkNotFound, cloud, demo, requests) == (400, "Network x, y could not be found.")


def test_anothers_network_is_not_there(cloud, demo):
    network = cloud.store.put(Network(id="n", project_id="other"))
    assert refusal(net.NetworkNotFound, cloud, demo, on(network))[0] == 400


def test_a_network_has_a_subnet(cloud, demo):
    network = cloud.store.put(Network(id="n", project_id=demo))
    assert refusal(net.NetworkRequiresSubnet, cloud, demo, on(network)) == (
        400, "Network n requires a subnet in order to boot instances on.",
    )  # fmt: skip


def test_an_external_network_is_for_admins(cloud, demo):
    public = cloud.store.one(Network, "name", "public")
    assert refusal(net.ExternalNetworkAttachForbidden, cloud, demo, on(public)) == (
        403, f"It is not allowed to create an interface on external network {public.id}",
    )  # fmt: skip
    assert net.check_requests(cloud, demo, True, on(public)) == 1


def test_a_port_is_there(cloud, demo):
    assert refusal(net.PortNotFound, cloud, demo, (NetworkRequest(port_id="x"),)) == (
        400, "Port id x could not be found.",
    )  # fmt: skip


def test_a_port_is_free(cloud, demo, private):
    port = make_port(cloud, private, demo, device_id="another")
    assert refusal(net.PortInUse, cloud, demo, (NetworkRequest(port_id=port.id),)) == (
        409, f"Port {port.id} is still in use.",
    )  # fmt: skip


def test_a_port_has_an_address(cloud, demo, private):
    port = make_port(cloud, private, demo, fixed_ips=())
    assert refusal(net.PortRequiresFixedIP, cloud, demo, (NetworkRequest(port_id=port.id),)) == (
        400, f"Port {port.id} requires a FixedIP in order to be used.",
    )  # fmt: skip


def test_a_port_is_given_once(cloud, demo, private):
    port = make_port(cloud, private, demo)
    assert refusal(net.PortGivenTwice, cloud, demo, (NetworkRequest(port_id=port.id),) * 2) == (
        400, f"Port ID '{port.id}' was specified twice: you cannot attach a port multiple times.",
    )  # fmt: skip


def test_an_address_is_free(cloud, demo, private):
    make_port(cloud, private, demo, fixed_ips=(Wish(ip_address="10.0.0.9"),), device_id="another")
    assert refusal(net.FixedIpAlreadyInUse, cloud, demo, on(private, fixed_ip="10.0.0.9")) == (
        400, "Fixed IP address 10.0.0.9 is already in use on instance another.",
    )  # fmt: skip


def test_the_quota_of_ports_has_room(cloud, demo, private):
    cloud.store.put(NetworkQuota(id=demo, limits=(("port", cloud.store.count(Port, "project", demo) + 1),)))
    assert refusal(net.PortLimitExceeded, cloud, demo, on(private), count=2) == (
        403, "Maximum number of ports exceeded",
    )  # fmt: skip


def test_as_many_servers_as_the_quota_has_room_for(cloud, demo, private):
    cloud.store.put(NetworkQuota(id=demo, limits=(("port", cloud.store.count(Port, "project", demo) + 5),)))
    assert net.check_requests(cloud, demo, False, on(private, private), count=9, fewest=1) == 2


def test_many_servers_share_no_port_and_no_address(cloud, demo, private):
    port = make_port(cloud, private, demo)
    refusal(net.ManyWithOnePort, cloud, demo, (NetworkRequest(port_id=port.id),), count=2)
    refusal(net.ManyWithOneFixedIp, cloud, demo, on(private, fixed_ip="10.0.0.9"), count=2)


def test_groups_are_found_by_name_and_by_id(cloud, demo):
    web = make_group(cloud, demo, name="web")
    default = default_group(cloud, demo)
    assert net.check_security_groups(cloud, demo, ["web", web.id, "default"]) == (web.id, default.id)


def test_an_unknown_group_is_refused(cloud, demo):
    with pytest.raises(net.SecurityGroupNotFound, match="Unable to find security_group with name or id 'x'"):
        net.check_security_groups(cloud, demo, ["x"])


def test_a_name_that_two_groups_have_is_refused(cloud, demo):
    make_group(cloud, demo, name="web")
    make_group(cloud, demo, name="web")
    with pytest.raises(net.NoUniqueMatch) as caught:
        net.check_security_groups(cloud, demo, ["web"])
    assert caught.value.status == 409
    assert (
        str(caught.value)
        == "Multiple security_group matches found for name 'web', use an ID to be more specific."
    )


# --- in workflows


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
    with pytest.raises(net.PortInUse):
        net.allocate(cloud, server.evolve(networks=(NetworkRequest(port_id=port.id),)))


def test_a_full_network_fails_the_build(cloud, server, demo):
    tiny = cloud.store.put(Network(id="n", project_id=demo))
    make_subnet(cloud, tiny, demo, "10.9.0.0/30")
    with pytest.raises(net.NoMoreFixedIps, match="No fixed IP addresses available for network: n"):
        net.allocate(cloud, server.evolve(networks=on(tiny, tiny)))
    assert net.ports_of(cloud, server.id) == []
