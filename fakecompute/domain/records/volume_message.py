"""What Cinder tells a user of an operation that failed after it had been accepted."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class VolumeMessage(Record):
    """`action_id` and `detail_id` stand for the words in domain/volume/messages.py."""

    indexes = {
        "project": lambda message: message.project_id,
        "resource": lambda message: message.resource_uuid,
    }

    project_id: str
    resource_type: str  # VOLUME | VOLUME_SNAPSHOT | VOLUME_BACKUP
    resource_uuid: str | None
    action_id: str
    detail_id: str
    request_id: str | None = None
    message_level: str = "ERROR"
    number: int = 0  # the order of creation
    created_at: int = 0
    expires_at: int = 0  # it may be gone from then on
    updated_at: int | None = None

    @property
    def event_id(self) -> str:
        return f"VOLUME_{self.resource_type}_{self.action_id}_{self.detail_id}"
