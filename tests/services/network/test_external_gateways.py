"""More than one way out of a router, and how a router is carried."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def router(http):
    return http.post(f"{V2}/routers", json={"router": {}}).json["router"]


@pytest.fixture
def outside(http, new_network, new_subnet):
    admin = http.as_("admin")
    network = new_network(admin, **{"router:external": True})
    new_subnet(network, admin, cidr="198.51.100.0/24")
    return network


def gateways(client, router, word, *networks):
    body = {"router": {"external_gateways": [{"network_id": network["id"]} for network in networks]}}
    return client.put(f"{V2}/routers/{router['id']}/{word}_external_gateways", json=body)


def test_the_first_is_the_one_that_older_clients_see(http, router, outside, named):
    public = named("networks", "public")
    gateways(http, router, "add", public)
    both = gateways(http, router, "add", outside).json["router"]
    assert {one["network_id"] for one in both["external_gateways"]} == {public["id"], outside["id"]}
    left = gateways(http, router, "remove", public).json["router"]
    assert left["external_gateway_info"]["network_id"] == outside["id"]


def test_what_is_not_there_is_not_removed(http, router, outside):
    refused = gateways(http, router, "remove", outside)
    words = f"Bad router request: Router {router['id']} has no gateway to network {outside['id']}."
    assert message(refused) == (400, words)


@pytest.mark.parametrize("mode,words", [("ha", "HA"), ("distributed", "the 'distributed'")])
def test_how_a_router_is_carried_changes_while_it_is_off(http, router, mode, words):
    admin, at = http.as_("admin"), f"{V2}/routers/{router['id']}"
    assert message(admin.put(at, json={"router": {mode: True}})) == (
        400,
        f"Bad router request: Cannot change {words} attribute of active routers. Please set router admin_state_up to"
        " False prior to upgrade.",
    )
    changed = admin.put(at, json={"router": {mode: True, "admin_state_up": False}}).json["router"]
    assert changed[mode] is True
    assert mode not in http.get(at).json["router"]
