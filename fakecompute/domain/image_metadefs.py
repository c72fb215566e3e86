"""Metadata definitions: who sees a namespace, what may not be deleted, and the ones that a cloud begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.image_metadefs import (
    MetadefAssociation,
    MetadefNamespace,
    MetadefObject,
    MetadefPart,
    MetadefProperty,
    MetadefResourceType,
    MetadefTag,
)
from fakecompute.errors import BadDefinition, Conflict, Forbidden

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

P = TypeVar("P", bound=MetadefPart)

PARTS: tuple[type[MetadefPart], ...] = (MetadefObject, MetadefProperty, MetadefTag)
WORDS: Mapping[type[MetadefPart], str] = {
    MetadefObject: "metadata definition object",
    MetadefProperty: "metadata definition property",
    MetadefTag: "metadata tag",
}


class NamespaceExists(Conflict):
    message = "The metadata definition namespace={name} already exists."


class NamespaceNameTaken(Conflict):
    message = (
        "Invalid update. It would result in a duplicate metadata definition namespace with the same name of {name}"
    )


class PartExists(Conflict):
    message = "A {what} with name={name} already exists in namespace={namespace}."


class TagExists(PartExists):
    message = PartExists.message + " (Please note that metadata tag names are case insensitive)."


class PartNameTaken(Conflict):
    """Glance's rows would not take it, and Glance answers 500."""

    message = (
        "Invalid update. It would result in a duplicate {what} with the same name={name} in namespace={namespace}."
    )


class AssociationExists(Conflict):
    message = (
        "The metadata definition resource-type association of resource-type={name} to namespace={namespace}"
        " already exists."
    )


class Protected(Forbidden):
    """`what` is a namespace, or something in one that is protected."""

    message = "{what} {name} is protected and cannot be deleted."


# --- who sees what ----------------------------------------------------------------------------------------


def find_namespace(cloud: Cloud, name: str) -> MetadefNamespace | None:
    return cloud.store.one(MetadefNamespace, "name", name)


def is_visible(namespace: MetadefNamespace, project_id: str | None, is_admin: bool) -> bool:
    return is_admin or namespace.visibility == "public" or namespace.owner in (None, project_id)


def visible_namespaces(cloud: Cloud, project_id: str | None, is_admin: bool) -> list[MetadefNamespace]:
    store = cloud.store
    if is_admin:
        return store.all(MetadefNamespace)
    found = store.by(MetadefNamespace, "visibility", "public")
    if project_id is not None:
        found += store.by(MetadefNamespace, "owner", project_id)
    return list({namespace.id: namespace for namespace in found}.values())


# --- namespaces ---------------------------------------------------------------------------------------------


def create_namespace(cloud: Cloud, name: str, owner: str | None, **fields: Any) -> MetadefNamespace:
    if find_namespace(cloud, name) is not None:
        raise NamespaceExists(name=name)
    return cloud.store.put(MetadefNamespace(namespace=name, owner=owner, **fields, **_new(cloud)))


def update_namespace(cloud: Cloud, namespace: MetadefNamespace, /, **fields: Any) -> MetadefNamespace:
    other = find_namespace(cloud, fields["namespace"])
    if other is not None and other.id != namespace.id:
        raise NamespaceNameTaken(name=other.namespace)
    return cloud.store.put(namespace.evolve(**fields, updated_at=cloud.now))


def delete_namespace(cloud: Cloud, namespace: MetadefNamespace) -> None:
    """With all that is in it; resource types stay."""
    for kind in PARTS:
        delete_parts(cloud, namespace, kind)
    for association in cloud.store.by(MetadefAssociation, "namespace", namespace.id):
        cloud.store.drop(association)
    cloud.store.drop(namespace)


def check_unprotected(namespace: MetadefNamespace) -> None:
    if namespace.protected:
        raise Protected(what="Metadata definition namespace", name=namespace.namespace)


def _new(cloud: Cloud) -> dict[str, Any]:
    number = cloud.streams.number("metadef")
    return {"id": str(number), "number": number, "created_at": cloud.now, "updated_at": cloud.now}


# --- what is in them ----------------------------------------------------------------------------------------


def parts(cloud: Cloud, namespace: MetadefNamespace, kind: type[P]) -> list[P]:
    """In the order in which they were made."""
    return sorted(cloud.store.by(kind, "namespace", namespace.id), key=lambda part: part.number)


def find_part(cloud: Cloud, namespace: MetadefNamespace, kind: type[P], name: str) -> P | None:
    return cloud.store.one(kind, "name", (namespace.id, name))


def create_part(cloud: Cloud, namespace: MetadefNamespace, kind: type[P], name: str, **fields: Any) -> P:
    if find_part(cloud, namespace, kind, name) is not None:
        error = TagExists if kind is MetadefTag else PartExists
        raise error(what=WORDS[kind], name=name, namespace=namespace.namespace)
    return cloud.store.put(kind(namespace_id=namespace.id, name=name, **fields, **_new(cloud)))


def update_part(cloud: Cloud, namespace: MetadefNamespace, part: P, **fields: Any) -> P:
    other = find_part(cloud, namespace, type(part), fields["name"])
    if other is not None and other.id != part.id:
        raise PartNameTaken(what=WORDS[type(part)], name=other.name, namespace=namespace.namespace)
    return cloud.store.put(part.evolve(**fields, updated_at=cloud.now))


def delete_part(cloud: Cloud, namespace: MetadefNamespace, part: MetadefPart) -> None:
    if namespace.protected:
        word = type(part).__name__.removeprefix("Metadef").lower()
        raise Protected(what=f"Metadata definition {word}", name=part.name)
    cloud.store.drop(part)


def delete_parts(cloud: Cloud, namespace: MetadefNamespace, kind: type[MetadefPart]) -> None:
    for part in cloud.store.by(kind, "namespace", namespace.id):
        cloud.store.drop(part)


# --- resource types -------------------------------------------------------------------------------------------


def associations(cloud: Cloud, namespace: MetadefNamespace) -> list[MetadefAssociation]:
    found = cloud.store.by(MetadefAssociation, "namespace", namespace.id)
    return sorted(found, key=lambda association: association.number)


def associate(cloud: Cloud, namespace: MetadefNamespace, name: str, **fields: Any) -> MetadefAssociation:
    """Makes the resource type, too, if nobody has named it before."""
    id = f"{namespace.id}/{name}"
    if cloud.store.find(MetadefAssociation, id) is not None:
        raise AssociationExists(name=name, namespace=namespace.namespace)
    if cloud.store.find(MetadefResourceType, name) is None:
        cloud.store.put(MetadefResourceType(id=name, created_at=cloud.now, updated_at=cloud.now))
    new = {**_new(cloud), "id": id}
    return cloud.store.put(MetadefAssociation(namespace_id=namespace.id, name=name, **fields, **new))


def dissociate(cloud: Cloud, namespace: MetadefNamespace, association: MetadefAssociation) -> None:
    if namespace.protected:
        raise Protected(what="Metadata definition resource-type-association", name=association.name)
    cloud.store.drop(association)


# --- the ones that a cloud begins with --------------------------------------------------------------------------

Entry = dict[str, Any]


def _choice(title: str, *values: str) -> Entry:
    return {"title": title, "type": "string", "enum": list(values)}


IMAGE, VOLUME, FLAVOR = "OS::Glance::Image", "OS::Cinder::Volume", "OS::Nova::Flavor"
HARDWARE: list[Entry] = [
    {"name": IMAGE, "prefix": "hw_"},
    {"name": VOLUME, "prefix": "hw_", "properties_target": "image"},
    {"name": FLAVOR, "prefix": "hw:"},
]
SEED: list[Entry] = [  # four of those that Glance comes with
    {
        "namespace": "OS::Compute::Watchdog",
        "display_name": "Watchdog Behavior",
        "description": "What a watchdog device does when the server hangs.",
        "resource_type_associations": HARDWARE,
        "properties": {
            "watchdog_action": _choice("Watchdog Action", "disabled", "reset", "poweroff", "pause", "none")
        },
    },
    {
        "namespace": "OS::Compute::CPUPinning",
        "display_name": "CPU Pinning",
        "description": "How virtual CPUs and their threads are pinned to those of the host.",
        "resource_type_associations": HARDWARE,
        "properties": {
            "cpu_policy": _choice("CPU Pinning policy", "shared", "dedicated"),
            "cpu_thread_policy": _choice("CPU Thread Pinning Policy.", "isolate", "prefer", "require"),
        },
    },
    {
        "namespace": "OS::Compute::Hypervisor",
        "display_name": "Hypervisor Selection",
        "description": "What kind of hypervisor an image needs.",
        "resource_type_associations": [{"name": IMAGE}],
        "properties": {
            "hypervisor_type": _choice("Hypervisor Type", "baremetal", "kvm", "lxc", "qemu", "vmware", "xen"),
            "vm_mode": _choice("VM Mode", "hvm", "xen", "uml", "exe"),
        },
    },
    {
        "namespace": "OS::OperatingSystem",
        "display_name": "Common Operating System Properties",
        "description": "Which operating system an image holds.",
        "resource_type_associations": [{"name": IMAGE}, {"name": VOLUME, "properties_target": "image"}],
        "properties": {
            "os_distro": {"title": "OS Distro", "type": "string"},
            "os_version": {"title": "OS Version", "type": "string"},
            "os_admin_user": {"title": "OS Admin User", "type": "string"},
        },
    },
]
_ENTRY = frozenset(
    "namespace display_name description visibility protected owner resource_type_associations properties objects"
    " tags".split()
)


def define_metadefs(cloud: Cloud, entries: list[Entry]) -> None:
    """The section `metadefs` of a definition, in the form of Glance's own files; `owner` is a project's name."""
    for position, entry in enumerate(entries or SEED):
        place = f"metadefs[{position}]"
        if unknown := sorted(entry.keys() - _ENTRY):
            known = ", ".join(sorted(_ENTRY))
            raise BadDefinition([f"{place}: there is no {key!r}; there are {known}" for key in unknown])
        if "namespace" not in entry:
            raise BadDefinition([f"{place}: the namespace is missing"])
        owner = cloud.store.one(Project, "name", ("default", entry.get("owner", "admin")))
        texts = {key: entry[key] for key in ("display_name", "description") if key in entry}
        namespace = create_namespace(
            cloud,
            entry["namespace"],
            owner.id if owner else None,
            visibility=entry.get("visibility", "public"),
            protected=entry.get("protected", True),
            **texts,
        )
        fill_namespace(cloud, namespace, entry)


def fill_namespace(cloud: Cloud, namespace: MetadefNamespace, content: Mapping[str, Any]) -> None:
    """What a namespace holds from the beginning, as JSON tells it."""
    for association in content.get("resource_type_associations") or ():
        more = {key: association.get(key) for key in ("prefix", "properties_target")}
        associate(cloud, namespace, association["name"], **more)
    for item in content.get("objects") or ():
        create_part(cloud, namespace, MetadefObject, item["name"], **object_fields(item))
    for tag in content.get("tags") or ():
        create_part(cloud, namespace, MetadefTag, tag["name"])
    for name, schema in (content.get("properties") or {}).items():
        create_part(cloud, namespace, MetadefProperty, name, schema=text_of(schema))


def object_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body of an object, but for its name, as a record holds it."""
    return {
        "description": body.get("description"),
        "required": tuple(body.get("required") or ()),
        "properties": text_of(body.get("properties") or {}),
    }


def text_of(schema: Any) -> str:
    return orjson.dumps(schema).decode()
