"""What rules may name is what is there: of calls, and of every step."""

from __future__ import annotations

import pytest

from fakecompute.domain import servers
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.tables.backups import BACKUP
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE
from fakecompute.domain.tables.volume_groups import GROUP, GROUP_SNAPSHOT
from fakecompute.domain.tables.volumes import SNAPSHOT, VOLUME
from fakecompute.domain.whereabouts import server_facts
from fakecompute.scenario.names import FACTS_OF, facts_of_steps, names_in
from tests.domain.walking import booted

SERVERS, VOLUMES, PORTS, IMAGES = "/compute/v2.1/servers", "/volume/v3/volumes", "/network/v2.0/ports", "/image/v2/images"


@pytest.fixture
def things(cloud, http):
    """Something of every kind that has a status."""
    server = booted(cloud, name="web")
    made = http.post(VOLUMES, json={"volume": {"size": 1, "name": "disk", "volume_type": "multiattach"}})
    cloud.settle()
    volume = made.json["volume"]["id"]
    body = {"volumeAttachment": {"volumeId": volume}}
    assert http.post(f"{SERVERS}/{server.id}/os-volume_attachments", json=body, version="2.60").status_code == 200
    cloud.settle()
    snapshot = {"snapshot": {"volume_id": volume, "name": "now", "force": True}}
    assert http.post("/volume/v3/snapshots", json=snapshot).status_code == 202
    backup = {"backup": {"volume_id": volume, "name": "safe", "force": True}}
    assert http.post("/volume/v3/backups", json=backup).status_code == 202
    cloud.settle()
    return server, volume


@pytest.mark.parametrize("lifecycle", [VOLUME, SNAPSHOT, BACKUP, BLOCK_DEVICE], ids=lambda one: one.record.__name__)
def test_a_step_has_the_facts_that_are_promised(cloud, things, lifecycle):
    record = cloud.store.all(lifecycle.record)[0]
    assert set(lifecycle._facts(cloud, record)) == set(facts_of_steps(lifecycle.steps()[0]))


def test_a_step_of_a_server_has_them_too(cloud, things):
    assert set(server_facts(cloud, things[0])) == set(FACTS_OF["server"])


def test_groups_have_names_types_and_places():
    for lifecycle in GROUP, GROUP_SNAPSHOT:
        assert {"group.name", "group_type", "host", "zone", "project", "user"} <= set(facts_of_steps(lifecycle.steps()[0]))


STEPS = [
    ("server.stop.powering-off", {"server": "we?"}, True),
    ("server.stop.powering-off", {"server.id": "*"}, True),
    ("server.stop.powering-off", {"flavor": "m1.*"}, True),
    ("server.stop.powering-off", {"flavor": "m1.large"}, False),
    ("server.stop.powering-off", {"image": "cirros*"}, True),
    ("server.stop.powering-off", {"image": "ubuntu*"}, False),
    ("server.stop.powering-off", {"host": "compute-*", "zone": "nova", "project": "demo", "user": "demo"}, True),
    ("server.stop.powering-off", {"user": "admin"}, False),
    ("volume.detach.*", {"server": "web", "volume": "disk", "volume_type": "multi*"}, True),
    ("volume.detach.*", {"volume": "other"}, False),
    ("volume.extend.*", {"volume.size": "1", "host": "storage@*#*", "user": "demo"}, True),
    ("volume.extend.*", {"host": "compute-*"}, False),
    ("snapshot.delete.*", {"snapshot": "n*", "volume": "disk"}, True),
    ("snapshot.delete.*", {"snapshot": "x*"}, False),
    ("backup.delete.*", {"backup": "safe", "project": "demo"}, True),
    ("backup.delete.*", {"project": "admin"}, False),
]


@pytest.mark.parametrize(("on", "where", "meant"), STEPS)
def test_a_rule_means_steps_by_what_they_are_about(cloud, http, things, on, where, meant):
    server, volume = things
    cloud.set_rules([Rule(id="", name="r", on=on, where=tuple(where.items()), effect=Effect(delay=1))])
    http.post(f"{SERVERS}/{server.id}/action", json={"os-stop": None})
    cloud.settle()
    http.delete(f"{SERVERS}/{server.id}/os-volume_attachments/{volume}")
    cloud.settle()
    for plural in "snapshots", "backups":
        for one in http.get(f"/volume/v3/{plural}").json[plural]:
            http.delete(f"/volume/v3/{plural}/{one['id']}")
    cloud.settle()
    assert http.post(f"{VOLUMES}/{volume}/action", json={"os-extend": {"new_size": 2}}).status_code == 202
    assert (cloud.store.all(Rule)[0].fired > 0) is meant


CALLS = [
    ("compute.create_server", {"server.name": "new-*"}, True),
    ("compute.create_server", {"flavor": "m1.tiny"}, True),
    ("compute.create_server", {"flavor": "m1.large"}, False),
    ("compute.create_server", {"image": "cirros*", "zone": "nova"}, True),
    ("compute.create_server", {"image": "ubuntu*"}, False),
    ("compute.create_server", {"zone": "north"}, False),
    ("compute.create_server", {"version": "2.3*", "method": "POST", "header.X-Run": "ci-*"}, True),
    ("compute.create_server", {"header.X-Run": "dev-*"}, False),
    ("compute.show_server", {"server": "web", "flavor": "m1.*", "host": "compute-*", "image": "cirros*"}, True),
    ("compute.show_server", {"server": "db"}, False),
    ("volume.create_volume", {"volume_type": "multi*", "volume.size": "3"}, True),
    ("volume.create_volume", {"volume_type": "other"}, False),
    ("volume.show_volume", {"volume": "disk", "volume_type": "multiattach", "host": "storage@*"}, True),
    ("volume.show_volume", {"volume": "other"}, False),
    ("compute.attach_volume", {"server": "web", "volume": "disk"}, True),
    ("compute.attach_volume", {"volume": "other"}, False),
    ("network.create_port", {"network": "priv*", "port.name": "p*"}, True),
    ("network.create_port", {"network": "pub*"}, False),
    ("network.show_port", {"port.name": "", "network": "private", "host": "compute-*", "server": "web"}, True),
    ("network.show_port", {"network": "public"}, False),
    ("image.show_image", {"image": "cirros*"}, True),
    ("image.show_image", {"image": "ubuntu*"}, False),
    ("image.create_image", {"name": "mine", "container_format": "b*"}, True),
    ("image.create_image", {"name": "other"}, False),
]


@pytest.mark.parametrize(("on", "where", "meant"), CALLS)
def test_a_rule_means_calls_by_what_they_ask_for(cloud, http, things, on, where, meant):
    server, volume = things
    named = {kind: min(cloud.store.all(kind), key=lambda one: one.name or "") for kind in (Image, Network)}
    private = cloud.store.one(Network, "name", "private") or next(n for n in cloud.store.all(Network) if n.name == "private")
    image, flavor = named[Image].id, cloud.store.one(Flavor, "name", "m1.tiny").id
    port = next(one for one in cloud.store.all(Port) if one.device_id == server.id)
    new = {"name": "new-1", "flavorRef": flavor, "imageRef": image, "networks": "none", "availability_zone": "nova"}
    cloud.set_rules([Rule(id="", name="r", on=on, phase="before", where=tuple(where.items()), effect=Effect(status=503))])
    asked = {
        "compute.create_server": ("POST", SERVERS, {"server": new}),
        "compute.show_server": ("GET", f"{SERVERS}/{server.id}", None),
        "volume.create_volume": ("POST", VOLUMES, {"volume": {"size": 3, "volume_type": "multiattach"}}),
        "volume.show_volume": ("GET", f"{VOLUMES}/{volume}", None),
        "compute.attach_volume":
            ("POST", f"{SERVERS}/{server.id}/os-volume_attachments", {"volumeAttachment": {"volumeId": volume}}),
        "network.create_port": ("POST", PORTS, {"port": {"network_id": private.id, "name": "p1"}}),
        "network.show_port": ("GET", f"{PORTS}/{port.id}", None),
        "image.show_image": ("GET", f"{IMAGES}/{image}", None),
        "image.create_image":
            ("POST", IMAGES, {"name": "mine", "container_format": "bare", "disk_format": "raw"}),
    }  # fmt: skip
    method, path, body = asked[on]
    version = "2.37" if "/compute/" in path else None
    answer = http.request(method, path, json=body, version=version, headers={"X-Run": "ci-7"})
    assert (answer.status_code == 503) is meant


def test_hosts_are_hypervisors_and_pools(cloud):
    names = names_in(cloud)
    assert {"compute-1", "storage@lvm-1#lvm-1", "storage"} <= set(names["host"])
    assert "nova" in names["zone"]


def test_servers_are_named_by_what_they_run(cloud):
    server = servers.boot(cloud, image_id="gone")
    assert server_facts(cloud, server)["image"] == "gone"
