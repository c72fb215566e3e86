"""openstacksdk's cloud layer and what servers need of Keystone, Neutron and Glance, in the cloud's time."""

from __future__ import annotations

from hashlib import md5

import pytest
from keystoneauth1.exceptions import Unauthorized
from openstack import exceptions

pytestmark = pytest.mark.filterwarnings("ignore:::openstack")  # of its own methods, which it calls itself
IMAGE = "cirros-0.6.3-x86_64-disk"
WEB = {"name": "web", "image": IMAGE, "flavor": "m1.tiny"}


@pytest.fixture
def admin(openstack_as):
    return openstack_as("admin", "admin")


@pytest.fixture
def lab(openstack):
    """A network with a router to the world."""
    network = openstack.create_network("lab")
    subnet = openstack.create_subnet(
        "lab", cidr="10.9.0.0/24", subnet_name="lab", dns_nameservers=["9.9.9.9"]
    )
    router = openstack.create_router("lab", ext_gateway_net_id=openstack.get_network("public").id)
    openstack.add_router_interface(router, subnet_id=subnet.id)
    return network


# --- servers that the world can reach


def test_a_server_gets_an_address_of_the_world_and_gives_it_back(openstack, lab):
    made = openstack.create_server(**WEB, network="lab", auto_ip=True, wait=True)
    server = openstack.get_server(made.id)
    (floating,) = openstack.list_floating_ips()
    assert (server.public_v4, server.private_v4) == (floating.floating_ip_address, floating.fixed_ip_address)
    assert server.private_v4.startswith("10.9.0.")
    assert openstack.get_server_public_ip(server) == floating.floating_ip_address
    assert openstack.delete_server(server.id, wait=True, delete_ips=True)
    assert openstack.list_floating_ips() == []
    assert list(openstack.network.ports(device_id=server.id)) == []


def test_a_free_address_is_taken_before_a_new_one(openstack, lab):
    free = openstack.create_floating_ip(network="public")
    server = openstack.create_server(**WEB, network="lab", auto_ip=True, reuse_ips=True, wait=True)
    assert openstack.get_server("web").public_v4 == free.floating_ip_address
    openstack.delete_server(server.id, wait=True)
    assert [one.status for one in openstack.list_floating_ips()] == ["DOWN"]


def test_an_address_is_given_to_a_server_and_taken_from_it(openstack, lab):
    server = openstack.create_server(**WEB, network="lab", auto_ip=False, wait=True)
    assert server.public_v4 == ""
    floating = openstack.create_floating_ip(network="public", server=server, wait=True)
    assert openstack.get_server("web").public_v4 == floating.floating_ip_address
    assert openstack.detach_ip_from_server(server.id, floating.id)
    assert openstack.get_server("web").public_v4 == ""
    assert openstack.get_floating_ip(floating.id).port_id is None
    assert openstack.delete_floating_ip(floating.id)


def test_a_server_stands_on_a_port_with_an_address_of_ones_choice(openstack, lab):
    subnet = openstack.get_subnet("lab")
    port = openstack.create_port(
        lab.id, name="door", fixed_ips=[{"subnet_id": subnet.id, "ip_address": "10.9.0.42"}]
    )
    server = openstack.create_server(**WEB, nics=[{"port-id": port.id}], auto_ip=False, wait=True)
    assert server.private_v4 == "10.9.0.42"
    held = openstack.get_port("door")
    assert (held.status, held.device_id, held.device_owner) == ("ACTIVE", server.id, "compute:nova")
    openstack.delete_server(server.id, wait=True)
    assert openstack.get_port("door").device_id == ""  # it was there before the server
    assert openstack.delete_port("door")


def test_a_server_has_the_security_groups_that_it_was_given(openstack, lab):
    group = openstack.create_security_group("web", "for the web")
    rule = openstack.create_security_group_rule(
        "web", port_range_min=80, port_range_max=80, protocol="tcp", remote_ip_prefix="0.0.0.0/0"
    )
    server = openstack.create_server(**WEB, network="lab", security_groups=["web"], auto_ip=False, wait=True)
    assert [one["name"] for one in openstack.compute.get_server(server.id).security_groups] == ["web"]
    (port,) = openstack.network.ports(device_id=server.id)
    assert port.security_group_ids == [group.id]
    with pytest.raises(exceptions.ConflictException, match="in use"):
        openstack.delete_security_group("web")
    assert openstack.remove_server_security_groups(server, ["web"])
    assert openstack.delete_security_group_rule(rule.id)
    assert openstack.delete_security_group("web")
    assert openstack.search_security_groups("web") == []


# --- what they are connected with


def test_a_router_connects_and_is_emptied_before_it_goes(openstack, admin, lab):
    router, subnet = openstack.get_router("lab"), openstack.get_subnet("lab")
    (inside,) = openstack.list_router_interfaces(router, "internal")
    (outside,) = admin.list_router_interfaces(router, "external")  # a port of nobody's
    assert (inside.fixed_ips[0]["ip_address"], outside.device_owner) == ("10.9.0.1", "network:router_gateway")
    with pytest.raises(exceptions.ConflictException):
        openstack.delete_router("lab")
    renamed = openstack.update_router("lab", name="rim", ext_gateway_net_id=None, admin_state_up=False)
    assert (renamed.name, renamed.is_admin_state_up) == ("rim", False)
    openstack.remove_router_interface(router, subnet_id=subnet.id)
    assert openstack.delete_router("rim")
    assert openstack.delete_subnet("lab")
    assert openstack.delete_network("lab")
    assert openstack.search_networks("lab") == []


def test_networks_and_subnets_are_changed_and_found(openstack, lab):
    assert openstack.update_network("lab", name="web").name == "web"
    assert openstack.get_network("web").id == lab.id
    subnet = openstack.update_subnet(
        "lab", subnet_name="low", dns_nameservers=["8.8.8.8"], disable_gateway_ip=False
    )
    assert (subnet.name, subnet.dns_nameservers) == ("low", ["8.8.8.8"])
    assert [one.id for one in openstack.search_subnets(filters={"cidr": "10.9.0.0/24"})] == [subnet.id]
    assert [one.name for one in openstack.search_networks(filters={"router:external": True})] == ["public"]
    assert openstack.get_external_ipv4_networks()[0].name == "public"


def test_ports_are_changed_and_found(openstack, lab):
    port = openstack.create_port(lab.id, name="door", mac_address="fa:16:3e:00:00:01", security_groups=[])
    assert (port.mac_address, port.security_group_ids) == ("fa:16:3e:00:00:01", [])
    pairs = [{"ip_address": "10.9.0.99"}]
    changed = openstack.update_port("door", name="gate", allowed_address_pairs=pairs)
    assert [one["ip_address"] for one in changed.allowed_address_pairs] == ["10.9.0.99"]
    assert [one.id for one in openstack.search_ports("gate")] == [port.id]
    assert openstack.delete_port(port.id)
    assert openstack.delete_port(port.id) is False


def test_traffic_is_limited_by_policies(admin):
    policy = admin.create_qos_policy(name="slow", shared=True)
    limit = admin.create_qos_bandwidth_limit_rule("slow", max_kbps=1000, max_burst_kbps=100)
    mark = admin.create_qos_dscp_marking_rule("slow", dscp_mark=26)
    assert admin.update_qos_bandwidth_limit_rule("slow", limit.id, max_kbps=2000).max_kbps == 2000
    assert [rule["type"] for rule in admin.get_qos_policy("slow").rules] == [
        "bandwidth_limit",
        "dscp_marking",
    ]
    network = admin.network.create_network(name="lab", qos_policy_id=policy.id)
    with pytest.raises(exceptions.ConflictException, match="is used by"):
        admin.delete_qos_policy("slow")
    admin.delete_network(network.id)
    assert admin.delete_qos_dscp_marking_rule("slow", mark.id)
    assert admin.delete_qos_policy("slow")
    assert admin.search_qos_policies("slow") == []


def test_a_trunk_carries_ports_to_a_server(cloud, openstack, lab):
    trunk_port, branch = (openstack.create_port(lab.id, name=name) for name in ("trunk", "branch"))
    subport = {"port_id": branch.id, "segmentation_id": 7, "segmentation_type": "vlan"}
    trunk = openstack.network.create_trunk(name="tree", port_id=trunk_port.id, sub_ports=[subport])
    assert trunk.status == "DOWN"
    openstack.create_server(**WEB, nics=[{"port-id": trunk_port.id}], auto_ip=False, wait=True)
    cloud.settle()
    assert openstack.network.get_trunk(trunk.id).status == "ACTIVE"
    assert openstack.get_port("branch").device_owner == "trunk:subport"
    openstack.network.delete_trunk_subports(trunk, [{"port_id": branch.id}])
    assert list(openstack.network.get_trunk_subports(trunk.id)["sub_ports"]) == []


def test_a_quota_is_set_reached_and_taken_back(openstack, admin):
    used = len(openstack.list_networks({"project_id": openstack.current_project_id}))
    admin.set_network_quotas("demo", network=used + 1)
    openstack.create_network("last")
    with pytest.raises(exceptions.ConflictException, match="Quota exceeded for resources"):
        openstack.create_network("more")
    assert admin.get_network_quotas("demo", details=True).networks["limit"] == used + 1
    admin.delete_network_quotas("demo")
    assert openstack.create_network("more").status == "ACTIVE"


# --- who may


def test_a_project_with_its_user_from_nothing_to_a_server(admin, cloud, openstack_as):
    project = admin.create_project("shop", domain_id="default", description="d")
    user = admin.create_user("ann", password="secret", default_project=project.id, domain_id="default")
    assert admin.grant_role("member", user=user.id, project=project.id)
    with pytest.raises(exceptions.SDKException):
        admin.create_user("ann", password="secret", domain_id="default")

    ann = openstack_as("ann", "shop")
    assert ann.current_project_id == project.id
    server = ann.create_server(**WEB, network="private", auto_ip=False, wait=True)
    assert server.project_id == project.id
    ann.delete_server(server.id, wait=True)

    assert admin.update_user(user.id, enabled=False, name="anna").is_enabled is False
    with pytest.raises(Unauthorized):
        ann.list_servers()
    assert admin.delete_user(user.id)
    assert admin.delete_project("shop")
    assert admin.get_project("shop") is None


def test_roles_are_granted_listed_and_revoked(admin):
    user = admin.create_user("ann", password="secret", domain_id="default")
    group = admin.create_group("crew", "a crew", domain="default")
    admin.add_user_to_group(user.id, group.id)
    assert admin.is_user_in_group(user.id, group.id)
    admin.create_role("cook")
    assert admin.grant_role("cook", group=group.id, project="demo")
    assert admin.grant_role("cook", group=group.id, project="demo") is False  # they have it already
    assert admin.grant_role("reader", user=user.id, domain="default")
    assert admin.grant_role("reader", user=user.id, system="all")

    scopes = {tuple(one.scope) for one in admin.list_role_assignments(filters={"user": user.id})}
    assert scopes == {("domain",), ("system",)}
    (of_the_group,) = admin.list_role_assignments(filters={"group": group.id})
    assert of_the_group.role["id"] == admin.get_role("cook").id
    demo = admin.get_project("demo").id
    effective = admin.list_role_assignments(filters={"user": user.id, "project": demo, "effective": True})
    assert [one.role["id"] for one in effective] == [of_the_group.role["id"]]

    assert admin.revoke_role("cook", group=group.id, project="demo")
    assert admin.revoke_role("reader", user=user.id, system="all")
    assert admin.list_role_assignments(filters={"group": group.id}) == []
    admin.remove_user_from_group(user.id, group.id)
    assert admin.delete_group(group.id)
    assert admin.delete_role("cook")
    assert admin.search_roles("cook") == []


def test_a_domain_is_switched_off_before_it_goes(admin):
    domain = admin.create_domain("lab", "d")
    assert admin.create_project("part", domain_id=domain.id).domain_id == domain.id
    assert [one.name for one in admin.search_projects(domain_id=domain.id)] == ["part"]
    assert admin.update_domain(domain.id, name="den", enabled=False).name == "den"
    assert admin.delete_domain(domain.id)
    assert admin.search_domains(filters={"name": "den"}) == []


def test_services_and_endpoints(admin):
    service = admin.create_service("sky", type="weather", description="d")
    made = admin.create_endpoint(
        "sky", public_url="http://sky.example", internal_url="http://sky.internal", region="RegionOne"
    )
    assert sorted(one.interface for one in made) == ["internal", "public"]
    assert {one.id for one in admin.search_endpoints(filters={"service_id": service.id})} == {
        one.id for one in made
    }
    assert admin.update_endpoint(made[0].id, url="http://sky.test").url == "http://sky.test"
    assert all(admin.delete_endpoint(one.id) for one in made)
    assert admin.delete_service("sky")
    assert admin.get_service("sky") is None


def test_an_application_credential_signs_in(openstack):
    made = openstack.identity.create_application_credential(openstack.current_user_id, "robot", roles=[])
    assert made.secret
    found = openstack.identity.find_application_credential(openstack.current_user_id, "robot")
    assert (found.id, found.secret) == (made.id, None)
    openstack.identity.delete_application_credential(openstack.current_user_id, made.id)
    assert list(openstack.identity.application_credentials(openstack.current_user_id)) == []


# --- images with data


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves the file open
def test_an_image_goes_up_from_a_file_and_comes_down_to_one(openstack, tmp_path):
    content = bytes(range(256)) * 4096
    (tmp_path / "disk.raw").write_bytes(content)
    disk = {"filename": str(tmp_path / "disk.raw"), "disk_format": "raw", "validate_checksum": True}
    image = openstack.create_image("mine", **disk, container_format="bare", wait=True, hw_disk_bus="virtio")
    assert (image.status, image.size, image.checksum) == ("active", len(content), md5(content).hexdigest())
    openstack.download_image("mine", output_path=str(tmp_path / "copy.raw"))
    assert (tmp_path / "copy.raw").read_bytes() == content
    assert openstack.create_image("mine", **disk).id == image.id  # there is one of this content
    openstack.update_image_properties(openstack.get_image("mine"), hw_disk_bus="scsi", min_ram=64)
    changed = openstack.get_image("mine")
    assert (changed.hw_disk_bus, changed.min_ram) == ("scsi", 64)
    assert [one.id for one in openstack.search_images("mine")] == [image.id]
    assert openstack.delete_image("mine", wait=True)
    assert openstack.get_image("mine") is None


def test_a_server_boots_from_an_image_that_was_just_uploaded(openstack):
    openstack.create_image("mine", data=b"\0" * 1024, disk_format="raw", container_format="bare", wait=True)
    server = openstack.create_server("web", image="mine", flavor="m1.tiny", network="private", wait=True)
    assert server.image.id == openstack.get_image("mine").id
    snapshot = openstack.create_image_snapshot("snap", server, wait=True)
    assert (snapshot.status, snapshot.instance_uuid) == ("active", server.id)


def test_data_of_an_image_are_fetched_from_the_web(openstack):
    image = openstack.image.create_image(
        name="far", disk_format="raw", container_format="bare", allow_duplicates=True
    )
    assert image.status == "queued"
    openstack.image.import_image(image, method="web-download", uri="http://example.com/far.img")
    assert openstack.image.wait_for_status(image, "active", failures=["killed"], wait=3600).size > 0


def test_an_image_is_shared_with_a_project(openstack, openstack_as):
    image = openstack.create_image("mine", data=b"x", disk_format="raw", visibility="shared", wait=True)
    other = openstack_as("alt_demo", "alt_demo")
    assert other.get_image("mine") is None
    openstack.image.add_member(image, member_id=other.current_project_id)
    other.image.update_member(other.current_project_id, image.id, status="accepted")
    assert other.get_image("mine").id == image.id
    openstack.image.remove_member(other.current_project_id, image)
    assert other.get_image("mine") is None
