"""Tags, which every noun has."""

import pytest


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def tags(new_network):
    return f"/network/v2.0/networks/{new_network()['id']}/tags"


def test_tags_are_replaced(http, tags):
    assert http.put(tags, json={"tags": ["b", "a"]}).json == {"tags": ["a", "b"]}
    assert http.get(tags).json == {"tags": ["a", "b"]}


def test_a_tag_is_added_and_taken_away(http, tags):
    assert http.put(f"{tags}/a").status_code == 201
    assert http.get(f"{tags}/a").status_code == 204
    assert http.delete(f"{tags}/a").status_code == 204
    assert message(http.get(f"{tags}/a")) == (404, "Tag a could not be found.")


def test_all_tags_are_taken_away(http, tags):
    http.put(tags, json={"tags": ["a"]})
    assert http.delete(tags).status_code == 204
    assert http.get(tags).json == {"tags": []}


def test_a_body_holds_tags(http, tags):
    assert message(http.put(tags, json={})) == (400, "Invalid input for operation: Invalid tags body.")


def test_tags_have_a_limit(http, tags):
    assert message(http.put(tags, json={"tags": [str(n) for n in range(51)]})) == (
        400, "Bad networks request: The number of tags exceed the per-resource limit of 50.",
    )  # fmt: skip


@pytest.mark.parametrize("collection", ["subnets", "routers", "security-groups"])
def test_other_nouns_have_tags_too(http, collection):
    id = http.get(f"/network/v2.0/{collection}?project_id={http.token.project_id}").json[
        collection.replace("-", "_")
    ][0]["id"]
    assert http.put(f"/network/v2.0/{collection}/{id}/tags/a").status_code == 201


@pytest.mark.parametrize(
    ("method", "word"), [("GET", "get"), ("PUT", "update"), ("POST", "create"), ("DELETE", "delete")]
)
def test_tags_of_another_s_are_refused_by_the_rule_of_their_operation(http, new_network, method, word):
    place = f"/network/v2.0/networks/{new_network()['id']}/tags"
    answer = http.as_("alt_demo", "alt_demo").request(method, place, json={"tags": ["a"]} if word != "get" else None)
    assert answer.status_code == 403
    assert f"rule:{word}_network:tags is disallowed by policy" in answer.text


def test_anothers_network_is_not_tagged(http, named):
    id = named("networks", "private")["id"]
    assert http.as_("alt_demo", "alt_demo").put(f"/network/v2.0/networks/{id}/tags/a").status_code == 403
