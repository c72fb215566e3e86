"""Subnets: gateways and pools are computed, neighbours may not overlap."""

import pytest

SUBNETS = "/network/v2.0/subnets"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


def ask(http, network, **fields):
    body = {"network_id": network["id"], "ip_version": 4, "cidr": "10.9.0.0/24", **fields}
    return http.post(SUBNETS, json={"subnet": body})


def test_the_gateway_is_the_first_address_and_the_pool_the_rest(new_network, new_subnet):
    made = new_subnet(new_network())
    assert made["gateway_ip"] == "10.9.0.1"
    assert made["allocation_pools"] == [{"start": "10.9.0.2", "end": "10.9.0.254"}]


def test_a_gateway_in_the_middle_makes_two_pools(new_network, new_subnet):
    made = new_subnet(new_network(), cidr="10.9.0.0/28", gateway_ip="10.9.0.5")
    assert made["allocation_pools"] == [
        {"start": "10.9.0.1", "end": "10.9.0.4"},
        {"start": "10.9.0.6", "end": "10.9.0.14"},
    ]


def test_without_a_gateway_the_pool_is_all(new_network, new_subnet):
    made = new_subnet(new_network(), gateway_ip=None)
    assert (made["gateway_ip"], made["allocation_pools"]) == (
        None,
        [{"start": "10.9.0.1", "end": "10.9.0.254"}],
    )


def test_ipv6_has_no_broadcast(new_network, new_subnet):
    made = new_subnet(new_network(), ip_version=6, cidr="fd00:9::/64")
    assert made["gateway_ip"] == "fd00:9::"  # the anycast address of all routers
    assert made["allocation_pools"] == [{"start": "fd00:9::1", "end": "fd00:9::ffff:ffff:ffff:ffff"}]


def test_the_bits_of_the_host_are_cut_off(new_network, new_subnet):
    assert new_subnet(new_network(), cidr="10.9.0.77/24")["cidr"] == "10.9.0.0/24"


def test_the_network_lists_its_subnets_in_their_order(http, new_network, new_subnet):
    network = new_network()
    ids = [new_subnet(network, cidr=cidr)["id"] for cidr in ("10.9.2.0/24", "10.9.1.0/24")]
    assert http.get(f"/network/v2.0/networks/{network['id']}").json["network"]["subnets"] == ids


def test_subnets_of_a_network_do_not_overlap(http, new_network, new_subnet):
    network = new_network()
    new_subnet(network)
    assert message(ask(http, network, cidr="10.9.0.128/25")) == (
        400,
        f"Invalid input for operation: Requested subnet with cidr: 10.9.0.128/25 for network: {network['id']}"
        " overlaps with another subnet.",
    )


@pytest.mark.parametrize("missing", ["network_id", "ip_version"])
def test_some_attributes_are_required(http, new_network, missing):
    body = {"network_id": new_network()["id"], "ip_version": 4, "cidr": "10.9.0.0/24"}
    body.pop(missing)
    assert message(http.post(SUBNETS, json={"subnet": body})) == (
        400, f"Failed to parse request. Required attribute '{missing}' not specified",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"cidr": "x"}, 400, "Invalid input for operation: x is not in a CIDR format."),
        (
            {"cidr": None},
            400,
            "Bad subnets request: a subnetpool must be specified in the absence of a cidr.",
        ),
        ({"ip_version": 5}, 400, "Invalid input for ip_version. Reason: 5 is not in valid_values."),
        (
            {"ip_version": 6},
            400,
            "Invalid input for operation: cidr '10.9.0.0/24' does not match the ip_version '6'.",
        ),
        ({"gateway_ip": "10.9.0.0"}, 400, "Invalid input for operation: Gateway is not valid on subnet."),
        (
            {"cidr": "10.9.0.0/31"},
            400,
            "Invalid input for operation: Subnet has a prefix length that is incompatible with DHCP service enabled.",
        ),
        (
            {"ipv6_ra_mode": "slaac"},
            400,
            "Invalid input for operation: ipv6_ra_mode is not valid when ip_version is 4.",
        ),
        (
            {"allocation_pools": [{"start": "10.9.0.1", "end": "10.9.0.9"}]},
            409,
            "Gateway ip 10.9.0.1 conflicts with allocation pool 10.9.0.1-10.9.0.9.",
        ),
        (
            {"allocation_pools": [{"start": "10.9.0.9", "end": "10.9.1.9"}]},
            400,
            "The allocation pool 10.9.0.9-10.9.1.9 spans beyond the subnet cidr 10.9.0.0/24.",
        ),
        (
            {"dns_nameservers": ["8.8.8.8", "8.8.8.8"]},
            400,
            "Invalid input for dns_nameservers. Reason: Duplicate nameserver '8.8.8.8'.",
        ),
    ],
)
def test_a_bad_subnet_is_refused(http, new_network, fields, status, reason):
    assert message(ask(http, new_network(), **fields)) == (status, reason)


def test_a_pool_that_is_not_there_gives_no_subnet(http, new_network):
    id = "00000000-0000-4000-8000-000000000000"
    answer = ask(http, new_network(), subnetpool_id=id, cidr=None)
    assert message(answer) == (404, f"Subnet pool {id} could not be found.")


def test_a_subnet_is_for_the_owner_of_its_network(http, named):
    answer = ask(http.as_("alt_demo", "alt_demo"), named("networks", "private"))
    assert message(answer) == (403, "rule:create_subnet is disallowed by policy")


def test_on_a_network_that_one_does_not_see_there_are_no_subnets(http, new_network):
    answer = ask(http.as_("alt_demo", "alt_demo"), new_network())
    assert message(answer) == (403, "rule:create_subnet is disallowed by policy")


def test_the_subnets_of_shared_networks_are_there_for_all(http):
    shown = http.as_("alt_demo", "alt_demo").get(SUBNETS, params={"shared": "true"}).json["subnets"]
    assert sorted(subnet["name"] for subnet in shown) == ["ipv6-private-subnet", "private-subnet"]


def test_a_subnet_with_ports_stays(http, new_network, new_subnet, new_port):
    network = new_network()
    subnet = new_subnet(network)
    new_port(network)
    assert message(http.delete(f"{SUBNETS}/{subnet['id']}")) == (
        409,
        f"Unable to complete operation on subnet {subnet['id']}: One or more ports have an IP allocation from this"
        " subnet.",
    )


def test_addresses_that_ports_make_themselves_come_and_go_with_the_subnet(
    http, new_network, new_subnet, new_port
):
    network = new_network()
    port = new_port(network, mac_address="fa:16:3e:00:00:01")
    subnet = new_subnet(
        network, ip_version=6, cidr="fd00:9::/64", ipv6_address_mode="slaac", ipv6_ra_mode="slaac"
    )
    shown = http.get(f"/network/v2.0/ports/{port['id']}").json["port"]
    assert shown["fixed_ips"] == [{"subnet_id": subnet["id"], "ip_address": "fd00:9::f816:3eff:fe00:1"}]

    assert http.delete(f"{SUBNETS}/{subnet['id']}").status_code == 204
    assert http.get(f"/network/v2.0/ports/{port['id']}").json["port"]["fixed_ips"] == []


def test_a_gateway_that_a_router_has_stays(http, named):
    subnet = named("subnets", "private-subnet")
    answer = http.put(f"{SUBNETS}/{subnet['id']}", json={"subnet": {"gateway_ip": None}})
    assert answer.json["NeutronError"]["type"] == "GatewayIpInUse"


def test_subnets_of_an_external_network_are_there_for_all_and_say_so(http):
    shown = http.get(SUBNETS, params={"router:external": "True"}).json["subnets"]
    assert {subnet["name"] for subnet in shown} == {"public-subnet", "ipv6-public-subnet"}
    assert all(subnet["router:external"] is True for subnet in shown)
