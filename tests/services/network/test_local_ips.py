"""Local IPs and the ports that they lead to."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]


LOCAL = f"{V2}/local_ips"


@pytest.fixture
def ports(new_network, new_subnet, new_port):
    network = new_network()
    new_subnet(network)
    return [new_port(network) for _ in range(2)]


def test_it_takes_the_address_of_a_port_which_stays(http, ports):
    made = http.post(LOCAL, json={"local_ip": {"local_port_id": ports[0]["id"]}}).json["local_ip"]
    assert made["local_ip_address"] == ports[0]["fixed_ips"][0]["ip_address"]
    assert message(http.delete(f"{V2}/ports/{ports[0]['id']}"))[2] == (
        f"Port {ports[0]['id']} cannot be deleted directly via the port API: still referenced by Local IPs."
    )


def test_with_a_network_it_has_a_port_of_its_own(http, ports):
    made = http.post(LOCAL, json={"local_ip": {"network_id": ports[0]["network_id"]}}).json["local_ip"]
    at = f"{V2}/ports/{made['local_port_id']}"
    assert http.get(at).json["port"]["device_owner"] == "network:local_ip"
    assert http.delete(f"{LOCAL}/{made['id']}").status_code == 204
    assert http.get(at).status_code == 404


def test_it_stays_while_it_leads_to_a_port(http, ports):
    made = http.post(LOCAL, json={"local_ip": {"local_port_id": ports[0]["id"]}}).json["local_ip"]
    at = f"{LOCAL}/{made['id']}/port_associations"
    body = {"port_association": {"fixed_port_id": ports[1]["id"]}}
    assert http.post(at, json=body).json["port_association"]["local_ip_address"] == made["local_ip_address"]
    assert message(http.delete(f"{LOCAL}/{made['id']}"))[1] == "LocalIPInUse"
    assert http.delete(f"{V2}/ports/{ports[1]['id']}").status_code == 204
    assert http.get(at).json["port_associations"] == []


def test_something_must_be_told(http):
    assert message(http.post(LOCAL, json={"local_ip": {}}))[1] == "LocalIPPortOrNetworkRequired"


def test_it_leads_no_more_to_a_port_that_goes_with_its_floating_ip(http, ports, named):
    public = named("networks", "public")["id"]
    floating = http.post(f"{V2}/floatingips", json={"floatingip": {"floating_network_id": public}}).json["floatingip"]
    admin = http.as_("admin")
    (holder,) = admin.get(f"{V2}/ports", params={"device_id": floating["id"]}).json["ports"]
    local = admin.post(f"{V2}/local_ips", json={"local_ip": {"local_port_id": ports[0]["id"]}}).json["local_ip"]["id"]
    wish = {"fixed_port_id": holder["id"], "fixed_ip": floating["floating_ip_address"]}
    path = f"{V2}/local_ips/{local}/port_associations"
    assert admin.post(path, json={"port_association": wish}).status_code == 201
    http.delete(f"{V2}/floatingips/{floating['id']}")
    assert admin.get(path).json["port_associations"] == []
