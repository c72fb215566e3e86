"""GET /volumes/{id}/encryption[/{key}]: what a hypervisor must know to read an encrypted volume."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.volumes.metadata import HTML


@volume.get("/volumes/<volume>/encryption", policy="volume_extension:volume_encryption_metadata")
def show_encryption(call: Call, volume: Volume) -> dict[str, Any]:
    return _encryption(call, volume)


@volume.get("/volumes/<volume>/encryption/<key>", policy="volume_extension:volume_encryption_metadata")
def show_encryption_item(call: Call, volume: Volume, key: str) -> Answer:
    """The bare value, as text."""
    told = _encryption(call, volume)
    if key not in told:  # a real Cinder falls over it
        raise NotFound
    value = told[key]
    return Answer(body=None if value is None else str(value), content_type=HTML)


def _encryption(call: Call, volume: Volume) -> dict[str, Any]:
    kind = call.cloud.store.find(VolumeType, volume.volume_type_id)
    if not volume.encrypted or kind is None or kind.encryption is None:
        return {"encryption_key_id": volume.encryption_key_id}
    how = kind.encryption
    return {
        "encryption_key_id": volume.encryption_key_id,
        "control_location": how.control_location,
        "cipher": how.cipher,
        "key_size": how.key_size,
        "provider": how.provider,
    }
