"""Policies of quality of service, their rules, and who uses them."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]


POLICIES = f"{V2}/qos/policies"
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def admin(http):
    return http.as_("admin")


@pytest.fixture
def policy(http, admin, new_network):
    """One of demo's, which only managers and admins make."""
    mine = new_network()["project_id"]
    return admin.post(POLICIES, json={"policy": {"name": "gold", "project_id": mine}}).json["policy"]


def rule(client, policy, kind, **fields):
    return client.post(f"{POLICIES}/{policy['id']}/{kind}_rules", json={f"{kind}_rule": fields})


def test_members_make_none(http):
    assert message(http.post(POLICIES, json={"policy": {"name": "x"}})) == (
        403, "PolicyNotAuthorized", "rule:create_policy is disallowed by policy",
    )  # fmt: skip


def test_a_rule_has_a_direction_and_its_limits(admin, policy):
    made = rule(admin, policy, "bandwidth_limit", max_kbps=1000).json["bandwidth_limit_rule"]
    assert made == {"max_kbps": 1000, "max_burst_kbps": 0, "direction": "egress", "id": made["id"]}
    shown = admin.get(f"{POLICIES}/{policy['id']}").json["policy"]["rules"]
    assert shown == [{**made, "qos_policy_id": policy["id"], "type": "bandwidth_limit"}]


def test_two_of_a_kind_and_direction_conflict(admin, policy):
    first = rule(admin, policy, "dscp_marking", dscp_mark=8).json["dscp_marking_rule"]
    assert message(rule(admin, policy, "dscp_marking", dscp_mark=10)) == (
        409, "QoSRulesConflict",
        f"Rule dscp_marking conflicts with rule {first['id']} which already exists in QoS Policy {policy['id']}.",
    )  # fmt: skip


def test_no_more_is_promised_than_is_let_through(admin, policy):
    rule(admin, policy, "bandwidth_limit", max_kbps=1000)
    assert message(rule(admin, policy, "minimum_bandwidth", min_kbps=2000)) == (
        409, "QoSRuleParameterConflict",
        f"Unable to add the rule with value 2000 to the policy {policy['id']} as the existing rule of type"
        " bandwidth_limit has value 1000.",
    )  # fmt: skip
    assert rule(admin, policy, "minimum_bandwidth", min_kbps=500).status_code == 201


def test_packets_are_counted_in_any_direction_or_in_one(admin, policy):
    rule(admin, policy, "minimum_packet_rate", min_kpps=5)
    assert message(rule(admin, policy, "minimum_packet_rate", min_kpps=5, direction="any"))[:2] == (
        409, "QoSRuleParameterConflict",
    )  # fmt: skip


@pytest.mark.parametrize("mark,words", [(7, "7 is not in valid_values"), (-1, "-1 is not in valid_values")])
def test_marks_are_those_of_dscp(admin, policy, mark, words):
    refused = rule(admin, policy, "dscp_marking", dscp_mark=mark)
    assert message(refused) == (400, "HTTPBadRequest", f"Invalid input for dscp_mark. Reason: {words}.")


def test_a_rule_is_found_without_its_policy(admin, policy):
    made = rule(admin, policy, "bandwidth_limit", max_kbps=1000).json["bandwidth_limit_rule"]
    alias = f"{V2}/qos/alias-bandwidth-limit-rules/{made['id']}"
    changed = admin.put(alias, json={"alias_bandwidth_limit_rule": {"max_kbps": 7}})
    assert changed.json["alias_bandwidth_limit_rule"]["max_kbps"] == 7
    assert admin.delete(alias).status_code == 204
    assert message(admin.get(alias))[:2] == (404, "QosRuleNotFound")


def test_a_policy_in_use_stays(http, admin, policy, new_network, new_port):
    port = new_port(new_network(), qos_policy_id=policy["id"])
    assert message(admin.delete(f"{POLICIES}/{policy['id']}")) == (
        409, "QosPolicyInUse", f"QoS Policy {policy['id']} is used by port {port['id']}.",
    )  # fmt: skip
    http.put(f"{V2}/ports/{port['id']}", json={"port": {"qos_policy_id": None}})
    assert admin.delete(f"{POLICIES}/{policy['id']}").status_code == 204


def test_anothers_policy_is_not_there(http, admin, new_network):
    other = admin.post(POLICIES, json={"policy": {"name": "theirs"}}).json["policy"]
    body = {"network": {"qos_policy_id": other["id"]}}
    assert message(http.post(f"{V2}/networks", json=body)) == (
        404, "QosPolicyNotFound", f"QoS policy {other['id']} could not be found.",
    )  # fmt: skip


def test_a_policy_that_was_put_on_is_not_taken_off_by_others(http, admin, new_network, new_port):
    other = admin.post(POLICIES, json={"policy": {"name": "theirs"}}).json["policy"]
    port = new_port(new_network())
    admin.put(f"{V2}/ports/{port['id']}", json={"port": {"qos_policy_id": other["id"]}})
    refused = http.put(f"{V2}/ports/{port['id']}", json={"port": {"qos_policy_id": None}})
    assert message(refused)[:2] == (403, "PolicyRemoveAuthorizationError")


def test_a_shared_policy_is_for_all(http, admin):
    shared = admin.post(POLICIES, json={"policy": {"name": "for all", "shared": True}}).json["policy"]
    assert [one["id"] for one in http.get(POLICIES).json["policies"]] == [shared["id"]]
    assert message(http.delete(f"{POLICIES}/{shared['id']}"))[0] == 403


def test_new_networks_begin_with_the_default_policy(admin, policy, new_network):
    admin.put(f"{POLICIES}/{policy['id']}", json={"policy": {"is_default": True}})
    assert new_network()["qos_policy_id"] == policy["id"]
    body = {"name": "second", "is_default": True, "project_id": policy["project_id"]}
    assert message(admin.post(POLICIES, json={"policy": body}))[:2] == (409, "QoSPolicyDefaultAlreadyExists")


def test_what_drivers_can_is_for_admins(http, admin):
    assert len(http.get(f"{V2}/qos/rule-types").json["rule_types"]) == 5
    assert message(http.get(f"{V2}/qos/rule-types/dscp_marking")) == (403, "NotAuthorized", "Not authorized.")
    drivers = admin.get(f"{V2}/qos/rule-types/dscp_marking").json["rule_type"]["drivers"]
    assert drivers[0]["supported_parameters"][0]["parameter_type"] == "choices"
