"""/OS-FEDERATION: identity providers, mappings and service providers.  Nobody can log in by them: that is 501."""

from __future__ import annotations

from typing import Any

from fakecompute.cloud import Cloud
from fakecompute.domain.records.federation import IdentityProvider, Mapping, Protocol, ServiceProvider
from fakecompute.domain.records.identity import Domain
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, ListOf, Object, Schema, Text
from fakecompute.rest.view import View, field, listed
from fakecompute.services.identity.auth import list_auth_domains, list_auth_projects
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.domains import DomainNotFound
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import Flag, Open, Some, an_id, underscored
from fakecompute.services.identity.service import identity


class ProviderNotFound(NotFound):
    message = "Could not find Identity Provider: {id}."


class ProviderExists(Conflict):
    message = "Conflict occurred attempting to store identity_provider - Duplicate entry: None."


class RemoteIdTaken(Conflict):
    message = "Conflict occurred attempting to store identity_provider - Duplicate remote ID: None."


class MappingNotFound(NotFound):
    message = "Could not find mapping: {id}."


class MappingExists(Conflict):
    message = "Conflict occurred attempting to store mapping - Duplicate entry."


class BadMapping(BadRequest):
    message = "{reason}\n"  # a break of the line at its end, as the real one has it


class ServiceProviderNotFound(NotFound):
    message = "Could not find Service Provider: {id}."


class ServiceProviderExists(Conflict):
    message = "Conflict occurred attempting to store service_provider - Duplicate entry found with ID {id}."


# --- request schemas ----------------------------------------------------------------------------------


def an_address(**options: Any) -> Text:
    return Text(max=225, pattern="^[a-zA-Z0-9+.-]+:.+", **options)


class ListProviders(Listed):
    filters = ("id", "enabled")
    id = Text()
    enabled = Flag()


class ProviderFields(Schema):
    enabled = Flag()
    description = Text(allow_none=True)
    authorization_ttl = Integer(min=0, strict=True, allow_none=True)
    remote_ids = ListOf(Text(max=64), unique=True, allow_none=True)


class NewProvider(ProviderFields):
    domain_id = an_id(allow_none=True)


class CreateProvider(Schema):
    identity_provider = Object(NewProvider, load_default=dict)


class UpdateProvider(Schema):
    identity_provider = Some(ProviderFields, required=True)


class ServiceProviderFields(Schema):
    auth_url = an_address()
    sp_url = an_address()
    description = Text(allow_none=True)
    enabled = Flag()
    relay_state_prefix = Text(allow_none=True)


class NewServiceProvider(ServiceProviderFields):
    auth_url = an_address(required=True)
    sp_url = an_address(required=True)


class CreateServiceProvider(Schema):
    service_provider = Object(NewServiceProvider, required=True)


class UpdateServiceProvider(Schema):
    service_provider = Some(ServiceProviderFields, required=True)


class WantedMapping(Open):
    """Whether its rules make sense is asked by hand: Keystone has words of its own for that."""


# --- response views -----------------------------------------------------------------------------------


def _links(provider: IdentityProvider, call: Call) -> dict[str, str]:
    own = linked("OS-FEDERATION/identity_providers")(provider, call)["self"]
    return {"self": own, "protocols": f"{own}/protocols"}


provider_detail = View(
    field("id"),
    field("domain_id"),
    field("enabled"),
    field("description"),
    field("remote_ids", listed("remote_ids")),
    field("authorization_ttl"),
    field("links", _links),
)
mapping_detail = View(
    field("id"),
    field("rules", listed("rules")),
    field("schema_version"),
    field("links", linked("OS-FEDERATION/mappings")),
)
service_provider_detail = View(
    field("auth_url"),
    field("id"),
    field("enabled"),
    field("description"),
    field("relay_state_prefix"),
    field("sp_url"),
    field("links", linked("OS-FEDERATION/service_providers")),
)
service_provider_brief = View(field("auth_url"), field("id"), field("sp_url"))


def service_providers(call: Call) -> list[dict[str, Any]]:
    """Those that a token tells."""
    found = sorted(call.cloud.store.all(ServiceProvider), key=lambda provider: provider.id)
    return service_provider_brief.all([provider for provider in found if provider.enabled], call)


# --- handlers: identity providers -------------------------------------------------------------------------

PROVIDERS = "/OS-FEDERATION/identity_providers"


def _put_provider(call: Call, wish: Wish, id: str) -> IdentityProvider:
    """With a domain of its own, unless it is given one."""
    store, wish = call.cloud.store, dict(wish)
    domain_id = wish.pop("domain_id", None)
    if store.find(IdentityProvider, id) is not None:
        raise ProviderExists
    if domain_id is None:
        domain_id = call.cloud.streams.hex("domain")
        described = f"Auto generated federated domain for Identity Provider: {id}"
        store.put(Domain(id=domain_id, name=domain_id, description=described))
    elif store.find(Domain, domain_id) is None:
        raise DomainNotFound(id=domain_id)
    return _update_provider(call, IdentityProvider(id=id, domain_id=domain_id), wish)


def _update_provider(call: Call, provider: IdentityProvider, wish: Wish) -> IdentityProvider:
    if "remote_ids" in wish:
        wish = {**wish, "remote_ids": tuple(wish["remote_ids"] or ())}
    for remote in wish.get("remote_ids", ()):
        taken = call.cloud.store.one(IdentityProvider, "remote", remote)
        if taken is not None and taken.id != provider.id:
            raise RemoteIdTaken
    return call.cloud.store.put(provider.evolve(**wish))


def _remove_provider(cloud: Cloud, provider: IdentityProvider) -> None:
    """With its protocols."""
    for protocol in cloud.store.by(Protocol, "provider", provider.id):
        cloud.store.drop(protocol)
    cloud.store.drop(provider)


Collection(
    "identity_provider",
    PROVIDERS,
    IdentityProvider,
    provider_detail,
    called="id",
    missing=ProviderNotFound,
    query=ListProviders,
    put=(CreateProvider, _put_provider),
    update=(UpdateProvider, _update_provider),
    remove=_remove_provider,
)

# --- handlers: mappings -------------------------------------------------------------------------------------


def _put_mapping(call: Call, sent: Any, id: str) -> Mapping:
    wish = _wanted_mapping(sent)
    if call.cloud.store.find(Mapping, id) is not None:
        raise MappingExists
    return call.cloud.store.put(Mapping(id=id, **wish))


def _update_mapping(call: Call, mapping: Mapping, sent: Any) -> Mapping:
    return call.cloud.store.put(mapping.evolve(**_wanted_mapping(sent)))


def _wanted_mapping(sent: Any) -> Wish:
    """The rules of a body: each with something local and something remote."""
    wish = underscored(sent) if isinstance(sent, dict) else {}
    if "rules" not in wish:
        raise BadMapping(reason="'rules' is a required property")
    rules = wish["rules"]
    if not isinstance(rules, list):
        raise BadMapping(reason=f"{rules!r} is not of type 'array'")
    if not rules:
        raise BadMapping(reason="[] should be non-empty")
    for rule in rules:
        _require_rule(rule)
    return {"rules": tuple(rules), "schema_version": str(wish.get("schema_version") or "1.0")}


def _require_rule(rule: Any) -> None:
    if not isinstance(rule, dict):
        raise BadMapping(reason=f"{rule!r} is not of type 'object'")
    for side in "local", "remote":
        if side not in rule:
            raise BadMapping(reason=f"{side!r} is a required property")
        if not isinstance(rule[side], list):
            raise BadMapping(reason=f"{rule[side]!r} is not of type 'array'")
    for wanted in rule["remote"]:
        if not isinstance(wanted, dict) or not isinstance(wanted.get("type"), str):
            raise BadMapping(reason=f"{wanted!r} is not valid under any of the given schemas")


Collection(
    "mapping",
    "/OS-FEDERATION/mappings",
    Mapping,
    mapping_detail,
    called="id",
    missing=MappingNotFound,
    put=(WantedMapping, _put_mapping),
    update=(WantedMapping, _update_mapping),  # and removed even where a protocol has it
)

# --- handlers: service providers ----------------------------------------------------------------------------


def _put_service_provider(call: Call, wish: Wish, id: str) -> ServiceProvider:
    if call.cloud.store.find(ServiceProvider, id) is not None:
        raise ServiceProviderExists(id=id)
    return call.cloud.store.put(ServiceProvider(id=id, **wish))


Collection(
    "service_provider",
    "/OS-FEDERATION/service_providers",
    ServiceProvider,
    service_provider_detail,
    called="id",
    missing=ServiceProviderNotFound,
    query=ListProviders,
    put=(CreateServiceProvider, _put_service_provider),
    update=(UpdateServiceProvider, lambda call, provider, wish: call.cloud.store.put(provider.evolve(**wish))),
)


# --- handlers: the old addresses of what one could log in to ---------------------------------------------------

identity.get("/OS-FEDERATION/projects", policy="identity:get_auth_projects")(list_auth_projects)
identity.get("/OS-FEDERATION/domains", policy="identity:get_auth_domains")(list_auth_domains)
