"""The `openstack` command: the part of Neutron that leads from network to network, and what carries all of it."""

from __future__ import annotations

from tests.clients.command import column

# --- routers and addresses of the world


def test_routers(demo, net):
    demo.show("network create inside")
    demo.show("subnet create --network inside --subnet-range 10.7.0.0/24 inside")
    made = demo.show("router create --description d --tag t edge")
    assert (made["status"], made["external_gateway_info"]) == ("ACTIVE", None)
    demo.do("router add subnet edge inside")
    demo.show("port create --network world leg")
    demo.do("router add port edge leg")
    demo.do("router set --external-gateway public --name rim edge")
    shown = demo.show("router show rim")
    assert shown["external_gateway_info"]["enable_snat"] is True
    assert "10.7.0.1" in {one["ip_address"] for one in shown["interfaces_info"]}
    assert len(shown["interfaces_info"]) == 2

    route = "--route destination=10.99.0.0/16,gateway=10.7.0.9"
    assert demo.show(f"router add route {route} rim")["routes"] == [
        {"destination": "10.99.0.0/16", "nexthop": "10.7.0.9"}
    ]
    assert "required by one or more routes" in demo.said("router remove subnet rim inside")
    assert demo.show(f"router remove route {route} rim")["routes"] == []
    assert "attached" in demo.said("router delete rim")

    demo.do("router unset --external-gateway rim")
    demo.do("router remove subnet rim inside")
    demo.do("router remove port rim leg")
    assert "No Port found for leg" in demo.said("port show leg")
    demo.do("router delete rim")
    demo.do("network delete inside")


def test_a_router_without_address_translation_is_an_admins(admin, demo):
    demo.show("router create edge")
    assert "is disallowed by policy" in demo.said("router set --external-gateway public --disable-snat edge")
    admin.do("router set --external-gateway public --disable-snat edge")
    assert demo.show("router show edge")["external_gateway_info"]["enable_snat"] is False
    demo.do("router delete edge")


def test_floating_ips(demo, net):
    demo.show("port create --network world door")
    made = demo.show("floating ip create --description d --tag t public")
    address = made["floating_ip_address"]
    assert (made["status"], made["port_id"]) == ("DOWN", None)
    demo.do(f"floating ip set --port door {address}")
    shown = demo.show(f"floating ip show {address}")
    assert shown["port_details"]["name"] == "door"
    assert shown["router_id"] == demo.show("router show world-router")["id"]
    assert column(demo.show("floating ip list --port door"), "Floating IP Address") == {address}
    assert "floating" in demo.said("router remove subnet world-router world-subnet")
    demo.do(f"floating ip unset --port --tag t {address}")
    assert demo.show(f"floating ip show {address}")["fixed_ip_address"] is None
    demo.do(f"floating ip delete {address}")
    demo.do("port delete door")
    assert demo.show("floating ip list") == []


def test_ports_are_forwarded(demo, net):
    port = demo.show("port create --network world door")
    inside = port["fixed_ips"][0]["ip_address"]
    address = demo.show("floating ip create public")["floating_ip_address"]
    to = f"--internal-ip-address {inside} --port door --internal-protocol-port 22 --external-protocol-port"
    made = demo.show(f"floating ip port forwarding create {to} 2222 --protocol tcp {address}")
    assert (made["external_port"], made["internal_port"], made["protocol"]) == (2222, 22, "tcp")
    demo.do(f"floating ip port forwarding set --external-protocol-port 2223 {address} {made['id']}")
    assert demo.show(f"floating ip port forwarding show {address} {made['id']}")["external_port"] == 2223
    assert column(demo.show(f"floating ip port forwarding list {address}"), "External Port") == {2223}
    demo.do(f"floating ip port forwarding delete {address} {made['id']}")
    demo.do(f"floating ip delete {address}")
    demo.do("port delete door")


def test_ndp_proxies(admin):
    admin.show("network create six")
    modes = "--ip-version 6 --ipv6-ra-mode dhcpv6-stateful --ipv6-address-mode dhcpv6-stateful"
    admin.show("address scope create --ip-version 6 --share six")
    admin.show("subnet pool create --share --address-scope six --pool-prefix 2001:db8:6::/48 six")
    admin.show(f"subnet create --network six --subnet-pool six --prefix-length 64 {modes} six")
    admin.show("network create --external beyond")
    admin.show(f"subnet create --network beyond --subnet-pool six --prefix-length 64 {modes} beyond")
    admin.show("router create --external-gateway beyond --enable-ndp-proxy six")
    admin.do("router add subnet six six")
    port = admin.show("port create --network six six")
    made = admin.show("router ndp proxy create --port six --name near six")
    assert made["ip_address"] == port["fixed_ips"][0]["ip_address"]
    admin.do("router ndp proxy set --name far near")
    assert admin.show("router ndp proxy show far")["id"] == made["id"]
    assert column(admin.show("router ndp proxy list")) == {"far"}
    admin.do("router ndp proxy delete far")
    admin.do("port delete six")
    admin.do("router remove subnet six six")
    admin.do("router delete six")
    admin.do("network delete six beyond")
    admin.do("subnet pool delete six")
    admin.do("address scope delete six")


def test_conntrack_helpers(admin):
    admin.show("router create edge")
    made = admin.show("network l3 conntrack helper create --helper tftp --protocol udp --port 69 edge")
    assert (made["helper"], made["port"]) == ("tftp", 69)
    admin.do(f"network l3 conntrack helper set --port 70 edge {made['id']}")
    assert admin.show(f"network l3 conntrack helper show edge {made['id']}")["port"] == 70
    assert column(admin.show("network l3 conntrack helper list edge"), "ID") == {made["id"]}
    admin.do(f"network l3 conntrack helper delete edge {made['id']}")
    admin.do("router delete edge")


def test_local_ips(admin):
    admin.show("network create net")
    admin.show("subnet create --network net --subnet-range 10.6.0.0/24 sub")
    door = admin.show("port create --network net door")
    made = admin.show("local ip create --name near --network net --local-ip-address 10.6.0.50")
    assert (made["local_ip_address"], made["ip_mode"]) == ("10.6.0.50", "translate")
    admin.do("local ip set --name far near")
    bound = admin.show("local ip association create far door")
    assert bound["local_ip_address"] == "10.6.0.50"
    assert column(admin.show("local ip association list far"), "Fixed port ID") == {bound["fixed_port_id"]}
    admin.do(f"local ip association delete far {door['id']}")
    assert column(admin.show("local ip list")) == {"far"}
    admin.do("local ip delete far")
    admin.do("port delete door")
    admin.do("network delete net")


# --- what carries them


def test_agents_and_what_they_serve(admin, demo, net):
    agents = {row["Agent Type"]: row["ID"] for row in admin.show("network agent list")}
    dhcp, l3 = agents["DHCP agent"], agents["L3 agent"]
    assert "world" in column(admin.show(f"network list --agent {dhcp}"))
    admin.do(f"network agent remove network --dhcp {dhcp} world")
    assert "world" not in column(admin.show(f"network list --agent {dhcp}"))
    admin.do(f"network agent add network --dhcp {dhcp} world")
    assert column(admin.show("network agent list --network world"), "ID") == {dhcp}
    assert l3 in column(admin.show("network agent list --router world-router"), "ID")
    admin.do(f"network agent remove router --l3 {l3} world-router")
    admin.do(f"network agent add router --l3 {l3} world-router")
    admin.do(f"network agent set --description d --disable {l3}")
    shown = admin.show(f"network agent show {l3}")
    assert (shown["description"], shown["admin_state_up"]) == ("d", False)
    admin.do(f"network agent set --enable {l3}")


def test_segments(admin):
    vlan = "--provider-network-type vlan --provider-physical-network public --provider-segment 78"
    admin.show(f"network create {vlan} net")
    (first,) = admin.show("network segment list --network net")
    assert (first["Network Type"], first["Segment"]) == ("vlan", 78)
    made = admin.show(
        "network segment create --network net --network-type vlan --physical-network other --segment 79 two"
    )
    assert made["segmentation_id"] == 79
    admin.do("network segment set --name second --description d two")
    assert admin.show("network segment show second")["description"] == "d"
    admin.do("network segment delete second")
    assert len(admin.show("network segment list --network net")) == 1
    admin.do("network delete net")


def test_segment_ranges(admin):
    vlan = "--network-type vlan --physical-network other --minimum 100 --maximum 110"
    made = admin.show(f"network segment range create --shared {vlan} mine")
    assert (made["minimum"], made["maximum"], made["available"]) == (100, 110, ["100-110"])
    admin.do("network segment range set --name ours --minimum 100 --maximum 120 mine")
    assert admin.show("network segment range show ours")["maximum"] == 120
    assert "ours" in column(admin.show("network segment range list"))
    admin.do("network segment range delete ours")
    assert "ours" not in column(admin.show("network segment range list"))


def test_flavors_and_their_profiles(admin):
    made = admin.show("network flavor create --service-type L3_ROUTER_NAT --description d gold")
    assert (made["enabled"], made["service_profile_ids"]) == (True, [])
    profile = admin.show("network flavor profile create --metainfo a=b --description p")
    admin.do(f"network flavor profile set --description q {profile['id']}")
    assert admin.show(f"network flavor profile show {profile['id']}")["description"] == "q"
    admin.do(f"network flavor add profile gold {profile['id']}")
    assert admin.show("network flavor show gold")["service_profile_ids"] == [profile["id"]]
    admin.do("network flavor set --name silver --disable gold")
    assert column(admin.show("network flavor list"), "Enabled") == {False}
    admin.do(f"network flavor remove profile silver {profile['id']}")
    admin.do("network flavor delete silver")
    admin.do(f"network flavor profile delete {profile['id']}")
    assert admin.show("network flavor profile list") == []


def test_what_the_service_offers(admin):
    assert "L3_ROUTER_NAT" in column(admin.show("network service provider list"), "Service Type")
    assert {"router", "qos", "trunk", "security-group"} <= column(
        admin.show("extension list --network"), "Alias"
    )
    assert column(admin.show("availability zone list --network"), "Zone Name") == {"nova"}
