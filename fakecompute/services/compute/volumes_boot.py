"""/os-volumes_boot (to 2.102): another name for /servers, from the days when booting from a volume had its own."""

from __future__ import annotations

from dataclasses import replace

from fakecompute.rest.version import Span, Version
from fakecompute.services.compute.service import compute

LAST = Version(2, 102)
PATHS = {
    "/servers": "/os-volumes_boot",
    "/servers/detail": "/os-volumes_boot/detail",
    "/servers/<server>": "/os-volumes_boot/<server>",
    "/servers/<server>/action": "/os-volumes_boot/<server>/action",
}

# Nova has here the actions that its controller of servers declares itself, and those of no other controller.
# nova/api/openstack/compute/routes.py: volumes_boot_controller
ACTIONS = (
    *("confirmResize", "revertResize", "reboot", "resize", "rebuild", "createImage"),
    *("os-start", "os-stop", "trigger_crash_dump"),
)


def declare() -> None:
    """Give what is declared by now its other name."""
    compute.endpoints += [
        replace(one, path=PATHS[one.path], span=Span(one.span.since, min(one.span.until, LAST)))
        for one in compute.endpoints
        if one.path in PATHS and one.span.since <= LAST and one.action in (None, *ACTIONS)
    ]
