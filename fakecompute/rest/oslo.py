"""What the services share that are made of oslo: fault bodies, the validator's frame, the middleware in front."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.errors import BadRequest, FakeError, MalformedBody, NotAcceptable, PolicyDenied, TooLarge
from fakecompute.rest.dialect import Answer, Dialect, Flaw
from fakecompute.rest.version import HEADER, Version

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


def fault(error: FakeError, request_id: str, content_type: str = FAULT_TYPE) -> Answer:
    told: dict[str, object] = {"code": error.status, "message": str(error)}
    if error.status in (413, 429) and "Retry-After" in error.headers:
        if "details" in error.facts:
            told["details"] = error.facts["details"]
        told["retryAfter"] = error.headers["Retry-After"]
    return Answer(error.status, {FAULT_NAMES.get(error.status, "computeFault"): told}, content_type=content_type)


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


def headers_of(service: str) -> Callable[[Version | None, str], dict[str, str]]:
    """Request ids, and the version under the name that the service has in the header."""

    def headers(version: Version | None, request_id: str) -> dict[str, str]:
        told = {"x-openstack-request-id": request_id, "x-compute-request-id": request_id}
        return told if version is None else told | {HEADER: f"{service} {version}", "Vary": HEADER}

    return headers


def dialect(**own: Any) -> Dialect:
    """Nova's way of talking, but for what is `own`; `headers` and `unrouted` must be."""
    usual: dict[str, Any] = {
        "fault": fault,
        "denied": lambda rule: PolicyDenied(rule=rule),
        "bad_body": jsonschema_words("field/attribute"),
        "bad_query": jsonschema_words("query parameters"),
        "unauthorized": unauthorized,
        "malformed": MalformedBody,
        "too_large": TooLarge,
        "bad_version": lambda version: BadVersion(version=version),
        "unsupported_version": lambda version, lowest, highest: UnsupportedVersion(
            version=version, lowest=lowest, highest=highest
        ),
    }
    return Dialect(**{**usual, **own})
