"""GET /capabilities/{host}: what a back end's driver says of itself."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.services import all_services, services_at
from fakecompute.domain.volume.storage import DRIVER_VERSION, VENDOR
from fakecompute.errors import FakeError, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.volume.service import volume


class NoService(NotFound):
    message = "Can't find service: {host}"


class NoAnswer(FakeError):
    status = 502
    message = "Timeout while requesting capabilities from backend {host}."


# --- response views -----------------------------------------------------------------------------------

# what any driver can be asked for: cinder/volume/driver.py, _init_standard_capabilities
# fmt: off
PROPERTIES = {
    "thin_provisioning":   ("Thin Provisioning", "Sets thin provisioning."),
    "compression":         ("Compression",       "Enables compression."),
    "qos":                 ("QoS",               "Enables QoS."),
    "replication_enabled": ("Replication",       "Enables replication."),
}
# fmt: on


def capabilities_detail(backend: VolumeBackend) -> dict[str, Any]:
    properties = {
        name: {"title": title, "description": description, "type": "boolean"}
        for name, (title, description) in PROPERTIES.items()
    }
    return {
        "namespace": f"OS::Storage::Capabilities::{backend.cluster or backend.id}",
        "vendor_name": VENDOR,
        "volume_backend_name": backend.name,
        "pool_name": None,
        "driver_version": DRIVER_VERSION,
        "storage_protocol": backend.protocol,
        "display_name": None,
        "description": None,
        "visibility": None,
        "replication_targets": list(backend.replication_targets),
        "properties": properties,
    }


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/capabilities/<host>", policy="volume_extension:capabilities")
def show_capabilities(call: Call, host: str) -> dict[str, Any]:
    """The first back end of a host, or of a cluster; it is asked, and may not answer."""
    services = all_services(call.cloud)
    backends = [one for one in services if isinstance(one, VolumeBackend)]
    found = [one for one in services_at(backends, host) if isinstance(one, VolumeBackend)]
    found = found or [one for one in backends if one.cluster == host]
    if not found:
        raise NoService(host=host)
    if not found[0].reporting:
        raise NoAnswer(host=found[0].cluster or found[0].id)
    return capabilities_detail(found[0])
