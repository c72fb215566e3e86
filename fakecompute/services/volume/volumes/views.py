"""What a volume looks like.  Facts: cinder/api/v3/views/volumes.py and the os-vol-* of cinder/api/contrib."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Attachment, Volume, VolumeType
from fakecompute.domain.records.volume_backend import VolumeBackend, backend_id
from fakecompute.domain.records.volume_group import VolumeGroup
from fakecompute.domain.volume.group_types import is_reserved
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT, View, field, moment, naive
from fakecompute.services.volume.service import links

# What is shown of statuses that came after the API was fixed.
STATUSES = {"managing": "creating", "error_managing": "error", "error_managing_deleting": "deleting"}
VISIBLE = ("readonly", "attached_mode")  # of the admin metadata
ADMIN = "volume_extension:volume_mig_status_attribute"  # a rule for what is the admins' by no rule of its own


def status(volume: Volume, call: Call) -> str:
    return STATUSES.get(volume.status, volume.status)


def volume_links(volume: Volume, call: Call) -> list[dict[str, Any]]:
    return links(call, "volumes", volume.id)


def type_name(volume: Volume, call: Call) -> str | None:
    kind = call.cloud.store.find(VolumeType, volume.volume_type_id)
    return kind.name if kind else volume.volume_type_id


def bootable(volume: Volume, call: Call) -> str:
    return "true" if volume.bootable else "false"


def attachments(volume: Volume, call: Call) -> list[dict[str, Any]]:
    """Those that are complete; the host is told to admins and to other services."""
    all_of_it = call.cloud.store.by(Attachment, "volume", volume.id)
    found = sorted((one for one in all_of_it if one.status == "attached"), key=lambda one: one.number)
    may_know = call.is_admin or "service" in call.context.roles
    return [
        {
            "id": volume.id,
            "attachment_id": one.id,
            "volume_id": volume.id,
            "server_id": one.server_id,
            "host_name": one.host if may_know else None,
            "device": one.device,
            "attached_at": naive(one.attached_at),
        }
        for one in found
    ]


def consistency_group(volume: Volume, call: Call) -> str | None:
    """The group, if it is of the type that consistency groups were made into."""
    group = call.cloud.store.find(VolumeGroup, volume.group_id)
    return group.id if group and is_reserved(call.cloud, group.group_type_id) else None


def plain_metadata(volume: Volume, call: Call) -> dict[str, str]:
    return dict(volume.metadata)


def all_metadata(volume: Volume, call: Call) -> dict[str, str]:
    """The user's, and what everybody may know of the operator's."""
    return dict(volume.metadata) | {key: value for key, value in volume.admin_metadata if key in VISIBLE}


def image_metadata(volume: Volume, call: Call) -> Any:
    return dict(volume.image_metadata) if volume.image_metadata else ABSENT


def encryption_key(volume: Volume, call: Call) -> Any:
    return volume.encryption_key_id or ABSENT


def shared_targets(volume: Volume, call: Call) -> bool:
    """Until a back end has made it, one must fear that it shares its target."""
    return volume.launched_at is None


def service_id(volume: Volume, call: Call) -> str | None:
    backend = _backend(volume, call) if volume.launched_at is not None else None
    return backend.service_id if backend else None


def cluster_name(volume: Volume, call: Call) -> str | None:
    backend = _backend(volume, call)
    if backend is None or backend.cluster is None or volume.host is None:
        return None
    return f"{backend.cluster}#{volume.host.partition('#')[2]}"


def _backend(volume: Volume, call: Call) -> VolumeBackend | None:
    return call.cloud.store.find(VolumeBackend, backend_id(volume.host)) if volume.host else None


BASE = (
    field("id"),
    field("status", status),
    field("size"),
    field("availability_zone"),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("name"),
    field("description"),
    field("volume_type", type_name),
    field("snapshot_id"),
    field("source_volid"),
    field("links", volume_links),
    field("user_id"),
    field("bootable", bootable),
    field("encrypted"),
    field("replication_status"),
    field("consistencygroup_id", consistency_group),
    field("multiattach"),
    field("attachments", attachments),
    field("migration_status", rule=ADMIN),
    field("group_id", since="3.13"),
    field("provider_id", lambda volume, call: None, since="3.21", rule=ADMIN),
    field("shared_targets", shared_targets, since="3.48"),
    field("service_uuid", service_id, since="3.48"),
    field("cluster_name", cluster_name, since="3.61", rule=ADMIN),
    field("volume_type_id", since="3.63"),
    field("encryption_key_id", encryption_key, since="3.64"),
    field("consumes_quota", since="3.65"),
)
volume_summary = View(field("id"), field("name"), field("links", volume_links))
new_volume = View(*BASE, field("metadata", plain_metadata))
changed_volume = View(*BASE, field("metadata", all_metadata))
volume_detail = View(
    *BASE,
    field("metadata", all_metadata),
    field("os-vol-tenant-attr:tenant_id", "project_id", rule="volume_extension:volume_tenant_attribute"),
    field(
        "os-vol-mig-status-attr:migstat",
        "migration_status",
        rule="volume_extension:volume_mig_status_attribute",
    ),
    field("os-vol-mig-status-attr:name_id", "name_id", rule="volume_extension:volume_mig_status_attribute"),
    field("os-vol-host-attr:host", "host", rule="volume_extension:volume_host_attribute"),
    field("volume_image_metadata", image_metadata, rule="volume_extension:volume_image_metadata:show"),
)
