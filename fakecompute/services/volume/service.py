"""How Cinder talks: as Nova does, under its own name and with a few sentences of its own."""

from __future__ import annotations

from functools import partial
from typing import Any

from fakecompute.domain.records.identity import Token
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.volume.types import may_use
from fakecompute.domain.volume.visibility import VolumeNotFound, visible, visible_snapshot
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.oslo import dialect, fault, headers_of
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import Microversions, Version
from fakecompute.services.volume.policies import POLICIES


def _unrouted(method: str, known: frozenset[str]) -> Answer:
    """Like Nova's, its router knows no 405."""
    return Answer(404, ErrorPage(404, "The resource could not be found."))


class NoVersionForVolumes(BadRequest):
    message = "The server could not comply with the request since it is either malformed or otherwise incorrect."


def _requested(header: str) -> str:
    """The first version for whatever has `volume` in its name; a header without one is a bad request."""
    for entry in header.split(","):
        if "volume" in entry:
            words = entry.split()
            if len(words) == 2:
                return words[1]
            break
    raise NoVersionForVolumes


volume = Routes(
    "volume",
    mount="/volume",
    version_path="/v3",
    dialect=dialect(
        fault=partial(fault, content_type="application/json"),
        headers=headers_of("volume"),
        unrouted=_unrouted,
        no_action="There is no such action: {key}. Verify the request body and Content-Type header and try again.",
        wrong_project="Malformed request url",
    ),
    policies=POLICIES,
    microversions=Microversions(types=("volume",), lowest=Version(3, 0), highest=Version(3, 71), read=_requested),
    types=frozenset(("", "application/json", "application/vnd.openstack.volume+json")),
    url_project=True,
)


# --- finders: what a path names, as its project and admins see it -------------------------------------------


@volume.finder("volume")
def find_volume(call: Call, id: str) -> Volume:
    """Whoever may not see volumes finds none, whatever is to be done with it."""
    found = visible(call.cloud, call.project_id, call.is_admin, id)
    if not call.may("volume:get", found.project_id):
        raise VolumeNotFound(id=id)
    return found


@volume.finder("snapshot")
def find_snapshot(call: Call, id: str) -> Snapshot:
    return visible_snapshot(call.cloud, call.project_id, call.is_admin, id)


def type_named(call: Call, name: str) -> VolumeType | None:
    """A type by id or name."""
    store = call.cloud.store
    found = store.find(VolumeType, name) or store.one(VolumeType, "name", name)
    return found if found is not None and may_use(found, call.project_id, call.is_admin) else None


def from_service(call: Call) -> bool:
    """Does another service vouch for the call, with a token of its own?  The caller's roles do not count."""
    token = call.cloud.store.find(Token, call.header("X-Service-Token"))
    if token is None or token.suspended or token.expires_at <= call.cloud.now:
        return False
    return "service" in token.roles


def links(call: Call, collection: str, id: str) -> list[dict[str, Any]]:
    """`self` with the version in it, `bookmark` without; the project is in both if it was in the request."""
    own = f"/{call.url_project}" if call.url_project else ""
    base = f"{call.base}{volume.mount}"
    return [
        {"rel": "self", "href": f"{base}{volume.version_path}{own}/{collection}/{id}"},
        {"rel": "bookmark", "href": f"{base}{own}/{collection}/{id}"},
    ]
