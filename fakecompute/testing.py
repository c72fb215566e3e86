"""Tests against an OpenStack cloud in memory, whatever runs them.

    from fakecompute.testing import CloudTestCase, running, survives
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from fakecompute.faces.testing.case import CloudTestCase
from fakecompute.faces.testing.cloud import TestCloud
from fakecompute.faces.testing.endings import Deadlock, EndlessWait, NeverEnds
from fakecompute.faces.testing.interception import OtherHost
from fakecompute.faces.testing.running import new_cloud, running
from fakecompute.faces.testing.seen import Call, NotThere, State
from fakecompute.faces.testing.survives import survives

if TYPE_CHECKING:
    from fakecompute.faces.testing.aiohttp_connector import AiohttpConnector
    from fakecompute.faces.testing.httpx_transport import HttpxTransport
    from fakecompute.faces.testing.machine import CloudMachine

__all__ = [
    "AiohttpConnector", "Call", "CloudMachine", "CloudTestCase", "Deadlock", "EndlessWait", "HttpxTransport",
    "NeverEnds", "NotThere", "OtherHost", "State", "TestCloud", "new_cloud", "running", "survives",
]  # fmt: skip


# What is made of a library that not everybody has, and where it is.
_LATE = {
    "AiohttpConnector": "aiohttp_connector",
    "CloudMachine": "machine",
    "HttpxTransport": "httpx_transport",
}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        return getattr(import_module(f"fakecompute.faces.testing.{_LATE[name]}"), name)
    raise AttributeError(f"module 'fakecompute.testing' has no attribute {name!r}")
