"""Agents, and what they carry."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]


NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def admin(http):
    return http.as_("admin")


@pytest.fixture
def of_type(admin):
    return lambda type: admin.get(f"{V2}/agents", params={"agent_type": type}).json["agents"][0]


def test_members_see_none(http, of_type):
    assert http.get(f"{V2}/agents").json["agents"] == []
    hidden = message(http.get(f"{V2}/agents/{of_type('L3 agent')['id']}"))
    assert hidden == (404, "HTTPNotFound", "The resource could not be found.")


def test_they_are_described_and_switched_off(admin, of_type):
    agent = of_type("L3 agent")
    body = {"agent": {"description": "east", "admin_state_up": False}}
    changed = admin.put(f"{V2}/agents/{agent['id']}", json=body).json["agent"]
    assert (changed["description"], changed["admin_state_up"]) == ("east", False)
    fixed = admin.put(f"{V2}/agents/{agent['id']}", json={"agent": {"host": "x"}})
    assert message(fixed)[2] == "Cannot update read-only attribute host"


def test_one_that_lives_reports_again_after_it_was_deleted(cloud, admin, of_type):
    agent = of_type("DHCP agent")
    assert admin.delete(f"{V2}/agents/{agent['id']}").status_code == 204
    assert message(admin.get(f"{V2}/agents/{agent['id']}"))[1] == "AgentNotFound"
    cloud.advance(60)
    assert of_type("DHCP agent")["id"] != agent["id"]


def test_a_router_is_on_one_agent(admin, of_type, named):
    agent, router = of_type("L3 agent"), named("routers", "router1")
    at = f"{V2}/agents/{agent['id']}/l3-routers"
    carrying = f"{V2}/routers/{router['id']}/l3-agents"
    assert [one["id"] for one in admin.get(carrying).json["agents"]] == [agent["id"]]
    assert admin.delete(f"{at}/{router['id']}").status_code == 204
    assert admin.get(carrying).json["agents"] == []
    given = admin.post(at, json={"router_id": router["id"]})
    assert (given.status_code, given.content) == (201, b"null")
    assert [one["id"] for one in admin.get(at).json["routers"]] == [router["id"]]


def test_other_agents_carry_no_routers(admin, of_type, named):
    ovs = of_type("Open vSwitch agent")
    refused = admin.post(
        f"{V2}/agents/{ovs['id']}/l3-routers", json={"router_id": named("routers", "router1")["id"]}
    )
    assert message(refused) == (
        404, "InvalidL3Agent", f"Agent {ovs['id']} is not a L3 Agent or has been disabled",
    )  # fmt: skip


def test_a_network_is_taken_from_its_agent_and_given_back(admin, of_type, named):
    agent, network = of_type("DHCP agent"), named("networks", "private")
    at = f"{V2}/agents/{agent['id']}/dhcp-networks"
    assert message(admin.post(at, json={"network_id": network["id"]}))[1] == "NetworkHostedByDHCPAgent"
    assert admin.delete(f"{at}/{network['id']}").status_code == 204
    assert message(admin.delete(f"{at}/{network['id']}"))[1] == "NetworkNotHostedByDhcpAgent"
    given = admin.post(at, json={"network_id": network["id"]})
    assert (given.status_code, given.content) == (201, b"null")


def test_the_type_of_an_agent_is_found_in_any_case(admin):
    """On MySQL, whose collation is so; tempest.api.network.admin.test_dhcp_agent_scheduler relies on it."""
    found = admin.get(f"{V2}/agents", params={"agent_type": "DHCP Agent"}).json["agents"]
    assert [agent["agent_type"] for agent in found] == ["DHCP agent"]
