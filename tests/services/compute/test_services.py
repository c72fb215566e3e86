"""/os-services; what a real Nova answered to the same requests is in tests/conformance/asked/hosts.yaml."""

import pytest

from fakecompute.domain.cells import cell_down
from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.records.compute import Aggregate, Allocation, Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot

SERVICES = "/compute/v2.1/os-services"
FIRST = {"host": "compute-1", "binary": "nova-compute"}


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


def listed(admin, version="2.53"):
    services = admin.get(SERVICES, version=version).json["services"]
    return {(service["binary"], service["host"]): service for service in services}


def of_host(admin, name, version="2.53"):
    return listed(admin, version)["nova-compute", name]


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


def test_control_services_come_first(admin):
    services = admin.get(SERVICES).json["services"]
    assert [(service["id"], service["binary"], service["zone"]) for service in services] == [
        (1, "nova-conductor", "internal"),
        (2, "nova-scheduler", "internal"),
        (3, "nova-compute", "nova"),
        (4, "nova-compute", "nova"),
    ]


@pytest.mark.parametrize(("version", "forced_down"), [("2.10", False), ("2.11", True)])
def test_forced_down_comes_with_2_11(admin, version, forced_down):
    assert all(("forced_down" in service) is forced_down for service in listed(admin, version).values())


def test_a_disabled_host_takes_no_servers(admin, cloud):
    admin.put(f"{SERVICES}/disable", json=FIRST)
    servers = [boot(cloud, name=f"s{n}") for n in range(2)]
    cloud.settle()
    assert {cloud.store.get(Server, server.id).host for server in servers} == {"compute-2"}


def test_a_host_that_is_forced_down_is_down_at_once(admin):
    admin.put(f"{SERVICES}/{of_host(admin, 'compute-1')['id']}", json={"forced_down": True}, version="2.53")
    assert of_host(admin, "compute-1")["state"] == "down"
    assert of_host(admin, "compute-2")["state"] == "up"


def test_a_silent_host_is_down_after_a_minute_and_says_when_it_was_heard(admin, cloud):
    cloud.advance(25)
    host_down(cloud, cloud.store.one(Host, "name", "compute-1"))
    assert of_host(admin, "compute-1")["state"] == "up"
    cloud.advance(60)
    assert of_host(admin, "compute-1")["state"] == "down"
    assert of_host(admin, "compute-1")["updated_at"] == "2026-01-01T00:00:25.000000"
    assert of_host(admin, "compute-2")["updated_at"] == "2026-01-01T00:01:20.000000"


def test_a_host_comes_up_by_force_after_it_has_cleaned_up(admin, cloud):
    server = boot(cloud, name="web")
    cloud.settle()
    name = cloud.store.get(Server, server.id).host
    host = host_down(cloud, cloud.store.one(Host, "name", name))
    id = of_host(admin, name)["id"]
    admin.put(f"{SERVICES}/{id}", json={"forced_down": True}, version="2.53")
    admin.post(f"/compute/v2.1/servers/{server.id}/action", json={"evacuate": {}}, version="2.29")
    cloud.advance(300)

    refused = admin.put(f"{SERVICES}/{id}", json={"forced_down": False}, version="2.53")
    assert (refused.status_code, message(refused)) == (
        400,
        f"Unable to force up host {name} as `done` evacuation migration records remain associated with the host."
        " Ensure the compute service has been restarted, allowing these records to move to `completed` before"
        " retrying this request.",
    )
    host_up(cloud, cloud.store.get(Host, host.id))
    assert admin.put(f"{SERVICES}/{id}", json={"forced_down": False}, version="2.53").status_code == 200


def test_a_host_goes_with_its_service(admin, cloud):
    made = admin.post("/compute/v2.1/os-aggregates", json={"aggregate": {"name": "a"}}).json["aggregate"][
        "id"
    ]
    admin.post(f"/compute/v2.1/os-aggregates/{made}/action", json={"add_host": {"host": "compute-1"}})
    gone = admin.delete(f"{SERVICES}/{of_host(admin, 'compute-1')['id']}", version="2.53")
    assert (gone.status_code, gone.content) == (204, b"")
    assert cloud.store.one(Host, "name", "compute-1") is None
    assert cloud.store.one(Aggregate, "name", "a").hosts == ()


def test_the_host_that_a_server_comes_from_is_still_needed(admin, cloud):
    server = boot(cloud, name="web")
    cloud.settle()
    source = cloud.store.get(Server, server.id).host
    admin.post(f"/compute/v2.1/servers/{server.id}/action", json={"migrate": None})
    cloud.settle()
    refused = admin.delete(f"{SERVICES}/{of_host(admin, source)['id']}", version="2.53")
    assert (refused.status_code, message(refused)) == (
        409,
        "Unable to delete compute service that has in-progress migrations."
        " Complete the migrations or delete the instances first.",
    )


def test_what_an_evacuated_server_had_goes_with_the_host(admin, cloud):
    server = boot(cloud, name="web")
    cloud.settle()
    source = cloud.store.get(Server, server.id).host
    admin.put(f"{SERVICES}/{of_host(admin, source)['id']}", json={"forced_down": True}, version="2.53")
    admin.post(f"/compute/v2.1/servers/{server.id}/action", json={"evacuate": {}}, version="2.29")
    cloud.settle()
    assert admin.delete(f"{SERVICES}/{of_host(admin, source)['id']}", version="2.53").status_code == 204
    assert {allocation.host for allocation in cloud.store.all(Allocation)}.isdisjoint({source})


def test_a_control_service_can_be_deleted(admin):
    id = listed(admin)["nova-scheduler", "controller"]["id"]
    assert admin.delete(f"{SERVICES}/{id}", version="2.53").status_code == 204
    assert ("nova-scheduler", "controller") not in listed(admin)


def test_a_service_in_a_silent_cell_is_unknown_from_2_69(admin, cloud):
    cell_down(cloud, "cell1")
    assert of_host(admin, "compute-1", "2.69") == {
        "binary": "nova-compute", "host": "compute-1", "status": "UNKNOWN",
    }  # fmt: skip
    assert ("nova-compute", "compute-1") not in listed(admin, "2.68")


def test_members_may_not_look(http):
    assert http.get(SERVICES).status_code == 403
