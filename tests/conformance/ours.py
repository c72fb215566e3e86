"""Clouds of the shape of the real ones, in this process, to be asked the same."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

import yaml

from fakecompute import Cloud
from fakecompute.domain.records.backup import Backup
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.volume import Snapshot, Volume
from fakecompute.domain.settings import Settings
from fakecompute.kernel.clock import ManualClock
from fakecompute.wsgi.client import Http
from tests.conformance.exchange import HERE, SERVICES, Pause, Reply, Step

GIB = 1 << 30
RECORDS: dict[str, Any] = {"volume": Volume, "snapshot": Snapshot, "backup": Backup}
# fmt: off
IMAGES: tuple[dict[str, Any], ...] = (  # those of serve_cinder.py
    {"name": "small",         "properties": (("architecture", "x86_64"),)},
    {"name": "min-disk-10",   "min_disk": 10, "disk_format": "qcow2"},
    {"name": "size-3g",       "size": 3 * GIB},
    {"name": "virtual-5g",    "disk_format": "qcow2", "virtual_size": 5 * GIB},
    {"name": "unfolds-to-5g", "disk_format": "qcow2"},
    {"name": "queued",        "status": "queued", "size": None},
    {"name": "hidden",        "visibility": "private"},
)
# fmt: on


class Ours:
    """One of our services."""

    def __init__(self, service: str, definition: str, settings: Settings) -> None:
        self.service, self.root = SERVICES[service], f"http://localhost/{service}"
        shape = yaml.safe_load((HERE / definition).read_text())
        self._serve(Cloud(shape, settings=settings, clock=ManualClock(1_767_225_600_123_456)))

    def _serve(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._clients = {user: Http(cloud, user) for user in ("demo", "reader", "other", "admin", "stranger")}

    def fork(self) -> Self:
        """The same, going its own way from now on."""
        twin = copy(self)
        twin._serve(self.cloud.fork())
        return twin

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        url = f"/{self.service.name}" + (path[1:] if path.startswith("~") else self.service.path + path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        version = f"{self.service.name} {step.version}" if step.version else None
        answer = self._clients[step.user].request(
            step.method, url, content=body, version=version, headers={**headers, **step.headers}
        )
        return Reply(answer.status_code, dict(answer.headers), answer.text)

    def rest(self, pause: Pause, server: str | None) -> None:
        self.cloud.advance(pause.seconds)
        if server is not None or pause.server is not None:
            self.cloud.settle()


class OurNova(Ours):
    def __init__(self) -> None:
        super().__init__("compute", "cloud.yaml", Settings(allow_resize_to_same_host=True))


class OurCinder(Ours):
    def __init__(self) -> None:
        super().__init__("volume", "storage.yaml", Settings())
        self.begin()

    def begin(self) -> None:
        """The images that there are."""
        store = self.cloud.store
        for number, image in enumerate(IMAGES, 1):
            usual = {"status": "active", "visibility": "public", "disk_format": "raw", "size": GIB // 4}
            store.put(
                Image(
                    id=f"{number:08d}-0000-4000-8000-000000000000",
                    owner="0" * 32,
                    container_format="bare",
                    checksum="0" * 32,
                    created_at=self.cloud.now,
                    updated_at=self.cloud.now,
                    **{**usual, **image},
                )
            )

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        self.cloud.advance(0.001)  # nothing is as old as what was made before it
        return super().ask(step, path, body)

    def rest(self, pause: Pause, server: str | None) -> None:
        if pause.status is None:
            return super().rest(pause, server)
        for kind, id in pause.of.items():
            record = self.cloud.store.get(RECORDS[kind], id)
            self.cloud.store.put(record.evolve(status=pause.status))


class OurPlacement(Ours):
    """A cloud without hosts: of providers only those that are made."""

    def __init__(self) -> None:
        super().__init__("placement", "placement.yaml", Settings())

    def _serve(self, cloud: Cloud) -> None:
        super()._serve(cloud)
        self._clients["service"] = Http(cloud, "service")
