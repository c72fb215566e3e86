"""How Keystone talks: its error body, its headers, its words for a bad body."""

from __future__ import annotations

from http.client import responses
from typing import Any

from fakecompute.errors import (
    BadRequest,
    FakeError,
    Forbidden,
    NotFound,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
)
from fakecompute.kernel.journal import SCRUBBED, SECRETS, scrub
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer, Dialect, Flaw
from fakecompute.rest.routes import Routes
from fakecompute.services.identity.policies import POLICIES

PAGE = """<!doctype html>
<html lang=en>
<title>404 Not Found</title>
<h1>Not Found</h1>
<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling \
and try again.</p>
"""
HTML = "text/html; charset=utf-8"


class Expecting(BadRequest):
    message = (
        "Expecting to find {attribute} in {target}. The server could not comply with the request since it is"
        " either malformed or otherwise incorrect. The client is assumed to be in error."
    )


class ForbiddenAction(Forbidden):
    message = "You are not authorized to perform the requested action: {action}."


class MarkerNotFound(NotFound):
    message = "Marker {marker} could not be found."


def unauthorized(call: Call) -> Unauthorized:
    """Keystone's answer to whatever is wrong with who one says one is: it does not tell what."""
    return Unauthorized(headers={"WWW-Authenticate": f'Keystone uri="{call.url}"'})


def _fault(error: FakeError, request_id: str) -> Answer:
    if isinstance(error, UnsupportedMediaType):  # keystone/server/flask/request_processing/json_body.py
        error = Expecting(attribute="application/json", target="Content-Type header")
    fault: dict[str, Any] = {
        "code": error.status,
        "message": str(error),
        "title": responses.get(error.status, "Error"),
    }
    if "identity" in error.facts:
        fault["identity"] = error.facts["identity"]  # the methods that are supported
    return Answer(error.status, {"error": fault})


def _headers(version: object, request_id: str) -> dict[str, str]:
    return {"x-openstack-request-id": request_id, "Vary": "X-Auth-Token"}


def _bad_body(flaw: Flaw) -> FakeError:
    """Two validators live in Keystone: the one of tokens tells the way to the flaw, the other its end."""
    if flaw.kind == "type" and not flaw.path:
        return Expecting(attribute="valid JSON", target="request body")
    sentence, value = _discreet(flaw)
    if flaw.path[:1] == ("auth",):  # keystone/common/validation/validators.py
        way = "/".join(map(str, flaw.path[1:]))
        return BadRequest(reason=f"Invalid input for field '{way}': {sentence}" if way else sentence)
    if not flaw.path:
        return BadRequest(reason=sentence)
    return BadRequest(reason=f"Invalid input for field/attribute {flaw.path[-1]}. Value: {value}. {sentence}")


def _discreet(flaw: Flaw) -> tuple[str, Any]:
    """The sentence and the value, without secrets."""
    secret = bool(flaw.path) and str(flaw.path[-1]).lower() in SECRETS
    shown = SCRUBBED if secret else scrub(flaw.value)
    return flaw.sentence.replace(repr(flaw.value), repr(shown)), shown


def _unrouted(method: str, known: frozenset[str]) -> Answer:
    if not known:
        return Answer(404, PAGE, content_type=HTML)
    allow = {"Allow": ", ".join(sorted(known | {"OPTIONS"} | ({"HEAD"} if "GET" in known else set())))}
    if method == "OPTIONS":
        return Answer(200, None, allow, HTML)
    return Answer(405, {"message": "The method is not allowed for the requested URL."}, allow)


def _unauthorized(address: str) -> Answer:
    answer = _fault(Unauthorized(), "")
    answer.headers = {"WWW-Authenticate": f'Keystone uri="{address}/v3"'}
    return answer


identity = Routes(
    "identity",
    mount="/identity",
    version_path="/v3",
    dialect=Dialect(
        fault=_fault,
        headers=_headers,
        denied=lambda rule: ForbiddenAction(action=rule),
        bad_body=_bad_body,
        bad_query=_bad_body,
        unrouted=_unrouted,
        unauthorized=_unauthorized,
        malformed=lambda: Expecting(attribute="valid JSON", target="request body"),
        too_large=TooLarge,
        head=True,
        routes_first=True,
    ),
    policies=POLICIES,
    types=frozenset(("", "application/json")),
    trailing_slash=True,
)
