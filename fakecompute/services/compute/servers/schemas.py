"""What may be asked of servers, and in which version."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Any

from fakecompute.rest.schema import (
    INCLUDE,
    AnyOf,
    Anything,
    Booleanish,
    Choice,
    Either,
    Integer,
    ListOf,
    MapOf,
    Object,
    Schema,
    Text,
    Typed,
    shapes,
    since,
    until,
)

KEY = r"^[a-zA-Z0-9-_:. ]{1,255}$"
TAG = r"^[^,/]*$"
HOSTNAME = r"^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$"
FQDN = r"^[a-zA-Z0-9-._]*$"


def name_field(**options: Any) -> Text:
    return Text(min=1, max=255, form="name", **options)


def _size() -> Integer:
    return Integer(min=1, max=2147483647, pattern=r"^[0-9]+$")


def _flavor_ref(**options: Any) -> Either:
    return Either(Text(min=1), Integer(strict=True), required=True, data_key="flavorRef", **options)


def _one_or_more(item: Typed) -> Either:
    return Either(Text(), ListOf(item))


def metadata_field(**options: Any) -> MapOf:
    return MapOf(Text(max=255), key=KEY, **options)


def disk_config_field(**options: Any) -> Choice:
    return Choice("AUTO", "MANUAL", data_key="OS-DCF:diskConfig", **options)


def hostname_field() -> Any:
    return shapes(
        since("2.90", Text(max=63, pattern=HOSTNAME), until="2.93"),
        since("2.94", Text(min=1, max=255, pattern=FQDN)),
    )


def _count() -> Integer:
    return Integer(min=1, pattern="^[0-9]*$")


class AccessIPv6(Text):
    """accessIPv6 of a server: an address that is kept, and shown, in its shortest form."""

    def __init__(self) -> None:
        super().__init__(form="ipv6", data_key="accessIPv6")

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        address = IPv6Address(super()._deserialize(value, attr, data))
        front, back = divmod(int(address), 1 << 32)
        # inet_ntop writes an IPv4 address that stands in an IPv6 one with dots; ipaddress does so from 3.13 on
        if front == 0xFFFF or (front == 0 and back > 0xFFFF):
            return f"::{'ffff:' if front else ''}{IPv4Address(back)}"
        return str(address)


# --- create ------------------------------------------------------------------------------------------


class Network(Schema):
    fixed_ip = AnyOf(Text(form="ipv4"), Text(form="ipv6"))
    port = Text(form="uuid", allow_none=True)
    uuid = shapes(until("2.36", Text()), since("2.37", Text(form="uuid")))
    tag = shapes(
        since("2.32", Text(min=1, max=60, pattern=TAG), until="2.36"),
        since("2.42", Text(min=1, max=60, pattern=TAG)),
    )


class BlockDevice(Schema):
    """block_device_mapping of the first kind."""

    virtual_name = Text(max=255)
    volume_id = Text(form="uuid")
    snapshot_id = Text(form="uuid")
    volume_size = _size()
    device_name = Text(min=1, max=255, pattern=r"^[a-zA-Z0-9._/-]*$")
    delete_on_termination = Booleanish()
    no_device = Anything()
    connection_info = Text(max=16777215)


class BlockDevice2(BlockDevice):
    """block_device_mapping_v2: the same, and what kind of disk it is of what."""

    source_type = Choice("volume", "image", "snapshot", "blank")
    uuid = Text(min=1, max=255, pattern=r"^[a-zA-Z0-9._-]*$")
    image_id = Text(form="uuid")
    destination_type = Choice("local", "volume")
    guest_format = Text(max=255)
    device_type = Text(max=255)
    disk_bus = Text(max=255)
    boot_index = Integer(allow_none=True)
    tag = shapes(
        since("2.32", Text(min=1, max=60, pattern=TAG), until="2.32"),
        since("2.42", Text(min=1, max=60, pattern=TAG)),
    )
    volume_type = since("2.67", Text(max=255, allow_none=True))


class File(Schema):
    path = Text(required=True)
    contents = Text(form="base64", required=True)


class GroupName(Schema):
    name = name_field()


class Hints(Schema):
    """Known hints have a form, others are the scheduler's affair."""

    class Meta:
        unknown = INCLUDE

    group = AnyOf(Text(form="uuid"), ListOf(Text(form="uuid")))
    different_host = AnyOf(Text(form="uuid"), ListOf(Text(form="uuid")))
    same_host = _one_or_more(Text(form="uuid"))
    query = Either(Text(), MapOf(Anything()))
    target_cell = name_field()
    different_cell = _one_or_more(Text())
    build_near_host_ip = AnyOf(Text(form="ipv4"), Text(form="ipv6"))
    cidr = Text(pattern=r"^/[0-9a-f.:]+$")


class Wordy(Booleanish):
    """A boolean whose words Nova checks and does not read: any of them means true."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        super()._deserialize(value, attr, data)
        return bool(value)


class NewServer(Schema):
    """server of POST /servers; the order is that in which Nova's validator looks."""

    name = name_field(required=True)
    image_id = AnyOf(Text(form="uuid"), Text(max=0), data_key="imageRef")
    flavor_id = _flavor_ref()
    admin_pass = Text(data_key="adminPass")
    metadata = metadata_field()
    networks = shapes(
        until("2.36", ListOf(Object(Network))),
        since("2.37", AnyOf(ListOf(Object(Network)), Choice("none", "auto"), required=True)),
    )
    disk_config = disk_config_field()
    access_ip_v4 = Text(form="ipv4", data_key="accessIPv4")
    access_ip_v6 = AccessIPv6()
    personality = until("2.56", ListOf(Object(File)))
    availability_zone = name_field()
    block_device_mapping = ListOf(Object(BlockDevice))
    block_device_mapping_v2 = ListOf(Object(BlockDevice2))
    config_drive = Booleanish()
    key_name = name_field()
    min_count = _count()
    max_count = _count()
    return_reservation_id = Wordy()
    security_groups = ListOf(Object(GroupName))
    user_data = Text(form="base64", max=65535)
    description = since("2.19", Text(max=255, allow_none=True))
    tags = since("2.52", ListOf(Text(min=1, max=60, pattern=TAG), max=50))
    trusted_image_certificates = since(
        "2.63", ListOf(Text(min=1), min=1, max=50, unique=True, allow_none=True)
    )
    host = since("2.74", Text(min=1, max=255, pattern=FQDN))
    hypervisor_hostname = since("2.74", Text(min=1, max=255, pattern=FQDN))
    hostname = hostname_field()


class CreateServer(Schema):
    server = Object(NewServer, required=True)
    hints = Object(Hints, data_key="os:scheduler_hints")
    old_hints = Object(Hints, data_key="OS-SCH-HNT:scheduler_hints")


# --- update -------------------------------------------------------------------------------------------


class ChangedServer(Schema):
    name = name_field()
    disk_config = disk_config_field()
    access_ip_v4 = Text(form="ipv4", data_key="accessIPv4")
    access_ip_v6 = AccessIPv6()
    description = since("2.19", Text(max=255, allow_none=True))
    hostname = hostname_field()
    pinned_availability_zone = since("2.104", AnyOf(Text(min=1, max=255), allow_none=True))


class UpdateServer(Schema):
    server = Object(ChangedServer, required=True)


# --- actions ------------------------------------------------------------------------------------------


class Reboot(Schema):
    type = Choice("HARD", "Hard", "hard", "SOFT", "Soft", "soft", required=True)


class Resize(Schema):
    flavor_id = _flavor_ref()
    disk_config = disk_config_field()


class LockReason(Schema):
    locked_reason = Text(min=1, max=255)


class ChangePassword(Schema):
    admin_pass = Text(required=True, data_key="adminPass")


class ResetState(Schema):
    state = Choice("active", "error", required=True)


FREE: Typed = Anything()
LOCK: Any = shapes(until("2.72", Anything()), since("2.73", Object(LockReason, allow_none=True)))


# --- metadata -----------------------------------------------------------------------------------------


class Metadata(Schema):
    metadata = metadata_field(required=True)


class MetadataItem(Schema):
    meta = metadata_field(min=1, max=1, required=True)


# --- list ---------------------------------------------------------------------------------------------

# nova/api/openstack/compute/schemas/servers.py; operations.yaml, listing
SORT_KEYS = tuple(
    "access_ip_v4 access_ip_v6 auto_disk_config availability_zone config_drive created_at display_description"
    " display_name host hostname image_ref instance_type_id kernel_id key_name launch_index launched_at locked_by"
    " node power_state progress project_id ramdisk_id root_device_name task_state terminated_at updated_at user_id"
    " uuid vm_state".split()
)
SORT_KEYS_IGNORED = tuple(
    "architecture cell_name cleaned default_ephemeral_device default_swap_device deleted deleted_at"
    " disable_terminate ephemeral_gb ephemeral_key_uuid id key_data launched_on locked memory_mb os_type"
    " reservation_id root_gb shutdown_terminate user_data vcpus vm_mode".split()
)
REGEX_FILTERS = tuple(
    "kernel_id ramdisk_id hostname key_name power_state node flavor reservation_id launched_at terminated_at"
    " availability_zone name display_name description display_description locked_by root_device_name config_drive"
    " access_ip_v4 access_ip_v6 auto_disk_config progress ip ip6 created_at".split()
)
PLAIN_FILTERS = tuple(
    "user_id project_id tenant_id launch_index image_ref image vm_state task_state host uuid all_tenants"
    " soft_deleted deleted block_device_mapping services metadata system_metadata info_cache security_groups"
    " pci_devices".split()
)
TAG_FILTERS = ("tags", "tags-any", "not-tags", "not-tags-any")

ListServers: type[Schema] = type(
    "ListServers",
    (Schema,),
    {
        "limit": Integer(min=0, pattern="^[0-9]*$"),
        "marker": Text(),
        "sort_key": shapes(
            until("2.74", ListOf(Choice(*SORT_KEYS, *SORT_KEYS_IGNORED))),
            since("2.75", ListOf(Choice(*SORT_KEYS, "locked"))),
        ),
        "sort_dir": ListOf(Text()),
        "status": ListOf(Text()),
        "changes-since": Text(form="date-time"),
        "changes-before": since("2.66", Text(form="date-time")),
        "locked": since("2.73", Text()),
        **{name: Text(form="regex") for name in REGEX_FILTERS},
        **{name: Text() for name in PLAIN_FILTERS},
        **{name: since("2.26", Text(form="regex")) for name in TAG_FILTERS},
    },
)
