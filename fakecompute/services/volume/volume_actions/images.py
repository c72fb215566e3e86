"""POST /volumes/{id}/action: os-volume_upload_image, os-reimage, and what a volume says of its image."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.images import find_visible
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.volume import rewriting, upkeep, uploading
from fakecompute.domain.volume.creation import ImageGone
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Anything, Choice, MapOf, Schema, Text, problem, since
from fakecompute.rest.view import View, field, mapped, moment, naive
from fakecompute.services.volume.fields import METADATA_KEY, Description, Flag
from fakecompute.services.volume.service import volume as routes
from fakecompute.services.volume.volume_actions.state import ACTION
from fakecompute.services.volume.volumes.images import boot_snapshot

ACTIONS, METADATA = "volume_extension:volume_actions", "volume_extension:volume_image_metadata"


class ImageNotFound(NotFound):
    message = ImageGone.message


# --- request schemas ----------------------------------------------------------------------------------------

MOST = 65535  # bytes of a value


class Upload(Schema):
    image_name = Text(min=1, max=255, required=True)
    force = Flag(load_default=False)
    disk_format = Choice("raw", "vmdk", "vdi", "qcow2", "vhd", "vhdx", "ploop", load_default="raw")
    container_format = Description(load_default="bare")
    visibility = since("3.1", Choice("community", "public", "private", "shared", load_default="private"))
    protected = since("3.1", Flag(load_default=False))


class Reimage(Schema):
    image_id = Text(form="uuid", required=True)
    reimage_reserved = Flag(load_default=False)


class Value(Text):
    """As long as MySQL's TEXT."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text.encode("utf-8", "surrogatepass")) > MOST:
            raise problem(f"{value!r} is not a 'mysql_text'", value)
        return text


class Entries(Schema):
    metadata = MapOf(Value(), key=METADATA_KEY, required=True)


class Key(Schema):
    key = Text(min=1, max=255, required=True)


# --- response views -----------------------------------------------------------------------------------------

type_view = View(
    field("id"),
    field("name"),
    field("description"),
    field("is_public"),
    field("extra_specs", mapped("extra_specs")),
    field("qos_specs_id"),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("deleted_at", lambda kind, call: None),
    field("deleted", lambda kind, call: False),
)


def _upload(volume: Volume, image: Image, call: Call) -> dict[str, Any]:
    """Of the volume as it was before, of the image as it is."""
    kind = call.cloud.store.find(VolumeType, volume.volume_type_id)
    return {
        "id": volume.id,
        "updated_at": naive(volume.updated_at),
        "status": "uploading",
        "display_description": volume.description,
        "size": volume.size,
        "volume_type": type_view(kind, call) if kind else None,
        "image_id": image.id,
        "container_format": image.container_format,
        "disk_format": image.disk_format,
        "image_name": image.name,
        "protected": image.protected,
        "visibility": image.visibility,
    }


# --- handlers -----------------------------------------------------------------------------------------------


@routes.action(ACTION, "os-volume_upload_image", body=Upload, policy=f"{ACTIONS}:upload_image", success=202)
def upload_volume(call: Call, volume: Volume) -> dict[str, Any]:
    """The image is the caller's, whosever the volume is."""
    wish = call.body
    if wish.get("visibility") == "public":
        call.demand(f"{ACTIONS}:upload_public")
    image = uploading.upload(
        call.cloud,
        volume,
        owner=call.project_id,
        name=wish["image_name"],
        disk_format=wish["disk_format"],
        container_format=wish["container_format"],
        force=wish["force"],
        visibility=wish.get("visibility", "shared"),
        protected=wish.get("protected", False),
        request_id=call.request_id,
    )
    return {"os-volume_upload_image": _upload(volume, image, call)}


@routes.action(ACTION, "os-reimage", since="3.68", body=Reimage, success=202)
def reimage_volume(call: Call, volume: Volume) -> None:
    """The image is looked at before it asks whether it may."""
    image = find_visible(call.cloud, call.body["image_id"], call.project_id, call.is_admin)
    if image is None:
        raise ImageNotFound(id=call.body["image_id"])
    if snapshot := boot_snapshot(call, image):
        rewriting.check_boot_snapshot(volume, snapshot)
    call.demand("volume:reimage_reserved" if volume.status == "reserved" else "volume:reimage", volume.project_id)
    rewriting.reimage(call.cloud, volume, image, reserved=call.body["reimage_reserved"])


@routes.action(ACTION, "os-show_image_metadata", body=Anything(), policy="volume:get_volume_metadata")
def show_image_metadata(call: Call, volume: Volume) -> dict[str, Any]:
    return {"metadata": dict(upkeep.image_metadata_of(volume))}


@routes.action(ACTION, "os-set_image_metadata", body=Entries, policy=f"{METADATA}:set")
def set_image_metadata(call: Call, volume: Volume) -> dict[str, Any]:
    call.demand("volume:update_volume_metadata", volume.project_id)
    changed = upkeep.set_image_metadata(call.cloud, volume, call.body["metadata"])
    return {"metadata": dict(changed.image_metadata)}


@routes.action(ACTION, "os-unset_image_metadata", body=Key, policy=f"{METADATA}:remove")
def unset_image_metadata(call: Call, volume: Volume) -> None:
    call.demand("volume:delete_volume_metadata", volume.project_id)
    upkeep.unset_image_metadata(call.cloud, volume, call.body["key"])
