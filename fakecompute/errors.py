"""What can go wrong, in the words of the real services: a status and a template each, no envelope.

A service wraps an error in its own dialect (`rest/dialect.py`); this module knows no HTTP beyond the status.
Families give the status, classes the message.  Services keep the errors of their own nouns beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar


class FakeError(Exception):
    """Anything that the simulated cloud refuses; `str(error)` is what the client reads.

    `facts` fill the template.  `headers` are sent with the refusal (Retry-After and the like).
    """

    status: ClassVar[int] = 500
    message: ClassVar[str] = "{reason}"
    aftermath: Callable[[], None] | None = None  # what is written once all else has been taken back: failed logins

    def __init__(self, *, headers: dict[str, str] | None = None, **facts: object) -> None:
        self.facts = facts
        self.headers = headers or {}
        super().__init__(self.message.format(**facts) if facts else self.message)


# --- families ----------------------------------------------------------------------------------------


class BadRequest(FakeError):
    status = 400


class Unauthorized(FakeError):
    status = 401
    message = "The request you have made requires authentication."


class Forbidden(FakeError):
    status = 403


class NotFound(FakeError):
    status = 404
    message = "The resource could not be found."


class MethodNotAllowed(FakeError):
    status = 405
    message = "The method is not allowed for this resource."


class NotAcceptable(FakeError):
    status = 406


class Conflict(FakeError):
    status = 409


class Gone(FakeError):
    status = 410
    message = "This resource is no longer available. No forwarding address is given."


class TooLarge(FakeError):
    status = 413
    message = "Request is too large."


class UnsupportedMediaType(FakeError):
    status = 415
    message = "Unsupported Content-Type"


class NotImplementedHere(FakeError):
    """Real clouds answer this call and we do not (yet): never a 200 for what was not done."""

    status = 501
    message = "fakecompute does not implement {operation}."


class ServiceUnavailable(FakeError):
    status = 503
    message = "The server is currently unavailable. Please try again at a later time."


# --- common to all services ------------------------------------------------------------------------------


class PolicyDenied(Forbidden):
    message = "Policy doesn't allow {rule} to be performed."


class BuildAborted(BadRequest):
    """A build that fails so is not tried on another host."""


class MalformedBody(BadRequest):
    message = "Malformed request body"


class Injected(FakeError):
    """A fault rule answers in the place of the service."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason=reason, headers=headers)
        self.status = status  # type: ignore[misc]


# --- not for clients -----------------------------------------------------------------------------------


class BadDefinition(Exception):
    """A fixture or scenario file is wrong; one line a mistake, each with its place."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))
