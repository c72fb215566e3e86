"""/servers/{id}/tags, as nova/api/openstack/compute/server_tags.py has it; refusals stand in the observed answers."""

from __future__ import annotations

import pytest


def test_a_tag_is_new_once(http, path):
    new = http.put(f"{path}/tags/blue", version="2.26")
    assert (new.status_code, new.headers["Location"]) == (201, f"http://localhost{path}/tags/blue")
    assert http.put(f"{path}/tags/blue", version="2.26").status_code == 204
    assert http.get(f"{path}/tags", version="2.26").json == {"tags": ["blue"]}


def test_a_server_shows_its_tags_from_2_26_on(http, path):
    http.put(f"{path}/tags", json={"tags": ["b", "a"]}, version="2.104")
    assert http.get(path, version="2.26").json["server"]["tags"] == ["a", "b"]
    assert "tags" not in http.get(path, version="2.25").json["server"]


def test_whether_a_tag_is_there_has_no_body(http, path):
    http.put(f"{path}/tags/blue", version="2.26")
    found = http.get(f"{path}/tags/blue", version="2.26")
    assert (found.status_code, found.content) == (204, b"")
    assert http.get(f"{path}/tags/red", version="2.26").status_code == 404


def test_tags_go_one_by_one_or_all_together(http, path):
    http.put(f"{path}/tags", json={"tags": ["a", "b", "c"]}, version="2.26")
    assert http.delete(f"{path}/tags/b", version="2.26").status_code == 204
    assert http.get(f"{path}/tags", version="2.26").json == {"tags": ["a", "c"]}
    assert http.delete(f"{path}/tags", version="2.26").status_code == 204
    assert http.get(f"{path}/tags", version="2.26").json == {"tags": []}


def test_tags_do_not_touch_the_row_of_the_server(http, cloud, path):
    before = http.get(path).json["server"]["updated"]
    cloud.advance(60)
    http.put(f"{path}/tags/blue", version="2.26")
    assert http.get(path).json["server"]["updated"] == before


@pytest.mark.parametrize("tag", ["a,b", "w" * 61])
def test_what_is_no_tag(http, path, told, tag):
    status, message = told(http.put(f"{path}/tags/{tag}", version="2.26"))
    assert status == 400
    assert message.startswith(
        f"Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','."
    )


def test_a_server_that_is_being_built_has_tags_as_long_as_nobody_writes_them(
    http, cloud, server, told, become
):
    become(vm_state="building")
    assert told(http.put(f"/compute/v2.1/servers/{server.id}/tags/a", version="2.26")) == (
        409, f"Cannot 'update tag' instance {server.id} while it is in vm_state building",
    )  # fmt: skip
