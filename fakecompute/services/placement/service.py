"""How Placement talks: a list of errors, each a page of WebOb's in one line, with a code and its request id."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fakecompute.errors import (
    BadRequest,
    FakeError,
    Forbidden,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    UnsupportedMediaType,
)
from fakecompute.rest.dialect import Answer, Flaw
from fakecompute.rest.error_page import PAGE, ErrorPage
from fakecompute.rest.oslo import dialect, headers_of
from fakecompute.rest.routes import Routes
from fakecompute.rest.version import Microversions, Version
from fakecompute.services.placement.policies import POLICIES

JSON = "application/json"
LOWEST, HIGHEST = Version(1, 0), Version(1, 39)
CODES_SINCE = Version(1, 23)
ORDER = ("GET", "POST", "DELETE", "PUT")  # in which an Allow header names methods
UNDEFINED = "placement.undefined_code"

# What WebOb says of a status before it comes to the point (webob/exc.py).
# fmt: off
EXPLANATIONS = {
    400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    403: "Access was denied to this resource.",
    404: "The resource could not be found.",
    409: "There was a conflict when trying to complete your request.",
}
TEMPLATES = {  # of those that have one of their own
    405: "The method {explanation} is not allowed for this resource. <br /><br />\n{detail}",
    406: "The resource could not be generated that was acceptable to your browser\n(content of type {accept}. <br />"
         "<br />\n{detail}",
    415: "The request media type {explanation} is not supported by this server.\n<br /><br />\n{detail}",
}
# fmt: on


class PolicyNotAuthorized(Forbidden):
    message = "Policy does not allow {rule} to be performed."


class InvalidScope(Forbidden):
    """The token is for a domain or the system; Placement only names the rule."""

    message = "{rule}"


class WrongMethod(MethodNotAllowed):
    message = "The method specified is not allowed for this resource."


class WrongType(UnsupportedMediaType):
    message = "The media type {kind} is not supported, use application/json"


class NoType(BadRequest):
    message = "content-type header required when content-length > 0"


class BadVersion(BadRequest):
    message = "Invalid microversion: invalid version string: {version}"


class UnsupportedVersion(NotAcceptable):
    message = "Invalid microversion: Unacceptable version header: {version}"


def _fault(error: FakeError, request_id: str) -> Answer:
    said = "" if type(error) is NotFound and not error.facts else str(error)
    told: dict[str, object] = {
        "status": error.status,
        "title": HTTPStatus(error.status).phrase,
        "detail": "",  # the page's text
        "code": error.facts.get("code") or getattr(error, "code", UNDEFINED),
        "request_id": request_id,
    }
    if isinstance(error, UnsupportedVersion):
        told |= {"max_version": str(error.facts["highest"]), "min_version": str(error.facts["lowest"])}
    explanation = EXPLANATIONS.get(error.status) or str(error.facts.get("method") or error.facts.get("kind"))
    template = PAGE if error.status in EXPLANATIONS else TEMPLATES.get(error.status, "{detail}")
    return Answer(error.status, ErrorPage(error.status, explanation, said, template, [told]))


def _finish(answer: Answer, version: Version | None) -> Answer:
    """Codes came with 1.23; where no version was agreed upon, there is none."""
    (told,) = answer.body.errors
    if version is None or version < CODES_SINCE or "max_version" in told:
        del told["code"]
    return answer


_tell = headers_of("placement")


def _headers(version: Version | None, request_id: str) -> dict[str, str]:
    """A version that there is not is not repeated."""
    return _tell(version if version is not None and LOWEST <= version <= HIGHEST else None, request_id)


def _bad(frame: str) -> Callable[[Flaw], FakeError]:
    return lambda flaw: BadRequest(reason=frame + _sentence(flaw))


def _sentence(flaw: Flaw) -> str:
    """The validator's words; the real ones go on with the schema that was not met."""
    where = "".join(f"[{step!r}]" for step in flaw.path)
    return f"{flaw.sentence}\n\nOn instance{where}:\n    {flaw.value!r}"


def _unrouted(method: str, known: frozenset[str]) -> FakeError:
    if not known:
        return NotFound()
    return WrongMethod(method=method, headers={"Allow": ", ".join(one for one in ORDER if one in known)})


def _wrong_type(kind: str) -> FakeError:
    return WrongType(kind=kind) if kind else NoType()


placement = Routes(
    "placement",
    mount="/placement",
    version_path="",
    policies=POLICIES,
    projects_only=True,
    types=frozenset((JSON,)),
    dialect=dialect(
        fault=_fault,
        finish=_finish,
        headers=_headers,
        versions_first=True,
        denied=lambda rule: PolicyNotAuthorized(rule=rule),
        barred=lambda rule, scope: InvalidScope(rule=rule),
        bad_body=_bad("JSON does not validate: "),
        bad_query=_bad("Invalid query string parameters: "),
        unrouted=_unrouted,
        wrong_type=_wrong_type,
        malformed=lambda: BadRequest(reason="Malformed JSON: Expecting value: line 1 column 1 (char 0)"),
        bad_version=lambda version: BadVersion(version=version),
        unsupported_version=lambda version, lowest, highest: UnsupportedVersion(
            version=version, lowest=lowest, highest=highest
        ),
    ),
    microversions=Microversions(types=("placement",), lowest=LOWEST, highest=HIGHEST),
)
