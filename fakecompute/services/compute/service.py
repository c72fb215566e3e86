"""How Nova talks: fault names, headers, the words for a bad body, HTML for what is not there."""

from __future__ import annotations

from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.oslo import dialect, headers_of
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import HEADER, Microversions, Version
from fakecompute.services.compute.policies import POLICIES

LEGACY_HEADER = "X-OpenStack-Nova-API-Version"
_NEW_HEADERS = headers_of("compute")


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    """The version in the old header as well."""
    headers = _NEW_HEADERS(version, request_id)
    if version is not None:
        headers[LEGACY_HEADER] = str(version)
        headers["Vary"] = f"{HEADER}, {LEGACY_HEADER}"
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
    legacy_path="/v2",
    dialect=dialect(headers=_headers, unrouted=_unrouted, too_large=_too_large),
    policies=POLICIES,
    microversions=Microversions(
        types=("compute",),
        lowest=Version(2, 1),
        highest=Version(2, 104),
        legacy=LEGACY_HEADER,
        modern=Version(2, 38),  # Newton's
    ),
    types=frozenset(("", "application/json", "text/plain", "application/vnd.openstack.compute+json")),
    url_project=True,
)
