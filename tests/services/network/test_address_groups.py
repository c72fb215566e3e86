"""Address groups and what refers to them; templates of rules; segments.  Answers observed of a real Neutron."""

import pytest

V2 = "/network/v2.0"
GROUPS = f"{V2}/address-groups"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def group(http):
    body = {"name": "a", "addresses": ["10.0.0.1/32", "192.168.1.7/24"]}
    return http.post(GROUPS, json={"address_group": body}).json["address_group"]


def test_addresses_lose_the_bits_of_hosts(group):
    assert group["addresses"] == ["10.0.0.1/32", "192.168.1.0/24"]


def test_addresses_are_added_once(http, group):
    place = f"{GROUPS}/{group['id']}/add_addresses"
    added = http.put(place, json={"addresses": ["10.9.0.0/24"]}).json["address_group"]
    assert added["addresses"] == ["10.0.0.1/32", "192.168.1.0/24", "10.9.0.0/24"]
    assert message(http.put(place, json={"addresses": ["10.9.0.0/24"]})) == (
        400, f"Addresses ['10.9.0.0/24'] already exist in the address group {group['id']}.",
    )  # fmt: skip


def test_only_what_is_there_is_removed(http, group):
    place = f"{GROUPS}/{group['id']}/remove_addresses"
    assert http.put(place, json={"addresses": ["10.0.0.1/32"]}).status_code == 200
    assert message(http.put(place, json={"addresses": ["10.0.0.1/32"]})) == (
        404, f"Addresses ['10.0.0.1/32'] not found in the address group {group['id']}.",
    )  # fmt: skip


def test_a_group_that_a_rule_names_stays(http, named, group):
    home = named("security-groups", "default")
    body = {
        "direction": "ingress",
        "security_group_id": home["id"],
        "remote_address_group_id": group["id"],
    }
    rule = http.post(f"{V2}/security-group-rules", json={"security_group_rule": body}).json
    assert rule["security_group_rule"]["remote_address_group_id"] == group["id"]
    assert message(http.delete(f"{GROUPS}/{group['id']}")) == (
        409, f"Address group {group['id']} is in use on one or more security group rules.",
    )  # fmt: skip


def test_new_groups_begin_with_the_rules_of_the_templates(http):
    admin = http.as_("admin", "admin")
    body = {
        "direction": "ingress", "protocol": "tcp", "port_range_min": 22, "port_range_max": 22,
        "used_in_default_sg": False, "used_in_non_default_sg": True,
    }  # fmt: skip
    path = f"{V2}/default-security-group-rules"
    made = admin.post(path, json={"default_security_group_rule": body}).json["default_security_group_rule"]
    new = http.post(f"{V2}/security-groups", json={"security_group": {"name": "g"}}).json["security_group"]
    assert [r["protocol"] for r in new["security_group_rules"]] == [None, None, "tcp"]
    refused = admin.post(path, json={"default_security_group_rule": body})
    assert message(refused) == (409, f"Default Security group rule already exists. Rule id is {made['id']}.")
    assert http.delete(f"{path}/{made['id']}").status_code == 403
    assert admin.delete(f"{path}/{made['id']}").status_code == 204
    assert len(http.get(path).json["default_security_group_rules"]) == 4


def test_a_network_is_made_of_segments(http):
    admin = http.as_("admin", "admin")
    tunnel = {"provider:network_type": "vxlan"}
    vlan = {
        "provider:network_type": "vlan",
        "provider:physical_network": "public",
        "provider:segmentation_id": 7,
    }
    network = admin.post(f"{V2}/networks", json={"network": {"segments": [vlan, tunnel]}}).json["network"]
    assert [each["provider:network_type"] for each in network["segments"]] == ["vlan", "vxlan"]
    assert "provider:network_type" not in network
    segments = admin.get(f"{V2}/segments?network_id={network['id']}").json["segments"]
    assert len(segments) == 2
    assert http.get(f"{V2}/segments").json == {"segments": []}


def test_a_vlan_is_one_networks(http):
    admin = http.as_("admin", "admin")
    body = {
        "provider:network_type": "vlan",
        "provider:physical_network": "public",
        "provider:segmentation_id": 7,
    }
    assert admin.post(f"{V2}/networks", json={"network": body}).status_code == 201
    assert message(admin.post(f"{V2}/networks", json={"network": body})) == (
        409, "Unable to create the network. The VLAN 7 on physical network public is in use.",
    )  # fmt: skip


def test_a_configured_range_stays(http):
    admin = http.as_("admin", "admin")
    found = admin.get(f"{V2}/network_segment_ranges?network_type=vlan").json["network_segment_ranges"]
    assert admin.delete(f"{V2}/network_segment_ranges/{found[0]['id']}").status_code == 400
    assert 7 in found[0]["available"]


def test_a_topology_is_made_when_it_is_asked_for(http):
    admin = http.as_("admin", "admin")
    place = f"{V2}/auto-allocated-topology/{http.token.project_id}"
    assert message(http.get(f"{place}?fields=dry-run")) == (
        409, "Deployment error: No default subnetpools defined.",
    )  # fmt: skip
    pool = {
        "name": "p", "prefixes": ["10.99.0.0/16"], "default_prefixlen": 24, "is_default": True, "shared": True,
    }  # fmt: skip
    admin.post(f"{V2}/subnetpools", json={"subnetpool": pool})
    assert http.get(f"{place}?fields=dry-run").json["auto_allocated_topology"]["id"] == "dry-run=pass"
    made = http.get(place).json["auto_allocated_topology"]["id"]
    assert http.get(place).json["auto_allocated_topology"]["id"] == made
    assert http.get(f"{V2}/subnets?network_id={made}").json["subnets"][0]["cidr"] == "10.99.0.0/24"
    assert http.delete(place).status_code == 204
    assert http.get(f"{V2}/networks/{made}").status_code == 404


def test_the_pools_of_floating_ips_are_the_subnets_of_external_networks(http, named):
    found = http.get(f"{V2}/floatingip_pools").json["floatingip_pools"]
    assert [(pool["subnet_name"], pool["cidr"]) for pool in found] == [("public-subnet", "172.24.4.0/24")]
    assert http.get(f"{V2}/floatingip_pools?cidr=x").status_code == 400
