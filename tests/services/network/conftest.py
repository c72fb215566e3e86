"""What the tests of networks do over and over."""

from collections.abc import Callable
from typing import Any

import pytest

from fakecompute.wsgi.client import Answer, Http

V2 = "/network/v2.0"
Make = Callable[..., dict[str, Any]]


def _made(answer: Answer, noun: str) -> dict[str, Any]:
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json[noun]
    return made


@pytest.fixture
def new_network(http: Http) -> Make:
    """`new_network(name="a")`: a network of demo's, or of whoever's client is given."""

    def make(client: Http = http, **fields: Any) -> dict[str, Any]:
        return _made(client.post(f"{V2}/networks", json={"network": fields}), "network")

    return make


@pytest.fixture
def new_subnet(http: Http) -> Make:
    """`new_subnet(network)`: 10.9.0.0/24, unless told otherwise."""

    def make(network: dict[str, Any], client: Http = http, **fields: Any) -> dict[str, Any]:
        body = {"network_id": network["id"], "ip_version": 4, "cidr": "10.9.0.0/24", **fields}
        return _made(client.post(f"{V2}/subnets", json={"subnet": body}), "subnet")

    return make


@pytest.fixture
def new_port(http: Http) -> Make:
    """`new_port(network)`"""

    def make(network: dict[str, Any], client: Http = http, **fields: Any) -> dict[str, Any]:
        return _made(
            client.post(f"{V2}/ports", json={"port": {"network_id": network["id"], **fields}}), "port"
        )

    return make


@pytest.fixture
def named(http: Http) -> Make:
    """`named("networks", "private")`: what the default cloud comes with."""

    def find(collection: str, name: str, client: Http = http) -> dict[str, Any]:
        answer = client.get(f"{V2}/{collection}", params={"name": name})
        found: dict[str, Any] = answer.json[collection.replace("-", "_")][0]
        return found

    return find
