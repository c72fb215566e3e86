"""Security groups and their rules."""

import pytest

GROUPS = "/network/v2.0/security-groups"
RULES = "/network/v2.0/security-group-rules"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


def kind(answer):
    return answer.status_code, answer.json["NeutronError"]["type"]


@pytest.fixture
def group(http):
    return http.post(GROUPS, json={"security_group": {"name": "web"}}).json["security_group"]


def ask(http, group, **fields):
    body = {"security_group_id": group["id"], "direction": "ingress", **fields}
    return http.post(RULES, json={"security_group_rule": body})


def outline(group):
    rules = group["security_group_rules"]
    return sorted((rule["direction"], rule["ethertype"], rule["remote_group_id"] or "any") for rule in rules)


def test_every_project_has_a_default_group(http, named):
    group = named("security-groups", "default")
    assert outline(group) == [
        ("egress", "IPv4", "any"),
        ("egress", "IPv6", "any"),
        ("ingress", "IPv4", group["id"]),
        ("ingress", "IPv6", group["id"]),
    ]
    assert all(rule["belongs_to_default_sg"] for rule in group["security_group_rules"])


def test_a_new_group_lets_everything_out(group):
    assert outline(group) == [("egress", "IPv4", "any"), ("egress", "IPv6", "any")]
    assert (group["stateful"], group["shared"]) == (True, False)


def test_there_is_one_default_group(http):
    assert message(http.post(GROUPS, json={"security_group": {"name": "Default"}})) == (
        409, "Default security group already exists.",
    )  # fmt: skip


def test_the_default_group_stays(http, named):
    answer = http.delete(f"{GROUPS}/{named('security-groups', 'default')['id']}")
    assert message(answer) == (409, "Insufficient rights for removing default security group.")


def test_the_default_group_keeps_its_name(http, named):
    id = named("security-groups", "default")["id"]
    answer = http.put(f"{GROUPS}/{id}", json={"security_group": {"name": "other"}})
    assert message(answer) == (409, "Updating default security group not allowed.")


def test_a_group_in_use_stays(http, group, named, new_port):
    new_port(named("networks", "private"), security_groups=[group["id"]])
    assert message(http.delete(f"{GROUPS}/{group['id']}")) == (409, f"Security Group {group['id']} in use.")


def test_a_group_goes_with_its_rules(http, group):
    rule = ask(http, group, protocol="icmp").json["security_group_rule"]
    assert http.delete(f"{GROUPS}/{group['id']}").status_code == 204
    assert http.get(f"{RULES}/{rule['id']}").status_code == 404


def test_anothers_group_is_not_there(http, group):
    answer = http.as_("alt_demo", "alt_demo").get(f"{GROUPS}/{group['id']}")
    assert message(answer) == (404, f"Security group {group['id']} does not exist")


def test_groups_have_a_quota(http):
    for number in range(9):  # beside the default one
        assert http.post(GROUPS, json={"security_group": {"name": f"g{number}"}}).status_code == 201
    assert message(http.post(GROUPS, json={"security_group": {"name": "one more"}})) == (
        409, "Quota exceeded for resources: ['security_group'].",
    )  # fmt: skip


def test_a_rule_is_shown_as_it_was_meant(http, group):
    answer = ask(
        http, group, protocol="TCP", port_range_min="22", port_range_max=22, remote_ip_prefix="10.0.0.7/24"
    )
    rule = answer.json["security_group_rule"]
    assert (rule["protocol"], rule["port_range_min"], rule["port_range_max"]) == ("tcp", 22, 22)
    assert (rule["remote_ip_prefix"], rule["normalized_cidr"]) == ("10.0.0.7/24", "10.0.0.0/24")
    assert (rule["ethertype"], rule["belongs_to_default_sg"]) == ("IPv4", False)


def test_a_rule_makes_the_group_a_revision_further(http, group):
    ask(http, group, protocol="icmp")
    shown = http.get(f"{GROUPS}/{group['id']}").json["security_group"]
    assert shown["revision_number"] == group["revision_number"] + 1


def test_the_same_rule_is_there_once(http, group):
    rule = ask(http, group, protocol="icmp").json["security_group_rule"]
    assert message(ask(http, group, protocol="icmp")) == (
        409, f"Security group rule already exists. Rule id is {rule['id']}.",
    )  # fmt: skip


def test_all_ports_are_no_ports(http, group):
    rule = ask(http, group, protocol="tcp", port_range_min=1, port_range_max=65535).json[
        "security_group_rule"
    ]
    assert (rule["port_range_min"], rule["port_range_max"]) == (None, None)


def test_icmp_of_ipv6_has_its_own_name(http, group):
    rule = ask(http, group, protocol="icmp", ethertype="ipv6").json["security_group_rule"]
    assert (rule["ethertype"], rule["protocol"]) == ("IPv6", "ipv6-icmp")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"direction": "up"}, "Invalid input for direction. Reason: up is not in valid_values."),
        ({"port_range_min": 1, "port_range_max": 2}, "Must also specify protocol if port range is given."),
        (
            {"protocol": "tcp", "port_range_min": 2, "port_range_max": 1},
            "For TCP/UDP protocols, port_range_min must be <= port_range_max",
        ),
        ({"protocol": "tcp", "port_range_min": 0, "port_range_max": 1}, "Invalid value for port 0"),
        ({"protocol": "tcp", "port_range_min": "x"}, "Invalid value for port x"),
        (
            {"protocol": "icmp", "port_range_min": 256},
            "Invalid value for ICMP type (port_range_min) 256. It must be 0 to 255.",
        ),
        (
            {"protocol": "icmp", "port_range_max": 5},
            "ICMP code (port-range-max) 5 is provided but ICMP type (port-range-min) is missing.",
        ),
        ({"protocol": "ipv6-icmp"}, "Invalid ethertype IPv4 for protocol ipv6-icmp."),
        ({"remote_ip_prefix": "fd00::/64"}, "Conflicting value ethertype IPv4 for CIDR fd00::/64"),
        ({"remote_ip_prefix": "x"}, "Invalid CIDR x given as IP prefix."),
    ],
)
def test_a_bad_rule_is_refused(http, group, fields, reason):
    assert message(ask(http, group, **fields)) == (400, reason)


def test_a_rule_has_one_remote(http, group):
    answer = ask(http, group, remote_ip_prefix="10.0.0.0/8", remote_group_id=group["id"])
    assert kind(answer) == (400, "SecurityGroupMultipleRemoteEntites")


def test_a_rule_of_anothers_group_is_not_made(http, group):
    answer = ask(http.as_("alt_demo", "alt_demo"), group)
    assert message(answer) == (403, "rule:create_security_group_rule is disallowed by policy")


def test_rules_are_never_changed(http, group):
    rule = group["security_group_rules"][0]
    assert http.put(f"{RULES}/{rule['id']}", json={"security_group_rule": {}}).status_code == 405


def test_a_rule_is_deleted(http, group):
    rule = group["security_group_rules"][0]
    assert http.delete(f"{RULES}/{rule['id']}").status_code == 204
    assert message(http.get(f"{RULES}/{rule['id']}")) == (
        404, f"Security group rule {rule['id']} does not exist",
    )  # fmt: skip
