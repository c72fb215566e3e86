"""Nova as a client of its neighbours: it asks Neutron and Glance in its caller's name, and hands on what they say."""

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
