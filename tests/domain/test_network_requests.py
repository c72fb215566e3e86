"""What a server is asked for with, of networks, ports and groups: what Nova refuses."""

import pytest

from fakecompute.domain import network_requests as net
from fakecompute.domain.network import change, default_group, make_group, make_port
from fakecompute.domain.network_addresses import Wish
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.network import Network, NetworkQuota, Port
from fakecompute.domain.records.server import NetworkRequest


@pytest.fixture
def demo(cloud):
    return cloud.store.one(Project, "name", ("default", "demo")).id


@pytest.fixture
def private(cloud):
    return cloud.store.one(Network, "name", "private")


def on(*networks, **more):
    return tuple(NetworkRequest(network_id=network.id, **more) for network in networks)


def refusal(error, cloud, project_id, requests, is_admin=False, **more):
    with pytest.raises(error) as caught:
        net.check_requests(cloud, project_id, is_admin, requests, **more)
    return caught.value.status, str(caught.value)


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
