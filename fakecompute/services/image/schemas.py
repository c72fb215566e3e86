"""GET /v2/schemas/...: what an image, a member and a task look like; and the check of an image against it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.domain.records.image import CONTAINER_FORMATS
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.image import json_schema
from fakecompute.services.image.json_schema import Json
from fakecompute.services.image.metadefs.schemas import SERVED as METADEFS
from fakecompute.services.image.service import image

UUID = "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$"
STATUSES = "queued saving active killed deleted uploading importing pending_delete deactivated".split()
VISIBILITIES = "community public private shared".split()
DISK_FORMATS = [None, *"ami ari aki vhd vhdx vmdk raw qcow2 vdi iso ploop".split()]
IMPORTED = "Values to be used to populate the corresponding image properties."


def _of(type: str | list[str], description: str, **more: Any) -> Json:
    return {"type": type, "description": description, **more}


def _read_only(type: str | list[str], description: str, **more: Any) -> Json:
    return {"type": type, "readOnly": True, "description": description, **more}


NULLABLE = ["null", "string"]
LOCATION: Json = {
    "type": "object",
    "properties": {
        "url": {"type": "string", "maxLength": 255},
        "metadata": {"type": "object"},
        "validation_data": {
            "description": (
                f"{IMPORTED} If the image status is not 'queued', values must exactly match those already contained"
                " in the image properties."
            ),
            "type": "object",
            "writeOnly": True,
            "additionalProperties": False,
            "properties": {
                "checksum": {"type": "string", "minLength": 32, "maxLength": 32},
                "os_hash_algo": {"type": "string", "maxLength": 64},
                "os_hash_value": {"type": "string", "maxLength": 128},
            },
            "required": ["os_hash_algo", "os_hash_value"],
        },
    },
    "required": ["url", "metadata"],
}
STORES = (
    "Store in which image data resides.  Only present when the operator has enabled multiple stores.  May be a"
    " comma-separated list of store identifiers."
)
HASH_VALUE = "Hexdigest of the image contents using the algorithm specified by the os_hash_algo"

# glance/api/v2/images.py: get_base_properties
IMAGE: dict[str, Json] = {
    "id": _of("string", "An identifier for the image", pattern=UUID),
    "name": _of(NULLABLE, "Descriptive name for the image", maxLength=255),
    "status": _read_only("string", "Status of the image", enum=STATUSES),
    "visibility": _of("string", "Scope of image accessibility", enum=VISIBILITIES),
    "protected": _of("boolean", "If true, image will not be deletable."),
    "os_hidden": _of("boolean", "If true, image will not appear in default image list response."),
    "checksum": _read_only(NULLABLE, "md5 hash of image contents.", maxLength=32),
    "os_hash_algo": _read_only(NULLABLE, "Algorithm to calculate the os_hash_value", maxLength=64),
    "os_hash_value": _read_only(NULLABLE, HASH_VALUE, maxLength=128),
    "owner": _of(NULLABLE, "Owner of the image", maxLength=255),
    "size": _read_only(["null", "integer"], "Size of image file in bytes"),
    "virtual_size": _read_only(["null", "integer"], "Virtual size of image in bytes"),
    "container_format": _of(NULLABLE, "Format of the container", enum=CONTAINER_FORMATS),
    "disk_format": _of(NULLABLE, "Format of the disk", enum=DISK_FORMATS),
    "created_at": _read_only("string", "Date and time of image registration"),
    "updated_at": _read_only("string", "Date and time of the last image modification"),
    "tags": _of("array", "List of strings related to the image", items={"type": "string", "maxLength": 255}),
    "direct_url": _read_only("string", "URL to access the image file kept in external store"),
    "min_ram": _of("integer", "Amount of ram (in MB) required to boot image."),
    "min_disk": _of("integer", "Amount of disk space (in GB) required to boot image."),
    "self": _read_only("string", "An image self url"),
    "file": _read_only("string", "An image file url"),
    "stores": _read_only("string", STORES),
    "schema": _read_only("string", "An image schema url"),
    "locations": {
        "type": "array",
        "items": LOCATION,
        "description": "A set of URLs to access the image file kept in external store",
    },
}
MEMBER: dict[str, Json] = {
    "member_id": _of("string", "An identifier for the image member (tenantId)"),
    "image_id": _of("string", "An identifier for the image", pattern=UUID),
    "created_at": _of("string", "Date and time of image member creation"),
    "updated_at": _of("string", "Date and time of last modification of image member"),
    "status": _of("string", "The status of this image member", enum=["pending", "accepted", "rejected"]),
    "schema": {"readOnly": True, "type": "string"},
}
TASK_TYPES = ["import", "api_image_import", "location_import"]
TASK_MESSAGE = "Human-readable informative message only included when appropriate (usually on failure)"
TASK: dict[str, Json] = {
    "id": _of("string", "An identifier for the task", pattern=UUID),
    "type": _of("string", "The type of task represented by this content", enum=TASK_TYPES),
    "status": _of(
        "string", "The current status of this task", enum=["pending", "processing", "success", "failure"]
    ),
    "input": _of(["null", "object"], "The parameters required by task, JSON blob"),
    "result": _of(["null", "object"], "The result of current task, JSON blob"),
    "owner": _of("string", "An identifier for the owner of this task"),
    "message": _of("string", TASK_MESSAGE),
    "image_id": _of("string", "Image associated with the task"),
    "request_id": _of("string", "Human-readable informative request-id"),
    "user_id": _of("string", "User associated with the task"),
    "expires_at": _of(NULLABLE, "Datetime when this resource would be subject to removal"),
    "created_at": _of("string", "Datetime when this resource was created"),
    "updated_at": _of("string", "Datetime when this resource was updated"),
    "self": {"readOnly": True, "type": "string"},
    "schema": {"readOnly": True, "type": "string"},
}
TASK_IN_A_LIST = {name: rule for name, rule in TASK.items() if name not in ("input", "result", "message")}

FREE = {"type": "string"}  # custom properties
IMAGE_LINKS = [
    {"rel": "self", "href": "{self}"},
    {"rel": "enclosure", "href": "{file}"},
    {"rel": "describedby", "href": "{schema}"},
]
PAGE_LINKS = [
    {"rel": "first", "href": "{first}"},
    {"rel": "next", "href": "{next}"},
    {"rel": "describedby", "href": "{schema}"},
]
IMAGE_SCHEMA: Json = {
    "name": "image",
    "properties": IMAGE,
    "additionalProperties": FREE,
    "links": IMAGE_LINKS,
}


# --- request schemas ----------------------------------------------------------------------------------


def validate(body: Mapping[str, Any]) -> None:
    """SchemaMismatch if the object is no image."""
    json_schema.validate(body, IMAGE_SCHEMA)


# --- response views ---------------------------------------------------------------------------------


def _collection(name: str, item: Json) -> Json:
    texts = {key: {"type": "string"} for key in ("first", "next", "schema")}
    return {
        "name": name,
        "properties": {name: {"type": "array", "items": item}, **texts},
        "links": PAGE_LINKS,
    }


def _short_collection(name: str, item: Json) -> Json:
    properties = {name: {"type": "array", "items": item}, "schema": {"type": "string"}}
    return {"name": name, "properties": properties, "links": [{"rel": "describedby", "href": "{schema}"}]}


SERVED: dict[str, Json] = {
    "image": IMAGE_SCHEMA,
    "images": _collection("images", IMAGE_SCHEMA),
    "member": {"name": "member", "properties": MEMBER},
    "members": _short_collection("members", {"name": "member", "properties": MEMBER}),
    "task": {"name": "task", "properties": TASK},
    "tasks": _short_collection("tasks", {"name": "task", "properties": TASK_IN_A_LIST}),
}


# --- handlers ---------------------------------------------------------------------------------------


@image.get("/schemas/<name>")
def show_schema(call: Call, name: str) -> Json:
    if name not in SERVED:
        raise NotFound
    return SERVED[name]


@image.get("/schemas/metadefs/<name>")
def show_metadef_schema(call: Call, name: str) -> Json:
    if name not in METADEFS:
        raise NotFound
    return METADEFS[name]
