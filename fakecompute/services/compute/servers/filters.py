"""Which servers a list holds, and in which order: the filters, sort keys and rules of GET /servers.

Facts: spec/operations.yaml, `listing`; nova/api/openstack/compute/servers.py, _get_servers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from fakecompute.domain import server_network
from fakecompute.domain.records.server import Server
from fakecompute.domain.states import VM, states_of
from fakecompute.errors import BadRequest, Forbidden
from fakecompute.kernel.clock import moment
from fakecompute.rest.call import Call
from fakecompute.rest.page import MarkerNotFound
from fakecompute.rest.schema import regex
from fakecompute.rest.view import isoformat
from fakecompute.services.compute.paging import sort
from fakecompute.services.compute.servers.schemas import SORT_KEYS_IGNORED, ListServers

Test = Callable[[Server], bool]

YES, NO = ("1", "t", "true", "on", "y", "yes"), ("0", "f", "false", "off", "n", "no")
BOOLEANS = "'0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'"


class BadBoolean(BadRequest):
    message = "Unrecognized value '{value}', acceptable values are: " + BOOLEANS


class OnlyAdminsListDeleted(Forbidden):
    message = "Only administrators may list deleted instances"


class OnlyAdminsSortBy(Forbidden):
    message = "Only administrators can sort servers by {key}"


class TooManySortDirections(BadRequest):
    message = "Invalid input received: Sort direction size exceeds sort key size"


class BadFilter(BadRequest):
    message = "Invalid filter field: {key}."


def boolean(value: str) -> bool:
    """oslo_utils.strutils.bool_from_string, strict."""
    if value.strip().lower() in (*YES, *NO):
        return value.strip().lower() in YES
    raise BadBoolean(value=value)


# Query names to what they are compared with.  Exact ones are equal or not; the others are regular expressions,
# as the database of Nova has them (case-insensitive, anywhere in the value).
# fmt: off
EXACT: dict[str, Callable[[Server], Any]] = {
    "project_id":  lambda s: s.project_id,       "tenant_id":   lambda s: s.project_id,
    "user_id":     lambda s: s.user_id,          "image":       lambda s: s.image_id,
    "image_ref":   lambda s: s.image_id,         "vm_state":    lambda s: str(s.vm_state),
    "flavor":      lambda s: s.flavor.id,        "uuid":        lambda s: s.id,
    "host":        lambda s: s.host,             "task_state":  lambda s: s.task_state,
}
MATCHED: dict[str, Callable[[Server], Any]] = {
    "name":              lambda s: s.name,              "display_name":        lambda s: s.name,
    "display_description": lambda s: s.description,
    "hostname":          lambda s: s.hostname,          "key_name":            lambda s: s.key_name,
    "power_state":       lambda s: int(s.power_state),  "node":                lambda s: s.host,
    "reservation_id":    lambda s: s.reservation_id,    "availability_zone":   lambda s: s.availability_zone,
    "launched_at":       lambda s: isoformat(s.launched_at),
    "terminated_at":     lambda s: isoformat(s.terminated_at),
    "created_at":        lambda s: isoformat(s.created_at),
    "locked_by":         lambda s: s.locked_by,         "root_device_name":    lambda s: s.root_device_name,
    "config_drive":      lambda s: "True" if s.config_drive else "",
    "access_ip_v4":      lambda s: s.access_ip_v4,      "access_ip_v6":        lambda s: s.access_ip_v6,
    "auto_disk_config":  lambda s: int(s.disk_config == "AUTO"),
    "progress":          lambda s: s.progress,          "launch_index":        lambda s: s.launch_index,
    "kernel_id":         lambda s: "",                  "ramdisk_id":          lambda s: "",
}
EVERYBODY = {  # since which version those without `allow_all_filters` may use a filter
    "2.1":  ("reservation_id", "name", "image", "flavor", "ip"),
    "2.5":  ("ip6",),
    "2.83": ("availability_zone", "config_drive", "key_name", "created_at", "launched_at", "terminated_at",
             "power_state", "task_state", "vm_state", "progress", "user_id"),
    "2.90": ("hostname",),
}
REFUSED = ("block_device_mapping", "services", "metadata", "system_metadata", "info_cache", "security_groups",
           "pci_devices")
SORTED: dict[str, Callable[[Server], Any]] = {
    **EXACT, **MATCHED,
    "display_name":      lambda s: s.name,              "instance_type_id":    lambda s: s.flavor.id,
    "created_at":        lambda s: s.created_at,        "updated_at":          lambda s: s.updated_at,
    "launched_at":       lambda s: s.launched_at,       "terminated_at":       lambda s: s.terminated_at,
    "locked":            lambda s: s.locked,
}
# fmt: on


def listed(call: Call) -> list[Server]:
    """All servers that the query means, in the order that it wants; pages are cut elsewhere."""
    query = call.query
    admin = call.may("os_compute_api:servers:allow_all_filters")
    _check_names(call, admin)
    everywhere = "all_tenants" in query and (query["all_tenants"] == "" or boolean(query["all_tenants"]))
    if everywhere:
        call.demand(
            f"os_compute_api:servers:{'detail' if 'detail' in call.path else 'index'}:get_all_tenants"
        )
    tests = [*_status(call, admin), *_times(call), *_tags(query), *_locked(query)]
    tests += _attributes(call, admin, everywhere)
    servers: Iterable[Server] = _candidates(call, admin, everywhere)
    return _ordered(call, [server for server in servers if all(test(server) for test in tests)])


def _check_names(call: Call, admin: bool) -> None:
    """Unknown parameters: refused from 2.75, in the words of a schema that leaves what begins with _ to the handler."""
    names = {name for name, _ in call.query_pairs}
    unknown = sorted(name for name in names - ListServers.names(call.version) if not name.startswith("_"))
    if unknown and call.since("2.75"):
        words, verb = ", ".join(map(repr, unknown)), "does" if len(unknown) == 1 else "do"
        raise BadRequest(reason=f"{words} {verb} not match any of the regexes: '^_'")
    for name in sorted(names):
        if admin and name.startswith("_"):
            raise BadFilter(key=name)


def _candidates(call: Call, admin: bool, everywhere: bool) -> list[Server]:
    """Live servers, deleted ones, or both; soft-deleted ones only if one asks for them."""
    query, store = call.query, call.cloud.store
    timed = "changes-since" in query or "changes-before" in query
    gone = (admin and _loose(query.get("deleted"))) or any(s.upper() == "DELETED" for s in query.get("status", ()))
    either = timed and not (admin and "deleted" in query)
    soft = timed or (admin and _loose(query.get("soft_deleted")))
    found: list[Server] = []
    for deleted in (False, True) if either else (gone,):
        if everywhere:
            found += store.by(Server, "deleted", deleted)
        else:
            found += store.by(Server, "project", (call.project_id, deleted))
    if gone and soft and not timed:
        live = (
            store.by(Server, "deleted", False)
            if everywhere
            else store.by(Server, "project", (call.project_id, False))
        )
        found += [server for server in live if server.vm_state == VM.SOFT_DELETED]
    return [server for server in found if soft or server.vm_state != VM.SOFT_DELETED]


def _loose(value: str | None) -> bool:
    """A boolean whose nonsense means false."""
    return value is not None and value.strip().lower() in YES


def _status(call: Call, admin: bool) -> list[Test]:
    wanted = call.query.get("status", [])
    if not wanted:
        return []
    vm_states: set[str] = set()
    task_states: set[str | None] = set()
    any_task = False  # one word that is a vm_state's own sets all of them free
    for word in wanted:
        vms, tasks = states_of(word)
        any_task = any_task or bool(vms and not tasks)
        vm_states |= vms
        task_states |= tasks
    if not vm_states:
        if call.since("2.38"):
            raise BadRequest(reason="Invalid status value")
        return [lambda server: False]
    if VM.DELETED in vm_states and not admin:
        raise OnlyAdminsListDeleted
    if any_task:
        return [lambda server: server.vm_state in vm_states]
    return [lambda server: server.vm_state in vm_states and server.task_state in task_states]


def _times(call: Call) -> list[Test]:
    since, before = (
        moment(call.query[name]) if name in call.query else None
        for name in ("changes-since", "changes-before")
    )
    if since is not None and before is not None and since > before:
        raise BadRequest(reason="The value of changes-since must be less than or equal to changes-before.")
    tests: list[Test] = []
    if since is not None:
        tests.append(lambda server: server.updated_at >= since)
    if before is not None:
        tests.append(lambda server: server.updated_at <= before)
    return tests


def _tags(query: dict[str, Any]) -> list[Test]:
    tests: list[Test] = []
    for name, test in (
        ("tags", lambda wanted, own: wanted <= own),
        ("tags-any", lambda wanted, own: bool(wanted & own)),
        ("not-tags", lambda wanted, own: not wanted <= own),
        ("not-tags-any", lambda wanted, own: not wanted & own),
    ):
        if name in query:
            wanted = set(query[name].split(","))
            tests.append(lambda server, wanted=wanted, test=test: test(wanted, set(server.tags)))  # type: ignore[misc]
    return tests


def _locked(query: dict[str, Any]) -> list[Test]:
    if "locked" not in query:
        return []
    wanted = boolean(query["locked"])
    return [lambda server: server.locked == wanted]


def _attributes(call: Call, admin: bool, everywhere: bool) -> list[Test]:
    """Filters by attribute; those that the caller may not use are passed over, as Nova does."""
    usable = {name for version, names in EVERYBODY.items() if call.since(version) for name in names}
    tests: list[Test] = []
    for key, value in call.query.items():
        if key in REFUSED and admin:
            raise BadFilter(key=key)
        if not (admin or key in usable) or (key in ("project_id", "tenant_id") and not everywhere):
            continue
        if key in ("ip", "ip6"):
            tests.append(_has_address(call, value, 4 if key == "ip" else 6))
        elif key in EXACT:
            tests.append(lambda server, get=EXACT[key], value=value: get(server) == value)  # type: ignore[misc]
        elif key in MATCHED:
            pattern = regex(value, re.IGNORECASE)
            tests.append(lambda server, get=MATCHED[key], pattern=pattern: _matches(pattern, get(server)))  # type: ignore[misc]
    return tests


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return value is not None and pattern.search(str(value)) is not None


def _has_address(call: Call, value: str, version: int) -> Test:
    pattern = regex(value, re.IGNORECASE)

    def test(server: Server) -> bool:
        addresses = server_network.addresses(call.cloud, server.id)
        return any(
            entry["version"] == version and pattern.search(entry["addr"])
            for entries in addresses.values()
            for entry in entries
        )

    return test


def _ordered(call: Call, servers: list[Server]) -> list[Server]:
    """By the keys of the query, else the newest first; at last by id.

    Nova adds the id and its direction to the two lists each, so where directions are missing, the ascending one
    that was meant for the id goes to the first key without; all others take the first of the query.
    """
    keys = call.query.get("sort_key") or ["created_at"]
    directions = call.query.get("sort_dir") or ["desc"]
    usable = []
    for index, key in enumerate(keys):
        if key in ("host", "node") and not call.is_admin:
            raise OnlyAdminsSortBy(key=key)
        if key not in SORT_KEYS_IGNORED or (key == "locked" and call.since("2.73")):
            usable.append((key, directions[index] if index < len(directions) else None))
    if len(directions) > len(keys):
        raise TooManySortDirections
    pairs = _with_id(usable)
    return sort(servers, [(SORTED[key], direction) for key, direction in pairs])


def _with_id(pairs: list[tuple[str, str | None]]) -> list[tuple[str, str]]:
    keys = [key for key, _ in pairs] or ["created_at"]
    given = [direction for _, direction in pairs if direction is not None] or ["desc"]
    if "uuid" not in keys:
        keys, given = [*keys, "uuid"], [*given, "asc"]
    return [(key, given[index] if index < len(given) else given[0]) for index, key in enumerate(keys)]


def after_marker(call: Call, servers: list[Server]) -> list[Server]:
    """What follows the marker, which may be any server: deleted, not in the list, of another project."""
    marker = call.query.get("marker")
    if not marker:
        return servers
    for index, server in enumerate(servers):
        if server.id == marker:
            return servers[index + 1 :]
    gone = call.cloud.store.find(Server, marker)
    if gone is None:
        raise MarkerNotFound(marker=marker)
    place = _ordered(call, [*servers, gone]).index(gone)
    return servers[place:]
