"""Every operation answers in every version where Nova's schemas of it change; what, the checker judges.

`versions.json` holds these minor versions, first and last of each shape; an operation of ours that is not swept
fails here: give it a body (bodies.py), or a name for the parameter in its path (world.py).
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.server import Server
from fakecompute.rest.routes import Endpoint
from fakecompute.rest.version import Version
from fakecompute.services.compute import retired, versions
from fakecompute.services.compute import routes as compute
from fakecompute.wsgi.client import Http
from tests.conformance.bodies import BODIES
from tests.conformance.exchange import HERE
from tests.conformance.world import Names, filled, numbered, world

CHANGES: dict[str, list[int]] = json.loads((HERE / "versions.json").read_text())
CHANGES["POST /servers/{}/action os-getRDPConsole"] = [1, 5]  # of which Nova has no schema any more
NOT_SWEPT = {retired.__name__, versions.__name__}

# fmt: off
# What the server is before it is acted on, where `active` will not do.
STATES: dict[str, dict[str, Any]] = {
    "start_server":          {"vm_state": "stopped"},
    "unpause_server":        {"vm_state": "paused"},
    "resume_server":         {"vm_state": "suspended"},
    "unrescue_server":       {"vm_state": "rescued"},
    "restore_server":        {"vm_state": "soft-delete"},
    "unshelve_server":       {"vm_state": "shelved"},
    "shelveOffload_server":  {"vm_state": "shelved"},
    "attach_share":          {"vm_state": "stopped"},
    "detach_share":          {"vm_state": "stopped"},
}

# Whom an operation is asked of instead: parameters of the path, by names of the world.
INSTEAD: dict[str, dict[str, str]] = {
    "confirm_resize_server":            {"server": "resized"},
    "revert_resize_server":             {"server": "resized"},
    "remove_floating_ip":               {"server": "resized"},
    "add_server_tag":                   {"tag": "new_tag"},
    "list_server_migrations":           {"server": "moving"},
    "show_server_migration":            {"server": "moving"},
    "abort_server_migration":           {"server": "moving"},
    "force_complete_server_migration":  {"server": "moving"},
    "list_flavor_access":               {"flavor_id": "private_flavor"},
    "add_flavor_access":                {"flavor_id": "private_flavor"},
    "remove_flavor_access":             {"flavor_id": "private_flavor"},
}

# What Nova itself never answers with the declared success, in such a cloud or in any.
ANSWERS: dict[str, tuple[int, str]] = {
    "add_server_tag":               (201, "for a tag that is new"),
    "show_volume_attachment":       (404, "no volume is attached"),
    "attach_volume":                (404, "there are no volumes"),
    "update_volume_attachment":     (404, "no volume is attached"),
    "detach_volume":                (404, "there are no volumes"),
    "show_volume":                  (404, "there are no volumes"),
    "create_volume":                (404, "there are no snapshots"),
    "delete_volume":                (404, "there are no volumes"),
    "show_snapshot":                (404, "there are no snapshots"),
    "create_snapshot":              (404, "there are no volumes"),
    "delete_snapshot":              (404, "there are no snapshots"),
    "create_assisted_snapshot":     (400, "no volume is attached"),
    "delete_assisted_snapshot":     (400, "of which volume, nobody says"),
    "attach_share":                 (404, "there is no Manila"),
    "show_server_share":            (404, "no share is attached"),
    "detach_share":                 (404, "no share is attached"),
    "list_baremetal_nodes":         (501, "there is no Ironic"),
    "show_baremetal_node":          (501, "there is no Ironic"),
    "create_baremetal_node":        (400, "Ironic's own API does it, says Nova"),
    "delete_baremetal_node":        (400, "Ironic's own API does it, says Nova"),
    "add_baremetal_interface":      (400, "Ironic's own API does it, says Nova"),
    "remove_baremetal_interface":   (400, "Ironic's own API does it, says Nova"),
    "open_rdp_console":             (400, "RDP went with Hyper-V"),
    "show_rdp_token":               (400, "RDP went with Hyper-V"),
    "start_host":                   (501, "libvirt switches no host"),
    "shut_down_host":               (501, "libvirt switches no host"),
    "reboot_host":                  (501, "libvirt switches no host"),
}
# fmt: on


def _swept() -> list[Endpoint]:
    return [one for one in compute.endpoints if not one.missing and one.handler.__module__ not in NOT_SWEPT]


def _cases() -> list[Any]:
    cases = []
    for endpoint in _swept():
        key = f"{endpoint.method} {re.sub('<[^>]*>', '{}', endpoint.path)}"
        key += f" {endpoint.action}" if endpoint.action else ""
        for minor in CHANGES[key]:
            if Version(2, minor) in endpoint.span:
                cases.append(pytest.param(endpoint, minor, id=f"{key} 2.{minor}"))
    return cases


def _prepare(cloud: Cloud, names: Names, handler: str) -> None:
    """Bring the server, or its host, into the state that the operation wants."""
    server = cloud.store.get(Server, names["server"])
    if handler in STATES:
        cloud.store.put(server.evolve(**STATES[handler]))
    if handler == "evacuate_server":
        host = cloud.store.one(Host, "name", server.host)
        assert host is not None
        cloud.store.put(host.evolve(forced_down=True))


@pytest.mark.parametrize("endpoint, minor", _cases())
def test_an_operation_answers(endpoint: Endpoint, minor: int):
    origin, known = world()
    cloud, handler = origin.fork(), endpoint.handler.__name__
    names = {**known, **numbered(cloud, handler, minor)}
    names |= {parameter: names[name] for parameter, name in INSTEAD.get(handler, {}).items()}
    _prepare(cloud, names, handler)
    body = {endpoint.action: None} if endpoint.action else None
    if handler in BODIES:
        body = json.loads(filled(json.dumps(BODIES[handler](minor)), names))

    answer = Http(cloud, "admin", "demo").request(
        endpoint.method,
        "/compute/v2.1" + filled(endpoint.path, names, noun=endpoint.path.split("/")[1]),
        json=body,
        version=f"2.{minor}",
    )

    expected, _ = ANSWERS.get(handler, (endpoint.status(Version(2, minor)), ""))
    assert answer.status_code == expected, answer.text


def test_the_tables_speak_of_operations_that_there_are():
    swept = {endpoint.handler.__name__ for endpoint in _swept()}
    assert {*BODIES, *STATES, *INSTEAD, *ANSWERS} <= swept
