"""GET /allocation_candidates: all ways to give a consumer what it asks for."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import names
from fakecompute.domain.placement.candidates import Candidate, candidates, summarised
from fakecompute.domain.placement.search import Question, World
from fakecompute.domain.records.placement import Provider
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.placement.exchange import check_accept, given, worded
from fakecompute.services.placement.questions import Asked, asked
from fakecompute.services.placement.service import placement

LARGEST = 2**63 - 1  # number that our JSON has


class NoPolicy(BadRequest):
    message = (
        'The "group_policy" parameter is required when specifying more than one "resources{{N}}" parameter.'
    )


# --- response views -----------------------------------------------------------------------------------


def _request(call: Call, way: Candidate) -> dict[str, Any]:
    """What to send to /allocations."""
    if not call.since("1.12"):
        listed = [{"resource_provider": {"uuid": id}, "resources": dict(n)} for id, n in way.amounts.items()]
        return {"allocations": listed}
    shown: dict[str, Any] = {"allocations": {id: {"resources": dict(n)} for id, n in way.amounts.items()}}
    if call.since("1.34"):
        shown["mappings"] = {suffix: list(ids) for suffix, ids in way.mappings.items()}
    return shown


def _summary(call: Call, world: World, provider: Provider, question: Question) -> dict[str, Any]:
    asked_for = {name for group in question.groups.values() for name in group.resources}
    shown: dict[str, Any] = {
        "resources": {
            name: {"capacity": _whole(inventory.capacity), "used": world.used(provider.id, name)}
            for name, inventory in provider.inventories
            if call.since("1.27") or name in asked_for
        }
    }
    if call.since("1.17"):
        shown["traits"] = sorted(provider.traits)
    if call.since("1.29"):
        shown["parent_provider_uuid"] = provider.parent_id
        shown["root_provider_uuid"] = provider.root_id
    return shown


def _whole(capacity: float) -> int:
    return int(max(-LARGEST, min(capacity, LARGEST)))


# --- handlers -----------------------------------------------------------------------------------------


@placement.get("/allocation_candidates", since="1.10", policy="placement:allocation_candidates:list")
def list_allocation_candidates(call: Call) -> Answer:
    check_accept(call)
    wish = asked(call)
    _check_names(call, wish)
    ways, world = candidates(call.cloud, wish.question)
    ways = ways[: wish.limit]
    shown = {
        "allocation_requests": [_request(call, way) for way in ways],
        "provider_summaries": {
            provider.id: _summary(call, world, provider, wish.question)
            for provider in summarised(world, wish.question, ways)
        },
    }
    return given(call, shown, call.cloud.now)


def _check_names(call: Call, wish: Asked) -> None:
    question = wish.question
    groups = question.groups.items()
    if wish.policy is None and sum(1 for suffix, _ in groups if suffix) > 1:
        raise NoPolicy(groups=len(question.groups))
    traits = {*question.root_required, *question.root_forbidden}
    for _, group in groups:
        with worded(names.ClassNotFound, BadRequest, "Invalid resource class in resources parameter: "):
            for name in group.resources:
                names.check_class(call.cloud, name)
        traits |= group.forbidden | frozenset().union(*group.required)
    with worded(names.TraitNotFound, BadRequest, ""):
        names.check_traits(call.cloud, sorted(traits))
