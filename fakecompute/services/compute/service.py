"""How Nova talks: fault names, headers, the words for a bad body, HTML for what is not there."""

from __future__ import annotations

from fakecompute.errors import BadRequest, FakeError, MalformedBody, NotAcceptable, PolicyDenied
from fakecompute.rest.dialect import Answer, Dialect, Flaw
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import HEADER, Microversions, Version
from fakecompute.services.compute.policies import POLICIES

# nova/api/openstack/wsgi.py: Fault._fault_names; all others are computeFault
# fmt: off
FAULT_NAMES = {
    400: "badRequest",   401: "unauthorized",       403: "forbidden",      404: "itemNotFound",
    405: "badMethod",    409: "conflictingRequest", 413: "overLimit",      415: "badMediaType",
    429: "overLimit",    501: "notImplemented",     503: "serviceUnavailable",
}
# fmt: on
FAULT_TYPE = "application/json; charset=UTF-8"
PAGE = """<html>
 <head>
  <title>{title}</title>
 </head>
 <body>
  <h1>{title}</h1>
  {text}<br /><br />


 </body>
</html>"""


class BadVersion(BadRequest):
    message = "API Version String {version} is of invalid format. Must be of format MajorNum.MinorNum."


class UnsupportedVersion(NotAcceptable):
    message = "Version {version} is not supported by the API. Minimum is {lowest} and maximum is {highest}."


def _fault(error: FakeError, request_id: str) -> Answer:
    fault: dict[str, object] = {"code": error.status, "message": str(error)}
    if error.status in (413, 429) and "Retry-After" in error.headers:
        fault["retryAfter"] = error.headers["Retry-After"]
    return Answer(
        error.status, {FAULT_NAMES.get(error.status, "computeFault"): fault}, content_type=FAULT_TYPE
    )


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    headers = {"x-openstack-request-id": request_id, "x-compute-request-id": request_id}
    if version is not None:
        headers[HEADER] = f"compute {version}"
        headers["X-OpenStack-Nova-API-Version"] = str(version)
        headers["Vary"] = f"{HEADER}, X-OpenStack-Nova-API-Version"
    return headers


def _bad_body(flaw: Flaw) -> FakeError:
    # nova/api/validation/validators.py: _SchemaValidator.validate
    if flaw.kind == "name" or not flaw.path:
        return BadRequest(reason=flaw.sentence)
    return BadRequest(
        reason=f"Invalid input for field/attribute {flaw.path[-1]}. Value: {flaw.value}. {flaw.sentence}"
    )


def _bad_query(flaw: Flaw) -> FakeError:
    if not flaw.path:
        return BadRequest(reason=flaw.sentence)
    return BadRequest(
        reason=f"Invalid input for query parameters {flaw.path[0]}. Value: {flaw.value}. {flaw.sentence}"
    )


def _unrouted(method: str, known: frozenset[str]) -> Answer:
    """Nova's router knows no 405: a path or method that is not there is the same page."""
    if method == "OPTIONS":
        return Answer(200, None)
    page = PAGE.format(title="404 Not Found", text="The resource could not be found.")
    return Answer(404, page, content_type="text/html; charset=UTF-8")


def _unauthorized(identity: str) -> Answer:
    """keystonemiddleware answers, not Nova."""
    error = {
        "code": 401,
        "title": "Unauthorized",
        "message": "The request you have made requires authentication.",
    }
    return Answer(401, {"error": error}, {"WWW-Authenticate": f'Keystone uri="{identity}"'})


def _too_large() -> Answer:
    page = PAGE.format(
        title="413 Request Entity Too Large",
        text="Request is too large. Larger than max_request_body_size (%s).",  # the %s is Nova's own
    )
    return Answer(413, page, content_type="text/html; charset=UTF-8")


compute = Routes(
    "compute",
    mount="/compute",
    version_path="/v2.1",
    dialect=Dialect(
        fault=_fault,
        headers=_headers,
        denied=lambda rule: PolicyDenied(rule=rule),
        bad_body=_bad_body,
        bad_query=_bad_query,
        unrouted=_unrouted,
        unauthorized=_unauthorized,
        malformed=MalformedBody,
        too_large=_too_large,
        bad_version=lambda version: BadVersion(version=version),
        unsupported_version=lambda version, lowest, highest: UnsupportedVersion(
            version=version, lowest=lowest, highest=highest
        ),
    ),
    policies=POLICIES,
    microversions=Microversions(
        types=("compute",),
        lowest=Version(2, 1),
        highest=Version(2, 104),
        legacy="X-OpenStack-Nova-API-Version",
    ),
    url_project=True,
)
