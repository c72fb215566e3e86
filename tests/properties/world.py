"""A cloud with a bit of everything of two projects: one's own things, and those of others."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.network import Network
from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume.backup_records import export_record
from fakecompute.kernel.store import Record
from fakecompute.wsgi.client import Http
from tests.properties.furniture import BACKENDS, begin_work, furnish_for_all, furnish_storage

COMPUTE, NETWORK, IMAGE = "/compute/v2.1", "/network/v2.0", "/image/v2"
USERS = ("demo", "alt_demo")
MANY = 60  # ids of one kind


@cache
def furnished() -> Cloud:
    """Two projects with some of everything each; the second one's things are the foreign references."""
    return _world()[0]


@cache
def _world() -> tuple[Cloud, list[str]]:
    """The cloud, and the keys to the volumes that are offered in it."""
    cloud = Cloud({"extends": "default", "volume_backends": BACKENDS}, settings=Settings(token_expiration=10**9))
    admin = Http(cloud, "admin")
    users = [Http(cloud, user) for user in USERS]
    furnish_for_all(admin, [http.token.project_id or "" for http in users])
    keys: list[str] = []
    wishes = []
    for http in users:
        aggregate = {"name": http.user, "availability_zone": http.user}
        _made(admin.post(f"{COMPUTE}/os-aggregates", json={"aggregate": aggregate}))
        wish, servers = _furnish(http, http.user)
        keys += furnish_storage(http, admin, servers[3], wish["imageRef"])
        wishes.append((http, wish, servers))
    for http, wish, servers in wishes:
        begin_work(http, admin, servers[3], wish["imageRef"])
        _made(http.post(f"{COMPUTE}/servers", json={"server": wish}, version="2.37"))
    return cloud, keys


def _made(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json and next(iter(answer.json.values()))


def _furnish(http: Http, name: str) -> tuple[dict[str, Any], list[str]]:
    """What it takes to make a server, and the ids of some."""
    net = _made(http.post(f"{NETWORK}/networks", json={"network": {"name": name}}))["id"]
    subnet = {"name": name, "network_id": net, "cidr": "192.168.0.0/24", "ip_version": 4}
    _made(http.post(f"{NETWORK}/subnets", json={"subnet": subnet}))
    _made(http.post(f"{NETWORK}/ports", json={"port": {"network_id": net, "name": name}}))
    _made(http.post(f"{NETWORK}/routers", json={"router": {"name": name}}))
    _made(http.post(f"{NETWORK}/security-groups", json={"security_group": {"name": name}}))
    public = http.cloud.store.one(Network, "name", "public")
    floating = {"floating_network_id": public and public.id}
    _made(http.post(f"{NETWORK}/floatingips", json={"floatingip": floating}))
    image = {"name": name, "disk_format": "raw", "container_format": "bare"}
    id = http.post(f"{IMAGE}/images", json=image).json["id"]
    octets = {"Content-Type": "application/octet-stream"}
    _made(http.put(f"{IMAGE}/images/{id}/file", content=b"\0" * 512, headers=octets))
    http.post(f"{IMAGE}/images", json=image)
    _made(http.post(f"{COMPUTE}/os-keypairs", json={"keypair": {"name": f"key-{name}"}}))
    group = {"name": name, "policies": ["anti-affinity"]}
    _made(http.post(f"{COMPUTE}/os-server-groups", json={"server_group": group}))
    server = {
        "name": name,
        "flavorRef": "42",
        "imageRef": id,
        "networks": [{"uuid": net}],
        "key_name": f"key-{name}",
    }
    ids = [
        _made(http.post(f"{COMPUTE}/servers", json={"server": server}, version="2.37"))["id"]
        for _ in range(5)
    ]
    http.cloud.advance(600)
    _made(http.put(f"{COMPUTE}/servers/{ids[0]}/metadata", json={"metadata": {"key": "value"}}))
    for id, action in zip(
        ids, ({"lock": None}, {"os-stop": None}, {"resize": {"flavorRef": "84"}}), strict=False
    ):
        _made(http.post(f"{COMPUTE}/servers/{id}/action", json=action))
    _made(http.delete(f"{COMPUTE}/servers/{ids[4]}"))
    http.cloud.advance(6000)
    return server, ids


@cache
def references() -> dict[str, list[str]]:
    """The ids of all that there is, by the lower-case name of its kind; key pairs go by their names."""
    found: dict[str, list[str]] = {}
    for kind in _kinds(Record):
        records = furnished().store.all(kind)
        if records:
            found[kind.__name__.lower()] = sorted(record.id for record in records)[:MANY]
    ciphers = [kind.encryption.id for kind in furnished().store.all(VolumeType) if kind.encryption]
    return found | {
        "keypair": [f"key-{user}" for user in USERS],
        "authkey": _world()[1],
        "backupurl": _records(),
        "encryption": [*ciphers, "cipher", "encryption_key_id"],
    }


def _records() -> list[str]:
    """Backups as they travel from one cloud to another, under other ids."""
    found = []
    for backup in furnished().store.all(Backup):
        if backup.status == "available":
            _, url = export_record(furnished(), backup)
            told = {**json.loads(base64.b64decode(url)), "id": backup.id[::-1]}
            found.append(base64.b64encode(json.dumps(told).encode()).decode())
    return sorted(found)


def _kinds(kind: type[Record]) -> Iterator[type[Record]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)


@cache
def tokens() -> dict[str, str | None]:
    cloud = furnished()
    expired = token_for(cloud, "demo", "demo")
    cloud.store.put(expired.evolve(expires_at=cloud.now))
    return {
        "demo": token_for(cloud, "demo", "demo").id,
        "admin": token_for(cloud, "admin", "admin").id,
        "admin of demo": token_for(cloud, "admin", "demo").id,
        "alt_demo": token_for(cloud, "alt_demo", "alt_demo").id,
        "of another cloud": token_for(Cloud(seed=9), "demo", "demo").id,
        "expired": expired.id,
        "nonsense": "\xff" * 300,
        "none": None,
    }
