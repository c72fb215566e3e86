"""How Neutron answers what is not about a resource: discovery, and errors."""


V2 = "/network/v2.0"


def error(answer):
    assert set(answer.json["NeutronError"]) == {"type", "message", "detail"}
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]


def test_discovery_needs_no_token(http):
    answer = http.get("/network/", headers={"X-Auth-Token": None})
    assert answer.status_code == 200
    assert answer.json == {
        "versions": [
            {
                "id": "v2.0",
                "status": "CURRENT",
                "links": [{"rel": "self", "href": "http://localhost/network/v2.0/"}],
            }
        ]
    }


def test_the_version_lists_the_core_resources(http):
    answer = http.get(f"{V2}/")
    assert {entry["collection"] for entry in answer.json["resources"]} == {
        "networks", "subnets", "subnetpools", "ports",
    }  # fmt: skip


def test_every_answer_names_its_request(http):
    assert http.get(f"{V2}/networks").headers["X-Openstack-Request-Id"].startswith("req-")


def test_without_a_token_keystone_is_pointed_to(http):
    answer = http.get(f"{V2}/networks", headers={"X-Auth-Token": None})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Keystone uri="http://localhost/identity"'


def test_an_unknown_path_is_a_404_in_json(http):
    assert error(http.get(f"{V2}/nonsense")) == (404, "HTTPNotFound", "The resource could not be found.")


def test_an_unknown_method_is_a_405(http):
    assert error(http.patch(f"{V2}/networks"))[:2] == (405, "HTTPMethodNotAllowed")


def test_broken_json_is_refused(http):
    answer = http.post(f"{V2}/networks", content=b"{", headers={"Content-Type": "application/json"})
    assert error(answer) == (400, "HTTPBadRequest", "Body contains invalid data")


def test_a_body_is_required(http):
    assert error(http.post(f"{V2}/networks")) == (400, "HTTPBadRequest", "Resource body required")


def test_a_body_is_under_its_noun(http):
    assert error(http.post(f"{V2}/networks", json={"net": {}})) == (
        400, "HTTPBadRequest", "Unable to find 'network' in request body",
    )  # fmt: skip


def test_there_are_no_floating_ips(http):
    assert http.get(f"{V2}/floatingips", params={"fixed_ip_address": "10.0.0.2"}).json == {"floatingips": []}


def test_extensions_are_listed(http):
    aliases = {extension["alias"] for extension in http.get(f"{V2}/extensions").json["extensions"]}
    assert {"router", "security-group", "binding", "port-security", "standard-attr-tag", "quotas"} <= aliases


def test_what_is_done_is_an_extension_and_nothing_else(http):
    aliases = {extension["alias"] for extension in http.get(f"{V2}/extensions").json["extensions"]}
    assert {"trunk", "qos", "rbac-policies", "subnet_allocation", "address-group", "segment"} <= aliases
    assert not aliases & {"dns-domain-ports", "subnet-dns-publish-fixed-ip", "port-mac-address-regenerate"}


def test_an_unknown_extension_is_not_found(http):
    assert error(http.get(f"{V2}/extensions/bgp")) == (
        404, "HTTPNotFound", "Extension with alias bgp does not exist",
    )  # fmt: skip


def test_agents_are_hidden_from_all_but_admins(http):
    id = http.as_("admin", "admin").get(f"{V2}/agents").json["agents"][0]["id"]
    assert http.get(f"{V2}/agents").json == {"agents": []}
    assert http.get(f"{V2}/agents/{id}").status_code == 404


def test_every_host_has_an_agent(http):
    wanted = {"binary": "neutron-openvswitch-agent"}
    agents = http.as_("admin", "admin").get(f"{V2}/agents", params=wanted).json["agents"]
    found = {(agent["host"], agent["alive"]) for agent in agents}
    assert found == {("compute-1", True), ("compute-2", True)}
