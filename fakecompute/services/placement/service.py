"""How Placement talks: a list of errors, each with its request id."""

from __future__ import annotations

from http import HTTPStatus

from fakecompute.errors import BadRequest, FakeError, NotAcceptable, NotImplementedHere
from fakecompute.rest.dialect import Answer
from fakecompute.rest.oslo import dialect, headers_of
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import Microversions, Version


def _fault(error: FakeError, request_id: str) -> Answer:
    told = {
        "status": error.status,
        "title": HTTPStatus(error.status).phrase,
        "detail": str(error),
        "request_id": request_id,
    }
    return Answer(error.status, {"errors": [told]})


placement = Routes(
    "placement",
    mount="/placement",
    version_path="",
    dialect=dialect(
        fault=_fault,
        headers=headers_of("placement"),
        unrouted=lambda method, known: NotImplementedHere(operation="this part of the Placement API"),
        malformed=lambda: BadRequest(reason="Malformed JSON"),
        bad_version=lambda version: BadRequest(reason=f"invalid version string: {version}"),
        unsupported_version=lambda version, lowest, highest: NotAcceptable(
            reason=f"Unacceptable version header: {version}"
        ),
    ),
    microversions=Microversions(types=("placement",), lowest=Version(1, 0), highest=Version(1, 39)),
)
