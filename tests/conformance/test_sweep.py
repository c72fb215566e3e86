"""Every operation answers in every version where Nova's schemas of it change; what, the checker judges.

`versions.json` holds these minor versions, first and last of each shape; an operation of ours that is not swept
fails here: give it a body, or a name for the parameter in its path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain import aggregates
from fakecompute.domain.records.compute import ControlService, Host
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot
from fakecompute.faces.client import Http
from fakecompute.rest.routes import Endpoint
from fakecompute.rest.version import Version
from fakecompute.services.compute import retired, versions
from fakecompute.services.compute import routes as compute
from tests.conformance.exchange import HERE

CHANGES: dict[str, list[int]] = json.loads((HERE / "versions.json").read_text())
NOT_SWEPT = {retired.__name__, versions.__name__}
PUBLIC_KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQCy0fRAA6V1LEaZRYgmOmMWFjzjXRMlzSIJ3+r/NzxhuG+Cz/bFm5nBOzcVPUnYWyBZ"
    "vc1kQFZyVYo5MP93nGbl me@here"
)


# --- what is sent: by operation, with the minor version ------------------------------------------------------

Body = Callable[[int], Any]


def _server(minor: int) -> dict[str, Any]:
    fields: dict[str, Any] = {"name": "new", "imageRef": "<image>", "flavorRef": "42", "metadata": {"k": "v"}}
    for since, field, value in (
        (19, "description", None), (37, "networks", "auto"), (52, "tags", ["a"]),
        (63, "trusted_image_certificates", None), (90, "hostname", "new"),
    ):  # fmt: skip
        if minor >= since:
            fields[field] = value
    return {"server": fields, "os:scheduler_hints": {"group": "<server_group>"}}


def _flavor(minor: int) -> dict[str, Any]:
    description = {"description": "of its own"} if minor >= 55 else {}
    return {"flavor": {"name": "new", "ram": 512, "vcpus": 1, "disk": 1, "swap": 64, **description}}


def _group(minor: int) -> dict[str, Any]:
    policy: dict[str, Any] = {"policy": "affinity"} if minor >= 64 else {"policies": ["affinity"]}
    return {"server_group": {"name": "new", **policy}}


def _keypair(minor: int) -> dict[str, Any]:
    return {"keypair": {"name": "new", **({"public_key": PUBLIC_KEY} if minor >= 92 else {})}}


def _evacuation(minor: int) -> dict[str, Any]:
    return {"evacuate": {"onSharedStorage": False} if minor < 14 else {}}


def _live_migration(minor: int) -> dict[str, Any]:
    if minor < 25:
        return {"os-migrateLive": {"host": None, "block_migration": False, "disk_over_commit": False}}
    return {"os-migrateLive": {"host": None, "block_migration": "auto"}}


# fmt: off
BODIES: dict[str, Body] = {
    "create_server":             _server,
    "update_server":             lambda minor: {"server": {"name": "renamed"}},
    "merge_server_metadata":     lambda minor: {"metadata": {"a": "b"}},
    "replace_server_metadata":   lambda minor: {"metadata": {"a": "b"}},
    "set_server_metadata_item":  lambda minor: {"meta": {"k": "w"}},
    "reboot_server":             lambda minor: {"reboot": {"type": "SOFT"}},
    "resize_server":             lambda minor: {"resize": {"flavorRef": "84"}},
    "reset_server_state":        lambda minor: {"os-resetState": {"state": "error"}},
    "change_server_password":    lambda minor: {"changePassword": {"adminPass": "secret"}},
    "create_server_image":       lambda minor: {"createImage": {"name": "snapshot"}},
    "create_server_backup":      lambda minor: {"createBackup": {"name": "b", "backup_type": "daily", "rotation": 1}},
    "rebuild_server":            lambda minor: {"rebuild": {"imageRef": "<image>"}},
    "live_migrate_server":       _live_migration,
    "evacuate_server":           _evacuation,
    "create_flavor":             _flavor,
    "update_flavor":             lambda minor: {"flavor": {"description": "another"}},
    "add_flavor_access":         lambda minor: {"addTenantAccess": {"tenant": "<other_project>"}},
    "remove_flavor_access":      lambda minor: {"removeTenantAccess": {"tenant": "<project_id>"}},
    "create_extra_specs":        lambda minor: {"extra_specs": {"a": "b"}},
    "update_extra_spec":         lambda minor: {"k": "w"},
    "create_keypair":            _keypair,
    "update_quota_set":          lambda minor: {"quota_set": {"cores": 5}},
    "update_quota_class_set":    lambda minor: {"quota_class_set": {"cores": 5}},
    "create_server_group":       _group,
    "create_aggregate":          lambda minor: {"aggregate": {"name": "new", "availability_zone": "north"}},
    "update_aggregate":          lambda minor: {"aggregate": {"name": "renamed"}},
    "add_host_to_aggregate":     lambda minor: {"add_host": {"host": "compute-1"}},
    "remove_host_from_aggregate": lambda minor: {"remove_host": {"host": "compute-1"}},
    "set_aggregate_metadata":    lambda minor: {"set_metadata": {"metadata": {"k": "v"}}},
    "cache_aggregate_images":    lambda minor: {"cache": [{"id": "<image>"}]},
    "act_on_service":            lambda minor: {"host": "compute-1", "binary": "nova-compute"},
    "update_service":            lambda minor: {"status": "disabled", "disabled_reason": "for a reason"},
    "update_host":               lambda minor: {"status": "disable"},
}

# What the server is before it is acted on, where `active` will not do.
STATES: dict[str, dict[str, Any]] = {
    "start_server":          {"vm_state": "stopped"},
    "unpause_server":        {"vm_state": "paused"},
    "resume_server":         {"vm_state": "suspended"},
    "unrescue_server":       {"vm_state": "rescued"},
    "restore_server":        {"vm_state": "soft-delete"},
    "unshelve_server":       {"vm_state": "shelved"},
    "shelveOffload_server":  {"vm_state": "shelved"},
}
# fmt: on
RESIZED = ("confirm_resize_server", "revert_resize_server")
NOT_UNDER_LIBVIRT = ("start_host", "shut_down_host", "reboot_host", "open_rdp_console")
FLAVOR_WITH_ACCESS = ("list_flavor_access", "add_flavor_access", "remove_flavor_access")


# --- the cloud that is asked ----------------------------------------------------------------------------------


@cache
def world() -> tuple[Cloud, dict[str, str]]:
    """A cloud with one of everything, and what its things are called in paths and bodies."""
    cloud = Cloud()
    demo, admin = Http(cloud), Http(cloud, "admin", "demo")
    images = demo.get("/image/v2/images").json["images"]
    group = demo.post("/compute/v2.1/os-server-groups", version="2.64", json=_group(64)).json["server_group"][
        "id"
    ]
    server = demo.post(
        "/compute/v2.1/servers",
        version="2.52",
        json={
            "server": {
                "name": "web", "imageRef": images[0]["id"], "flavorRef": "42", "networks": "auto", "tags": ["t"],
                "metadata": {"k": "v"}, "description": "the one", "user_data": "dGV4dA==", "config_drive": True,
            },
            "os:scheduler_hints": {"group": group},
        },
    )  # fmt: skip
    id = server.json["server"]["id"]
    resized = boot(cloud, name="resized", image_id=images[0]["id"]).id
    boot(cloud, name="broken", image_id=images[0]["id"], requested_host="nowhere")
    cloud.settle()
    demo.post(f"/compute/v2.1/servers/{resized}/action", json={"resize": {"flavorRef": "84"}})
    cloud.settle()
    boot(cloud, name="building", image_id=images[0]["id"])
    admin.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "default", "public_key": PUBLIC_KEY}})
    admin.post("/compute/v2.1/flavors/84/os-extra_specs", json={"extra_specs": {"k": "v"}})
    private = {
        "name": "private",
        "id": "private",
        "ram": 1,
        "vcpus": 1,
        "disk": 1,
        "os-flavor-access:is_public": False,
    }
    admin.post("/compute/v2.1/flavors", json={"flavor": private})
    project = demo.token.project_id
    admin.post("/compute/v2.1/flavors/private/action", json={"addTenantAccess": {"tenant": project}})
    for name, hosts in ("full", ("compute-1",)), ("empty", ()):
        aggregate = aggregates.create(cloud, name, None)
        aggregates.change_hosts(cloud, aggregate, hosts)
    action = demo.get(f"/compute/v2.1/servers/{id}/os-instance-actions").json["instanceActions"][0][
        "request_id"
    ]
    return cloud, {
        "server": id, "server_with_history": id, "resized": resized, "image": images[0]["id"], "flavor_id": "84",
        "key": "k", "name": "default", "project_id": str(project), "server_group": group, "network": "private",
        "host_name": "compute-1", "tenant_id": str(project), "before": "2026-01-15 00:00:00",
        "alias": "os-keypairs", "request_id": action, "other_project": cloud.streams.hex_at("project", "alt_demo"),
    }  # fmt: skip


def _prepare(cloud: Cloud, names: dict[str, str], handler: str) -> None:
    """Bring the server, or its host, into the state that the operation wants."""
    server = cloud.store.get(Server, names["server"])
    if handler in STATES:
        cloud.store.put(server.evolve(**STATES[handler]))
    if handler in RESIZED:
        names["server"] = names["resized"]
    if handler in FLAVOR_WITH_ACCESS:
        names["flavor_id"] = "private"
    if handler == "evacuate_server":
        host = cloud.store.one(Host, "name", server.host)
        assert host is not None
        cloud.store.put(host.evolve(forced_down=True))


def _hosts(cloud: Cloud, handler: str, minor: int) -> dict[str, str]:
    """Hosts and their services have numbers until 2.52, UUIDs from then on; some calls take other words for ids."""
    host = cloud.store.one(Host, "name", "compute-1")
    (control, *_) = cloud.store.all(ControlService)
    assert host is not None
    by_name = handler in ("search_hypervisors", "list_servers_of_hypervisors")
    service = "enable" if handler == "act_on_service" else host.service_id
    if handler == "delete_service":  # a host with servers stays
        service = control.id if minor >= 53 else str(control.number)
    return {
        "hypervisor_id": "comp" if by_name else host.id if minor >= 53 else str(host.number),
        "service_id": service,
        "aggregate_id": "2" if handler in ("add_host_to_aggregate", "delete_aggregate") else "1",
    }


# --- the sweep ------------------------------------------------------------------------------------------------


def _cases() -> list[Any]:
    cases = []
    for endpoint in compute.endpoints:
        if endpoint.missing or endpoint.handler.__module__ in NOT_SWEPT or endpoint.handler.__name__ in NOT_UNDER_LIBVIRT:
            continue
        key = f"{endpoint.method} {re.sub('<[^>]*>', '{}', endpoint.path)}"
        key += f" {endpoint.action}" if endpoint.action else ""
        if endpoint.path.startswith("/os-volumes_boot"):
            continue  # another name of /servers
        for minor in CHANGES[key]:
            if Version(2, minor) in endpoint.span:
                cases.append(pytest.param(endpoint, minor, id=f"{key} 2.{minor}"))
    return cases


@pytest.mark.parametrize("endpoint, minor", _cases())
def test_an_operation_answers(endpoint: Endpoint, minor: int):
    origin, known = world()
    cloud, names = origin.fork(), dict(known)
    handler = endpoint.handler.__name__
    _prepare(cloud, names, handler)
    names |= _hosts(cloud, handler, minor)
    path = re.sub("<([^>]*)>", lambda found: names[found[1]], endpoint.path)
    body = (
        BODIES[handler](minor) if handler in BODIES else {endpoint.action: None} if endpoint.action else None
    )
    if body is not None:
        text = re.sub("<([^>]*)>", lambda found: names[found[1]], json.dumps(body))
        body = json.loads(text)

    answer = Http(cloud, "admin", "demo").request(
        endpoint.method, "/compute/v2.1" + path, json=body, version=f"2.{minor}"
    )

    expected = endpoint.status(Version(2, minor))
    assert answer.status_code == expected, answer.text
