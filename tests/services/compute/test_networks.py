"""GET /os-networks and /os-tenant-networks: Neutron's networks in the words of nova-network."""

import pytest

NETWORKS, TENANT = "/compute/v2.1/os-networks", "/compute/v2.1/os-tenant-networks"
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def private(http):
    return http.get("/network/v2.0/networks", params={"name": "private"}).json["networks"][0]


def test_networks_are_those_that_neutron_shows(http):
    shown = http.get("/network/v2.0/networks").json["networks"]
    listed = http.get(NETWORKS).json["networks"]
    assert [(network["id"], network["label"]) for network in listed] == [
        (network["id"], network["name"]) for network in shown
    ]


def test_all_other_fields_are_empty(http, private):
    network = http.get(f"{NETWORKS}/{private['id']}").json["network"]
    assert (network.pop("id"), network.pop("label")) == (private["id"], "private")
    assert set(network) == set(
        "cidr netmask gateway broadcast dns1 dns2 cidr_v6 gateway_v6 netmask_v6".split()
    )
    assert set(network.values()) == {None}


def test_an_admin_sees_more_emptiness(http, private):
    network = http.as_("admin").get(f"{NETWORKS}/{private['id']}").json["network"]
    assert len(network) == 32
    assert network["vlan"] is None


def test_a_network_that_is_not_there(http):
    missing = http.get(f"{NETWORKS}/{NOBODY}")
    assert (missing.status_code, missing.json["itemNotFound"]["message"]) == (404, "Network not found")


def test_tenant_networks_have_three_fields(http, private):
    network = http.get(f"{TENANT}/{private['id']}").json["network"]
    assert network == {"id": private["id"], "cidr": "None", "label": "private"}
    assert network in http.get(TENANT).json["networks"]


@pytest.mark.parametrize("path", [NETWORKS, TENANT, f"{NETWORKS}/{NOBODY}", f"{TENANT}/{NOBODY}"])
def test_they_are_gone_in_2_36(http, path):
    gone = http.get(path, version="2.36")
    assert (gone.status_code, gone.json["itemNotFound"]["message"]) == (
        404,
        "The resource could not be found.",
    )
