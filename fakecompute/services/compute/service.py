"""How Nova talks: fault names, headers, the words for a bad body, HTML for what is not there."""

from __future__ import annotations

from fakecompute.errors import MalformedBody, PolicyDenied
from fakecompute.rest.dialect import Answer, Dialect
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.oslo import BadVersion, UnsupportedVersion, fault, jsonschema_words, unauthorized
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import HEADER, Microversions, Version
from fakecompute.services.compute.policies import POLICIES


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    headers = {"x-openstack-request-id": request_id, "x-compute-request-id": request_id}
    if version is not None:
        headers[HEADER] = f"compute {version}"
        headers["X-OpenStack-Nova-API-Version"] = str(version)
        headers["Vary"] = f"{HEADER}, X-OpenStack-Nova-API-Version"
    return headers


def _unrouted(method: str, known: frozenset[str]) -> Answer:
    """Nova's router knows no 405: a path or method that is not there is the same page."""
    if method == "OPTIONS":
        return Answer(200, None)
    if method == "HEAD":
        return Answer(404, None, content_type="text/html; charset=UTF-8")
    return Answer(404, ErrorPage(404, "The resource could not be found."))


def _too_large() -> Answer:
    text = "Request is too large. Larger than max_request_body_size (%s)."  # the %s is Nova's own
    return Answer(413, ErrorPage(413, text))


compute = Routes(
    "compute",
    mount="/compute",
    version_path="/v2.1",
    dialect=Dialect(
        fault=fault,
        headers=_headers,
        denied=lambda rule: PolicyDenied(rule=rule),
        bad_body=jsonschema_words("field/attribute"),
        bad_query=jsonschema_words("query parameters"),
        unrouted=_unrouted,
        unauthorized=unauthorized,
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
    types=frozenset(("", "application/json", "text/plain", "application/vnd.openstack.compute+json")),
    url_project=True,
)
