"""Quotas: read by their project, set by admins."""

import pytest

QUOTAS = "/network/v2.0/quotas"
DEFAULTS = {
    "network": 100,
    "subnet": 100,
    "port": 500,
    "security_group": 10,
    "security_group_rule": 100,
    "router": 10,
}


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def mine(http):
    return f"{QUOTAS}/{http.token.project_id}"


def test_the_defaults_are_neutrons(http, mine):
    quota = http.get(mine).json["quota"]
    assert {name: quota[name] for name in DEFAULTS} == DEFAULTS
    assert http.get(f"{mine}/default").json["quota"] == quota


def test_details_count_what_there_is(http, mine, new_network):
    new_network()
    assert http.get(f"{mine}/details").json["quota"]["network"] == {"limit": 100, "used": 2, "reserved": 0}


def test_a_default_security_group_counts(http, mine):
    quota = http.get(f"{mine}/details").json["quota"]
    assert (quota["security_group"]["used"], quota["security_group_rule"]["used"]) == (1, 4)


def test_anothers_quota_is_not_read(http, mine):
    answer = http.as_("alt_demo", "alt_demo").get(mine)
    assert message(answer) == (403, "rule:get_quota is disallowed by policy")


def test_only_admins_set_quotas(http, mine):
    assert http.put(mine, json={"quota": {"network": 5}}).status_code == 403


def test_a_quota_is_set_and_forgotten(http, mine):
    admin = http.as_("admin", "admin")
    assert admin.put(mine, json={"quota": {"network": 5}}).json["quota"]["network"] == 5
    assert [quota["project_id"] for quota in admin.get(QUOTAS).json["quotas"]] == [http.token.project_id]
    assert admin.delete(mine).status_code == 204
    assert http.get(mine).json["quota"]["network"] == 100


def test_a_quota_is_not_below_what_is_used(http, mine):
    answer = http.as_("admin", "admin").put(mine, json={"quota": {"network": 0}})
    assert message(answer) == (
        400, "Quota limit 0 for network must be greater than or equal to already used 1",
    )  # fmt: skip


def test_a_quota_may_be_forced(http, mine):
    answer = http.as_("admin", "admin").put(mine, json={"quota": {"network": 0, "force": True}})
    assert answer.json["quota"]["network"] == 0


def test_an_unknown_resource_has_no_quota(http, mine):
    answer = http.as_("admin", "admin").put(mine, json={"quota": {"horses": 5}})
    assert message(answer) == (400, "Unrecognized attribute(s) 'horses'")


@pytest.mark.parametrize(
    ("collection", "body"),
    [("networks", {"network": {}}), ("routers", {"router": {}})],
    ids=["network", "router"],
)
def test_a_full_quota_stops_what_it_counts(http, mine, collection, body):
    noun = next(iter(body))
    http.as_("admin", "admin").put(mine, json={"quota": {noun: 1}})
    answer = http.post(f"/network/v2.0/{collection}", json=body)
    assert message(answer) == (409, f"Quota exceeded for resources: ['{noun}'].")
