"""/domains: who owns users and projects."""

from __future__ import annotations

import re

from fakecompute.cloud import Cloud
from fakecompute.domain.identity_removal import drop_domain, switched_domain
from fakecompute.domain.records.identity import Domain
from fakecompute.errors import BadRequest, Conflict, Forbidden, NotFound
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field, listed, mapped
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import (
    DuplicateInDomain,
    Flag,
    Open,
    OpenView,
    Options,
    Some,
    a_name,
    admit,
    an_id,
    changes,
    require_mutable,
    require_same,
    some_tags,
)


class DomainNotFound(NotFound):
    message = "Could not find domain: {id}."


class DomainExists(Conflict):
    message = (
        "Conflict occurred attempting to store project - it is not permitted to have two projects acting as domains"
        " with the same name: {name}."
    )


class DomainIdTaken(Conflict):
    message = (
        "Conflict occurred attempting to store project - it is not permitted to have two projects with either the"
        " same name or same id in the same domain: name is {name}, project id {id}."
    )


class BadDomainId(BadRequest):
    message = "Domain ID does not conform to required UUID format."


class DomainEnabled(Forbidden):
    message = "Cannot delete a domain that is enabled, please disable it first."


# --- request schemas ----------------------------------------------------------------------------------


class ListDomains(Listed):
    filters = ("name", "enabled")


class DomainFields(Open):
    name = a_name(64)
    description = Text(max=255, allow_none=True)
    enabled = Flag()
    tags = some_tags()
    options = Object(Options)


class NewDomain(DomainFields):
    name = a_name(64, required=True)
    explicit_domain_id = an_id()


class CreateDomain(Schema):
    domain = Object(NewDomain, required=True)


class UpdateDomain(Schema):
    domain = Some(DomainFields, required=True)


# --- response views -----------------------------------------------------------------------------------

domain_detail = OpenView(
    field("id"),
    field("name"),
    field("description"),
    field("enabled"),
    field("tags", listed("tags")),
    field("options", mapped("options")),
    field("links", linked("domains")),
)


# --- handlers -----------------------------------------------------------------------------------------


def find_domain(call: Call, id: str) -> Domain:
    return admit(call, call.cloud.store.find(Domain, id), DomainNotFound(id=id), domain_id=id)


def visible_domains(call: Call) -> list[Domain]:
    """By id; a token for a domain sees no other."""
    domains = sorted(call.cloud.store.all(Domain), key=lambda domain: domain.id)
    mine = call.context.domain_id
    return [domain for domain in domains if mine is None or domain.id == mine]


def add_domain(call: Call, wish: Wish) -> Domain:
    store = call.cloud.store
    id = wish.pop("explicit_domain_id", None)
    if id is not None and not re.fullmatch("[0-9a-f]{32}", id):
        raise BadDomainId
    if id is not None and store.find(Domain, id) is not None:
        raise DomainIdTaken(name=wish["name"], id=id)
    _require_free(call, wish["name"])
    domain = Domain(id=id or call.cloud.streams.hex("domain"), name=wish["name"])
    return store.put(_changed(domain, wish))


def change_domain(call: Call, domain: Domain, wish: Wish) -> Domain:
    require_same(domain, wish, [("id", "ID")])
    require_mutable("domain", domain, wish)
    if wish.get("name", domain.name) != domain.name:
        _require_free(call, wish["name"])
    was = domain.enabled
    domain = call.cloud.store.put(_changed(domain, wish))
    if domain.enabled != was:
        switched_domain(call.cloud, domain.id)
    return domain


def _require_free(call: Call, name: str) -> None:
    if call.cloud.store.one(Domain, "name", name) is not None:
        raise DomainExists(name=name)


def _changed(domain: Domain, wish: Wish) -> Domain:
    return domain.evolve(**changes(domain, wish, DomainFields))


def remove_domain(cloud: Cloud, domain: Domain) -> None:
    """With all of its users and projects."""
    require_mutable("domain", domain)
    if domain.enabled:
        raise DomainEnabled
    drop_domain(cloud, domain)


Collection(
    "domain",
    "/domains",
    Domain,
    domain_detail,
    find=find_domain,
    records=visible_domains,
    query=ListDomains,
    create=(CreateDomain, add_domain),
    update=(UpdateDomain, change_domain),
    remove=remove_domain,
)

# --- for what is in domains -------------------------------------------------------------------------------


def require_free(call: Call, kind: type[Record], called: str, domain_id: str, name: str) -> None:
    """A name may be given once in a domain; which must be there."""
    if call.cloud.store.find(Domain, domain_id) is None:
        raise DomainNotFound(id=domain_id)
    if call.cloud.store.one(kind, "name", (domain_id, name)) is not None:
        raise DuplicateInDomain(kind=called, name=name, domain=domain_id)
