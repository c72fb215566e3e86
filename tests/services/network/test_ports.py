"""Ports: addresses, MACs, security, and who may choose them."""

import re

import pytest

PORTS = "/network/v2.0/ports"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


def kind(answer):
    return answer.status_code, answer.json["NeutronError"]["type"]


def addresses(port):
    return [fixed["ip_address"] for fixed in port["fixed_ips"]]


@pytest.fixture
def network(new_network, new_subnet):
    """A network of demo's own, with 10.9.0.0/29 on it: 10.9.0.2 to 10.9.0.6 are free."""
    made = new_network()
    new_subnet(made, cidr="10.9.0.0/29")
    return made


def ask(http, network, **fields):
    return http.post(PORTS, json={"port": {"network_id": network["id"], **fields}})


def test_a_new_port_is_down_unbound_and_in_the_default_group(http, network, new_port, named):
    made = new_port(network)
    assert (made["status"], made["device_id"], made["device_owner"]) == ("DOWN", "", "")
    assert made["security_groups"] == [named("security-groups", "default")["id"]]
    assert re.fullmatch(r"fa:16:3e(:[0-9a-f]{2}){3}", made["mac_address"])


def test_a_port_has_an_address_a_version(http, named, new_port):
    fixed = new_port(named("networks", "private"), mac_address="fa:16:3e:00:00:01")["fixed_ips"]
    assert [ip["subnet_id"] for ip in fixed] == [
        named("subnets", "private-subnet")["id"],
        named("subnets", "ipv6-private-subnet")["id"],
    ]
    assert fixed[1]["ip_address"].endswith("f816:3eff:fe00:1")


def test_addresses_are_never_given_twice_and_run_out(http, network, new_port):
    given = [address for _ in range(5) for address in addresses(new_port(network))]
    assert sorted(given) == ["10.9.0.2", "10.9.0.3", "10.9.0.4", "10.9.0.5", "10.9.0.6"]
    assert message(ask(http, network)) == (
        409, f"No more IP addresses available on network {network['id']}.",
    )  # fmt: skip


def test_an_address_that_was_given_back_is_free_again(http, network, new_port):
    ports = [new_port(network) for _ in range(5)]
    assert http.delete(f"{PORTS}/{ports[2]['id']}").status_code == 204
    assert addresses(new_port(network)) == addresses(ports[2])


def test_an_address_may_be_chosen_on_ones_own_network(network, new_port):
    assert addresses(new_port(network, fixed_ips=[{"ip_address": "10.9.0.5"}])) == ["10.9.0.5"]


def test_a_chosen_address_is_taken_from_then_on(http, network, new_port):
    made = new_port(network, fixed_ips=[{"ip_address": "10.9.0.5"}])
    subnet_id = made["fixed_ips"][0]["subnet_id"]
    assert message(ask(http, network, fixed_ips=[{"ip_address": "10.9.0.5"}])) == (
        409, f"IP address 10.9.0.5 already allocated in subnet {subnet_id}",
    )  # fmt: skip


def test_an_address_is_one_of_the_network(http, network):
    assert message(ask(http, network, fixed_ips=[{"ip_address": "10.8.0.5"}])) == (
        400, "IP address 10.8.0.5 is not a valid IP for any of the subnets on the specified network.",
    )  # fmt: skip


def test_a_port_may_have_no_address(network, new_port):
    made = new_port(network, fixed_ips=[])
    assert (made["fixed_ips"], made["ip_allocation"]) == ([], "none")


def test_on_a_shared_network_the_owner_chooses_addresses(http, named):
    answer = ask(
        http.as_("alt_demo", "alt_demo"), named("networks", "private"), fixed_ips=[{"ip_address": "10.0.0.9"}]
    )
    assert message(answer) == (
        403,
        "(rule:create_port and (rule:create_port:fixed_ips and (rule:create_port:fixed_ips:ip_address)))"
        " is disallowed by policy",
    )


def test_on_a_shared_network_everybody_chooses_the_subnet(http, named, new_port):
    subnet = named("subnets", "private-subnet")
    made = new_port(
        named("networks", "private"),
        http.as_("alt_demo", "alt_demo"),
        fixed_ips=[{"subnet_id": subnet["id"]}],
    )
    assert made["fixed_ips"][0]["subnet_id"] == subnet["id"]


def test_on_an_external_network_ports_are_for_its_owner(http, named):
    assert message(ask(http, named("networks", "public"))) == (
        403,
        "rule:create_port is disallowed by policy",
    )


def test_a_mac_is_unique_on_its_network(http, network, new_port):
    new_port(network, mac_address="fa:16:3e:00:00:01")
    assert message(ask(http, network, mac_address="FA:16:3E:00:00:01")) == (
        409,
        f"Unable to complete operation for network {network['id']}. The mac address fa:16:3e:00:00:01 is in use.",
    )


def test_bindings_are_for_admins(http, network, new_port):
    made = new_port(network)
    assert {key for key in made if key.startswith("binding:")} == {"binding:vnic_type"}
    answer = http.put(f"{PORTS}/{made['id']}", json={"port": {"binding:host_id": "compute-1"}})
    assert message(answer) == (
        403, "(rule:update_port and rule:update_port:binding:host_id) is disallowed by policy",
    )  # fmt: skip


def test_a_port_is_bound_to_a_host(http, network, new_port):
    path = f"{PORTS}/{new_port(network)['id']}"
    wish = {"binding:host_id": "compute-1"}
    bound = http.as_("admin", "admin").put(path, json={"port": wish}).json["port"]
    assert (bound["binding:host_id"], bound["binding:vif_type"]) == ("compute-1", "ovs")
    free = http.as_("admin", "admin").put(path, json={"port": {"binding:host_id": None}}).json["port"]
    assert (free["binding:host_id"], free["binding:vif_type"], free["status"]) == ("", "unbound", "DOWN")


def test_a_group_is_one_of_the_projects(http, network):
    id = "00000000-0000-4000-8000-000000000000"
    assert message(ask(http, network, security_groups=[id])) == (404, f"Security group {id} does not exist")


def test_groups_want_port_security(http, network, named):
    group = named("security-groups", "default")["id"]
    answer = ask(http, network, port_security_enabled=False, security_groups=[group])
    assert kind(answer) == (400, "PortSecurityAndIPRequiredForSecurityGroups")


def test_port_security_stays_while_there_are_groups(http, network, new_port):
    answer = http.put(f"{PORTS}/{new_port(network)['id']}", json={"port": {"port_security_enabled": False}})
    assert kind(answer) == (409, "PortSecurityPortHasSecurityGroup")


def test_a_port_without_security_has_no_groups(network, new_port):
    assert new_port(network, port_security_enabled=False)["security_groups"] == []


def test_an_address_pair_has_the_ports_mac_unless_told(network, new_port):
    made = new_port(network, allowed_address_pairs=[{"ip_address": "10.9.0.0/29"}])
    assert made["allowed_address_pairs"] == [
        {"ip_address": "10.9.0.0/29", "mac_address": made["mac_address"]}
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"mac_address": "x"}, "Invalid input for mac_address. Reason: 'x' is not a valid MAC address."),
        ({"fixed_ips": "x"}, "Invalid input for fixed_ips. Reason: Invalid data format for fixed IP: 'x'."),
        (
            {"fixed_ips": [{"ip_address": "x"}]},
            "Invalid input for fixed_ips. Reason: 'x' is not a valid IP address.",
        ),
        ({"security_groups": ["x"]}, "Invalid input for security_groups. Reason: 'x' is not a valid UUID."),
        ({"allowed_address_pairs": [{}]}, "AllowedAddressPair must contain ip_address"),
        ({"network_id": "x"}, "Invalid input for network_id. Reason: 'x' is not a valid UUID."),
    ],
)
def test_a_bad_port_is_refused(http, network, fields, reason):
    assert message(ask(http, network, **fields)) == (400, reason)


def test_addresses_can_be_changed(http, network, new_port):
    made = new_port(network)
    wish = {"fixed_ips": [{"ip_address": "10.9.0.6"}, {"subnet_id": made["fixed_ips"][0]["subnet_id"]}]}
    shown = http.put(f"{PORTS}/{made['id']}", json={"port": wish}).json["port"]
    assert addresses(shown) == ["10.9.0.6", *addresses(made)]


def test_the_owner_of_a_network_sees_and_deletes_all_ports_on_it(http, named, new_port):
    theirs = new_port(named("networks", "private"), http.as_("alt_demo", "alt_demo"))
    assert http.get(f"{PORTS}/{theirs['id']}").status_code == 200
    assert http.delete(f"{PORTS}/{theirs['id']}").status_code == 204


def test_anothers_port_is_not_there(http, network, new_port):
    made = new_port(network)
    answer = http.as_("alt_demo", "alt_demo").get(f"{PORTS}/{made['id']}")
    assert message(answer) == (404, f"Port {made['id']} could not be found.")


def test_a_routers_port_goes_with_its_interface_only(http):
    port = http.get(PORTS, params={"device_owner": "network:router_interface"}).json["ports"][0]
    assert message(http.delete(f"{PORTS}/{port['id']}")) == (
        409,
        f"Port {port['id']} cannot be deleted directly via the port API: has device owner network:router_interface.",
    )


def test_addresses_have_names(network, new_port):
    made = new_port(network, dns_name="web", fixed_ips=[{"ip_address": "10.9.0.5"}])
    assert made["dns_assignment"] == [
        {"ip_address": "10.9.0.5", "hostname": "web", "fqdn": "web.openstacklocal."}
    ]


def test_a_port_is_made_with_its_tags(network, new_port):
    assert new_port(network, tags=["a", "b"])["tags"] == ["a", "b"]


def test_the_quota_of_ports_is_kept(http, network, new_port):
    quota = f"/network/v2.0/quotas/{http.token.project_id}"
    used = http.get(f"{quota}/details").json["quota"]["port"]["used"]
    assert http.as_("admin", "admin").put(quota, json={"quota": {"port": used + 1}}).status_code == 200
    new_port(network)
    answer = ask(http, network)
    assert (*message(answer), kind(answer)[1]) == (
        409,
        "Quota exceeded for resources: ['port'].",
        "OverQuota",
    )


def test_addresses_that_are_made_of_the_mac_follow_it(http, network, new_port):
    subnet = {"network_id": network["id"], "ip_version": 6, "cidr": "fd00::/64"}
    modes = {"ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    http.post("/network/v2.0/subnets", json={"subnet": {**subnet, **modes}})
    port = new_port(network)
    wish = {"mac_address": "fa:16:3e:00:00:01"}
    after = http.as_("admin", "admin").put(f"{PORTS}/{port['id']}", json={"port": wish}).json["port"]
    assert addresses(after)[-1] == "fd00::f816:3eff:fe00:1"
    assert addresses(after)[0] == addresses(port)[0]
