"""What the bytes of an image are: the few formats that Glance looks into, and small valid ones to give out."""

from __future__ import annotations

from hashlib import shake_256
from struct import pack, pack_into, unpack_from

# fmt: off
MAGIC = {  # where a format shows itself, and by what (oslo_utils/imageutils/format_inspector.py)
    "qcow2": (0,      b"QFI\xfb"),
    "vmdk":  (0,      b"KDMV"),
    "vhd":   (0,      b"conectix"),
    "vhdx":  (0,      b"vhdxfile"),
    "vdi":   (0x40,   b"\x7f\x10\xda\xbe"),
    "iso":   (0x8001, b"CD001"),
    "qed":   (0,      b"QED\x00"),
    "luks":  (0,      b"LUKS\xba\xbe"),
}
VIRTUAL_SIZE = {  # where the size of the disk stands: format of struct, place, unit
    "qcow2": (">Q", 24,    1),
    "vmdk":  ("<Q", 12,    512),
    "vhd":   (">Q", 40,    1),
    "vdi":   ("<Q", 0x170, 1),
    "iso":   ("<I", 0x8050, 2048),
}
# fmt: on
INSPECTABLE = frozenset(MAGIC) | {"raw", "gpt"}


class FormatMismatch(ValueError):
    """The bytes are not of the format that the image claims."""


def detect(data: bytes) -> str:
    """The format of the bytes; `raw` for what is none of the known ones."""
    return next((name for name, (at, magic) in MAGIC.items() if data[at : at + len(magic)] == magic), "raw")


def virtual_size(data: bytes, disk_format: str | None) -> int | None:
    """The size of the disk in bytes; None where it cannot be told.  FormatMismatch for other bytes."""
    found = detect(data)
    if disk_format == "raw":
        return len(data) or None
    if found != disk_format:
        if found == "raw" and disk_format not in INSPECTABLE:
            return None
        raise FormatMismatch(f"Image disk_format {disk_format} does not match stream data {found}")
    if found not in VIRTUAL_SIZE:
        return None
    form, at, unit = VIRTUAL_SIZE[found]
    if len(data) < at + 8:
        return None
    return int(unpack_from(form, data, at)[0]) * unit or None


def made_of(disk_format: str, disk_size: int, name: str) -> bytes:
    """A few KiB that are of a format, and say how large the disk is where that says so."""
    if disk_format == "qcow2":
        return qcow2(disk_size, name)
    tail = shake_256(name.encode()).digest(1024)
    if disk_format not in MAGIC:
        return tail
    at, magic = MAGIC[disk_format]
    head = bytearray(0x8060)
    head[at : at + len(magic)] = magic
    if disk_format in VIRTUAL_SIZE:
        form, place, unit = VIRTUAL_SIZE[disk_format]
        pack_into(form, head, place, disk_size // unit)
    return bytes(head) + tail


_CLUSTER_BITS = 12
_CLUSTER = 1 << _CLUSTER_BITS
_L2_REACH = _CLUSTER * (_CLUSTER // 8)  # bytes of the disk that an entry of the first table stands for


def qcow2(disk_size: int, name: str) -> bytes:
    """A valid, empty qcow2 of a few KiB; the last cluster tells one name from another."""
    entries = -(-disk_size // _L2_REACH)
    l1_clusters = -(-entries * 8 // _CLUSTER)
    used = 3 + l1_clusters  # header, table of refcounts, their one block, first table
    header = pack(
        ">4sIQIIQIIQQIIQ",
        b"QFI\xfb", 2, 0, 0, _CLUSTER_BITS, disk_size, 0, entries, 3 * _CLUSTER, _CLUSTER, 1, 0, 0,
    )  # fmt: skip
    refcount_table = pack(">Q", 2 * _CLUSTER)
    refcounts = pack(f">{used}H", *[1] * used)
    clusters = [header, refcount_table, refcounts, b"\0" * (l1_clusters * _CLUSTER)]
    padded = b"".join(part.ljust(-(-len(part) // _CLUSTER) * _CLUSTER, b"\0") for part in clusters)
    return padded + shake_256(name.encode()).digest(1024)
