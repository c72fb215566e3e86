"""/os-hosts; what a real Nova answered to the same requests is in tests/conformance/asked/hosts.yaml."""

import pytest

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot

HOSTS = "/compute/v2.1/os-hosts"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


def test_a_line_for_every_service(admin):
    shown = [(host["host_name"], host["service"], host["zone"]) for host in admin.get(HOSTS).json["hosts"]]
    assert shown == [
        ("controller", "conductor", "internal"),
        ("controller", "scheduler", "internal"),
        ("compute-1", "compute", "nova"),
        ("compute-2", "compute", "nova"),
    ]


def test_disabled_services_are_left_out(admin):
    admin.put("/compute/v2.1/os-services/disable", json={"host": "compute-1", "binary": "nova-compute"})
    assert "compute-1" not in {host["host_name"] for host in admin.get(HOSTS).json["hosts"]}


def test_a_host_by_projects(admin, cloud):
    host = "compute-1"
    for project, flavor in ("demo", "m1.tiny"), ("alt_demo", "m1.small"), ("demo", "m1.tiny"):
        boot(cloud, name="s", project=project, flavor=flavor, requested_host=host)
        cloud.settle()
    projects = {server.project_id: None for server in cloud.store.by(Server, "host", host)}
    shown = [line["resource"] for line in admin.get(f"{HOSTS}/{host}").json["host"]]
    assert [(line["project"], line["cpu"], line["memory_mb"], line["disk_gb"]) for line in shown] == [
        ("(total)", 64, 262144, 4096),
        ("(used_now)", 3, 512 + 3072, 22),
        ("(used_max)", 3, 3072, 22),
        *zip(projects, (2, 1), (1024, 2048), (2, 20), strict=True),
    ]


@pytest.mark.parametrize("action", ["reboot", "startup", "shutdown"])
def test_libvirt_has_no_power_button(admin, action):
    refused = admin.get(f"{HOSTS}/compute-1/{action}")
    assert (refused.status_code, refused.json["notImplemented"]["message"]) == (
        501,
        "The requested functionality is not supported.",
    )


def test_libvirt_has_no_maintenance_mode(admin):
    assert admin.put(f"{HOSTS}/compute-1", json={"maintenance_mode": "enable"}).status_code == 501


def test_hosts_are_gone_from_2_43(admin):
    assert admin.get(HOSTS, version="2.43").status_code == 404


def test_members_may_not_look(http):
    assert http.get(HOSTS).status_code == 403
