"""What a flavor and an image want of a host: resource classes and traits (nova/scheduler/utils.py: ResourceRequest)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fakecompute.domain.records.compute import Amounts, Flavor

SPEC = re.compile("(resources|trait)([a-zA-Z0-9_-]{1,64})?:(.*)")
STANDARD_CLASSES = frozenset({
    "VCPU", "MEMORY_MB", "DISK_GB", "PCI_DEVICE", "SRIOV_NET_VF", "NUMA_SOCKET", "NUMA_CORE", "NUMA_THREAD",
    "NUMA_MEMORY_MB", "IPV4_ADDRESS", "VGPU", "VGPU_DISPLAY_HEAD", "NET_BW_EGR_KILOBIT_PER_SEC",
    "NET_BW_IGR_KILOBIT_PER_SEC", "PCPU", "MEM_ENCRYPTION_CONTEXT", "FPGA", "PGPU",
    "NET_PACKET_RATE_KILOPACKET_PER_SEC", "NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC",
    "NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
})  # fmt: skip

# Extra specs and image properties that stand for traits: both names, the value, what it asks for.
# fmt: off
IMPLIED = (
    ("os:secure_boot",             "os_secure_boot",             "required",    "COMPUTE_SECURITY_UEFI_SECURE_BOOT"),
    ("hw:maxphysaddr_mode",        "hw_maxphysaddr_mode",        "passthrough", "COMPUTE_ADDRESS_SPACE_PASSTHROUGH"),
    ("hw:maxphysaddr_mode",        "hw_maxphysaddr_mode",        "emulate",     "COMPUTE_ADDRESS_SPACE_EMULATED"),
    ("hw:pci_numa_affinity_policy", "hw_pci_numa_affinity_policy", "socket",    "COMPUTE_SOCKET_PCI_NUMA_AFFINITY"),
    ("hw:virtio_packed_ring",      "hw_virtio_packed_ring",      "true",        "COMPUTE_NET_VIRTIO_PACKED"),
    ("hw:mem_encryption",          "hw_mem_encryption",          "true",        "HW_CPU_X86_AMD_SEV"),
    ("hw:tpm_version",             "hw_tpm_version",             "1.2",         "COMPUTE_SECURITY_TPM_1_2"),
    ("hw:tpm_version",             "hw_tpm_version",             "2.0",         "COMPUTE_SECURITY_TPM_2_0"),
    ("hw:cpu_thread_policy",       "hw_cpu_thread_policy",       "require",     "HW_CPU_HYPERTHREADING"),
    ("hw:cpu_thread_policy",       "hw_cpu_thread_policy",       "isolate",     "!HW_CPU_HYPERTHREADING"),
)
# fmt: on


@dataclass(frozen=True)
class Needs:
    """Amounts of resource classes; traits that a host must and must not have.

    `impossible`: Placement would refuse the question, or no single provider could be the answer.
    """

    vcpus: int
    ram: int  # MiB
    disk: int  # GiB
    others: Amounts = ()
    required: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    impossible: bool = False

    @property
    def room(self) -> tuple[int, int, int]:
        return self.vcpus, self.ram, self.disk

    @property
    def beyond_cores_and_ram(self) -> dict[str, int]:
        """What else Keystone's limits may be of."""
        amounts = {"DISK_GB": self.disk, **dict(self.others)}
        return {f"class:{name}": amount for name, amount in amounts.items() if amount}


def needs_of(
    flavor: Flavor, properties: Mapping[str, str] | None = None, *, volume_backed: bool = False
) -> Needs:
    """What a server of this flavor takes; `resources:` in the extra specs stand before the flavor's own sizes.

    Swap counts as disk, in whole GiB; a root disk that is a volume does not.
    """
    root = 0 if volume_backed else flavor.disk
    disk = root + flavor.ephemeral + -(-flavor.swap // 1024)
    if not flavor.extra_specs and not properties:
        return Needs(flavor.vcpus, flavor.ram, disk)
    specs = dict(flavor.extra_specs)
    amounts: dict[str, int] = {}
    for name, amount in resources_of(specs):
        amounts[name] = amounts.get(name, 0) + amount
    required, forbidden = traits_of(specs, properties or {})
    return Needs(
        vcpus=amounts.pop("VCPU", 0 if "PCPU" in amounts else flavor.vcpus),
        ram=amounts.pop("MEMORY_MB", flavor.ram),
        disk=amounts.pop("DISK_GB", disk),
        others=tuple((name, amount) for name, amount in sorted(amounts.items()) if amount),
        required=required,
        forbidden=forbidden,
        impossible=_apart(specs) or bool(required & forbidden),
    )


def resources_of(specs: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The `resources` of all groups: a compute node is the only provider, so their sum must be there."""
    for key, value in specs.items():
        match = SPEC.fullmatch(key)
        if match is None or match[1] != "resources":
            continue
        if (match[3] in STANDARD_CLASSES or match[3].startswith("CUSTOM_")) and value.isdecimal():
            yield match[3], int(value)


def traits_of(specs: Mapping[str, str], properties: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    required: set[str] = set()
    forbidden: set[str] = set()
    for key, value in specs.items():
        match = SPEC.fullmatch(key)
        if match is not None and match[1] == "trait":
            {"required": required, "forbidden": forbidden}.get(value, set()).add(match[3])
    for key, value in properties.items():  # of an image: only this value is known
        if key.startswith("trait:") and value == "required":
            required.add(key.removeprefix("trait:"))
    for spec, property, value, trait in IMPLIED:
        if value in (specs.get(spec, "").lower(), str(properties.get(property, "")).lower()):
            (forbidden if trait[0] == "!" else required).add(trait.lstrip("!"))
    if specs.get("accel:device_profile"):
        required.add("COMPUTE_ACCELERATORS")
    return frozenset(required), frozenset(forbidden)


def _apart(specs: Mapping[str, str]) -> bool:
    """Two groups with a suffix need a policy, and `isolate` wants two providers where each node is one."""
    groups = {match[2] for key in specs if (match := SPEC.fullmatch(key)) and match[2]}
    return len(groups) > 1 and specs.get("group_policy") != "none"
