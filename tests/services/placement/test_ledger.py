"""Placement shows the book of the scheduler: what nova-compute reports, and what servers take of it."""

import pytest

from fakecompute.domain.compute_services import remove_host
from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.records.compute import Aggregate, Host
from fakecompute.domain.records.server import Migration, Server

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def ask(http):
    """Placement, as its admin sees it in the newest version."""
    admin = http.as_("admin")

    def asked(path, method="GET", **more):
        return admin.request(method, f"/placement{path}", version="placement 1.39", **more)

    return asked


@pytest.fixture
def compute(http):
    """Nova, as an admin of the demo project sees it."""
    return http.as_("admin", "demo")


def booted(cloud, compute, flavor="1", **more):
    wish = {"name": "web", "flavorRef": flavor, "networks": "none", "imageRef": image(compute), **more}
    answer = compute.post(SERVERS, json={"server": wish}, version="2.37")
    assert answer.status_code == 202, answer.text
    cloud.settle(3600)
    return answer.json["server"]["id"]


def image(compute):
    return next(i["id"] for i in compute.get("/image/v2/images").json["images"] if i["disk_format"] == "qcow2")


def act(cloud, compute, server, action, version="2.56"):
    answer = compute.post(f"{SERVERS}/{server}/action", json=action, version=version)
    assert answer.status_code in (200, 202, 204), answer.text
    cloud.settle(3600)


def provider_of(cloud, server):
    host = cloud.store.one(Host, "name", cloud.store.get(Server, server).host)
    return host.id


def held(ask, consumer):
    return {id: one["resources"] for id, one in ask(f"/allocations/{consumer}").json["allocations"].items()}


# --- hosts ----------------------------------------------------------------------------------------------


def test_every_host_is_a_provider_of_what_it_has(cloud, ask):
    host = cloud.store.all(Host)[0]
    shown = ask(f"/resource_providers/{host.id}").json
    assert (shown["name"], shown["parent_provider_uuid"], shown["root_provider_uuid"]) == (host.name, None, host.id)
    inventories = ask(f"/resource_providers/{host.id}/inventories").json["inventories"]
    assert inventories["VCPU"] == {
        "total": host.vcpus, "reserved": 0, "min_unit": 1, "max_unit": host.vcpus, "step_size": 1,
        "allocation_ratio": 4.0,
    }  # fmt: skip
    assert (inventories["MEMORY_MB"]["reserved"], inventories["MEMORY_MB"]["allocation_ratio"]) == (512, 1.0)


def test_a_disabled_host_says_so_by_a_trait(cloud, ask, compute):
    host = cloud.store.all(Host)[0]
    compute.put(f"/compute/v2.1/os-services/{host.service_id}", json={"status": "disabled"}, version="2.53")
    traits = ask(f"/resource_providers/{host.id}/traits").json["traits"]
    assert "COMPUTE_STATUS_DISABLED" in traits


def test_aggregates_of_nova_are_aggregates_of_the_provider(cloud, ask, compute):
    host = cloud.store.all(Host)[0]
    made = compute.post("/compute/v2.1/os-aggregates", json={"aggregate": {"name": "fast"}}, version="2.41")
    aggregate = made.json["aggregate"]
    before = ask(f"/resource_providers/{host.id}").json["generation"]
    compute.post(
        f"/compute/v2.1/os-aggregates/{aggregate['id']}/action", json={"add_host": {"host": host.name}}
    )
    shown = ask(f"/resource_providers/{host.id}/aggregates").json
    assert aggregate["uuid"] in shown["aggregates"]
    assert shown["resource_provider_generation"] == before + 1


def test_a_removed_host_takes_its_tree_along(cloud, ask):
    host = cloud.store.all(Host)[0]
    child = ask("/resource_providers", "POST", json={"name": "gpu", "parent_provider_uuid": host.id}).json
    remove_host(cloud, host)
    assert ask(f"/resource_providers/{host.id}").status_code == 404
    assert ask(f"/resource_providers/{child['uuid']}").status_code == 404


# --- servers --------------------------------------------------------------------------------------------


def test_a_server_is_a_consumer_with_the_resources_of_its_flavor(cloud, ask, compute):
    server = booted(cloud, compute)
    record = cloud.store.get(Server, server)
    shown = ask(f"/allocations/{server}").json
    wanted = {"VCPU": record.flavor.vcpus, "MEMORY_MB": record.flavor.ram, "DISK_GB": record.flavor.disk}
    assert held(ask, server) == {provider_of(cloud, server): wanted}
    assert (shown["project_id"], shown["user_id"]) == (record.project_id, record.user_id)
    assert (shown["consumer_generation"], shown["consumer_type"]) == (1, "unknown")


def test_a_claim_makes_another_generation_of_the_provider(cloud, ask, compute):
    generations = {host.id: ask(f"/resource_providers/{host.id}").json["generation"] for host in cloud.store.all(Host)}
    host = provider_of(cloud, booted(cloud, compute))
    assert ask(f"/resource_providers/{host}").json["generation"] == generations[host] + 1


def test_both_hosts_hold_room_while_a_resize_waits(cloud, ask, compute):
    server = booted(cloud, compute)
    source = provider_of(cloud, server)
    act(cloud, compute, server, {"migrate": None})
    migration = cloud.store.all(Migration)[0]
    assert held(ask, migration.id).keys() == {source}
    assert held(ask, server).keys() == {provider_of(cloud, server)} != {source}


def test_a_confirmed_resize_leaves_one_allocation(cloud, ask, compute):
    server = booted(cloud, compute)
    act(cloud, compute, server, {"resize": {"flavorRef": "2"}})
    act(cloud, compute, server, {"confirmResize": None})
    flavor = cloud.store.get(Server, server).flavor
    assert held(ask, server)[provider_of(cloud, server)]["MEMORY_MB"] == flavor.ram
    assert held(ask, cloud.store.all(Migration)[0].id) == {}


def test_an_offloaded_server_has_no_allocation(cloud, ask, compute):
    server = booted(cloud, compute)
    act(cloud, compute, server, {"shelve": None})
    assert cloud.store.get(Server, server).status == "SHELVED_OFFLOADED"
    assert held(ask, server) == {}


def test_a_deleted_server_gives_everything_back(cloud, ask, compute):
    server = booted(cloud, compute)
    host = provider_of(cloud, server)
    compute.delete(f"{SERVERS}/{server}")
    cloud.settle(3600)
    assert set(ask(f"/resource_providers/{host}/usages").json["usages"].values()) == {0}


def test_the_usages_of_a_project_are_those_of_its_servers(cloud, ask, compute):
    servers = [cloud.store.get(Server, booted(cloud, compute)) for _ in range(2)]
    project = servers[0].project_id
    shown = ask(f"/usages?project_id={project}").json["usages"]
    assert shown["unknown"]["VCPU"] == sum(server.flavor.vcpus for server in servers)
    assert shown["unknown"]["consumer_count"] == 2


def test_what_an_evacuated_server_held_stays_until_its_host_returns(cloud, ask, compute):
    server = booted(cloud, compute)
    source = provider_of(cloud, server)
    host_down(cloud, cloud.store.get(Host, source))
    cloud.advance(120)
    act(cloud, compute, server, {"evacuate": {}})
    assert ask(f"/resource_providers/{source}/usages").json["usages"]["VCPU"] > 0
    host_up(cloud, cloud.store.get(Host, source))
    assert ask(f"/resource_providers/{source}/usages").json["usages"]["VCPU"] == 0


# --- what operators write, the scheduler reads --------------------------------------------------------------


def flavor_with(compute, **specs):
    wish = {"name": "special", "ram": 64, "vcpus": 1, "disk": 1, "id": "special"}
    compute.post("/compute/v2.1/flavors", json={"flavor": wish})
    compute.post("/compute/v2.1/flavors/special/os-extra_specs", json={"extra_specs": specs})
    return "special"


def put(ask, path, **body):
    provider = path.split("/")[2]
    generation = ask(f"/resource_providers/{provider}").json["generation"]
    answer = ask(path, "PUT", json={"resource_provider_generation": generation, **body})
    assert answer.status_code == 200, answer.text
    return answer.json


def test_a_trait_of_ones_own_draws_servers(cloud, ask, compute):
    second = sorted(cloud.store.all(Host), key=lambda host: host.number)[-1]
    flavor = flavor_with(compute, **{"trait:CUSTOM_GOLD": "required"})
    assert status(cloud, booted(cloud, compute, flavor)) == "ERROR"
    ask("/traits/CUSTOM_GOLD", "PUT")
    traits = ask(f"/resource_providers/{second.id}/traits").json["traits"]
    put(ask, f"/resource_providers/{second.id}/traits", traits=[*traits, "CUSTOM_GOLD"])
    assert provider_of(cloud, booted(cloud, compute, flavor)) == second.id


def test_traits_of_ones_own_outlast_the_next_report(cloud, ask):
    host = cloud.store.all(Host)[0]
    ask("/traits/CUSTOM_GOLD", "PUT")
    put(ask, f"/resource_providers/{host.id}/traits", traits=["CUSTOM_GOLD"])
    cloud.advance(61)
    assert ask(f"/resource_providers/{host.id}/traits").json["traits"] == sorted({*host.traits, "CUSTOM_GOLD"})


def test_a_resource_class_of_ones_own_is_given_out(cloud, ask, compute):
    host = cloud.store.all(Host)[-1]
    flavor = flavor_with(compute, **{"resources:CUSTOM_LICENCE": "1"})
    ask("/resource_classes/CUSTOM_LICENCE", "PUT")
    known = ask(f"/resource_providers/{host.id}/inventories").json["inventories"]
    put(ask, f"/resource_providers/{host.id}/inventories", inventories={**known, "CUSTOM_LICENCE": {"total": 1}})
    server = booted(cloud, compute, flavor)
    assert held(ask, server)[host.id]["CUSTOM_LICENCE"] == 1
    assert status(cloud, booted(cloud, compute, flavor)) == "ERROR"


def test_an_inventory_in_use_outlasts_the_report_of_nova_compute(cloud, ask, compute):
    host = cloud.store.all(Host)[-1]
    flavor = flavor_with(compute, **{"resources:CUSTOM_LICENCE": "1"})
    ask("/resource_classes/CUSTOM_LICENCE", "PUT")
    known = ask(f"/resource_providers/{host.id}/inventories").json["inventories"]
    put(ask, f"/resource_providers/{host.id}/inventories", inventories={**known, "CUSTOM_LICENCE": {"total": 1}})
    booted(cloud, compute, flavor)
    cloud.advance(120)
    assert "CUSTOM_LICENCE" in ask(f"/resource_providers/{host.id}/inventories").json["inventories"]


def test_nova_compute_overwrites_sizes_and_keeps_the_ratio(cloud, ask):
    host = cloud.store.all(Host)[0]
    wish = {"VCPU": {"total": 1, "allocation_ratio": 9.0}, "MEMORY_MB": {"total": 1}}
    put(ask, f"/resource_providers/{host.id}/inventories", inventories=wish)
    assert ask(f"/resource_providers/{host.id}/inventories").json["inventories"]["VCPU"]["total"] == 1
    cloud.advance(61)
    shown = ask(f"/resource_providers/{host.id}/inventories").json["inventories"]
    assert (shown["VCPU"]["total"], shown["VCPU"]["allocation_ratio"]) == (host.vcpus, 9.0)
    assert shown.keys() == {"VCPU", "MEMORY_MB", "DISK_GB"}


def test_a_smaller_inventory_turns_servers_away(cloud, ask, compute):
    for host in cloud.store.all(Host):
        put(ask, f"/resource_providers/{host.id}/inventories", inventories={"VCPU": {"total": 1}})
    assert status(cloud, booted(cloud, compute)) == "ERROR"


def test_an_allocation_by_hand_fills_a_host(cloud, ask, compute):
    for number, host in enumerate(cloud.store.all(Host)):
        wish = {
            "allocations": {host.id: {"resources": {"MEMORY_MB": host.ram - 512}}},
            "project_id": "somebody",
            "user_id": "somebody",
            "consumer_generation": None,
            "consumer_type": "LOAD",
        }
        assert ask(f"/allocations/0000000{number}-0000-4000-8000-000000000000", "PUT", json=wish).status_code == 204
    assert status(cloud, booted(cloud, compute)) == "ERROR"
    for number in range(len(cloud.store.all(Host))):
        ask(f"/allocations/0000000{number}-0000-4000-8000-000000000000", "DELETE")
    assert status(cloud, booted(cloud, compute)) == "ACTIVE"


def test_the_status_trait_put_by_hand_keeps_servers_away(cloud, ask, compute):
    first, *others = sorted(cloud.store.all(Host), key=lambda host: host.number)
    for host in others:
        put(ask, f"/resource_providers/{host.id}/traits", traits=[*host.traits, "COMPUTE_STATUS_DISABLED"])
    assert provider_of(cloud, booted(cloud, compute)) == first.id


def test_a_child_of_a_host_gives_what_the_host_has_not(cloud, ask, compute):
    host = cloud.store.all(Host)[-1]
    child = ask("/resource_providers", "POST", json={"name": "gpu", "parent_provider_uuid": host.id}).json["uuid"]
    put(ask, f"/resource_providers/{child}/inventories", inventories={"VGPU": {"total": 1}})
    flavor = flavor_with(compute, **{"resources:VGPU": "1"})
    server = booted(cloud, compute, flavor)
    assert held(ask, server) == {
        host.id: {"VCPU": 1, "MEMORY_MB": 64, "DISK_GB": 1},
        child: {"VGPU": 1},
    }
    assert status(cloud, booted(cloud, compute, flavor)) == "ERROR"
    compute.delete(f"{SERVERS}/{server}")
    cloud.settle(3600)
    assert ask(f"/resource_providers/{child}/usages").json["usages"] == {"VGPU": 0}


def test_groups_of_extra_specs_are_asked_of_providers_of_their_own(cloud, ask, compute):
    host = cloud.store.all(Host)[-1]
    for name in "ab":
        made = ask("/resource_providers", "POST", json={"name": name, "parent_provider_uuid": host.id}).json["uuid"]
        put(ask, f"/resource_providers/{made}/inventories", inventories={"VGPU": {"total": 1}})
    two = {"resources1:VGPU": "1", "resources2:VGPU": "1", "group_policy": "isolate"}
    shown = held(ask, booted(cloud, compute, flavor_with(compute, **two)))
    assert sorted(one["VGPU"] for one in shown.values() if "VGPU" in one) == [1, 1]


def test_a_deleted_allocation_of_a_server_does_not_keep_it_from_moving(cloud, ask, compute):
    server = booted(cloud, compute)
    assert ask(f"/allocations/{server}", "DELETE").status_code == 204
    act(cloud, compute, server, {"migrate": None})
    assert status(cloud, server) == "VERIFY_RESIZE"
    act(cloud, compute, server, {"revertResize": None})
    assert status(cloud, server) == "ACTIVE"


def test_a_deleted_provider_of_a_host_is_back_with_the_next_report(cloud, ask):
    host = cloud.store.all(Host)[0]
    assert ask(f"/resource_providers/{host.id}", "DELETE").status_code == 204
    assert ask(f"/resource_providers/{host.id}").status_code == 404
    cloud.advance(61)
    assert ask(f"/resource_providers/{host.id}").json["name"] == host.name


def test_a_host_out_of_the_aggregate_of_its_zone_takes_no_servers_of_the_zone(cloud, ask, compute):
    one, other = sorted(cloud.store.all(Host), key=lambda host: host.number)[:2]
    made = compute.post(
        "/compute/v2.1/os-aggregates", json={"aggregate": {"name": "z", "availability_zone": "z"}}
    ).json["aggregate"]
    for host in one, other:
        action = {"add_host": {"host": host.name}}
        compute.post(f"/compute/v2.1/os-aggregates/{made['id']}/action", json=action)
    put(ask, f"/resource_providers/{one.id}/aggregates", aggregates=[])
    assert cloud.store.one(Aggregate, "name", "z").hosts
    server = booted(cloud, compute, availability_zone="z")
    assert provider_of(cloud, server) == other.id


def status(cloud, server):
    return cloud.store.get(Server, server).status
