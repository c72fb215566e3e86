"""/OS-FEDERATION: identity providers, mappings and service providers.  Nobody can log in by them: that is 501."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.federation import IdentityProvider, Mapping, Protocol, ServiceProvider
from fakecompute.domain.records.identity import Domain
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Integer, ListOf, Object, Schema, Text
from fakecompute.rest.view import View, field, listed
from fakecompute.services.identity.auth import list_auth_domains, list_auth_projects
from fakecompute.services.identity.domains import DomainNotFound
from fakecompute.services.identity.listing import Listed, collection, linked
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
PROVIDER = PROVIDERS + "/<id>"


def _find_provider(call: Call, id: str) -> IdentityProvider:
    found = call.cloud.store.find(IdentityProvider, id)
    if found is None:
        raise ProviderNotFound(id=id)
    return found


@identity.get(PROVIDERS, query=ListProviders, policy="identity:list_identity_providers")
def list_identity_providers(call: Call) -> dict[str, Any]:
    found = sorted(call.cloud.store.all(IdentityProvider), key=lambda provider: provider.id)
    return collection(call, "identity_providers", found, provider_detail)


@identity.get(PROVIDER, policy="identity:get_identity_provider")
def show_identity_provider(call: Call, id: str) -> dict[str, Any]:
    return {"identity_provider": provider_detail(_find_provider(call, id), call)}


@identity.put(PROVIDER, body=CreateProvider, policy="identity:create_identity_provider", success=201)
def create_identity_provider(call: Call, id: str) -> dict[str, Any]:
    """With a domain of its own, unless it is given one."""
    store, wish = call.cloud.store, dict(call.body["identity_provider"])
    domain_id = wish.pop("domain_id", None)
    if store.find(IdentityProvider, id) is not None:
        raise ProviderExists
    if domain_id is None:
        domain_id = call.cloud.streams.hex("domain")
        described = f"Auto generated federated domain for Identity Provider: {id}"
        store.put(Domain(id=domain_id, name=domain_id, description=described))
    elif store.find(Domain, domain_id) is None:
        raise DomainNotFound(id=domain_id)
    return _keep_provider(call, IdentityProvider(id=id, domain_id=domain_id), wish)


@identity.patch(PROVIDER, body=UpdateProvider, policy="identity:update_identity_provider")
def update_identity_provider(call: Call, id: str) -> dict[str, Any]:
    return _keep_provider(call, _find_provider(call, id), dict(call.body["identity_provider"]))


def _keep_provider(call: Call, provider: IdentityProvider, wish: dict[str, Any]) -> dict[str, Any]:
    if "remote_ids" in wish:
        wish["remote_ids"] = tuple(wish["remote_ids"] or ())
    for remote in wish.get("remote_ids", ()):
        taken = call.cloud.store.one(IdentityProvider, "remote", remote)
        if taken is not None and taken.id != provider.id:
            raise RemoteIdTaken
    return {"identity_provider": provider_detail(call.cloud.store.put(provider.evolve(**wish)), call)}


@identity.delete(PROVIDER, policy="identity:delete_identity_provider", success=204)
def delete_identity_provider(call: Call, id: str) -> None:
    """With its protocols."""
    provider = _find_provider(call, id)
    for protocol in call.cloud.store.by(Protocol, "provider", id):
        call.cloud.store.drop(protocol)
    call.cloud.store.drop(provider)


# --- handlers: mappings -------------------------------------------------------------------------------------

MAPPINGS = "/OS-FEDERATION/mappings"
MAPPING = MAPPINGS + "/<id>"


def _find_mapping(call: Call, id: str) -> Mapping:
    found = call.cloud.store.find(Mapping, id)
    if found is None:
        raise MappingNotFound(id=id)
    return found


@identity.get(MAPPINGS, policy="identity:list_mappings")
def list_mappings(call: Call) -> dict[str, Any]:
    found = sorted(call.cloud.store.all(Mapping), key=lambda mapping: mapping.id)
    return collection(call, "mappings", found, mapping_detail)


@identity.get(MAPPING, policy="identity:get_mapping")
def show_mapping(call: Call, id: str) -> dict[str, Any]:
    return {"mapping": mapping_detail(_find_mapping(call, id), call)}


@identity.put(MAPPING, body=WantedMapping, policy="identity:create_mapping", success=201)
def create_mapping(call: Call, id: str) -> dict[str, Any]:
    wish = _wanted_mapping(call)
    if call.cloud.store.find(Mapping, id) is not None:
        raise MappingExists
    return {"mapping": mapping_detail(call.cloud.store.put(Mapping(id=id, **wish)), call)}


@identity.patch(MAPPING, body=WantedMapping, policy="identity:update_mapping")
def update_mapping(call: Call, id: str) -> dict[str, Any]:
    mapping = _find_mapping(call, id).evolve(**_wanted_mapping(call))
    return {"mapping": mapping_detail(call.cloud.store.put(mapping), call)}


def _wanted_mapping(call: Call) -> dict[str, Any]:
    """The rules of a body: each with something local and something remote."""
    sent = call.body.get("mapping")
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


@identity.delete(MAPPING, policy="identity:delete_mapping", success=204)
def delete_mapping(call: Call, id: str) -> None:
    """Even where a protocol has it."""
    call.cloud.store.drop(_find_mapping(call, id))


# --- handlers: service providers ----------------------------------------------------------------------------

SERVICES = "/OS-FEDERATION/service_providers"
SERVICE = SERVICES + "/<id>"


def _find_service_provider(call: Call, id: str) -> ServiceProvider:
    found = call.cloud.store.find(ServiceProvider, id)
    if found is None:
        raise ServiceProviderNotFound(id=id)
    return found


@identity.get(SERVICES, query=ListProviders, policy="identity:list_service_providers")
def list_service_providers(call: Call) -> dict[str, Any]:
    found = sorted(call.cloud.store.all(ServiceProvider), key=lambda provider: provider.id)
    return collection(call, "service_providers", found, service_provider_detail)


@identity.get(SERVICE, policy="identity:get_service_provider")
def show_service_provider(call: Call, id: str) -> dict[str, Any]:
    return {"service_provider": service_provider_detail(_find_service_provider(call, id), call)}


@identity.put(SERVICE, body=CreateServiceProvider, policy="identity:create_service_provider", success=201)
def create_service_provider(call: Call, id: str) -> dict[str, Any]:
    if call.cloud.store.find(ServiceProvider, id) is not None:
        raise ServiceProviderExists(id=id)
    provider = call.cloud.store.put(ServiceProvider(id=id, **call.body["service_provider"]))
    return {"service_provider": service_provider_detail(provider, call)}


@identity.patch(SERVICE, body=UpdateServiceProvider, policy="identity:update_service_provider")
def update_service_provider(call: Call, id: str) -> dict[str, Any]:
    provider = call.cloud.store.put(_find_service_provider(call, id).evolve(**call.body["service_provider"]))
    return {"service_provider": service_provider_detail(provider, call)}


@identity.delete(SERVICE, policy="identity:delete_service_provider", success=204)
def delete_service_provider(call: Call, id: str) -> None:
    call.cloud.store.drop(_find_service_provider(call, id))


# --- handlers: the old addresses of what one could log in to ---------------------------------------------------

identity.get("/OS-FEDERATION/projects", policy="identity:get_auth_projects")(list_auth_projects)
identity.get("/OS-FEDERATION/domains", policy="identity:get_auth_domains")(list_auth_domains)
