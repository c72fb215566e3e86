"""GET, PUT /resource_providers/{uuid}/aggregates: groups that providers are in, Nova's and operators' own."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement.providers import change, generation
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import Conflict
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Integer, ListOf, Schema, Text
from fakecompute.services.placement.exchange import CONCURRENT, asked, found, given, times
from fakecompute.services.placement.service import placement

PATH = "/resource_providers/<id>/aggregates"
RULE = "placement:resource_providers:aggregates:{}".format
WITH_GENERATION = "1.19"


class GenerationChanged(Conflict):
    message = (
        "Resource provider's generation already changed. Please update the generation and try again."
    )
    code = CONCURRENT


# --- request schemas ----------------------------------------------------------------------------------

IDS = ListOf(Text(form="uuid"), unique=True, required=True)


class Aggregates(Schema):
    aggregates = IDS
    resource_provider_generation = Integer(strict=True, required=True)


LISTED, GENERATION = Body(IDS), Body(Aggregates)

# --- response views -----------------------------------------------------------------------------------


def _shown(call: Call, provider: Provider, ids: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"aggregates": ids}
    if call.since(WITH_GENERATION):
        told["resource_provider_generation"] = generation(call.cloud, provider)
    return told


# --- handlers -----------------------------------------------------------------------------------------


@placement.get(PATH, since="1.1", policy=RULE("list"))
def list_provider_aggregates(call: Call, id: str) -> Answer:
    provider = found(call, id)
    return given(call, _shown(call, provider, list(provider.aggregates)), call.cloud.now)


@placement.put(PATH, since="1.1", policy=RULE("update"))
def update_provider_aggregates(call: Call, id: str) -> Answer:
    """From 1.19 on the caller says which generation it has seen, and this makes another."""
    provider, newer = found(call, id), call.since(WITH_GENERATION)
    wish = asked(call, GENERATION if newer else LISTED)
    if newer and wish["resource_provider_generation"] != generation(call.cloud, provider):
        raise GenerationChanged
    ids = wish["aggregates"] if newer else wish
    changed = change(call.cloud, provider, newer=newer, aggregates=tuple(ids))
    return Answer(200, _shown(call, changed, ids), times(call, call.cloud.now))
