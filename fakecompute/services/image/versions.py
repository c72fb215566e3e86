"""GET /image and /image/versions: what this Image API speaks."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.image.service import image

LISTED = (
    15,
    9,
    7,
    6,
    5,
    4,
    3,
    2,
    1,
    0,
)  # minors; the others are those of several stores, or of an image cache

# --- response views ---------------------------------------------------------------------------------


def _versions(call: Call) -> dict[str, Any]:
    newest = int(call.cloud.release.image.split(".")[1])
    minors = [minor for minor in LISTED if minor < newest]
    return {"versions": [_version(call, minor, minor == newest) for minor in (newest, *minors)]}


def _version(call: Call, minor: int, current: bool) -> dict[str, Any]:
    return {
        "id": f"v2.{minor}",
        "status": "CURRENT" if current else "SUPPORTED",
        "links": [{"rel": "self", "href": f"{call.base}{image.prefix}/"}],
    }


# --- handlers ---------------------------------------------------------------------------------------


@image.get("/", bare=True, public=True, success=300)
@image.get("", bare=True, public=True, success=300)
def offer_versions(call: Call) -> dict[str, Any]:
    return _versions(call)


@image.get("/versions", bare=True, public=True)
def list_versions(call: Call) -> dict[str, Any]:
    return _versions(call)


@image.get("")
def redirect_to_root(call: Call) -> Answer:
    return Answer(302, None, {"Location": f"{call.url}/"}, "text/plain; charset=utf8")
