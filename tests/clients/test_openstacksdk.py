"""openstacksdk in the test's own process and in the cloud's time: waits of minutes that take no time."""

from __future__ import annotations

import time
from base64 import b64encode
from datetime import UTC, datetime
from io import BytesIO

import pytest
from openstack import exceptions

from fakecompute.domain.timing import Timing, constant
from fakecompute.kernel.clock import SECOND

pytestmark = pytest.mark.filterwarnings("ignore:::openstack")  # of its own methods, which it calls itself
IMAGE = "cirros-0.6.3-x86_64-disk"
WEB = {"name": "web", "image": IMAGE, "flavor": "m1.tiny", "network": "private"}
QUICK = 0.05  # seconds of the machine's, for a build of minutes


def machine_time():
    """The only clock here that tells the machine's time: all others tell the cloud's."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def cloud_time(cloud):
    """Seconds that have passed in the cloud."""
    return (cloud.now - cloud.begun) / SECOND


@pytest.fixture
def slow(cloud):
    """In this cloud the last step of a build takes two and a half minutes."""
    cloud.timing = Timing.profile("real").with_own({"server.create.spawning": constant(150)})


# --- time


def test_a_build_of_minutes_is_waited_for_in_milliseconds(cloud, slow, openstack):
    """The best of many counts: other tests run beside, and the first call of a connection finds the services."""
    found = {
        "image": openstack.image.find_image(IMAGE),
        "flavor": openstack.compute.find_flavor("m1.tiny"),
        "network": openstack.network.find_network("private"),
    }

    def machine_time_of_a_build():
        begun, before = machine_time(), cloud_time(cloud)
        server = openstack.create_server("web", **found, auto_ip=False, wait=True)
        taken = machine_time() - begun
        assert server.status == "ACTIVE"
        assert cloud_time(cloud) - before >= 150
        openstack.delete_server(server.id, wait=True)
        return taken

    assert any(machine_time_of_a_build() < QUICK for _ in range(60))


def test_timeouts_are_of_the_clouds_time(slow, openstack):
    with pytest.raises(exceptions.ResourceTimeout):
        openstack.create_server(**WEB, wait=True, timeout=60)


def test_times_agree_with_those_of_the_process(openstack):
    server = openstack.create_server(**WEB, wait=True)
    launched = datetime.fromisoformat(server.launched_at).replace(tzinfo=UTC)
    assert 0 <= (datetime.now(UTC) - launched).total_seconds() < 60


# --- servers


def test_a_server_has_its_key_and_is_found_by_name(openstack):
    openstack.create_keypair("mine")
    server = openstack.create_server(**WEB, key_name="mine", wait=True)
    assert server.key_name == "mine"
    assert openstack.get_server("web").id == server.id


def test_a_server_gets_a_floating_ip(openstack):
    server = openstack.create_server(**WEB, auto_ip=True, wait=True)
    shown = [(entry["version"], entry["OS-EXT-IPS:type"]) for entry in server.addresses["private"]]
    assert shown == [(4, "fixed"), (6, "fixed"), (4, "floating")]
    (floating,) = openstack.list_floating_ips()
    assert floating.fixed_ip_address == server.addresses["private"][0]["addr"]


def test_user_data_arrives_as_it_was_sent(openstack_as):
    openstack_as("demo").create_server(**WEB, userdata="#!/bin/sh\n", wait=True)
    seen = openstack_as("admin", "demo").compute.find_server("web")
    assert seen.user_data == b64encode(b"#!/bin/sh\n").decode()


def test_a_server_is_resized_and_confirmed(openstack):
    server = openstack.create_server(**WEB, wait=True)
    openstack.compute.resize_server(server, openstack.compute.find_flavor("m1.small").id)
    openstack.compute.wait_for_server(server, status="VERIFY_RESIZE", wait=3600)
    openstack.compute.confirm_server_resize(server)
    confirmed = openstack.compute.wait_for_server(server, status="ACTIVE", wait=3600)
    assert confirmed.flavor.original_name == "m1.small"


def test_a_server_is_stopped_and_started(openstack):
    server = openstack.create_server(**WEB, wait=True)
    openstack.compute.stop_server(server)
    assert openstack.compute.wait_for_server(server, status="SHUTOFF", wait=3600).power_state == 4
    openstack.compute.start_server(server)
    assert openstack.compute.wait_for_server(server, status="ACTIVE", wait=3600).power_state == 1


def test_a_deleted_server_is_gone_with_its_port(openstack):
    server = openstack.create_server(**WEB, wait=True)
    assert len(list(openstack.network.ports(device_id=server.id))) == 1
    assert openstack.delete_server(server.id, wait=True)
    assert openstack.get_server(server.id) is None
    assert list(openstack.network.ports(device_id=server.id)) == []


def test_servers_are_listed_page_by_page(openstack):
    for number in range(5):
        openstack.create_server(**WEB | {"name": f"web-{number}"})
    names = [server.name for server in openstack.compute.servers(limit=2)]
    assert sorted(names) == ["web-0", "web-1", "web-2", "web-3", "web-4"]


# --- their neighbours


def test_a_key_pair_is_made_listed_and_deleted(openstack):
    made = openstack.create_keypair("mine")
    assert made.private_key.startswith("-----BEGIN")
    assert [key.name for key in openstack.list_keypairs()] == ["mine"]
    openstack.delete_keypair("mine")
    assert openstack.list_keypairs() == []


def test_an_image_is_uploaded_and_downloaded(openstack):
    content = bytes(range(256)) * 40
    made = openstack.image.create_image(
        name="mine",
        data=BytesIO(content),
        disk_format="raw",
        container_format="bare",
        validate_checksum=False,
    )
    assert openstack.image.get_image(made.id).status == "active"
    assert openstack.image.download_image(made.id).content == content


def test_a_server_boots_on_a_network_of_ones_own(openstack):
    network = openstack.create_network("mine")
    openstack.create_subnet(network.id, cidr="192.168.7.0/24", subnet_name="mine")
    server = openstack.create_server(**WEB | {"network": "mine"}, auto_ip=False, wait=True)
    (address,) = server.addresses["mine"]
    assert address["addr"].startswith("192.168.7.")


def test_a_network_in_use_is_not_deleted(openstack):
    network = openstack.create_network("mine")
    openstack.create_subnet(network.id, cidr="192.168.7.0/24", subnet_name="mine")
    openstack.create_server(**WEB | {"network": "mine"}, auto_ip=False, wait=True)
    with pytest.raises(
        exceptions.ConflictException, match="There are one or more ports still in use on the network"
    ):
        openstack.delete_network("mine")


def test_an_admin_sees_the_servers_of_all_projects(openstack_as):
    openstack_as("demo").create_server(**WEB)
    admin = openstack_as("admin")
    assert list(admin.compute.servers()) == []
    assert [server.name for server in admin.compute.servers(all_projects=True)] == ["web"]


# --- refusals, in the words of Nova


def test_more_than_the_quota_is_refused(openstack):
    with pytest.raises(exceptions.ForbiddenException) as refused:
        openstack.create_server(**WEB, min_count=11, max_count=11)
    assert (
        refused.value.details
        == "Quota exceeded for instances: Requested 11, but already used 0 of 10 instances"
    )


def test_a_server_that_fits_nowhere_is_an_error(cloud, openstack_as):
    admin, demo = openstack_as("admin"), openstack_as("demo")
    admin.create_flavor("huge", ram=300_000, vcpus=1, disk=1)
    admin.set_compute_quotas("demo", ram=1_000_000)
    server = demo.create_server(**WEB | {"flavor": "huge"})
    with pytest.raises(exceptions.ResourceFailure, match="ERROR"):
        demo.compute.wait_for_server(server)
    assert demo.compute.get_server(server.id).fault["message"] == "No valid host was found. There are not enough hosts available."


def test_a_server_that_is_not_there_is_not_found(openstack):
    unknown = "01234567-89ab-4def-8123-456789abcdef"
    with pytest.raises(exceptions.NotFoundException, match=f"Instance {unknown} could not be found."):
        openstack.compute.get_server(unknown)


def test_an_active_server_does_not_start(openstack):
    server = openstack.create_server(**WEB, wait=True)
    with pytest.raises(exceptions.ConflictException) as refused:
        openstack.compute.start_server(server)
    assert refused.value.details == f"Cannot 'start' instance {server.id} while it is in vm_state active"
