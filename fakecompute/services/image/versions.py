"""GET /image and /image/versions: what this Image API speaks.  Releases until Queens had v1, too: 501."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.image.service import image

# Minors as Glance lists them (glance/api/versions.py): some come with an image cache, some with several stores.
OLDEST = (7, 6, 5, 4, 3, 2, 1, 0)
WITH_CACHE, WITHOUT_CACHE = (18, 17, 16, 15, 14), (15,)
WITH_STORES, WITHOUT_STORES = (13, 12, 11, 10, 9, 8), (9,)
CACHED = 18  # what is current with a cache where it would be 17
V1_GONE = "rocky"

# --- response views ---------------------------------------------------------------------------------


def _versions(call: Call) -> dict[str, Any]:
    settings, newest = call.cloud.settings, int(call.cloud.release.image.split(".")[1])
    minors = [*(WITH_CACHE if settings.image_cache else WITHOUT_CACHE)]
    minors += WITH_STORES if settings.enabled_backends else WITHOUT_STORES
    minors += () if settings.image_cache else (17,)
    if settings.image_cache and newest == 17:
        newest = CACHED
    known = [minor for minor in (*minors, *OLDEST) if minor <= newest]
    listed = [_version(call, "v2", minor, _status(minor, newest)) for minor in known]
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
