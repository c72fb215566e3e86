"""GET / and GET /v2.0: there is one version, and these are its resources."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.call import Call
from fakecompute.services.network.service import network

CORE = ("network", "subnet", "subnetpool", "port")  # neutron/pecan_wsgi/controllers/root.py: _CORE_RESOURCES


@network.get("/", bare=True, public=True)
@network.get("", bare=True, public=True)
def list_versions(call: Call) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{call.url}/"}]
    return {"versions": [{"id": "v2.0", "status": "CURRENT", "links": links}]}


@network.get("/", public=True)
@network.get("", public=True)
def show_version(call: Call) -> dict[str, Any]:
    def entry(name: str) -> dict[str, Any]:
        plural = name + "s"
        return {
            "name": name,
            "collection": plural,
            "links": [{"rel": "self", "href": f"{call.url}/{plural}"}],
        }

    return {"resources": [entry(name) for name in CORE]}
