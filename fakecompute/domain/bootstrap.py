"""From a cloud definition (a file of `fixtures/`, or the same as a dict) to the records that a cloud begins with.

A definition is a mapping of sections; each section has one function below.  Ids that are not given are drawn by
name from the seed: `private` has the same id in every cloud of a seed, whatever else the definition holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from fakecompute import resources
from fakecompute.domain.aggregates import define_aggregates
from fakecompute.domain.catalog import define_catalog
from fakecompute.domain.compute_services import define_control_services
from fakecompute.domain.identity import assignment, imply
from fakecompute.domain.identity_passwords import with_password
from fakecompute.domain.image_metadefs import define_metadefs
from fakecompute.domain.images import define_images
from fakecompute.domain.network_definition import define_network_quotas, define_networks, define_routers
from fakecompute.domain.quota_unified import define_registered_limits
from fakecompute.domain.rate_limits import define_rate_limits
from fakecompute.domain.records.compute import LIBVIRT_TRAITS, Flavor, Host, Quota
from fakecompute.domain.records.identity import Domain, Project, Role, User
from fakecompute.domain.settings import Settings
from fakecompute.domain.volume.definition import define_volume_backends, define_volume_types
from fakecompute.domain.volume.group_types import define_group_types
from fakecompute.domain.volume.quota import define_volume_quotas
from fakecompute.errors import BadDefinition

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Entries = list[dict[str, Any]]


def read_definition(name: str) -> Mapping[str, Any]:
    """A definition by the name of a shipped file, or by path; BadDefinition if there is none."""
    if name.endswith((".yaml", ".yml", ".json")):
        try:
            text = Path(name).read_text()
        except OSError as error:
            raise BadDefinition([f"{name}: {error.strerror}"]) from None
    else:
        try:
            text, _ = resources.read("fixtures", name)
        except FileNotFoundError as error:
            raise BadDefinition([str(error)]) from None
    return completed(yaml.safe_load(text) or {}, Path(name).parent)


def completed(definition: Mapping[str, Any], near: Path | None = None) -> Mapping[str, Any]:
    """`extends: default` takes over the sections that a definition does not write itself; paths are from `near`."""
    if "extends" not in definition:
        return definition
    base = str(definition["extends"])
    if near is not None and base.endswith((".yaml", ".yml", ".json")):
        base = str(near / base)
    own = {section: entries for section, entries in definition.items() if section != "extends"}
    return {**read_definition(base), **own}


def populate(cloud: Cloud, definition: Mapping[str, Any]) -> None:
    """Make the records of a definition, section by section."""
    definition = completed(definition)
    unknown = [
        f"{key}: there is no such section; there are {', '.join(SECTIONS)}"
        for key in definition
        if key not in SECTIONS
    ]
    if unknown:
        raise BadDefinition(unknown)
    for section, fill in SECTIONS.items():
        fill(cloud, definition.get(section) or [])
    cloud.store.digest()


def _ignore(cloud: Cloud, entries: Any) -> None:
    """A section that is for people."""


def _domains(cloud: Cloud, entries: Entries) -> None:
    for entry in entries or [{"id": "default", "name": "Default", "description": "The default domain"}]:
        cloud.store.put(Domain(**{"id": cloud.streams.hex_at("domain", entry["name"]), **entry}))


DEFAULT_ROLES = ("admin", "manager", "member", "reader", "service")
DEFAULT_CHAIN = ("admin", "manager", "member", "reader")  # who has one has all that follow


def _roles(cloud: Cloud, entries: list[str]) -> None:
    for name in entries or DEFAULT_ROLES:
        options = (("immutable", True),) if name in DEFAULT_ROLES else ()
        cloud.store.put(Role(id=cloud.streams.hex_at("role", name), name=name, options=options))
    chain = [role for name in DEFAULT_CHAIN if (role := cloud.store.one(Role, "name", name)) is not None]
    for prior, implied in pairwise(chain):
        imply(cloud, prior, implied)


def _projects(cloud: Cloud, entries: Entries) -> None:
    for entry in entries or [{"name": name} for name in ("admin", "demo", "alt_demo", "service")]:
        cloud.store.put(Project(**{"id": cloud.streams.hex_at("project", entry["name"]), **entry}))


DEFAULT_USERS: Entries = [
    {
        "name": "admin",
        "projects": {"admin": ["admin"], "demo": ["admin"]},
        "system": ["admin"],
        "domain": ["admin"],
    },
    {"name": "demo", "projects": {"demo": ["member"]}},
    {"name": "alt_demo", "projects": {"alt_demo": ["member"]}},
    {"name": "service", "projects": {"service": ["service", "admin"]}},
]


def _users(cloud: Cloud, entries: Entries) -> None:
    for entry in entries or DEFAULT_USERS:
        projects = entry.get("projects", {})
        first = next((_project(cloud, name).id for name in projects), None)
        user = User(
            id=entry.get("id") or cloud.streams.hex_at("user", entry["name"]),
            name=entry["name"],
            extra=(("email", entry["email"]),) if entry.get("email") else (),
            default_project_id=first,
            last_active_at=cloud.now,
        )
        cloud.store.put(with_password(cloud, user, entry.get("password", "secret"), own=True))
        targets = {f"project:{_project(cloud, name).id}": roles for name, roles in projects.items()}
        targets |= {"system": entry.get("system", []), "domain:default": entry.get("domain", [])}
        for target, roles in targets.items():
            for name in roles:
                role = cloud.store.one(Role, "name", name)
                assert role is not None
                cloud.store.put(assignment(role.id, target, user_id=user.id))


def _project(cloud: Cloud, name: str) -> Project:
    found = cloud.store.one(Project, "name", ("default", name))
    if found is None:
        raise BadDefinition([f"there is no project {name!r}"])
    return found


def _flavors(cloud: Cloud, entries: Entries) -> None:
    for entry in entries:
        specs = {str(key): str(value) for key, value in entry.get("extra_specs", {}).items()}
        access = tuple(_project(cloud, name).id for name in entry.get("access", ()))
        more: dict[str, Any] = {"extra_specs": tuple(specs.items()), "access": access, "created_at": cloud.now}
        number = cloud.streams.number("flavor")
        cloud.store.put(Flavor(**{**entry, "id": str(entry["id"]), "number": number, **more}))


def _hosts(cloud: Cloud, entries: Entries) -> None:
    """`count` makes many, with `{n}` in the name; `traits` are more than usual, or less with a `!`."""
    define_control_services(cloud)
    number = 0
    for entry in entries:
        shape = {key: value for key, value in entry.items() if key not in ("name", "zone", "count")}
        if "traits" in shape:
            shape["traits"] = _traits(shape["traits"])
        shape["resources"] = tuple(dict(shape.get("resources", {})).items())
        for n in range(1, entry.get("count", 1) + 1):
            number += 1
            name = entry["name"].format(n=n)
            cloud.store.put(
                Host(
                    id=cloud.streams.uuid_at("host", name),
                    service_id=cloud.streams.uuid_at("nova-compute", name),
                    name=name,
                    number=number,
                    availability_zone=entry.get("zone", "nova"),
                    created_at=cloud.now,
                    updated_at=cloud.now,
                    **shape,
                )
            )


def _traits(words: list[str]) -> tuple[str, ...]:
    less = {word[1:] for word in words if word.startswith("!")}
    more = [word for word in words if not word.startswith("!")]
    return tuple(dict.fromkeys(trait for trait in (*LIBVIRT_TRAITS, *more) if trait not in less))


def _quotas(cloud: Cloud, entries: dict[str, dict[str, int]]) -> None:
    for name, limits in dict(entries or {}).items():
        cloud.store.put(Quota(id=_project(cloud, name).id, limits=tuple(limits.items())))


def _settings(cloud: Cloud, entries: dict[str, Any]) -> None:
    """Options of nova.conf; what `Cloud(settings=...)` was given stays, where the definition has another."""
    if not entries:
        return
    known = {field.name for field in fields(Settings)}
    unknown = [name for name in entries if name not in known]
    if unknown:
        raise BadDefinition([f"settings.{name}: there is no such setting" for name in unknown])
    usual = Settings()
    given = {name: getattr(cloud.settings, name) for name in known}
    chosen = {name: value for name, value in given.items() if value != getattr(usual, name)}
    wanted = {name: tuple(value) if isinstance(value, list) else value for name, value in entries.items()}
    cloud.settings = Settings(**{**wanted, **chosen})


SECTIONS: dict[str, Callable[[Cloud, Any], None]] = {
    "description": _ignore,
    "settings": _settings,
    "catalog": define_catalog,
    "domains": _domains,
    "roles": _roles,
    "projects": _projects,
    "users": _users,
    "flavors": _flavors,
    "images": define_images,
    "metadefs": define_metadefs,
    "hosts": _hosts,
    "aggregates": define_aggregates,
    "rate_limits": define_rate_limits,
    "quotas": _quotas,
    "registered_limits": define_registered_limits,
    "networks": define_networks,
    "routers": define_routers,
    "network_quotas": define_network_quotas,
    "volume_backends": define_volume_backends,
    "volume_types": define_volume_types,
    "volume_quotas": define_volume_quotas,
    "group_types": define_group_types,
}
