"""GET /v2/images: which images, in which order, which page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from fakecompute.domain.images import find_visible, listable
from fakecompute.domain.records.image import Image
from fakecompute.errors import BadRequest, Forbidden
from fakecompute.rest.call import Call
from fakecompute.services.image.images.filters import tests

Query = list[tuple[str, str]]

DEFAULT_LIMIT, MOST = 25, 1000  # [DEFAULT]limit_param_default, api_limit_max
SORT_KEYS = ("name", "status", "container_format", "disk_format", "size", "id", "created_at", "updated_at")
VISIBILITIES = ("community", "public", "private", "shared", "all")
MEMBER_STATUSES = ("pending", "accepted", "rejected", "all")


class BadVisibility(BadRequest):
    message = "Invalid visibility value: {value}"


class NoChangesSince(BadRequest):
    message = 'The "changes-since" filter is no longer available on v2.'


class BadMemberStatus(BadRequest):
    message = "Invalid status: {value}"


class LimitNoInteger(BadRequest):
    message = "limit param must be an integer"


class LimitNegative(BadRequest):
    message = "limit param must be positive"


class TwoSyntaxes(BadRequest):
    message = "Old and new sorting syntax cannot be combined"


class BadSortKey(BadRequest):
    message = "Invalid sort key: {key}. It must be one of the following: {known}."


class BadSortDirection(BadRequest):
    message = "Invalid sort direction: {direction}"


class SortUneven(BadRequest):
    message = "Number of sort dirs does not match the number of sort keys"


class MarkerNotFound(BadRequest):
    message = "No image found with ID {id}"


class MarkerInvisible(Forbidden):
    message = "Forbidding request, image {id} not visible"


# --- request schemas --------------------------------------------------------------------------------------


class ListQuery:
    """The query of a list, taken apart as Glance does: what is no option of the list is a filter."""

    def __init__(self, pairs: Query) -> None:
        rest = [(name, value) for name, value in pairs if name != "tag"]
        self.tags = [value.strip() for name, value in pairs if name == "tag"]
        limit, rest = _taken(rest, "limit")
        self.marker, rest = _taken(rest, "marker")
        self.member_status, rest = _taken(rest, "member_status")
        self.visibility = dict(rest).get("visibility")
        self._check_choices(dict(rest))
        self.limit = min(_limit(limit), MOST)
        self.order = _order(rest)
        self.filters = {
            name: value for name, value in rest if name not in ("visibility", "sort", "sort_key", "sort_dir")
        }

    def _check_choices(self, query: dict[str, str]) -> None:
        if self.visibility and self.visibility not in VISIBILITIES:
            raise BadVisibility(value=self.visibility)
        if query.get("changes-since"):
            raise NoChangesSince
        if self.member_status is None:
            self.member_status = "accepted"
        if self.member_status not in MEMBER_STATUSES:
            raise BadMemberStatus(value=self.member_status)


def _taken(pairs: Query, name: str) -> tuple[str | None, Query]:
    """The first value of a name, and the rest of the query."""
    for position, (key, value) in enumerate(pairs):
        if key == name:
            return value, pairs[:position] + pairs[position + 1 :]
    return None, pairs


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text, re.ASCII):
        raise LimitNoInteger
    if int(text) < 0:
        raise LimitNegative
    return int(text)


def _order(pairs: Query) -> list[tuple[str, str]]:
    """Sort keys with their directions, down to the id, so that the order is total."""
    keys = [value.strip() for name, value in pairs if name == "sort_key"]
    directions = [value.strip() for name, value in pairs if name == "sort_dir"]
    if any(name == "sort" for name, _ in pairs):
        if keys or directions:
            raise TwoSyntaxes
        parts = [part.partition(":") for part in dict(pairs)["sort"].strip().split(",")]
        keys = [key.strip() for key, _, _ in parts]
        directions = [(direction or "desc").strip() for _, _, direction in parts]
    for key in keys:
        if key not in SORT_KEYS:
            raise BadSortKey(key=key, known=", ".join(SORT_KEYS))
    for direction in directions:
        if direction not in ("asc", "desc"):
            raise BadSortDirection(direction=direction)
    if len(directions) > 1 and len(directions) != len(keys):
        raise SortUneven
    keys, directions = keys or ["created_at"], directions or ["desc"]
    last = directions[0] if len(directions) == 1 else "desc"
    directions = directions * len(keys) if len(directions) == 1 else directions
    more = [key for key in ("created_at", "id") if key not in keys]
    return [*zip(keys, directions, strict=True), *((key, last) for key in more)]


# --- the page ----------------------------------------------------------------------------------------------


def listed(call: Call) -> tuple[Sequence[Image], bool]:
    """The page of images that the query asks for; is it full, so that more may follow?"""
    query = ListQuery(call.query_pairs)
    project_id = call.context.project_id
    wanted = tests(query.filters, query.visibility, query.tags, project_id)
    candidates = listable(call.cloud, project_id, call.is_admin, query.member_status or "accepted")
    images = [image for image in candidates if all(test(image) for test in wanted)]
    if query.marker is not None:
        marker = _marker(call, query.marker)
        ordered = _sorted([marker, *(image for image in images if image.id != marker.id)], query.order)
        page = ordered[ordered.index(marker) + 1 :][: query.limit]
    else:
        page = _sorted(images, query.order)[: query.limit]
    return page, bool(page) and len(page) == query.limit


def _marker(call: Call, id: str) -> Image:
    image = call.cloud.store.find(Image, id)
    if image is None:
        raise MarkerNotFound(id=id)
    if find_visible(call.cloud, id, call.context.project_id, call.is_admin) is None:
        raise MarkerInvisible(id=id)
    return image


def _sorted(images: list[Image], order: list[tuple[str, str]]) -> list[Image]:
    """By several keys; nothing comes before everything."""
    for key, direction in reversed(order):
        images = sorted(images, key=lambda image: _rank(getattr(image, key)), reverse=direction == "desc")
    return images


def _rank(value: Any) -> tuple[bool, Any]:
    return (False, 0) if value is None else (True, value)
