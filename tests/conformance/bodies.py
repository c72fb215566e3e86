"""What the sweep sends to an operation, by its handler and the minor version; `<name>` is one of the world's names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Body = Callable[[int], Any]

PUBLIC_KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQCy0fRAA6V1LEaZRYgmOmMWFjzjXRMlzSIJ3+r/NzxhuG+Cz/bFm5nBOzcVPUnYWyBZ"
    "vc1kQFZyVYo5MP93nGbl me@here"
)
EVENTS = (  # (since, name, tag): what other services tell of a server
    (1, "network-changed", "<port_id>"),
    (51, "volume-extended", "<nobody>"),
    (76, "power-update", "POWER_ON"),
    (82, "accelerator-request-bound", "<nobody>"),
    (93, "volume-reimaged", "<nobody>"),
)
CONSOLES = (  # (since, protocol, type)
    (99, "spice", "spice-direct"),
    (8, "mks", "webmks"),
    (6, "vnc", "novnc"),
)


def _server(minor: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": "new", "imageRef": "<image>", "flavorRef": "42", "metadata": {"k": "v"}}
    for since, field, value in (
        (19, "description", None), (37, "networks", "auto"), (52, "tags", ["a"]),
        (63, "trusted_image_certificates", None), (90, "hostname", "new"),
    ):  # fmt: skip
        if minor >= since:
            fields[field] = value
    return {"server": fields, "os:scheduler_hints": {"group": "<server_group>"}}


def _flavor(minor: int) -> dict[str, Any]:
    description = {"description": "of its own"} if minor >= 55 else {}
    return {"flavor": {"name": "new", "ram": 512, "vcpus": 1, "disk": 1, "swap": 64, **description}}


def group(minor: int) -> dict[str, Any]:
    policy: dict[str, Any] = {"policy": "affinity"} if minor >= 64 else {"policies": ["affinity"]}
    return {"server_group": {"name": "new", **policy}}


def _keypair(minor: int) -> dict[str, Any]:
    return {"keypair": {"name": "new", **({"public_key": PUBLIC_KEY} if minor >= 92 else {})}}


def _evacuation(minor: int) -> dict[str, Any]:
    return {"evacuate": {"onSharedStorage": False} if minor < 14 else {}}


def live_migration(minor: int) -> dict[str, Any]:
    if minor < 25:
        return {"os-migrateLive": {"host": None, "block_migration": False, "disk_over_commit": False}}
    return {"os-migrateLive": {"host": None, "block_migration": "auto"}}


def console(minor: int) -> dict[str, Any]:
    protocol, kind = next(words for since, *words in CONSOLES if minor >= since)
    return {"remote_console": {"protocol": protocol, "type": kind}}


def _interface(minor: int) -> dict[str, Any]:
    return {"interfaceAttachment": {"net_id": "<network_id>", **({"tag": "nic"} if minor >= 49 else {})}}


def _events(minor: int) -> dict[str, Any]:
    told = [(name, tag) for since, name, tag in EVENTS if minor >= since]
    return {
        "events": [
            {"name": name, "server_uuid": "<server>", "status": "completed", "tag": tag} for name, tag in told
        ]
    }


def _attachment(minor: int) -> dict[str, Any]:
    fields = {"volumeId": "<volume_id>", "device": "/dev/vdb"}
    last = {"delete_on_termination": True} if minor >= 79 else {}
    return {"volumeAttachment": {**fields, **({"tag": "disk"} if minor >= 49 else {}), **last}}


def security_group(name: str) -> dict[str, Any]:
    return {"security_group": {"name": name, "description": "of its own"}}


def security_group_rule(port: int) -> dict[str, Any]:
    where = {"parent_group_id": "<security_group>", "cidr": "10.0.0.0/8"}
    return {"security_group_rule": {"ip_protocol": "tcp", "from_port": port, "to_port": port, **where}}


def _assisted_snapshot(minor: int) -> dict[str, Any]:
    info = {"snapshot_id": "<nobody>", "type": "qcow2", "new_file": "new"}
    return {"snapshot": {"volume_id": "<volume_id>", "create_info": info}}


# fmt: off
BODIES: dict[str, Body] = {
    "create_server":             _server,
    "update_server":             lambda minor: {"server": {"name": "renamed"}},
    "merge_server_metadata":     lambda minor: {"metadata": {"a": "b"}},
    "replace_server_metadata":   lambda minor: {"metadata": {"a": "b"}},
    "set_server_metadata_item":  lambda minor: {"meta": {"k": "w"}},
    "replace_server_tags":       lambda minor: {"tags": ["a", "b"]},
    "reboot_server":             lambda minor: {"reboot": {"type": "SOFT"}},
    "resize_server":             lambda minor: {"resize": {"flavorRef": "84"}},
    "reset_server_state":        lambda minor: {"os-resetState": {"state": "error"}},
    "change_server_password":    lambda minor: {"changePassword": {"adminPass": "secret"}},
    "create_server_image":       lambda minor: {"createImage": {"name": "snapshot"}},
    "create_server_backup":      lambda minor: {"createBackup": {"name": "b", "backup_type": "daily", "rotation": 1}},
    "rebuild_server":            lambda minor: {"rebuild": {"imageRef": "<image>"}},
    "live_migrate_server":       live_migration,
    "evacuate_server":           _evacuation,
    "show_console_output":       lambda minor: {"os-getConsoleOutput": {"length": 10}},
    "open_vnc_console":          lambda minor: {"os-getVNCConsole": {"type": "novnc"}},
    "open_spice_console":        lambda minor: {"os-getSPICEConsole": {"type": "spice-html5"}},
    "open_serial_console":       lambda minor: {"os-getSerialConsole": {"type": "serial"}},
    "open_rdp_console":          lambda minor: {"os-getRDPConsole": {"type": "rdp-html5"}},
    "open_remote_console":       console,
    "attach_interface":          _interface,
    "add_fixed_ip":              lambda minor: {"addFixedIp": {"networkId": "<network_id>"}},
    "remove_fixed_ip":           lambda minor: {"removeFixedIp": {"address": "<address>"}},
    "add_floating_ip":           lambda minor: {"addFloatingIp": {"address": "<free_address>"}},
    "remove_floating_ip":        lambda minor: {"removeFloatingIp": {"address": "<floating_address>"}},
    "add_server_security_group":    lambda minor: {"addSecurityGroup": {"name": "web"}},
    "remove_server_security_group": lambda minor: {"removeSecurityGroup": {"name": "default"}},
    "attach_volume":             _attachment,
    "update_volume_attachment":  lambda minor: {"volumeAttachment": {"volumeId": "<volume_id>"}},
    "create_volume":             lambda minor: {"volume": {"size": 1, "snapshot_id": "<nobody>"}},
    "create_snapshot":           lambda minor: {"snapshot": {"volume_id": "<volume_id>", "force": True}},
    "create_assisted_snapshot":  _assisted_snapshot,
    "attach_share":              lambda minor: {"share": {"share_id": "<share_id>", "tag": "files"}},
    "receive_external_events":   _events,
    "create_flavor":             _flavor,
    "update_flavor":             lambda minor: {"flavor": {"description": "another"}},
    "add_flavor_access":         lambda minor: {"addTenantAccess": {"tenant": "<other_project>"}},
    "remove_flavor_access":      lambda minor: {"removeTenantAccess": {"tenant": "<project_id>"}},
    "create_extra_specs":        lambda minor: {"extra_specs": {"a": "b"}},
    "update_extra_spec":         lambda minor: {"k": "w"},
    "create_keypair":            _keypair,
    "merge_image_metadata":      lambda minor: {"metadata": {"a": "b"}},
    "replace_image_metadata":    lambda minor: {"metadata": {"a": "b"}},
    "set_image_metadata_item":   lambda minor: {"meta": {"k": "w"}},
    "create_os_floating_ip":     lambda minor: {"pool": "public"},
    "create_os_security_group":  lambda minor: security_group("new"),
    "update_os_security_group":  lambda minor: security_group("renamed"),
    "create_os_security_group_rule": lambda minor: security_group_rule(443),
    "update_quota_set":          lambda minor: {"quota_set": {"cores": 5}},
    "update_quota_class_set":    lambda minor: {"quota_class_set": {"cores": 5}},
    "create_server_group":       group,
    "create_aggregate":          lambda minor: {"aggregate": {"name": "new", "availability_zone": "north"}},
    "update_aggregate":          lambda minor: {"aggregate": {"name": "renamed"}},
    "add_host_to_aggregate":     lambda minor: {"add_host": {"host": "compute-1"}},
    "remove_host_from_aggregate": lambda minor: {"remove_host": {"host": "compute-1"}},
    "set_aggregate_metadata":    lambda minor: {"set_metadata": {"metadata": {"k": "v"}}},
    "cache_aggregate_images":    lambda minor: {"cache": [{"id": "<image>"}]},
    "act_on_service":            lambda minor: {"host": "compute-1", "binary": "nova-compute"},
    "update_service":            lambda minor: {"status": "disabled", "disabled_reason": "for a reason"},
    "update_host":               lambda minor: {"status": "disable"},
}
# fmt: on
