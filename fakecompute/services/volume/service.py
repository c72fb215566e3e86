"""How Cinder talks: Nova's fault bodies, its own headers."""

from __future__ import annotations

from fakecompute.errors import FakeError, MalformedBody, NotImplementedHere, PolicyDenied, TooLarge
from fakecompute.rest.dialect import Answer, Dialect
from fakecompute.rest.oslo import BadVersion, UnsupportedVersion, fault, jsonschema_words, unauthorized
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import HEADER, Microversions, Version


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    headers = {"x-openstack-request-id": request_id, "x-compute-request-id": request_id}
    return headers if version is None else headers | {HEADER: f"volume {version}", "Vary": HEADER}


def _unrouted(method: str, known: frozenset[str]) -> Answer | FakeError:
    return NotImplementedHere(operation="this part of the Volume API")


volume = Routes(
    "volume",
    mount="/volume",
    version_path="/v3",
    dialect=Dialect(
        fault=fault,
        headers=_headers,
        denied=lambda rule: PolicyDenied(rule=rule),
        bad_body=jsonschema_words("field/attribute"),
        bad_query=jsonschema_words("query parameters"),
        unrouted=_unrouted,
        unauthorized=unauthorized,
        malformed=MalformedBody,
        too_large=TooLarge,
        bad_version=lambda version: BadVersion(version=version),
        unsupported_version=lambda version, lowest, highest: UnsupportedVersion(
            version=version, lowest=lowest, highest=highest
        ),
    ),
    microversions=Microversions(types=("volume",), lowest=Version(3, 0), highest=Version(3, 71)),
    url_project=True,
)
