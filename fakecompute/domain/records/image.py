"""Glance's nouns."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.walker import Walker
from fakecompute.kernel.store import Record

Pairs = tuple[tuple[str, str], ...]
COMING = frozenset(("saving", "uploading", "importing"))
CONTAINER_FORMATS = [None, *"ami ari aki bare ovf ova docker compressed".split()]


@dataclass(frozen=True, kw_only=True)
class Image(Record):
    """An image without its bytes (see `ImageData`).  A deleted one is gone."""

    indexes = {"owner": lambda image: image.owner, "visibility": lambda image: image.visibility}
    totals = {"usage": lambda image: image.usage()}

    name: str | None = None
    status: str = "queued"  # queued | saving | uploading | importing | active | deactivated
    visibility: str = "shared"  # public | community | shared | private
    owner: str | None = None  # project
    disk_format: str | None = None
    container_format: str | None = None
    min_ram: int = 0  # MiB
    min_disk: int = 0  # GiB
    size: int | None = None  # bytes
    virtual_size: int | None = None  # bytes
    checksum: str | None = None  # MD5
    os_hash_algo: str | None = None
    os_hash_value: str | None = None
    protected: bool = False
    os_hidden: bool = False
    tags: tuple[str, ...] = ()
    properties: Pairs = ()  # the custom ones
    locations: Pairs = ()  # where the bytes are: addresses, each with its metadata in JSON
    created_at: int = 0
    updated_at: int = 0

    def usage(self) -> tuple[str, tuple[int, ...]] | None:
        """What counts against its project: one image, bytes stored and staged, and whether bytes are under way."""
        if self.owner is None:
            return None
        size, coming = self.size or 0, self.status in COMING
        stored = size * len(self.locations)
        return self.owner, (1, stored, 0 if stored or not coming else size, int(coming))


@dataclass(frozen=True, kw_only=True)
class ImageData(Record):
    """The bytes of the image of the same id, once they are stored or staged."""

    data: bytes
    sha512: str

    def facts(self) -> object:
        return self.id, len(self.data), self.sha512


@dataclass(frozen=True, kw_only=True)
class ImageMember(Record):
    """A project that a shared image is offered to; the id is `image_id/project_id`."""

    indexes = {"image": lambda member: member.image_id, "member": lambda member: member.member_id}

    image_id: str
    member_id: str  # project
    number: int
    status: str = "pending"  # pending | accepted | rejected
    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class ImageTask(Walker):
    """What an import does; its status is pending, processing, success or failure."""

    indexes = {"image": lambda task: task.image_id}

    owner: str
    user_id: str
    request_id: str
    type: str  # api_image_import | location_import | import
    input: str  # JSON
    image_id: str | None = None
    status: str = "pending"
    message: str = ""
    number: int = 0
    created_at: int = 0
    updated_at: int = 0
    expires_at: int | None = None


@dataclass(frozen=True, kw_only=True)
class CachedImage(Walker):
    """An image in Glance's cache, or on its way there; the id is the image's."""

    status: str = "queued"  # queued | cached
    number: int = 0
    size: int = 0
    hits: int = 0
    accessed_at: int = 0
    modified_at: int = 0
