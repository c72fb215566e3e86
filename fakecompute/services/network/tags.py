"""GET, PUT, DELETE /{collection}/{id}/tags[/{tag}]: the same for every noun that has tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import InvalidInput
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.floatingips import FLOATINGIP
from fakecompute.services.network.network_segment_ranges import RANGE as SEGMENT_RANGE
from fakecompute.services.network.networks import NETWORK
from fakecompute.services.network.nouns import Noun
from fakecompute.services.network.ports import PORT
from fakecompute.services.network.qos import POLICIES, POLICY
from fakecompute.services.network.routers import ROUTER
from fakecompute.services.network.security_groups import GROUP
from fakecompute.services.network.service import network
from fakecompute.services.network.subnetpools import POOL as SUBNETPOOL
from fakecompute.services.network.subnets import SUBNET
from fakecompute.services.network.trunks import TRUNK
from fakecompute.services.network.values import Bad

LONGEST, MOST = 255, 50


class TagNotFound(NotFound):
    message = "Tag {tag} could not be found."


class TooManyTags(BadRequest):
    neutrons_name = "BadRequest"
    message = f"Bad {{resource}} request: The number of tags exceed the per-resource limit of {MOST}."


# --- request schemas ----------------------------------------------------------------------------------


def _tags(body: Any) -> tuple[str, ...]:
    if not isinstance(body, dict) or "tags" not in body:
        raise InvalidInput(reason="Invalid tags body")
    try:
        return values.strings(body["tags"] if body["tags"] is not None else "None")
    except Bad as bad:
        raise InvalidInput(reason=bad.reason) from None


def _tag(text: str) -> str:
    if len(text) > LONGEST:
        raise InvalidInput(reason=f"'{text}' exceeds maximum length of {LONGEST}")
    return text


# --- handlers -----------------------------------------------------------------------------------------


class Tags:
    """The operations on the tags of one noun."""

    def __init__(self, noun: Noun) -> None:
        self.noun = noun

    def keep(self, call: Call, record: Any, tags: tuple[str, ...]) -> dict[str, Any]:
        if len(tags) > MOST:
            raise TooManyTags(resource=self.noun.plural)
        change(call.cloud, record, tags=tuple(sorted(tags)))
        return {"tags": sorted(tags)}

    def list_tags(self, call: Call, **found: Any) -> dict[str, Any]:
        return {"tags": list(found[self.noun.name].tags)}

    def replace_tags(self, call: Call, **found: Any) -> dict[str, Any]:
        return self.keep(call, found[self.noun.name], _tags(call.body))

    def add_tags(self, call: Call, **found: Any) -> dict[str, Any]:
        record, sent = found[self.noun.name], _tags(call.body)
        self.keep(call, record, (*record.tags, *(tag for tag in sent if tag not in record.tags)))
        return {"tags": list(sent)}

    def delete_tags(self, call: Call, **found: Any) -> None:
        self.keep(call, found[self.noun.name], ())

    def check_tag(self, call: Call, tag: str, **found: Any) -> None:
        if _tag(tag) not in found[self.noun.name].tags:
            raise TagNotFound(tag=tag)

    def add_tag(self, call: Call, tag: str, **found: Any) -> None:
        record = found[self.noun.name]
        self.keep(call, record, tuple({*record.tags, _tag(tag)}))

    def delete_tag(self, call: Call, tag: str, **found: Any) -> None:
        self.check_tag(call, tag, **found)
        record = found[self.noun.name]
        self.keep(call, record, tuple(other for other in record.tags if other != tag))


# fmt: off
OPERATIONS = (
    # method   path      handler         rule      success
    ("GET",    "",       "list_tags",    "get",    200),
    ("PUT",    "",       "replace_tags", "update", 200),
    ("POST",   "",       "add_tags",     "update", 200),
    ("DELETE", "",       "delete_tags",  "update", 204),
    ("GET",    "/<tag>", "check_tag",    "get",    204),
    ("PUT",    "/<tag>", "add_tag",      "update", 201),
    ("DELETE", "/<tag>", "delete_tag",   "update", 204),
)
# fmt: on


def _declare(noun: Noun, above: str = "") -> None:
    """`network.add_port_tag` and its like."""
    tags = Tags(noun)
    collection = noun.plural if noun is SEGMENT_RANGE else noun.plural.replace("_", "-")
    for method, place, name, rule, success in OPERATIONS:
        handler: Callable[..., Any] = partial(getattr(tags, name))
        handler.__name__ = name.replace("tag", f"{noun.name}_tag")
        path = f"{above or f'/{collection}'}/<{noun.name}>/tags{place}"
        network.route(method, path, policy=f"{rule}_{noun.name}:tags", success=success)(handler)


for each in (NETWORK, SUBNET, SUBNETPOOL, SEGMENT_RANGE, PORT, ROUTER, GROUP, FLOATINGIP, TRUNK):
    _declare(each)
network.finder("policy")(POLICIES.found)
_declare(POLICY, "/qos/policies")
