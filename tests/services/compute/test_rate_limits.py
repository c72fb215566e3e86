"""Calls that come too often, as a client sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain.rate_limits import NOVA_DEFAULTS
from fakecompute.domain.records.limits import RateLimit
from fakecompute.domain.settings import Settings
from fakecompute.wsgi.client import Http

FLAVORS, GROUPS, LIMITS = "/compute/v2.1/flavors", "/compute/v2.1/os-server-groups", "/compute/v2.1/limits"
RATE_LIMITS: list[dict[str, Any]] = [
    {"verb": "GET", "uri": "*/flavors", "regex": "/flavors", "value": 2, "unit": "minute"},
    {"verb": "POST", "uri": "*", "value": 3, "unit": "hour"},
]


def limited(**options: Any) -> tuple[Cloud, Http]:
    cloud = Cloud({"extends": "default", "rate_limits": RATE_LIMITS}, **options)
    return cloud, Http(cloud)


def worn(http: Http) -> Any:
    """The answer to a call too much."""
    for _ in range(2):
        assert http.get(FLAVORS).status_code == 200
    return http.get(FLAVORS)


def test_a_call_too_much_is_refused_and_told_when_to_come_again():
    answer = worn(limited()[1])
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "30"  # one of two a minute
    assert answer.json == {
        "overLimit": {
            "code": 429,
            "message": "This request was rate-limited.",
            "details": "Only 2 GET request(s) can be made to */flavors every minute.",
            "retryAfter": "30",
        }
    }


def test_old_releases_answer_413():
    answer = worn(limited(release="kilo")[1])
    assert (answer.status_code, answer.json["overLimit"]["code"]) == (413, 413)


def test_a_proxy_answers_as_it_likes():
    assert worn(limited(settings=Settings(rate_limit_status=413))[1]).status_code == 413


def test_whoever_waits_as_told_is_let_in():
    cloud, http = limited()
    again = int(worn(http).headers["Retry-After"])
    cloud.advance(again - 1)
    assert http.get(FLAVORS).status_code == 429
    cloud.advance(1)
    assert http.get(FLAVORS).status_code == 200
    assert http.get(FLAVORS).status_code == 429


def test_verbs_addresses_and_projects_are_counted_apart():
    _, http = limited()
    worn(http)
    assert http.post(GROUPS, json={"server_group": {"name": "g", "policies": ["affinity"]}}).status_code == 200
    assert http.get(GROUPS).status_code == 200
    assert http.as_("alt_demo", "alt_demo").get(FLAVORS).status_code == 200


def test_what_was_refused_was_not_done():
    _, http = limited()
    group = {"server_group": {"name": "g", "policies": ["affinity"]}}
    statuses = [http.post(GROUPS, json=group).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert len(http.get(GROUPS).json["server_groups"]) == 3


def test_a_call_that_fails_counts():
    _, http = limited()
    for _ in range(3):
        assert http.post(GROUPS, json={}).status_code == 400
    assert http.post(GROUPS, json={}).status_code == 429


def test_who_is_not_known_is_not_counted():
    _, http = limited()
    nobody = {"X-Auth-Token": "nobody"}
    assert [http.get(FLAVORS, headers=nobody).status_code for _ in range(4)] == [401] * 4
    assert http.get(FLAVORS).status_code == 200


def test_only_compute_is_limited():
    _, http = limited()
    assert [http.get("/image/v2/images").status_code for _ in range(4)] == [200] * 4


def test_limits_shows_what_is_left_and_when_there_is_more():
    cloud, http = limited()
    http.get(FLAVORS)
    now = cloud.now // 1_000_000
    first, second = http.get(LIMITS).json["limits"]["rate"]
    assert first == {
        "uri": "*/flavors",
        "regex": "/flavors",
        "limit": [
            {"verb": "GET", "value": 2, "remaining": 1, "unit": "MINUTE", "next-available": stamp(now)},
        ],
    }
    assert second["limit"][0]["remaining"] == 3
    http.get(FLAVORS)
    (limit,) = http.get(LIMITS).json["limits"]["rate"][0]["limit"]
    assert (limit["remaining"], limit["next-available"]) == (0, stamp(now + 30))


def stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_limits_of_one_address_are_shown_together():
    limits = (RateLimit("POST", "*", ".*", 5), RateLimit("PUT", "*", ".*", 7))
    http = Http(Cloud(settings=Settings(rate_limits=limits)))
    (shown,) = http.get(LIMITS).json["limits"]["rate"]
    assert [(limit["verb"], limit["value"]) for limit in shown["limit"]] == [("POST", 5), ("PUT", 7)]


def test_the_query_is_part_of_the_address():
    limits = (RateLimit("GET", "*changes-since*", ".*changes-since.*", 1),)
    http = Http(Cloud(settings=Settings(rate_limits=limits)))
    polled = "/compute/v2.1/servers?changes-since=2026-01-01T00:00:00Z"
    assert [http.get(polled).status_code for _ in range(2)] == [200, 429]
    assert http.get("/compute/v2.1/servers").status_code == 200


@pytest.mark.parametrize("name", ["version", "project"])
def test_the_address_begins_behind_version_and_project(name):
    cloud = Cloud(settings=Settings(rate_limits=(RateLimit("GET", "*/servers", "^/servers", 1),)))
    http = Http(cloud)
    project = http.get("/compute/v2.1/servers").status_code and http.token.project_id
    path = "/compute/v2.1/servers" if name == "version" else f"/compute/v2.1/{project}/servers"
    assert http.get(path).status_code == 429


def test_novas_old_defaults_are_at_hand():
    http = Http(Cloud(settings=Settings(rate_limits=NOVA_DEFAULTS)))
    rates = http.get(LIMITS).json["limits"]["rate"]
    assert [rate["uri"] for rate in rates] == ["*", "*/servers", "*changes-since*", "*/os-fping"]

