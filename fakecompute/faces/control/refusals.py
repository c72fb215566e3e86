"""What the control API refuses, each with what to do about it."""

from __future__ import annotations

from typing import ClassVar

from fakecompute.errors import BadRequest, Conflict, FakeError, Forbidden, NotFound, TooLarge, Unauthorized

SEE_DOCS = "GET /_fakecompute/docs shows what there is."


class Refusal(FakeError):
    """`hint` is what to do."""

    hint: ClassVar[str] = SEE_DOCS


class NoSuchAddress(Refusal, NotFound):
    message = "The control API has no address {path!r}."


class WrongMethod(Refusal):
    status = 405
    message = "{path} cannot be asked with {method}."
    hint = "The header Allow tells what it can be asked with."


class NoToken(Refusal, Unauthorized):
    message = "The control API of a server that listens beyond this machine wants a token, and {reason}."
    hint = (
        "Send 'Authorization: Bearer TOKEN'; `fakecompute serve` prints it when it starts, or takes yours: "
        "--control-token. `fakecompute ctl` reads --token or FAKECOMPUTE_CONTROL_TOKEN."
    )


class StrangeHost(Refusal, Forbidden):
    message = "The {header} {value!r} is no name of this machine."
    hint = (
        "A page of the web may have asked; without a token only http://localhost and http://127.0.0.1 are answered. "
        "Use one of these addresses, or start the server with --control-token and send it."
    )


class Mistakes(Refusal, BadRequest):
    """A request that is wrong: all of it at once, as a scenario file is told."""

    message = "The request is wrong in {count}."
    hint = "Nothing was changed. Correct what `mistakes` names, each with its place, and ask again."

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__(count=f"{len(mistakes)} places" if len(mistakes) > 1 else "one place")
        self.mistakes = mistakes


class Unreadable(Refusal, BadRequest):
    message = "The body cannot be read: {reason}."
    hint = "Send JSON, or YAML with 'Content-Type: application/yaml'."


class TooMuch(Refusal, TooLarge):
    message = "The body is longer than {limit} bytes."
    hint = "No scenario and no state is that long; is it the right file?"


class Missing(Refusal, NotFound):
    """Something by a name that there is not; `hint` lists the names that there are."""

    message = "There is no {what} {name!r}{near}"


class Taken(Refusal, Conflict):
    message = "There is a {what} {name!r} already."
    hint = "Give it another name, or delete the other first."


class NotRecorded(Refusal, Conflict):
    message = "This cloud is not recorded, so there is nothing to {verb}."
    hint = (
        'PUT /_fakecompute/v1/recording {"on": true} records from then on (fakecompute ctl recording on); '
        "`fakecompute serve --record` from the start."
    )


class Backwards(Refusal, BadRequest):
    message = "Time does not run backwards: it is {now} already."
    hint = "POST /_fakecompute/v1/scenario/reset begins anew; a snapshot goes back to where it was taken."


class NothingPlanned(Refusal, Conflict):
    message = "Nothing is planned, so there is no next event to go to."
    hint = 'Name a time: {"by": "30s"}.'


class BadState(Refusal, BadRequest):
    message = "The state cannot be read: {reason}."
    hint = "Upload what GET /_fakecompute/v1/snapshots/NAME/state of the same version of fakecompute gave."


class NotKept(Refusal, Conflict):
    message = "This server keeps no state on disk."
    hint = "Start it with --state FILE, or download a snapshot: GET /_fakecompute/v1/snapshots/NAME/state."


class NotSaved(Refusal):
    status = 507
    message = "The state is not saved: {reason}."
    hint = "The file is as it was. See to the disk, and ask again."


class TooManyFollowers(Refusal):
    status = 503
    message = "{most} clients follow already, and each takes a thread."
    hint = "Close one of them, or ask with ?since= from time to time."


class Bug(Refusal):
    status = 500
    message = "The control API broke: {reason}."
    hint = "That is a bug of fakecompute, not yours; the server's error output has the traceback."
