"""Objects, properties and tags are looked up, renamed and deleted alike: one declaration serves the three."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fakecompute.domain.image_metadefs import (
    check_unprotected,
    delete_part,
    delete_parts,
    find_part,
    update_part,
)
from fakecompute.domain.records.image_metadefs import MetadefNamespace, MetadefPart
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.image.metadefs.access import NamespaceNotFound, demand, namespace_for
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body

P = TypeVar("P", bound=MetadefPart)
Fields = dict[str, Any]


class PartNotFound(NotFound):
    message = "Could not find {what} {name}"


@dataclass(frozen=True)
class Noun(Generic[P]):
    """How the parts of a kind are called, asked for and shown."""

    plural: str  # in the path
    kind: type[P]
    what: str  # that cannot be found
    rule: str  # what its policies are called by: modify_metadef_<rule>
    removes: str  # the policy of its deletion
    read: Callable[[Call], Fields]  # the fields of a body
    shown: Callable[[P, MetadefNamespace, Call], Fields]
    unknown: type[NotFound] = NamespaceNotFound  # how a namespace that is not there is told
    clears: tuple[str, ...] = ()  # policies of DELETE of all, besides that of the namespace

    def namespace(self, call: Call, name: str, rule: str) -> MetadefNamespace:
        return namespace_for(call, name, rule, self.unknown)

    def find(self, call: Call, namespace: MetadefNamespace, name: str) -> P:
        part = find_part(call.cloud, namespace, self.kind, name)
        if part is None:
            raise PartNotFound(what=self.what, name=name)
        return part


def declare(noun: Noun[P]) -> None:
    """PUT and DELETE of one, DELETE of all."""
    all_of_them = f"/metadefs/namespaces/<namespace_name>/{noun.plural}"
    one = f"{all_of_them}/<name>"

    def update(call: Call, namespace_name: str, name: str) -> Fields:
        fields = noun.read(call)
        namespace = noun.namespace(call, namespace_name, f"modify_metadef_{noun.rule}")
        part = update_part(call.cloud, namespace, noun.find(call, namespace, name), **fields)
        return noun.shown(part, namespace, call)

    def delete(call: Call, namespace_name: str, name: str) -> None:
        refuse_body(call)
        namespace = noun.namespace(call, namespace_name, noun.removes)
        delete_part(call.cloud, namespace, noun.find(call, namespace, name))

    def clear(call: Call, namespace_name: str) -> None:
        refuse_body(call)
        namespace = namespace_for(call, namespace_name, "delete_metadef_namespace")
        for rule in noun.clears:
            demand(call, rule, namespace)
        check_unprotected(namespace)
        delete_parts(call.cloud, namespace, noun.kind)

    update.__name__ = f"update_metadef_{noun.rule}"
    delete.__name__ = f"delete_metadef_{noun.rule}"
    clear.__name__ = f"delete_metadef_{noun.plural}"
    routes.put(one)(update)
    routes.delete(one, success=204)(delete)
    routes.delete(all_of_them, success=204)(clear)
