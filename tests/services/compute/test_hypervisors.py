"""/os-hypervisors; what a real Nova answered to the same requests is in tests/conformance/asked/hosts.yaml."""

import json

import pytest

from fakecompute import Cloud
from fakecompute.domain.hosts import host_down
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot
from fakecompute.wsgi.client import Http

HYPERVISORS = "/compute/v2.1/os-hypervisors"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


def detail(client, version="2.87"):
    shown = client.get(f"{HYPERVISORS}/detail", version=version).json["hypervisors"]
    return {hypervisor["hypervisor_hostname"]: hypervisor for hypervisor in shown}


def running(cloud, **more):
    """A server that runs."""
    id = boot(cloud, name="web", **more).id
    cloud.settle()
    return cloud.store.get(Server, id)


@pytest.mark.parametrize(("version", "kind"), [("2.27", str), ("2.28", dict), ("2.87", dict)])
def test_what_the_cpus_are_is_text_until_2_27(admin, version, kind):
    info = detail(admin, version)["compute-1"]["cpu_info"]
    assert isinstance(info, kind)
    assert (json.loads(info) if kind is str else info)["arch"] == "x86_64"


def test_2_88_has_an_uptime_and_no_numbers(admin):
    shown = detail(admin, "2.88")["compute-1"]
    assert "uptime" in shown
    assert not {"vcpus", "memory_mb_used", "cpu_info", "running_vms"} & shown.keys()


def test_a_server_takes_room(admin, cloud):
    server = running(cloud, flavor="m1.small")
    shown = detail(admin)[server.host]
    assert {
        name: shown[name] for name in ("vcpus_used", "memory_mb_used", "local_gb_used", "running_vms")
    } == {
        "vcpus_used": 1,
        "memory_mb_used": 512 + 2048,
        "local_gb_used": 20,
        "running_vms": 1,
    }
    assert shown["free_ram_mb"] == shown["memory_mb"] - 2560


def test_statistics_leave_out_hosts_that_are_disabled(admin):
    total = admin.get(f"{HYPERVISORS}/statistics").json["hypervisor_statistics"]
    assert (total["count"], total["vcpus"]) == (2, 128)
    admin.put("/compute/v2.1/os-services/disable", json={"host": "compute-1", "binary": "nova-compute"})
    total = admin.get(f"{HYPERVISORS}/statistics").json["hypervisor_statistics"]
    assert (total["count"], total["vcpus"]) == (1, 64)


def test_servers_are_named_as_libvirt_has_them(admin, cloud):
    server = running(cloud)
    shown = admin.get(f"{HYPERVISORS}/{server.host}/servers").json["hypervisors"]
    assert shown[0]["servers"] == [{"name": f"instance-{server.number:08x}", "uuid": server.id}]


def test_pages_of_hypervisors():
    hosts = [{"name": "h{n}", "count": 5, "vcpus": 1, "ram": 1024, "disk": 1}]
    admin = Http(Cloud({"extends": "default", "hosts": hosts}), "admin", "demo")
    names, url = [], f"{HYPERVISORS}?limit=2"
    while url:
        page = admin.get(url, version="2.53").json
        names += [hypervisor["hypervisor_hostname"] for hypervisor in page["hypervisors"]]
        url = page.get("hypervisors_links", [{"href": ""}])[0]["href"].removeprefix("http://localhost")
    assert names == ["h1", "h2", "h3", "h4", "h5"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, " 00:00:00 up 0 min,  0 users,  load average: 0.00, 0.01, 0.05\n"),
        (59 * 60, " 00:59:00 up 59 min,  0 users,  load average: 0.00, 0.01, 0.05\n"),
        (3 * 3600 + 60, " 03:01:00 up  3:01,  0 users,  load average: 0.00, 0.01, 0.05\n"),
        (86_400 + 300, " 00:05:00 up 1 day, 5 min,  0 users,  load average: 0.00, 0.01, 0.05\n"),
        (2 * 86_400 + 43_200, " 12:00:00 up 2 days, 12:00,  0 users,  load average: 0.00, 0.01, 0.05\n"),
    ],
)
def test_the_uptime_is_that_of_the_cloud(admin, cloud, seconds, told):
    """The form is that of procps, which libvirt's driver passes on as it is."""
    cloud.advance(seconds)
    assert admin.get(f"{HYPERVISORS}/1/uptime").json["hypervisor"]["uptime"] == told


def test_the_uptime_of_a_host_that_is_down(admin, cloud):
    host_down(cloud, cloud.store.one(Host, "name", "compute-1"))
    cloud.advance(100)
    refused = admin.get(f"{HYPERVISORS}/1/uptime")
    assert (
        refused.json["badRequest"]["message"] == "Compute service of compute-1 is unavailable at this time."
    )
    assert detail(admin, "2.88")["compute-1"]["uptime"] is None


def test_members_may_not_look(http):
    assert http.get(HYPERVISORS).status_code == 403
