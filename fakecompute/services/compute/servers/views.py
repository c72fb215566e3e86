"""What a server looks like, in every version and to everybody."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha224
from typing import Any

from fakecompute.domain import server_network
from fakecompute.domain.block_devices import volumes_of
from fakecompute.domain.images import find_visible
from fakecompute.domain.records.compute import Host, ServerGroup
from fakecompute.domain.records.server import Server
from fakecompute.domain.states import VM
from fakecompute.rest.call import Call
from fakecompute.rest.version import Span, Version
from fakecompute.rest.view import ABSENT, Field, View, field, isoformat, isotime, mapped, moment
from fakecompute.services.compute.links import bookmark, linked

EXTENDED = "os_compute_api:os-extended-server-attributes"
PROGRESSING = frozenset({"ACTIVE", "BUILD", "REBUILD", "RESIZE", "VERIFY_RESIZE", "MIGRATING"})


def _host_id(server: Server, call: Call) -> str:
    return host_id(server.host, server.project_id)


@lru_cache(maxsize=4096)
def host_id(host: str | None, project_id: str) -> str:
    """What a project sees of a host: nova/utils.py, generate_hostid."""
    return sha224((project_id + host).encode()).hexdigest() if host else ""


def _addresses(server: Server, call: Call) -> dict[str, Any]:
    return {} if server.vm_state == VM.BUILDING else server_network.addresses(call.cloud, server.id)


def _plain_addresses(server: Server, call: Call) -> dict[str, Any]:
    return plain(_addresses(server, call))


def plain(addresses: dict[str, Any]) -> dict[str, Any]:
    """Addresses without the keys of the extensions."""
    return {
        network: [{"version": entry["version"], "addr": entry["addr"]} for entry in entries]
        for network, entries in addresses.items()
    }


def _zone(server: Server, call: Call) -> str:
    """That of the host; of one that never had a host the zone that was asked for."""
    wanted = server.requested_zone if server.launched_at is None else None
    return server.availability_zone or wanted or ""


def _root_device(server: Server, call: Call) -> str | None:
    """Named on the first host."""
    return server.root_device_name if server.host or server.launched_at is not None else None


def _hints(server: Server, call: Call) -> dict[str, list[Any]]:
    """Each as a list, however it was given."""
    return {key: value if isinstance(value, list) else [value] for key, value in server.scheduler_hints}


def _flavor_link(server: Server, call: Call) -> dict[str, Any]:
    return bookmark(call, "flavors", server.flavor.id)


def _flavor_inline(server: Server, call: Call) -> dict[str, Any]:
    flavor = server.flavor
    shown: dict[str, Any] = {
        "vcpus": flavor.vcpus,
        "ram": flavor.ram,
        "disk": flavor.disk,
        "ephemeral": flavor.ephemeral,
        "swap": flavor.swap,
        "original_name": flavor.name,
    }
    if call.may("os_compute_api:servers:show:flavor-extra-specs"):
        shown["extra_specs"] = dict(flavor.extra_specs)
    return shown


def _image(server: Server, call: Call) -> Any:
    return bookmark(call, "images", server.image_id) if server.image_id else ""


def _image_with_properties(server: Server, call: Call) -> Any:
    if not server.image_id:
        return ""
    image = find_visible(call.cloud, server.image_id, call.project_id, call.is_admin)
    return {**_image(server, call), "properties": dict(image.properties) if image else {}}


def _progress(server: Server, call: Call) -> Any:
    return server.progress if server.status in PROGRESSING else ABSENT


def _fault(server: Server, call: Call) -> Any:
    fault = server.fault
    if fault is None or server.status not in ("ERROR", "DELETED"):
        return ABSENT
    shown = {"code": fault.code, "created": isotime(fault.created_at), "message": fault.message}
    if call.is_admin or fault.code != 500:
        shown["details"] = fault.details
    return shown


def _security_groups(server: Server, call: Call) -> Any:
    names = server_network.security_group_names(call.cloud, server.id)
    return [{"name": name} for name in names] if names else ABSENT


def _host_status(server: Server, call: Call) -> str:
    host = call.cloud.store.one(Host, "name", server.host) if server.host else None
    if host is None:
        return ""
    if host.forced_down:
        return "DOWN"
    return "UNKNOWN" if not host.up else "MAINTENANCE" if host.disabled else "UP"


def _volumes_attached(server: Server, call: Call) -> list[dict[str, Any]]:
    return [{"id": device.volume_id} for device in volumes_of(call.cloud, server.id)]


def _volumes_attached_and_deleted(server: Server, call: Call) -> list[dict[str, Any]]:
    return [
        {"id": device.volume_id, "delete_on_termination": device.delete_on_termination}
        for device in volumes_of(call.cloud, server.id)
    ]


def _server_groups(server: Server, call: Call) -> list[str]:
    group = call.cloud.store.find(ServerGroup, server.group_id)
    return [group.id] if group is not None else []


# fmt: off
ALWAYS = (
    field("id"),
    field("name"),
    field("status"),
    field("tenant_id", "project_id"),
    field("user_id"),
    field("created", moment("created_at")),
    field("updated", moment("updated_at")),
    field("hostId", _host_id),
    field("accessIPv4", lambda server, call: server.access_ip_v4 or ""),
    field("accessIPv6", lambda server, call: server.access_ip_v6 or ""),
    field("flavor", _flavor_link, until="2.46"),
    field("flavor", _flavor_inline, since="2.47"),
    field("image", _image, until="2.97"),
    field("image", _image_with_properties, since="2.98"),
    field("metadata", mapped("metadata")),
    field("links", linked("servers")),
    field("OS-DCF:diskConfig", "disk_config"),
    field("progress", _progress),
    field("fault", _fault),
    field("locked", since="2.9"),
    field("description", since="2.19"),
    field("tags", lambda server, call: sorted(server.tags), since="2.26"),
    field("trusted_image_certificates",
          lambda server, call: None if server.trusted_image_certificates is None
          else list(server.trusted_image_certificates), since="2.63"),
    field("locked_reason", since="2.73"),
    field("pinned_availability_zone", since="2.96"),
)
# GET and the detailed list from the beginning; the answers of PUT and rebuild from 2.75 on
SHOWN = (
    field("addresses", _addresses),
    field("OS-EXT-AZ:availability_zone", _zone),
    field("OS-EXT-STS:vm_state", "vm_state"),
    field("OS-EXT-STS:task_state", "task_state"),
    field("OS-EXT-STS:power_state", "power_state"),
    field("OS-SRV-USG:launched_at", moment("launched_at", isoformat)),
    field("OS-SRV-USG:terminated_at", moment("terminated_at", isoformat)),
    field("os-extended-volumes:volumes_attached", _volumes_attached, until="2.2"),
    field("os-extended-volumes:volumes_attached", _volumes_attached_and_deleted, since="2.3"),
    field("security_groups", _security_groups),
    field("config_drive", lambda server, call: "True" if server.config_drive else ""),
    field("key_name"),
    field("OS-EXT-SRV-ATTR:host", "host", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:hypervisor_hostname", "host", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:instance_name", lambda server, call: f"instance-{server.number:08x}", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:hostname", "hostname", since="2.3", until="2.89", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:hostname", "hostname", since="2.90"),
    field("OS-EXT-SRV-ATTR:kernel_id", lambda server, call: "", since="2.3", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:ramdisk_id", lambda server, call: "", since="2.3", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:launch_index", "launch_index", since="2.3", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:reservation_id", "reservation_id", since="2.3", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:root_device_name", _root_device, since="2.3", rule=EXTENDED),
    field("OS-EXT-SRV-ATTR:user_data", "user_data", since="2.3", rule=EXTENDED),
    field("host_status", _host_status, since="2.16", rule="os_compute_api:servers:show:host_status"),
    field("scheduler_hints", _hints, since="2.100"),
)
GROUPS = (field("server_groups", _server_groups, since="2.71"),)  # not in lists
# fmt: on


def _later(fields: tuple[Field, ...], version: str) -> tuple[Field, ...]:
    """The same fields, from a version on."""
    floor = Version.parse(version)
    return tuple(f._replace(span=Span(max(f.span.since, floor), f.span.until)) for f in fields)


def _pinned_zone(server: Server, call: Call) -> str:
    """What was asked for; where the server is, nobody can tell."""
    return server.pinned_availability_zone or "UNKNOWN"


# Of servers whose cell does not answer: what Nova knows without it (from 2.69).
UNREACHABLE = (field("id"), field("status", lambda server, call: "UNKNOWN"), field("links", linked("servers")))
UNREACHABLE_DETAIL = (*UNREACHABLE, field("tenant_id", "project_id"), field("created", moment("created_at")))
unreachable_brief = View(*UNREACHABLE)
unreachable_listed = View(*UNREACHABLE_DETAIL)
unreachable_detail = View(
    *UNREACHABLE_DETAIL,
    field("image", _image),
    field("flavor", _flavor_inline),
    field("user_id"),
    field("OS-EXT-AZ:availability_zone", _pinned_zone),
    field("OS-EXT-STS:power_state", lambda server, call: 0),
    *GROUPS,
)
server_brief = View(field("id"), field("name"), field("links", linked("servers")))
server_listed = View(*ALWAYS, *SHOWN)
server_detail = View(*ALWAYS, *SHOWN, *GROUPS)
server_updated = View(
    *ALWAYS, field("addresses", _plain_addresses, until="2.74"), *_later(SHOWN, "2.75"), *GROUPS
)
server_rebuilt = View(
    *ALWAYS,
    field("addresses", _plain_addresses, until="2.74"),
    *(
        f
        for f in _later(SHOWN, "2.75")
        if f.name not in ("OS-EXT-SRV-ATTR:user_data", "key_name")
    ),
    field("key_name", since="2.54"),
    field("user_data", since="2.57"),
    *GROUPS,
)
