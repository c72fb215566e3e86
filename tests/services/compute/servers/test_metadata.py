"""/servers/{id}/metadata, beside what test_observed.py asks of it."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def path(cloud):
    server = boot(cloud, metadata=(("a", "1"), ("b", "2")))
    cloud.settle()
    return f"{SERVERS}/{server.id}/metadata"


def test_a_post_merges(http, path):
    answer = http.post(path, json={"metadata": {"b": "x", "c": "3"}})
    assert answer.json == {"metadata": {"a": "1", "b": "x", "c": "3"}}


def test_a_put_replaces(http, path):
    assert http.put(path, json={"metadata": {"c": "3"}}).json == {"metadata": {"c": "3"}}
    assert http.get(path).json == {"metadata": {"c": "3"}}


def test_one_item_is_set_shown_and_deleted(http, path):
    assert http.put(f"{path}/c", json={"meta": {"c": "3"}}).json == {"meta": {"c": "3"}}
    assert http.get(f"{path}/c").json == {"meta": {"c": "3"}}
    assert http.delete(f"{path}/c").status_code == 204
    assert http.get(f"{path}/c").status_code == 404


def test_the_quota_counts_all_items(http, path):
    items = {f"k{number}": "v" for number in range(126)}
    assert http.post(path, json={"metadata": items}).status_code == 200
    refused = http.post(path, json={"metadata": {"more": "v"}})
    assert refused.json["forbidden"]["message"] == "Maximum number of metadata items exceeds 128"


def test_a_change_is_a_change_of_the_server(cloud, http, path):
    id = path.split("/")[-2]
    cloud.advance(60)
    http.put(path, json={"metadata": {}})
    assert cloud.store.get(Server, id).updated_at == cloud.now
