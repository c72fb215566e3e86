"""/v2/images/{id}/locations: where the bytes are, for services; and an image of bytes that are elsewhere."""

from __future__ import annotations

import re
from typing import Any

import orjson

from fakecompute.domain.image_stores import stores
from fakecompute.domain.image_tasks import start_task
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, Conflict, Forbidden
from fakecompute.rest.call import Call
from fakecompute.services.image import json_schema
from fakecompute.services.image.image_import import check_uri
from fakecompute.services.image.json_schema import Json
from fakecompute.services.image.policies import image_for, look_up
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body, sent_body

LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}


class NotQueued(Conflict):
    message = "It's not allowed to add locations if image status is {status}."


class OnlyHttp(Forbidden):
    message = "http store must be enabled to use location API by normal user."


class NotHex(BadRequest):
    message = "{name} ({value}) is not a valid hexadecimal value"


class WrongLength(BadRequest):
    message = "{name} is not the correct size for {algorithm} (should be {length} chars)"


class UnknownHash(BadRequest):
    message = "os_hash_algo must be {known}"


# --- request schemas ----------------------------------------------------------------------------------

WITHOUT_HASH = (
    "Values to be used to populate the corresponding image properties.do_secure_hash is not True then image checksum"
    " and hash will not be calculated so it is the responsibility of the consumer of location ADD API to provide the"
    " correct values in the validation_data parameter"
)
ADD_LOCATION: Json = {
    "name": "location",
    "properties": {
        "add_location": {
            "type": "object",
            "description": "Values of location url, do_secure_hash and validation_data for new add location API",
            "properties": {
                "url": {
                    "type": "string",
                    "readOnly": True,
                    "description": "The URL of the new location to be added in the image.",
                },
                "validation_data": {
                    "description": WITHOUT_HASH,
                    "type": "object",
                    "writeOnly": True,
                    "additionalProperties": False,
                    "properties": {
                        "os_hash_algo": {"type": "string", "maxLength": 64},
                        "os_hash_value": {"type": "string", "maxLength": 128},
                    },
                },
            },
            "required": ["url"],
        }
    },
}


def _check_hashes(told: dict[str, Any]) -> None:
    """Are they what they are said to be, by their form?"""
    value, algorithm = told.get("os_hash_value"), told.get("os_hash_algo")
    if value is not None and not re.fullmatch(r"(?:[0-9a-fA-F]{2})+", value):
        raise NotHex(name="os_hash_value", value=value)
    if algorithm is not None and algorithm not in LENGTHS:
        raise UnknownHash(known="sha512")
    if value is not None and algorithm is not None and len(value) != LENGTHS[algorithm]:
        raise WrongLength(name="os_hash_value", algorithm=algorithm, length=LENGTHS[algorithm])


# --- response views -----------------------------------------------------------------------------------


def locations_of(image: Image) -> list[dict[str, Any]]:
    return [{"url": url, "metadata": orjson.loads(metadata)} for url, metadata in image.locations]


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/images/<image_id>/locations")
def list_image_locations(call: Call, image_id: str) -> list[dict[str, Any]]:
    refuse_body(call)
    return locations_of(image_for(call, image_id, "fetch_image_location"))


@routes.post("/images/<image_id>/locations", success=202)
def add_image_location(call: Call, image_id: str) -> None:
    """The image becomes active when Glance has looked at the bytes, which takes a task."""
    body = sent_body(call)
    json_schema.validate({"add_location": body}, ADD_LOCATION)
    image = look_up(call, image_id)
    if image.status != "queued":
        raise NotQueued(status=image.status)
    image = image_for(call, image_id, "add_image_location")
    _check_url(call, body["url"])
    _check_hashes(body.get("validation_data") or {})
    if body["url"].startswith(("http:", "https:")):
        check_uri(call, body["url"], "add location")
    start_task(
        call.cloud,
        "location_import",
        {"image_id": image.id, "loc_url": body["url"], "validation_data": body.get("validation_data", {})},
        type="location_import",
        image=image,
        owner=call.project_id,
        user_id=call.user_id,
        request_id=call.request_id,
    )


def _check_url(call: Call, url: str) -> None:
    """People may only point at the web, and only where there is a store for it."""
    if "service" in call.context.roles:
        return
    types = [store.type for store in stores(call.cloud)]
    if not url.startswith(("http:", "https:")) or "http" not in types:
        raise OnlyHttp
