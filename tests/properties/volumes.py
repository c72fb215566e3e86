"""What the engine's property tests ask of Cinder, and what there is before they begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute import Cloud
from fakecompute.domain.records.backup import Backup, Transfer
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Snapshot, Volume
from fakecompute.domain.records.volume_backend import CinderService, VolumeBackend
from fakecompute.domain.records.volume_group import GroupSnapshot, VolumeGroup
from fakecompute.domain.tables.block_devices import CALLS
from fakecompute.domain.volume.outages import service_down, service_up
from fakecompute.domain.volume.stages import LIFECYCLES
from fakecompute.wsgi.client import Answer, Http
from tests.properties.asking import MANY, Ask, filled, named

API, NEWEST = "/volume/v3", "volume 3.71"
OTHERS = {"compute": "compute 2.94", "network": None}  # services that are asked, too, and in which version
IMAGE = "11111111-2222-4333-8444-555555555555"
STEPS = sorted({*CALLS, *(place for lifecycle in LIFECYCLES for place in lifecycle.steps())})
PLACES = tuple(f"volume.{trigger}.*" for trigger in "create delete extend migrate retype attach swap".split())

# Pools and quotas that run out.
STORAGE: dict[str, Any] = {
    "volume_backends": [
        {"host": "storage", "name": "one", "pools": [{"name": "one", "capacity": 6, "thin": False}]},
        {
            "host": "storage",
            "name": "two",
            "pools": [
                {"name": "two", "capacity": 5, "thin": False},
                {"name": "thin", "capacity": 3, "max_over_subscription_ratio": 2.0},
            ],
        },
    ],
    "volume_types": [
        {"name": "shared", "extra_specs": {"multiattach": "<is> True"}},
        {"name": "two", "extra_specs": {"volume_backend_name": "two"}},
    ],
    "group_types": [{"name": "together", "group_specs": {"consistent_group_snapshot_enabled": "<is> True"}}],
    "volume_quotas": {
        "demo": {
            "volumes": 6, "gigabytes": 10, "snapshots": 3, "backups": 3, "backup_gigabytes": 6, "groups": 3,
            "gigabytes_two": 6,
        },
        "alt_demo": {"volumes": 2},
    },
}  # fmt: skip

# --- what is asked for --------------------------------------------------------------------------------------


def _act(path: str, action: str, told: Any = None) -> Ask:
    return Ask("POST", f"/{path}/action", {action: told})


def _volume(**told: Any) -> Ask:
    return Ask("POST", "/volumes", {"volume": told})


def _boot(root: dict[str, Any]) -> Ask:
    blank = {"source_type": "blank", "boot_index": -1, "volume_size": 1, "delete_on_termination": True}
    disks = [{"destination_type": "volume", **disk} for disk in ({"boot_index": 0, **root}, blank)]
    wish = {"name": "sv", "flavorRef": "1", "networks": "none", "block_device_mapping_v2": disks}
    return Ask("POST", "/compute/v2.1/servers", {"server": wish})


NEW = _volume(size=1)
MEMBER = _volume(size=1, volume_type="__DEFAULT__", group_id="$group")
SNAPSHOT = Ask("POST", "/snapshots", {"snapshot": {"volume_id": "$volume", "force": True}})
BACKUP = Ask("POST", "/backups", {"backup": {"volume_id": "$volume", "force": True}})
OFFER = Ask("POST", "/volume-transfers", {"transfer": {"volume_id": "$volume"}})
GROUP = Ask("POST", "/groups", {"group": {"group_type": "together", "volume_types": ["__DEFAULT__"]}})
GROUP_SNAPSHOT = Ask("POST", "/group_snapshots", {"group_snapshot": {"group_id": "$group"}})
ATTACHED = "/compute/v2.1/servers/$server/os-volume_attachments"
ATTACH = Ask("POST", ATTACHED, {"volumeAttachment": {"volumeId": "$volume"}})
DETACH = Ask("DELETE", "/compute/v2.1/servers/$device")
CONNECTOR = {"host": "elsewhere", "initiator": "iqn.1993-08.org.debian:01:elsewhere"}
ASKS: tuple[Ask, ...] = (
    # --- volumes: from all that they can be made of, and what becomes of them
    NEW,
    _volume(size=2, volume_type="two"),
    _volume(size=1, volume_type="shared"),
    _volume(size=1, imageRef=IMAGE),
    _volume(snapshot_id="$snapshot"),
    _volume(source_volid="$volume"),
    _volume(backup_id="$backup"),
    MEMBER,
    _act("volumes/$volume", "os-extend", {"new_size": 2}),
    _act("volumes/$volume", "os-extend", {"new_size": 4}),
    _act("volumes/$volume", "os-retype", {"new_type": "two", "migration_policy": "on-demand"}),
    _act("volumes/$volume", "os-retype", {"new_type": "shared"}),
    _act("volumes/$volume", "os-retype", {"new_type": "__DEFAULT__", "migration_policy": "on-demand"}),
    _act("volumes/$volume", "os-migrate_volume", {"host": "storage@one#one"}),
    _act("volumes/$volume", "os-migrate_volume", {"host": "storage@two#thin", "force_host_copy": True}),
    _act("volumes/$volume", "os-migrate_volume", {"host": "storage@two#two", "lock_volume": True}),
    _act("volumes/$volume", "os-volume_upload_image", {"image_name": "of a volume", "force": True}),
    _act("volumes/$volume", "os-reimage", {"image_id": IMAGE}),
    _act("volumes/$volume", "revert", {"snapshot_id": "$snapshot"}),
    _act("volumes/$volume", "os-force_delete"),
    Ask("DELETE", "/volumes/$volume"),
    Ask("DELETE", "/volumes/$volume?cascade=true"),
    # --- snapshots, backups, and offers to others
    SNAPSHOT,
    Ask("DELETE", "/snapshots/$snapshot"),
    BACKUP,
    Ask("POST", "/backups", {"backup": {"volume_id": "$volume", "force": True, "incremental": True}}),
    Ask("POST", "/backups", {"backup": {"volume_id": "$volume", "snapshot_id": "$snapshot"}}),
    Ask("POST", "/backups/$backup/restore", {"restore": {"volume_id": "$volume"}}),
    Ask("POST", "/backups/$backup/restore", {"restore": {}}),
    Ask("DELETE", "/backups/$backup"),
    _act("backups/$backup", "os-force_delete", {}),
    OFFER,
    Ask("POST", "/volume-transfers/$transfer/accept", {"accept": {"auth_key": "$key"}}, "alt_demo"),
    Ask("DELETE", "/volume-transfers/$transfer"),
    # --- groups
    GROUP,
    Ask("PUT", "/groups/$group", {"group": {"add_volumes": "$volume"}}),
    Ask("PUT", "/groups/$group", {"group": {"remove_volumes": "$volume"}}),
    _act("groups/$group", "delete", {"delete-volumes": True}),
    _act("groups", "create-from-src", {"source_group_id": "$group"}),
    _act("groups", "create-from-src", {"group_snapshot_id": "$group_snapshot"}),
    GROUP_SNAPSHOT,
    Ask("DELETE", "/group_snapshots/$group_snapshot"),
    # --- servers that have them, and attachments beside Nova's
    ATTACH,
    ATTACH,
    DETACH,
    DETACH,
    _boot({"source_type": "image", "uuid": IMAGE, "volume_size": 1}),
    _boot({"source_type": "image", "uuid": IMAGE, "volume_size": 1, "delete_on_termination": True}),
    _boot({"source_type": "volume", "uuid": "$volume"}),
    _boot({"source_type": "snapshot", "uuid": "$snapshot"}),
    Ask("POST", "/attachments", {"attachment": {"volume_uuid": "$volume", "instance_uuid": "$server"}}),
    Ask("POST", "/attachments", {"attachment": {"volume_uuid": "$volume", "connector": CONNECTOR}}),
    Ask("PUT", "/attachments/$attachment", {"attachment": {"connector": CONNECTOR}}),
    _act("attachments/$attachment", "os-complete"),
    Ask("DELETE", "/attachments/$attachment"),
    # --- what operators say, true or not
    _act("volumes/$volume", "os-reset_status", {"status": "available"}),
    _act("volumes/$volume", "os-reset_status", {"status": "error"}),
    _act("snapshots/$snapshot", "os-reset_status", {"status": "available"}),
    _act("backups/$backup", "os-reset_status", {"status": "error"}),
)
# With what a furnished cloud begins: the number of the command, and what is asked.
BEGIN = (
    (0, NEW), (0, NEW), (0, NEW), (0, ATTACH), (1, SNAPSHOT), (1, BACKUP), (2, OFFER), (0, GROUP), (0, MEMBER),
    (0, GROUP_SNAPSHOT),
)  # fmt: skip
SAYS = "os-reset_status"  # after which statuses need not be true
LOOKS = tuple(
    Ask("GET", path)
    for path in (
        "/volumes/detail",
        "/volumes/$volume",
        "/volumes/summary",
        "/snapshots/detail",
        "/snapshots/$snapshot",
        "/backups/detail",
        "/backups/$backup",
        "/attachments/detail",
        "/attachments/$attachment",
        "/groups/detail?list_volume=true",
        "/group_snapshots/detail",
        "/volume-transfers/detail",
        "/messages",
        "/limits",
        "/os-quota-sets/$project?usage=true",
        "/scheduler-stats/get_pools?detail=true",
        "/os-services",
        "/types",
    )
)

# --- who asks -----------------------------------------------------------------------------------------------

KINDS: Mapping[str, type[Any]] = {
    "volume": Volume,
    "snapshot": Snapshot,
    "backup": Backup,
    "transfer": Transfer,
    "group": VolumeGroup,
    "group_snapshot": GroupSnapshot,
    "attachment": Attachment,
    "server": Server,
    "device": BlockDevice,
}
RESET = {
    "volume": {"status": "error", "attach_status": "detached", "migration_status": "none"},
    "snapshot": {"status": "error"},
    "backup": {"status": "error"},
}
AT_REST = ("available", "in-use", "attached")
MOSTLY = 6  # of the digits mean something at rest, the others anything


class Storage:
    """Asks Cinder, and Nova for volumes; keeps the book of what need not be true any more."""

    def __init__(self, cloud: Cloud, clients: Mapping[str, Http]) -> None:
        self.cloud, self.clients = cloud, clients
        self.keys: dict[str, str] = {}  # of transfers
        self.own: frozenset[str] = frozenset()  # attachments that users made themselves
        self.told: frozenset[str] = frozenset()  # volumes whose status is what an operator said
        self.silence = False  # did a service ever stop?

    def on(self, fork: Cloud, clients: Mapping[str, Http]) -> Storage:
        """The same before a fork of the cloud."""
        twin = Storage(fork, clients)
        twin.__dict__.update(self.__dict__, cloud=fork, clients=clients, keys=dict(self.keys))
        return twin

    def ask(self, which: int, wanted: Ask) -> Answer | None:
        """The answer; None if there is nothing of what the request names."""
        self.cloud.catch_up()
        try:
            chosen = self._chosen(which, wanted)
        except LookupError:
            return None
        busy = self._busy(chosen)
        path, body = filled(wanted.path, chosen), filled(wanted.body, chosen)
        service = path.split("/")[1]
        path = path if service in OTHERS else API + path
        http, version = self.clients[wanted.user], OTHERS.get(service, NEWEST)
        answer = http.request(wanted.method, path, json=body, version=version)
        if answer.status_code < 300:
            self._remember(wanted, chosen, answer)
            if "attachments" in wanted.path:
                self.told |= busy
        return answer

    def _chosen(self, which: int, wanted: Ask) -> dict[str, str]:
        """An id for each kind of thing that is named; LookupError if there is none."""
        chosen: dict[str, str] = {}
        for kind in named(wanted):
            if kind in ("key", "project"):
                here = self.clients["admin"].token.project_id or ""
                chosen[kind] = here if kind == "project" else self.keys.get(chosen["transfer"], "lost")
                continue
            which, number = divmod(which, MANY)
            there = self._all(kind)
            if number < MOSTLY:
                there = [one for one in there if getattr(one, "status", None) in AT_REST] or there
            if not there:
                raise LookupError(kind)
            chosen[kind] = _named(there[number % len(there)])
        return chosen

    def _all(self, kind: str) -> list[Any]:
        found = [one for one in self.cloud.store.all(KINDS[kind]) if not getattr(one, "deleted", False)]
        return sorted(found, key=lambda one: one.number)

    def _busy(self, chosen: dict[str, str]) -> frozenset[str]:
        """The volume that is meant if it is worked on: what ends then knows nothing of what was done to it."""
        attachment = self.cloud.store.find(Attachment, chosen.get("attachment"))
        volume = self.cloud.store.find(Volume, attachment.volume_id if attachment else chosen.get("volume"))
        worked_on = volume is not None and (volume.trigger is not None or volume.is_migrating)
        return frozenset((volume.id,)) if volume is not None and worked_on else frozenset()

    def _remember(self, wanted: Ask, chosen: dict[str, str], answer: Answer) -> None:
        if wanted.path == "/volume-transfers":
            self.keys[answer.json["transfer"]["id"]] = answer.json["transfer"]["auth_key"]
        if wanted.path == "/attachments":
            self.own |= {answer.json["attachment"]["id"]}
        if wanted.body and SAYS in wanted.body:
            self.told |= {chosen.get("volume", "")}

    def furnish(self) -> None:
        """Something of everything: volumes that are attached, copied and in a group, and what was made of them."""
        for which, wanted in BEGIN:
            answer = self.ask(which, wanted)
            assert answer is not None and answer.status_code < 300, answer
            self.cloud.settle()

    def clear(self) -> None:
        """Take everything away, in the order in which it goes."""
        self._each("transfer", "DELETE", "/volume-transfers/{id}")
        self._each("attachment", "DELETE", "/attachments/{id}")
        for noun in "volume", "snapshot", "backup":
            self._each(noun, "POST", f"/{noun}s/{{id}}/action", {"os-reset_status": RESET[noun]})
        for noun in "group", "group_snapshot":
            self._each(noun, "POST", f"/{noun}s/{{id}}/action", {"reset_status": {"status": "error"}})
        self._each("group_snapshot", "DELETE", "/group_snapshots/{id}")
        self._each("snapshot", "DELETE", "/snapshots/{id}")
        self._each("group", "POST", "/groups/{id}/action", {"delete": {"delete-volumes": True}})
        for _ in range(self.cloud.store.count(Backup)):  # a backup goes after those that rest on it
            self._each("backup", "POST", "/backups/{id}/action", {"os-force_delete": {}})
        self._each("volume", "POST", "/volumes/{id}/action", {"os-force_delete": {}})

    def _each(self, kind: str, method: str, path: str, body: Any = None) -> None:
        for one in self._all(kind):
            self.clients["admin"].request(method, API + path.format(id=one.id), json=body, version=NEWEST)
        self.cloud.settle()

    def switch(self, which: int, up: bool) -> None:
        """A service of Cinder's goes, or comes back."""
        self.silence |= not up
        self.cloud.catch_up()
        services: list[VolumeBackend | CinderService] = [
            *sorted(self.cloud.store.all(VolumeBackend), key=lambda one: one.number),
            *sorted(self.cloud.store.by(CinderService, "binary", "cinder-backup"), key=lambda one: one.number),
        ]
        with self.cloud.transaction():
            (service_up if up else service_down)(self.cloud, services[which % len(services)])


def _named(record: Any) -> str:
    """What stands in a request for it."""
    if isinstance(record, BlockDevice):
        return f"{record.server_id}/os-volume_attachments/{record.volume_id}"
    return str(record.id)
