"""GET /os-availability-zone: the zones that back ends are in."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.volume.services import zones
from fakecompute.rest.call import Call
from fakecompute.services.volume.service import volume

# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/os-availability-zone")
def list_availability_zones(call: Call) -> dict[str, Any]:
    """A zone is available while one of its back ends is enabled, be it up or not."""
    shown = [{"zoneName": name, "zoneState": {"available": any_is}} for name, any_is in zones(call.cloud).items()]
    return {"availabilityZoneInfo": shown}
