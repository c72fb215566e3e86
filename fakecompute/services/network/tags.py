"""GET, PUT, DELETE /{collection}/{id}/tags[/{tag}]: the same for every noun that has tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.domain.network import change
from fakecompute.domain.network_addresses import InvalidInput
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.networks import NETWORK
from fakecompute.services.network.nouns import Noun
from fakecompute.services.network.ports import PORT
from fakecompute.services.network.routers import ROUTER
from fakecompute.services.network.security_groups import GROUP
from fakecompute.services.network.service import network
from fakecompute.services.network.subnets import SUBNET
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


def _declare(noun: Noun) -> None:
    """The six operations of one noun's tags."""
    path = f"/{noun.plural.replace('_', '-')}/<{noun.name}>/tags"
    read, write = f"get_{noun.plural}_tags", f"update_{noun.plural}_tags"

    def keep(call: Call, record: Any, tags: tuple[str, ...]) -> None:
        if len(tags) > MOST:
            raise TooManyTags(resource=noun.plural)
        change(call.cloud, record, tags=tuple(sorted(tags)))

    def has(record: Any, tag: str) -> None:
        if _tag(tag) not in record.tags:
            raise TagNotFound(tag=tag)

    def list_tags(call: Call, **found: Any) -> dict[str, Any]:
        return {"tags": list(found[noun.name].tags)}

    def replace_tags(call: Call, **found: Any) -> dict[str, Any]:
        tags = _tags(call.body)
        keep(call, found[noun.name], tags)
        return {"tags": sorted(tags)}

    def add_tags(call: Call, **found: Any) -> dict[str, Any]:
        record = found[noun.name]
        tags = (*record.tags, *(tag for tag in _tags(call.body) if tag not in record.tags))
        keep(call, record, tags)
        return {"tags": sorted(tags)}

    def delete_tags(call: Call, **found: Any) -> None:
        keep(call, found[noun.name], ())

    def check_tag(call: Call, tag: str, **found: Any) -> None:
        has(found[noun.name], tag)

    def add_tag(call: Call, tag: str, **found: Any) -> None:
        record = found[noun.name]
        keep(call, record, (*(other for other in record.tags if other != tag), _tag(tag)))

    def delete_tag(call: Call, tag: str, **found: Any) -> None:
        record = found[noun.name]
        has(record, tag)
        keep(call, record, tuple(other for other in record.tags if other != tag))

    # fmt: off
    _route(noun, "GET",    path,            list_tags,    read,  200)
    _route(noun, "PUT",    path,            replace_tags, write, 200)
    _route(noun, "POST",   path,            add_tags,     write, 201)
    _route(noun, "DELETE", path,            delete_tags,  write, 204)
    _route(noun, "GET",    path + "/<tag>", check_tag,    read,  204)
    _route(noun, "PUT",    path + "/<tag>", add_tag,      write, 201)
    _route(noun, "DELETE", path + "/<tag>", delete_tag,   write, 204)
    # fmt: on


def _route(
    noun: Noun, method: str, path: str, handler: Callable[..., Any], policy: str, success: int
) -> None:
    handler.__name__ = handler.__name__.replace("tag", f"{noun.name}_tag")  # network.add_port_tag
    network.route(method, path, policy=policy, success=success)(handler)


for each in (NETWORK, SUBNET, PORT, ROUTER, GROUP):
    _declare(each)
