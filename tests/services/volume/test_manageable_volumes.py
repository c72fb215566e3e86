"""/manageable_volumes and /manageable_snapshots.  Expectations are a real Cinder's answers."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from fakecompute.domain.volume.managing import leave
from tests.domain.volume.making import fresh, volume
from tests.services.volume.volume_actions.conftest import told

POOL = "storage@lvm-1#lvm-1"
HOST = "host=" + quote(POOL)
NOWHERE = "Invalid input received: One and only one of cluster and host must be set."


@pytest.fixture
def ask(http):
    """An operator's call: status and body, of refusals the message."""
    admin = http.as_("admin")

    def send(method, path, json=None, version="3.71", who=admin):
        return told(who.request(method, f"/volume/v3{path}", json=json, version=f"volume {version}"))

    return send


@pytest.fixture(autouse=True)
def old(cloud):
    """What was there before Cinder."""
    for number in 1, 2:
        leave(cloud, "storage@lvm-1", "lvm-1", f"old-{number}", number)
    leave(cloud, "storage@lvm-1", "lvm-1", "old-1-snap", 1, "old-1")


def names(answer):
    return [one["reference"]["source-name"] for one in next(iter(answer[1].values()))]


# --- lists


def test_volumes_are_told_by_their_names(ask):
    assert ask("GET", f"/manageable_volumes?{HOST}") == (
        200,
        {
            "manageable-volumes": [
                {"reference": {"source-name": "old-2"}, "size": 2, "safe_to_manage": True},
                {"reference": {"source-name": "old-1"}, "size": 1, "safe_to_manage": True},
            ]
        },
    )


def test_in_detail_it_says_what_cinder_has(cloud, ask):
    mine = cloud.store.put(volume(cloud, 3).evolve(host=POOL))
    managed = ask("GET", f"/manageable_volumes/detail?{HOST}&sort=size:desc&limit=1")[1]["manageable-volumes"]
    assert managed == [
        {
            "reference": {"source-name": f"volume-{mine.id}"},
            "size": 3,
            "safe_to_manage": False,
            "reason_not_safe": "already managed",
            "cinder_id": mine.id,
            "extra_info": None,
        }
    ]


def test_snapshots_tell_what_they_are_of(ask):
    (shown,) = ask("GET", f"/manageable_snapshots/detail?{HOST}")[1]["manageable-snapshots"]
    assert shown == {
        "reference": {"source-name": "old-1-snap"},
        "size": 1,
        "safe_to_manage": True,
        "reason_not_safe": None,
        "cinder_id": None,
        "extra_info": None,
        "source_reference": {"source-name": "old-1"},
    }


def test_lists_are_sorted_and_cut(ask):
    assert names(ask("GET", f"/manageable_volumes?{HOST}&sort_key=size&sort_dir=asc")) == ["old-1", "old-2"]
    assert names(ask("GET", f"/manageable_volumes?{HOST}&limit=1&offset=1")) == ["old-1"]
    marker = quote('{"source-name": "old-2"}')
    assert names(ask("GET", f"/manageable_volumes?{HOST}&marker={marker}")) == ["old-1"]


@pytest.mark.parametrize(
    "query, refused",
    [
        ("", (400, NOWHERE)),
        ("?host=a&cluster=b", (400, NOWHERE)),
        ("?host=nope", (404, "Service cinder-volume could not be found on host nope.")),
        ("?cluster=nope", (404, "Service cinder-volume could not be found.")),
        (f"?{HOST}&sort=name", (400, "Invalid sort keys passed: name")),
        (f"?{HOST}&sort=size:up", (400, "Invalid sort dirs passed: up")),
        (f"?{HOST}&limit=x", (400, "limit param must be an integer")),
        (
            f"?{HOST}&marker=x",
            (400, "Invalid input received: marker x can not be analysed, please use json like format"),
        ),
        (f"?{HOST}&marker=5", (400, "Invalid input received: marker not found: 5")),
    ],
)
@pytest.mark.parametrize("kind", ["volumes", "snapshots"])
def test_not_every_question_has_an_answer(ask, kind, query, refused):
    assert ask("GET", f"/manageable_{kind}{query}") == refused


def test_clusters_came_with_3_17_and_the_lists_with_3_8(ask):
    assert ask("GET", f"/manageable_volumes?{HOST}&cluster=c", version="3.16")[0] == 200
    assert ask("GET", "/manageable_volumes", version="3.16")[1] == "Invalid input received: Host field is missing."
    assert ask("GET", f"/manageable_volumes?{HOST}", version="3.7")[0] == 404
    assert ask("GET", f"/os-volume-manage?{HOST}", version="3.0")[0] == 200
    assert ask("GET", f"/os-snapshot-manage/detail?{HOST}", version="3.0")[0] == 200


def test_they_are_the_operators(ask, http):
    rule = "Policy doesn't allow {}:list_manageable to be performed."
    assert ask("GET", f"/manageable_volumes?{HOST}", who=http) == (403, rule.format("volume_extension"))
    assert ask("GET", f"/manageable_snapshots?{HOST}", who=http) == (403, rule.format("snapshot_extension"))


# --- to be taken over


@pytest.mark.parametrize("path", ["/manageable_volumes", "/os-volume-manage"])
def test_a_volume_is_taken_over(cloud, ask, path):
    wish = {"host": POOL, "ref": {"source-name": "old-2"}, "name": " n ", "metadata": {"a": "b"}, "bootable": "yes"}
    status, body = ask("POST", path, {"volume": wish})
    made = body["volume"]
    assert status == 202
    assert (made["status"], made["size"], made["name"]) == ("creating", 0, "n")
    assert (made["metadata"], made["bootable"]) == ({"a": "b"}, "true")
    assert "group_id" not in made  # it is shown as in 3.0
    cloud.settle()
    shown = ask("GET", f"/volumes/{made['id']}")[1]["volume"]
    assert (shown["status"], shown["size"], shown["os-vol-host-attr:host"]) == ("available", 2, POOL)


def test_one_that_is_not_there_is_an_error(cloud, ask):
    id = ask("POST", "/manageable_volumes", {"volume": {"host": POOL, "ref": "nope"}})[1]["volume"]["id"]
    cloud.settle()
    shown = ask("GET", f"/volumes/{id}")[1]["volume"]
    assert (shown["status"], shown["size"]) == ("error", 0)


@pytest.mark.parametrize(
    "wish, told",
    [
        ({}, "Invalid input for field/attribute volume. Value: {}. 'ref' is a required property"),
        ({"ref": {}}, NOWHERE),
        ({"ref": {}, "host": "nope"}, "Host 'nope' not found"),
        ({"ref": {}, "cluster": "nope"}, "Cluster 'nope' not found"),
        ({"ref": {}, "host": POOL, "volume_type": "x"}, "Invalid volume type: Cannot find requested 'x' volume type"),
        ({"ref": 5}, "Invalid input for field/attribute ref. Value: 5. 5 is not of type 'object', 'string'"),
    ],
)
def test_not_every_wish_is_granted(ask, wish, told):
    assert ask("POST", "/manageable_volumes", {"volume": wish}) == (400, told)


def test_what_cinder_has_is_not_taken_over(cloud, ask):
    wish = {"host": POOL, "ref": {"source-name": f"volume-{volume(cloud).id}"}}
    told = "Unable to manage existing volume. The volume is already managed"
    assert ask("POST", "/manageable_volumes", {"volume": wish}) == (400, told)


def test_a_snapshot_is_taken_over_with_its_volume(cloud, ask, http):
    made = ask("POST", "/manageable_volumes", {"volume": {"host": POOL, "ref": {"source-name": "old-1"}}})[1]
    cloud.settle()
    wish = {"snapshot": {"volume_id": made["volume"]["id"], "ref": {"source-name": "old-1-snap"}, "name": "s"}}
    status, body = ask("POST", "/manageable_snapshots", wish)
    assert (status, body["snapshot"]["status"], body["snapshot"]["size"]) == (202, "creating", 1)
    cloud.settle()
    assert ask("GET", f"/snapshots/{body['snapshot']['id']}")[1]["snapshot"]["status"] == "available"


def test_its_volume_is_looked_for_first(cloud, ask, http):
    missing = {"snapshot": {"volume_id": "5e5e5e5e-0000-4000-8000-00000000dead", "ref": {}}}
    told = "Volume 5e5e5e5e-0000-4000-8000-00000000dead could not be found."
    assert ask("POST", "/manageable_snapshots", missing, who=http) == (404, told)
    mine = {"snapshot": {"volume_id": fresh(cloud, volume(cloud)).id, "ref": {}}}
    told = "Policy doesn't allow snapshot_extension:snapshot_manage to be performed."
    assert ask("POST", "/manageable_snapshots", mine, who=http) == (403, told)
