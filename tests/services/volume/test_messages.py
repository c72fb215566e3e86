"""/messages as clients see it.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.volume.messages import VOLUME, Action, Detail, add_message
from tests.domain.volume.making import project

MESSAGES = "/volume/v3/messages"
NEWEST = "volume 3.71"


@pytest.fixture
def three(cloud):
    """Ids of messages, the oldest first."""
    ids = []
    for action in (Action.SCHEDULE_ALLOCATE_VOLUME, Action.EXTEND_VOLUME, Action.ATTACH_VOLUME):
        told = {"action": action, "detail": Detail.UNKNOWN_ERROR, "request_id": "req-1"}
        ids.append(add_message(cloud, project_id=project(cloud), resource_type=VOLUME, resource_id="v", **told).id)
    return ids


def found(http, query="", version=NEWEST):
    return [one["id"] for one in http.get(f"{MESSAGES}?{query}", version=version).json["messages"]]


def test_a_message_says_what_went_wrong(http, three):
    shown = http.get(f"{MESSAGES}/{three[1]}", version=NEWEST).json["message"]
    assert shown | {"links": []} == {
        "id": three[1], "event_id": "VOLUME_VOLUME_007_001", "message_level": "ERROR", "request_id": "req-1",
        "user_message": "extend volume:An unknown error occurred.", "created_at": "2026-01-01T00:00:00.000000",
        "guaranteed_until": "2026-01-31T00:00:00.000000", "resource_type": "VOLUME", "resource_uuid": "v", "links": [],
    }  # fmt: skip


def test_the_newest_is_the_first(http, three):
    assert found(http) == three[::-1]


def test_pages_and_filters_since_3_5(http, three):
    assert found(http, "limit=1") == three[2:]
    assert found(http, f"marker={three[2]}") == [three[1], three[0]]
    assert found(http, "event_id=VOLUME_VOLUME_001_001") == three[:1]
    assert found(http, "limit=1&event_id=x", "volume 3.4") == three[::-1]


def test_there_are_none_before_3_3(http):
    assert http.get(MESSAGES, version="volume 3.2").status_code == 404


def test_a_deleted_message_is_gone(http, three):
    assert http.delete(f"{MESSAGES}/{three[0]}", version=NEWEST).status_code == 204
    gone = http.get(f"{MESSAGES}/{three[0]}", version=NEWEST)
    assert gone.json["itemNotFound"]["message"] == f"Message {three[0]} could not be found."


def test_others_do_not_see_them(http, three):
    assert found(http.as_("alt_demo")) == []
    assert http.as_("alt_demo").get(f"{MESSAGES}/{three[0]}", version=NEWEST).status_code == 404


def test_they_last_for_thirty_days(cloud, http, three):
    cloud.advance(30 * 86_400)
    assert found(http) == []
