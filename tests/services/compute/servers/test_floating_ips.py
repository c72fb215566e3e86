"""addFloatingIp and removeFloatingIp, until 2.43 (nova/api/openstack/compute/floating_ips.py)."""

from __future__ import annotations

import pytest


@pytest.fixture
def floating(http):
    return http.post("/compute/v2.1/os-floating-ips", json={"pool": "public"}).json["floating_ip"]["ip"]


@pytest.fixture
def act(http, path):
    def send(key, address, **more):
        return http.post(f"{path}/action", json={key: {"address": address, **more}})

    return send


def addresses(http, path, kind):
    shown = http.get(path).json["server"]["addresses"]["private"]
    return [address["addr"] for address in shown if address["OS-EXT-IPS:type"] == kind]


def test_a_floating_ip_comes_and_goes(http, path, act, floating):
    assert act("addFloatingIp", floating).status_code == 202
    assert addresses(http, path, "floating") == [floating]
    assert act("removeFloatingIp", floating).status_code == 202
    assert addresses(http, path, "floating") == []


def test_it_leads_to_the_address_that_is_told(http, path, act, floating):
    (inside,) = [address for address in addresses(http, path, "fixed") if ":" not in address]
    assert act("addFloatingIp", floating, fixed_address=inside).status_code == 202
    (shown,) = http.get("/compute/v2.1/os-floating-ips").json["floating_ips"]
    assert shown["fixed_ip"] == inside


def test_the_address_has_to_be_the_servers(act, floating, told):
    expected = (400, "Specified fixed address not assigned to instance")
    assert told(act("addFloatingIp", floating, fixed_address="192.0.2.1")) == expected


def test_a_floating_ip_that_is_not_there(act, told):
    assert told(act("addFloatingIp", "192.0.2.1")) == (404, "floating IP not found")
    assert told(act("removeFloatingIp", "192.0.2.1")) == (404, "Floating IP not found for address 192.0.2.1.")


def test_a_floating_ip_that_leads_elsewhere(act, floating, server, told):
    expected = (409, f"Floating IP {floating} is not associated with instance {server.id}.")
    assert told(act("removeFloatingIp", floating)) == expected


def test_a_server_without_ports(http, cloud, path, act, floating, told):
    port = http.get(f"{path}/os-interface").json["interfaceAttachments"][0]["port_id"]
    http.delete(f"{path}/os-interface/{port}")
    cloud.settle()
    assert told(act("addFloatingIp", floating)) == (400, "Instance network is not ready yet")


def test_a_second_one_for_the_same_address(http, act, floating, told):
    second = http.post("/compute/v2.1/os-floating-ips", json={"pool": "public"}).json["floating_ip"]["ip"]
    act("addFloatingIp", floating)
    assert told(act("addFloatingIp", second))[0] == 400
