"""What a cloud definition (a file of `fixtures/`) may hold, as a table; `checked` reads one and tells all mistakes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from fakecompute import resources
from fakecompute.cloud import Cloud
from fakecompute.domain.bootstrap import SECTIONS, read_definition
from fakecompute.domain.network_quotas import DEFAULTS as NETWORK_DEFAULTS
from fakecompute.domain.quota import DEFAULTS
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume.quota import DEFAULTS as VOLUME_DEFAULTS
from fakecompute.domain.volume.quota import OF_GROUPS, OF_TYPES
from fakecompute.domain.volume.storage import PROTOCOLS
from fakecompute.errors import BadDefinition
from fakecompute.scenario.schema import (
    Page,
    Place,
    Reader,
    anything,
    boolean,
    choice,
    integer,
    listing,
    mapping,
    nearest,
    number,
    required,
    table,
    text,
)

Definition = Mapping[str, Any]

SUFFIXES = (".yaml", ".yml", ".json")
COUNT = integer(0)
SIZE = integer(1)


def host_name(place: Place) -> Any:
    """A name, with `{n}` (`{n:03}`) where there is a count."""
    word = text(place)
    try:
        return word if word is None or word.format(n=1) else None
    except (LookupError, ValueError):
        return place.wrong(f"{word!r} may have {{n}} in it, and no other braces")


def volume_quota(place: Place) -> Any:
    """Also what a type has of its own: `volumes_fast`, `gigabytes_fast`, `snapshots_fast`."""
    if isinstance(place.word, str) and place.word.startswith(tuple(f"{resource}_" for resource in OF_TYPES)):
        return text(place)
    return choice({**VOLUME_DEFAULTS, **OF_GROUPS}, "quota")(place)


def trait(place: Place) -> Any:
    return _spelt(place, "!?[A-Z][A-Z0-9_]*", "trait")


def resource_class(place: Place) -> Any:
    """Beyond VCPU, MEMORY_MB and DISK_GB, which are the host's own keys."""
    if place.word in ("VCPU", "MEMORY_MB", "DISK_GB"):
        return place.wrong(f"{place.word} is said by vcpus, ram and disk")
    return _spelt(place, "[A-Z][A-Z0-9_]*", "resource class")


def _spelt(place: Place, form: str, what: str, example: str = "CUSTOM_LIKE_THIS") -> Any:
    word = text(place)
    return word if word is None or re.fullmatch(form, word) else place.wrong(f"{word!r} is no {what}: {example}")


def pattern(place: Place) -> Any:
    word = text(place)
    try:
        return word if word is None or re.compile(word) else None
    except re.error:
        return place.wrong(f"{word!r} is no regular expression")


def backend_part(place: Place) -> Any:
    """One of the names of which a volume's host is made, `host@backend#pool`."""
    return _spelt(place, "[A-Za-z0-9._-]+", "name of a host or back end", "like-this_1")


STORAGE_PROTOCOLS = [name for names in PROTOCOLS for name in names]
IPV6_MODES = ("slaac", "dhcpv6-stateful", "dhcpv6-stateless")

# Settings by the type of their field; those of several records have a section of their own.
_BY_TYPE: dict[str, Reader] = {
    "int": integer(-1),
    "bool": boolean,
    "float": number(),
    "str": text,
    "tuple[str, ...]": listing(text),
}
SETTINGS = {field.name: _BY_TYPE[str(field.type)] for field in fields(Settings) if str(field.type) in _BY_TYPE}

# --- the table: section -> what stands in it; a section that is not listed is taken as it is

# fmt: off
READERS: dict[str, Reader] = {
    "description": text,
    "settings": mapping(SETTINGS),             # options of nova.conf
    "catalog": listing(mapping({
        "type":        required(text),
        "name":        required(text),
        "path":        required(text),
        "description": text,
        "region":      text,
        "listed":      boolean,                # else the service has no endpoints in the catalogue
    })),
    "domains": listing(mapping({
        "id":          text,
        "name":        required(text),
        "description": text,
        "enabled":     boolean,
    })),
    "roles": listing(text),
    "projects": listing(mapping({
        "id":          text,
        "name":        required(text),
        "description": text,
        "enabled":     boolean,
        "domain_id":   text,
        "parent_id":   text,
    })),
    "users": listing(mapping({
        "id":          text,
        "name":        required(text),
        "password":    text,
        "email":       text,
        "projects":    table(listing(text)),   # project -> roles on it
        "system":      listing(text),
        "domain":      listing(text),
    })),
    "flavors": listing(mapping({
        "id":          required(text),
        "name":        required(text),
        "vcpus":       required(SIZE),
        "ram":         required(SIZE),         # MiB
        "disk":        required(COUNT),        # GiB
        "ephemeral":   COUNT,
        "swap":        COUNT,
        "rxtx_factor": number(0),
        "is_public":   boolean,
        "disabled":    boolean,
        "description": text,
        "extra_specs": table(text),
        "access":      listing(text),          # projects, if it is not public
    })),
    "hosts": listing(mapping({
        "name":        required(host_name),
        "count":       SIZE,                   # of them, with {n} in the name
        "zone":        text,
        "vcpus":       required(SIZE),
        "ram":         required(SIZE),
        "disk":        required(COUNT),
        "reserved_ram":         COUNT,
        "cpu_allocation_ratio":  number(0),
        "ram_allocation_ratio":  number(0),
        "disk_allocation_ratio": number(0),
        "disabled":        boolean,
        "disabled_reason": text,
        "up":              boolean,
        "forced_down":     boolean,
        "cell":            text,
        "traits":          listing(trait),     # beyond the usual ones; with ! those that it lacks
        "resources":       table(SIZE, resource_class),
        "architecture":    text,
        "hypervisor_type": text,
        "hypervisor_version": SIZE,            # 8002002 is 8.2.2
    })),
    "aggregates": listing(mapping({
        "name":        required(text),
        "zone":        text,
        "hosts":       listing(text),
        "metadata":    table(text),
    })),
    "rate_limits": listing(mapping({
        "verb":        required(choice(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), "verb")),
        "uri":         required(text),         # with * for anything
        "regex":       pattern,                # what uri stands for, if that does not say it
        "value":       required(SIZE),
        "unit":        choice(("second", "minute", "hour", "day"), "unit"),
    })),
    "quotas":         table(table(integer(-1), choice(DEFAULTS, "quota"))),          # project -> limits
    "registered_limits": table(integer(-1)),   # Keystone's, of Compute: servers, class:VCPU ...
    "network_quotas": table(table(integer(-1), choice(NETWORK_DEFAULTS, "quota"))),
    "volume_quotas":  table(table(integer(-1), volume_quota)),
    "images": listing(mapping({
        "id":               text,
        "name":             required(text),
        "owner":            text,              # a project
        "visibility":       choice(("public", "private", "shared", "community"), "visibility"),
        "disk_format":      choice(("qcow2", "raw"), "disk format of a definition"),
        "container_format": choice(("bare",), "container format of a definition"),
        "virtual_size":     SIZE,              # bytes
        "min_ram":          COUNT,
        "min_disk":         COUNT,
        "protected":        boolean,
        "os_hidden":        boolean,
        "tags":             listing(text),
        "properties":       table(text),
    })),
    "metadefs": listing(mapping({              # in the form of Glance's own files
        "namespace":                  required(text),
        "display_name":               text,
        "description":                text,
        "visibility":                 choice(("public", "private"), "visibility"),
        "protected":                  boolean,
        "owner":                      text,    # a project
        "resource_type_associations": listing(mapping({
            "name":              required(text),
            "prefix":            text,
            "properties_target": text,
        })),
        "properties":                 table(anything),
        "objects":                    listing(anything),
        "tags":                       listing(mapping({"name": required(text)})),
    })),
    "networks": listing(mapping({
        "id":               text,
        "name":             required(text),
        "description":      text,
        "project":          text,
        "shared":           boolean,
        "external":         boolean,
        "is_default":       boolean,
        "mtu":              SIZE,
        "network_type":     text,
        "physical_network": text,
        "segmentation_id":  COUNT,
        "dns_domain":       text,
        "port_security_enabled": boolean,
        "subnets": listing(mapping({
            "id":               text,
            "name":             text,
            "description":      text,
            "cidr":             required(text),
            "gateway_ip":       text,
            "enable_dhcp":      boolean,
            "allocation_pools": listing(mapping({"start": required(text), "end": required(text)})),
            "dns_nameservers":  listing(text),
            "host_routes":      listing(mapping({"destination": required(text), "nexthop": required(text)})),
            "ipv6_ra_mode":      choice(IPV6_MODES, "mode"),
            "ipv6_address_mode": choice(IPV6_MODES, "mode"),
        })),
    })),
    "routers": listing(mapping({
        "id":               text,
        "name":             required(text),
        "description":      text,
        "project":          text,
        "gateway":          text,              # an external network
        "interfaces":       listing(text),     # subnets
        "enable_snat":      boolean,
    })),
    "volume_backends": listing(mapping({
        "host":             required(backend_part),
        "name":             required(backend_part),  # volume_backend_name; volumes are at host@name#pool
        "zone":             text,
        "driver":           text,
        "protocol":         choice(STORAGE_PROTOCOLS, "protocol"),
        "disabled":         boolean,
        "disabled_reason":  text,
        "frozen":           boolean,
        "cluster":          backend_part,      # back ends of one name and cluster serve the same storage
        "replication_targets": listing(text),  # what it can fail over to
        "pools": listing(mapping({
            "name":         required(text),
            "capacity":     COUNT,             # GiB
            "thin":         boolean,
            "max_over_subscription_ratio": number(1),
            "reserved_percentage":         integer(0, 100),
            "multiattach":  boolean,
            "capabilities": table(text),       # for extra specs to ask for
            "unmanaged": listing(mapping({     # what is there and Cinder does not know
                "name":   required(text),
                "size":   required(integer(1)),  # GiB
                "source": text,                # the volume that it is a snapshot of, by its name there
            })),
        })),
    })),
    "volume_types": listing(mapping({
        "name":             required(text),
        "description":      text,
        "is_public":        boolean,
        "access":           listing(text),     # projects, if it is not public
        "extra_specs":      table(text),
        "encryption": mapping({
            "provider":         required(text),
            "control_location": required(choice(("front-end", "back-end"), "control location")),
            "cipher":           text,
            "key_size":         COUNT,         # bits
        }),
        "qos": mapping({                       # types that name the same share them
            "name":     required(text),
            "consumer": choice(("front-end", "back-end", "both"), "consumer"),
            "specs":    table(text),
        }),
    })),
    "group_types": listing(mapping({           # of volume groups
        "name":             required(text),
        "description":      text,
        "is_public":        boolean,
        "group_specs":      table(text),
    })),
}
# fmt: on


# --- reading


def checked(name: str, near: Path | None = None, inside: tuple[Path, ...] = ()) -> Definition:
    """The definition of a shipped name or a path (from the folder `near`); BadDefinition with all its mistakes.

    `inside` are the files that extend it.
    """
    if not name.endswith(SUFFIXES):
        known = resources.names("fixtures")
        if name not in known:
            raise BadDefinition([f"there is no cloud definition {name!r}{nearest(name, known)}"])
        return read_definition(name)
    path = (near or Path()) / name
    if path in inside:
        raise BadDefinition([f"{path} extends itself"])
    page = Page.of(read_text(path), str(path))
    definition = read(page.top, (*inside, path))
    page.done()
    return definition


def rehearse(place: Place, definition: Definition) -> None:
    """Make a cloud of it: what only that finds (a gateway outside of its subnet) gets its line here."""
    try:
        Cloud(definition)
    except BadDefinition as error:
        for mistake in error.mistakes:
            path, _, said = mistake.partition(": ")
            at = place.at(path)
            (at or place).wrong(said if at else mistake)


def read_text(path: Path) -> str:
    """BadDefinition if there is nothing to read."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BadDefinition([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise BadDefinition([f"{path}: is no text in UTF-8"]) from None


def read(place: Place, inside: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The definition at a place, complete with what it extends; mistakes are noted on its page.

    The last of `inside` is the file that it stands in.
    """
    before = place.page.mistakes
    readers = {name: READERS.get(name, anything) for name in SECTIONS}
    made = mapping({**readers, "extends": text})(place) or {}
    sections = place.entries() or {} if place.is_mapping else {}
    if base := made.pop("extends", None):
        try:
            made = {**checked(base, inside[-1].parent if inside else None, inside), **made}
        except BadDefinition as error:
            for mistake in error.mistakes:
                sections["extends"][1].wrong(mistake)
    for name, check in CHECKS.items():
        if name in sections and not sections[name][1].empty:
            check(sections[name][1], made)
    if place.page.mistakes == before:
        rehearse(place, made)
    return made


# --- names that must lead somewhere


def host_names(definition: Definition) -> list[str]:
    """Of all hosts, counted ones written out."""
    return [
        _numbered(entry["name"], n)
        for entry in _entries(definition, "hosts")
        for n in range(1, (entry.get("count") or 1) + 1)
    ]


def project_names(definition: Definition) -> list[str]:
    return _names(definition, "projects") or ["admin", "demo", "alt_demo", "service"]


def _role_names(definition: Definition) -> list[str]:
    return definition.get("roles") or ["admin", "manager", "member", "reader", "service"]


def _entries(definition: Definition, section: str) -> list[dict[str, Any]]:
    """Those that can be called by a name; others are noted already."""
    return [entry for entry in definition.get(section) or () if isinstance(entry, dict) and entry.get("name")]


def _names(definition: Definition, section: str) -> list[str]:
    return [entry["name"] for entry in _entries(definition, section)]


def _numbered(name: str, n: int) -> str:
    try:
        return name.format(n=n)
    except (LookupError, ValueError):
        return name


def _known(place: Place, names: Iterable[str], what: str) -> None:
    """Every scalar of a list, or key of a mapping, is a name of something."""
    known = list(dict.fromkeys(names))
    if place.is_mapping:
        spoken = [key for key, _ in (place.entries() or {}).values()]
    else:
        spoken = place.items() or [] if place.is_list else []
    for at in spoken:
        if at.word is not None and at.word not in known:
            at.wrong(f"there is no {what} {at.word!r}{nearest(at.word, known)}")


def _each(place: Place, key: str) -> Iterator[Place]:
    """What stands under a key of every entry of a section."""
    for entry in place.items() or () if place.is_list else ():
        found = (entry.entries() or {}).get(key) if entry.is_mapping else None
        if found is not None and not found[1].empty:
            yield found[1]


def _unique(place: Place, key: str, what: str) -> None:
    seen: set[str | None] = set()
    for at in _each(place, key):
        if at.word in seen:
            at.wrong(f"there are two {what} called {at.word!r}")
        seen.add(at.word)


# --- a function a section


def _check_named(place: Place, definition: Definition) -> None:
    """Images, networks, routers: each belongs to a project."""
    for key in "owner", "project":
        for at in _each(place, key):
            if at.word not in project_names(definition):
                at.wrong(f"there is no project {at.word!r}{nearest(at.word or '', project_names(definition))}")


def _check_projects(place: Place, definition: Definition) -> None:
    _unique(place, "name", "projects")


def _check_users(place: Place, definition: Definition) -> None:
    _unique(place, "name", "users")
    roles = _role_names(definition)
    for key in "system", "domain":
        for granted in _each(place, key):
            _known(granted, roles, "role")
    for projects in _each(place, "projects"):
        _known(projects, project_names(definition), "project")
        for _, granted in (projects.entries() or {}).values() if projects.is_mapping else ():
            _known(granted, roles, "role")


def _check_flavors(place: Place, definition: Definition) -> None:
    _unique(place, "id", "flavors")
    for projects in _each(place, "access"):
        _known(projects, project_names(definition), "project")


def _check_hosts(place: Place, definition: Definition) -> None:
    seen: set[str] = set()
    for at, entry in zip(_each(place, "name"), _entries(definition, "hosts"), strict=False):
        mine = [_numbered(entry["name"], n) for n in range(1, (entry.get("count") or 1) + 1)]
        twice = next((name for name, times in Counter(mine).items() if times > 1 or name in seen), None)
        if twice is not None:
            at.wrong(f"there are two hosts called {twice!r}" + ("; {n} makes them differ" if len(mine) > 1 else ""))
        seen.update(mine)


def _check_aggregates(place: Place, definition: Definition) -> None:
    _unique(place, "name", "aggregates")
    for hosts in _each(place, "hosts"):
        _known(hosts, host_names(definition), "host")


def _check_volume_backends(place: Place, definition: Definition) -> None:
    """A back end is known by host and name, a pool by its name in it; zones of clusters do not differ."""
    seen: set[str] = set()
    names = zip(_each(place, "host"), _each(place, "name"), strict=False)
    for host, name in names:
        id = f"{host.word}@{name.word}"
        if id in seen:
            name.wrong(f"there are two back ends called {id!r}")
        seen.add(id)
    for pools in _each(place, "pools"):
        _unique(pools, "name", "pools")


def _check_volume_types(place: Place, definition: Definition) -> None:
    _unique(place, "name", "volume types")
    for projects in _each(place, "access"):
        _known(projects, project_names(definition), "project")


def _check_group_types(place: Place, definition: Definition) -> None:
    _unique(place, "name", "group types")


def _check_quotas(place: Place, definition: Definition) -> None:
    _known(place, project_names(definition), "project")


# sections that a file writes itself; what it extends was checked where it stands
CHECKS: dict[str, Callable[[Place, Definition], None]] = {
    "projects": _check_projects,
    "users": _check_users,
    "flavors": _check_flavors,
    "hosts": _check_hosts,
    "aggregates": _check_aggregates,
    "quotas": _check_quotas,
    "network_quotas": _check_quotas,
    "volume_quotas": _check_quotas,
    "images": _check_named,
    "networks": _check_named,
    "routers": _check_named,
    "volume_backends": _check_volume_backends,
    "volume_types": _check_volume_types,
    "group_types": _check_group_types,
}
