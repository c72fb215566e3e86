"""Values of Placement's queries: `VCPU:2,MEMORY_MB:1024`, `CUSTOM_GOLD,!CUSTOM_SLOW`, `in:AGGREGATE,AGGREGATE`."""

from __future__ import annotations

from collections.abc import Sequence

from fakecompute.domain.placement.search import Sets
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import FORMS

INVALID = "Invalid query string parameters: "
DIGITS = 19  # more than any amount has


class BadResources(BadRequest):
    message = (
        "Badly formed resources parameter. Expected resources query string parameter in form:"
        " ?resources=VCPU:2,MEMORY_MB:1024. Got: {what}."
    )


class BadAmount(BadRequest):
    message = "Requested resource {name} expected positive integer amount. Got: {amount}."


class TooSmall(BadRequest):
    message = "Requested resource {name} requires amount >= 1. Got: {amount}."


def resources(text: str) -> dict[str, int]:
    if not text.strip():
        raise BadResources(what="empty string")
    amounts = {}
    for pair in text.split(","):
        name, *rest = pair.split(":")
        if len(rest) != 1:
            raise BadResources(what=pair)
        try:
            amount = int(rest[0][:DIGITS])
        except ValueError:
            raise BadAmount(name=name, amount=rest[0]) from None
        if amount < 1:
            raise TooSmall(name=name, amount=amount)
        amounts[name] = amount
    return amounts


# --- traits -----------------------------------------------------------------------------------------------

EXPECTED = INVALID + "Expected 'required' parameter value of the form: {form}. "
ONE, WITHOUT = "HW_CPU_X86_VMX,!CUSTOM_MAGIC", "HW_CPU_X86_VMX,CUSTOM_MAGIC"
ANY = "in:" + WITHOUT
TOO_NEW = INVALID + f"The format '{ANY}' only supported since microversion 1.39. Got: "
NO_FORBIDDEN = INVALID + f"The format '{ANY}' does not support forbidden traits. Got: "


def traits(call: Call, values: Sequence[str]) -> tuple[Sets, frozenset[str]]:
    """What is required, any of each set, and what is forbidden; up to 1.38 the last value counts."""
    any_of, forbidden = call.since("1.39"), call.since("1.22")
    required: list[frozenset[str]] = []
    barred: frozenset[str] = frozenset()
    for value in values if any_of else values[-1:]:
        more, less = trait_list(value, any_of=any_of, forbidden=forbidden)
        required += more
        barred |= less
    return tuple(required), barred


def trait_list(value: str, *, any_of: bool, forbidden: bool) -> tuple[list[frozenset[str]], frozenset[str]]:
    if value.startswith("in:"):
        names = [name.strip() for name in value[3:].split(",")]
        if not any_of:
            raise BadRequest(reason=TOO_NEW + value)
        if not all(names):
            raise BadRequest(reason=EXPECTED.format(form=ANY) + f"Got an empty trait in: {value}")
        if any(name.startswith("!") for name in names):
            raise BadRequest(reason=NO_FORBIDDEN + value)
        return [frozenset(names)], frozenset()
    names = [name.strip() for name in value.split(",")]
    barred = frozenset(name.lstrip("!") for name in names if name.startswith("!"))
    if not all(names) or not all(barred):
        raise BadRequest(
            reason=EXPECTED.format(form=ONE if forbidden else WITHOUT) + f"Got an empty trait in: {value}"
        )
    if barred and not forbidden:
        raise BadRequest(reason=EXPECTED.format(form=WITHOUT) + f"Got: {value}")
    return [frozenset((name,)) for name in names if not name.startswith("!")], barred


# --- aggregates -------------------------------------------------------------------------------------------

SEVERAL = (
    "Multiple values for 'member_of' must be prefixed with the 'in:' or '!in:' keyword using the valid microversion."
    " Got: "
)


def members(call: Call, values: Sequence[str], suffix: str = "") -> tuple[Sets, frozenset[str]]:
    """Aggregates to be in, one of each set; and aggregates not to be in."""
    if len(values) > 1 and not call.since("1.24"):
        raise BadRequest(reason=f"Multiple member_of{suffix} parameters are not supported")
    required: list[frozenset[str]] = []
    barred: frozenset[str] = frozenset()
    for value in values:
        if "," in value and not value.startswith(("in:", "!in:")):
            raise BadRequest(reason=SEVERAL + value)
        ids = frozenset(value.removeprefix("!").removeprefix("in:").split(","))
        if strange := sorted(id for id in ids if not FORMS["uuid"](id)):
            told = "Expected 'member_of' parameter to contain valid UUID(s). Got: "
            raise BadRequest(reason=INVALID + told + strange[0])
        if not value.startswith("!"):
            required.append(ids)
            continue
        if not call.since("1.32"):
            told = f"Forbidden member_of{suffix} parameters are not supported in the specified microversion"
            raise BadRequest(reason=told)
        barred |= ids
    return tuple(required), barred


def tree_id(value: str) -> str:
    """The provider whose tree is meant."""
    if not FORMS["uuid"](value.strip()):
        told = f"Expected 'in_tree' parameter to be a format of uuid. Got: {value}"
        raise BadRequest(reason=INVALID + told)
    return value.strip()


def dashed(id: str) -> str:
    """A UUID as it is kept, however it was written."""
    plain = id.replace("-", "").lower()
    return "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
