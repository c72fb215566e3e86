"""Two clouds behind one socket, and a client of each at the same time: neither sees anything of the other."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import requests
from openstack.config import OpenStackConfig
from openstack.connection import Connection

from fakecompute import Cloud, WallClock
from fakecompute.faces.environment import entries, write_clouds_yaml
from fakecompute.faces.server import Server

pytestmark = pytest.mark.filterwarnings("ignore:::openstack")  # of its own methods, which it calls itself
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9RPFOnmFWVSYO2yyB4bC1ZSCvbqPrZqL5bUv6Wn4Zq mine"
NAMES = {"fakecompute": "", "east": "/clouds/east"}  # of the clouds, and where they are
ROUNDS = 5


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    clouds = {
        "": Cloud(seed=1, clock=WallClock(), timing="instant"),
        "east": Cloud(seed=2, clock=WallClock(), timing="instant"),
    }
    with Server(clouds) as running:
        yield running


@pytest.fixture(scope="module")
def clouds_yaml(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("two") / "clouds.yaml"
    write_clouds_yaml(path, entries(server.clouds, server.url))
    return path


def connect(clouds_yaml: Path, name: str) -> Connection:
    return Connection(
        config=OpenStackConfig(config_files=[str(clouds_yaml)], load_envvars=False).get_one(name)
    )


@pytest.fixture(scope="module")
def worked(clouds_yaml: Path) -> dict[str, Any]:
    """What each of the two clients had made and saw in the end, after both worked in step."""
    together = Barrier(len(NAMES), timeout=30)
    with ThreadPoolExecutor(len(NAMES)) as threads:
        futures = {name: threads.submit(work, connect(clouds_yaml, name), name, together) for name in NAMES}
        return {name: future.result(60) for name, future in futures.items()}


def work(client: Connection, name: str, together: Barrier) -> dict[str, Any]:
    """Make key pairs, networks and servers, each one when the other client makes its own."""
    made = set()
    for number in range(ROUNDS):
        called = f"{name}-{number}"
        together.wait()
        client.create_keypair(called, PUBLIC_KEY)
        client.create_network(called)
        together.wait()
        server = client.create_server(
            called, image="cirros-0.6.3-x86_64-disk", flavor="m1.tiny", network="private", key_name=called,
            auto_ip=False, wait=True,
        )  # fmt: skip
        made.add(server.id)
    together.wait()
    return {
        "made": made,
        "servers": {server.id for server in client.compute.servers()},
        "keys": {key.name for key in client.list_keypairs()},
        "networks": {network.name for network in client.network.networks()},
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_client_sees_the_servers_that_it_made_and_no_others(worked, name):
    assert len(worked[name]["made"]) == ROUNDS
    assert worked[name]["servers"] == worked[name]["made"]


@pytest.mark.parametrize("name", NAMES)
def test_a_client_sees_its_own_key_pairs_and_networks(worked, name):
    mine = {f"{name}-{number}" for number in range(ROUNDS)}
    assert worked[name]["keys"] == mine
    assert worked[name]["networks"] == mine | {"private", "public"}


@pytest.mark.parametrize(("name", "prefix"), NAMES.items())
def test_a_catalog_leads_to_its_own_cloud(server, clouds_yaml, name, prefix):
    client = connect(clouds_yaml, name)
    found = {
        service: client.session.get_endpoint(service_type=service)
        for service in ("compute", "network", "image")
    }
    assert found == {
        service: found[service] for service in found if found[service].startswith(server.url + prefix)
    }
    assert client.compute.get_endpoint() == f"{server.url}{prefix}/compute/v2.1"


@pytest.mark.parametrize(("name", "prefix"), NAMES.items())
def test_links_lead_to_their_own_cloud(server, clouds_yaml, worked, name, prefix):
    links = connect(clouds_yaml, name).compute.get("/servers").json()["servers"][0]["links"]
    assert all(link["href"].startswith(f"{server.url}{prefix}/compute/") for link in links)


def test_a_token_of_one_cloud_is_nothing_to_the_other(server, clouds_yaml):
    token = connect(clouds_yaml, "east").session.get_token()
    flavors = {where: requests.get(f"{server.url}{where}/compute/v2.1/flavors", headers={"X-Auth-Token": token}, timeout=10)
               for where in NAMES.values()}  # fmt: skip
    assert {where: answer.status_code for where, answer in flavors.items()} == {"/clouds/east": 200, "": 401}
