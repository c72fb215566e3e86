"""/servers/{id}/ips."""

from __future__ import annotations

from fakecompute.domain.servers import boot

SERVERS = "/compute/v2.1/servers"


def test_addresses_by_network_without_the_extensions(cloud, http):
    server = boot(cloud)
    cloud.settle()
    addresses = http.get(f"{SERVERS}/{server.id}/ips").json["addresses"]
    assert list(addresses) == ["private"]
    assert [entry.keys() for entry in addresses["private"]] == [{"version", "addr"}] * 2
    assert http.get(f"{SERVERS}/{server.id}/ips/private").json == {"private": addresses["private"]}


def test_a_network_where_the_server_is_not(cloud, http):
    server = boot(cloud)
    refused = http.get(f"{SERVERS}/{server.id}/ips/public")
    assert refused.json["itemNotFound"]["message"] == "Instance is not a member of specified network"


def test_none_while_it_is_being_built(cloud, http):
    assert http.get(f"{SERVERS}/{boot(cloud).id}/ips").json == {"addresses": {}}
