"""Glance's metadata definitions: namespaces, and the objects, properties and tags in them."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class MetadefNamespace(Record):
    """A project's, and everybody's to read if it is public."""

    indexes = {
        "name": lambda namespace: namespace.namespace,
        "owner": lambda namespace: namespace.owner,
        "visibility": lambda namespace: namespace.visibility,
    }

    namespace: str  # its name
    display_name: str | None = None
    description: str | None = None
    visibility: str = "private"  # private | public
    protected: bool = False  # may neither it nor what it holds be deleted?
    owner: str | None = None  # project
    number: int = 0
    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class MetadefPart(Record):
    """What is defined in a namespace, by name."""

    indexes = {
        "namespace": lambda part: part.namespace_id,
        "name": lambda part: (part.namespace_id, part.name),
    }

    namespace_id: str
    name: str
    number: int = 0
    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class MetadefObject(MetadefPart):
    """A group of properties; they are JSON, as in Glance's database."""

    description: str | None = None
    required: tuple[str, ...] = ()
    properties: str = "{}"


@dataclass(frozen=True, kw_only=True)
class MetadefProperty(MetadefPart):
    """A property on its own."""

    schema: str = "{}"  # JSON


@dataclass(frozen=True, kw_only=True)
class MetadefTag(MetadefPart):
    """A word."""


@dataclass(frozen=True, kw_only=True)
class MetadefResourceType(Record):
    """What may have properties; the id is its name, and it stays once it was named."""

    created_at: int = 0
    updated_at: int = 0


@dataclass(frozen=True, kw_only=True)
class MetadefAssociation(Record):
    """That a namespace is of use for a resource type; the id is `namespace_id/name`."""

    indexes = {
        "namespace": lambda association: association.namespace_id,
        "type": lambda association: association.name,
    }

    namespace_id: str
    name: str  # of the resource type
    prefix: str | None = None  # what stands before the names of its properties there
    properties_target: str | None = None  # which of several kinds of properties is meant
    number: int = 0
    created_at: int = 0
    updated_at: int = 0
