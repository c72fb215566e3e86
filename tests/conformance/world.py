"""The cloud that the sweep asks: one of everything, with the names that paths and bodies have for it."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from fakecompute import Cloud
from fakecompute.domain import aggregates
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.compute import ControlService, Host
from fakecompute.domain.records.network import Port
from fakecompute.domain.servers import boot
from fakecompute.domain.settings import Settings
from fakecompute.wsgi.client import Http
from tests.conformance import bodies

Names = dict[str, str]

CONSOLES = Settings(spice_enabled=True, serial_console_enabled=True, mks_enabled=True)
NOBODY = "00000000-0000-4000-8000-000000000000"
FLAVOR = {"name": "private", "id": "private", "ram": 1, "vcpus": 1, "disk": 1}


def filled(text: str, names: Names, noun: str = "") -> str:
    """With the world's names for `<...>`; what `<id>` is, the noun of the path tells."""
    return re.sub("<([^>]*)>", lambda found: names.get(f"{noun} {found[1]}") or names[found[1]], text)


@cache
def world() -> tuple[Cloud, Names]:
    cloud = Cloud(settings=CONSOLES)
    demo, admin = Compute(cloud, "demo"), Compute(cloud, "admin")
    names = {
        "network": "private", "host_name": "compute-1", "alias": "os-keypairs", "before": "2026-01-15 00:00:00",
        "private_flavor": "private", "key": "k", "item": "k", "name": "default", "tag": "t", "new_tag": "new", "flavor_id": "84", "nobody": NOBODY,
        "volume_id": NOBODY, "snapshot_id": NOBODY, "share_id": NOBODY, "os-baremetal-nodes id": NOBODY,
        "project_id": str(demo.http.token.project_id), "tenant_id": str(demo.http.token.project_id),
        "other_project": cloud.streams.hex_at("project", "alt_demo"),
        "image": demo.http.get("/image/v2/images").json["images"][0]["id"],
        "network_id": demo.http.get("/network/v2.0/networks?name=private").json["networks"][0]["id"],
    }  # fmt: skip
    names["os-networks id"] = names["os-tenant-networks id"] = names["network_id"]
    _around(cloud, admin)
    _servers(cloud, demo, names)
    _network(demo, names)
    _image(cloud, demo, names)
    _under_way(cloud, admin, names)
    return cloud, names


class Compute:
    """Somebody who asks the Compute API of the demo project for what the world is to have."""

    def __init__(self, cloud: Cloud, user: str) -> None:
        self.http = Http(cloud, user, "demo")

    def get(self, path: str, minor: int = 1) -> Any:
        return self.http.get("/compute/v2.1" + path, version=f"2.{minor}").json

    def post(self, path: str, body: Any, minor: int = 1) -> Any:
        answer = self.http.post("/compute/v2.1" + path, json=body, version=f"2.{minor}")
        assert answer.status_code < 300, answer.text
        return answer.json


def _around(cloud: Cloud, admin: Compute) -> None:
    """Keypair, flavors and aggregates."""
    admin.post("/os-keypairs", {"keypair": {"name": "default", "public_key": bodies.PUBLIC_KEY}})
    admin.post("/flavors/84/os-extra_specs", {"extra_specs": {"k": "v"}})
    admin.post("/flavors", {"flavor": {**FLAVOR, "os-flavor-access:is_public": False}})
    admin.post("/flavors/private/action", {"addTenantAccess": {"tenant": admin.http.token.project_id}})
    for name, hosts in ("full", ("compute-1",)), ("empty", ()):
        aggregate = aggregates.create(cloud, name, None)
        aggregates.change_hosts(cloud, aggregate, hosts)


def _servers(cloud: Cloud, demo: Compute, names: Names) -> None:
    """The one that most operations are asked of, one that was resized, one that moves and one that is broken."""
    names["server_group"] = demo.post("/os-server-groups", bodies.group(64), 64)["server_group"]["id"]
    wish = {
        "name": "web", "imageRef": names["image"], "flavorRef": "42", "networks": "auto", "tags": ["t"],
        "metadata": {"k": "v"}, "description": "the one", "user_data": "dGV4dA==", "config_drive": True,
    }  # fmt: skip
    hints = {"group": names["server_group"]}
    server = demo.post("/servers", {"server": wish, "os:scheduler_hints": hints}, 52)["server"]["id"]
    names["server"] = names["server_with_history"] = names["mapped_server"] = server
    names["resized"] = boot(cloud, name="resized", image_id=names["image"]).id
    names["moving"] = boot(cloud, name="moving", image_id=names["image"]).id
    boot(cloud, name="broken", image_id=names["image"], requested_host="nowhere")
    cloud.settle()
    demo.post(f"/servers/{names['resized']}/action", {"resize": {"flavorRef": "84"}})
    cloud.settle()
    (port,) = cloud.store.by(Port, "device", server)
    names["port_id"], names["address"] = port.id, port.fixed_ips[0].ip_address
    history = demo.get(f"/servers/{server}/os-instance-actions")["instanceActions"]
    names["request_id"] = history[0]["request_id"]


def _network(demo: Compute, names: Names) -> None:
    """A security group with a rule; a floating IP of the server that was resized, and one that leads nowhere."""
    made = demo.post("/os-security-groups", bodies.security_group("web"))["security_group"]["id"]
    names["security_group"] = names["os-security-groups id"] = made
    rule = json.loads(filled(json.dumps(bodies.security_group_rule(80)), names))
    made = demo.post("/os-security-group-rules", rule)["security_group_rule"]["id"]
    names["os-security-group-rules id"] = made
    busy, free = (demo.post("/os-floating-ips", {"pool": "public"})["floating_ip"] for _ in range(2))
    names["os-floating-ips id"] = busy["id"]
    names["floating_address"], names["free_address"] = busy["ip"], free["ip"]
    demo.post(f"/servers/{names['resized']}/action", {"addFloatingIp": {"address": busy["ip"]}})


def _image(cloud: Cloud, demo: Compute, names: Names) -> None:
    """A snapshot of the server, with metadata."""
    wish = {"createImage": {"name": "snapshot", "metadata": {"k": "v"}}}
    made = demo.post(f"/servers/{names['server']}/action", wish, 45)["image_id"]
    cloud.settle()
    names["images id"] = names["image_id"] = made


def _under_way(cloud: Cloud, admin: Compute, names: Names) -> None:
    """What would be over if time went on: a live migration, an open console and a server that is built."""
    hangs = Rule(id="hang", name="hang", on="server.live_migrate.running", effect=Effect(hang=True))
    cloud.set_rules([hangs])
    admin.post(f"/servers/{names['moving']}/action", bodies.live_migration(25), 25)
    cloud.settle()
    (migration,) = admin.get(f"/servers/{names['moving']}/migrations", 23)["migrations"]
    names["number"] = str(migration["id"])
    opened = admin.post(f"/servers/{names['server']}/remote-consoles", bodies.console(99), 99)
    names["token"] = opened["remote_console"]["url"].rpartition("=")[2]
    boot(cloud, name="building", image_id=names["image"])


def numbered(cloud: Cloud, handler: str, minor: int) -> Names:
    """Hosts and their services have numbers until 2.52, UUIDs from then on; some calls take other words for ids."""
    host = cloud.store.one(Host, "name", "compute-1")
    (control, *_) = cloud.store.all(ControlService)
    assert host is not None
    by_name = handler in ("search_hypervisors", "list_servers_of_hypervisors")
    service = "enable" if handler == "act_on_service" else host.service_id
    if handler == "delete_service":  # a host with servers stays
        service = control.id if minor >= 53 else str(control.number)
    return {
        "hypervisor_id": "comp" if by_name else host.id if minor >= 53 else str(host.number),
        "service_id": service,
        "aggregate_id": "2" if handler in ("add_host_to_aggregate", "delete_aggregate") else "1",
    }
