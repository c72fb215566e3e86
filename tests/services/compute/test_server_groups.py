"""Server groups through the versions."""

import pytest

from fakecompute.domain.records.compute import Flavor, ServerGroup
from fakecompute.domain.records.server import Server

GROUPS = "/compute/v2.1/os-server-groups"


def make(client, version=None, **group):
    policy = {"policies": ["affinity"]} if version is None else {}
    return client.post(GROUPS, json={"server_group": {"name": "g", **policy, **group}}, version=version)


def names(answer):
    return [group["name"] for group in answer.json["server_groups"]]


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


# --- shapes


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ("2.12", {"id", "name", "members", "policies", "metadata"}),
        ("2.13", {"id", "name", "members", "policies", "metadata", "project_id", "user_id"}),
        ("2.64", {"id", "name", "members", "policy", "rules", "project_id", "user_id"}),
    ],
)
def test_what_is_shown(http, version, keys):
    group = make(http).json["server_group"]
    assert http.get(f"{GROUPS}/{group['id']}", version=version).json["server_group"].keys() == keys


def test_a_policy_is_a_list_until_2_63(http):
    group = make(http).json["server_group"]
    assert group["policies"] == ["affinity"]
    shown = http.get(f"{GROUPS}/{group['id']}", version="2.64").json["server_group"]
    assert (shown["policy"], shown["rules"]) == ("affinity", {})


def test_soft_policies_come_with_2_15(http):
    assert make(http, "2.14", policies=["soft-affinity"]).status_code == 400
    assert make(http, "2.15", policies=["soft-affinity"]).status_code == 200


def test_a_rule_of_anti_affinity(http):
    made = make(http, "2.64", policy="anti-affinity", rules={"max_server_per_host": "3"})
    assert made.json["server_group"]["rules"] == {"max_server_per_host": 3}


def test_rules_of_another_policy(http):
    refused = make(http, "2.64", policy="affinity", rules={"max_server_per_host": 3})
    assert (refused.status_code, message(refused)) == (400, "Only anti-affinity policy supports rules.")


@pytest.mark.parametrize(
    ("group", "field", "words"),
    [
        ({"policies": []}, "policies", "[]. [] should be non-empty"),
        ({"policies": ["x"]}, "0", "x. 'x' is not one of ['anti-affinity', 'affinity']"),
        (
            {"policies": ["affinity", "anti-affinity"]},
            "policies",
            "['affinity', 'anti-affinity']. ['affinity', 'anti-affinity'] is too long",
        ),
        ({"name": ""}, "name", ". '' should be non-empty"),
    ],
)
def test_flaws(http, group, field, words):
    frame = f"Invalid input for field/attribute {field}. Value: "
    assert message(make(http, **group)) == frame + words


def test_the_quota(http):
    project = http.token.project_id
    http.as_("admin").put(f"/compute/v2.1/os-quota-sets/{project}", json={"quota_set": {"server_groups": 1}})
    make(http)
    refused = make(http)
    assert (refused.status_code, message(refused)) == (403, "Quota exceeded, too many server groups.")


# --- members


def test_deleted_servers_are_no_members(cloud, http):
    group = cloud.store.get(ServerGroup, make(http).json["server_group"]["id"])
    flavor = Flavor(id="f", name="f", vcpus=1, ram=1, disk=1)
    gone, there = cloud.streams.uuid("a"), cloud.streams.uuid("b")
    for number, id in enumerate((gone, there)):
        cloud.store.put(
            Server(id=id, name=id, project_id=group.project_id, user_id="u", flavor=flavor, number=number)
        )
    cloud.store.put(group.evolve(members=(there, gone)))
    cloud.store.put(cloud.store.get(Server, gone).evolve(deleted=True))
    assert http.get(f"{GROUPS}/{group.id}").json["server_group"]["members"] == [there]


# --- lists


def test_a_list_is_in_the_order_of_creation(http):
    for name in "cab":
        make(http, name=name)
    assert names(http.get(GROUPS)) == ["c", "a", "b"]


def test_a_list_has_pages(http):
    for name in "abc":
        make(http, name=name)
    assert names(http.get(f"{GROUPS}?limit=1&offset=1")) == ["b"]
    assert names(http.get(f"{GROUPS}?limit=0&offset=1")) == ["b", "c"]


def test_only_an_admin_sees_all_projects(http):
    make(http)
    make(http.as_("alt_demo"), name="theirs")
    assert names(http.get(f"{GROUPS}?all_projects=1")) == ["g"]
    assert names(http.as_("admin").get(f"{GROUPS}?all_projects=1")) == ["g", "theirs"]


def test_a_page_of_no_number(http):
    assert message(http.get(f"{GROUPS}?limit=")) == (
        "Invalid input for query parameters limit. Value: . '' should be non-empty"
    )


# --- show and delete


def test_a_group_that_is_not_there(http):
    refused = http.get(f"{GROUPS}/nope")
    assert (refused.status_code, message(refused)) == (404, "Instance group nope could not be found.")


def test_a_group_of_strangers_does_not_exist(http):
    group = make(http.as_("alt_demo")).json["server_group"]
    assert http.get(f"{GROUPS}/{group['id']}").status_code == 404


def test_a_group_is_deleted(http):
    group = make(http).json["server_group"]
    assert http.delete(f"{GROUPS}/{group['id']}").status_code == 204
    assert http.get(f"{GROUPS}/{group['id']}").status_code == 404
