"""The security groups of a server are those of its ports (nova/network/security_group_api.py)."""

from __future__ import annotations

import pytest


@pytest.fixture
def act(http, path):
    def send(key, name):
        return http.post(f"{path}/action", json={key: {"name": name}})

    return send


@pytest.fixture
def group(http):
    """A group with one rule."""
    made = http.post("/network/v2.0/security-groups", json={"security_group": {"name": "ssh"}}).json[
        "security_group"
    ]
    rule = {"security_group_id": made["id"], "direction": "ingress", "protocol": "tcp", "port_range_min": 22}
    http.post(
        "/network/v2.0/security-group-rules", json={"security_group_rule": {**rule, "port_range_max": 22}}
    )
    return made


def names(http, path):
    return [group["name"] for group in http.get(f"{path}/os-security-groups").json["security_groups"]]


def test_a_group_comes_by_its_name_and_goes_by_its_id(http, path, act, group):
    assert act("addSecurityGroup", "ssh").status_code == 202
    assert names(http, path) == ["default", "ssh"]
    assert act("removeSecurityGroup", group["id"]).status_code == 202
    assert names(http, path) == ["default"]


def test_a_group_guards_every_port(http, path, act, group):
    network = http.get(f"{path}/os-interface").json["interfaceAttachments"][0]["net_id"]
    http.post(f"{path}/os-interface", json={"interfaceAttachment": {"net_id": network}})
    act("addSecurityGroup", "ssh")
    assert names(http, path) == ["default", "default", "ssh", "ssh"]


def test_a_group_tells_what_may_come_in(http, path, act, group):
    act("addSecurityGroup", "ssh")
    shown = http.get(f"{path}/os-security-groups").json["security_groups"][-1]
    (rule,) = shown["rules"]
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (22, 22, "tcp")
    assert (rule["ip_range"], rule["group"]) == ({"cidr": "0.0.0.0/0"}, {})
    assert rule["parent_group_id"] == shown["id"] == group["id"]


@pytest.mark.parametrize("key", ["addSecurityGroup", "removeSecurityGroup"])
def test_a_group_that_is_not_there(act, server, told, key):
    expected = f"Security group nothing is not found for project {server.project_id}"
    assert told(act(key, "nothing")) == (404, expected)


def test_a_group_that_guards_no_port(act, server, told, group):
    expected = f"Security group ssh not associated with the instance {server.id}"
    assert told(act("removeSecurityGroup", "ssh")) == (404, expected)


def test_two_groups_of_one_name(http, act, told, group):
    http.post("/network/v2.0/security-groups", json={"security_group": {"name": "ssh"}})
    assert told(act("addSecurityGroup", "ssh")) == (
        409, "Multiple security_group matches found for name 'ssh', use an ID to be more specific.",
    )  # fmt: skip


def test_a_server_without_ports(http, cloud, path, server, act, told):
    port = http.get(f"{path}/os-interface").json["interfaceAttachments"][0]["port_id"]
    http.delete(f"{path}/os-interface/{port}")
    cloud.settle()
    expected = f"instance_id {server.id} could not be found as device id on any ports"
    assert told(act("addSecurityGroup", "default")) == (404, expected)


def test_a_lock_is_no_hindrance(http, path, act, group):
    http.post(f"{path}/action", json={"lock": None})
    assert act("addSecurityGroup", "ssh").status_code == 202
