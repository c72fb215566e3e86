"""GET, POST /flavors, GET /flavors/detail, GET, PUT, DELETE /flavors/{id}: sizes of servers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from fakecompute.domain.records.compute import Flavor
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import (
    Booleanish,
    Choice,
    Integer,
    Object,
    Schema,
    Text,
    Typed,
    is_printable,
    problem,
    regex,
    shapes,
    since,
    until,
)
from fakecompute.rest.view import View, field, mapped
from fakecompute.services.compute.links import linked
from fakecompute.services.compute.paging import Paged, paginate, sort
from fakecompute.services.compute.service import compute


class FlavorNotFound(NotFound):
    message = "Flavor {id} could not be found."


class FlavorNameTaken(Conflict):
    message = "Flavor with name {name} already exists."


class FlavorIdTaken(Conflict):
    message = "Flavor with ID {id} already exists."


class InvalidFilter(BadRequest):
    message = "Invalid {name} filter [{value}]"


class BadRxtxFactor(BadRequest):
    message = "Invalid input received: 'rxtx_factor' argument must be a float between 0 and 3.40282e+38"


# --- request schemas ----------------------------------------------------------------------------------

MOST = 2**31 - 1
MOST_FLOAT = 3.40282e38


class FlavorId(Text):
    """Text, or a number that is taken as text."""

    types = ("string", "number")

    def __init__(self) -> None:
        super().__init__(min=1, max=255, pattern="^(?! )[a-zA-Z0-9. _-]+(?<! )$", allow_none=True)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value) if value else ""  # Nova makes an id for 0 as for none
        return super()._deserialize(value, attr, data, **kwargs)


class RxtxFactor(Typed):
    """A number above zero, also as text."""

    types = ("number", "string")
    pattern = r"^[0-9]+(\.[0-9]+)?$"

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float, str)):
            raise self.wrong_type(value)
        if isinstance(value, str) and not re.search(self.pattern, value, re.ASCII):
            raise problem(f"{value!r} does not match {self.pattern!r}", value)
        if not isinstance(value, str) and value <= 0:
            raise problem(f"{value!r} is less than or equal to the minimum of 0", value)
        number = float(value) if isinstance(value, str) else value
        if number > MOST_FLOAT:
            shown = number if number == float("inf") else int(number)
            raise problem(f"{shown} is greater than the maximum of {MOST_FLOAT!r}", value)
        return float(number)


class Description(Text):
    """Printable text, or none.  Nova's own sentence spells out the whole set of characters."""

    def __init__(self, *, max: int, **options: Any) -> None:
        super().__init__(max=max, allow_none=True, **options)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not is_printable(text):
            raise problem(f"{value!r} does not match the pattern of printable characters", value)
        return text


def _amount(least: int, **options: Any) -> Integer:
    return Integer(min=least, max=MOST, pattern="^[0-9]+$", **options)


class NewFlavor(Schema):
    name = Text(required=True, form="name", min=1, max=255)
    id = FlavorId()
    ram = _amount(1, required=True)
    vcpus = _amount(1, required=True)
    disk = _amount(0, required=True)
    ephemeral = _amount(0, data_key="OS-FLV-EXT-DATA:ephemeral")
    swap = _amount(0)
    rxtx_factor = until("2.101", RxtxFactor())
    is_public = Booleanish(data_key="os-flavor-access:is_public")
    description = since("2.55", Description(max=65535))


class CreateFlavor(Schema):
    flavor = Object(NewFlavor, required=True)


class ChangedFlavor(Schema):
    description = Description(max=65535, required=True)


class UpdateFlavor(Schema):
    flavor = Object(ChangedFlavor, required=True)


def _none(flavor: Flavor) -> None:
    """What Nova keeps, and leaves empty in every flavor."""


# fmt: off
SORT_KEYS: dict[str, Callable[[Flavor], Any]] = {
    "created_at":   lambda flavor: flavor.created_at,
    "description":  lambda flavor: flavor.description,
    "disabled":     lambda flavor: flavor.disabled,
    "ephemeral_gb": lambda flavor: flavor.ephemeral,
    "flavorid":     lambda flavor: flavor.id,
    "id":           lambda flavor: flavor.number,
    "is_public":    lambda flavor: flavor.is_public,
    "memory_mb":    lambda flavor: flavor.ram,
    "name":         lambda flavor: flavor.name,
    "root_gb":      lambda flavor: flavor.disk,
    "rxtx_factor":  lambda flavor: flavor.rxtx_factor,
    "swap":         lambda flavor: flavor.swap,
    "updated_at":   lambda flavor: flavor.updated_at,
    "vcpu_weight":  _none,
    "vcpus":        lambda flavor: flavor.vcpus,
}
# fmt: on


class ListFlavors(Paged):
    is_public = Text()
    minRam = Text()
    minDisk = Text()
    sort_key = shapes(
        until("2.101", Choice(*SORT_KEYS)),
        since("2.102", Choice(*(key for key in SORT_KEYS if key != "rxtx_factor"))),
    )
    sort_dir = Choice("asc", "desc")
    name = since("2.102", Text())


# --- response views -----------------------------------------------------------------------------------

flavor_brief = View(
    field("id"),
    field("name"),
    field("description", since="2.55"),
    field("links", linked("flavors")),
)
flavor_detail = View(
    field("id"),
    field("name"),
    field("ram"),
    field("disk"),
    field("vcpus"),
    field("swap", lambda flavor, call: flavor.swap or "", until="2.74"),
    field("swap", since="2.75"),
    field("OS-FLV-EXT-DATA:ephemeral", "ephemeral"),
    field("OS-FLV-DISABLED:disabled", "disabled", until="2.101"),
    field("os-flavor-access:is_public", "is_public"),
    field("rxtx_factor", until="2.101"),
    field("description", since="2.55"),
    field(
        "extra_specs", mapped("extra_specs"), since="2.61", rule="os_compute_api:os-flavor-extra-specs:index"
    ),
    field("links", linked("flavors")),
)


# --- handlers -----------------------------------------------------------------------------------------


def find_flavor(call: Call, id: str) -> Flavor:
    """Private flavors exist for those only who were given access.

    Called by the handlers: Nova asks the policy before it looks for a flavor.
    """
    flavor = call.cloud.store.find(Flavor, id)
    if flavor is None or not (flavor.is_public or call.is_admin or call.project_id in flavor.access):
        raise FlavorNotFound(id=id)
    return flavor


@compute.get("/flavors", query=ListFlavors, strict_query="2.75")
def list_flavors(call: Call) -> dict[str, Any]:
    flavors, links = _listed(call, "/flavors")
    return {"flavors": flavor_brief.all(flavors, call), **links}


@compute.get("/flavors/detail", query=ListFlavors, strict_query="2.75")
def list_flavors_detail(call: Call) -> dict[str, Any]:
    flavors, links = _listed(call, "/flavors/detail")
    return {"flavors": flavor_detail.all(flavors, call), **links}


@compute.get("/flavors/<flavor_id>", strict_query="2.102")
def show_flavor(call: Call, flavor_id: str) -> dict[str, Any]:
    return {"flavor": flavor_detail(find_flavor(call, flavor_id), call)}


@compute.post("/flavors", body=CreateFlavor, policy="os_compute_api:os-flavor-manage:create")
def create_flavor(call: Call) -> dict[str, Any]:
    cloud, wish = call.cloud, call.body["flavor"]
    if wish.get("rxtx_factor") == 0:  # as text, which the schema lets pass
        raise BadRxtxFactor
    id = wish.pop("id", None) or cloud.streams.uuid("flavor")
    if cloud.store.one(Flavor, "name", wish["name"]):
        raise FlavorNameTaken(name=wish["name"])
    if cloud.store.find(Flavor, id):
        raise FlavorIdTaken(id=id)
    number = cloud.streams.number("flavor")
    flavor = cloud.store.put(Flavor(id=id, number=number, created_at=cloud.now, **wish))
    return {"flavor": flavor_detail(flavor, call)}


@compute.put(
    "/flavors/<flavor_id>", since="2.55", body=UpdateFlavor, policy="os_compute_api:os-flavor-manage:update"
)
def update_flavor(call: Call, flavor_id: str) -> dict[str, Any]:
    """All but the description is for good."""
    flavor = find_flavor(call, flavor_id)
    changed = flavor.evolve(description=call.body["flavor"]["description"], updated_at=call.cloud.now)
    return {"flavor": flavor_detail(call.cloud.store.put(changed), call)}


@compute.delete("/flavors/<flavor_id>", policy="os_compute_api:os-flavor-manage:delete", success=202)
def delete_flavor(call: Call, flavor_id: str) -> None:
    """Servers keep their copy."""
    call.cloud.store.drop(find_flavor(call, flavor_id))


def _listed(call: Call, path: str) -> Any:
    fits = [_visible(call), *_filters(call)]
    shown = [flavor for flavor in call.cloud.store.all(Flavor) if all(fit(flavor) for fit in fits)]
    key, direction = call.query.get("sort_key", "flavorid"), call.query.get("sort_dir", "asc")
    ordered = sort(shown, [(SORT_KEYS[key], direction), (SORT_KEYS["id"], direction)])
    return paginate(call, ordered, "flavors", path, lambda flavor: flavor.id)


def _visible(call: Call) -> Callable[[Flavor], bool]:
    """Public flavors and one's own; an admin may ask for the private ones, or for all (`is_public=None`)."""
    wanted: bool | None = True
    if call.is_admin and "is_public" in call.query:
        wanted = _public(call.query["is_public"])
    if wanted is None:
        return lambda flavor: True
    if not wanted:
        return lambda flavor: not flavor.is_public
    return lambda flavor: (
        (flavor.is_public or call.project_id in flavor.access) and (call.is_admin or not flavor.disabled)
    )


# oslo_utils.strutils.bool_from_string, and Nova's word for no filter at all
# fmt: off
WORDS: dict[str, bool | None] = {
    **dict.fromkeys("1 t true on y yes".split(), True),
    **dict.fromkeys("0 f false off n no".split(), False),
    "none": None,
}
# fmt: on


def _public(text: str) -> bool | None:
    word = text.strip().lower()
    if word not in WORDS:
        raise InvalidFilter(name="is_public", value=text)
    return WORDS[word]


def _filters(call: Call) -> list[Callable[[Flavor], bool]]:
    fits: list[Callable[[Flavor], bool]] = []
    if "minRam" in call.query:
        ram = _whole(call, "minRam")
        fits.append(lambda flavor: flavor.ram >= ram)
    if "minDisk" in call.query:
        disk = _whole(call, "minDisk")
        fits.append(lambda flavor: flavor.disk >= disk)
    if "name" in call.query:
        try:
            pattern = regex(call.query["name"])
        except ValueError:
            raise InvalidFilter(name="name", value=call.query["name"]) from None  # Nova's database refuses it
        fits.append(lambda flavor: pattern.search(flavor.name) is not None)
    return fits


def _whole(call: Call, name: str) -> int:
    try:
        return int(call.query[name])
    except ValueError:
        raise InvalidFilter(name=name, value=call.query[name]) from None
