"""/servers/{id}/migrations: live migrations under way, hurried and aborted."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.server import Migration, Server

IN_PROGRESS = ("queued", "preparing", "running", "post-migrating")


@pytest.fixture
def live(cloud, admin, path):
    """A live migration whose memory is being copied."""
    admin.post(
        f"{path}/action", json={"os-migrateLive": {"host": None, "block_migration": "auto"}}, version="2.30"
    )
    return until(cloud, "running")


def until(cloud, status):
    """Live until the one migration has come so far."""
    while (migration := cloud.store.all(Migration)[0]).status != status:
        cloud.clock.advance(max(0, cloud.events.next_due() - cloud.clock.now()))
        cloud.catch_up()
    return migration


def test_none_is_under_way(admin, path):
    assert admin.get(f"{path}/migrations", version="2.23").json == {"migrations": []}


def test_a_live_migration_is_shown_while_it_runs(admin, cloud, path, live):
    (shown,) = admin.get(f"{path}/migrations", version="2.80").json["migrations"]
    assert (shown["id"], shown["uuid"], shown["status"]) == (live.number, live.id, "running")
    assert (shown["source_compute"], shown["dest_compute"]) == (live.source_host, live.dest_host)
    assert admin.get(f"{path}/migrations/{live.number}", version="2.80").json == {"migration": shown}
    cloud.settle()
    assert admin.get(f"{path}/migrations", version="2.80").json == {"migrations": []}


def test_fields_came_with_time(admin, path, live):
    def fields(version):
        return admin.get(f"{path}/migrations", version=version).json["migrations"][0].keys()

    assert fields("2.59") - fields("2.58") == {"uuid"}
    assert fields("2.80") - fields("2.79") == {"user_id", "project_id"}


def test_memory_is_copied_as_time_passes(admin, cloud, path, live, server):
    def read():
        return admin.get(f"{path}/migrations", version="2.23").json["migrations"][0]

    before = read()
    assert before["memory_total_bytes"] == server.flavor.ram * 1024 * 1024
    assert before["memory_processed_bytes"] + before["memory_remaining_bytes"] == before["memory_total_bytes"]
    cloud.clock.advance((cloud.events.next_due() - cloud.now) // 2)
    cloud.catch_up()
    assert before["memory_processed_bytes"] < read()["memory_processed_bytes"] < before["memory_total_bytes"]


def test_nothing_is_counted_before_the_copy(admin, cloud, path):
    admin.post(
        f"{path}/action", json={"os-migrateLive": {"host": None, "block_migration": "auto"}}, version="2.30"
    )
    until(cloud, "preparing")
    (shown,) = admin.get(f"{path}/migrations", version="2.23").json["migrations"]
    assert (shown["memory_total_bytes"], shown["disk_total_bytes"]) == (None, None)


def test_a_live_migration_is_aborted(admin, cloud, path, live, server, actions_of):
    assert admin.delete(f"{path}/migrations/{live.number}", version="2.24").status_code == 202
    cloud.settle()
    after = cloud.store.get(Server, server.id)
    assert (after.host, after.vm_state, after.task_state) == (server.host, "active", None)
    assert cloud.store.get(Migration, live.id).status == "cancelled"
    assert ("live_migration_cancel", [("compute_live_migration_abort", "Success")]) in actions_of()


def test_before_the_copy_it_may_be_aborted_from_2_65_on(admin, cloud, path, server, told):
    admin.post(
        f"{path}/action", json={"os-migrateLive": {"host": None, "block_migration": "auto"}}, version="2.30"
    )
    number = until(cloud, "preparing").number
    assert told(admin.delete(f"{path}/migrations/{number}", version="2.64")) == (
        400, f"Migration {number} state of instance {server.id} is preparing."
             " Cannot abort live migration while the migration is in this state.",
    )  # fmt: skip
    assert admin.delete(f"{path}/migrations/{number}", version="2.65").status_code == 202


def test_a_live_migration_is_hurried(admin, cloud, path, live, server, actions_of):
    forced = admin.post(
        f"{path}/migrations/{live.number}/action", json={"force_complete": None}, version="2.22"
    )
    assert forced.status_code == 202
    cloud.settle()
    assert cloud.store.get(Server, server.id).host == live.dest_host
    action = ("live_migration_force_complete", [("compute_live_migration_force_complete", "Success")])
    assert action in actions_of()


def test_another_number_is_another_status_for_each_verb(admin, path, live, server, told):
    missing = f"Migration 99 not found for instance {server.id}"
    assert told(admin.delete(f"{path}/migrations/99", version="2.24")) == (404, missing)
    forced = admin.post(f"{path}/migrations/99/action", json={"force_complete": None}, version="2.22")
    assert told(forced) == (400, missing)


def test_one_that_is_over(admin, cloud, path, live, server, told):
    cloud.settle()
    assert told(admin.get(f"{path}/migrations/{live.number}", version="2.23")) == (
        404, f"Live migration {live.number} for server {server.id} is not in progress.",
    )  # fmt: skip
