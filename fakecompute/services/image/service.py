"""How Glance talks: WebOb's error pages, its JSON bodies, and the routes of the service."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import BadRequest, FakeError, Forbidden, NotFound, UnsupportedMediaType
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer, Dialect, Flaw
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import Version
from fakecompute.services.image.policies import POLICIES, Denied

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXPLANATIONS = {  # webob/exc.py: what stands before an error that Glance gives as a detail
    403: "Access was denied to this resource.",
    409: "There was a conflict when trying to complete your request.",
    416: "The Range requested is not available.",
}
WRONG_METHOD = "The method {explanation} is not allowed for this resource. <br /><br />\n{detail}"
WRONG_TYPE = "The request media type {explanation} is not supported by this server.\n<br /><br />\n{detail}"


class Detail:
    """Mixed into an error that WebOb's own sentence for the status stands before."""


class ReadOnly(Forbidden):
    message = "Attribute '{name}' is read-only."


class NoBody(BadRequest):
    message = "Body expected in request."


class NeitherListNorObject(BadRequest):
    message = "Unexpected body type. Expected list/dict."


class UnwantedBody(BadRequest):
    message = "A body is not expected with this request."


class Malformed(BadRequest):
    message = "Malformed JSON in request body."


class WrongType(UnsupportedMediaType):
    """`content_type` is what was sent, `reason` what is wrong with it."""

    message = "{reason}"


def _fault(error: FakeError, request_id: str) -> Answer:
    return Answer(error.status, _page(error))


def _page(error: FakeError) -> ErrorPage:
    if isinstance(error, WrongType):
        return ErrorPage(415, str(error.facts["content_type"]), str(error), WRONG_TYPE)
    if isinstance(error, Detail):
        return ErrorPage(error.status, EXPLANATIONS[error.status], str(error))
    return ErrorPage(error.status, str(error))


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    return {"x-openstack-request-id": request_id}


def _denied(rule: str) -> FakeError:
    return Denied(rule=rule)


def _bad(flaw: Flaw) -> FakeError:
    return BadRequest(reason=flaw.sentence)


def _unrouted(method: str, known: frozenset[str]) -> FakeError | Answer:
    if not known:
        return NotFound()
    allowed = ", ".join(name for name in METHODS if name in known)
    return Answer(405, ErrorPage(405, method, "", WRONG_METHOD), {"Allow": allowed})


def _unauthorized(identity: str) -> Answer:
    """keystonemiddleware answers, not Glance."""
    error = {
        "code": 401,
        "title": "Unauthorized",
        "message": "The request you have made requires authentication.",
    }
    return Answer(401, {"error": error}, {"WWW-Authenticate": f'Keystone uri="{identity}"'})


class EveryType(frozenset[str]):
    """Glance reads JSON, whatever the client calls it."""

    def __contains__(self, content_type: object) -> bool:
        return True


image = Routes(
    "image",
    mount="/image",
    version_path="/v2",
    dialect=Dialect(
        fault=_fault,
        headers=_headers,
        denied=_denied,
        bad_body=_bad,
        bad_query=_bad,
        unrouted=_unrouted,
        unauthorized=_unauthorized,
        malformed=Malformed,
        too_large=lambda: Answer(
            413, ErrorPage(413, "The body of your request was too large for this server.")
        ),
    ),
    policies=POLICIES,
    types=EveryType(),
    max_body=1 << 24,
)


def sent_body(call: Call) -> Any:
    """The JSON of the call, which has to be there and to be an object or a list."""
    if not call.raw:
        raise NoBody
    if not isinstance(call.body, (dict, list)):
        raise NeitherListNorObject
    return call.body


def refuse_body(call: Call) -> None:
    """For the calls that Glance wants without a body."""
    if call.raw:
        raise UnwantedBody
