"""Floating IPs: from an external network to a port inside, and what stands in the way."""

import pytest

V2 = "/network/v2.0"
FLOATING = f"{V2}/floatingips"
NOWHERE = "00000000-0000-4000-8000-000000000000"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]


@pytest.fixture
def public(named):
    return named("networks", "public")


@pytest.fixture
def port(new_port, named):
    return new_port(named("networks", "private"), name="inside")


@pytest.fixture
def new_floating(http, public):
    def make(client=http, **fields):
        answer = client.post(FLOATING, json={"floatingip": {"floating_network_id": public["id"], **fields}})
        assert answer.status_code == 201, answer.text
        return answer.json["floatingip"]

    return make


def shown(http, floating):
    return http.get(f"{FLOATING}/{floating['id']}").json["floatingip"]


def lead(http, floating, **fields):
    return http.put(f"{FLOATING}/{floating['id']}", json={"floatingip": fields})


def ipv4(port):
    return next(ip["ip_address"] for ip in port["fixed_ips"] if "." in ip["ip_address"])


# --- creation


def test_a_new_one_is_down_and_leads_nowhere(new_floating, public):
    made = new_floating(description="for the web")
    assert (made["status"], made["port_id"], made["fixed_ip_address"], made["router_id"]) == (
        "DOWN",
        None,
        None,
        None,
    )
    assert (made["floating_network_id"], made["description"]) == (public["id"], "for the web")
    assert (made["port_details"], made["tags"], made["dns_name"]) == (None, [], "")
    assert "subnet_id" not in made


def test_its_address_is_of_a_pool_of_the_external_network(http, new_floating, public):
    subnets = http.as_("admin").get(f"{V2}/subnets", params={"network_id": public["id"]}).json["subnets"]
    pool = next(subnet for subnet in subnets if subnet["ip_version"] == 4)
    assert new_floating()["floating_ip_address"].startswith(pool["cidr"].rpartition(".")[0])


def test_two_have_two_addresses(new_floating):
    assert new_floating()["floating_ip_address"] != new_floating()["floating_ip_address"]


def test_an_address_comes_back_when_it_is_deleted(http, new_floating):
    made = new_floating()
    assert http.delete(f"{FLOATING}/{made['id']}").status_code == 204
    again = http.as_("admin").post(
        FLOATING,
        json={
            "floatingip": {
                "floating_network_id": made["floating_network_id"],
                "floating_ip_address": made["floating_ip_address"],
            }
        },
    )
    assert again.json["floatingip"]["floating_ip_address"] == made["floating_ip_address"]


def test_the_address_is_held_by_a_port_that_its_project_does_not_see(http, new_floating, public):
    made = new_floating()
    query = {"device_owner": "network:floatingip"}
    assert http.get(f"{V2}/ports", params=query).json["ports"] == []
    (holder,) = http.as_("admin").get(f"{V2}/ports", params=query).json["ports"]
    assert (holder["device_id"], holder["status"], holder["project_id"]) == (made["id"], "N/A", "")
    assert made["floating_ip_address"] in [ip["ip_address"] for ip in holder["fixed_ips"]]


def test_that_port_is_not_deleted_on_its_own(http, new_floating):
    new_floating()
    admin = http.as_("admin")
    (holder,) = admin.get(f"{V2}/ports", params={"device_owner": "network:floatingip"}).json["ports"]
    assert message(admin.delete(f"{V2}/ports/{holder['id']}"))[:2] == (409, "ServicePortInUse")


def test_only_external_networks_have_them(http, named):
    private = named("networks", "private")["id"]
    refused = http.post(FLOATING, json={"floatingip": {"floating_network_id": private}})
    assert message(refused) == (
        400, "BadRequest", f"Bad floatingip request: Network {private} is not a valid external network.",
    )  # fmt: skip


def test_there_must_be_such_a_network(http):
    refused = http.post(FLOATING, json={"floatingip": {"floating_network_id": NOWHERE}})
    assert message(refused) == (404, "NetworkNotFound", f"Network {NOWHERE} could not be found.")


def test_the_network_must_be_told(http):
    assert message(http.post(FLOATING, json={"floatingip": {}})) == (
        400, "HTTPBadRequest", "Failed to parse request. Required attribute 'floating_network_id' not specified",
    )  # fmt: skip


def test_a_network_without_ipv4_has_none(http, new_network, new_subnet):
    admin = http.as_("admin")
    network = new_network(admin, **{"router:external": True})
    new_subnet(network, admin, ip_version=6, cidr="2001:db8::/64")
    refused = http.post(FLOATING, json={"floatingip": {"floating_network_id": network["id"]}})
    assert message(refused)[2] == (
        f"Bad floatingip request: Network {network['id']} does not contain any IPv4 subnet."
    )


def test_members_do_not_choose_the_address(http, public):
    body = {"floatingip": {"floating_network_id": public["id"], "floating_ip_address": "172.24.4.77"}}
    assert message(http.post(FLOATING, json=body)) == (
        403, "PolicyNotAuthorized",
        "(rule:create_floatingip and rule:create_floatingip:floating_ip_address) is disallowed by policy",
    )  # fmt: skip


def test_fifty_are_the_quota(http, public, new_floating):
    for _ in range(50):
        new_floating()
    refused = http.post(FLOATING, json={"floatingip": {"floating_network_id": public["id"]}})
    assert message(refused) == (409, "OverQuota", "Quota exceeded for resources: ['floatingip'].")


def test_a_refused_association_takes_no_address(http, public, port, new_floating):
    new_floating(port_id=port["id"])
    body = {"floatingip": {"floating_network_id": public["id"], "port_id": port["id"]}}
    assert message(http.post(FLOATING, json=body))[:2] == (409, "FloatingIPPortAlreadyAssociated")
    assert len(http.get(FLOATING).json["floatingips"]) == 1


# --- association


def test_with_a_port_it_leads_to_its_ipv4_address_by_the_router(new_floating, port, named):
    made = new_floating(port_id=port["id"])
    assert (made["port_id"], made["fixed_ip_address"]) == (port["id"], ipv4(port))
    assert made["router_id"] == named("routers", "router1")["id"]
    assert made["port_details"] == {
        "name": "inside", "network_id": port["network_id"], "mac_address": port["mac_address"],
        "admin_state_up": True, "status": "DOWN", "device_id": "", "device_owner": "",
    }  # fmt: skip


def test_it_is_active_when_the_agent_is_done(cloud, http, new_floating, port):
    made = new_floating(port_id=port["id"])
    assert made["status"] == "DOWN"
    cloud.settle()
    assert shown(http, made)["status"] == "ACTIVE"


def test_it_is_led_to_a_port_and_let_go_of(cloud, http, new_floating, port):
    made = new_floating()
    assert lead(http, made, port_id=port["id"]).json["floatingip"]["port_id"] == port["id"]
    cloud.settle()
    loose = lead(http, made, port_id=None).json["floatingip"]
    assert (loose["port_id"], loose["fixed_ip_address"], loose["router_id"]) == (None, None, None)
    cloud.settle()
    assert shown(http, made)["status"] == "DOWN"


def test_it_moves_to_another_port(http, new_floating, port, new_port, named):
    made = new_floating(port_id=port["id"])
    other = new_port(named("networks", "private"))
    assert lead(http, made, port_id=other["id"]).json["floatingip"]["fixed_ip_address"] == ipv4(other)


def test_a_description_changes_nothing_else(http, new_floating, port):
    made = new_floating(port_id=port["id"])
    assert lead(http, made, description="new").json["floatingip"]["port_id"] == port["id"]


def test_an_address_leads_to_one_floating_ip_of_a_network(http, new_floating, port, public):
    new_floating(port_id=port["id"])
    second = new_floating()
    assert message(lead(http, second, port_id=port["id"])) == (
        409, "FloatingIPPortAlreadyAssociated",
        f"Cannot associate floating IP {second['floating_ip_address']} ({second['id']}) with port {port['id']} using"
        f" fixed IP {ipv4(port)}, as that fixed IP already has a floating IP on external network {public['id']}.",
    )  # fmt: skip


def test_a_subnet_without_a_way_out_is_not_reached(
    http, public, new_floating, new_network, new_subnet, new_port
):
    network = new_network()
    subnet = new_subnet(network)
    port = new_port(network)
    assert message(lead(http, new_floating(), port_id=port["id"])) == (
        404, "ExternalGatewayForFloatingIPNotFound",
        f"External network {public['id']} is not reachable from subnet {subnet['id']}.  Therefore, cannot associate"
        f" Port {port['id']} with a Floating IP.",
    )  # fmt: skip


def test_a_port_that_is_not_there(http, new_floating):
    assert message(lead(http, new_floating(), port_id=NOWHERE)) == (
        404, "PortNotFound", f"Port {NOWHERE} could not be found.",
    )  # fmt: skip


def test_a_port_without_addresses(http, new_floating, new_port, named):
    bare = new_port(named("networks", "private"), fixed_ips=[], security_groups=[])
    assert message(lead(http, new_floating(), port_id=bare["id"]))[2] == (
        f"Bad floatingip request: Cannot add floating IP to port {bare['id']} that has no fixed IPv4 addresses."
    )


def test_of_several_addresses_one_must_be_chosen(http, new_floating, new_port, named, port):
    subnet = next(ip["subnet_id"] for ip in port["fixed_ips"] if "." in ip["ip_address"])
    both = new_port(named("networks", "private"), fixed_ips=[{"subnet_id": subnet}, {"subnet_id": subnet}])
    floating = new_floating()
    assert message(lead(http, floating, port_id=both["id"]))[2] == (
        f"Bad floatingip request: Port {both['id']} has multiple fixed IPv4 addresses.  Must provide a specific IPv4"
        " address when assigning a floating IP."
    )
    address = both["fixed_ips"][1]["ip_address"]
    chosen = lead(http, floating, port_id=both["id"], fixed_ip_address=address)
    assert chosen.json["floatingip"]["fixed_ip_address"] == address


def test_the_chosen_address_is_the_ports(http, new_floating, port):
    refused = lead(http, new_floating(), port_id=port["id"], fixed_ip_address="10.0.3.250")
    assert (
        message(refused)[2] == f"Bad floatingip request: Port {port['id']} does not have fixed ip 10.0.3.250."
    )


def test_an_address_alone_is_not_enough(http, new_floating):
    assert message(lead(http, new_floating(), fixed_ip_address="10.0.0.9"))[2] == (
        "Bad floatingip request: fixed_ip_address cannot be specified without a port_id."
    )


# --- what holds on to what


def test_it_outlives_its_port(http, new_floating, port):
    made = new_floating(port_id=port["id"])
    assert http.delete(f"{V2}/ports/{port['id']}").status_code == 204
    assert (shown(http, made)["port_id"], shown(http, made)["router_id"]) == (None, None)


def test_the_address_that_it_leads_to_stays_with_the_port(http, new_floating, port):
    new_floating(port_id=port["id"])
    refused = http.put(f"{V2}/ports/{port['id']}", json={"port": {"fixed_ips": []}})
    assert message(refused) == (
        400, "BadRequest",
        f"Bad port request: Cannot update the fixed_ips of the port {port['id']}, because its original fixed_ip has"
        " been associated to a floating ip.",
    )  # fmt: skip


@pytest.fixture
def router(http, public):
    gateway = {"network_id": public["id"]}
    return http.post(f"{V2}/routers", json={"router": {"external_gateway_info": gateway}}).json["router"]


@pytest.fixture
def joined(http, router, new_network, new_subnet):
    """A network of one's own behind a router of one's own."""
    network = new_network()
    subnet = new_subnet(network)
    http.put(f"{V2}/routers/{router['id']}/add_router_interface", json={"subnet_id": subnet["id"]})
    return network, subnet


def test_it_holds_the_routers_interface(http, router, joined, new_port, new_floating):
    network, subnet = joined
    new_floating(port_id=new_port(network)["id"])
    refused = http.put(
        f"{V2}/routers/{router['id']}/remove_router_interface", json={"subnet_id": subnet["id"]}
    )
    assert message(refused) == (
        409, "RouterInterfaceInUseByFloatingIP",
        f"Router interface for subnet {subnet['id']} on router {router['id']} cannot be deleted, as it is required by"
        " one or more floating IPs.",
    )  # fmt: skip


def test_it_holds_the_routers_gateway(http, router, public, joined, new_port, new_floating):
    floating = new_floating(port_id=new_port(joined[0])["id"])
    refused = http.put(f"{V2}/routers/{router['id']}", json={"router": {"external_gateway_info": None}})
    assert message(refused) == (
        409, "RouterExternalGatewayInUseByFloatingIp",
        f"Gateway cannot be updated for router {router['id']}, since a gateway to external network {public['id']} is"
        " required by one or more floating IPs.",
    )  # fmt: skip
    lead(http, floating, port_id=None)
    freed = http.put(f"{V2}/routers/{router['id']}", json={"router": {"external_gateway_info": None}})
    assert freed.status_code == 200


def test_an_external_network_takes_the_loose_ones_along(http, new_network, new_subnet):
    admin = http.as_("admin")
    network = new_network(admin, **{"router:external": True})
    new_subnet(network, admin)
    made = http.post(FLOATING, json={"floatingip": {"floating_network_id": network["id"]}}).json["floatingip"]
    assert admin.delete(f"{V2}/networks/{network['id']}").status_code == 204
    assert message(http.get(f"{FLOATING}/{made['id']}")) == (
        404, "FloatingIPNotFound", f"Floating IP {made['id']} could not be found",
    )  # fmt: skip


# --- who and which


def test_those_of_others_are_not_there(http, new_floating):
    made = new_floating(http.as_("admin"))
    assert http.get(f"{FLOATING}/{made['id']}").status_code == 404
    assert http.get(FLOATING).json["floatingips"] == []


def test_a_list_is_narrowed_by_what_they_lead_to(http, new_floating, port):
    bound, _ = new_floating(port_id=port["id"]), new_floating()
    for query in {"port_id": port["id"]}, {"fixed_ip_address": ipv4(port)}, {"router_id": bound["router_id"]}:
        assert [one["id"] for one in http.get(FLOATING, params=query).json["floatingips"]] == [bound["id"]]


def test_they_have_tags(http, new_floating):
    made = new_floating()
    assert http.put(f"{FLOATING}/{made['id']}/tags/web").status_code == 201
    assert shown(http, made)["tags"] == ["web"]


# --- servers, as openstacksdk sees them


def kinds(server, network="private"):
    return [entry["OS-EXT-IPS:type"] for entry in server.addresses[network] if entry["version"] == 4]


@pytest.fixture
def boot(openstack):
    def make(**options):
        image = next(iter(openstack.image.images())).id
        flavor = next(iter(openstack.compute.flavors())).id
        return openstack.create_server(
            "web", image=image, flavor=flavor, network="private", wait=True, **options
        )

    return make


def test_a_server_is_made_with_one(openstack, boot):
    server = boot(auto_ip=True)
    assert kinds(server) == ["fixed", "floating"]
    (floating,) = openstack.list_floating_ips()
    assert floating.floating_ip_address in [entry["addr"] for entry in server.addresses["private"]]


def test_a_server_gets_one_later(openstack, boot):
    server = boot(auto_ip=False)
    assert kinds(server) == ["fixed"]
    openstack.add_auto_ip(server, wait=True)
    server = openstack.get_server(server.id)
    (floating,) = openstack.list_floating_ips()
    assert (kinds(server), server.public_v4) == (["fixed", "floating"], floating.floating_ip_address)


def test_the_floating_entry_names_the_mac_of_the_port(openstack, boot):
    entries = {entry["OS-EXT-IPS:type"]: entry for entry in boot(auto_ip=True).addresses["private"]}
    assert entries["floating"]["OS-EXT-IPS-MAC:mac_addr"] == entries["fixed"]["OS-EXT-IPS-MAC:mac_addr"]


def test_a_deleted_server_leaves_it_behind(openstack, boot):
    server = boot(auto_ip=True)
    openstack.delete_server(server.id, wait=True)
    (floating,) = openstack.list_floating_ips()
    assert floating.port_id is None


def test_a_server_takes_it_along_if_asked(openstack, boot):
    openstack.delete_server(boot(auto_ip=True).id, wait=True, delete_ips=True)
    assert openstack.list_floating_ips() == []
