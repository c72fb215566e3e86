"""Flavors of routers and their profiles."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]



def test_a_profile_that_a_flavor_has_stays(http):
    admin = http.as_("admin")
    flavor = admin.post(f"{V2}/flavors", json={"flavor": {"service_type": "L3_ROUTER_NAT"}}).json["flavor"]
    body = {"service_profile": {"metainfo": "{}"}}
    profile = admin.post(f"{V2}/service_profiles", json=body).json["service_profile"]
    link = {"service_profile": {"id": profile["id"]}}
    at = f"{V2}/flavors/{flavor['id']}/service_profiles"
    assert admin.post(at, json=link).status_code == 201
    assert message(admin.post(at, json=link))[1] == "FlavorServiceProfileBindingExists"
    assert message(admin.delete(f"{V2}/service_profiles/{profile['id']}"))[1] == "ServiceProfileInUse"
    assert admin.delete(f"{at}/{profile['id']}").status_code == 204
    assert admin.delete(f"{V2}/service_profiles/{profile['id']}").status_code == 204


@pytest.mark.parametrize(
    "body,status,type",
    [
        ({}, 400, "ServiceProfileEmpty"),
        ({"driver": "foo"}, 404, "ServiceProfileDriverNotFound"),
    ],
)
def test_a_profile_says_something(http, body, status, type):
    refused = http.as_("admin").post(f"{V2}/service_profiles", json={"service_profile": body})
    assert message(refused)[:2] == (status, type)


def test_members_read_flavors_only(http):
    assert http.get(f"{V2}/flavors").json == {"flavors": []}
    assert http.get(f"{V2}/service_profiles").json == {"service_profiles": []}
    body = {"flavor": {"service_type": "L3_ROUTER_NAT"}}
    assert message(http.post(f"{V2}/flavors", json=body))[2] == "rule:create_flavor is disallowed by policy"
