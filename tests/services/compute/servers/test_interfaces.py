"""/servers/{id}/os-interface: interfaces come at once and go a moment later."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.network import Port
from fakecompute.domain.records.server import ActionEvent
from fakecompute.domain.states import Power

NOBODY = "00000000-0000-4000-8000-000000000000"
NEUTRON = "/network/v2.0"


@pytest.fixture
def network(http):
    return http.get(f"{NEUTRON}/networks", params={"name": "private"}).json["networks"][0]["id"]


@pytest.fixture
def attach(http, path):
    def send(version="2.70", **wish):
        return http.post(f"{path}/os-interface", json={"interfaceAttachment": wish}, version=version)

    return send


@pytest.fixture
def port(http, network):
    """One that demo has made."""
    return http.post(f"{NEUTRON}/ports", json={"port": {"network_id": network}}).json["port"]


def interfaces(http, path, version="2.1"):
    return http.get(f"{path}/os-interface", version=version).json["interfaceAttachments"]


def test_an_interface_shows_its_port(http, path, cloud, server):
    (shown,) = interfaces(http, path)
    port = cloud.store.get(Port, shown["port_id"])
    assert (shown["net_id"], shown["mac_addr"], shown["port_state"]) == (
        port.network_id,
        port.mac_address,
        "ACTIVE",
    )
    assert shown["fixed_ips"] == [ip._asdict() for ip in port.fixed_ips]
    assert http.get(f"{path}/os-interface/{port.id}").json == {"interfaceAttachment": shown}


def test_tags_are_shown_from_2_70_on(http, path, attach, network):
    made = attach(net_id=network, tag="nic", version="2.49").json["interfaceAttachment"]
    assert "tag" not in made
    shown = http.get(f"{path}/os-interface/{made['port_id']}", version="2.70").json["interfaceAttachment"]
    assert shown["tag"] == "nic"


def test_one_comes_on_a_network(http, path, attach, network):
    made = attach(net_id=network).json["interfaceAttachment"]
    assert (made["net_id"], made["port_state"], made["tag"]) == (network, "ACTIVE", None)
    assert len(interfaces(http, path)) == 2
    assert len(http.get(path).json["server"]["addresses"]["private"]) == 4


def test_one_comes_with_a_certain_address(attach, network):
    made = attach(net_id=network, fixed_ips=[{"ip_address": "10.0.2.77"}]).json["interfaceAttachment"]
    assert "10.0.2.77" in [ip["ip_address"] for ip in made["fixed_ips"]]


def test_one_comes_with_a_port(http, path, attach, port):
    assert attach(port_id=port["id"]).json["interfaceAttachment"]["port_id"] == port["id"]
    assert http.get(f"{NEUTRON}/ports/{port['id']}").json["port"]["device_id"] == path.rpartition("/")[2]


@pytest.mark.parametrize("body", [{}, {"interfaceAttachment": {}}])
def test_without_a_wish_it_is_the_only_network(http, path, network, body):
    made = http.post(f"{path}/os-interface", json=body).json["interfaceAttachment"]
    assert made["net_id"] == network


def test_a_server_that_is_off_gets_a_port_that_is_down(http, cloud, path, network, attach):
    http.post(f"{path}/action", json={"os-stop": None})
    cloud.settle()
    assert attach(net_id=network).json["interfaceAttachment"]["port_state"] == "DOWN"


def test_new_ports_have_the_default_group_of_the_project(http, attach, network):
    made = attach(net_id=network).json["interfaceAttachment"]
    (group,) = http.get(f"{NEUTRON}/ports/{made['port_id']}").json["port"]["security_groups"]
    assert http.get(f"{NEUTRON}/security-groups/{group}").json["security_group"]["name"] == "default"


def test_attaching_is_an_action(attach, network, actions_of):
    attach(net_id=network)
    assert actions_of() == [("attach_interface", [("compute_attach_interface", "Success")])]


# --- refusals: nova/api/openstack/compute/attach_interfaces.py


def test_several_networks_and_none_told(http, attach, told):
    http.post(f"{NEUTRON}/networks", json={"network": {"name": "second"}})
    assert told(attach()) == (400, "Multiple possible networks found, use a Network ID to be more specific.")


def test_a_network_that_is_not_there(attach, told):
    assert told(attach(net_id=NOBODY)) == (404, f"Network {NOBODY} could not be found.")


def test_a_network_without_subnets(http, attach, told):
    bare = http.post(f"{NEUTRON}/networks", json={"network": {"name": "bare"}}).json["network"]["id"]
    assert told(attach(net_id=bare)) == (
        400, "Network requires port_security_enabled and subnet associated in order to apply security groups.",
    )  # fmt: skip


def test_an_external_network_is_not_for_everybody(http, attach, told):
    public = http.get(f"{NEUTRON}/networks", params={"name": "public"}).json["networks"][0]["id"]
    assert told(attach(net_id=public)) == (
        403,
        f"It is not allowed to create an interface on external network {public}",
    )


def test_an_address_that_is_taken(http, path, attach, network, told):
    taken = interfaces(http, path)[0]["fixed_ips"][0]["ip_address"]
    assert told(attach(net_id=network, fixed_ips=[{"ip_address": taken}]))[0] == 409


def test_an_address_of_elsewhere(attach, network, told):
    assert told(attach(net_id=network, fixed_ips=[{"ip_address": "192.0.2.1"}]))[0] == 400


def test_a_port_that_is_in_use(http, path, attach, told):
    port = interfaces(http, path)[0]["port_id"]
    assert told(attach(port_id=port)) == (409, f"Port {port} is still in use.")


def test_a_port_of_another_project(http, attach, network, told, server):
    port = (
        http.as_("admin").post(f"{NEUTRON}/ports", json={"port": {"network_id": network}}).json["port"]["id"]
    )
    assert told(attach(port_id=port)) == (400, f"Port {port} not usable for instance {server.id}.")


def test_no_more_ports_in_the_quota(http, attach, network, server, told):
    used = 3  # the server's, and the router's two
    http.as_("admin").put(f"{NEUTRON}/quotas/{server.project_id}", json={"quota": {"port": used}})
    assert told(attach(net_id=network)) == (403, "Maximum number of ports exceeded")


def test_a_port_of_another_server(http, path, port, told, server):
    assert told(http.get(f"{path}/os-interface/{port['id']}")) == (
        404, f"Instance {server.id} does not have a port with id {port['id']}",
    )  # fmt: skip


def test_a_refusal_leaves_no_action(attach, actions_of):
    attach(net_id=NOBODY)
    assert actions_of() == []


# --- detaching


def test_an_interface_goes_a_moment_later(http, cloud, path, actions_of):
    port = interfaces(http, path)[0]["port_id"]
    gone = http.delete(f"{path}/os-interface/{port}")
    assert (gone.status_code, gone.content) == (202, b"")
    assert len(interfaces(http, path)) == 1
    assert actions_of() == [("detach_interface", [("compute_detach_interface", None)])]
    cloud.settle()
    assert interfaces(http, path) == []
    assert actions_of() == [("detach_interface", [("compute_detach_interface", "Success")])]


def test_nova_deletes_the_ports_that_it_has_made_and_frees_the_others(http, cloud, path, attach, port):
    attach(port_id=port["id"])
    for interface in interfaces(http, path):
        http.delete(f"{path}/os-interface/{interface['port_id']}")
    cloud.settle()
    (kept,) = cloud.store.by(Port, "device", path.rpartition("/")[2]) or [cloud.store.get(Port, port["id"])]
    assert (kept.id, kept.device_id, kept.status) == (port["id"], "", "DOWN")


def test_a_port_that_is_not_there_is_an_error_of_the_action_alone(http, cloud, path, actions_of):
    assert http.delete(f"{path}/os-interface/{NOBODY}").status_code == 202
    cloud.settle()
    assert actions_of() == [("detach_interface", [("compute_detach_interface", "Error")])]
    event = max(cloud.store.all(ActionEvent), key=lambda event: event.number)
    assert event.details == f"Port {NOBODY} is not attached"


def test_a_fault_rule_lets_detaching_fail(http, cloud, path, actions_of):
    cloud.set_rules([Rule(id="", name="stuck", on="server.detach_interface.*", effect=Effect(fail="stuck"))])
    http.delete(f"{path}/os-interface/{interfaces(http, path)[0]['port_id']}")
    cloud.settle()
    assert len(interfaces(http, path)) == 1
    assert actions_of() == [("detach_interface", [("compute_detach_interface", "Error")])]


def test_a_server_that_is_deleted_meanwhile_takes_its_ports_along(http, cloud, path):
    http.delete(f"{path}/os-interface/{interfaces(http, path)[0]['port_id']}")
    http.delete(path)
    cloud.settle()
    assert http.get(path).status_code == 404


# --- addFixedIp, removeFixedIp


def test_an_address_more_and_one_less(http, path, network):
    added = http.post(f"{path}/action", json={"addFixedIp": {"networkId": network}})
    assert added.status_code == 202
    addresses = [ip["ip_address"] for ip in interfaces(http, path)[0]["fixed_ips"]]
    assert len(addresses) == 3
    http.post(f"{path}/action", json={"removeFixedIp": {"address": addresses[0]}})
    assert [ip["ip_address"] for ip in interfaces(http, path)[0]["fixed_ips"]] == addresses[1:]


def test_an_address_that_a_floating_ip_leads_to_stays(http, path, network):
    (port, *_) = interfaces(http, path)
    address = next(ip["ip_address"] for ip in port["fixed_ips"] if "." in ip["ip_address"])
    public = http.get("/network/v2.0/networks", params={"name": "public"}).json["networks"][0]["id"]
    wish = {"floating_network_id": public, "port_id": port["port_id"]}
    assert http.post("/network/v2.0/floatingips", json={"floatingip": wish}).status_code == 201
    assert http.post(f"{path}/action", json={"removeFixedIp": {"address": address}}).status_code == 202
    assert interfaces(http, path)[0]["fixed_ips"] == port["fixed_ips"]


def test_nobody_is_told_that_there_is_no_such_address(http, path):
    before = interfaces(http, path)
    assert http.post(f"{path}/action", json={"removeFixedIp": {"address": "192.0.2.1"}}).status_code == 202
    assert http.post(f"{path}/action", json={"addFixedIp": {"networkId": NOBODY}}).status_code == 202
    assert interfaces(http, path) == before


def test_paused_servers_have_interfaces_too(become, attach, network):
    become(vm_state="paused", power_state=Power.PAUSED)
    assert attach(net_id=network).status_code == 200
