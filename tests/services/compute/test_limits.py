"""Limits through the versions: spec/quotas.yaml, `limits`."""

import pytest

LIMITS = "/compute/v2.1/limits"
ALWAYS = {
    *("maxTotalCores", "maxTotalInstances", "maxTotalKeypairs", "maxServerMeta", "maxTotalRAMSize"),
    *("maxServerGroups", "maxServerGroupMembers"),
    *("totalRAMUsed", "totalCoresUsed", "totalInstancesUsed", "totalServerGroupsUsed"),
}
FILES = {"maxPersonality", "maxPersonalitySize"}
NETWORK = {
    *("maxTotalFloatingIps", "maxSecurityGroups", "maxSecurityGroupRules"),
    *("totalFloatingIpsUsed", "totalSecurityGroupsUsed"),
}


def absolute(client, version=None, query=""):
    return client.get(LIMITS + query, version=version).json["limits"]["absolute"]


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("2.1", ALWAYS | FILES | NETWORK | {"maxImageMeta"}),
        ("2.35", ALWAYS | FILES | NETWORK | {"maxImageMeta"}),
        ("2.36", ALWAYS | FILES | {"maxImageMeta"}),
        ("2.39", ALWAYS | FILES),
        ("2.57", ALWAYS),
    ],
)
def test_what_is_shown(http, version, names):
    assert absolute(http, version).keys() == names


def test_there_are_no_rates(http):
    assert http.get(LIMITS).json["limits"]["rate"] == []


def test_a_limit_is_that_of_the_project(http):
    project = http.token.project_id
    http.as_("admin").put(f"/compute/v2.1/os-quota-sets/{project}", json={"quota_set": {"cores": 7}})
    assert absolute(http)["maxTotalCores"] == 7


def test_server_groups_are_counted(http):
    group = {"name": "a", "policies": ["affinity"]}
    http.post("/compute/v2.1/os-server-groups", json={"server_group": group})
    assert absolute(http)["totalServerGroupsUsed"] == 1


def test_only_an_admin_asks_for_others(http):
    query = f"?tenant_id={http.token.project_id}"
    assert http.get(LIMITS + query).status_code == 403
    assert absolute(http.as_("admin"), query=query)["maxTotalCores"] == 20


def test_unknown_parameters_are_refused_from_2_75_on(http):
    assert http.get(f"{LIMITS}?reserved=1", version="2.74").status_code == 200
    assert http.get(f"{LIMITS}?reserved=1", version="2.75").status_code == 400
