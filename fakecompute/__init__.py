"""An OpenStack cloud in memory, for tests: real APIs, virtual time, faults on demand.

    from fakecompute import Cloud

    cloud = Cloud(seed=42)
    cloud.advance(30)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
    from fakecompute.errors import BadDefinition
    from fakecompute.faces.testing.running import running
    from fakecompute.kernel.clock import AutoClock, ManualClock, ScaledClock, WallClock
    from fakecompute.scenario.load import load

__version__ = "0.1.0"
__all__ = [
    "AutoClock", "BadDefinition", "Cloud", "ManualClock", "ScaledClock", "WallClock", "__version__", "load", "running",
]  # fmt: skip

_HOMES = {
    "Cloud": "cloud",
    "BadDefinition": "errors",
    "AutoClock": "kernel.clock",
    "ManualClock": "kernel.clock",
    "ScaledClock": "kernel.clock",
    "WallClock": "kernel.clock",
    "load": "scenario.load",
    "running": "faces.testing.running",
}


def __getattr__(name: str) -> Any:
    """Nothing is loaded before it is asked for: the pytest plugin is imported by every test run of its users."""
    if name in _HOMES:
        return getattr(import_module(f"fakecompute.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'fakecompute' has no attribute {name!r}")
