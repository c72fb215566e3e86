"""Hosts of ports: the active one, and those that live migration prepares."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]



@pytest.fixture
def nova(http):
    """Nova's own user, which alone makes bindings."""
    return http.as_("service")


@pytest.fixture
def port(http, new_network, new_port):
    made = new_port(new_network())
    body = {"device_owner": "compute:nova", "device_id": "vm", "binding:host_id": "compute-1"}
    return http.as_("admin").put(f"{V2}/ports/{made['id']}", json={"port": body}).json["port"]


def at(port, host=""):
    return f"{V2}/ports/{port['id']}/bindings" + (f"/{host}" if host else "")


def hosts(nova, port):
    return {one["host"]: one["status"] for one in nova.get(at(port)).json["bindings"]}


def test_a_second_host_is_inactive_until_it_is_activated(nova, port):
    assert nova.post(at(port), json={"binding": {"host": "compute-2"}}).json["binding"]["status"] == "INACTIVE"
    assert nova.put(at(port, "compute-2/activate")).json["status"] == "ACTIVE"
    assert hosts(nova, port) == {"compute-1": "INACTIVE", "compute-2": "ACTIVE"}
    assert nova.delete(at(port, "compute-1")).status_code == 204
    assert hosts(nova, port) == {"compute-2": "ACTIVE"}


def test_a_host_is_bound_once(nova, port):
    assert message(nova.post(at(port), json={"binding": {"host": "compute-1"}})) == (
        409, "PortBindingAlreadyExists", f"Binding for port {port['id']} on host compute-1 already exists.",
    )  # fmt: skip
    assert message(nova.put(at(port, "compute-1/activate")))[1] == "PortBindingAlreadyActive"
    assert message(nova.put(at(port, "compute-2/activate")))[1] == "PortBindingNotFound"


def test_a_host_without_an_agent_binds_nothing(http, nova, port, new_network, new_port):
    assert message(nova.post(at(port), json={"binding": {"host": "nowhere"}}))[1] == "PortBindingError"
    other = new_port(new_network())
    body = {"port": {"binding:host_id": "nowhere"}}
    bound = http.as_("admin").put(f"{V2}/ports/{other['id']}", json=body).json["port"]
    assert (bound["binding:host_id"], bound["binding:vif_type"]) == ("nowhere", "binding_failed")


def test_admins_make_none_and_members_see_none(http, port):
    refused = http.as_("admin").post(at(port), json={"binding": {"host": "compute-2"}})
    assert message(refused)[2] == "rule:create_port_binding is disallowed by policy"
    assert http.get(at(port)).json["bindings"] == []


def test_only_ports_of_servers_move(nova, new_network, new_port):
    port = new_port(new_network())
    assert message(nova.get(at(port)))[2] == (
        f"Bad port request: Invalid port {port['id']}. Operation only valid on compute and shared filesystem ports."
    )


# --- as Nova does it


def boot(http, cloud):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    network = http.get(f"{V2}/networks", params={"name": "private"}).json["networks"][0]["id"]
    body = {"name": "vm", "flavorRef": "1", "imageRef": image, "networks": [{"uuid": network}]}
    server = http.post("/compute/v2.1/servers", json={"server": body}).json["server"]["id"]
    cloud.settle()
    return server


def test_a_live_migration_binds_both_hosts_and_leaves_one(cloud, http, nova):
    server = boot(http, cloud)
    (port,) = http.get(f"{V2}/ports", params={"device_id": server}).json["ports"]
    (before,) = hosts(nova, port)
    body = {"os-migrateLive": {"host": None, "block_migration": "auto"}}
    admin = http.as_("admin")
    assert admin.post(f"/compute/v2.1/servers/{server}/action", json=body, version="2.30").status_code == 202
    seen = set()
    while cloud.events.next_due() is not None:
        cloud.jump()
        cloud.catch_up()
        seen |= set(hosts(nova, port).items())
    (after,) = hosts(nova, port)
    assert seen >= {(before, "ACTIVE"), (after, "INACTIVE"), (after, "ACTIVE")}
    assert before != after


def test_a_host_whose_agent_is_dead_is_passed_over(cloud, http):
    from fakecompute.domain.happenings import agent_down

    agent_down(cloud, "compute-1")
    cloud.advance(100)
    servers = [boot(http, cloud) for _ in range(3)]
    shown = [http.as_("admin").get(f"/compute/v2.1/servers/{id}").json["server"] for id in servers]
    assert {(one["status"], one["OS-EXT-SRV-ATTR:host"]) for one in shown} == {("ACTIVE", "compute-2")}
