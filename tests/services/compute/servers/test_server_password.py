"""/servers/{id}/os-server-password: no guest has left one."""

from __future__ import annotations


def test_nobody_left_a_password(http, path):
    assert http.get(f"{path}/os-server-password").json == {"password": ""}


def test_it_may_be_cleared_nevertheless(http, path):
    cleared = http.delete(f"{path}/os-server-password")
    assert (cleared.status_code, cleared.content) == (204, b"")
