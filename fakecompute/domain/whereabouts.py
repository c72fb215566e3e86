"""On which host a server is, whether that listens, and what fault rules may match of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.identity import Project, User
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.kernel.store import Record

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


@dataclass(frozen=True, kw_only=True)
class QueueOutage(Record):
    """The message queue is down: the only record of its kind, while it lasts."""

    ticket: int  # of its event


def carries(cloud: Cloud) -> bool:
    """Does the message queue carry what services cast?"""
    return not cloud.store.count(QueueOutage)


def reports(cloud: Cloud, host: str | None) -> bool:
    """Does the service on a host listen, and hear?  No host: there is nobody who could be deaf."""
    if not carries(cloud):
        return False
    found = cloud.store.one(Host, "name", host) if host else None
    return found is None or found.reporting


def server_facts(cloud: Cloud, server: Server) -> dict[str, Any]:
    project, user = cloud.store.find(Project, server.project_id), cloud.store.find(User, server.user_id)
    image = cloud.store.find(Image, server.image_id)
    return {
        "server": server.name,
        "server.name": server.name,
        "server.id": server.id,
        "host": server.host,
        "zone": server.availability_zone,
        "flavor": server.flavor.name,
        "image": image.name if image else server.image_id,
        "image.id": server.image_id,
        "project": project.name if project else None,
        "user": user.name if user else None,
    }
