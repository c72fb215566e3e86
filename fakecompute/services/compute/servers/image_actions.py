"""Actions with images: createImage, createBackup, rebuild, rescue, unrescue, shelve, shelveOffload, unshelve."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from fakecompute.domain import quota, server_images, servers
from fakecompute.domain.boot_images import image_of_server, is_volume_backed, root_of
from fakecompute.domain.images import find_visible
from fakecompute.domain.records.compute import Host, KeyPair
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.errors import BadRequest, Conflict, Forbidden
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import (
    Anything,
    Booleanish,
    Integer,
    ListOf,
    Object,
    Schema,
    Text,
    shapes,
    since,
    until,
)
from fakecompute.services.compute.servers.actions import PATH
from fakecompute.services.compute.servers.create import caller_of, check_image_fits
from fakecompute.services.compute.servers.schemas import (
    FREE,
    AccessIPv6,
    File,
    disk_config_field,
    hostname_field,
    metadata_field,
    name_field,
)
from fakecompute.services.compute.servers.views import server_rebuilt
from fakecompute.services.compute.service import compute

HTML = "text/html; charset=UTF-8"  # what Nova says of the empty bodies that it builds by hand


class NoCertificates(BadRequest):
    message = "Image certificate validation is not supported for volume-backed servers."


class OtherImage(BadRequest):
    message = "Image {id} is unacceptable: Unable to rebuild with a different image for a volume-backed server."


class NotRescuable(BadRequest):
    message = "Instance {id} cannot be rescued: {reason}"


# --- request schemas ----------------------------------------------------------------------------------


class CreateImage(Schema):
    name = name_field(required=True)
    metadata = metadata_field()


class CreateBackup(Schema):
    name = name_field(required=True)
    backup_type = Text(required=True)
    rotation = Integer(min=0, pattern="^[0-9]*$", required=True)
    metadata = metadata_field()


class Rebuild(Schema):
    name = name_field()
    image_id = Text(form="uuid", required=True, data_key="imageRef")
    admin_pass = Text(data_key="adminPass")
    metadata = metadata_field()
    preserve_ephemeral = Booleanish()
    disk_config = disk_config_field()
    access_ip_v4 = Text(form="ipv4", data_key="accessIPv4")
    access_ip_v6 = AccessIPv6()
    personality = until("2.56", ListOf(Object(File)))
    description = since("2.19", Text(max=255, allow_none=True))
    key_name = since("2.54", Text(min=1, max=255, allow_none=True))
    user_data = since("2.57", Text(form="base64", max=65535, allow_none=True))
    trusted_image_certificates = since(
        "2.63", ListOf(Text(min=1), min=1, max=50, unique=True, allow_none=True)
    )
    hostname = hostname_field()


class Rescue(Schema):
    admin_pass = Text(data_key="adminPass")
    rescue_image_ref = Text(form="uuid")


class UnshelveToZone(Schema):
    availability_zone = name_field(required=True)


class Unshelve(Schema):
    availability_zone = Text(allow_none=True)
    host = Text()


UNSHELVE: Any = shapes(
    until("2.76", Anything()),
    since("2.77", Object(UnshelveToZone, allow_none=True), until="2.90"),
    since("2.91", Object(Unshelve, allow_none=True)),
)


# --- handlers -----------------------------------------------------------------------------------------


def password(call: Call, wish: dict[str, Any]) -> str:
    return wish.get("admin_pass") or call.cloud.streams.secret("password")


def _properties(call: Call, wish: dict[str, Any]) -> dict[str, str]:
    """The metadata of an image to be; until 2.38 the quota of servers' metadata held it, too."""
    properties: dict[str, str] = wish.get("metadata", {})
    if not call.since("2.39"):
        most = quota.limit(call.cloud, call.project_id, "metadata_items")
        if 0 <= most < len(properties):
            raise Forbidden(reason="Image metadata limit exceeded")
    return properties


@compute.action(
    PATH, "createImage", body=CreateImage, policy="os_compute_api:servers:create_image", success=202
)
def create_server_image(call: Call, server: Server) -> Any:
    wish = call.body
    properties = _properties(call, wish)
    about = call.cloud, server, caller_of(call), wish["name"], properties
    if is_volume_backed(call.cloud, server.id):
        call.demand("os_compute_api:servers:create_image:allow_volume_backed", server.project_id)
        image = server_images.create_volume_image(*about)
    else:
        image = server_images.create_image(*about)
    if call.since("2.45"):
        return {"image_id": image.id}
    return Answer(202, None, {"Location": f"{call.base}/image/v2/images/{image.id}"}, HTML)


@compute.action(
    PATH, "createBackup", body=CreateBackup, policy="os_compute_api:os-create-backup", success=202
)
def create_server_backup(call: Call, server: Server) -> Any:
    wish = call.body
    properties = _properties(call, wish)
    image = server_images.create_image(
        call.cloud, server, caller_of(call), wish["name"], properties,
        backup_type=wish["backup_type"], rotation=wish["rotation"],
    )  # fmt: skip
    if call.since("2.45"):
        return {"image_id": image.id}
    headers = {"Location": f"{call.url}/images/{image.id}"} if wish["rotation"] else {}
    return Answer(202, None, headers, HTML)


# What of a rebuild's body becomes a field of the server as it is.
KEPT = (
    "name",
    "access_ip_v4",
    "access_ip_v6",
    "disk_config",
    "description",
    "key_name",
    "user_data",
    "hostname",
)


@compute.action(PATH, "rebuild", body=Rebuild, policy="os_compute_api:servers:rebuild", success=202)
def rebuild_server(call: Call, server: Server) -> Any:
    wish = call.body
    servers.check_may(server, "rebuild", call.is_admin)
    image = find_visible(call.cloud, wish["image_id"], call.project_id, call.is_admin)
    if image is None:
        raise BadRequest(reason="Cannot find image for rebuild")
    root = root_of(call.cloud, server.id)
    volume_backed = root is not None and root.is_volume
    if volume_backed:
        _check_volume_backed(call, server, image)
    size = root.volume_size if root else None
    check_image_fits(image, server.flavor, volume_backed=volume_backed, size=size)
    servers.check_volumes(call.cloud, server, BadRequest)
    key_name = wish.get("key_name")
    if key_name is not None and call.cloud.store.find(KeyPair, f"{call.user_id}/{key_name}") is None:
        raise BadRequest(reason="Invalid key_name provided.")
    changes: dict[str, Any] = {field: wish[field] for field in KEPT if field in wish}
    if "metadata" in wish:
        quota.check_metadata(call.cloud, server.project_id, len(wish["metadata"]))
        changes["metadata"] = tuple(wish["metadata"].items())
    if "trusted_image_certificates" in wish:
        call.demand("os_compute_api:servers:rebuild:trusted_certs")
        certificates = wish["trusted_image_certificates"]
        changes["trusted_image_certificates"] = None if certificates is None else tuple(certificates)
    files = [(file["path"], len(b64decode(file["contents"]))) for file in wish.get("personality") or ()]
    quota.check_files(call.cloud, server.project_id, files)
    if not volume_backed:
        changes["image_id"] = image.id
    reimage = image.id if volume_backed and call.since("2.93") else None
    server = server_images.rebuild(
        call.cloud, server, caller_of(call), call.is_admin, reimage=reimage, **changes
    )
    shown = server_rebuilt(server, call)
    if call.cloud.settings.enable_instance_password:
        shown["adminPass"] = password(call, wish)
    return Answer(202, {"server": shown}, {"Location": f"{call.url}/servers/{server.id}"})


def _check_volume_backed(call: Call, server: Server, image: Image) -> None:
    """Until 2.92 the volume stays what it is."""
    if call.body.get("trusted_image_certificates"):
        raise NoCertificates
    root = root_of(call.cloud, server.id)
    volume = call.cloud.store.find(Volume, root.volume_id) if root else None
    made_from = dict(volume.image_metadata).get("image_id") if volume else None
    if made_from != image.id and not call.since("2.93"):
        raise OtherImage(id=image.id)


@compute.action(PATH, "rescue", body=Object(Rescue, allow_none=True), policy="os_compute_api:os-rescue")
def rescue_server(call: Call, server: Server) -> dict[str, Any] | None:
    wish = call.body or {}
    image_id = wish.get("rescue_image_ref")
    servers.check_may(server, "rescue", call.is_admin)
    image = image_of_server(call.cloud, server)
    if image_id is not None:
        image = find_visible(call.cloud, image_id, call.project_id, call.is_admin)
        if image is None or image.status != "active" or "block_device_mapping" in dict(image.properties):
            raise BadRequest(reason=f"Requested rescue image '{image_id}' is not supported")
    servers.check_volumes(call.cloud, server, Conflict)
    if is_volume_backed(call.cloud, server.id):
        _check_rescuable(call, server, image)
    servers.act(call.cloud, server, "rescue", caller_of(call), call.is_admin)
    return {"adminPass": password(call, wish)} if call.cloud.settings.enable_instance_password else None


def _check_rescuable(call: Call, server: Server, image: Image | None) -> None:
    """A volume stays attached while another disk is booted from: from 2.87, if the image says how."""
    properties = dict(image.properties) if image else {}
    if not call.since("2.87") or not {"hw_rescue_bus", "hw_rescue_device"} <= properties.keys():
        raise NotRescuable(id=server.id, reason="Cannot rescue a volume-backed instance")
    host = call.cloud.store.one(Host, "name", server.host)
    if host is not None and "COMPUTE_RESCUE_BFV" not in host.traits:
        raise NotRescuable(id=server.id, reason="Host unable to rescue a volume-backed instance")


@compute.action(PATH, "shelve", body=FREE, policy="os_compute_api:os-shelve:shelve", success=202)
def shelve_server(call: Call, server: Server) -> None:
    server_images.shelve(call.cloud, server, caller_of(call), call.is_admin)


@compute.action(PATH, "unshelve", body=UNSHELVE, policy="os_compute_api:os-shelve:unshelve", success=202)
def unshelve_server(call: Call, server: Server) -> None:
    wish = call.body if isinstance(call.body, dict) and call.since("2.77") else {}
    if wish.get("host"):
        call.demand("os_compute_api:os-shelve:unshelve_to_host")
    server_images.unshelve(call.cloud, server, caller_of(call), call.is_admin, wish)
