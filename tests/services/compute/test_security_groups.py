"""/os-security-groups and /os-security-group-rules: Neutron's groups in Nova's words, the way in alone."""

import re

import pytest

GROUPS, RULES = "/compute/v2.1/os-security-groups", "/compute/v2.1/os-security-group-rules"
NOBODY = "00000000-0000-4000-8000-000000000000"


def refusal(answer):
    """The ids of Neutron's requests are nobody's business."""
    (fault,) = answer.json.values()
    return answer.status_code, re.sub(r"\['req-[0-9a-f-]{36}'\]$", "[...]", fault["message"])


def new(http, name="web"):
    body = {"security_group": {"name": name, "description": "for the web"}}
    return http.post(GROUPS, json=body).json["security_group"]


def rule(http, group, **fields):
    return http.post(RULES, json={"security_group_rule": {"parent_group_id": group["id"], **fields}})


@pytest.fixture
def web(http):
    return new(http)


HTTP = {"ip_protocol": "tcp", "from_port": 80, "to_port": 80}

# --- groups


def test_a_new_group_lets_nothing_in(web):
    assert (web["name"], web["description"], web["rules"]) == ("web", "for the web", [])


def test_the_default_group_lets_its_members_in(http, web):
    (default,) = (group for group in http.get(GROUPS).json["security_groups"] if group["name"] == "default")
    assert [each["group"] for each in default["rules"]] == [
        {"name": "default", "tenant_id": default["tenant_id"]}
    ] * 2
    assert {each["ip_protocol"] for each in default["rules"]} == {None}


def test_a_list_is_in_the_order_of_names(http):
    new(http, "zz"), new(http, "aa")
    assert [group["name"] for group in http.get(GROUPS).json["security_groups"]] == ["aa", "default", "zz"]


def test_an_admin_may_see_all(http, web):
    admin = http.as_("admin")
    assert "web" not in [group["name"] for group in admin.get(GROUPS).json["security_groups"]]
    everybodys = admin.get(GROUPS, params={"all_tenants": "1"}).json["security_groups"]
    assert "web" in [group["name"] for group in everybodys]


def test_a_page_has_a_limit_and_an_offset(http, web):
    assert len(http.get(GROUPS, params={"limit": 1}).json["security_groups"]) == 1
    assert http.get(GROUPS, params={"offset": 2}).json["security_groups"] == []
    assert http.get(GROUPS, params={"limit": -1}).status_code == 400


def test_a_group_is_renamed(http, web):
    body = {"security_group": {"name": "www", "description": ""}}
    changed = http.put(f"{GROUPS}/{web['id']}", json=body).json["security_group"]
    assert (changed["name"], changed["description"]) == ("www", "")


def test_a_group_is_deleted(http, web):
    assert http.delete(f"{GROUPS}/{web['id']}").status_code == 202
    assert refusal(http.get(f"{GROUPS}/{web['id']}")) == (
        404, f"Security group {web['id']} does not exist\nNeutron server returns request_ids: [...]",
    )  # fmt: skip


def test_a_group_in_use_stays(http, web):
    private = http.get("/network/v2.0/networks", params={"name": "private"}).json["networks"][0]
    http.post(
        "/network/v2.0/ports", json={"port": {"network_id": private["id"], "security_groups": [web["id"]]}}
    )
    assert refusal(http.delete(f"{GROUPS}/{web['id']}")) == (
        400, f"Security Group {web['id']} in use.\nNeutron server returns request_ids: [...]",
    )  # fmt: skip


def test_there_is_one_default_group(http):
    body = {"security_group": {"name": "default", "description": ""}}
    assert refusal(http.post(GROUPS, json=body)) == (
        403, "Default security group already exists.\nNeutron server returns request_ids: [...]",
    )  # fmt: skip


def test_the_quota_is_neutrons(http):
    for number in range(9):
        new(http, f"group-{number}")
    body = {"security_group": {"name": "one too many", "description": ""}}
    assert refusal(http.post(GROUPS, json=body)) == (
        403, "Quota exceeded for resources: ['security_group'].\nNeutron server returns request_ids: [...]",
    )  # fmt: skip


def test_a_description_is_wanted(http):
    refused = http.post(GROUPS, json={"security_group": {"name": "web"}})
    assert refused.status_code == 400
    assert refusal(refused)[1].endswith("'description' is a required property")


def test_unknown_keys_do_not_matter(http):
    body = {"security_group": {"name": "web", "description": "", "zzz": 1}, "yyy": 2}
    assert http.post(GROUPS, json=body).status_code == 200


def test_an_id_is_a_uuid(http):
    assert refusal(http.get(f"{GROUPS}/5")) == (400, "Security group id should be uuid")


# --- rules


def test_a_rule_lets_in_from_everywhere(http, web):
    made = rule(http, web, **HTTP).json["security_group_rule"]
    assert made.pop("id")
    assert made == {
        "parent_group_id": web["id"], "ip_protocol": "tcp", "from_port": 80, "to_port": 80, "group": {},
        "ip_range": {"cidr": "0.0.0.0/0"},
    }  # fmt: skip


def test_a_rule_lets_in_members_of_a_group(http, web):
    made = rule(http, web, ip_protocol="tcp", group_id=web["id"]).json["security_group_rule"]
    assert (made["group"]["name"], made["ip_range"]) == ("web", {})
    assert (made["from_port"], made["to_port"]) == (1, 65535)


def test_icmp_of_all_types(http, web):
    made = rule(http, web, ip_protocol="icmp", from_port=-1, to_port=-1).json["security_group_rule"]
    assert (made["from_port"], made["to_port"]) == (-1, -1)


def test_a_rule_of_an_ipv6_range_is_neutrons_ipv6(http, web):
    made = rule(http, web, **HTTP, cidr="2001:db8::/32").json["security_group_rule"]
    neutrons = http.get(f"/network/v2.0/security-group-rules/{made['id']}").json["security_group_rule"]
    assert (neutrons["ethertype"], neutrons["remote_ip_prefix"]) == ("IPv6", "2001:db8::/32")


def test_what_may_go_out_is_not_shown(http, web):
    made = rule(http, web, **HTTP).json["security_group_rule"]
    assert http.get(f"{GROUPS}/{web['id']}").json["security_group"]["rules"] == [made]


def test_a_rule_is_taken_back(http, web):
    made = rule(http, web, **HTTP).json["security_group_rule"]
    assert http.delete(f"{RULES}/{made['id']}").status_code == 202
    assert http.get(f"{GROUPS}/{web['id']}").json["security_group"]["rules"] == []
    assert refusal(http.delete(f"{RULES}/{made['id']}")) == (
        404, f"Security group rule {made['id']} does not exist\nNeutron server returns request_ids: [...]",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Not enough parameters to build a valid rule."),
        ({"ip_protocol": "tcp"}, "Not enough parameters to build a valid rule."),
        ({**HTTP, "cidr": "10.0.0.0"}, "10.0.0.0 is not a valid IP network."),
        ({**HTTP, "cidr": "10.0.0.0/0"}, "Bad prefix for network in cidr 10.0.0.0/0"),
        ({**HTTP, "ip_protocol": "egp"}, "Invalid IP protocol egp."),
        ({**HTTP, "from_port": "a"}, "Invalid input received: To and From ports must be integers"),
        (
            {**HTTP, "from_port": 90},
            "Invalid port range 90:80. Former value cannot be greater than the later",
        ),
        ({**HTTP, "from_port": 0}, "Invalid port range 0:80. Valid TCP ports should be between 1-65535"),
        (
            {"ip_protocol": "icmp", "from_port": 256, "to_port": 0},
            "Invalid port range 256:0. For ICMP, the type:code must be valid",
        ),
    ],
)
def test_rules_that_make_no_sense(http, web, fields, words):
    assert refusal(rule(http, web, **fields)) == (400, words)


def test_a_rule_is_made_once(http, web):
    rule(http, web, **HTTP)
    assert refusal(rule(http, web, **HTTP)) == (400, f"This rule already exists in group {web['id']}")


def test_neutron_may_find_that_it_is_there(http, web):
    made = rule(http, web, **HTTP, group_id=web["id"]).json["security_group_rule"]
    assert refusal(rule(http, web, **HTTP, group_id=web["id"]))[0] in (400, 403)
    assert http.get(f"{GROUPS}/{web['id']}").json["security_group"]["rules"] == [made]


def test_a_rule_wants_a_group_that_is_there(http):
    assert refusal(rule(http, {"id": NOBODY}, **HTTP)) == (
        404, f"Security group {NOBODY} does not exist\nNeutron server returns request_ids: [...]",
    )  # fmt: skip


@pytest.mark.parametrize("path", [GROUPS, f"{GROUPS}/{NOBODY}"])
def test_they_are_gone_in_2_36(http, path):
    assert refusal(http.get(path, version="2.36")) == (404, "The resource could not be found.")
