"""/traits and /resource_providers/{uuid}/traits: what providers are like."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import names
from fakecompute.domain.placement.providers import change, generation
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Integer, InvalidBody, ListOf, Schema, Text
from fakecompute.services.placement.aggregates import GenerationChanged
from fakecompute.services.placement.exchange import asked, check_accept, found, given, link_to, queried, times
from fakecompute.services.placement.service import placement

ALL, ONE, OF_PROVIDER = "/traits", "/traits/<name>", "/resource_providers/<id>/traits"
RULE = "placement:traits:{}".format
PROVIDER_RULE = "placement:resource_providers:traits:{}".format


class BadTrait(BadRequest):
    message = (
        "The trait is invalid. A valid trait must be no longer than 255 characters, start with the prefix"
        ' "CUSTOM_" and use following characters: "A"-"Z", "0"-"9" and "_"'
    )


class BadName(BadRequest):
    message = (
        "Badly formatted name parameter. Expected name query string parameter in form:"
        ' ?name=[in|startswith]:[name1,name2|prefix]. Got: "{text}"'
    )


class BadAssociated(BadRequest):
    message = 'The query parameter "associated" only accepts "true" or "false"'


class NoSuchTraits(BadRequest):
    message = "No such trait {names}"


# --- request schemas ----------------------------------------------------------------------------------


class CustomTrait(Schema):
    name = Text(min=1, max=255, pattern="^CUSTOM_[A-Z0-9_]+$")


class TraitQuery(Schema):
    name = Text()
    associated = Text()


class ProviderTraits(Schema):
    traits = ListOf(Text(min=1, max=255), required=True)
    resource_provider_generation = Integer(strict=True, required=True)


CUSTOM, QUERY, OF_ONE = Body(CustomTrait), Body(TraitQuery), Body(ProviderTraits)

# --- response views -----------------------------------------------------------------------------------


def _of(call: Call, provider: Provider) -> dict[str, Any]:
    shown = sorted(provider.traits)
    return {"traits": shown, "resource_provider_generation": generation(call.cloud, provider)}


# --- handlers -----------------------------------------------------------------------------------------


@placement.get(ALL, since="1.6", policy=RULE("list"))
def list_traits(call: Call) -> Answer:
    check_accept(call)
    query = queried(call, QUERY)
    shown = names.traits(call.cloud)
    if "name" in query:
        operator, colon, value = query["name"].partition(":")
        if not colon:
            raise BadName(text=query["name"])
        wanted = {*value.split(",")}
        if operator == "in":
            shown = [name for name in shown if name in wanted]
        elif operator == "startswith":
            shown = [name for name in shown if name.lower().startswith(value.lower())]  # SQL's LIKE
    if "associated" in query:
        word = query["associated"].lower()
        if word not in ("true", "false"):
            raise BadAssociated
        busy = names.in_use(call.cloud)
        shown = [name for name in shown if (name in busy) == (word == "true")]
    return given(call, {"traits": shown}, call.cloud.now)


@placement.get(ONE, since="1.6", policy=RULE("show"), success=204)
def show_trait(call: Call, name: str) -> Answer:
    names.check_traits(call.cloud, (name,))
    return Answer(204, None, times(call, call.cloud.begun))


@placement.put(ONE, since="1.6", policy=RULE("update"), success=201)
def update_trait(call: Call, name: str) -> Answer:
    """Make it, if it is not there."""
    try:
        CUSTOM.load({"name": name}, call.version)
    except InvalidBody:
        raise BadTrait from None
    new = names.create_trait(call.cloud, name)
    headers = {"Location": link_to(call, "traits", name), **times(call, call.cloud.now)}
    return Answer(201 if new else 204, None, headers)


@placement.delete(ONE, since="1.6", policy=RULE("delete"), success=204)
def delete_trait(call: Call, name: str) -> None:
    names.delete_trait(call.cloud, name)


@placement.get(OF_PROVIDER, since="1.6", policy=PROVIDER_RULE("list"))
def list_provider_traits(call: Call, id: str) -> Answer:
    provider = found(call, id, "No resource provider with uuid {id} found: {error}")
    return given(call, _of(call, provider), provider.updated_at)


@placement.put(OF_PROVIDER, since="1.6", policy=PROVIDER_RULE("update"))
def update_provider_traits(call: Call, id: str) -> Answer:
    wish = asked(call, OF_ONE)
    provider = found(call, id)
    if wish["resource_provider_generation"] != generation(call.cloud, provider):
        raise GenerationChanged
    if unknown := names.unknown_traits(call.cloud, dict.fromkeys(wish["traits"])):
        raise NoSuchTraits(names=", ".join(unknown))
    return Answer(200, _of(call, _set(call, provider, wish["traits"])), times(call, call.cloud.now))


@placement.delete(OF_PROVIDER, since="1.6", policy=PROVIDER_RULE("delete"), success=204)
def delete_provider_traits(call: Call, id: str) -> None:
    _set(call, found(call, id), [])


def _set(call: Call, provider: Provider, traits: list[str]) -> Provider:
    """It is of another generation only if something changed."""
    if {*traits} == {*provider.traits}:
        return provider
    return change(call.cloud, provider, traits=tuple(sorted({*traits})))
