"""Lists of volumes: filters, sorting, pages.  The expectations are the answers of a real Cinder 29."""

from __future__ import annotations

from time import perf_counter
from urllib.parse import quote

import pytest

from fakecompute.domain.volume.creation import create_volume
from tests.domain.volume.making import project

VOLUMES = "/volume/v3/volumes"
NEWEST = "3.71"


@pytest.fixture
def names(cloud, http):
    """Four volumes, the newest last: b (1 GiB), a (2), one without a name (3), one of an empty name (4)."""
    ids = {}
    for size, name in enumerate(("b", "a", None, ""), 1):
        wish = {"size": size, "name": name, "metadata": {"k": str(size)} if size > 1 else None}
        ids[name] = http.post(VOLUMES, json={"volume": wish}, version="volume 3.71").json["volume"]["id"]
        cloud.advance(60)
    return ids


def ask(http, query, version=NEWEST):
    return http.get(f"{VOLUMES}?{quote(query, safe='=&,')}", version=f"volume {version}")


def found(http, query, version=NEWEST):
    return [volume["name"] for volume in ask(http, query, version).json["volumes"]]


def message(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["", None, "a", "b"]),
        ("sort=name:asc", [None, "", "a", "b"]),
        ("sort=name", ["b", "a", "", None]),
        ("sort=size:asc,name", ["b", "a", None, ""]),
        ("sort_key=size&sort_dir=asc", ["b", "a", None, ""]),
        ("limit=2", ["", None]),
        ("limit=0", []),
        ("offset=1&limit=1", [None]),
        ("name=a", ["a"]),
        ("name=", [""]),
        ("name=None", []),
        ("size=2", ["a"]),
        ("size=[1,2]", ["a", "b"]),
        ("size=abc", []),
        ('status=["available"]', ["", None, "a", "b"]),
        ("metadata={'k':'2'}", ["a"]),
        ("metadata=k", []),
        ("bootable=0", ["", None, "a", "b"]),
        ("migration_status=None", ["", None, "a", "b"]),
        ("created_at=lt:2026-01-01T00:01:30", ["a", "b"]),
        ("created_at=gt:2026-01-01T00:02:30,lt:2026-01-01T00:00:30", ["", "b"]),
        ("all_tenants=1", ["", None, "a", "b"]),
        ("consumes_quota=no", []),
    ],
)
def test_a_query_finds(http, names, query, expected):
    assert found(http, query) == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=x", "limit param must be an integer"),
        ("limit=-1", "limit param must be positive"),
        ("offset=x", "offset must be an integer"),
        ("sort=colour", "Invalid input received: Invalid sort key"),
        ("sort=name:up", "Invalid input received: Unknown sort direction, must be 'desc' or 'asc'."),
        ("colour=red", "Invalid filters colour are found in query options."),
        ("name~=a", "Invalid filters name~ are found in query options."),
        ("bootable=maybe", "Invalid input received: 'bootable = maybe'"),
        ("with_count=x", "Value 'x' for 'with_count' is not a boolean."),
        ("created_at=foo", "Invalid foo operator"),
        ("created_at=gt:", "Invalid  value"),
    ],
)
def test_a_query_is_refused(http, names, query, words):
    assert message(ask(http, query)) == (400, words)


def test_a_marker_is_a_volume(http, names):
    assert message(ask(http, "marker=zzz")) == (404, "Volume zzz could not be found.")


def test_pages_follow_each_other(http, names):
    first = ask(http, "limit=2").json
    (link,) = first["volumes_links"]
    assert link["href"].endswith(f"/volume/v3/volumes?limit=2&marker={names[None]}")
    assert found(http, f"limit=2&marker={names[None]}") == ["a", "b"]


def test_a_marker_may_be_one_that_is_filtered_out(http, names):
    assert found(http, f"size=[1,3]&marker={names['a']}") == ["b"]


def test_the_count_is_of_all_pages(http, names):
    answer = ask(http, "limit=1&with_count=true").json
    assert (len(answer["volumes"]), answer["count"]) == (1, 4)


def test_before_3_31_strange_filters_are_dropped(http, names):
    assert found(http, "colour=red&size=2", "3.30") == ["a"]


def test_an_admin_may_ask_by_anything_and_by_parts(cloud, http, names):
    admin = http.as_("admin", "demo")
    assert found(admin, "name~=A") == ["a"]
    assert found(admin, "colour=red") == []
    assert found(admin, "host=storage") == ["", None, "a", "b"]


def test_an_admin_sees_all_projects_if_asked_to(http, names):
    assert found(http.as_("admin", "admin"), "") == []
    assert found(http.as_("admin", "admin"), "all_tenants=1") == ["", None, "a", "b"]


def test_a_thousand_volumes_are_listed_in_the_time_of_a_thousand(cloud, http):
    for number in range(1000):
        create_volume(cloud, project_id=project(cloud), user_id="u", size=1, name=str(number))
    http.get(f"{VOLUMES}/detail", version="volume 3.71")
    began = perf_counter()
    assert len(http.get(f"{VOLUMES}/detail", version="volume 3.71").json["volumes"]) == 1000
    assert perf_counter() - began < 1
