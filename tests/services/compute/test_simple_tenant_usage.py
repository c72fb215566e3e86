"""/os-simple-tenant-usage; what a real Nova answered is in tests/conformance/asked/migrations.yaml."""

import pytest

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot

USAGE = "/compute/v2.1/os-simple-tenant-usage"
DAY = 86_400


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


def running(cloud, **more):
    """A server of 1 vCPU, 2,048 MiB and 20 GiB that was launched."""
    id = boot(cloud, **{"name": "web", "flavor": "m1.small", **more}).id
    cloud.settle(60)
    cloud.advance(1)
    return cloud.store.get(Server, id)


def usage(client, project, query, version="2.40"):
    return client.get(f"{USAGE}/{project}?{query}", version=version).json["tenant_usage"]


def test_a_server_counts_from_its_launch_until_now(http, cloud):
    server = running(cloud)
    cloud.advance(3600 * 10 - (cloud.now - server.launched_at) / 1e6)
    shown = usage(http, server.project_id, "start=2026-01-01T00:00:00")
    assert {name: shown[name] for name in shown if name.startswith("total")} == {
        "total_hours": 10.0,
        "total_vcpus_usage": 10.0,
        "total_memory_mb_usage": 20480.0,
        "total_local_gb_usage": 200.0,
    }
    (line,) = shown["server_usages"]
    assert (line["state"], line["uptime"], line["ended_at"]) == ("active", 36_000, None)


def test_a_deleted_server_counts_until_its_end(http, cloud):
    server = running(cloud)
    cloud.advance(3600)
    http.delete(f"/compute/v2.1/servers/{server.id}")
    cloud.advance(DAY)
    ended = cloud.store.get(Server, server.id).terminated_at
    (line,) = usage(http, server.project_id, "start=2026-01-01T00:00:00")["server_usages"]
    assert line["state"] == "terminated"
    assert line["hours"] == (ended - server.launched_at) / 3.6e9
    assert line["uptime"] == (ended - server.launched_at) // 1_000_000


def test_a_period_cuts_off_both_ends(http, cloud):
    server = running(cloud)
    cloud.advance(3 * DAY)
    shown = usage(http, server.project_id, "start=2026-01-02T00:00:00&end=2026-01-03T12:00:00")
    assert shown["total_hours"] == 36.0
    assert (shown["start"], shown["stop"]) == ("2026-01-02T00:00:00.000000", "2026-01-03T12:00:00.000000")


def test_a_server_outside_of_the_period_is_left_out(http, cloud):
    server = running(cloud)
    cloud.advance(DAY)
    assert usage(http, server.project_id, "start=2025-01-01T00:00:00&end=2026-01-01T00:00:00") == {}


def test_a_server_that_was_never_launched_costs_nothing(http, cloud):
    server = boot(cloud, name="broken", requested_host="nowhere")
    cloud.settle()
    assert usage(http, server.project_id, "start=2026-01-01T00:00:00") == {}


def test_a_period_in_the_future_is_empty_and_not_negative(http, cloud):
    server = running(cloud)
    shown = usage(http, server.project_id, "start=2030-01-01T00:00:00&end=2031-01-01T00:00:00")
    assert shown.get("total_hours", 0) == 0


def test_all_projects_with_the_servers_on_demand(admin, cloud):
    running(cloud, project="demo")
    running(cloud, project="alt_demo")
    shown = admin.get(f"{USAGE}?start=2026-01-01T00:00:00").json["tenant_usages"]
    assert len(shown) == 2 and not any("server_usages" in project for project in shown)
    shown = admin.get(f"{USAGE}?start=2026-01-01T00:00:00&detailed=1").json["tenant_usages"]
    assert all(len(project["server_usages"]) == 1 for project in shown)


def test_pages_are_of_servers(admin, cloud):
    servers = [running(cloud, project=project) for project in ("demo", "demo", "alt_demo")]
    found, url = [], f"{USAGE}?start=2026-01-01T00:00:00&detailed=1&limit=2"
    while url:
        page = admin.get(url, version="2.40").json
        found += [
            line["instance_id"] for project in page["tenant_usages"] for line in project["server_usages"]
        ]
        url = page.get("tenant_usages_links", [{"href": ""}])[0]["href"].removeprefix("http://localhost")
    assert found == [s.id for s in sorted(servers, key=lambda server: (server.project_id, server.id))]


def test_one_sees_ones_own_project(http, cloud):
    server = running(cloud, project="alt_demo")
    refused = http.get(f"{USAGE}/{server.project_id}")
    assert refused.json["forbidden"]["message"] == (
        "Policy doesn't allow os_compute_api:os-simple-tenant-usage:show to be performed."
    )
