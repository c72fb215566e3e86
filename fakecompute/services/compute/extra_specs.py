"""Which extra specs Nova knows, and what their values may be: checked from 2.86 on.

A name in a namespace that Nova knows must be in the table; anything may stand outside of them.
Source: nova/api/validation/extra_specs/.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from fakecompute.errors import BadRequest

# fmt: off
CPUS = r"\^?\d+((-\d+)?(,\^?\d+(-\d+)?)?)*"
REALTIME_CPUS = r"(\^)?\d+((-\d+)?(,\^?\d+(-\d+)?)?)*"
PAGES = r"(large|small|any|\d+([kKMGT]i?)?(b|bit|B)?)"
PMEM = r"([a-zA-Z0-9_]+(,)?)+"
ALIASES = r"[^:]+:\d+(?:\s*,\s*[^:]+:\d+)*"

# Placeholders of names
PARTS = {
    "{any}":    r".+",
    "{filter}": r"(:\w+)*",
    "{n}":      r"\d+",
    "{group}":  r"([a-zA-Z0-9_-]{1,64})?",
    "{custom}": r"[A-Z0-9_]+",
}

# The name; then `any`, `bool`, `int` with its bounds, `one of` some words, or `like` a pattern
TABLE = f"""
    accel:device_profile                any
    aggregate_instance_extra_specs:{{any}}  any
    capabilities:{{capability}}           any
    group_policy                        one of isolate none
    hide_hypervisor_id                  bool
    hw:boot_menu                        bool
    hw:cpu_cores                        int 1
    hw:cpu_dedicated_mask               like {CPUS}
    hw:cpu_max_cores                    int 1
    hw:cpu_max_sockets                  int 1
    hw:cpu_max_threads                  int 1
    hw:cpu_policy                       one of dedicated shared mixed
    hw:cpu_realtime                     bool
    hw:cpu_realtime_mask                like {REALTIME_CPUS}
    hw:cpu_sockets                      int 1
    hw:cpu_thread_policy                one of prefer isolate require
    hw:cpu_threads                      int 1
    hw:emulator_threads_policy          one of isolate share
    hw:ephemeral_encryption             bool
    hw:ephemeral_encryption_format      one of plain luks luksv2
    hw:hide_hypervisor_id               bool
    hw:locked_memory                    bool
    hw:mem_encryption                   bool
    hw:mem_encryption_model             one of amd-sev amd-sev-es amd-sev-snp intel-tdx
    hw:mem_page_size                    like {PAGES}
    hw:numa_cpus.{{n}}                    like {CPUS}
    hw:numa_mem.{{n}}                     int 1
    hw:numa_nodes                       int 1
    hw:pci_numa_affinity_policy         one of required preferred legacy socket
    hw:pmem                             like {PMEM}
    hw:pmu                              bool
    hw:redirected_usb_ports             int 0 15
    hw:serial_port_count                int 0
    hw:sound_model                      one of sb16 es1370 pcspk ac97 ich6 ich9 usb virtio
    hw:tpm_model                        one of tpm-tis tpm-crb
    hw:tpm_secret_security              one of user host deployment
    hw:tpm_version                      one of 1.2 2.0
    hw:usb_model                        one of none nec-xhci qemu-xhci
    hw:vif_multiqueue_enabled           bool
    hw:viommu_model                     one of intel smmuv3 virtio auto
    hw:virtio_packed_ring               bool
    hw:watchdog_action                  one of none pause poweroff reset disabled
    hw_rng:allowed                      bool
    hw_rng:rate_bytes                   int 0
    hw_rng:rate_period                  int 0
    hw_video:ram_max_mb                 int 0
    os:secure_boot                      one of disabled required
    pci_passthrough:alias               like {ALIASES}
    quota:{{shared}}_limit                int 0
    quota:{{shared}}_reservation          int
    quota:{{shared}}_shares_level         one of custom high normal low
    quota:{{shared}}_shares_share         int 0
    quota:cpu_period                    int 0
    quota:cpu_quota                     int
    quota:cpu_shares                    int 0
    quota:disk_{{io}}_sec                 int 0
    quota:vif_{{way}}_{{rate}}              int 0
    resources{{group}}:{{resource}}         int
    resources{{group}}:CUSTOM_{{custom}}    int
    trait{{group}}:{{custom}}               one of required forbidden
    vmware:hw_version                   any
    vmware:storage_policy               any
"""  # traits are taken by their form: the list of the standard ones is not kept here

CHOICES = {
    "{shared}":   "cpu memory disk_io vif",
    "{io}":       "read_bytes read_iops write_bytes write_iops total_bytes total_iops",
    "{way}":      "inbound outbound",
    "{rate}":     "average peak burst",
    "{resource}": "VCPU MEMORY_MB DISK_GB PCI_DEVICE SRIOV_NET_VF NUMA_SOCKET NUMA_CORE NUMA_THREAD"
                  " NUMA_MEMORY_MB IPV4_ADDRESS VGPU VGPU_DISPLAY_HEAD NET_BW_EGR_KILOBIT_PER_SEC"
                  " NET_BW_IGR_KILOBIT_PER_SEC PCPU MEM_ENCRYPTION_CONTEXT FPGA PGPU"
                  " NET_PACKET_RATE_KILOPACKET_PER_SEC NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC"
                  " NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC",
    "{capability}": "id uuid service_id host vcpus memory_mb local_gb vcpus_used memory_mb_used local_gb_used"
                  " hypervisor_type hypervisor_version hypervisor_hostname free_ram_mb free_disk_gb"
                  " current_workload running_vms disk_available_least host_ip mapped cpu_allocation_ratio"
                  " ram_allocation_ratio disk_allocation_ratio total_usable_ram_mb total_usable_disk_gb"
                  " disk_mb_used free_disk_mb vcpus_total num_instances num_io_ops failed_builds aggregates"
                  " cell_uuid updated cpu_info{filter} metrics{filter} stats{filter} numa_topology{filter}"
                  " supported_hv_specs{filter} pci_device_pools{filter} nodename{filter} pci_stats{filter}"
                  " supported_instances{filter} limits{filter} instances{filter}",
}
BOOLEANS = frozenset("1 t true on y yes 0 f false off n no".split())
# fmt: on


class InvalidSpec(BadRequest):
    message = "Validation failed; {reason}."


class Rule(NamedTuple):
    name: re.Pattern[str]
    kind: str
    terms: tuple[str, ...]


def check_spec(name: str, value: str) -> None:
    """InvalidSpec unless Nova would take it."""
    rules, namespaces = _compiled()
    for rule in rules:
        if rule.name.fullmatch(name):
            return _check_value(rule, value)
    if ":" in name and any(namespace.fullmatch(name.split(":")[0]) for namespace in namespaces):
        raise InvalidSpec(reason=f"extra spec '{name}' does not appear to be a valid extra spec")
    return None


def _check_value(rule: Rule, value: str) -> None:
    flaw = None
    if rule.kind == "bool" and value.strip().lower() not in BOOLEANS:
        flaw = "is not a valid boolean-like value"
    elif rule.kind == "int":
        flaw = _flaw_of_number(value, *map(int, rule.terms))
    elif rule.kind == "one of" and value not in rule.terms:
        flaw = f"is not one of: {', '.join(rule.terms)}"
    elif rule.kind == "like" and not re.fullmatch(rule.terms[0], value):
        flaw = f"is not of the format '{rule.terms[0]}'"
    if flaw:
        raise InvalidSpec(reason=f"'{value}' {flaw}")


def _flaw_of_number(value: str, least: int | None = None, most: int | None = None) -> str | None:
    try:
        number = int(value)
    except ValueError:
        return "is not a valid integer value"
    if most is not None and number > most:
        return f"is greater than the max value of '{most}'"
    if least is not None and number < least:
        return f"is less than the min value of '{least}'"
    return None


@cache
def _compiled() -> tuple[tuple[Rule, ...], tuple[re.Pattern[str], ...]]:
    """The table, and the namespaces that are in it."""
    rules, namespaces = [], set()
    for line in TABLE.strip().splitlines():
        name, words = line.split(maxsplit=1)
        kind, terms = (
            ("one of", words.split()[2:])
            if words.startswith("one of")
            else (words.split()[0], words.split()[1:])
        )
        pattern = _pattern(name)
        rules.append(Rule(re.compile(pattern), kind, tuple(terms)))
        if ":" in name:
            namespaces.add(pattern.split(":")[0])
    return tuple(rules), tuple(map(re.compile, sorted(namespaces)))


def _pattern(name: str) -> str:
    """A name of the table as a regular expression."""
    pattern = name.replace(".", r"\.")
    for part, words in CHOICES.items():
        pattern = pattern.replace(part, f"({'|'.join(words.split())})")
    for part, expression in PARTS.items():
        pattern = pattern.replace(part, expression)
    return pattern
