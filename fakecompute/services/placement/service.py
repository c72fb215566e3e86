"""How Placement talks: a list of errors, each with its request id."""

from __future__ import annotations

from http import HTTPStatus

from fakecompute.errors import (
    BadRequest,
    FakeError,
    NotAcceptable,
    NotImplementedHere,
    PolicyDenied,
    TooLarge,
)
from fakecompute.rest.dialect import Answer, Dialect
from fakecompute.rest.oslo import jsonschema_words, unauthorized
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import HEADER, Microversions, Version


def _fault(error: FakeError, request_id: str) -> Answer:
    told = {
        "status": error.status,
        "title": HTTPStatus(error.status).phrase,
        "detail": f"{error}",
        "request_id": request_id,
    }
    return Answer(error.status, {"errors": [told]})


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    headers = {"x-openstack-request-id": request_id}
    return headers if version is None else headers | {HEADER: f"placement {version}", "Vary": HEADER}


def _unrouted(method: str, known: frozenset[str]) -> Answer | FakeError:
    return NotImplementedHere(operation="this part of the Placement API")


placement = Routes(
    "placement",
    mount="/placement",
    version_path="",
    dialect=Dialect(
        fault=_fault,
        headers=_headers,
        denied=lambda rule: PolicyDenied(rule=rule),
        bad_body=jsonschema_words("field/attribute"),
        bad_query=jsonschema_words("query parameters"),
        unrouted=_unrouted,
        unauthorized=unauthorized,
        malformed=lambda: BadRequest(reason="Malformed JSON"),
        too_large=TooLarge,
        bad_version=lambda version: BadRequest(reason=f"invalid version string: {version}"),
        unsupported_version=lambda version, lowest, highest: NotAcceptable(
            reason=f"Unacceptable version header: {version}"
        ),
    ),
    microversions=Microversions(types=("placement",), lowest=Version(1, 0), highest=Version(1, 39)),
)
