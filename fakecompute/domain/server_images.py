"""Images of servers, and servers from other images: createImage, createBackup, shelve, unshelve, rebuild, rescue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.actions import Caller
from fakecompute.domain.images import create_snapshot
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import check_may
from fakecompute.domain.states import VM
from fakecompute.domain.workflows import start
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class OnlyOffloaded(Conflict):
    message = (
        'Specifying an availability zone or a host when unshelving server "{id}" with status "{vm_state}" is not'
        " supported. The server status must be SHELVED_OFFLOADED."
    )


class HostNotInZone(Conflict):
    message = 'Host "{host}" is not in the availability zone "{zone}".'


def create_image(
    cloud: Cloud, server: Server, caller: Caller, name: str, properties: Mapping[str, str], **memo: Any
) -> Image:
    """An image of the server, queued; the bytes come with time.  With `rotation` and `backup_type` it is a backup."""
    backup = "backup_type" in memo
    trigger = "createBackup" if backup else "createImage"
    check_may(server, trigger, True)
    told = {"image_type": "backup", "backup_type": str(memo["backup_type"])} if backup else {}
    image = _snapshot(cloud, server, caller, name, {**properties, **told})
    start(cloud, server, trigger, caller, memo=(("image_id", image.id), *memo.items()))
    return image


def _snapshot(
    cloud: Cloud, server: Server, caller: Caller, name: str, properties: Mapping[str, str]
) -> Image:
    return create_snapshot(
        cloud,
        name=name,
        server_id=server.id,
        owner=server.project_id,
        user_id=caller.user_id,
        base=cloud.store.find(Image, server.image_id),
        properties=properties,
    )


def shelve(cloud: Cloud, server: Server, caller: Caller, is_admin: bool) -> None:
    """Off, with a snapshot; without a host as well, unless the cloud keeps it there for a while."""
    check_may(server, "shelve", is_admin)
    image = _snapshot(cloud, server, caller, f"{server.name}-shelved", {})
    trigger = "shelve" if cloud.settings.shelved_offload_time == 0 else "shelve_here"
    start(cloud, server, trigger, caller, memo=(("image_id", image.id),))


def unshelve(
    cloud: Cloud, server: Server, caller: Caller, is_admin: bool, wish: Mapping[str, str | None]
) -> None:
    """Back to a host; `wish` may name availability_zone and host if the server is offloaded."""
    check_may(server, "unshelve", is_admin)
    zone, host = wish.get("availability_zone"), wish.get("host")
    if wish and server.vm_state != VM.OFFLOADED:
        raise OnlyOffloaded(id=server.id, vm_state=server.vm_state)
    if zone is not None and not cloud.store.count(Host, "zone", zone):
        raise BadRequest(reason="The requested availability zone is not available")
    changes: dict[str, Any] = {}
    if host is not None:
        found = cloud.store.one(Host, "name", host)
        if found is None:
            raise BadRequest(reason=f"Compute host {host} could not be found.")
        if zone is not None and found.availability_zone != zone:
            raise HostNotInZone(host=host, zone=zone)
    if "availability_zone" in wish:
        changes["pinned_availability_zone"] = zone
    trigger = "unshelve_offloaded" if server.vm_state == VM.OFFLOADED else "unshelve"
    start(cloud, server, trigger, caller, memo=(("zone", zone), ("host", host)), **changes)


def rebuild(cloud: Cloud, server: Server, caller: Caller, is_admin: bool, **changes: Any) -> Server:
    """The same server on a new disk; one that was stopped is stopped again."""
    check_may(server, "rebuild", is_admin)
    trigger = "rebuild_stopped" if server.vm_state == VM.STOPPED else "rebuild"
    memo = (("old_image", server.image_id),) if changes.get("image_id") != server.image_id else ()
    return start(cloud, server, trigger, caller, progress=0, memo=memo, **changes)
