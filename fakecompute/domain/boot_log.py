"""What a server's console shows: a guest that boots, line by line, as time passes since its launch.

Guests there are none, so this is an invention: a Linux of no particular make.  It depends on nothing but the server,
the seed and the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.server import Server
from fakecompute.domain.server_network import ports_of
from fakecompute.domain.states import Power
from fakecompute.kernel.clock import SECOND

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

# Seconds after the start, and the line.  The kernel's clock is on the line where it writes itself.
# fmt: off
KERNEL = (
    (0.0,   "Linux version 6.8.0-generic (gcc 13.2.0) #1 SMP PREEMPT_DYNAMIC"),
    (0.0,   "Command line: root=/dev/vda1 ro console=tty1 console=ttyS0"),
    (0.0,   "BIOS-provided physical RAM map:"),
    (0.0,   "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable"),
    (0.0,   "BIOS-e820: [mem 0x0000000000100000-{top:#018x}] usable"),
    (0.0,   "NX (Execute Disable) protection: active"),
    (0.0,   "SMBIOS 2.8 present."),
    (0.0,   "DMI: OpenStack Foundation OpenStack Nova, BIOS 1.15.0-1 04/01/2014"),
    (0.0,   "Hypervisor detected: KVM"),
    (0.0,   "kvm-clock: Using msrs 4b564d01 and 4b564d00"),
    (0.0,   "ACPI: RSDP 0x00000000000F5A60 000014 (v00 BOCHS )"),
    (0.0,   "smpboot: Allowing {vcpus} CPUs, 0 hotplug CPUs"),
    (0.0,   "Memory: {ram}K/{ram}K available"),
    (0.004, "Security Framework initialized"),
    (0.012, "AppArmor: AppArmor initialized"),
    (0.088, "smp: Brought up 1 node, {vcpus} CPU"),
    (0.121, "devtmpfs: initialized"),
    (0.195, "NET: Registered PF_NETLINK/PF_ROUTE protocol family"),
    (0.344, "PCI: Using configuration type 1 for base access"),
    (0.530, "clocksource: Switched to clocksource kvm-clock"),
    (0.702, "Unpacking initramfs..."),
    (1.081, "virtio_blk virtio2: [vda] {sectors} 512-byte logical blocks ({disk} GiB)"),
    (1.144, "virtio_net virtio0 ens3: renamed from eth0"),
    (1.260, "EXT4-fs (vda1): mounted filesystem with ordered data mode."),
    (1.511, "systemd[1]: Detected virtualization kvm."),
    (1.514, "systemd[1]: Hostname set to <{hostname}>."),
)
USERLAND = (
    (1.9,   "[  OK  ] Reached target Local File Systems."),
    (2.4,   "[  OK  ] Started Network Time Synchronization."),
    (3.1,   "cloud-init[412]: Cloud-init v. 24.1 running 'init-local'. Up 3.08 seconds."),
    (4.7,   "cloud-init[498]: Cloud-init v. 24.1 running 'init'. Up 4.66 seconds."),
    (4.8,   "cloud-init[498]: ci-info: | Device |  Up  |    Address     |     Hw-Address    |{interfaces}"),
    (5.2,   "cloud-init[498]: Generating public/private ed25519 key pair."),
    (5.3,   "cloud-init[498]: The key fingerprint is: SHA256:{fingerprint} root@{hostname}"),
    (6.0,   "[  OK  ] Reached target Network is Online."),
    (6.4,   "[  OK  ] Started OpenBSD Secure Shell server."),
    (8.2,   "cloud-init[733]: Cloud-init v. 24.1 running 'modules:config'. Up 8.15 seconds."),
    (10.5,  "cloud-init[801]: Cloud-init v. 24.1 running 'modules:final'. Up 10.44 seconds."),
    (10.6,  "cloud-init[801]: Cloud-init v. 24.1 finished. Datasource DataSourceOpenStack. Up 10.58 seconds"),
    (10.8,  "[  OK  ] Reached target Multi-User System."),
    (11.0,  ""),
    (11.0,  "Linux {hostname} ttyS0"),
    (11.0,  ""),
    (11.0,  "{hostname} login: "),
)
# fmt: on


def boot_log(cloud: Cloud, server: Server) -> str:
    """As far as the guest has come: until now, or until it was last changed if it does not run."""
    assert server.launched_at is not None
    seen = cloud.now if server.power_state == Power.RUNNING else server.updated_at
    elapsed = max(0, seen - server.launched_at) / SECOND
    facts = {
        "hostname": server.hostname,
        "vcpus": server.flavor.vcpus,
        "ram": server.flavor.ram * 1024,
        "top": server.flavor.ram * 1024 * 1024 - 1,
        "disk": server.flavor.disk,
        "sectors": server.flavor.disk * 2 * 1024 * 1024,
        "fingerprint": cloud.streams.hex_at("host key", server.id, length=43),
        "interfaces": _interfaces(cloud, server),
    }
    kernel = [f"[{at:12.6f}] {text.format(**facts)}" for at, text in KERNEL if at <= elapsed]
    userland = [text.format(**facts) for at, text in USERLAND if at <= elapsed]
    return "\n".join(kernel + userland)


def _interfaces(cloud: Cloud, server: Server) -> str:
    """A line an address, each on a new one."""
    return "".join(
        f"\ncloud-init[498]: ci-info: |  ens{number} | True | {fixed.ip_address:^14} | {port.mac_address} |"
        for number, port in enumerate(ports_of(cloud, server.id), 3)
        for fixed in port.fixed_ips
    )
