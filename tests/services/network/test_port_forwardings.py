"""Single ports of a floating IP."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]



@pytest.fixture
def port(new_port, named):
    return new_port(named("networks", "private"))


@pytest.fixture
def floating(http, named):
    body = {"floating_network_id": named("networks", "public")["id"]}
    return http.post(f"{V2}/floatingips", json={"floatingip": body}).json["floatingip"]


@pytest.fixture
def forward(http, floating, port):
    address = next(ip["ip_address"] for ip in port["fixed_ips"] if "." in ip["ip_address"])
    usual = {"internal_port_id": port["id"], "internal_ip_address": address, "protocol": "tcp"}

    def make(**fields):
        body = {**usual, "internal_port": 80, "external_port": 8080, **fields}
        body = {key: value for key, value in body.items() if value is not None}
        return http.post(f"{V2}/floatingips/{floating['id']}/port_forwardings", json={"port_forwarding": body})

    return make


RANGE = {"internal_port": None, "external_port": None}


def shown(http, floating):
    return http.get(f"{V2}/floatingips/{floating['id']}").json["floatingip"]


def test_the_floating_ip_gets_a_router_and_is_active(cloud, http, floating, forward, named):
    made = forward().json["port_forwarding"]
    assert (made["external_port_range"], made["internal_port_range"]) == ("8080:8080", "80:80")
    cloud.settle()
    after = shown(http, floating)
    assert (after["router_id"], after["status"]) == (named("routers", "router1")["id"], "ACTIVE")
    assert after["port_forwardings"][0]["internal_port"] == 80


def test_ranges_are_as_long_inside_as_outside(forward):
    assert forward(**RANGE, internal_port_range="90:95", external_port_range="9090:9095").status_code == 201
    assert "must be N-N or 1-N" in message(
        forward(**RANGE, internal_port_range="70:75", external_port_range="7070:7073")
    )[2]  # fmt: skip


def test_no_port_is_forwarded_twice(forward):
    forward()
    assert message(forward(external_port=8081)) == (
        400, "BadRequest",
        "Bad port_forwarding request: There is a port collision with the internal_port_range. The following ranges"
        " collide: 80:80 and 80:80.",
    )  # fmt: skip
    assert "external_port_range" in message(forward(internal_port=81))[2]
    assert forward(protocol="udp").status_code == 201


def test_it_leads_to_an_address_of_the_port(forward):
    assert "is not suitable for internal neutron port" in message(forward(internal_ip_address="10.0.3.99"))[2]


def test_a_forwarded_floating_ip_is_not_led_elsewhere_and_stays(http, floating, forward, port):
    forward()
    refusals = (
        http.put(f"{V2}/floatingips/{floating['id']}", json={"floatingip": {"port_id": port["id"]}}),
        http.delete(f"{V2}/floatingips/{floating['id']}"),
    )
    assert {message(one) for one in refusals} == {
        (409, "FipInUseByPortForwarding", f"Floating IP {floating['id']} in use by Port Forwarding resources.")
    }


def test_the_port_takes_them_along(http, floating, forward, port):
    forward()
    assert http.delete(f"{V2}/ports/{port['id']}").status_code == 204
    after = shown(http, floating)
    assert (after["port_forwardings"], after["router_id"]) == ([], None)


def test_the_routers_interface_stays_while_ports_are_forwarded_through_it(http, forward, named):
    assert forward().status_code == 201
    router, subnet = named("routers", "router1")["id"], named("subnets", "private-subnet")["id"]
    path = f"{V2}/routers/{router}/remove_router_interface"
    answer = http.as_("admin").put(path, json={"subnet_id": subnet})
    assert message(answer)[:2] == (409, "RouterInterfaceInUseByFloatingIP")
