"""Nova as a client of its neighbours: it asks them in its caller's name, and hands on what they say."""

from __future__ import annotations

from html import escape
from typing import Any

from fakecompute.errors import BadRequest, FakeError, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.routes import Routes


class NotFoundThere(NotFound):
    message = "{reason}"


FAMILIES: dict[int, type[FakeError]] = {403: Forbidden, 404: NotFoundThere}


def at(call: Call, service: Routes, body: Any = None, **query: str) -> Call:
    """The caller at another service's door."""
    return Call(call.cloud, call.context, service, body=body, query_pairs=list(query.items()), base=call.base)


def handed_on(call: Call, error: FakeError, conflict: type[FakeError] = BadRequest) -> FakeError:
    """What Neutron refused, as Nova passes it on; Neutron's 409 is a `conflict` of Nova's.

    neutronclient adds the ids of its requests to Neutron's words.
    """
    family = conflict if error.status == 409 else FAMILIES.get(error.status, BadRequest)
    request_id = f"req-{call.cloud.streams.uuid('look')}"
    return family(reason=f"{error}\nNeutron server returns request_ids: ['{request_id}']")


def glances_words(error: FakeError) -> str:
    """glanceclient reads them off an HTML page."""
    return f"HTTP {error.status} Bad Request: {escape(str(error))}"


def refused_by_cinder(call: Call, error: FakeError) -> FakeError:
    """What Cinder refused, as Nova passes it on: a 413 is a 403 of its own, and cinderclient adds to a 400."""
    if error.status == 413:
        return Forbidden(reason=str(error))
    if error.status != 400:
        return FAMILIES.get(error.status, BadRequest)(reason=str(error))
    request_id = f"req-{call.cloud.streams.uuid('cinder request')}"
    return BadRequest(reason=f"Invalid input received: {error} (HTTP 400) (Request-ID: {request_id})")
