"""The APIs: one package a service, one module per URL noun.  Importing a service's modules declares its endpoints."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from fakecompute.rest.routes import Routes

SERVICES = ("identity", "compute", "image", "network", "volume", "placement")


@cache
def all_services() -> tuple[Routes, ...]:
    """Every service, with all of its nouns declared."""
    return tuple(import_module(f"fakecompute.services.{name}").routes for name in SERVICES)
