"""Networks: what they are, whose they are, and what stands in the way of deleting them."""

import pytest

NETWORKS = "/network/v2.0/networks"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


def test_a_new_network_is_active_and_ones_own(http, new_network):
    made = new_network(name="a")
    assert made["status"] == "ACTIVE"
    assert made["project_id"] == made["tenant_id"] == http.token.project_id
    assert (made["name"], made["shared"], made["router:external"], made["subnets"]) == ("a", False, False, [])
    assert (made["admin_state_up"], made["port_security_enabled"], made["mtu"]) == (True, True, 1442)


def test_a_network_has_the_attributes_of_everything(new_network):
    made = new_network()
    assert (made["description"], made["tags"], made["revision_number"]) == ("", [], 1)
    assert made["created_at"] == made["updated_at"] == "2026-01-01T00:00:00Z"


def test_what_a_network_is_made_of_is_for_admins(http, named):
    assert "provider:network_type" not in named("networks", "public")
    shown = named("networks", "public", http.as_("admin", "admin"))
    assert (shown["provider:network_type"], shown["provider:physical_network"]) == ("flat", "public")


def test_several_networks_are_made_at_once(http):
    answer = http.post(NETWORKS, json={"networks": [{"name": "a"}, {"name": "b"}]})
    assert answer.status_code == 201
    assert [network["name"] for network in answer.json["networks"]] == ["a", "b"]


def test_of_several_networks_all_are_made_or_none(http):
    before = http.get(NETWORKS).json
    assert (
        http.post(NETWORKS, json={"networks": [{"name": "a"}, {"name": "b", "shared": True}]}).status_code
        == 403
    )
    assert http.get(NETWORKS).json == before


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": 5}, "Invalid input for name. Reason: '5' is not a valid string."),
        (
            {"name": "x" * 256},
            f"Invalid input for name. Reason: '{'x' * 256}' exceeds maximum length of 255.",
        ),
        ({"colour": "red"}, "Unrecognized attribute(s) 'colour'"),
        ({"status": "ACTIVE"}, "Attribute 'status' not allowed in POST"),
        ({"admin_state_up": "maybe"}, "Invalid input for operation: 'maybe' cannot be converted to boolean."),
        ({"mtu": 9000}, "Invalid input for operation: Requested MTU is too big, maximum is 1442."),
    ],
)
def test_a_bad_network_is_refused(http, fields, reason):
    assert message(http.post(NETWORKS, json={"network": fields})) == (400, reason)


def test_only_admins_share(http):
    assert message(http.post(NETWORKS, json={"network": {"shared": True}})) == (
        403, "(rule:create_network and rule:create_network:shared) is disallowed by policy",
    )  # fmt: skip


def test_what_is_set_to_its_default_is_not_asked_about(new_network):
    assert new_network(shared=False)["shared"] is False


def test_readers_make_no_networks(cloud, http):
    from fakecompute.domain.identity import issue_token
    from fakecompute.domain.records.identity import Project, User

    user = cloud.store.one(User, "name", ("default", "demo"))
    project = cloud.store.one(Project, "name", ("default", "demo"))
    token = issue_token(cloud, user, project=project, roles=("reader",))
    answer = http.post(NETWORKS, json={"network": {}}, headers={"X-Auth-Token": token.id})
    assert message(answer) == (403, "rule:create_network is disallowed by policy")


def test_an_owner_other_than_oneself_is_for_admins(http):
    answer = http.post(NETWORKS, json={"network": {"tenant_id": "0" * 32}})
    assert message(answer) == (
        400,
        "Specifying 'project_id' other than the authenticated project in request is not allowed for the current"
        " user.",
    )


def test_an_admin_makes_networks_for_others(http, new_network):
    made = new_network(http.as_("admin", "admin"), project_id=http.token.project_id)
    assert http.get(f"{NETWORKS}/{made['id']}").status_code == 200


def test_anothers_network_is_not_there(http, new_network):
    made = new_network()
    answer = http.as_("alt_demo", "alt_demo").get(f"{NETWORKS}/{made['id']}")
    assert answer.json["NeutronError"] == {
        "type": "NetworkNotFound",
        "message": f"Network {made['id']} could not be found.",
        "detail": "",
    }


def test_shared_and_external_networks_are_there_for_all(http):
    shown = http.as_("alt_demo", "alt_demo").get(NETWORKS).json["networks"]
    assert sorted(network["name"] for network in shown) == ["private", "public"]


def test_a_shared_network_is_its_owners_to_change(http, named):
    private = named("networks", "private")
    answer = http.as_("alt_demo", "alt_demo").put(
        f"{NETWORKS}/{private['id']}", json={"network": {"name": "x"}}
    )
    assert message(answer) == (403, "rule:update_network is disallowed by policy")


def test_an_update_is_a_revision(cloud, http, new_network):
    made = new_network()
    cloud.advance(5)
    shown = http.put(f"{NETWORKS}/{made['id']}", json={"network": {"name": "b"}}).json["network"]
    assert (shown["name"], shown["revision_number"]) == ("b", made["revision_number"] + 1)
    assert shown["updated_at"] == "2026-01-01T00:00:05Z"


def test_an_update_may_insist_on_a_revision(http, new_network):
    made = new_network()
    answer = http.put(
        f"{NETWORKS}/{made['id']}", json={"network": {"name": "b"}}, headers={"If-Match": "revision_number=7"}
    )
    assert message(answer) == (412, "Constrained to 7, but current revision is 1")


def test_what_cannot_be_changed_is_refused(http, new_network):
    answer = http.put(f"{NETWORKS}/{new_network()['id']}", json={"network": {"id": "x"}})
    assert message(answer) == (400, "Cannot update read-only attribute id")


def test_a_network_goes_with_its_subnets(http, new_network, new_subnet):
    network = new_network()
    subnet = new_subnet(network)
    assert http.delete(f"{NETWORKS}/{network['id']}").status_code == 204
    assert http.get(f"/network/v2.0/subnets/{subnet['id']}").status_code == 404


def test_a_network_with_ports_stays(http, new_network, new_port):
    network = new_network()
    port = new_port(network)
    assert message(http.delete(f"{NETWORKS}/{network['id']}")) == (
        409,
        f"Unable to complete operation on network {network['id']}. There are one or more ports still in use on the"
        f" network, id for these ports is: {port['id']}.",
    )


def test_a_network_that_others_use_stays_shared(http, named, new_port):
    private = named("networks", "private")
    new_port(private, http.as_("alt_demo", "alt_demo"))
    answer = http.as_("admin", "admin").put(
        f"{NETWORKS}/{private['id']}", json={"network": {"shared": False}}
    )
    assert message(answer) == (
        409,
        f"Unable to reconfigure sharing settings for network {private['id']}. Multiple projects are using it.",
    )


def test_a_network_with_gateways_stays_external(http, named):
    public = named("networks", "public")
    answer = http.as_("admin", "admin").put(
        f"{NETWORKS}/{public['id']}", json={"network": {"router:external": False}}
    )
    assert answer.json["NeutronError"]["type"] == "ExternalNetworkInUse"


def test_a_flat_network_takes_its_wire(http):
    wish = {"provider:network_type": "flat", "provider:physical_network": "public"}
    answer = http.as_("admin", "admin").post(NETWORKS, json={"network": wish})
    assert message(answer) == (
        409, "Unable to create the flat network. Physical network public is in use.",
    )  # fmt: skip


def test_there_are_no_qos_policies(http, new_network):
    id = "00000000-0000-4000-8000-000000000000"
    answer = http.post(NETWORKS, json={"network": {"qos_policy_id": id}})
    assert message(answer) == (404, f"QoS policy {id} could not be found.")
