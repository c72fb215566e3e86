"""What Placement's handlers share: bodies and queries, read after the policy was asked; answers with their times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from fakecompute.domain.placement.providers import provider
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import FakeError, NotAcceptable, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import quality
from fakecompute.rest.schema import Body, InvalidBody
from fakecompute.services.placement.service import JSON, WrongType

CONCURRENT = "placement.concurrent_update"
IN_USE = "placement.inventory.inuse"


class Missing(NotFound):
    message = "{reason}"


class ProviderNotFound(NotFound):
    message = "No resource provider with uuid {id} found"


class OnlyJson(NotAcceptable):
    message = "Only application/json is provided"


# --- what came --------------------------------------------------------------------------------------------


def asked(call: Call, schema: Body) -> Any:
    """The body."""
    _check_type(call)
    if not call.raw:
        raise call.service.dialect.malformed()
    return schema.load(call.body, call.version)


def _check_type(call: Call) -> None:
    """Even where nothing was sent."""
    kind = call.environ.get("CONTENT_TYPE", "").partition(";")[0].strip()
    if not call.raw and kind != JSON:
        raise WrongType(kind=kind or None)


def queried(call: Call, schema: Body) -> dict[str, Any]:
    """The query; what it does not know, it refuses."""
    check_accept(call)
    try:
        return schema.load_query(call.query_pairs, call.version, strict=True)
    except InvalidBody as invalid:
        raise call.service.dialect.bad_query(invalid.flaw) from None


def found(call: Call, id: str, frame: str = "{error}") -> Provider:
    """The provider of a path; some handlers put the refusal in a `frame` of their own."""
    match call.environ.get("REQUEST_METHOD"):
        case "POST" | "PUT":
            _check_type(call)
        case "GET":
            check_accept(call)
    there = provider(call.cloud, id)
    if there is not None:
        return there
    raise Missing(reason=frame.format(id=id, error=ProviderNotFound(id=id)))


# --- what goes back ---------------------------------------------------------------------------------------


def given(call: Call, body: Any, modified: int | None = None, *, status: int = 200) -> Answer:
    """A body, and from 1.15 on since when it is so; None if there is nothing to be so."""
    check_accept(call)
    return Answer(status, body, times(call, modified))


def check_accept(call: Call) -> None:
    accept = call.header("Accept")
    if accept and not quality(accept, "application", "json"):
        raise OnlyJson


def times(call: Call, modified: int | None) -> dict[str, str]:
    if not call.since("1.15"):
        return {}
    told = {"Cache-Control": "no-cache"}
    if modified is not None:
        moment = datetime.fromtimestamp(modified // 1_000_000, UTC)
        told["Last-Modified"] = format_datetime(moment, usegmt=True)
    return told


def path_of(call: Call, *steps: str) -> str:
    """Where something is, without scheme and host: links have it so."""
    base = call.environ.get("SCRIPT_NAME", "") + call.service.mount
    return "/".join((base, *steps))


def link_to(call: Call, *steps: str) -> str:
    return "/".join((call.url, *steps))


@contextmanager
def worded(kinds: type[FakeError] | tuple[type[FakeError], ...], family: type[FakeError], begin: str,
           code: str | None = None) -> Iterator[None]:  # fmt: skip
    """Errors of some kinds are told as of another family, with words of the handler's before."""
    try:
        yield
    except kinds as error:
        raise family(reason=f"{begin}{error}", code=code) from None


