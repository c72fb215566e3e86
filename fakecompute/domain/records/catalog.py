"""The catalogue: regions, services, and the addresses at which they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fakecompute.kernel.store import Record

Pairs = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Region(Record):
    indexes = {"parent": lambda region: region.parent_region_id}

    description: str = ""
    parent_region_id: str | None = None
    extra: Pairs = ()  # what clients add of their own is kept and shown


@dataclass(frozen=True, kw_only=True)
class CatalogService(Record):
    """An entry of the catalogue.  Where it is one of this cloud's own, `path` is what it answers at."""

    indexes = {"path": lambda service: service.path.split("/")[1] if service.path else None}

    type: str
    name: str = ""
    enabled: bool = True
    path: str = ""
    region: str = "RegionOne"  # ... and `region` where the definition lists it
    position: int = 0
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class CatalogEndpoint(Record):
    """An address of a service.  A `url` that begins with `/` follows the address that the client came by."""

    indexes = {
        "service": lambda endpoint: endpoint.service_id,
        "region": lambda endpoint: endpoint.region_id,
    }

    service_id: str
    interface: str
    url: str
    region_id: str | None = None
    enabled: bool = True
    position: int = 0
    extra: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class EndpointGroup(Record):
    """Endpoints by what they have in common, to be given to projects together."""

    name: str
    description: str | None = None
    filters: Pairs = ()


@dataclass(frozen=True, kw_only=True)
class ProjectEndpoint(Record):
    """A project has this endpoint, or this endpoint group, in its catalogue: then it has no others."""

    indexes = {
        "project": lambda link: link.project_id,
        "endpoint": lambda link: link.endpoint_id,
        "group": lambda link: link.group_id,
    }

    project_id: str
    endpoint_id: str | None = None
    group_id: str | None = None
