"""RBAC policies: who sees and uses what belongs to another project.  Answers observed of a real Neutron."""

import pytest

V2 = "/network/v2.0"
POLICIES = f"{V2}/rbac-policies"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


@pytest.fixture
def other(http):
    return http.as_("alt_demo", "alt_demo")


@pytest.fixture
def share(http, other):
    """`share(network)`: with alt_demo, unless told otherwise."""

    def make(record, kind="network", client=http, target=None, action="access_as_shared"):
        body = {"object_type": kind, "object_id": record["id"], "action": action}
        return client.post(
            POLICIES, json={"rbac_policy": {**body, "target_tenant": target or other.token.project_id}}
        )

    return make


def test_a_shared_network_is_there_for_the_project_that_is_named(http, other, share, new_network):
    network = new_network()
    assert other.get(f"{V2}/networks/{network['id']}").status_code == 404
    assert share(network).status_code == 201
    assert other.get(f"{V2}/networks/{network['id']}").json["network"]["shared"] is True
    assert http.get(f"{V2}/networks/{network['id']}").json["network"]["shared"] is False


def test_it_may_be_used_but_not_changed(other, share, new_network, new_subnet, new_port):
    network = new_network()
    new_subnet(network)
    share(network)
    assert new_port(network, other)["fixed_ips"]
    refused = other.put(f"{V2}/networks/{network['id']}", json={"network": {"name": "mine"}})
    assert message(refused) == (403, "rule:update_network is disallowed by policy")


def test_a_server_boots_on_it(other, share, new_network, new_subnet):
    network = new_network()
    new_subnet(network)
    share(network)
    image = other.get("/image/v2/images").json["images"][0]["id"]
    body = {"name": "s", "flavorRef": "42", "imageRef": image, "networks": [{"uuid": network["id"]}]}
    assert other.post("/compute/v2.1/servers", json={"server": body}).status_code == 202


def test_the_same_policy_is_not_made_twice(share, new_network):
    network = new_network()
    share(network)
    assert message(share(network)) == (409, "An RBAC policy already exists with those values.")


def test_only_admins_share_with_everybody(share, new_network):
    refused = share(new_network(), target="*")
    assert refused.status_code == 403
    assert "rule:create_rbac_policy:target_tenant" in refused.text


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"object_type": "bogus"}, "Invalid input for operation: 'bogus' is not a valid RBAC object type."),
        (
            {"target_tenant": "xyz"},
            "Invalid input for operation: 'xyz' is not a valid target project ID; expected a UUID or '*'.",
        ),
        (
            {"action": "bogus"},
            "Invalid action 'bogus' for object type 'network'. Valid actions: ('access_as_shared',"
            " 'access_as_external')",
        ),
        ({"object_id": "zzz"}, "Invalid input for object_id. Reason: 'zzz' is not a valid UUID."),
    ],
)
def test_a_bad_policy_is_refused(http, new_network, fields, reason):
    body = {"object_type": "network", "object_id": new_network()["id"], "action": "access_as_shared"}
    asked = {**body, "target_tenant": "e" * 32, **fields}
    assert message(http.post(POLICIES, json={"rbac_policy": asked})) == (400, reason)


def test_a_policy_that_somebody_lives_on_stays(http, other, share, new_network, new_port):
    network = new_network()
    policy = share(network).json["rbac_policy"]
    port = new_port(network, other)
    refused = http.delete(f"{POLICIES}/{policy['id']}")
    assert refused.status_code == 409
    assert refused.json["NeutronError"]["type"] == "RbacPolicyInUse"
    other.delete(f"{V2}/ports/{port['id']}")
    assert http.delete(f"{POLICIES}/{policy['id']}").status_code == 204
    assert other.get(f"{V2}/networks/{network['id']}").status_code == 404


def test_shared_is_a_policy_for_everybody(http, new_network):
    admin, network = http.as_("admin", "admin"), new_network()
    admin.put(f"{V2}/networks/{network['id']}", json={"network": {"shared": True}})
    found = admin.get(f"{POLICIES}?object_id={network['id']}").json["rbac_policies"]
    assert [(p["action"], p["target_tenant"]) for p in found] == [("access_as_shared", "*")]
    admin.delete(f"{POLICIES}/{found[0]['id']}")
    assert admin.get(f"{V2}/networks/{network['id']}").json["network"]["shared"] is False


def test_a_network_can_be_external_for_one_project(http, other, share, new_network, new_subnet):
    network = new_network()
    new_subnet(network)
    policy = share(network, action="access_as_external").json["rbac_policy"]
    assert http.get(f"{V2}/networks/{network['id']}").json["network"]["router:external"] is True
    gateway = {"external_gateway_info": {"network_id": network["id"]}}
    router = other.post(f"{V2}/routers", json={"router": gateway}).json["router"]
    assert http.delete(f"{POLICIES}/{policy['id']}").status_code == 409
    other.delete(f"{V2}/routers/{router['id']}")
    assert http.delete(f"{POLICIES}/{policy['id']}").status_code == 204
    assert http.get(f"{V2}/networks/{network['id']}").json["network"]["router:external"] is False


@pytest.mark.parametrize(
    ("kind", "path", "fields"),
    [
        ("security_group", "security-groups", {"name": "a"}),
        ("address_group", "address-groups", {"name": "a"}),
        ("address_scope", "address-scopes", {"name": "a", "ip_version": 4}),
        ("subnetpool", "subnetpools", {"name": "a", "prefixes": ["10.0.0.0/8"]}),
    ],
)
def test_other_things_are_shared_in_the_same_way(http, other, share, kind, path, fields):
    made = http.post(f"{V2}/{path}", json={kind: fields}).json[kind]
    policy = share(made, kind).json["rbac_policy"]
    assert other.get(f"{V2}/{path}/{made['id']}").status_code == 200
    assert other.delete(f"{V2}/{path}/{made['id']}").status_code == 403
    assert http.delete(f"{V2}/{path}/{made['id']}").status_code == 204
    assert http.get(f"{POLICIES}/{policy['id']}").status_code == 404


def test_a_policy_is_its_owners_alone(http, other, share, new_network):
    policy = share(new_network()).json["rbac_policy"]
    assert message(other.delete(f"{POLICIES}/{policy['id']}")) == (
        404, f"RBAC policy of type unknown with ID {policy['id']} not found",
    )  # fmt: skip
