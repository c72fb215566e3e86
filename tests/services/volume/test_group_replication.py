"""Groups are asked to replicate, in a cloud that cannot do it.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from tests.domain.volume.making import group, group_type

ACTIONS = ("enable_replication", "disable_replication", "failover_replication", "list_replication_targets")


def act(http, group, action, value, version="volume 3.71"):
    return http.post(f"/volume/v3/groups/{group.id}/action", json={action: value}, version=version)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.mark.parametrize("action", ACTIONS)
def test_the_group_type_must_ask_for_it(cloud, http, action):
    made = group(cloud)
    assert sentence(act(http, made, action, {})) == (
        400,
        f"Invalid group type: Group {made.id} is not a replication group type.",
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_so_must_the_volume_types(cloud, http, action):
    kind = group_type(cloud, "mirrored", specs={"group_replication_enabled": "<is> True"})
    made = group(cloud, group_type=kind)
    assert sentence(act(http, made, action, {})) == (
        400,
        f"Invalid volume type: Volume type {made.volume_types[0]} does not have 'replication_enabled' spec key set to"
        " '<is> True'.",
    )


@pytest.mark.parametrize("action", ACTIONS)
def test_there_is_none_of_it_before_3_38(cloud, http, action):
    assert act(http, group(cloud), action, {}, version="volume 3.37").status_code == 404


@pytest.mark.parametrize("action", ACTIONS)
def test_an_object_is_wanted(cloud, http, action):
    assert sentence(act(http, group(cloud), action, None)) == (
        400,
        f"Invalid input for field/attribute {action}. Value: None. None is not of type 'object'",
    )


def test_only_a_failover_minds_what_is_in_it(cloud, http):
    made = group(cloud)
    assert sentence(act(http, made, "failover_replication", {"x": 1})) == (
        400,
        "Invalid input for field/attribute failover_replication. Value: {'x': 1}. Additional properties are not allowed"
        " ('x' was unexpected)",
    )
    assert "not a replication group type" in sentence(act(http, made, "enable_replication", {"x": 1}))[1]
