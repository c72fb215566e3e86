"""How Neutron talks: every error says its type, a path that is not there is a 404 in JSON."""

from __future__ import annotations

from fakecompute.errors import BadRequest, FakeError, Forbidden, MethodNotAllowed, NotFound
from fakecompute.rest.dialect import Answer, Dialect, Flaw
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import Version
from fakecompute.services.network.policies import POLICIES

# What webob calls the errors that are no class of Neutron's
# fmt: off
TYPES = {
    400: "HTTPBadRequest",          401: "HTTPUnauthorized",          403: "HTTPForbidden",
    404: "HTTPNotFound",            405: "HTTPMethodNotAllowed",      406: "HTTPNotAcceptable",
    409: "HTTPConflict",            412: "HTTPPreconditionFailed",    413: "HTTPRequestEntityTooLarge",
    415: "HTTPUnsupportedMediaType", 501: "HTTPNotImplemented",       503: "HTTPServiceUnavailable",
}
# fmt: on
NEUTRONS = (
    "fakecompute.domain.network",
    "fakecompute.services.network.",
)  # where Neutron's own errors are declared


class PolicyNotAuthorized(Forbidden):
    message = "{rule} is disallowed by policy"


class InvalidScope(Forbidden):
    message = "rule:{rule} requires a scope of ['project'], request was made with {scope} scope."


class HTTPMethodNotAllowed(MethodNotAllowed):
    message = (
        "The server could not comply with the request since it is either malformed or otherwise incorrect."
    )


def _type(error: FakeError) -> str:
    """The name of the exception: ours is Neutron's, where the error is Neutron's own."""
    own = type(error).__module__.startswith(NEUTRONS)
    if own and (name := getattr(error, "neutrons_name", None)):
        return str(name)
    return type(error).__name__ if own else TYPES.get(error.status, "HTTPInternalServerError")


def _fault(error: FakeError, request_id: str) -> Answer:
    return Answer(error.status, {"NeutronError": {"type": _type(error), "message": str(error), "detail": ""}})


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    return {"X-Openstack-Request-Id": request_id}


def _bad(flaw: Flaw) -> FakeError:
    if flaw.kind == "unknown":
        return BadRequest(reason=f"Unrecognized attribute(s) '{flaw.name}'")
    if not flaw.path:
        return BadRequest(reason="Body contains invalid data")
    return BadRequest(reason=f"Invalid input for {flaw.path[-1]}. Reason: {flaw.sentence}.")


def _unrouted(method: str, known: frozenset[str]) -> FakeError:
    return HTTPMethodNotAllowed() if known else NotFound()


def _unauthorized(identity: str) -> Answer:
    """keystonemiddleware answers, not Neutron."""
    error = {
        "code": 401,
        "title": "Unauthorized",
        "message": "The request you have made requires authentication.",
    }
    return Answer(401, {"error": error}, {"WWW-Authenticate": f'Keystone uri="{identity}"'})


network = Routes(
    "network",
    mount="/network",
    version_path="/v2.0",
    dialect=Dialect(
        fault=_fault,
        headers=_headers,
        denied=lambda rule: PolicyNotAuthorized(rule=f"rule:{rule}"),
        barred=lambda rule, scope: InvalidScope(rule=rule, scope=scope),
        bad_body=_bad,
        bad_query=_bad,
        unrouted=_unrouted,
        unauthorized=_unauthorized,
        malformed=lambda: BadRequest(reason="Body contains invalid data"),
        too_large=lambda: Answer(413, "Request is too large.", content_type="text/plain; charset=UTF-8"),
    ),
    policies=POLICIES,
    projects_only=True,
)
