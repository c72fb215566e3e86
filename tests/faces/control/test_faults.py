"""Fault rules by the control API."""

import pytest

from fakecompute.domain.faults import Rule

LOST = {"name": "lost", "on": "compute.list_servers", "effect": {"status": 503}}
SLOW = {"name": "slow", "on": "server.create.spawning", "effect": {"slow": 10}}
SERVERS = "/compute/v2.1/servers"


def names(control):
    return [one["name"] for one in control("GET", "/faults")["faults"]]


def test_a_rule_strikes_from_when_it_is_added_and_its_hits_are_counted(control, http):
    made = control("POST", "/faults", LOST, 201)
    assert made["fault"] == {**LOST, "phase": "before"}
    assert http.get(SERVERS).status_code == 503
    shown = control("GET", "/faults/lost")
    assert (shown["matched"], shown["hits"]) == (1, 1)


def test_a_rule_may_come_before_the_others(control, http):
    control("POST", "/faults", LOST, 201)
    control("POST", "/faults?position=first", {**LOST, "name": "first", "effect": {"status": 500}}, 201)
    assert names(control) == ["first", "lost"]
    assert http.get(SERVERS).status_code == 500


def test_all_mistakes_are_told_at_once_and_nothing_is_added(control, cloud):
    wrong = {"on": "compute.list_servrs", "hits": {"nth": [0]}, "where": {"host": "compute-9"}, "effect": {"status": 1}}
    mistakes = control.refused("POST", "/faults", wrong)["mistakes"]
    assert [mistake.split(": ")[1] for mistake in mistakes] == ["on", "where.host", "hits.nth[0]", "effect.status"] or (
        len(mistakes) >= 3
    )
    assert any("did you mean 'compute.list_servers'?" in mistake for mistake in mistakes)
    assert any("there is no host 'compute-9' in this cloud" in mistake for mistake in mistakes)
    assert not cloud.store.count(Rule)


def test_mistakes_of_yaml_have_lines(control, http):
    text = b"on: compute.list_servers\neffect:\n  statsu: 503\n"
    kind = {"Content-Type": "application/yaml"}
    answer = http.request("POST", "/_fakecompute/v1/faults", content=text, headers=kind)
    assert answer.status_code == 400
    assert answer.json["error"]["mistakes"][0].startswith("body:3:3: effect.statsu: there is no such key")


def test_two_rules_have_not_the_same_name(control):
    control("POST", "/faults", LOST, 201)
    assert "another fault called 'lost'" in control.refused("POST", "/faults", LOST)["mistakes"][0]


@pytest.mark.parametrize("whole", [[LOST, SLOW], {"faults": [LOST, SLOW]}])
def test_all_rules_are_replaced(control, whole):
    control("POST", "/faults", {**LOST, "name": "old"}, 201)
    assert [one["name"] for one in control("PUT", "/faults", whole)["faults"]] == ["lost", "slow"]
    assert names(control) == ["lost", "slow"]


def test_a_list_with_one_mistake_replaces_nothing(control):
    control("POST", "/faults", LOST, 201)
    control.refused("PUT", "/faults", [SLOW, {"on": "nothing"}])
    control.refused("PUT", "/faults", [SLOW, SLOW])
    control.refused("PUT", "/faults", {"faults": [], "seed": 1})
    assert names(control) == ["lost"]


def test_keys_of_a_rule_change_and_its_hits_go_on(control, http):
    control("POST", "/faults", {**LOST, "where": {"project": "demo"}}, 201)
    http.get(SERVERS)
    changed = control("PATCH", "/faults/lost", {"hits": {"times": 1}, "where": None})
    assert changed["fault"] == {**LOST, "phase": "before", "hits": {"times": 1}}
    assert changed["hits"] == 1
    assert http.get(SERVERS).status_code == 200


def test_a_change_that_makes_no_sense_changes_nothing(control):
    before = control("POST", "/faults", LOST, 201)
    assert "fault: effect.hang: is for steps" in control.refused("PATCH", "/faults/lost", {"effect": {"hang": True}})["mistakes"][0]
    control.refused("PATCH", "/faults/lost", {"efect": {}})
    assert control("GET", "/faults/lost") == before


def test_another_rule_takes_the_place_of_one_and_begins_at_no_hits(control, http):
    control("PUT", "/faults", [LOST, SLOW])
    http.get(SERVERS)
    made = control("PUT", "/faults/lost", {**LOST, "effect": {"status": 429}})
    assert (made["hits"], names(control)) == (0, ["lost", "slow"])
    control.refused("PUT", "/faults/lost", SLOW)  # a name that another has


def test_rules_go_one_by_one_or_all_at_once(control, cloud):
    control("PUT", "/faults", [LOST, SLOW])
    control("DELETE", "/faults/lost", status=204)
    assert names(control) == ["slow"]
    control("DELETE", "/faults", status=204)
    assert not cloud.store.count(Rule)


def test_names_may_hold_anything_and_ids_do_as_well(control):
    made = control("POST", "/faults", {**LOST, "name": "50% / ü?"}, 201)
    assert control("GET", "/faults/50%25%20%2F%20%C3%BC%3F") == made
    assert control("GET", f"/faults/{made['id']}") == made


def test_a_rule_that_is_not_there_is_a_404_with_the_nearest(control):
    control("POST", "/faults", LOST, 201)
    assert "did you mean 'lost'?" in control.refused("GET", "/faults/lsot", status=404)["message"]


def test_an_id_is_never_given_twice(control):
    first = control("POST", "/faults", LOST, 201)["id"]
    control("DELETE", "/faults", status=204)
    assert control("POST", "/faults", LOST, 201)["id"] != first


def test_rules_add_nothing_to_the_dice_of_others(control, cloud):
    twin = cloud.fork()
    control("POST", "/faults", LOST, 201)
    assert cloud.streams.uuid("server") == twin.streams.uuid("server")
