"""GET /network-ip-availabilities: an admin's view of how full networks are."""

import pytest

PATH = "/network/v2.0/network-ip-availabilities"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def admin(http):
    return http.as_("admin")


@pytest.fixture
def full(new_network, new_subnet):
    """A network of 253 addresses in its pool."""
    network = new_network(name="full")
    return network, new_subnet(network, name="inside")


def test_a_subnet_has_the_addresses_of_its_pools(admin, full):
    network, subnet = full
    details = {
        "total_ips_in_subnet": 254, "total_ips_in_allocation_pool": 253,
        "used_ips_in_subnet": 0, "used_ips_in_allocation_pool": 0,
    }  # fmt: skip
    shown = admin.get(f"{PATH}/{network['id']}").json["network_ip_availability"]
    assert shown == {
        "network_id": network["id"],
        "network_name": "full",
        "tenant_id": network["project_id"],
        "project_id": network["project_id"],
        "total_ips": 253,
        "used_ips": 0,
        "ip_availability_details": details,
        "subnet_ip_availability": [
            {
                "subnet_id": subnet["id"], "subnet_name": "inside", "cidr": "10.9.0.0/24", "ip_version": 4,
                "total_ips": 253, "used_ips": 0, "ip_availability_details": details,
            }
        ],
    }  # fmt: skip


def test_ports_take_addresses(admin, full, new_port):
    new_port(full[0])
    assert admin.get(f"{PATH}/{full[0]['id']}").json["network_ip_availability"]["used_ips"] == 1


def test_ipv6_has_very_many(http, admin, named):
    shown = admin.get(f"{PATH}/{named('networks', 'private')['id']}")
    assert str(2**64 - 2) in shown.text


@pytest.mark.parametrize("query", [{"network_name": "full"}, {"ip_version": 4, "network_name": "full"}])
def test_a_list_is_narrowed(admin, full, query):
    listed = admin.get(PATH, params=query).json["network_ip_availabilities"]
    assert [each["network_id"] for each in listed] == [full[0]["id"]]


def test_a_list_is_of_all_networks(http, admin, full):
    assert len(admin.get(PATH).json["network_ip_availabilities"]) == 3


def test_what_cannot_be_asked_for(admin):
    assert admin.get(PATH, params={"zzz": 1}).status_code == 400


def test_a_network_that_is_not_there(admin):
    assert admin.get(f"{PATH}/{NOWHERE}").json["NeutronError"]["type"] == "NetworkNotFound"


def test_it_is_not_for_everybody(http, named):
    assert http.get(PATH).json == {"network_ip_availabilities": []}
    assert http.get(f"{PATH}/{named('networks', 'private')['id']}").status_code == 404
