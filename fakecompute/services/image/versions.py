"""GET /image and /image/versions: what this Image API speaks.  Releases until Queens had v1, too: 501."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.image.service import image

# Minors as Glance lists them; the others are those of several stores, or of an image cache.
# glance/api/versions.py
LISTED = (15, 9, 17, 7, 6, 5, 4, 3, 2, 1, 0)
V1_GONE = "rocky"

# --- response views ---------------------------------------------------------------------------------


def _versions(call: Call) -> dict[str, Any]:
    newest = int(call.cloud.release.image.split(".")[1])
    listed = [_version(call, "v2", minor, _status(minor, newest)) for minor in LISTED if minor <= newest]
    if call.cloud.release.before(V1_GONE):
        status = "SUPPORTED" if call.cloud.release.before("newton") else "DEPRECATED"
        listed += [_version(call, "v1", minor, status) for minor in (1, 0)]
    return {"versions": listed}


def _status(minor: int, newest: int) -> str:
    return "CURRENT" if minor == newest else "SUPPORTED"


def _version(call: Call, path: str, minor: int, status: str) -> dict[str, Any]:
    href = f"{call.base}{image.mount}/{path}/"
    return {"id": f"{path}.{minor}", "status": status, "links": [{"rel": "self", "href": href}]}


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


def version_1(call: Call, rest: str) -> None:
    if call.cloud.release.before(V1_GONE):
        raise NotImplementedHere(operation="version 1 of the Image API")
    raise NotFound


for _method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
    image.route(_method, "/v1/<path:rest>", bare=True)(version_1)
