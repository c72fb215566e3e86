"""/servers/{id}/diagnostics: what the hypervisor has counted.

There is none, so the numbers are an invention: they depend on the server, the seed and how long it has been running.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from fakecompute.domain.records.network import Port
from fakecompute.domain.records.server import Server
from fakecompute.domain.server_network import ports_of
from fakecompute.domain.servers import ServerBusy, ServerNotReady
from fakecompute.domain.states import Power
from fakecompute.kernel.clock import SECOND
from fakecompute.rest.call import Call
from fakecompute.services.compute.service import compute

PATH = "/servers/<server>/diagnostics"
POLICY = "os_compute_api:os-server-diagnostics"


class Traffic(NamedTuple):
    """What came in and went out; errors and drops there are none."""

    rx_octets: int
    rx_packets: int
    tx_octets: int
    tx_packets: int


# --- response views -----------------------------------------------------------------------------------


def _uptime(server: Server, call: Call) -> int:
    """Seconds since the launch."""
    return (call.cloud.now - (server.launched_at or call.cloud.now)) // SECOND


def _cpu_time(server: Server, call: Call, cpu: int) -> int:
    """Nanoseconds: a boot, and a hundredth of the time after it."""
    boot = 9 + 4 * call.cloud.streams.uniform_at("boot", server.id, cpu)
    return round((boot + _uptime(server, call) / 100) * 1_000_000_000)


def _disks(server: Server) -> list[str]:
    flavor = server.flavor
    return ["vda", *(["vdb"] if flavor.ephemeral else []), *(["vdc"] if flavor.swap else [])]


def _disk(server: Server, call: Call, name: str) -> tuple[int, int, int, int]:
    """Requests and bytes read, requests and bytes written."""
    boot = 3000 + round(2000 * call.cloud.streams.uniform_at("disk", server.id, name))
    writes = boot // 10 + _uptime(server, call) // 5
    return boot, boot * 24_576, writes, writes * 8_192


def _traffic(server: Server, call: Call, port: Port) -> Traffic:
    boot = 200 + round(100 * call.cloud.streams.uniform_at("traffic", port.id))
    came, went = boot + _uptime(server, call) // 2, boot // 2 + _uptime(server, call) // 4
    return Traffic(came * 120, came, went * 90, went)


def libvirt_words(server: Server, call: Call) -> dict[str, Any]:
    """A flat object with the driver's own keys, as until 2.47."""
    # nova/virt/libvirt/driver.py: get_diagnostics
    shown: dict[str, Any] = {f"cpu{n}_time": _cpu_time(server, call, n) for n in range(server.flavor.vcpus)}
    for name in _disks(server):
        read_requests, read, write_requests, write = _disk(server, call, name)
        shown |= {f"{name}_read_req": read_requests, f"{name}_read": read}
        shown |= {f"{name}_write_req": write_requests, f"{name}_write": write, f"{name}_errors": -1}
    for port in ports_of(call.cloud, server.id):
        name, traffic = f"tap{port.id[:11]}", _traffic(server, call, port)
        shown |= {f"{name}_rx": traffic.rx_octets, f"{name}_rx_packets": traffic.rx_packets}
        shown |= {f"{name}_tx": traffic.tx_octets, f"{name}_tx_packets": traffic.tx_packets}
        shown |= {f"{name}_{way}_{what}": 0 for way in ("rx", "tx") for what in ("errors", "drop")}
    memory = server.flavor.ram * 1024
    return {**shown, "memory": memory, "memory-actual": memory, "memory-rss": memory * 2 // 5}


def _nic(server: Server, call: Call, port: Port) -> dict[str, Any]:
    shown: dict[str, Any] = {"mac_address": port.mac_address, **_traffic(server, call, port)._asdict()}
    for way in "rx", "tx":
        shown |= {f"{way}_errors": 0, f"{way}_drop": 0, f"{way}_rate": None}
    return shown


def _disk_details(server: Server, call: Call, name: str) -> dict[str, Any]:
    read_requests, read, write_requests, write = _disk(server, call, name)
    return {
        "read_requests": read_requests,
        "read_bytes": read,
        "write_requests": write_requests,
        "write_bytes": write,
        "errors_count": -1,
    }


def standard_words(server: Server, call: Call) -> dict[str, Any]:
    """The same from all drivers, as from 2.48."""
    cpus, ports, disks = server.flavor.vcpus, ports_of(call.cloud, server.id), _disks(server)
    return {
        "state": server.power_state.name.lower(),
        "driver": "libvirt",
        "hypervisor": "kvm",
        "hypervisor_os": "linux",
        "uptime": _uptime(server, call),
        "config_drive": server.config_drive,
        "num_cpus": cpus,
        "num_nics": len(ports),
        "num_disks": len(disks),
        "memory_details": {"maximum": server.flavor.ram, "used": server.flavor.ram},
        "cpu_details": [
            {"id": n, "time": _cpu_time(server, call, n), "utilisation": None} for n in range(cpus)
        ],
        "disk_details": [_disk_details(server, call, name) for name in disks],
        "nic_details": [_nic(server, call, port) for port in ports],
    }


# --- handlers -----------------------------------------------------------------------------------------


def _check_runs(server: Server) -> None:
    if server.host is None:
        raise ServerNotReady(server_id=server.id)
    if server.power_state != Power.RUNNING:
        state = "pending" if server.power_state == Power.NOSTATE else server.power_state.name.lower()
        raise ServerBusy(server_id=server.id, word="get_diagnostics", attribute="power state", state=state)


@compute.get(PATH, until="2.47", policy=POLICY)
def show_driver_diagnostics(call: Call, server: Server) -> dict[str, Any]:
    _check_runs(server)
    return libvirt_words(server, call)


@compute.get(PATH, since="2.48", policy=POLICY, strict_query="2.102")
def show_server_diagnostics(call: Call, server: Server) -> dict[str, Any]:
    _check_runs(server)
    return standard_words(server, call)
