"""What Cinder has in the furnished world: of every noun several, at rest and on their way, of both projects."""

from __future__ import annotations

from typing import Any

from fakecompute.wsgi.client import Answer, Http

API, NEWEST = "/volume/v3", "volume 3.71"
UNMANAGED = [
    {"name": "legacy", "size": 2},
    {"name": "legacy-snap", "size": 2, "source": "legacy"},
    {"name": "legacy-2", "size": 1},
]
BACKENDS: list[dict[str, Any]] = [
    {"host": "storage", "name": "lvm-1", "pools": [{"name": "lvm-1", "unmanaged": UNMANAGED}]},
    {"host": "storage", "name": "lvm-2", "pools": [{"name": "lvm-2"}, {"name": "thick", "thin": False}]},
    {"host": "ceph-1", "name": "ceph", "driver": "rbd", "protocol": "ceph", "cluster": "east"},
    {"host": "ceph-2", "name": "ceph", "driver": "rbd", "protocol": "ceph", "cluster": "east"},
    {"host": "mirror", "name": "mirrored", "replication_targets": ["afar"]},
]
WORKING = ("extends", "moves", "uploads", "goes", "is backed up", "restores", "comes")  # volumes that soon do so
CIPHER = {"provider": "luks", "control_location": "front-end", "cipher": "aes-xts-plain64", "key_size": 256}
CONNECTOR = {"host": "compute-1", "initiator": "iqn.1993-08.org.debian:01:compute-1", "ip": "127.0.0.1"}


class Cinder:
    """Short words for what a user asks of Cinder; nothing is refused."""

    def __init__(self, http: Http) -> None:
        self.http = http

    def get(self, path: str) -> Any:
        return fine(self.http.get(f"{API}/{path}", version=NEWEST))

    def post(self, path: str, **body: Any) -> Any:
        return fine(self.http.post(f"{API}/{path}", json=body, version=NEWEST))

    def put(self, path: str, **body: Any) -> Any:
        return fine(self.http.put(f"{API}/{path}", json=body, version=NEWEST))

    def delete(self, path: str) -> None:
        fine(self.http.delete(f"{API}/{path}", version=NEWEST))

    def make(self, noun: str, path: str, **told: Any) -> str:
        """The id of a new one."""
        id: str = self.post(path, **{noun: told})[noun]["id"]
        return id

    def volume(self, name: str, size: int | None = 1, **told: Any) -> str:
        return self.make("volume", "volumes", name=name, size=size, **told)

    def act(self, path: str, action: str, told: Any = None) -> Any:
        return self.post(f"{path}/action", **{action: told})


def fine(answer: Answer) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json


# --- of everybody -------------------------------------------------------------------------------------------


def furnish_for_all(admin: Http, projects: list[str]) -> None:
    """What operators make: types of both kinds, what belongs to them, limits, and a word to a service."""
    cinder = Cinder(admin)
    cinder.make("volume_type", "types", name="limited", extra_specs={"provisioning:max_vol_size": "9"})
    cinder.make("volume_type", "types", name="nowhere", extra_specs={"volume_backend_name": "no such"})
    hidden = cinder.make("volume_type", "types", name="hidden", **{"os-volume-type-access:is_public": False})
    secret = cinder.make("volume_type", "types", name="encrypted")
    cinder.post(f"types/{secret}/encryption", encryption=CIPHER)
    for project in projects:
        cinder.act(f"types/{hidden}", "addProjectAccess", {"project": project})
        cinder.put(f"os-quota-sets/{project}", quota_set={"volumes": 90, "snapshots": 90})
    cinder.put(f"default-types/{projects[1]}", default_type={"volume_type": "limited"})
    fast = cinder.make("qos_specs", "qos-specs", name="fast", consumer="both", total_iops_sec="500")
    cinder.get(f"qos-specs/{fast}/associate?vol_type_id={secret}")
    cinder.make("qos_specs", "qos-specs", name="unused")
    snapshots = {"consistent_group_snapshot_enabled": "<is> True"}
    for name, specs in ("snapshots", snapshots), ("plain", {"key": "a"}):
        cinder.make("group_type", "group_types", name=name, group_specs=specs)
    where = {"binary": "cinder-volume", "server": "storage@lvm-1"}
    cinder.put("os-services/set-log", **where, prefix="cinder.", level="DEBUG")


# --- of one project -----------------------------------------------------------------------------------------


def furnish_storage(http: Http, admin: Http, server: str, image: str) -> list[str]:
    """What a user has; the keys of the volumes that are offered to others."""
    mine, operator, cloud = Cinder(http), Cinder(admin), http.cloud
    free, broken, offered = (mine.volume(name, 2, metadata={"key": "value"}) for name in ("free", "broken", "offered"))
    shared, attached = mine.volume("shared", volume_type="multiattach"), mine.volume("attached")
    mine.volume("encrypted", volume_type="encrypted")
    mine.volume("lost", volume_type="nowhere")  # which leaves a message
    boots = mine.volume("boots", imageRef=image)
    cloud.settle()
    _group(mine)
    _copies(mine, free, offered)
    _attach(http, server, attached, shared)
    cloud.settle()
    mine.make("attachment", "attachments", volume_uuid=boots, connector=CONNECTOR)
    mine.make("attachment", "attachments", volume_uuid=shared)
    ids = {name: mine.volume(name) for name in WORKING}
    cloud.settle()
    mine.make("backup", "backups", name="restores", volume_id=ids["restores"])
    operator.act(f"volumes/{broken}", "os-reset_status", {"status": "error"})
    cloud.settle()
    return [mine.post("volume-transfers", transfer={"volume_id": offered})["transfer"]["auth_key"]]


def _group(mine: Cinder) -> None:
    """A group of two volumes, one of the kind that was before, a snapshot of the first, and a copy of that."""
    kinds = {"group_type": "snapshots", "volume_types": ["__DEFAULT__", "limited"]}
    group = mine.make("group", "groups", name="group", **kinds)
    mine.post("consistencygroups", consistencygroup={"volume_types": "limited"})
    mine.http.cloud.settle()
    for name in "ab":
        mine.volume(f"of group {name}", volume_type="limited", group_id=group)
    mine.http.cloud.settle()
    snapshot = mine.make("group_snapshot", "group_snapshots", group_id=group)
    mine.http.cloud.settle()
    mine.post("groups/action", **{"create-from-src": {"group_snapshot_id": snapshot, "name": "copy"}})


def _copies(mine: Cinder, volume: str, offered: str) -> None:
    """Snapshots, a backup and one that rests on it, and volumes that were made of them."""
    snapshot = mine.make("snapshot", "snapshots", volume_id=volume, metadata={"key": "value"})
    mine.make("snapshot", "snapshots", volume_id=offered)
    full = mine.make("backup", "backups", volume_id=volume)
    mine.http.cloud.settle()
    mine.volume("of a snapshot", None, snapshot_id=snapshot)
    mine.volume("of a volume", None, source_volid=volume)
    mine.volume("of a backup", None, backup_id=full)
    mine.http.cloud.settle()
    mine.make("backup", "backups", volume_id=volume, incremental=True)


def _attach(http: Http, server: str, *volumes: str) -> None:
    for id in volumes:
        wish = {"volumeAttachment": {"volumeId": id}}
        fine(http.post(f"/compute/v2.1/servers/{server}/os-volume_attachments", json=wish, version="2.60"))


def begin_work(http: Http, admin: Http, server: str, image: str) -> None:
    """Things that are on their way while the world is looked at."""
    mine, operator = Cinder(http), Cinder(admin)
    ids = {volume["name"]: volume["id"] for volume in mine.get("volumes")["volumes"]}
    (backup, *_) = (one["id"] for one in mine.get("backups")["backups"] if one["name"] == "restores")
    mine.act(f"volumes/{ids['extends']}", "os-extend", {"new_size": 2})
    host = operator.get(f"volumes/{ids['moves']}")["volume"]["os-vol-host-attr:host"]
    there = "storage@lvm-2#lvm-2" if "lvm-1" in host else "storage@lvm-1#lvm-1"
    operator.act(f"volumes/{ids['moves']}", "os-migrate_volume", {"host": there, "force_host_copy": True})
    mine.act(f"volumes/{ids['uploads']}", "os-volume_upload_image", {"image_name": "made of a volume"})
    mine.delete(f"volumes/{ids['goes']}")
    mine.make("backup", "backups", volume_id=ids["is backed up"])
    mine.make("snapshot", "snapshots", volume_id=ids["restores"])
    mine.post(f"backups/{backup}/restore", restore={"volume_id": ids["restores"]})
    _attach(http, server, ids["comes"])
    mine.volume("is made", imageRef=image)
