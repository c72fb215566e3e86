"""/v2/metadefs/...: the catalogue of what properties mean.  One namespace, to be read; the rest is not there yet."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.identity import Project
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.view import isotime
from fakecompute.services.image.service import image as routes

WATCHDOG: dict[str, Any] = {
    "namespace": "OS::Compute::Watchdog",
    "display_name": "Watchdog Behavior",
    "description": "What a watchdog device does when the server hangs.",
    "visibility": "public",
    "protected": True,
    "resource_type_associations": [
        {"name": "OS::Glance::Image"},
        {"name": "OS::Cinder::Volume", "properties_target": "image"},
        {"name": "OS::Nova::Flavor"},
    ],
}
PROPERTIES: dict[str, Any] = {
    "hw_watchdog_action": {
        "title": "Watchdog Action",
        "description": "What to do when the watchdog finds that the server hangs.",
        "type": "string",
        "enum": ["disabled", "reset", "poweroff", "pause", "none"],
    }
}


class NamespaceNotFound(NotFound):
    message = "Metadata definition namespace={namespace} was not found."


# --- response views -----------------------------------------------------------------------------------


def namespace_detail(call: Call) -> dict[str, Any]:
    owner = call.cloud.store.one(Project, "name", ("default", "admin"))
    begun = isotime(call.cloud.begun)
    return {
        **WATCHDOG,
        "owner": owner.id if owner else "admin",
        "created_at": begun,
        "updated_at": begun,
        "self": f"/v2/metadefs/namespaces/{WATCHDOG['namespace']}",
        "schema": "/v2/schemas/metadefs/namespace",
    }


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/metadefs/namespaces", policy="get_metadef_namespaces")
def list_metadef_namespaces(call: Call) -> dict[str, Any]:
    """Horizon looks into it before it shows the form of a server."""
    return {
        "namespaces": [namespace_detail(call)],
        "first": "/v2/metadefs/namespaces",
        "schema": "/v2/schemas/metadefs/namespaces",
    }


@routes.get("/metadefs/namespaces/<namespace>", policy="get_metadef_namespace")
def show_metadef_namespace(call: Call, namespace: str) -> dict[str, Any]:
    if namespace != WATCHDOG["namespace"]:
        raise NamespaceNotFound(namespace=namespace)
    return {**namespace_detail(call), "properties": PROPERTIES}
