"""GET, PUT, DELETE /{collection}/{id}/tags[/{tag}]: the same for every noun that has tags."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import InvalidInput
from fakecompute.domain.records.network import Network, Port
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

    def found(self, call: Call, id: str) -> Any:
        """The record.  Tags are refused, not hidden: who may not see it is told that there is one."""
        rule = call.endpoint.policy if call.endpoint and call.endpoint.policy else ""
        try:
            record = network.finders[self.noun.name](call, id)
        except NotFound:
            if call.cloud.store.find(self.noun.kind, id) is None:
                raise
            raise call.denied(rule) from None
        if rule.startswith("get"):
            if "tags" not in self.noun.view(record, call):
                raise call.denied(rule)
        elif not (call.environ.get("REQUEST_METHOD") == "DELETE" and self.cleared(call, record)):
            call.demand(rule, record.project_id)
        return record

    def cleared(self, call: Call, record: Any) -> bool:
        """A port's tags may be taken away by the owner of its network."""
        home = call.cloud.store.get(Network, record.network_id) if isinstance(record, Port) else None
        return home is not None and call.may("delete_port:tags", home.project_id)

    def list_tags(self, call: Call, id: str) -> dict[str, Any]:
        return {"tags": list(self.found(call, id).tags)}

    def replace_tags(self, call: Call, id: str) -> dict[str, Any]:
        return self.keep(call, self.found(call, id), _tags(call.body))

    def add_tags(self, call: Call, id: str) -> dict[str, Any]:
        record, sent = self.found(call, id), _tags(call.body)
        self.keep(call, record, (*record.tags, *(tag for tag in sent if tag not in record.tags)))
        return {"tags": list(sent)}

    def delete_tags(self, call: Call, id: str) -> None:
        self.keep(call, self.found(call, id), ())

    def check_tag(self, call: Call, id: str, tag: str) -> None:
        if _tag(tag) not in self.found(call, id).tags:
            raise TagNotFound(tag=tag)

    def add_tag(self, call: Call, id: str, tag: str) -> None:
        record = self.found(call, id)
        self.keep(call, record, tuple({*record.tags, _tag(tag)}))

    def delete_tag(self, call: Call, id: str, tag: str) -> None:
        record = self.found(call, id)
        if _tag(tag) not in record.tags:
            raise TagNotFound(tag=tag)
        self.keep(call, record, tuple(other for other in record.tags if other != tag))


# fmt: off
OPERATIONS = (
    # method   path      handler         rule      success
    ("GET",    "",       "list_tags",    "get",    200),
    ("PUT",    "",       "replace_tags", "update", 200),
    ("POST",   "",       "add_tags",     "create", 200),
    ("DELETE", "",       "delete_tags",  "delete", 204),
    ("GET",    "/<tag>", "check_tag",    "get",    204),
    ("PUT",    "/<tag>", "add_tag",      "update", 201),
    ("DELETE", "/<tag>", "delete_tag",   "delete", 204),
)
# fmt: on


def _declare(noun: Noun, above: str = "") -> None:
    """`network.add_port_tag` and its like."""
    tags = Tags(noun)
    collection = noun.plural if noun is SEGMENT_RANGE else noun.plural.replace("_", "-")
    for method, place, name, rule, success in OPERATIONS:
        handler: Callable[..., Any] = partial(getattr(tags, name))
        handler.__name__ = name.replace("tag", f"{noun.name}_tag")
        path = f"{above or f'/{collection}'}/<id>/tags{place}"
        network.route(method, path, policy=f"{rule}_{noun.name}:tags", success=success, asks=True)(handler)


for each in (NETWORK, SUBNET, SUBNETPOOL, SEGMENT_RANGE, PORT, ROUTER, GROUP, FLOATINGIP, TRUNK):
    _declare(each)
network.finder("policy")(POLICIES.found)
_declare(POLICY, "/qos/policies")
_declare(POLICY, "/policies")  # where the tags of all nouns are, whatever the address of the noun
