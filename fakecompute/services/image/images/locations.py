"""`/locations` of a JSON patch: where the bytes of an image are, if `show_multiple_locations` lets clients say so."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import orjson

from fakecompute.domain.image_quota import check_storage
from fakecompute.domain.image_stores import stores
from fakecompute.domain.image_tasks import simulated
from fakecompute.domain.images import fill_from
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, Conflict, Forbidden, TooLarge
from fakecompute.rest.call import Call
from fakecompute.services.image.image_locations import locations_of
from fakecompute.services.image.policies import authorize
from fakecompute.services.image.service import Detail

WORDS = {"replace": "update", "add": "add", "remove": "remove"}


class EmptyLocations(Detail, Forbidden):
    message = "Cannot set locations to empty list."


class LocationsInvisible(Forbidden):
    message = "It's not allowed to {op} locations if locations are invisible."


class WrongStatus(Conflict):
    message = "It's not allowed to {op} locations if image status is {status}."


class BadPosition(BadRequest):
    message = "Invalid position for {op} a location."


class LastLocation(Detail, Forbidden):
    message = "Cannot remove last location in the image."


class NotEmpty(BadRequest):
    message = "Original locations is not empty: {places}"


class BadLocation(BadRequest):
    message = "Invalid location"


class Duplicated(BadRequest):
    message = "The location {url} already exists"


class TooManyLocations(TooLarge):
    message = (
        "The limit has been exceeded on the number of allowed image locations."
        " Attempted: {attempted}, Maximum: {maximum}"
    )


def with_locations(call: Call, image: Image, op: str, place: str, value: Any) -> Image:
    """The image after a change of its locations."""
    if op == "replace" and not value:
        raise EmptyLocations
    authorize(call, "delete_image_location" if op == "remove" else "set_image_location", image)
    if not call.cloud.settings.show_multiple_locations:
        raise LocationsInvisible(op=WORDS[op])
    if image.status not in (("active",) if op == "remove" else ("active", "queued")):
        raise WrongStatus(op=WORDS[op].replace("update", "replace"), status=image.status)
    if op == "remove":
        return _without(image, place)
    if op == "replace":
        return _replaced(call, image, value)
    _check_room(call, image, [value])
    return _added(call, image, place, value)


def _without(image: Image, place: str) -> Image:
    if len(image.locations) == 1:
        raise LastLocation
    at = _position(place, len(image.locations) - 1)
    if at is None:
        raise BadPosition(op="removing")
    return image.evolve(locations=image.locations[:at] + image.locations[at + 1 :])


def _replaced(call: Call, image: Image, values: list[dict[str, Any]]) -> Image:
    """What is there may only be put into another order."""
    if image.locations:
        known = {location["url"] for location in locations_of(image)}
        if {value["url"] for value in values} != known:
            raise NotEmpty(places=locations_of(image))
        urls = [value["url"] for value in values]
        return image.evolve(locations=tuple(sorted(image.locations, key=lambda pair: urls.index(pair[0]))))
    _check_room(call, image, values)
    for value in values:
        image = _added(call, image, "-", value)
    return image


def _check_room(call: Call, image: Image, values: list[dict[str, Any]]) -> None:
    """`user_storage_quota` counts the bytes once for each place that they are in."""
    size = image.size or len(simulated(call.cloud, image.disk_format, values[0]["url"]))
    check_storage(call.cloud, image.owner, size * len(values))


def _added(call: Call, image: Image, place: str, value: dict[str, Any]) -> Image:
    """The first one makes the image active; the bytes behind it are simulated."""
    at = len(image.locations) if place == "-" else _position(place, len(image.locations))
    if at is None:
        raise BadPosition(op="adding")
    _check(call, image, value["url"])
    pair = (value["url"], orjson.dumps(value["metadata"]).decode())
    places = (*image.locations[:at], pair, *image.locations[at:])
    told = value.get("validation_data") or {}
    hashes = {name: told[name] for name in ("checksum", "os_hash_algo", "os_hash_value") if name in told}
    if image.status == "queued":
        image = fill_from(call.cloud, image, simulated(call.cloud, image.disk_format, value["url"]))
    return image.evolve(locations=places, **hashes)


def _check(call: Call, image: Image, url: str) -> None:
    """Does a store take it that is not on Glance's own disks?"""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    types = {store.type for store in stores(call.cloud)} | {"http", "https"}
    if scheme not in types - {"file"} or not urlsplit(url).netloc:
        raise BadLocation
    if url in dict(image.locations):
        raise Duplicated(url=url)
    most = call.cloud.settings.image_location_quota
    if 0 <= most < len(image.locations) + 1:
        raise TooManyLocations(attempted=len(image.locations) + 1, maximum=most)


def _position(text: str, most: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most else None
