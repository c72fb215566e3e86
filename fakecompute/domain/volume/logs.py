"""How much the services of Cinder log: levels by the beginning of a logger's name.

What the processes write nobody sees here; what operators set, they can read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.volume_backend import BACKUP, SCHEDULER, VOLUME, LogLevel
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

API = "cinder-api"
BINARIES = (SCHEDULER, VOLUME, BACKUP, API)
LEVELS = ("INFO", "WARNING", "ERROR", "DEBUG")
USUAL = "INFO"

COMMON = (
    "cinder.context", "cinder.coordination", "cinder.db.api", "cinder.exception", "cinder.manager", "cinder.policy",
    "cinder.rpc", "cinder.service", "cinder.utils", "oslo.messaging._drivers.impl_rabbit",
    "oslo.service.backend._common.loopingcall", "oslo_concurrency.lockutils", "oslo_db.api", "oslo_policy.policy",
)  # fmt: skip
LOGGERS = {
    API: (
        "cinder.api.common", "cinder.api.extensions", "cinder.api.middleware.auth", "cinder.api.openstack.wsgi",
        "cinder.quota", "cinder.volume.api", "keystonemiddleware.auth_token", *COMMON,
    ),
    SCHEDULER: (
        "cinder.scheduler.base_filter", "cinder.scheduler.filter_scheduler",
        "cinder.scheduler.filters.capabilities_filter", "cinder.scheduler.filters.capacity_filter",
        "cinder.scheduler.host_manager", "cinder.scheduler.manager", *COMMON,
    ),
    VOLUME: (
        "cinder.image.image_utils", "cinder.volume.driver", "cinder.volume.drivers.lvm",
        "cinder.volume.flows.manager.create_volume", "cinder.volume.manager", "cinder.volume.targets.lio",
        "cinder.volume.volume_utils", *COMMON,
    ),
    BACKUP: ("cinder.backup.chunkeddriver", "cinder.backup.driver", "cinder.backup.manager", *COMMON),
}  # fmt: skip


class BadLogLevel(BadRequest):
    message = "Invalid input received: {level} is not a valid log level."


def check_level(level: str | None) -> str:
    """In capitals; BadLogLevel if it is none."""
    word = (level or "").upper()
    if word not in LEVELS:
        raise BadLogLevel(level=level or "")
    return word


def set_level(cloud: Cloud, service_id: str, prefix: str, level: str) -> None:
    id = f"{service_id} {prefix}"
    number = cloud.streams.number("log level")
    cloud.store.put(LogLevel(id=id, service_id=service_id, prefix=prefix, level=level, number=number))


def levels_of(cloud: Cloud, service_id: str, binary: str, prefix: str) -> dict[str, str]:
    """The loggers whose names begin with a prefix."""
    told = sorted(cloud.store.by(LogLevel, "service", service_id), key=lambda level: -level.number)
    return {
        logger: next((one.level for one in told if logger.startswith(one.prefix)), USUAL)
        for logger in sorted(LOGGERS[binary])
        if logger.startswith(prefix)
    }
