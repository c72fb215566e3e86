"""What Nova and Cinder share: fault bodies, the validator's frame, versions, and the middleware in front."""

from __future__ import annotations

from collections.abc import Callable

from fakecompute.errors import BadRequest, FakeError, NotAcceptable
from fakecompute.rest.dialect import Answer, Flaw

# nova/api/openstack/wsgi.py: Fault._fault_names; all others are computeFault
# fmt: off
FAULT_NAMES = {
    400: "badRequest",   401: "unauthorized",       403: "forbidden",      404: "itemNotFound",
    405: "badMethod",    409: "conflictingRequest", 413: "overLimit",      415: "badMediaType",
    429: "overLimit",    501: "notImplemented",     503: "serviceUnavailable",
}
# fmt: on
FAULT_TYPE = "application/json; charset=UTF-8"


class BadVersion(BadRequest):
    message = "API Version String {version} is of invalid format. Must be of format MajorNum.MinorNum."


class UnsupportedVersion(NotAcceptable):
    message = "Version {version} is not supported by the API. Minimum is {lowest} and maximum is {highest}."


def fault(error: FakeError, request_id: str) -> Answer:
    told: dict[str, object] = {"code": error.status, "message": str(error)}
    if error.status in (413, 429) and "Retry-After" in error.headers:
        told["retryAfter"] = error.headers["Retry-After"]
    return Answer(
        error.status, {FAULT_NAMES.get(error.status, "computeFault"): told}, content_type=FAULT_TYPE
    )


def jsonschema_words(where: str) -> Callable[[Flaw], FakeError]:
    """The validator's sentence in Nova's frame; Cinder's is the same."""
    # nova/api/validation/validators.py: _SchemaValidator.validate
    first = 0 if where == "query parameters" else -1

    def words(flaw: Flaw) -> FakeError:
        if flaw.kind == "name" or not flaw.path:
            return BadRequest(reason=flaw.sentence)
        told = f"Invalid input for {where} {flaw.path[first]}. Value: {flaw.value}. {flaw.sentence}"
        return BadRequest(reason=told)

    return words


def unauthorized(identity: str) -> Answer:
    """keystonemiddleware answers, not Nova."""
    error = {
        "code": 401,
        "title": "Unauthorized",
        "message": "The request you have made requires authentication.",
    }
    return Answer(401, {"error": error}, {"WWW-Authenticate": f'Keystone uri="{identity}"'})
