"""Images: who sees them, how bytes come into them, and the ones that a cloud begins with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import md5, sha512
from typing import TYPE_CHECKING, Any

from fakecompute.domain.image_formats import FormatMismatch, qcow2, virtual_size
from fakecompute.domain.image_quota import check_count_total, check_storage, check_upload
from fakecompute.domain.image_stores import default_store, location
from fakecompute.domain.records.identity import Project, User
from fakecompute.domain.records.image import CachedImage, Image, ImageData, ImageMember
from fakecompute.errors import BadDefinition

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

HASH = "sha512"  # [DEFAULT]hashing_algorithm
GIB = 1 << 30
STRICT_SINCE = "2025.1"  # from this release on bytes must be of the disk_format: require_image_format_match


# --- who sees what ------------------------------------------------------------------------------------


def find_visible(cloud: Cloud, image_id: str, project_id: str | None, is_admin: bool) -> Image | None:
    """The image, for those who may know of it by its id: a member may before it has accepted."""
    image = cloud.store.find(Image, image_id)
    if (
        image is None
        or is_admin
        or image.visibility in ("public", "community")
        or image.owner in (None, project_id)
    ):
        return image
    shared = image.visibility == "shared" and cloud.store.find(ImageMember, f"{image_id}/{project_id}")
    return image if shared else None


def listable(
    cloud: Cloud, project_id: str | None, is_admin: bool, member_status: str = "accepted"
) -> list[Image]:
    """What a list may hold: all that is open to everybody, one's own, and what one is a member of."""
    store = cloud.store
    if is_admin:
        return store.all(Image)
    images = [*store.by(Image, "visibility", "public"), *store.by(Image, "visibility", "community")]
    images += store.by(Image, "owner", project_id)
    for member in store.by(ImageMember, "member", project_id):
        image = store.get(Image, member.image_id)
        if image.visibility == "shared" and member_status in ("all", member.status):
            images.append(image)
    return list({image.id: image for image in images}.values())


# --- bytes ---------------------------------------------------------------------------------------------


def store_data(cloud: Cloud, image: Image, data: bytes, stores: Sequence[str | None] = ()) -> Image:
    """The bytes are in, and the image active.  FormatMismatch if they are not what it claims to be.

    Without `stores` they go to the default one.
    """
    disk = None
    if image.container_format == "bare":
        try:
            disk = virtual_size(data, image.disk_format)
        except FormatMismatch:
            if cloud.release.name >= STRICT_SINCE:
                raise
    digest = sha512(data, usedforsecurity=False).hexdigest()
    cloud.store.put(ImageData(id=image.id, data=data, sha512=digest))
    return cloud.store.put(
        image.evolve(
            status="active",
            size=len(data),
            virtual_size=disk,
            checksum=md5(data, usedforsecurity=False).hexdigest(),
            os_hash_algo=HASH,
            os_hash_value=digest,
            locations=tuple(location(cloud, image.id, store) for store in stores or [default_store(cloud)]),
            updated_at=cloud.now,
        )
    )


def fill_from(cloud: Cloud, image: Image, data: bytes) -> Image:
    """The image with bytes that nobody has looked at: they are of its format."""
    try:
        return store_data(cloud, image, data)
    except FormatMismatch:
        unseen = store_data(cloud, image.evolve(container_format=None), data)
        return unseen.evolve(container_format=image.container_format)


def delete_image(cloud: Cloud, image: Image) -> None:
    """The image, its bytes and its members are gone; its tasks stay, as in Glance."""
    for member in cloud.store.by(ImageMember, "image", image.id):
        cloud.store.drop(member)
    for kind in (ImageData, CachedImage):
        if kept := cloud.store.find(kind, image.id):
            cloud.store.drop(kept)
    cloud.store.drop(image)


# --- snapshots of servers ----------------------------------------------------------------------------------

NOT_INHERITED = frozenset(  # nova/utils.py, and [DEFAULT]non_inheritable_image_properties
    "cache_in_nova bittorrent cinder_encryption_key_id cinder_encryption_key_deletion_policy img_signature"
    " img_signature_hash_method img_signature_key_type img_signature_certificate_uuid".split()
)


def create_snapshot(
    cloud: Cloud,
    *,
    name: str,
    server_id: str,
    owner: str,
    user_id: str,
    base: Image | None,
    properties: Mapping[str, str],
) -> Image:
    """The image that a server's createImage makes: queued until `finish_snapshot`.

    It takes over the properties of the image that the server was booted from; the given ones win.
    OverLimit if the project may have no image more.
    """
    check_count_total(cloud, owner)
    project, user = cloud.store.find(Project, owner), cloud.store.find(User, user_id)
    inherited = {key: value for key, value in (base.properties if base else ()) if key not in NOT_INHERITED}
    told = {
        "image_type": "snapshot",
        "instance_uuid": server_id,
        "user_id": user_id,
        "owner_id": owner,
        "owner_user_name": user.name if user else "",
        "owner_project_name": project.name if project else "",
    }
    if base:
        told["base_image_ref"] = base.id
    return cloud.store.put(
        Image(
            id=cloud.streams.uuid("image"),
            name=name,
            visibility="private",
            owner=owner,
            disk_format=(base and base.disk_format) or "qcow2",
            container_format=(base and base.container_format) or "bare",
            min_ram=base.min_ram if base else 0,
            min_disk=base.min_disk if base else 0,
            properties=tuple({**inherited, **told, **properties}.items()),
            created_at=cloud.now,
            updated_at=cloud.now,
        )
    )


def create_empty(
    cloud: Cloud, *, name: str, owner: str, base: Image | None, min_disk: int, properties: Mapping[str, str]
) -> Image:
    """An image that is active without bytes: its properties are all that is of use.

    TooLarge if Glance takes no image more, or no upload: to become active it is uploaded to, if only nothing.
    """
    check_count_total(cloud, owner)
    check_upload(cloud, owner)
    check_storage(cloud, owner, 0)
    inherited = {key: value for key, value in (base.properties if base else ()) if key not in NOT_INHERITED}
    image = Image(
        id=cloud.streams.uuid("image"),
        name=name,
        visibility="private",
        owner=owner,
        disk_format="raw",
        container_format="bare",
        min_ram=base.min_ram if base else 0,
        min_disk=min_disk,
        properties=tuple({**inherited, **properties}.items()),
        created_at=cloud.now,
    )
    return store_data(cloud, image, b"")


def finish_snapshot(cloud: Cloud, image_id: str, size: int) -> Image | None:
    """The snapshot of a disk of `size` bytes is uploaded; None if somebody has deleted the image meanwhile.

    StorageQuotaFull if Glance has no room for it.  What is stored is small and true to its checksum; the size of the
    disk is the image's virtual_size.
    """
    image = cloud.store.find(Image, image_id)
    if image is None:
        return None
    image, data = image.evolve(disk_format="qcow2", container_format="bare"), qcow2(size, image.id)
    check_storage(cloud, image.owner, len(data))
    return store_data(cloud, image, data)


# --- the ones that a cloud begins with -----------------------------------------------------------------------

_ENTRY = frozenset(
    "id name owner visibility disk_format container_format min_ram min_disk virtual_size protected os_hidden tags"
    " properties".split()
)


def define_images(cloud: Cloud, entries: list[dict[str, Any]]) -> None:
    """The section `images` of a definition.  `owner` is a project's name, `virtual_size` in bytes."""
    for position, entry in enumerate(entries):
        place = f"images[{position}]"
        if unknown := sorted(entry.keys() - _ENTRY):
            known = ", ".join(sorted(_ENTRY))
            raise BadDefinition([f"{place}: there is no {key!r}; there are {known}" for key in unknown])
        if "name" not in entry:
            raise BadDefinition([f"{place}: the name is missing"])
        _define(cloud, place, entry)


def _define(cloud: Cloud, place: str, entry: dict[str, Any]) -> None:
    fields = {
        key: value
        for key, value in entry.items()
        if key not in ("owner", "virtual_size", "tags", "properties")
    }
    owner = cloud.store.one(Project, "name", ("default", entry.get("owner", "admin")))
    if owner is None:
        raise BadDefinition([f"{place}: there is no project {entry.get('owner', 'admin')!r}"])
    properties = {str(key): str(value) for key, value in entry.get("properties", {}).items()}
    defaults = {
        "id": cloud.streams.uuid_at("image", entry["name"]),
        "visibility": "public",
        "disk_format": "qcow2",
        "container_format": "bare",
    }
    image = Image(
        **{**defaults, **fields},
        owner=owner.id,
        tags=tuple(entry.get("tags", ())),
        properties=tuple(properties.items()),
        created_at=cloud.now,
        updated_at=cloud.now,
    )
    disk = entry.get("virtual_size", GIB)
    data = qcow2(disk, image.name or "") if image.disk_format == "qcow2" else (image.name or "").encode() * 64
    try:
        store_data(cloud, image, data)
    except FormatMismatch:
        raise BadDefinition(
            [f"{place}: images of a definition are qcow2 or raw, not {image.disk_format}"]
        ) from None
