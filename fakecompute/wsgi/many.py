"""Several clouds behind one port: which cloud, which project and which endpoint an address means.

`/clouds/<name>/compute/...` is the cloud of that name, everything else the one called "".  A project id between
version and noun (`/compute/v2.1/<project>/servers`) is taken out of the path, and what is asked at the legacy
endpoint (`/compute/v2/servers`) goes to the one of today, for each route to exist once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from fakecompute.cloud import Cloud

CLOUD = "fakecompute.cloud"  # keys of the WSGI environ
CLOUDS = "fakecompute.clouds"  # all of them, by name
CONTROL = "/_fakecompute"  # whose refusals are JSON
PROJECT = "fakecompute.project"
LEGACY = "fakecompute.legacy"  # the path as it was asked for at the legacy endpoint
DELAY = "fakecompute.delay"  # microseconds that the answer is to be late, for the face to wait
WAITS = "fakecompute.waits"  # the face does so in virtual time too: the clock is not to be moved for it
WIRE = "fakecompute.wire"  # how the answer is damaged on its way (domain/faults.py), for the face to do

_CLOUD = re.compile(r"/clouds/([A-Za-z0-9._-]+)(?=/|$)")
_PROJECT = re.compile(
    r"(/compute/v2(?:\.1)?|/volume/v3)/([0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(/.*)"
)
_LEGACY = re.compile(r"/compute/v2(/.+)")


def bind(app: WSGIApplication, clouds: Cloud | Mapping[str, Cloud]) -> WSGIApplication:
    """The app over one cloud, or over several by name ("" is the one without a prefix)."""
    named: Mapping[str, Any] = clouds if isinstance(clouds, Mapping) else {"": clouds}

    def bound(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        name = ""
        if match := _CLOUD.match(path):
            name = match[1]
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + match[0]
            path = environ["PATH_INFO"] = path[match.end() :] or "/"
        cloud = named.get(name)
        if cloud is None:
            there = f"There is no cloud {name!r} here; there are {sorted(n for n in named if n)}."
            kind, content = _no_cloud(there, path)
            start_response("404 Not Found", [("Content-Type", kind)])
            return [content]
        if match := _PROJECT.fullmatch(path):
            path = environ["PATH_INFO"] = match[1] + match[3]
            environ[PROJECT] = match[2]
        if match := _LEGACY.fullmatch(path):
            environ["PATH_INFO"] = "/compute/v2.1" + match[1]
            environ[LEGACY] = path
        environ[CLOUD] = cloud
        environ[CLOUDS] = named
        return app(environ, start_response)

    return bound


def _no_cloud(said: str, path: str) -> tuple[str, bytes]:
    if not path.startswith(CONTROL):
        return "text/plain; charset=utf-8", f"{said}\n".encode()
    hint = f"Ask for one of these, or make it: POST {CONTROL}/v1/clouds."
    return "application/json", json.dumps({"error": {"status": 404, "message": said, "hint": hint}}).encode()
