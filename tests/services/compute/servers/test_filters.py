"""Which servers a list holds, and in which order."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM
from fakecompute.kernel.clock import SECOND

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def servers(cloud):
    """Three of demo's and one of alt_demo's, a second apart, all of them active."""
    made = {}
    for name, project, more in (
        ("alpha", "demo", {"tags": ("red",)}),
        ("beta", "demo", {"tags": ("red", "blue"), "config_drive": True}),
        ("gamma", "alt_demo", {}),
        ("delta", "demo", {"description": "the third"}),
    ):
        made[name] = boot(cloud, project, name, **more).id
        cloud.advance(1)
    cloud.settle()
    return made


def change(cloud, id, **changes):
    cloud.store.put(cloud.store.get(Server, id).evolve(**changes))


def names(client, query="", version=None):
    answer = client.get(f"{SERVERS}?{query}", version=version)
    assert answer.status_code == 200, answer.text
    return [server["name"] for server in answer.json["servers"]]


def refusal(client, query, version=None):
    answer = client.get(f"{SERVERS}?{query}", version=version)
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


# --- whose


def test_a_list_is_that_of_ones_project_newest_first(http, servers):
    assert names(http) == ["delta", "beta", "alpha"]


def test_an_admin_too_sees_one_project_until_asking_for_all(http, servers):
    assert names(http.as_("admin")) == []
    assert names(http.as_("admin"), "all_tenants=1") == ["delta", "gamma", "beta", "alpha"]


def test_all_tenants_is_for_admins(http, servers):
    refused = 403, "Policy doesn't allow os_compute_api:servers:index:get_all_tenants to be performed."
    assert refusal(http, "all_tenants=1") == refused


def test_a_project_is_picked_among_all_tenants_alone(http, cloud, servers):
    project = cloud.store.get(Server, servers["gamma"]).project_id
    assert names(http.as_("admin"), f"project_id={project}") == []
    assert names(http.as_("admin"), f"all_tenants=1&project_id={project}") == ["gamma"]


# --- which


@pytest.mark.parametrize(
    ("query", "version", "found"),
    [
        ("name=alp", None, ["alpha"]),
        ("name=ALP", None, ["alpha"]),
        ("name=a$", None, ["delta", "beta", "alpha"]),
        ("name=^(al|be)", None, ["beta", "alpha"]),
        ("tags=red", "2.26", ["beta", "alpha"]),
        ("tags=red,blue", "2.26", ["beta"]),
        ("tags-any=blue,green", "2.26", ["beta"]),
        ("not-tags=red,blue", "2.26", ["delta", "alpha"]),
        ("not-tags-any=blue,green", "2.26", ["delta", "alpha"]),
        ("tags=red", "2.25", ["delta", "beta", "alpha"]),
        ("config_drive=True", "2.83", ["beta"]),
        ("config_drive=True", "2.82", ["delta", "beta", "alpha"]),
        ("ip=10.0.0.", None, ["delta", "beta", "alpha"]),
        ("ip=172.24", None, []),
        ("ip6=fd6c", "2.5", ["delta", "beta", "alpha"]),
        ("ip6=2001", "2.5", []),
        ("display_description=third", None, ["delta", "beta", "alpha"]),
    ],
)
def test_what_everybody_may_filter_by(http, servers, query, version, found):
    assert names(http, query, version) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("display_description=third", ["delta"]),
        ("hostname=gamma", ["gamma"]),
        ("host=nowhere", []),
        ("power_state=1", ["delta", "gamma", "beta", "alpha"]),
        ("locked_by=owner", []),
    ],
)
def test_what_admins_may_filter_by(http, servers, query, found):
    assert names(http.as_("admin"), f"all_tenants=1&{query}") == found


def test_a_status_means_its_vm_states(http, cloud, servers):
    change(cloud, servers["alpha"], task_state="rebooting")
    change(cloud, servers["beta"], vm_state=VM.STOPPED)
    assert names(http, "status=ACTIVE") == ["delta", "alpha"]
    assert names(http, "status=REBOOT") == ["alpha"]
    assert names(http, "status=shutoff&status=reboot") == ["delta", "beta", "alpha"]  # any task_state of both


def test_an_unknown_status_is_nothing_and_later_a_mistake(http, servers):
    assert names(http, "status=ODD", "2.37") == []
    assert refusal(http, "status=ODD", "2.38") == (400, "Invalid status value")


def test_deleted_servers_are_for_admins_and_for_those_who_ask_for_changes(http, cloud, servers):
    http.delete(f"{SERVERS}/{servers['alpha']}")
    cloud.settle()
    assert names(http) == ["delta", "beta"]
    assert names(http, "deleted=true") == ["delta", "beta"]
    assert names(http.as_("admin"), "all_tenants=1&deleted=true") == ["alpha"]
    assert names(http, "changes-since=2020-01-01T00:00:00Z") == ["delta", "beta", "alpha"]
    assert refusal(http, "status=deleted") == (403, "Only administrators may list deleted instances")


def test_soft_deleted_servers_are_shown_to_admins_who_ask_for_them(http, cloud, servers):
    change(cloud, servers["alpha"], vm_state=VM.SOFT_DELETED)
    admin = http.as_("admin")
    assert names(http) == ["delta", "beta"]
    assert names(admin, "all_tenants=1&status=SOFT_DELETED") == []
    assert names(admin, "all_tenants=1&soft_deleted=true") == ["delta", "gamma", "beta", "alpha"]


def test_changes_are_told_by_the_time_of_the_last_one(http, cloud, servers):
    cloud.advance(60)
    change(cloud, servers["beta"], updated_at=cloud.now // SECOND * SECOND)
    since = http.get(f"{SERVERS}/{servers['beta']}").json["server"]["updated"]
    assert names(http, f"changes-since={since}") == ["beta"]
    assert names(http, f"changes-before={since}", "2.66") == ["delta", "beta", "alpha"]


# --- in which order


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sort_key=display_name", ["delta", "beta", "alpha"]),
        ("sort_key=display_name&sort_dir=asc", ["alpha", "beta", "delta"]),
        ("sort_key=created_at&sort_dir=asc", ["alpha", "beta", "delta"]),
        ("sort_key=vm_state&sort_key=display_name", ["alpha", "beta", "delta"]),
        ("sort_key=vm_state&sort_key=display_name&sort_dir=asc&sort_dir=desc", ["delta", "beta", "alpha"]),
        ("sort_key=vcpus", ["delta", "beta", "alpha"]),
    ],
)
def test_an_order_of_ones_own(http, servers, query, found):
    assert names(http, query) == found


def test_servers_of_one_time_are_in_the_order_of_their_ids(http, cloud, servers):
    for name in servers:
        change(cloud, servers[name], created_at=0)
    answer = http.get(SERVERS).json["servers"]
    assert [server["id"] for server in answer] == sorted(server["id"] for server in answer)


def test_where_a_server_is_sorts_for_admins_alone(http, servers):
    assert refusal(http, "sort_key=host") == (403, "Only administrators can sort servers by host")


# --- in pages


def test_pages_lead_to_one_another(http, servers):
    first = http.get(f"{SERVERS}?limit=2&name=a").json
    assert [server["name"] for server in first["servers"]] == ["delta", "beta"]
    (link,) = first["servers_links"]
    second = http.get(link["href"].removeprefix("http://localhost")).json
    assert [server["name"] for server in second["servers"]] == ["alpha"]
    assert "servers_links" not in second


def test_a_page_that_is_full_to_the_last_server_has_a_link(http, servers):
    assert "servers_links" in http.get(f"{SERVERS}?limit=3").json


def test_a_marker_may_be_deleted_since(http, cloud, servers):
    http.delete(f"{SERVERS}/{servers['beta']}")
    cloud.settle()
    assert names(http, f"marker={servers['beta']}") == ["alpha"]


def test_a_limit_above_the_longest_page_is_that(http, cloud, servers):
    assert names(http, "limit=5000") == ["delta", "beta", "alpha"]
