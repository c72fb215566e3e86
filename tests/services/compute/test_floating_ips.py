"""GET, POST, DELETE /os-floating-ips, GET /os-floating-ip-pools: Neutron's floating IPs in Nova's words."""

import pytest

FLOATING, POOLS = "/compute/v2.1/os-floating-ips", "/compute/v2.1/os-floating-ip-pools"
NOBODY = "00000000-0000-4000-8000-000000000000"


def refusal(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def new(http, **fields):
    return http.post(FLOATING, json={"pool": "public"}).json["floating_ip"]


@pytest.fixture
def public(http):
    return http.get("/network/v2.0/networks", params={"name": "public"}).json["networks"][0]


def test_pools_are_external_networks(http):
    assert http.get(POOLS).json == {"floating_ip_pools": [{"name": "public"}]}


def test_one_is_allocated_from_a_pool(http):
    made = new(http)
    assert (made["pool"], made["fixed_ip"], made["instance_id"]) == ("public", None, None)
    neutrons = http.get(f"/network/v2.0/floatingips/{made['id']}").json["floatingip"]
    assert neutrons["floating_ip_address"] == made["ip"]


def test_a_pool_may_be_named_by_its_id(http, public):
    assert http.post(FLOATING, json={"pool": public["id"]}).json["floating_ip"]["pool"] == "public"


def test_without_a_pool_the_one_called_nova_is_meant(http):
    assert refusal(http.post(FLOATING)) == (404, "Floating IP pool not found.")
    assert refusal(http.post(FLOATING, json={"pool": None})) == (404, "Floating IP pool not found.")


def test_a_pool_is_a_string(http):
    assert http.post(FLOATING, json={"pool": 5}).status_code == 400


def test_it_tells_the_server_that_it_leads_to(http):
    made = new(http)
    private = http.get("/network/v2.0/networks", params={"name": "private"}).json["networks"][0]
    wish = {"network_id": private["id"], "device_id": NOBODY}
    port = http.post("/network/v2.0/ports", json={"port": wish}).json["port"]
    http.put(f"/network/v2.0/floatingips/{made['id']}", json={"floatingip": {"port_id": port["id"]}})
    shown = http.get(f"{FLOATING}/{made['id']}").json["floating_ip"]
    assert shown["instance_id"] == NOBODY
    assert shown["fixed_ip"] in [ip["ip_address"] for ip in port["fixed_ips"]]


def test_a_list_holds_the_projects_own(http):
    made = new(http)
    new(http.as_("admin"))
    assert http.get(FLOATING).json["floating_ips"] == [made]
    assert len(http.as_("admin").get(FLOATING).json["floating_ips"]) == 1


def test_one_is_released(http):
    made = new(http)
    assert http.delete(f"{FLOATING}/{made['id']}").status_code == 202
    assert refusal(http.get(f"{FLOATING}/{made['id']}")) == (
        404,
        f"Floating IP not found for ID {made['id']}",
    )


def test_those_of_others_are_not_there(http):
    made = new(http.as_("admin"))
    assert refusal(http.delete(f"{FLOATING}/{made['id']}")) == (
        404,
        f"Floating IP not found for ID {made['id']}",
    )


def test_the_quota_is_neutrons(http):
    for _ in range(50):
        new(http)
    assert refusal(http.post(FLOATING, json={"pool": "public"})) == (
        403,
        "IP allocation over quota in pool public.",
    )


def test_a_pool_may_run_dry(http):
    admin = http.as_("admin")
    network = {"name": "tiny", "router:external": True}
    id = admin.post("/network/v2.0/networks", json={"network": network}).json["network"]["id"]
    subnet = {"network_id": id, "ip_version": 4, "cidr": "198.51.100.0/30", "enable_dhcp": False}
    admin.post("/network/v2.0/subnets", json={"subnet": subnet})
    assert http.post(FLOATING, json={"pool": "tiny"}).status_code == 200
    assert refusal(http.post(FLOATING, json={"pool": "tiny"})) == (404, "No more floating IPs in pool tiny.")


@pytest.mark.parametrize("path", [FLOATING, POOLS, f"{FLOATING}/{NOBODY}"])
def test_they_are_gone_in_2_36(http, path):
    assert refusal(http.get(path, version="2.36")) == (404, "The resource could not be found.")
