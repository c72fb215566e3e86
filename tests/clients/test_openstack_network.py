"""The `openstack` command: each thing of Neutron, in the order in which a user makes, changes and deletes it."""

from __future__ import annotations

from tests.clients.command import column

# --- networks, subnets, and where their addresses come from


def test_networks(demo):
    made = demo.show("network create --description d --mtu 1400 --tag red net")
    assert (made["status"], made["mtu"], made["tags"]) == ("ACTIVE", 1400, ["red"])
    demo.do("network set --name web --disable --tag blue net")
    demo.do("network unset --tag red web")
    shown = demo.show("network show web")
    assert (shown["admin_state_up"], shown["tags"], shown["description"]) == (False, ["blue"], "d")
    assert shown["revision_number"] > made["revision_number"]
    assert column(demo.show("network list --tags blue")) == column(
        demo.show("network list --internal --disable")
    )
    demo.do("network delete web")
    assert "No Network found for web" in demo.said("network show web")


def test_provider_networks_are_an_admins(admin, demo):
    vlan = "--provider-network-type vlan --provider-physical-network public --provider-segment 77"
    made = admin.show(f"network create {vlan} --external --share outside")
    assert (made["provider:network_type"], made["provider:segmentation_id"]) == ("vlan", 77)
    assert (made["router:external"], made["shared"]) == (True, True)
    assert column(demo.show("network list --external")) == {"public", "outside"}
    assert "A default external network already exists" in admin.said("network set --default outside")
    assert "403" in demo.said(f"network create {vlan} mine")
    admin.do("network delete outside")


def test_subnets(demo):
    demo.show("network create net")
    more = "--dns-nameserver 9.9.9.9 --host-route destination=10.1.0.0/16,gateway=10.9.0.3"
    made = demo.show(
        f"subnet create --network net --subnet-range 10.9.0.0/24 --gateway 10.9.0.254 {more} sub"
    )
    assert made["gateway_ip"] == "10.9.0.254"
    assert made["allocation_pools"] == [{"start": "10.9.0.1", "end": "10.9.0.253"}]
    assert made["host_routes"] == [{"destination": "10.1.0.0/16", "nexthop": "10.9.0.3"}]

    pool = "--no-allocation-pool --allocation-pool start=10.9.0.30,end=10.9.0.40"
    demo.do(f"subnet set --name low {pool} --dns-nameserver 8.8.8.8 --tag near sub")
    demo.do("subnet unset --dns-nameserver 9.9.9.9 --host-route destination=10.1.0.0/16,gateway=10.9.0.3 low")
    shown = demo.show("subnet show low")
    assert shown["allocation_pools"] == [{"start": "10.9.0.30", "end": "10.9.0.40"}]
    assert (shown["dns_nameservers"], shown["host_routes"], shown["tags"]) == (["8.8.8.8"], [], ["near"])
    assert column(demo.show("subnet list --network net"), "Subnet") == {"10.9.0.0/24"}
    demo.do("subnet delete low")
    assert demo.show("subnet list --network net") == []
    demo.do("network delete net")


def test_subnet_pools_and_their_address_scope(demo):
    demo.show("network create net")
    made = demo.show("subnet pool create --pool-prefix 10.20.0.0/16 --default-prefix-length 26 pool")
    assert (made["default_prefixlen"], made["prefixes"]) == (26, ["10.20.0.0/16"])
    assert demo.show("subnet create --network net --subnet-pool pool one")["cidr"] == "10.20.0.0/26"
    sized = demo.show("subnet create --network net --subnet-pool pool --prefix-length 27 two")
    assert sized["cidr"] == "10.20.0.64/27"
    demo.do("subnet pool set --pool-prefix 10.21.0.0/16 --tag ours pool")
    assert demo.show("subnet pool show pool")["prefixes"] == ["10.20.0.0/15"]
    demo.do("subnet pool unset --tag ours pool")
    assert "Subnet pool has existing allocations" in demo.said("subnet pool delete pool")

    assert demo.show("address scope create --ip-version 4 scope")["shared"] is False
    demo.do("address scope set --name far scope")
    demo.do("subnet pool set --address-scope far pool")
    assert demo.show("network show net")["ipv4_address_scope"] == demo.show("address scope show far")["id"]
    assert "There are one or more subnet pools in use" in demo.said("address scope delete far")
    demo.do("subnet pool set --no-address-scope pool")
    demo.do("address scope delete far")
    assert demo.show("address scope list") == []
    demo.do("network delete net")
    demo.do("subnet pool delete pool")
    assert demo.show("subnet pool list") == []


def test_a_topology_of_ones_own_for_the_asking(admin, alt):
    """It is refused as long as there is no default subnet pool."""
    assert "Unable to provide project private network" in alt.said("network auto allocated topology create")
    pool = "subnet pool create --default --share --default-prefix-length"
    admin.show(f"{pool} 24 --pool-prefix 10.40.0.0/16 v4")
    admin.show(f"{pool} 64 --pool-prefix fd00:40::/48 v6")
    made = alt.show("network auto allocated topology create")
    shown = alt.show(f"network show {made['id']}")
    assert (shown["name"], len(shown["subnets"])) == ("auto_allocated_network", 2)
    assert column(alt.show("router list")) == {"auto_allocated_router"}
    alt.do("network auto allocated topology delete")
    assert alt.show("router list") == []
    admin.do("subnet pool delete v4 v6")


# --- ports and what guards them


def test_ports(demo, net):
    fixed = "--fixed-ip subnet=world-subnet,ip-address=10.8.0.33"
    pair = "--allowed-address ip-address=10.8.0.77"
    made = demo.show(f"port create --network world {fixed} {pair} --description d door")
    assert [one["ip_address"] for one in made["fixed_ips"]] == ["10.8.0.33"]
    assert made["allowed_address_pairs"] == [{"ip_address": "10.8.0.77", "mac_address": made["mac_address"]}]
    assert (made["status"], made["port_security_enabled"]) == ("DOWN", True)

    demo.do(
        "port set --name gate --fixed-ip ip-address=10.8.0.34 --extra-dhcp-option name=mtu,value=1400 door"
    )
    demo.do("port set --tag t --disable gate")
    shown = demo.show("port show gate")
    assert [one["ip_address"] for one in shown["fixed_ips"]] == ["10.8.0.33", "10.8.0.34"]
    assert [(one["opt_name"], one["opt_value"]) for one in shown["extra_dhcp_opts"]] == [("mtu", "1400")]
    demo.do("port unset --fixed-ip subnet=world-subnet,ip-address=10.8.0.33 --tag t gate")
    assert [row["Name"] for row in demo.show("port list --fixed-ip ip-address=10.8.0.34")] == ["gate"]

    assert "until security group is removed" in demo.said("port set --disable-port-security gate")
    demo.do("port set --no-security-group --no-allowed-address --disable-port-security gate")
    assert demo.show("port show gate")["port_security_enabled"] is False
    demo.do("port delete gate")
    assert "gate" not in column(demo.show("port list"))


def test_security_groups_and_their_rules(demo, net):
    made = demo.show("security group create --description d web")
    assert [rule["direction"] for rule in made["rules"]] == ["egress", "egress"]
    rule = demo.show("security group rule create --protocol tcp --dst-port 80:81 --remote-ip 10.0.0.0/8 web")
    assert (rule["port_range_min"], rule["port_range_max"], rule["direction"]) == (80, 81, "ingress")
    again = demo.said("security group rule create --protocol tcp --dst-port 80:81 --remote-ip 10.0.0.0/8 web")
    assert "Security group rule already exists" in again
    rows = demo.show("security group rule list --ingress web")
    assert [(row["IP Protocol"], row["IP Range"], row["Port Range"]) for row in rows] == [
        ("tcp", "10.0.0.0/8", "80:81")
    ]

    demo.show("port create --network world --security-group web door")
    assert "in use" in demo.said("security group delete web")
    demo.do("port unset --security-group web door")
    demo.do("port delete door")
    demo.do(f"security group rule delete {rule['id']}")
    demo.do("security group set --name shop --stateless --tag t web")
    shown = demo.show("security group show shop")
    assert (shown["stateful"], shown["tags"], len(shown["rules"])) == (False, ["t"], 2)
    demo.do("security group unset --tag t shop")
    demo.do("security group delete shop")
    assert column(demo.show("security group list")) == {"default"}


def test_address_groups(demo):
    made = demo.show("address group create --address 10.0.0.1 --description d friends")
    assert made["addresses"] == ["10.0.0.1/32"]
    demo.do("address group set --name pals --address 10.2.0.0/16 friends")
    demo.do("address group unset --address 10.0.0.1/32 pals")
    assert demo.show("address group show pals")["addresses"] == ["10.2.0.0/16"]
    demo.show("security group create web")
    rule = demo.show("security group rule create --protocol udp --remote-address-group pals web")
    assert rule["remote_address_group_id"] == made["id"]
    assert "is in use on one or more security group rules" in demo.said("address group delete pals")
    demo.do("security group delete web")
    demo.do("address group delete pals")
    assert demo.show("address group list") == []


def test_new_security_groups_begin_with_the_default_rules(admin, demo):
    made = admin.show("default security group rule create --protocol icmp --for-custom-sg")
    assert (made["used_in_default_sg"], made["used_in_non_default_sg"]) == (False, True)
    assert admin.show(f"default security group rule show {made['id']}") == made
    rules = demo.show("security group create pinged")["rules"]
    assert [rule["protocol"] for rule in rules if rule["direction"] == "ingress"] == ["icmp"]
    demo.do("security group delete pinged")
    admin.do(f"default security group rule delete {made['id']}")
    assert made["id"] not in column(admin.show("default security group rule list"), "ID")


# --- what is shared, limited and measured


def test_rbac_policies(admin, demo):
    network = admin.show("network create net")
    assert "No Network found for net" in demo.said("network show net")
    made = admin.show(
        "network rbac create --type network --action access_as_shared --target-project demo net"
    )
    assert made["object_id"] == network["id"]
    assert demo.show("network show net")["shared"] is True
    assert made["id"] in column(admin.show("network rbac list --type network"), "ID")
    other = admin.show("project show alt_demo")["id"]
    admin.do(f"network rbac set --target-project alt_demo {made['id']}")
    assert admin.show(f"network rbac show {made['id']}")["target_project_id"] == other
    assert "No Network found for net" in demo.said("network show net")
    admin.do(f"network rbac delete {made['id']}")
    admin.do("network delete net")


def test_qos_policies_and_their_rules(admin, demo):
    made = admin.show("network qos policy create --description d --share slow")
    admin.do("network qos policy set --name slower slow")
    limit = admin.show("network qos rule create --type bandwidth-limit --max-kbps 100 --egress slower")
    mark = admin.show("network qos rule create --type dscp-marking --dscp-mark 26 slower")
    admin.show("network qos rule create --type minimum-bandwidth --min-kbps 50 --egress slower")
    admin.do(f"network qos rule set --max-kbps 200 --max-burst-kbits 20 slower {limit['id']}")
    shown = admin.show(f"network qos rule show slower {limit['id']}")
    assert (shown["max_kbps"], shown["direction"]) == (200, "egress")
    kinds = column(admin.show("network qos rule list slower"), "Type")
    assert kinds == {"bandwidth_limit", "dscp_marking", "minimum_bandwidth"}
    assert kinds <= column(admin.show("network qos rule type list"), "Type")
    assert admin.show("network qos rule type show bandwidth_limit")["rule_type_name"] == "bandwidth_limit"
    admin.do(f"network qos rule delete slower {mark['id']}")
    assert len(demo.show("network qos policy show slower")["rules"]) == 2

    assert demo.show("network create --qos-policy slower net")["qos_policy_id"] == made["id"]
    assert "is used by network" in admin.said("network qos policy delete slower")
    demo.do("network set --no-qos-policy net")
    demo.do("network delete net")
    admin.do("network qos policy delete slower")
    assert admin.show("network qos policy list") == []


def test_trunks(demo, net):
    for name in ("trunk", "branch", "twig"):
        demo.show(f"port create --network world {name}")
    first = "--subport port=branch,segmentation-type=vlan,segmentation-id=7"
    made = demo.show(f"network trunk create --parent-port trunk {first} --description d tree")
    assert [one["segmentation_id"] for one in made["sub_ports"]] == [7]
    demo.do("network trunk set --subport port=twig,segmentation-type=vlan,segmentation-id=8 --name oak tree")
    assert column(demo.show("network subport list --trunk oak"), "Segmentation ID") == {7, 8}
    assert "is currently a subport for trunk" in demo.said("port delete twig")
    demo.do("network trunk unset --subport twig oak")
    assert len(demo.show("network trunk show oak")["sub_ports"]) == 1
    assert column(demo.show("network trunk list")) == {"oak"}
    demo.do("network trunk delete oak")
    demo.do("port delete trunk branch twig")


def test_meters(admin):
    made = admin.show("network meter create --description d --share count")
    rule = admin.show("network meter rule create --remote-ip-prefix 10.0.0.0/8 --egress count")
    assert (rule["direction"], rule["metering_label_id"]) == ("egress", made["id"])
    assert column(admin.show("network meter rule list"), "ID") == {rule["id"]}
    assert admin.show(f"network meter rule show {rule['id']}")["remote_ip_prefix"] == "10.0.0.0/8"
    assert column(admin.show("network meter list")) == {"count"}
    admin.do(f"network meter rule delete {rule['id']}")
    admin.do("network meter delete count")
    assert admin.show("network meter list") == []


def test_quotas(admin):
    shown = {row["Resource"]: row["Limit"] for row in admin.show("quota show --network demo")}
    assert (shown["networks"], shown["floating_ips"], shown["routers"]) == (100, 50, 10)
    admin.do("quota set --networks 7 --floating-ips 3 demo")
    shown = {row["Resource"]: row["Limit"] for row in admin.show("quota show --network demo")}
    assert (shown["networks"], shown["floating_ips"]) == (7, 3)
    (used,) = [
        row for row in admin.show("quota show --network --usage demo") if row["Resource"] == "networks"
    ]
    assert (used["Limit"], used["In Use"]) == (7, len(admin.show("network list --project demo")))
    admin.do("quota delete --network demo")
    shown = {row["Resource"]: row["Limit"] for row in admin.show("quota show --network demo")}
    assert shown["networks"] == 100


def test_addresses_in_use_are_counted(admin, demo, net):
    before = admin.show("ip availability show world")
    assert before["total_ips"] == 253
    demo.show("port create --network world door")
    assert admin.show("ip availability show world")["used_ips"] == before["used_ips"] + 1
    assert {"public", "world"} <= column(admin.show("ip availability list"), "Network Name")
    demo.do("port delete door")
