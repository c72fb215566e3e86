"""GET /resource_providers/{uuid}/usages and /usages: what is in use, of a provider and of a project."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import usages
from fakecompute.domain.placement.providers import generation
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Schema, Text, since
from fakecompute.services.placement.exchange import check_accept, found, given, queried
from fakecompute.services.placement.service import placement

# --- request schemas ----------------------------------------------------------------------------------


class UsageQuery(Schema):
    project_id = Text(required=True, min=1, max=255)
    user_id = Text(min=1, max=255)
    consumer_type = since("1.38", Text(min=1, max=255, pattern="^[A-Z0-9_]+$|^all|^unknown$"))


QUERY = Body(UsageQuery)

# --- response views -----------------------------------------------------------------------------------


def _by_type(found: dict[str, usages.Usage]) -> dict[str, Any]:
    return {
        kind: {**usage.amounts, "consumer_count": usage.consumers}
        for kind, usage in found.items()
        if usage.amounts
    }


# --- handlers -----------------------------------------------------------------------------------------


@placement.get("/resource_providers/<id>/usages", policy="placement:resource_providers:usages")
def list_provider_usages(call: Call, id: str) -> Answer:
    provider = found(call, id, "No resource provider with uuid {id} found: {error}")
    shown = {
        "resource_provider_generation": generation(call.cloud, provider),
        "usages": usages.of_provider(call.cloud, provider),
    }
    return given(call, shown, call.cloud.now)


@placement.get("/usages", since="1.9")
def list_usages(call: Call) -> Answer:
    """What a project uses; its readers may see that."""
    check_accept(call)
    project_id = next((text for name, text in reversed(call.query_pairs) if name == "project_id"), "")
    call.demand("placement:usages", project_id)
    query = queried(call, QUERY)
    sums = usages.of_project(call.cloud, query["project_id"], query.get("user_id"))
    if not call.since("1.38"):
        return given(call, {"usages": usages.together(sums).amounts}, call.cloud.now)
    wanted = query.get("consumer_type")
    if wanted == usages.ALL:
        sums = {usages.ALL: usages.together(sums)}
    elif wanted is not None:
        sums = {kind: usage for kind, usage in sums.items() if kind == wanted}
    return given(call, {"usages": _by_type(sums)}, call.cloud.now)
