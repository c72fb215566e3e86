"""Routers: a gateway, interfaces, routes."""

import pytest

ROUTERS = "/network/v2.0/routers"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def router(http):
    return http.post(ROUTERS, json={"router": {"name": "r"}}).json["router"]


@pytest.fixture
def subnet(new_network, new_subnet):
    return new_subnet(new_network())


def join(http, router, subnet):
    return http.put(f"{ROUTERS}/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})


def test_the_default_cloud_has_a_router_between_its_networks(http, named):
    router = named("routers", "router1")
    assert router["external_gateway_info"]["network_id"] == named("networks", "public")["id"]
    ports = http.get("/network/v2.0/ports", params={"device_id": router["id"]}).json["ports"]
    assert sorted(port["fixed_ips"][0]["ip_address"] for port in ports) == ["10.0.0.1", "fd6c:6f75:6421::1"]


def test_a_new_router_is_active_and_goes_nowhere(router):
    assert (router["status"], router["external_gateway_info"], router["routes"]) == ("ACTIVE", None, [])


def test_an_interface_takes_the_gateway_of_its_subnet(http, router, subnet):
    joined = join(http, router, subnet).json
    assert joined["id"] == router["id"]
    assert (joined["subnet_id"], joined["subnet_ids"]) == (subnet["id"], [subnet["id"]])
    port = http.get(f"/network/v2.0/ports/{joined['port_id']}").json["port"]
    assert (port["device_owner"], port["device_id"]) == ("network:router_interface", router["id"])
    assert port["fixed_ips"] == [{"subnet_id": subnet["id"], "ip_address": subnet["gateway_ip"]}]


def test_a_subnet_is_joined_once(http, router, subnet):
    join(http, router, subnet)
    assert message(join(http, router, subnet)) == (
        400, f"Bad router request: Router already has a port on subnet {subnet['id']}.",
    )  # fmt: skip


def test_an_interface_needs_a_subnet_or_a_port(http, router):
    assert message(http.put(f"{ROUTERS}/{router['id']}/add_router_interface", json={})) == (
        400, "Bad router request: Either subnet_id or port_id must be specified.",
    )  # fmt: skip


def test_a_port_that_is_in_use_is_not_taken(http, router, named, new_port):
    port = new_port(named("networks", "private"), device_id="a-server")
    answer = http.put(f"{ROUTERS}/{router['id']}/add_router_interface", json={"port_id": port["id"]})
    assert message(answer) == (
        409,
        f"Unable to complete operation on port {port['id']} for network {port['network_id']}. Port already has an"
        " attached device a-server.",
    )


def test_an_interface_is_removed_with_its_port(http, router, subnet):
    port_id = join(http, router, subnet).json["port_id"]
    answer = http.put(f"{ROUTERS}/{router['id']}/remove_router_interface", json={"subnet_id": subnet["id"]})
    assert (answer.status_code, answer.json["port_id"]) == (200, port_id)
    assert http.get(f"/network/v2.0/ports/{port_id}").status_code == 404


def test_what_was_not_joined_is_not_removed(http, router, subnet):
    answer = http.put(f"{ROUTERS}/{router['id']}/remove_router_interface", json={"subnet_id": subnet["id"]})
    assert message(answer) == (404, f"Router {router['id']} has no interface on subnet {subnet['id']}")


def test_a_router_with_interfaces_stays(http, router, subnet):
    port = join(http, router, subnet).json["port_id"]
    assert message(http.delete(f"{ROUTERS}/{router['id']}")) == (
        409,
        f"Router {router['id']} has ports still attached: {port}",
    )


def test_a_gateway_takes_an_address_of_the_external_network(http, router, named):
    public = named("networks", "public")
    wish = {"external_gateway_info": {"network_id": public["id"]}}
    gateway = http.put(f"{ROUTERS}/{router['id']}", json={"router": wish}).json["router"][
        "external_gateway_info"
    ]
    assert (gateway["network_id"], gateway["enable_snat"]) == (public["id"], True)
    assert gateway["external_fixed_ips"][0]["ip_address"].startswith("172.24.4.")


def test_a_gateway_is_taken_away(http, router, named):
    path = f"{ROUTERS}/{router['id']}"
    http.put(
        path, json={"router": {"external_gateway_info": {"network_id": named("networks", "public")["id"]}}}
    )
    shown = http.put(path, json={"router": {"external_gateway_info": None}}).json["router"]
    assert shown["external_gateway_info"] is None
    assert http.delete(path).status_code == 204


def test_a_gateway_is_to_an_external_network(http, router, named):
    private = named("networks", "private")
    wish = {"external_gateway_info": {"network_id": private["id"]}}
    assert message(http.put(f"{ROUTERS}/{router['id']}", json={"router": wish})) == (
        400, f"Bad router request: Network {private['id']} is not an external network.",
    )  # fmt: skip


def test_snat_is_for_admins_to_choose(http, router, named):
    wish = {"external_gateway_info": {"network_id": named("networks", "public")["id"], "enable_snat": False}}
    assert http.put(f"{ROUTERS}/{router['id']}", json={"router": wish}).status_code == 403


def test_a_route_leads_to_a_neighbour(http, router, subnet):
    join(http, router, subnet)
    routes = [{"destination": "10.99.0.0/16", "nexthop": "10.9.0.7"}]
    shown = http.put(f"{ROUTERS}/{router['id']}", json={"router": {"routes": routes}}).json["router"]
    assert shown["routes"] == routes


def test_a_route_to_nobody_is_refused(http, router):
    routes = [{"destination": "10.99.0.0/16", "nexthop": "10.9.0.7"}]
    answer = http.put(f"{ROUTERS}/{router['id']}", json={"router": {"routes": routes}})
    assert message(answer) == (
        400, f"Invalid format for routes: {routes}, the nexthop is not connected with router",
    )  # fmt: skip


def test_anothers_router_is_not_there(http, router):
    answer = http.as_("alt_demo", "alt_demo").get(f"{ROUTERS}/{router['id']}")
    assert message(answer) == (404, f"Router {router['id']} could not be found")
