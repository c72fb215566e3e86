"""Bodies that are right for Cinder, so that much of what is spoiled of them goes deep; `$volume` is the id of one."""

from typing import Any

CONNECTOR: dict[str, Any] = {"host": "compute-1", "initiator": "iqn.1993-08.org.debian:01:compute-1", "ip": "127.0.0.1"}
STATUSES = ("available", "error", "in-use", "creating")
SOURCES: tuple[dict[str, Any], ...] = (
    {"size": 1, "name": "a", "availability_zone": "nova", "metadata": {"a": "b"}},
    {"size": 1, "imageRef": "$image", "volume_type": "$volumetype"},
    {"snapshot_id": "$snapshot"},
    {"source_volid": "$volume", "size": 3},
    {"backup_id": "$backup"},
    {"size": 1, "group_id": "$volumegroup", "volume_type": "limited"},
)
MOVES: tuple[dict[str, Any], ...] = (
    {"host": "storage@lvm-1#lvm-1"},
    {"host": "storage@lvm-2#thick", "lock_volume": True},
    {"host": "storage@lvm-2", "force_host_copy": True},
    {"host": None, "cluster": "east@ceph"},
)
PLACES: tuple[dict[str, Any], ...] = ({"host": "storage@lvm-1"}, {"cluster": "east@ceph"})
LOGGED = {"binary": "cinder-volume", "server": "storage@lvm-1", "prefix": "cinder."}


def _of(noun: str, *bodies: Any) -> list[Any]:
    return [{noun: body} for body in bodies]


def _reset(action: str, statuses: tuple[str, ...] = STATUSES) -> list[Any]:
    return _of(action, *({"status": status} for status in statuses))


# fmt: off
CINDER: dict[str, list[Any]] = {
    # --- volumes
    "volume.create_volume":             [*_of("volume", *SOURCES),
                                         {"volume": SOURCES[0], "OS-SCH-HNT:scheduler_hints": {"same_host": ["$volume"]}}],
    "volume.set_metadata_item":         [{"meta": {"key": "b"}}],
    "volume.extend_volume":             _of("os-extend", {"new_size": 3}, {"new_size": "9"}),
    "volume.retype_volume":             _of("os-retype", {"new_type": "$volumetype", "migration_policy": "on-demand"}),
    "volume.migrate_volume":            _of("os-migrate_volume", *MOVES),
    "volume.complete_migration":        _of("os-migrate_volume_completion", {"new_volume": "$volume", "error": False}),
    "volume.reset_volume_status":       [*_reset("os-reset_status"), {"os-reset_status": {"attach_status": "detached"}},
                                         {"os-reset_status": {"status": "error", "migration_status": "none"}}],
    "volume.reimage_volume":            _of("os-reimage", {"image_id": "$image", "reimage_reserved": True}),
    "volume.revert_volume":             _of("revert", {"snapshot_id": "$snapshot"}),
    "volume.upload_volume":             _of("os-volume_upload_image", {"image_name": "a", "force": True, "disk_format": "raw"}),
    "volume.set_image_metadata":        _of("os-set_image_metadata", {"metadata": {"hw_disk_bus": "virtio"}}),
    "volume.unset_image_metadata":      _of("os-unset_image_metadata", {"key": "disk_format"}),
    "volume.show_image_metadata":       [{"os-show_image_metadata": None}],
    "volume.manage_volume":             _of("volume", {"host": "storage@lvm-1#lvm-1", "ref": {"source-name": "legacy"}}),

    # --- attachments, old and new
    "volume.create_attachment":         _of("attachment", {"volume_uuid": "$volume", "instance_uuid": "$server"},
                                            {"volume_uuid": "$volume", "connector": CONNECTOR, "mode": "ro"}),
    "volume.update_attachment":         _of("attachment", {"connector": CONNECTOR}),
    "volume.complete_attachment":       [{"os-complete": "$attachment"}],
    "volume.attach_volume":             _of("os-attach", {"instance_uuid": "$server", "mountpoint": "/dev/vdb"},
                                            {"host_name": "a", "mountpoint": "/mnt", "mode": "ro"}),
    "volume.detach_volume":             _of("os-detach", {}, {"attachment_id": "$attachment"}),
    "volume.force_detach_volume":       _of("os-force_detach", {"attachment_id": "$attachment", "connector": CONNECTOR}),
    "volume.initialize_connection":     _of("os-initialize_connection", {"connector": CONNECTOR}),
    "volume.terminate_connection":      _of("os-terminate_connection", {"connector": CONNECTOR}),
    "volume.reserve_volume":            [{"os-reserve": None}],
    "volume.unreserve_volume":          [{"os-unreserve": None}],
    "volume.begin_detaching":           [{"os-begin_detaching": None}],
    "volume.roll_detaching":            [{"os-roll_detaching": None}],

    # --- snapshots, backups, transfers
    "volume.create_snapshot":           _of("snapshot", {"volume_id": "$volume", "force": True, "metadata": {"a": "b"}}),
    "volume.set_snapshot_metadata_item": [{"meta": {"key": "b"}}],
    "volume.reset_snapshot_status":     _reset("os-reset_status"),
    "volume.update_snapshot_status":    _of("os-update_snapshot_status", {"status": "creating", "progress": "80%"}),
    "volume.manage_snapshot":           _of("snapshot", {"volume_id": "$volume", "ref": {"source-name": "legacy-snap"}}),
    "volume.create_backup":             _of("backup", {"volume_id": "$volume", "force": True}, {"volume_id": "$volume", "incremental": True},
                                            {"volume_id": "$volume", "snapshot_id": "$snapshot"}),
    "volume.restore_backup":            _of("restore", {"name": "a"}, {"volume_id": "$volume"}),
    "volume.reset_backup_status":       _reset("os-reset_status"),
    "volume.import_backup_record":      _of("backup-record", {"backup_service": "cinder.backup.drivers.swift", "backup_url": "$backupurl"}),
    "volume.accept_transfer":           _of("accept", {"auth_key": "$authkey"}),
    "volume.offer_volume":              _of("transfer", {"volume_id": "$volume", "name": "a"}, {"volume_id": "$volume", "no_snapshots": True}),

    # --- groups
    "volume.create_group":              _of("group", {"group_type": "$grouptype", "volume_types": ["__DEFAULT__"], "availability_zone": "nova"}),
    "volume.update_group":              _of("group", {"name": "a"}, {"add_volumes": "$volume"}, {"remove_volumes": "$volume"}),
    "volume.create_group_from_source":  _of("create-from-src", {"group_snapshot_id": "$groupsnapshot"}, {"source_group_id": "$volumegroup"}),
    "volume.delete_group":              _of("delete", {"delete-volumes": True}),
    "volume.reset_group_status":        _reset("reset_status"),
    "volume.reset_group_snapshot_status": _reset("reset_status"),
    "volume.create_group_snapshot":     _of("group_snapshot", {"group_id": "$volumegroup"}),
    "volume.update_group_spec":         [{"key": "b"}],
    "volume.create_consistency_group":  _of("consistencygroup", {"volume_types": "limited,__DEFAULT__"}),
    "volume.create_consistency_group_from_source": _of("consistencygroup-from-src", {"cgsnapshot_id": "$groupsnapshot"}, {"source_cgid": "$volumegroup"}),
    "volume.delete_consistency_group":  _of("consistencygroup", {"force": True}),
    "volume.create_cgsnapshot":         _of("cgsnapshot", {"consistencygroup_id": "$volumegroup"}),

    # --- what operators have
    "volume.create_volume_type":        _of("volume_type", {"name": "a", "extra_specs": {"a": "b"}, "os-volume-type-access:is_public": False}),
    "volume.update_type_extra_spec":    [{"a": "b"}, {"multiattach": "<is> True"}],
    "volume.create_type_extra_specs":   _of("extra_specs", {"a": "b"}, {"multiattach": "<is> True", "provisioning:min_vol_size": "2"}),
    "volume.create_type_encryption":    _of("encryption", {"provider": "luks", "control_location": "front-end"}),
    "volume.update_type_encryption":    _of("encryption", {"cipher": "a", "key_size": 256}),
    "volume.set_default_type":          _of("default_type", {"volume_type": "$volumetype"}),
    "volume.add_project_access":        _of("addProjectAccess", {"project": "$project"}),
    "volume.remove_project_access":     _of("removeProjectAccess", {"project": "$project"}),
    "volume.update_qos_specs":          _of("qos_specs", {"read_iops_sec": "9"}, {"consumer": "back-end"}),
    "volume.delete_qos_specs_keys":     [{"keys": ["total_iops_sec"]}],
    "volume.update_quota_set":          _of("quota_set", {"volumes": 5, "gigabytes": -1, "volumes_limited": "3"}),
    "volume.update_quota_class_set":    _of("quota_class_set", {"volumes": 5, "snapshots": -1}),
    **{f"volume.{verb}_service": [{"binary": "cinder-volume", "host": "storage@lvm-1"}, {"binary": "cinder-backup", "host": "storage"}]
       for verb in ("enable", "disable")},
    "volume.disable_service_with_reason": [{"binary": "cinder-volume", "host": "storage@lvm-1", "disabled_reason": "a"}],
    "volume.freeze_host":               [*PLACES],
    "volume.thaw_host":                 [*PLACES],
    "volume.failover_host":             [{"host": "mirror@mirrored", "backend_id": "afar"}, *PLACES],
    "volume.set_log":                   [{**LOGGED, "level": "DEBUG"}, {"level": "INFO"}],
    "volume.get_log":                   [LOGGED, {"binary": "*"}],
    "volume.enable_cluster":            [{"name": "east@ceph", "binary": "cinder-volume"}],
    "volume.disable_cluster":           [{"name": "east@ceph", "disabled_reason": "a"}],
    "volume.clean_up_workers":          [{"cluster_name": "east@ceph"}, {"host": "storage@lvm-1", "resource_type": "Volume"}],
}
# fmt: on
