"""Every operation on volumes, snapshots and backups in every status: what a real Cinder answers, and what we do.

    python -m tests.conformance.matrix [--write] [operation ...]     (python is that of an environment with Cinder)

asks a real one; tests/services/volume/test_matrix.py asks ours and finds the same in `matrix.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conformance.exchange import NAMES, SERVICES, Pause, Side, Step, comparable, fill

OBSERVED = Path(__file__).parents[1] / "services/volume/matrix.json"
CONNECTOR = {"initiator": "iqn.2026-01.test:h", "host": "h", "ip": "192.0.2.1"}
SERVER = "00000000-0000-4000-8000-0000000000aa"
MIGRATING = "available, migrating"
SNAPSHOTTED = "volume with a snapshot"

STATUSES = {
    "volume": (
        "creating", "available", "reserved", "attaching", "in-use", "detaching", "maintenance", "deleting",
        "error", "error_deleting", "error_managing", "error_extending", "error_backing-up", "error_restoring",
        "extending", "retyping", "downloading", "uploading", "backing-up", "restoring-backup", "reverting",
        "awaiting-transfer", "managing", MIGRATING,
    ),
    "snapshot": (
        "creating", "available", "deleting", "error", "error_deleting", "backing-up", "restoring", "unmanaging",
    ),
    "backup": ("creating", "available", "deleting", "restoring", "error", "error_deleting"),
}  # fmt: skip
STATUSES[SNAPSHOTTED] = STATUSES["volume"]


@dataclass(frozen=True)
class Operation:
    """One request; `<v>`, `<s>` and `<b>` are volume, its snapshot and backup, `<w>` another volume."""

    do: str
    send: Any = None
    at: str = "3.71"


def _action(name: str, said: Any = None, at: str = "3.71", of: str = "volumes/<v>") -> Operation:
    return Operation(f"POST /{of}/action", {name: said}, at)


def _new(noun: str, path: str, at: str = "3.71", **said: Any) -> Operation:
    return Operation(f"POST /{path}", {noun: said}, at)


OF_SNAPSHOT, OF_BACKUP = "snapshots/<s>", "backups/<b>"
# fmt: off
OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "volume": {
        "update":                       Operation("PUT /volumes/<v>", {"volume": {"name": "new"}}),
        "metadata":                     Operation("POST /volumes/<v>/metadata", {"metadata": {"k": "v"}}),
        "metadata, a key":              Operation("PUT /volumes/<v>/metadata/k", {"meta": {"k": "v"}}),
        "delete":                       Operation("DELETE /volumes/<v>"),
        "delete, cascade":              Operation("DELETE /volumes/<v>?cascade=true"),
        "delete, force":                Operation("DELETE /volumes/<v>?force=true"),
        "os-force_delete":              _action("os-force_delete"),
        "os-unmanage":                  _action("os-unmanage"),
        "os-reset_status":              _action("os-reset_status", {"status": "error"}),
        "os-reset_status, in-use":      _action("os-reset_status", {"status": "in-use"}),
        "os-reserve":                   _action("os-reserve"),
        "os-unreserve":                 _action("os-unreserve"),
        "os-attach":                    _action("os-attach", {"instance_uuid": SERVER, "mountpoint": "/dev/vdb"}),
        "os-attach, host":              _action("os-attach", {"host_name": "h", "mountpoint": "/dev/vdb"}),
        "os-detach":                    _action("os-detach", {}),
        "os-force_detach":              _action("os-force_detach", {}),
        "os-begin_detaching":           _action("os-begin_detaching"),
        "os-roll_detaching":            _action("os-roll_detaching"),
        "os-initialize_connection":     _action("os-initialize_connection", {"connector": CONNECTOR}),
        "os-terminate_connection":      _action("os-terminate_connection", {"connector": CONNECTOR}),
        "os-extend":                    _action("os-extend", {"new_size": 2}),
        "os-extend, 3.41":              _action("os-extend", {"new_size": 2}, "3.41"),
        "os-extend_volume_completion":  _action("os-extend_volume_completion", {}),
        "os-retype":                    _action("os-retype", {"new_type": "plain"}),
        "os-retype, shared":            _action("os-retype", {"new_type": "shared"}),
        "os-retype, elsewhere":         _action("os-retype", {"new_type": "beta"}),
        "os-retype, on demand":         _action("os-retype", {"new_type": "beta", "migration_policy": "on-demand"}),
        "os-migrate_volume":            _action("os-migrate_volume", {"host": "storage@beta#beta"}),
        "os-migrate_volume, locked":    _action("os-migrate_volume", {"host": "storage@beta#beta", "lock_volume": True}),
        "os-migrate_volume_completion": _action("os-migrate_volume_completion", {"new_volume": "<w>"}),
        "os-set_bootable":              _action("os-set_bootable", {"bootable": True}),
        "os-update_readonly_flag":      _action("os-update_readonly_flag", {"readonly": True}),
        "os-set_image_metadata":        _action("os-set_image_metadata", {"metadata": {"k": "v"}}),
        "os-show_image_metadata":       _action("os-show_image_metadata"),
        "os-volume_upload_image":       _action("os-volume_upload_image", {"image_name": "i"}),
        "os-volume_upload_image, force": _action("os-volume_upload_image", {"image_name": "i", "force": True}),
        "os-reimage":                   _action("os-reimage", {"image_id": "<small>"}),
        "os-reimage, reserved":         _action("os-reimage", {"image_id": "<small>", "reimage_reserved": True}),
        "create from":                  _new("volume", "volumes", source_volid="<v>"),
        "snapshot":                     _new("snapshot", "snapshots", volume_id="<v>"),
        "snapshot, 3.65":               _new("snapshot", "snapshots", "3.65", volume_id="<v>"),
        "snapshot, 3.65, force":        _new("snapshot", "snapshots", "3.65", volume_id="<v>", force=True),
        "backup":                       _new("backup", "backups", volume_id="<v>"),
        "backup, force":                _new("backup", "backups", volume_id="<v>", force=True),
        "restore to":                   Operation("POST /backups/<wb>/restore", {"restore": {"volume_id": "<v>"}}),
        "transfer":                     _new("transfer", "volume-transfers", volume_id="<v>"),
        "attachment":                   _new("attachment", "attachments", volume_uuid="<v>", instance_uuid="<nobody>"),
        "attachment, same server":      _new("attachment", "attachments", volume_uuid="<v>", instance_uuid=SERVER),
    },
    SNAPSHOTTED: {
        "revert":                       _action("revert", {"snapshot_id": "<s>"}),
        "delete":                       Operation("DELETE /volumes/<v>"),
        "delete, cascade":              Operation("DELETE /volumes/<v>?cascade=true"),
        "os-force_delete":              _action("os-force_delete"),
        "os-unmanage":                  _action("os-unmanage"),
        "os-retype, on demand":         _action("os-retype", {"new_type": "beta", "migration_policy": "on-demand"}),
        "os-migrate_volume":            _action("os-migrate_volume", {"host": "storage@beta#beta"}),
        "transfer":                     _new("transfer", "volume-transfers", volume_id="<v>"),
        "snapshot's delete":            Operation("DELETE /snapshots/<s>"),
        "backup":                       _new("backup", "backups", volume_id="<v>", snapshot_id="<s>"),
        "create from":                  _new("volume", "volumes", snapshot_id="<s>"),
    },
    "snapshot": {
        "update":                    Operation("PUT /snapshots/<s>", {"snapshot": {"name": "new"}}),
        "metadata":                  Operation("POST /snapshots/<s>/metadata", {"metadata": {"k": "v"}}),
        "delete":                    Operation("DELETE /snapshots/<s>"),
        "os-force_delete":           _action("os-force_delete", of=OF_SNAPSHOT),
        "os-unmanage":               _action("os-unmanage", of=OF_SNAPSHOT),
        "os-reset_status":           _action("os-reset_status", {"status": "error"}, of=OF_SNAPSHOT),
        "os-update_snapshot_status": _action("os-update_snapshot_status", {"status": "available"}, of=OF_SNAPSHOT),
        "os-update_snapshot_status, deleting": _action("os-update_snapshot_status", {"status": "deleting"}, of=OF_SNAPSHOT),
        "create volume":             _new("volume", "volumes", snapshot_id="<s>"),
        "backup":                    _new("backup", "backups", volume_id="<v>", snapshot_id="<s>"),
        "revert":                    _action("revert", {"snapshot_id": "<s>"}),
        "delete volume":             Operation("DELETE /volumes/<v>"),
        "delete volume, cascade":    Operation("DELETE /volumes/<v>?cascade=true"),
        "transfer volume":           _new("transfer", "volume-transfers", volume_id="<v>"),
    },
    "backup": {
        "update":                     Operation("PUT /backups/<b>", {"backup": {"name": "new"}}),
        "delete":                     Operation("DELETE /backups/<b>"),
        "os-force_delete":            _action("os-force_delete", {}, of=OF_BACKUP),
        "os-reset_status":            _action("os-reset_status", {"status": "available"}, of=OF_BACKUP),
        "os-reset_status, error":     _action("os-reset_status", {"status": "error"}, of=OF_BACKUP),
        "restore":                    Operation("POST /backups/<b>/restore", {"restore": {"volume_id": "<v>"}}),
        "restore to a new volume":    Operation("POST /backups/<b>/restore", {"restore": {"name": "new"}}),
        "create volume":              _new("volume", "volumes", backup_id="<b>", size=1),
        "incremental":                _new("backup", "backups", volume_id="<v>", incremental=True),
        "export_record":              Operation("GET /backups/<b>/export_record"),
    },
}
# fmt: on
Names = dict[str, str]
Answer = tuple[int, str | None]


class Stage:
    """One of each kind in each status, on some side."""

    def __init__(self, side: Side, kind: str) -> None:
        self.side, self.kind = side, kind
        self.names: dict[str, Names] = {}

    def ask(self, operation: Operation, names: Names) -> Answer:
        method, _, path = operation.do.partition(" ")
        body = None if operation.send is None else fill(json.dumps(operation.send), names).encode()
        step = Step(method, path, "admin", operation.at, operation.send)
        reply = self.side.ask(step, fill(path, names), body)
        self.reply = json.loads(reply.text) if reply.text else None
        shown = comparable(reply, {"server": SERVER, **names}, self.side.root, SERVICES["volume"])["body"]
        said = next(iter(shown.values())).get("message") if reply.status >= 400 else None
        return reply.status, said

    def make(self, operation: Operation, names: Names, noun: str = "") -> str:
        status, message = self.ask(operation, names)
        assert status < 300, f"{operation}: {status} {message}"
        return str(self.reply[noun]["id"]) if noun else ""

    def settle(self) -> None:
        self.side.rest(Pause(server="all"), None)

    def set(self) -> None:
        """Make them all, and put them into their statuses."""
        self.make(Operation("PUT /os-quota-sets/<project>", {"quota_set": UNLIMITED}), {**NAMES})
        for name, specs in TYPES.items():
            self.make(_new("volume_type", "types", name=name, extra_specs=specs), {**NAMES})
        other = self.make(_new("volume", "volumes", size=1), {**NAMES}, "volume")
        for status in STATUSES[self.kind]:
            names = self.names[status] = {**NAMES, "w": other}
            names["v"] = self.make(_new("volume", "volumes", size=1, volume_type="alpha"), names, "volume")
        self.settle()
        their = self.make(_new("backup", "backups", volume_id="<w>"), self.names["available"], "backup")
        for names in self.names.values():
            names["wb"] = their
            if self.kind in ("snapshot", SNAPSHOTTED):
                names["s"] = self.make(_new("snapshot", "snapshots", volume_id="<v>"), names, "snapshot")
            if self.kind == "backup":
                names["b"] = self.make(_new("backup", "backups", volume_id="<v>"), names, "backup")
        self.settle()
        for status in self.names:
            self._put(status, self.names[status])

    def _put(self, status: str, names: Names) -> None:
        kind = self.kind.split()[0]
        if kind == "volume" and status in BY_REQUESTS:
            for operation in BY_REQUESTS[status]:
                made = self.make(operation, names, "attachment" if "attachment" in operation.send else "")
                names["a"] = made or names.get("a", "")
        else:
            self.side.rest(Pause(status=status, of={kind: names[kind[0]]}), None)


UNLIMITED = dict.fromkeys(("volumes", "gigabytes", "snapshots", "backups", "backup_gigabytes"), -1)
TYPES = {
    "alpha": {"volume_backend_name": "alpha"},
    "plain": {"volume_backend_name": "alpha", "description": "plain"},
    "shared": {"volume_backend_name": "alpha", "multiattach": "<is> True"},
    "beta": {"volume_backend_name": "beta"},
}
RESERVE = _new("attachment", "attachments", volume_uuid="<v>", instance_uuid=SERVER)
CONNECT = _new("attachment", "attachments", volume_uuid="<v>", instance_uuid=SERVER, connector=CONNECTOR)
COMPLETE = Operation("POST /attachments/<a>/action", {"os-complete": {}})
BY_REQUESTS = {  # as they come to be so
    "reserved": (RESERVE,),
    "attaching": (CONNECT,),
    "in-use": (CONNECT, COMPLETE),
    "detaching": (CONNECT, COMPLETE, _action("os-begin_detaching")),
    "awaiting-transfer": (_new("transfer", "volume-transfers", volume_id="<v>"),),
    MIGRATING: (_action("os-reset_status", {"migration_status": "migrating"}),),
}


def rows() -> Iterator[tuple[str, str]]:
    for kind, operations in OPERATIONS.items():
        for name in operations:
            yield kind, name


def observed() -> dict[str, dict[str, dict[str, Answer]]]:
    """kind -> operation -> status -> answer, as a real Cinder gave them."""
    found = json.loads(OBSERVED.read_text()) if OBSERVED.exists() else {}
    return {
        kind: {
            name: {status: (code, message) for code, message, statuses in answers for status in statuses}
            for name, answers in operations.items()
        }
        for kind, operations in found.items()
    }


def write(table: dict[str, dict[str, dict[str, Answer]]]) -> None:
    """One line an operation and answer, with the statuses in which it is given."""
    kinds = []
    for kind, operations in table.items():
        blocks = []
        for name, answers in operations.items():
            grouped: dict[Answer, list[str]] = {}
            for status, answer in answers.items():
                grouped.setdefault(answer, []).append(status)
            lines = ",\n".join(f"   {json.dumps([*answer, said])}" for answer, said in grouped.items())
            blocks.append(f"  {json.dumps(name)}: [\n{lines}\n  ]")
        kinds.append(f" {json.dumps(kind)}: {{\n" + ",\n".join(blocks) + "\n }")
    OBSERVED.write_text("{\n" + ",\n".join(kinds) + "\n}\n")


def main(words: list[str]) -> int:
    from tests.conformance.ask_cinder import serving

    different = 0
    table = {kind: dict(operations) for kind, operations in observed().items()}
    with serving() as cinder:
        for kind, name in rows():
            if words and words != ["--write"] and name not in words:
                continue
            cinder.begin()
            stage = Stage(cinder, kind)
            stage.set()
            answers = {
                status: stage.ask(OPERATIONS[kind][name], names) for status, names in stage.names.items()
            }
            before = table.setdefault(kind, {}).get(name)
            if before != answers and "--write" not in words:
                different += 1
                print(f"{kind} {name}\n    was {before}\n    is  {answers}")
            table[kind][name] = answers
    if "--write" in words:
        write({kind: {name: table[kind][name] for name in OPERATIONS[kind]} for kind in OPERATIONS})
    print(
        f"{sum(len(answers) for kind in table.values() for answers in kind.values())} cells, {different} rows differ"
    )
    return different


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
