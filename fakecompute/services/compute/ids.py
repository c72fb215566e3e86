"""Ids in the forms that Nova's admin calls want: row numbers of old, UUIDs from 2.53 on."""

from __future__ import annotations

from fakecompute.errors import BadRequest
from fakecompute.rest.schema import FORMS


class NotAnInteger(BadRequest):
    message = "Invalid input received: id must be an integer"


class InvalidUuid(BadRequest):
    message = "Invalid uuid {id}"


def row_number(text: str) -> int:
    """nova/utils.py: validate_integer."""
    try:
        return int(text)
    except ValueError:
        raise NotAnInteger from None


def demand_uuid(text: str) -> None:
    """InvalidUuid unless it looks like one."""
    if not FORMS["uuid"](text):
        raise InvalidUuid(id=text)
