"""User messages: why something failed that a client had been told was under way.

    add_message(cloud, project_id=volume.project_id, resource_type=VOLUME, resource_id=volume.id,
                action=Action.EXTEND_VOLUME, detail=Detail.DRIVER_FAILED_EXTEND)

Facts: cinder/message/message_field.py, whose words and numbers clients see.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from fakecompute.domain.records.volume_message import VolumeMessage
from fakecompute.errors import NotFound
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

VOLUME, SNAPSHOT, BACKUP = "VOLUME", "VOLUME_SNAPSHOT", "VOLUME_BACKUP"  # types of resources
TTL = 2_592_000 * SECOND  # message_ttl: 30 days


class Action(StrEnum):
    """What was being done."""

    SCHEDULE_ALLOCATE_VOLUME = "001"
    ATTACH_VOLUME = "002"
    COPY_VOLUME_TO_IMAGE = "003"
    UPDATE_ATTACHMENT = "004"
    COPY_IMAGE_TO_VOLUME = "005"
    UNMANAGE_VOLUME = "006"
    EXTEND_VOLUME = "007"
    CREATE_VOLUME_FROM_BACKEND = "008"
    SNAPSHOT_CREATE = "009"
    SNAPSHOT_DELETE = "010"
    SNAPSHOT_UPDATE = "011"
    SNAPSHOT_METADATA_UPDATE = "012"
    BACKUP_CREATE = "013"
    BACKUP_DELETE = "014"
    BACKUP_RESTORE = "015"
    REIMAGE_VOLUME = "016"


class Detail(StrEnum):
    """What went wrong."""

    UNKNOWN_ERROR = "001"
    DRIVER_NOT_INITIALIZED = "002"
    NO_BACKEND_AVAILABLE = "003"
    FAILED_TO_UPLOAD_VOLUME = "004"
    VOLUME_ATTACH_MODE_INVALID = "005"
    QUOTA_EXCEED = "006"
    NOT_ENOUGH_SPACE_FOR_IMAGE = "007"
    UNMANAGE_ENC_NOT_SUPPORTED = "008"
    NOTIFY_COMPUTE_SERVICE_FAILED = "009"
    DRIVER_FAILED_EXTEND = "010"
    SIGNATURE_VERIFICATION_FAILED = "011"
    DRIVER_FAILED_CREATE = "012"
    SNAPSHOT_CREATE_ERROR = "013"
    SNAPSHOT_UPDATE_METADATA_FAILED = "014"
    SNAPSHOT_IS_BUSY = "015"
    SNAPSHOT_DELETE_ERROR = "016"
    BACKUP_INVALID_STATE = "017"
    BACKUP_SERVICE_DOWN = "018"
    BACKUP_CREATE_DEVICE_ERROR = "019"
    BACKUP_CREATE_DRIVER_ERROR = "020"
    ATTACH_ERROR = "021"
    DETACH_ERROR = "022"
    BACKUP_CREATE_CLEANUP_ERROR = "023"
    BACKUP_SCHEDULE_ERROR = "024"
    BACKUP_DELETE_DRIVER_ERROR = "025"
    BACKUP_RESTORE_ERROR = "026"
    VOLUME_INVALID_STATE = "027"
    REIMAGE_VOLUME_FAILED = "028"
    IMAGE_FORMAT_UNACCEPTABLE = "029"
    INCREMENTAL_BACKUP_FORCES_FULL_BACKUP = "030"


# fmt: off
ACTIONS: Mapping[str, str] = {
    Action.SCHEDULE_ALLOCATE_VOLUME:   "schedule allocate volume",
    Action.ATTACH_VOLUME:              "attach volume",
    Action.COPY_VOLUME_TO_IMAGE:       "copy volume to image",
    Action.UPDATE_ATTACHMENT:          "update attachment",
    Action.COPY_IMAGE_TO_VOLUME:       "copy image to volume",
    Action.UNMANAGE_VOLUME:            "unmanage volume",
    Action.EXTEND_VOLUME:              "extend volume",
    Action.CREATE_VOLUME_FROM_BACKEND: "create volume from backend storage",
    Action.SNAPSHOT_CREATE:            "create snapshot",
    Action.SNAPSHOT_DELETE:            "delete snapshot",
    Action.SNAPSHOT_UPDATE:            "update snapshot",
    Action.SNAPSHOT_METADATA_UPDATE:   "update snapshot metadata",
    Action.BACKUP_CREATE:              "create backup",
    Action.BACKUP_DELETE:              "delete backup",
    Action.BACKUP_RESTORE:             "restore backup",
    Action.REIMAGE_VOLUME:             "reimage volume",
}
DETAILS: Mapping[str, str] = {
    Detail.UNKNOWN_ERROR:                   "An unknown error occurred.",
    Detail.DRIVER_NOT_INITIALIZED:          "Driver is not initialized at present.",
    Detail.NO_BACKEND_AVAILABLE:            "Could not find any available weighted backend.",
    Detail.FAILED_TO_UPLOAD_VOLUME:         "Failed to upload volume to image at backend.",
    Detail.VOLUME_ATTACH_MODE_INVALID:      "Volume's attach mode is invalid.",
    Detail.QUOTA_EXCEED:                    "Not enough quota resource for operation.",
    Detail.NOT_ENOUGH_SPACE_FOR_IMAGE:      "Image used for creating volume exceeds available space.",
    Detail.UNMANAGE_ENC_NOT_SUPPORTED:      "Unmanaging encrypted volumes is not supported.",
    Detail.NOTIFY_COMPUTE_SERVICE_FAILED:   "Compute service failed to extend volume.",
    Detail.DRIVER_FAILED_EXTEND:            "Volume Driver failed to extend volume.",
    Detail.SIGNATURE_VERIFICATION_FAILED:   "Image signature verification failed.",
    Detail.DRIVER_FAILED_CREATE:            "Driver failed to create the volume.",
    Detail.SNAPSHOT_CREATE_ERROR:           "Snapshot failed to create.",
    Detail.SNAPSHOT_UPDATE_METADATA_FAILED: "Volume snapshot update metadata failed.",
    Detail.SNAPSHOT_IS_BUSY:                "Snapshot is busy.",
    Detail.SNAPSHOT_DELETE_ERROR:           "Snapshot failed to delete.",
    Detail.BACKUP_INVALID_STATE:            "Backup status is invalid.",
    Detail.BACKUP_SERVICE_DOWN:             "Backup service is down.",
    Detail.BACKUP_CREATE_DEVICE_ERROR:      "Failed to get backup device from the volume service.",
    Detail.BACKUP_CREATE_DRIVER_ERROR:      "Backup driver failed to create backup.",
    Detail.ATTACH_ERROR:                    "Failed to attach volume.",
    Detail.DETACH_ERROR:                    "Failed to detach volume.",
    Detail.BACKUP_CREATE_CLEANUP_ERROR:     "Cleanup of temporary volume/snapshot failed.",
    Detail.BACKUP_SCHEDULE_ERROR:
        "Backup failed to schedule. Service not found for creating backup.",
    Detail.BACKUP_DELETE_DRIVER_ERROR:      "Backup driver failed to delete backup.",
    Detail.BACKUP_RESTORE_ERROR:            "Backup driver failed to restore backup.",
    Detail.VOLUME_INVALID_STATE:            "Volume status is invalid.",
    Detail.REIMAGE_VOLUME_FAILED:           "Compute service failed to reimage volume.",
    Detail.IMAGE_FORMAT_UNACCEPTABLE:
        "The image disk format must be the same as the volume format for the volume type you are requesting.",
    Detail.INCREMENTAL_BACKUP_FORCES_FULL_BACKUP:
        "Incremental backup not possible, forcing full backup.",
}
# fmt: on


class MessageNotFound(NotFound):
    message = "Message {id} could not be found."


def add_message(
    cloud: Cloud,
    *,
    project_id: str,
    resource_type: str,
    resource_id: str | None,
    action: str,
    detail: str,
    request_id: str | None = None,
    level: str = "ERROR",
) -> VolumeMessage:
    """Leave a message for a project; `action` and `detail` are numbers of the tables above."""
    return cloud.store.put(
        VolumeMessage(
            id=cloud.streams.uuid("message"),
            number=cloud.streams.number("message number"),
            project_id=project_id,
            resource_type=resource_type,
            resource_uuid=resource_id,
            action_id=str(action),
            detail_id=str(detail),
            request_id=request_id or f"req-{cloud.streams.uuid('request of a message')}",
            message_level=level,
            created_at=cloud.now,
            expires_at=cloud.now + TTL,
        )
    )


def words(message: VolumeMessage) -> str:
    """What the user reads."""
    action = ACTIONS.get(message.action_id, "unknown action")
    return f"{action}:{DETAILS.get(message.detail_id, DETAILS[Detail.UNKNOWN_ERROR])}"


def messages_of(cloud: Cloud, project_id: str | None) -> list[VolumeMessage]:
    """A project's, or everybody's: what is older than it was promised to be is gone."""
    store = cloud.store
    found = store.all(VolumeMessage) if project_id is None else store.by(VolumeMessage, "project", project_id)
    return [message for message in found if message.expires_at > cloud.now]


def message_of(cloud: Cloud, project_id: str | None, id: str) -> VolumeMessage:
    """One of these."""
    message = cloud.store.find(VolumeMessage, id)
    if message is None or message.expires_at <= cloud.now or project_id not in (None, message.project_id):
        raise MessageNotFound(id=id)
    return message
