"""/servers/{id}/tags: words by which servers are found (2.26)."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import check_states
from fakecompute.domain.states import VM
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, InvalidBody, ListOf, Null, Schema, Text
from fakecompute.services.compute.servers.image_actions import HTML
from fakecompute.services.compute.servers.routes import check_exists
from fakecompute.services.compute.servers.schemas import TAG
from fakecompute.services.compute.service import compute

PATH = "/servers/<mapped_server>/tags"
MOST = 50
WRITABLE = frozenset({VM.ACTIVE, VM.PAUSED, VM.SUSPENDED, VM.STOPPED})


class NoTag(NotFound):
    message = "Server {server_id} has no tag '{tag}'"


class TagNotFound(NotFound):
    message = "Instance {server_id} has no tag '{tag}'"


class InvalidTag(BadRequest):
    message = (
        "Tag '{tag}' is invalid. It must be a non empty string without characters '/' and ','."
        " Validation error message: {flaw}"
    )


class TooManyTags(BadRequest):
    message = f"The number of tags exceeded the per-server limit {MOST}"


# --- request schemas ----------------------------------------------------------------------------------

A_TAG = Text(min=1, max=60, pattern=TAG)
TAG_BODY = Body(A_TAG)


class Tags(Schema):
    tags = ListOf(A_TAG, max=MOST, required=True)


# --- response views -----------------------------------------------------------------------------------


def _shown(tags: tuple[str, ...]) -> dict[str, Any]:
    return {"tags": sorted(tags)}


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(PATH, since="2.26", policy="os_compute_api:os-server-tags:index")
def list_server_tags(call: Call, mapped_server: Server) -> dict[str, Any]:
    check_exists(mapped_server)
    return _shown(mapped_server.tags)


@compute.get(f"{PATH}/<tag>", since="2.26", policy="os_compute_api:os-server-tags:show", success=204)
def show_server_tag(call: Call, mapped_server: Server, tag: str) -> None:
    check_exists(mapped_server)
    if tag not in mapped_server.tags:
        raise NoTag(server_id=mapped_server.id, tag=tag)


@compute.put(f"{PATH}/<tag>", since="2.26", body=Null(), policy="os_compute_api:os-server-tags:update")
def add_server_tag(call: Call, mapped_server: Server, tag: str) -> Answer:
    _check(mapped_server, "update tag")
    try:
        TAG_BODY.load(tag, call.version)
    except InvalidBody as invalid:
        raise InvalidTag(tag=tag, flaw=invalid.flaw.sentence) from None
    if len(mapped_server.tags) >= MOST:  # before it is known whether the tag is one of them
        raise TooManyTags
    if tag in mapped_server.tags:
        return Answer(204, None, content_type=HTML)
    _write(call, mapped_server, (*mapped_server.tags, tag))
    place = f"{call.url}/servers/{mapped_server.id}/tags/{tag}"
    return Answer(201, None, {"Location": place}, HTML)


@compute.put(PATH, since="2.26", body=Tags, policy="os_compute_api:os-server-tags:update_all")
def replace_server_tags(call: Call, mapped_server: Server) -> dict[str, Any]:
    _check(mapped_server, "update tags")
    tags = tuple(dict.fromkeys(call.body["tags"]))
    _write(call, mapped_server, tags)
    return _shown(tags)


@compute.delete(f"{PATH}/<tag>", since="2.26", policy="os_compute_api:os-server-tags:delete", success=204)
def delete_server_tag(call: Call, mapped_server: Server, tag: str) -> None:
    _check(mapped_server, "delete tag")
    if tag not in mapped_server.tags:
        raise TagNotFound(server_id=mapped_server.id, tag=tag)
    _write(call, mapped_server, tuple(other for other in mapped_server.tags if other != tag))


@compute.delete(PATH, since="2.26", policy="os_compute_api:os-server-tags:delete_all", success=204)
def delete_server_tags(call: Call, mapped_server: Server) -> None:
    _check(mapped_server, "delete tags")
    _write(call, mapped_server, ())


def _check(server: Server, word: str) -> None:
    """A lock is no hindrance, nor is a server that never ran."""
    check_exists(server)
    check_states(server, word, WRITABLE, None, False)


def _write(call: Call, server: Server, tags: tuple[str, ...]) -> None:
    call.cloud.store.put(server.evolve(tags=tags))  # `updated` stays: tags have a table of their own
