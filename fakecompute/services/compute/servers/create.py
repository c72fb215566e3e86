"""POST /servers: everything that is checked before a server exists."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, NamedTuple

from fakecompute.domain import network_requests, quota
from fakecompute.domain.actions import Caller
from fakecompute.domain.boot_disks import Disk, root
from fakecompute.domain.images import find_visible
from fakecompute.domain.records.compute import Flavor, Host, KeyPair, ServerGroup
from fakecompute.domain.records.identity import Token
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.server import NetworkRequest, Server
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.servers import create_servers
from fakecompute.errors import BadRequest, Forbidden
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import FORMS
from fakecompute.services.compute.links import links
from fakecompute.services.compute.servers import block_devices
from fakecompute.services.compute.servers.schemas import CreateServer
from fakecompute.services.compute.service import compute

GIB = 1 << 30
DEFAULT, INTERNAL = "nova", "internal"  # zones: of hosts in no aggregate; of services that are no hosts, so any host


class Place(NamedTuple):
    """Where a server is to be.  A host is `forced` if it came with the zone."""

    zone: str | None
    host: str | None
    forced: bool


class ImageTooBig(BadRequest):
    message = (
        "Flavor's disk is too small for requested image. Flavor disk is {disk} bytes, image is {size} bytes."
    )


class DiskTooSmall(BadRequest):
    message = (
        "Flavor's disk is smaller than the minimum size specified in image metadata."
        " Flavor disk is {disk} bytes, minimum size is {size} bytes."
    )


class VolumeTooSmall(BadRequest):
    message = (
        "Volume is smaller than the minimum size specified in image metadata."
        " Volume size is {disk} bytes, minimum size is {size} bytes."
    )


class EncryptedImage(BadRequest):
    message = (
        "Image {id} is unacceptable: Direct booting of an image uploaded from an encrypted volume is unsupported."
    )


def caller_of(call: Call) -> Caller:
    token = call.cloud.store.find(Token, call.context.token)
    return Caller(call.request_id, call.user_id, call.project_id, token.expires_at if token else None)


@compute.post("/servers", body=CreateServer, policy="os_compute_api:servers:create", success=202)
def create_server(call: Call) -> Any:
    """In Nova's order, so that of several mistakes the same one is told."""
    cloud, wish = call.cloud, call.body["server"]
    low, high = _counts(wish)
    place = _place(call, wish)
    asked = block_devices.wished(call, wish)
    if not wish.get("image_id") and not asked.disks:
        raise BadRequest(reason="Missing imageRef attribute")
    requests = _networks(call, wish)
    flavor = _flavor(call, wish["flavor_id"])
    if high > 1 and "hostname" in wish:
        raise BadRequest(reason="Unable to allocate a single hostname to multiple instances")
    _check_zone(call, place)
    image_id = wish.get("image_id") or None
    image = _image(call, image_id) if image_id else block_devices.image_of(call, wish, asked)
    groups = [entry.get("name", "default") for entry in wish.get("security_groups") or []]
    group_ids = network_requests.check_security_groups(cloud, call.project_id, groups)
    high = network_requests.check_requests(
        cloud, call.project_id, call.is_admin, requests, high, fewest=low, auto=wish.get("networks") == "auto"
    )
    key_name = _key(call, wish.get("key_name"))
    disks = block_devices.merged(asked, image, image_id, flavor, high)
    quota.check_metadata(cloud, call.project_id, len(wish.get("metadata", {})))
    _check_personality(call, wish)
    _check_fit(call, image, flavor, root(disks))
    group = _group(call)
    _check_host(call, place)
    count = quota.check_servers(
        cloud, call.project_id, call.user_id, min_count=low, max_count=high, vcpus=flavor.vcpus, ram=flavor.ram,
        more=needs_of(flavor, volume_backed=_on_volume(root(disks))).beyond_cores_and_ram,
    )  # fmt: skip
    place = place._replace(zone=block_devices.zone_for(call, disks, place.zone))
    disks = block_devices.check(call, disks, image_id, flavor)
    if group is not None:
        quota.check_group_members(cloud, call.project_id, call.user_id, group, count)
    servers = create_servers(
        cloud,
        caller_of(call),
        count,
        **_plain_fields(call, wish),
        project_id=call.project_id,
        user_id=call.user_id,
        flavor=flavor,
        disks=disks,
        image_id=image_id,
        key_name=key_name,
        networks=requests,
        security_groups=group_ids,
        requested_zone=None if place.zone == INTERNAL else place.zone,
        requested_host=place.host,
        host_forced=place.forced,
        pinned_availability_zone=place.zone,
        group_id=group.id if group else None,
        scheduler_hints=tuple(_hints(call).items()),
    )
    return _answer(call, wish, servers[0])


def _answer(call: Call, wish: dict[str, Any], server: Server) -> Answer:
    if wish.get("return_reservation_id"):
        return Answer(202, {"reservation_id": server.reservation_id})
    names = [{"name": entry.get("name", "default")} for entry in wish.get("security_groups") or []]
    shown: dict[str, Any] = {
        "id": server.id,
        "links": links(call, "servers", server.id),
        "OS-DCF:diskConfig": server.disk_config,
        "security_groups": names or [{"name": "default"}],
    }
    if call.cloud.settings.enable_instance_password:
        shown["adminPass"] = wish.get("admin_pass") or call.cloud.streams.secret("password")
    return Answer(202, {"server": shown}, {"Location": shown["links"][0]["href"]})


def _plain_fields(call: Call, wish: dict[str, Any]) -> dict[str, Any]:
    """What goes from the body into the record as it is."""
    certificates = wish.get("trusted_image_certificates")
    fields: dict[str, Any] = {
        "name": wish["name"],
        "description": wish.get("description") if call.since("2.19") else wish["name"],
        "metadata": tuple(wish.get("metadata", {}).items()),
        "tags": tuple(dict.fromkeys(wish.get("tags", ()))),
        "user_data": wish.get("user_data"),
        "config_drive": wish.get("config_drive", False),
        "disk_config": wish.get("disk_config", "MANUAL"),
        "access_ip_v4": wish.get("access_ip_v4"),
        "access_ip_v6": wish.get("access_ip_v6"),
        "trusted_image_certificates": None if certificates is None else tuple(certificates),
    }
    return fields | ({"hostname": wish["hostname"]} if "hostname" in wish else {})


def _counts(wish: dict[str, Any]) -> tuple[int, int]:
    low = wish.get("min_count", 1)
    high = wish.get("max_count", low)
    if low > high:
        raise BadRequest(reason="min_count must be <= max_count")
    return low, high


def _place(call: Call, wish: dict[str, Any]) -> Place:
    """The zone and the host that are asked for: `zone`, `zone:host:node` (admins), host and hypervisor_hostname."""
    zone, *parts = (wish.get("availability_zone") or "").split(":")
    if len(parts) > 2:
        raise BadRequest(reason="Invalid input received: Unable to parse availability_zone")
    forced = next(filter(None, parts), None)
    if forced is not None:
        call.demand("os_compute_api:servers:create:forced_host")
    wanted = wish.get("host") or wish.get("hypervisor_hostname")
    if wanted is not None:
        call.demand("compute:servers:create:requested_destination")
        if forced is not None:
            raise BadRequest(
                reason="One mechanism with host and/or hypervisor_hostname and another mechanism with"
                " zone:host:node are mutually exclusive."
            )
        return Place(zone or None, wanted, forced=False)
    return Place(_zone_of(call, forced, zone) if forced else zone or None, forced, forced=forced is not None)


def _zone_of(call: Call, host_name: str, zone: str) -> str | None:
    """The zone that counts for a forced host: nova/api/.../servers.py, _validate_host_availability_zone."""
    host = call.cloud.store.one(Host, "name", host_name)
    actual = host.availability_zone if host else DEFAULT
    if zone == actual:
        return zone
    return None if actual == DEFAULT else actual


def _check_zone(call: Call, place: Place) -> None:
    if place.zone in (None, INTERNAL) or place.forced:
        return
    hosts = call.cloud.store.by(Host, "zone", place.zone)
    if all(host.disabled for host in hosts):  # those that are down count: nova/availability_zones.py
        raise BadRequest(reason="The requested availability zone is not available")


def _check_host(call: Call, place: Place) -> None:
    """A forced host may be missing: then the build fails."""
    if place.host and not place.forced and call.cloud.store.one(Host, "name", place.host) is None:
        raise BadRequest(reason=f"Compute host {place.host} could not be found.")


def _networks(call: Call, wish: dict[str, Any]) -> tuple[NetworkRequest, ...] | None:
    """nova/api/openstack/compute/servers.py: _get_requested_networks."""
    asked = wish.get("networks")
    if asked is None or asked == "auto" or asked == []:
        return None
    call.demand("os_compute_api:servers:create:attach_network")
    if asked == "none":
        return ()
    requests = []
    for entry in asked:
        network_id, port_id, fixed_ip = entry.get("uuid"), entry.get("port"), entry.get("fixed_ip")
        if port_id and fixed_ip:
            raise BadRequest(
                reason=f"Specified Fixed IP '{fixed_ip}' cannot be used with port '{port_id}':"
                " the two cannot be specified together."
            )
        if not port_id and "uuid" not in entry:
            raise BadRequest(reason="Bad network format: missing 'uuid'")
        if not port_id and not FORMS["uuid"](network_id):
            raise BadRequest(
                reason=f"Bad networks format: network uuid is not in proper format ({network_id})"
            )
        requests.append(NetworkRequest(None if port_id else network_id, port_id, fixed_ip, entry.get("tag")))
    return tuple(requests)


def _flavor(call: Call, id: str | int) -> Flavor:
    flavor = call.cloud.store.find(Flavor, str(id))
    if flavor is None or not (flavor.is_public or call.is_admin or call.project_id in flavor.access):
        raise BadRequest(reason=f"Flavor {id} could not be found.")
    return flavor


def _image(call: Call, id: str) -> Image:
    image = find_visible(call.cloud, id, call.project_id, call.is_admin)
    if image is None:
        raise BadRequest(reason="Can not find requested image")
    return image


def _on_volume(root: Disk | None) -> bool:
    return root is not None and root.is_volume


def _check_fit(call: Call, image: Image | None, flavor: Flavor, root: Disk | None) -> None:
    """The image must be whole and fit the flavor, or the volume that is made from it."""
    if image is None:
        return
    if image.id and dict(image.properties).get("cinder_encryption_key_id") and root and not root.is_volume:
        raise EncryptedImage(id=image.id)
    on_volume = _on_volume(root)
    check_image_fits(image, flavor, volume_backed=on_volume, size=root.volume_size if root else None)
    if not on_volume and flavor.disk == 0 and not call.may("os_compute_api:servers:create:zero_disk_flavor"):
        raise Forbidden(reason="Only volume-backed servers are allowed for flavors with zero disk.")


def check_image_fits(
    image: Image, flavor: Flavor, *, volume_backed: bool = False, size: int | None = None
) -> None:
    """nova/compute/api.py: _validate_flavor_image_nostatus, and the image's status.

    The disk of a volume is as large as the volume, if its `size` (GiB) is known.
    """
    if image.status != "active":
        raise BadRequest(reason=f"Image {image.id} is not active.")
    if flavor.ram < image.min_ram:
        raise BadRequest(reason="Flavor's memory is too small for requested image.")
    disk = (size or 0) * GIB if volume_backed else flavor.disk * GIB
    if disk and not volume_backed and (image.size or 0) > disk:
        raise ImageTooBig(disk=disk, size=image.size)
    if disk and image.min_disk * GIB > disk:
        refusal = VolumeTooSmall if volume_backed else DiskTooSmall
        raise refusal(disk=disk, size=image.min_disk * GIB)


def _key(call: Call, name: str | None) -> str | None:
    if name is not None and call.cloud.store.find(KeyPair, f"{call.user_id}/{name}") is None:
        raise BadRequest(reason="Invalid key_name provided.")
    return name


def _check_personality(call: Call, wish: dict[str, Any]) -> None:
    files = wish.get("personality") or []
    sizes = [(entry["path"], len(b64decode(entry["contents"]))) for entry in files]
    quota.check_files(call.cloud, call.project_id, sizes)


def _hints(call: Call) -> dict[str, Any]:
    return call.body.get("hints") or call.body.get("old_hints") or {}


def _group(call: Call) -> ServerGroup | None:
    """The server group of the scheduler hints."""
    id = _hints(call).get("group")
    if isinstance(id, list):
        id = id[0] if id else None
    if not id:
        return None
    group = call.cloud.store.find(ServerGroup, id)
    if group is None or not (call.is_admin or group.project_id == call.project_id):
        raise BadRequest(reason=f"Instance group {id} could not be found.")
    return group
