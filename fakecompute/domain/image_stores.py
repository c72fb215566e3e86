"""Where the bytes of images are kept: one store, or several as `enabled_backends` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from fakecompute.errors import FakeError

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
    from fakecompute.domain.records.image import Image

Location = tuple[str, str]  # an address, and its metadata in JSON

# fmt: off
TYPES: Mapping[str, tuple[str, dict[str, Any]]] = {  # type of a store -> form of its addresses, what operators see
    "file":  ("file:///var/lib/glance/{store}/{image}",
              {"data_dir": "/var/lib/glance/{store}", "chunk_size": 65536, "thin_provisioning": False}),
    "rbd":   ("rbd://{store}/images/{image}/snap",
              {"chunk_size": 8388608, "pool": "images", "thin_provisioning": False}),
    "swift": ("swift+config://{store}/glance/{image}", {"container": "glance", "large_object_size": 5120}),
    "s3":    ("s3://glance/{store}/{image}", {"s3_store_bucket": "glance"}),
    "http":  ("http://{store}/{image}", {}),
}
# fmt: on
READ_ONLY = frozenset(("http",))


class StoreReadOnly(FakeError):
    status = 410
    message = "Error in store configuration. Adding images to store is disabled."


class ImageStore(NamedTuple):
    """One of several stores; the first is the default."""

    name: str
    type: str
    default: bool

    @property
    def read_only(self) -> bool:
        return self.type in READ_ONLY

    def details(self) -> dict[str, Any]:
        """What its operators have set."""
        told = TYPES.get(self.type, ("", {}))[1]
        return {
            key: value.format(store=self.name) if isinstance(value, str) else value for key, value in told.items()
        }


def stores(cloud: Cloud) -> tuple[ImageStore, ...]:
    """The stores that have names; none where there is just one."""
    pairs = (entry.partition(":") for entry in cloud.settings.enabled_backends)
    return tuple(ImageStore(name, type or "file", not place) for place, (name, _, type) in enumerate(pairs))


def find_store(cloud: Cloud, name: str) -> ImageStore | None:
    return next((store for store in stores(cloud) if store.name == name), None)


def default_store(cloud: Cloud) -> str | None:
    return next((store.name for store in stores(cloud)), None)


def location(cloud: Cloud, image_id: str, name: str | None) -> Location:
    """Where a store keeps an image."""
    if name is None:
        return TYPES["file"][0].format(store="images", image=image_id), "{}"
    store = find_store(cloud, name)
    form = TYPES.get(store.type if store else "file", TYPES["file"])[0]
    return form.format(store=name, image=image_id), orjson.dumps({"store": name}).decode()


def store_of(place: Location) -> str | None:
    """The name of the store that an address belongs to."""
    name: str | None = orjson.loads(place[1]).get("store")
    return name


def stores_of(image: Image) -> list[str]:
    return [name for place in image.locations if (name := store_of(place))]
