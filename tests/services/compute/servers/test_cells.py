"""Servers in a cell that does not answer: spec/servers.yaml, down_cells."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain import servers
from fakecompute.domain.cells import cell_down, cell_up
from fakecompute.domain.records.server import Server
from fakecompute.domain.settings import Settings
from fakecompute.domain.states import VM
from fakecompute.wsgi.client import Http

SERVERS = "/compute/v2.1/servers"
CELLS: dict[str, Any] = {
    "extends": "default",
    "hosts": [
        {"name": "near", "vcpus": 8, "ram": 8192, "disk": 100},
        {"name": "far", "vcpus": 8, "ram": 8192, "disk": 100, "cell": "cell2", "zone": "north"},
    ],
}


@pytest.fixture
def cells() -> Cloud:
    """A server on either host; that of the far cell is younger."""
    cloud = Cloud(CELLS)
    for name, zone in (("near", None), ("far", "north")):
        servers.boot(cloud, name=name, requested_host=name, requested_zone=zone, pinned_availability_zone=zone)
        cloud.settle()
    cell_down(cloud, "cell2")
    return cloud


@pytest.fixture
def http(cells: Cloud) -> Http:
    return Http(cells)


def far(cloud: Cloud) -> Server:
    (server,) = (server for server in cloud.store.all(Server) if server.name == "far")
    return server


def names(answer: Any) -> list[str]:
    return [server.get("name", server.get("status")) for server in answer.json["servers"]]


def test_a_list_shows_that_there_is_one(cells, http):
    lost, found = http.get(SERVERS, version="2.69").json["servers"]
    assert lost.keys() == {"id", "status", "links"}
    assert (lost["id"], lost["status"]) == (far(cells).id, "UNKNOWN")
    assert found["name"] == "near"


def test_a_detailed_list_knows_a_little_more(http):
    lost, found = http.get(f"{SERVERS}/detail", version="2.69").json["servers"]
    assert lost.keys() == {"id", "status", "links", "tenant_id", "created"}
    assert lost["tenant_id"] == http.token.project_id
    assert found["status"] == "ACTIVE"


PARTIAL = {
    *("id", "status", "links", "tenant_id", "created", "user_id", "image", "flavor"),
    *("OS-EXT-AZ:availability_zone", "OS-EXT-STS:power_state"),
}


@pytest.mark.parametrize(("version", "keys"), [("2.69", PARTIAL), ("2.71", PARTIAL | {"server_groups"})])
def test_the_server_itself_shows_what_was_asked_for(cells, http, version, keys):
    shown = http.get(f"{SERVERS}/{far(cells).id}", version=version).json["server"]
    assert shown.keys() == keys
    assert (shown["status"], shown["OS-EXT-STS:power_state"]) == ("UNKNOWN", 0)
    assert shown["OS-EXT-AZ:availability_zone"] == "north"
    assert shown["flavor"]["original_name"] == "m1.nano"


def test_a_zone_that_nobody_asked_for_is_unknown(cells, http):
    cells.store.put(far(cells).evolve(pinned_availability_zone=None))
    shown = http.get(f"{SERVERS}/{far(cells).id}", version="2.69").json["server"]
    assert shown["OS-EXT-AZ:availability_zone"] == "UNKNOWN"


# fmt: off
LEFT_OUT = [
    ("2.68",   ""),
    ("2.69",   "?name=a"),
    ("2.69",   "?limit=5"),
    ("2.69",   "?sort_key=created_at"),
    ("latest", "?status=ACTIVE"),
]
# fmt: on


@pytest.mark.parametrize(("version", "query"), LEFT_OUT)
@pytest.mark.parametrize("path", [SERVERS, f"{SERVERS}/detail"])
def test_lists_that_cannot_know_leave_it_out(http, path, version, query):
    assert set(names(http.get(path + query, version=version))) <= {"near"}


def test_an_admin_sees_those_of_all(http):
    answer = http.as_("admin").get(f"{SERVERS}?all_tenants=1", version="2.69")
    assert names(answer) == ["UNKNOWN", "near"]


def test_lists_may_fail_instead(cells, http):
    cells.settings = Settings(list_records_by_skipping_down_cells=False)
    answer = http.get(SERVERS)
    assert answer.status_code == 503
    assert "serviceUnavailable" in answer.json
    assert http.get(SERVERS, version="2.69").status_code == 200


def test_before_2_69_there_is_nothing_to_show(cells, http):
    answer = http.get(f"{SERVERS}/{far(cells).id}", version="2.68")
    assert answer.status_code == 503
    assert answer.json["serviceUnavailable"]["message"] == (
        "Cell cell2 is not responding or returned an exception, hence instance info is not available."
    )


def test_nobody_can_act_on_it(cells, http):
    path = f"{SERVERS}/{far(cells).id}"
    assert http.post(f"{path}/action", json={"os-stop": None}, version="2.69").status_code == 503
    assert http.delete(path, version="2.69").status_code == 503
    assert http.get(f"{path}/ips", version="2.69").status_code == 503
    assert far(cells).task_state is None


def test_it_is_still_nobody_else_s(cells, http):
    assert http.as_("alt_demo").get(f"{SERVERS}/{far(cells).id}", version="2.69").status_code == 404


def test_all_is_well_when_the_cell_is_back(cells, http):
    cell_up(cells, "cell2")
    assert http.get(f"{SERVERS}/{far(cells).id}").json["server"]["status"] == "ACTIVE"
    assert names(http.get(SERVERS, version="2.69")) == ["far", "near"]


def test_servers_that_never_had_a_host_are_in_no_cell(cells, http):
    lost = servers.boot(cells, name="lost", requested_host="far")
    cells.settle()
    assert cells.store.get(Server, lost.id).vm_state == VM.ERROR
    assert http.get(f"{SERVERS}/{lost.id}").json["server"]["status"] == "ERROR"
