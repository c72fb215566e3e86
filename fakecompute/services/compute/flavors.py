"""GET /flavors, /flavors/detail, /flavors/{id}: sizes of servers."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.compute import Flavor
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Choice, Text, since
from fakecompute.rest.view import View, field, mapped
from fakecompute.services.compute.links import linked
from fakecompute.services.compute.paging import Paged, paginate, sort
from fakecompute.services.compute.service import compute


class FlavorNotFound(NotFound):
    message = "Flavor {id} could not be found."


# --- request schemas ----------------------------------------------------------------------------------


class ListFlavors(Paged):
    is_public = Text()
    minRam = Text()
    minDisk = Text()
    sort_key = Choice(*"created_at flavorid id memory_mb name root_gb vcpus".split())
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
    field("extra_specs", mapped("extra_specs"), since="2.61", rule="os_compute_api:os-flavor-extra-specs:index"),
    field("links", linked("flavors")),
)


# --- handlers -----------------------------------------------------------------------------------------


@compute.finder("flavor")
def find_flavor(call: Call, id: str) -> Flavor:
    """Private flavors exist for those only who were given access."""
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


@compute.get("/flavors/<flavor>", strict_query="2.102")
def show_flavor(call: Call, flavor: Flavor) -> dict[str, Any]:
    return {"flavor": flavor_detail(flavor, call)}


SORT_KEYS = {"flavorid": "id", "memory_mb": "ram", "root_gb": "disk"}


def _listed(call: Call, path: str) -> Any:
    query = call.query
    floors = [(name, query[name], attribute) for name, attribute in (("minRam", "ram"), ("minDisk", "disk")) if name in query]
    for name, text, _ in floors:
        if not text.isdigit():
            raise BadRequest(reason=f"Invalid {name} filter [{text}]")
    flavors = [
        flavor
        for flavor in call.cloud.store.all(Flavor)
        if (flavor.is_public or call.project_id in flavor.access)
        and all(getattr(flavor, attribute) >= int(text) for _, text, attribute in floors)
    ]
    key = SORT_KEYS.get(query.get("sort_key", "flavorid"), query.get("sort_key", "id"))
    ordered = sort(
        sorted(flavors, key=lambda flavor: flavor.id),
        [(lambda flavor: getattr(flavor, key), query.get("sort_dir", "asc"))],
    )
    return paginate(call, ordered, "flavors", path, lambda flavor: flavor.id)
