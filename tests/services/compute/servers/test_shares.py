"""/servers/{id}/shares of a cloud without Manila (2.97)."""

from __future__ import annotations

import pytest

SHARE = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def test_there_are_none(http, path):
    assert http.get(f"{path}/shares", version="2.97").json == {"shares": []}


def test_a_stopped_server_finds_that_manila_knows_no_share(http, path, told, become):
    become(vm_state="stopped")
    attached = http.post(f"{path}/shares", json={"share": {"share_id": SHARE, "tag": "data"}}, version="2.97")
    assert told(attached) == (404, f"Share {SHARE} could not be found.")


@pytest.mark.parametrize("state", ["active", "paused", "shelved_offloaded"])
def test_shares_come_to_servers_that_are_off(http, path, server, told, become, state):
    become(vm_state=state)
    attached = http.post(f"{path}/shares", json={"share": {"share_id": SHARE}}, version="2.97")
    assert told(attached) == (
        409,
        f"Cannot 'create share' instance {server.id} while it is in vm_state {state}",
    )
