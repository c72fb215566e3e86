"""Trunks and their subports, as clients and Nova see them."""

import pytest

from fakecompute.domain.network_agents import agent_down, agent_up
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server

V2 = "/network/v2.0"
TRUNKS = f"{V2}/trunks"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]



@pytest.fixture
def ports(new_network, new_subnet, new_port):
    network = new_network()
    new_subnet(network)
    return [new_port(network) for _ in range(3)]


def sub(port, number=100, kind="vlan"):
    return {"port_id": port["id"], "segmentation_id": number, "segmentation_type": kind}


@pytest.fixture
def trunk(http, ports):
    body = {"port_id": ports[0]["id"], "sub_ports": [sub(ports[1])]}
    made = http.post(TRUNKS, json={"trunk": body})
    assert made.status_code == 201, made.text
    return made.json["trunk"]


def add(http, trunk, *subs):
    return http.put(f"{TRUNKS}/{trunk['id']}/add_subports", json={"sub_ports": list(subs)})


def test_a_new_one_is_down_at_revision_0(trunk, ports):
    assert (trunk["status"], trunk["revision_number"], trunk["port_id"]) == ("DOWN", 0, ports[0]["id"])
    assert trunk["sub_ports"] == [sub(ports[1])]


def test_only_the_parent_tells_of_its_trunk(http, trunk, ports):
    parent, child = (http.get(f"{V2}/ports/{port['id']}").json["port"] for port in ports[:2])
    assert parent["trunk_details"] == {
        "trunk_id": trunk["id"],
        "sub_ports": [{**sub(ports[1]), "mac_address": child["mac_address"]}],
    }
    assert "trunk_details" not in child


@pytest.mark.parametrize(
    "wish,status,type",
    [
        (lambda ports: sub(ports[2]), 409, "DuplicateSubPort"),
        (lambda ports: sub(ports[1], 7), 409, "TrunkPortInUse"),
        (lambda ports: sub(ports[0], 7), 409, "ParentPortInUse"),
        (lambda ports: sub(ports[2], 5000), 400, "InvalidInput"),
        (lambda ports: sub(ports[2], "x"), 400, "InvalidInput"),
        (lambda ports: sub(ports[2], 7, "foo"), 400, "InvalidInput"),
        (lambda ports: {"port_id": ports[2]["id"], "segmentation_type": "inherit"}, 400, "InvalidInput"),
    ],
)
def test_subports_that_cannot_be(http, trunk, ports, wish, status, type):
    assert message(add(http, trunk, wish(ports)))[:2] == (status, type)


def test_a_port_of_a_trunk_stays(http, trunk, ports):
    parent, child = (message(http.delete(f"{V2}/ports/{port['id']}")) for port in ports[:2])
    assert parent == (
        409, "PortInUseAsTrunkParent", f"Port {ports[0]['id']} is currently a parent port for trunk {trunk['id']}.",
    )  # fmt: skip
    assert child == (
        409, "PortInUseAsSubPort", f"Port {ports[1]['id']} is currently a subport for trunk {trunk['id']}.",
    )  # fmt: skip


def test_one_that_is_off_is_not_changed(http, trunk, ports):
    http.put(f"{TRUNKS}/{trunk['id']}", json={"trunk": {"admin_state_up": False}})
    assert message(add(http, trunk, sub(ports[2], 7)))[1] == "TrunkDisabled"
    assert message(http.delete(f"{TRUNKS}/{trunk['id']}"))[1] == "TrunkDisabled"


def test_it_is_wired_when_a_server_is_plugged_into_its_parent(cloud, http, trunk, ports):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    body = {"name": "vm", "flavorRef": "1", "imageRef": image, "networks": [{"port": ports[0]["id"]}]}
    server = http.post("/compute/v2.1/servers", json={"server": body}).json["server"]
    cloud.settle()
    child = http.as_("admin").get(f"{V2}/ports/{ports[1]['id']}").json["port"]
    assert http.get(f"{TRUNKS}/{trunk['id']}").json["trunk"]["status"] == "ACTIVE"
    assert (child["device_owner"], child["status"]) == ("trunk:subport", "ACTIVE")
    assert message(http.delete(f"{TRUNKS}/{trunk['id']}"))[1] == "TrunkInUse"
    http.delete(f"/compute/v2.1/servers/{server['id']}")
    cloud.settle()
    assert http.get(f"{TRUNKS}/{trunk['id']}").json["trunk"]["status"] == "DOWN"
    assert http.delete(f"{TRUNKS}/{trunk['id']}").status_code == 204


def test_those_of_others_are_not_there(http, trunk):
    assert message(http.as_("alt_demo").get(f"{TRUNKS}/{trunk['id']}"))[:2] == (404, "TrunkNotFound")


def test_they_have_tags(http, trunk):
    assert http.put(f"{TRUNKS}/{trunk['id']}/tags/web").status_code == 201
    assert http.get(TRUNKS, params={"tags": "web"}).json["trunks"][0]["id"] == trunk["id"]


# --- servers, routers and limits


@pytest.fixture
def server(cloud, http, ports):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    wish = {"name": "s", "flavorRef": "1", "imageRef": image, "networks": [{"port": ports[2]["id"]}]}
    made = http.post("/compute/v2.1/servers", json={"server": wish})
    cloud.settle()
    return made.json["server"]["id"]


def plug_in(http, server, port):
    wish = {"interfaceAttachment": {"port_id": port["id"]}}
    assert http.post(f"/compute/v2.1/servers/{server}/os-interface", json=wish).status_code == 200


def status(http, trunk):
    return http.get(f"{TRUNKS}/{trunk['id']}").json["trunk"]["status"]


def test_one_is_wired_when_its_parent_is_plugged_into_a_running_server(cloud, http, trunk, ports, server):
    plug_in(http, server, ports[0])
    cloud.advance(60)
    assert status(http, trunk) == "ACTIVE"


def test_a_silent_agent_wires_it_when_it_is_back(cloud, http, trunk, ports, server):
    plug_in(http, server, ports[0])
    (host,) = (one for one in cloud.store.all(Host) if one.name == cloud.store.get(Server, server).host)
    agent_down(cloud, host)
    cloud.advance(100)
    assert status(http, trunk) == "ACTIVE"  # what is wired stays so
    assert add(http, trunk, sub(ports[1], 8)).status_code == 409
    spare = http.post(f"{V2}/ports", json={"port": {"network_id": ports[0]["network_id"]}}).json["port"]
    assert add(http, trunk, sub(spare, 8)).status_code == 200
    cloud.advance(100)
    assert status(http, trunk) == "DOWN"
    agent_up(cloud, cloud.store.get(Host, host.id))
    cloud.advance(60)
    assert status(http, trunk) == "ACTIVE"


def test_a_subport_that_is_a_routers_stays_one(http, trunk, ports):
    router = http.post(f"{V2}/routers", json={"router": {}}).json["router"]["id"]
    told = {"port_id": ports[1]["id"]}
    assert http.put(f"{V2}/routers/{router}/add_router_interface", json=told).status_code == 200
    answer = http.put(f"{V2}/routers/{router}/remove_router_interface", json=told)
    assert message(answer)[:2] == (409, "PortInUseAsSubPort")


@pytest.mark.parametrize("which", [0, 1, None])
def test_where_there_is_no_room_its_ports_are_not_looked_at(http, trunk, ports, which):
    http.as_("admin").put(f"{V2}/quotas/{trunk['project_id']}", json={"quota": {"trunk": 1}})
    parent = trunk["id"] if which is None else ports[which]["id"]  # one that is a trunk's, a subport, and none at all
    answer = http.post(TRUNKS, json={"trunk": {"port_id": parent}})
    assert message(answer)[:2] == (409, "OverQuota")


def test_trunks_are_counted(http, trunk, ports):
    project = trunk["project_id"]
    admin = http.as_("admin")
    assert admin.get(f"{V2}/quotas/{project}/details").json["quota"]["trunk"]["used"] == 1
    admin.put(f"{V2}/quotas/{project}", json={"quota": {"trunk": 1}})
    answer = http.post(TRUNKS, json={"trunk": {"port_id": ports[2]["id"]}})
    assert message(answer) == (409, "OverQuota", "Quota exceeded for resources: ['trunk'].")
