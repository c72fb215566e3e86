"""How volumes came to servers before there were /attachments: reserve, initialize_connection, attach, and back.

    available -> os-reserve -> attaching -> os-attach -> in-use -> os-begin_detaching -> detaching -> os-detach

What is attached so is an Attachment like the others, without a connection.  Facts: cinder/volume/api.py,
`attach_volume` and `detach_volume` of cinder/volume/manager.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.volume.attachments import (
    NovaHasIt,
    attachments_of,
    check_answers,
    check_not_novas,
)
from fakecompute.domain.volume.attachments import detach as forget
from fakecompute.domain.volume.connections import Info, connection_to
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class NotReservable(BadRequest):
    message = "Invalid volume: Volume status must be {wanted} to reserve, but the status is {status}."


class InMaintenance(BadRequest):
    message = "Invalid volume: The volume {cannot} in maintenance mode."


class WrongMode(BadRequest):
    message = "Invalid attaching mode '{mode}' for volume {id}."


class CannotAttach(BadRequest):
    message = "Invalid volume: {reason}"


class Mismatched(BadRequest):
    message = "Invalid input received: Mismatched volume and attachment"


# --- to come


def reserve(cloud: Cloud, volume: Volume) -> None:
    wanted = ("available", "in-use") if volume.multiattach else ("available",)
    if volume.status not in wanted:
        raise NotReservable(wanted=" or ".join(wanted), status=volume.status)
    cloud.store.put(volume.evolve(status="attaching", updated_at=cloud.now))


def unreserve(cloud: Cloud, volume: Volume) -> None:
    """One that is not reserved is left alone."""
    if volume.status == "attaching":
        others = any(one.status != "detached" for one in attachments_of(cloud, volume.id))
        cloud.store.put(volume.evolve(status="in-use" if others else "available", updated_at=cloud.now))


def initialize_connection(cloud: Cloud, volume: Volume, connector: Mapping[str, Any]) -> Info:
    """How a host finds it; nothing is written down of who asks."""
    if volume.status == "maintenance":
        raise InMaintenance(cannot="connection cannot be initialized")
    check_answers(cloud, volume)
    return connection_to(cloud, volume, connector)


def attach(
    cloud: Cloud, volume: Volume, *, server_id: str | None, host: str | None, device: str, mode: str
) -> Attachment:
    """A server has it, or a host; in whatever status it is."""
    if volume.status == "maintenance":
        raise InMaintenance(cannot="cannot be attached")
    told = {"readonly": "False", **dict(volume.admin_metadata)}
    if told["readonly"] == "True" and mode != "ro":
        raise WrongMode(mode=mode, id=volume.id)
    check_answers(cloud, volume)
    if volume.status == "attaching" and told.get("attached_mode", mode) != mode:
        raise CannotAttach(reason="being attached by different mode")
    name = _host_name(host) if host else None
    there = _already(cloud, volume, server_id, name)
    if there is None and volume.status == "in-use" and not volume.multiattach and not volume.migration_status:
        raise CannotAttach(reason="volume is already attached and multiple attachments are not enabled")
    told["attached_mode"] = told.get("attached_mode", mode) if there else mode
    changed = volume.evolve(status="in-use", attach_status=None, admin_metadata=tuple(told.items()))
    cloud.store.put(changed.evolve(updated_at=cloud.now))
    if there is not None:
        return there
    return cloud.store.put(
        Attachment(
            id=cloud.streams.uuid("attachment"),
            number=cloud.streams.number("attachment number"),
            volume_id=volume.id,
            project_id=volume.project_id,
            server_id=server_id,
            status="attached",
            mode=mode,
            device=device,
            host=name,
            attached_at=cloud.now,
            created_at=cloud.now,
            updated_at=cloud.now,
        )
    )


def _already(cloud: Cloud, volume: Volume, server_id: str | None, host: str | None) -> Attachment | None:
    """Its attachment to this server, or to this host where no server is named."""
    for one in attachments_of(cloud, volume.id):
        if one.server_id == server_id if server_id else one.host == host:
            return one
    return None


def _host_name(host: str) -> str:
    """As the RFCs want it."""
    # cinder/volume/volume_utils.py: sanitize_hostname
    latin = host.encode("latin-1", "ignore").decode("latin-1")
    return re.sub(r"[^\w.-]+", "", re.sub("[ _]", "-", latin)).lower().strip(".-")


# --- to go


def detach(cloud: Cloud, volume: Volume, attachment_id: str | None, *, by_service: bool = False) -> None:
    """Take one attachment away, or the only one; what a server has is taken away through Nova."""
    found = _meant(cloud, volume, attachment_id, by_service)
    if volume.status == "maintenance":
        raise InMaintenance(cannot="cannot be detached")
    check_answers(cloud, volume)
    if found is not None:
        forget(cloud, found)
    elif not attachments_of(cloud, volume.id):
        cloud.store.put(volume.evolve(status="available", attach_status=None, updated_at=cloud.now))


def terminate_connection(cloud: Cloud, volume: Volume, *, by_service: bool = False) -> None:
    """A host no longer reaches it; one that was reserved for that is so no longer."""
    _meant(cloud, volume, None, by_service)
    check_answers(cloud, volume)
    unreserve(cloud, volume)


def _meant(cloud: Cloud, volume: Volume, id: str | None, by_service: bool) -> Attachment | None:
    """The attachment that is to go, if it may; None if there is none at all."""
    all_of_it = attachments_of(cloud, volume.id)
    if id is None and len(all_of_it) < 2:
        found = all_of_it[0] if all_of_it else None
    else:
        found = cloud.store.find(Attachment, id)
    if by_service:
        return found
    if found is None and (id is not None or all_of_it):
        raise NovaHasIt(server_id="")
    if found is not None and found.volume_id != volume.id:
        raise Mismatched
    if found is not None:
        check_not_novas(cloud, found)
    return found
