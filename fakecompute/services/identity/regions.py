"""/regions: where services are; regions may be in regions."""

from __future__ import annotations

from fakecompute.cloud import Cloud
from fakecompute.domain.catalog import family
from fakecompute.domain.records.catalog import CatalogEndpoint, Region
from fakecompute.errors import BadRequest, Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.collection import Collection, Wish
from fakecompute.services.identity.listing import Listed, linked
from fakecompute.services.identity.members import Open, OpenView, Some, changes, require_same, underscored


class RegionNotFound(NotFound):
    message = "Could not find region: {id}."


class RegionExists(Conflict):
    message = "Conflict occurred attempting to store region - Duplicate ID, {id}.."  # two dots: Keystone's own slip


class TwoIds(BadRequest):
    message = 'Conflicting region IDs specified: "{path}" != "{body}"'


class CircularRegions(BadRequest):
    message = "The specified parent region {parent} would create a circular region hierarchy."


class RegionInUse(Forbidden):
    message = "Unable to delete region {id} because it or its child regions have associated endpoints."


# --- request schemas ----------------------------------------------------------------------------------


class ListRegions(Listed):
    filters = ("parent_region_id",)
    parent_region_id = Text(min=1, max=255)


class RegionFields(Open):
    description = Text(allow_none=True)
    id = Text(min=1, max=255, allow_none=True)
    parent_region_id = Text(min=1, max=255, allow_none=True)


class NewRegion(RegionFields):
    id = Text(max=255, allow_none=True)


class CreateRegion(Open):
    region = Object(NewRegion, required=True)


class UpdateRegion(Schema):
    region = Some(RegionFields, required=True)


# --- response views -----------------------------------------------------------------------------------

region_detail = OpenView(
    field("id"),
    field("description"),
    field("parent_region_id"),
    field("links", linked("regions")),
)


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: Wish) -> Region:
    wish = underscored(wish)
    return _add(call, wish.get("id") or call.cloud.streams.hex("region"), wish)


def _put(call: Call, wish: Wish, id: str) -> Region:
    wish = underscored(wish)
    if wish.get("id", id) != id:
        raise TwoIds(path=id, body=wish["id"])
    return _add(call, id, wish)


def _add(call: Call, id: str, wish: Wish) -> Region:
    if call.cloud.store.find(Region, id) is not None:
        raise RegionExists(id=id)
    return call.cloud.store.put(_changed(call, Region(id=id), wish))


def _update(call: Call, region: Region, wish: Wish) -> Region:
    require_same(region, wish, [("id", "ID")])
    new = _changed(call, region, wish)
    if new.parent_region_id in [one.id for one in family(call.cloud, region)]:
        raise CircularRegions(parent=new.parent_region_id)
    return call.cloud.store.put(new)


def _changed(call: Call, region: Region, wish: Wish) -> Region:
    parent = wish.get("parent_region_id")
    if parent is not None and parent != region.id and call.cloud.store.find(Region, parent) is None:
        raise RegionNotFound(id=parent)
    known = {key: value for key, value in wish.items() if key != "id"}
    return region.evolve(**{**changes(region, known, RegionFields), "description": _described(region, wish)})


def _described(region: Region, wish: Wish) -> str:
    return wish.get("description", region.description) or ""


def _remove(cloud: Cloud, region: Region) -> None:
    """With the regions in it."""
    everything = family(cloud, region)
    if any(cloud.store.count(CatalogEndpoint, "region", one.id) for one in everything):
        raise RegionInUse(id=region.id)
    for one in everything:
        cloud.store.drop(one)


Collection(
    "region",
    "/regions",
    Region,
    region_detail,
    called="region_id",
    missing=RegionNotFound,
    query=ListRegions,
    strict_query="",
    create=(CreateRegion, _create),
    put=(CreateRegion, _put),
    update=(UpdateRegion, _update),
    remove=_remove,
)
