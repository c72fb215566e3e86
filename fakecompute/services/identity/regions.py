"""/regions: where services are; regions may be in regions."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.catalog import family
from fakecompute.domain.records.catalog import CatalogEndpoint, Region
from fakecompute.errors import BadRequest, Conflict, Forbidden, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, Text
from fakecompute.rest.view import field
from fakecompute.services.identity.listing import Listed, collection, linked
from fakecompute.services.identity.members import (
    Open,
    OpenView,
    Some,
    changes,
    require_same,
    underscored,
)
from fakecompute.services.identity.service import identity


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


def _find(call: Call, id: str) -> Region:
    region = call.cloud.store.find(Region, id)
    if region is None:
        raise RegionNotFound(id=id)
    return region


@identity.get("/regions", query=ListRegions, strict_query="", policy="identity:list_regions")
def list_regions(call: Call) -> dict[str, Any]:
    regions = sorted(call.cloud.store.all(Region), key=lambda region: region.id)
    return collection(call, "regions", regions, region_detail)


@identity.get("/regions/<region_id>", policy="identity:get_region")
def show_region(call: Call, region_id: str) -> dict[str, Any]:
    return {"region": region_detail(_find(call, region_id), call)}


@identity.post("/regions", body=CreateRegion, policy="identity:create_region", success=201)
def create_region(call: Call) -> dict[str, Any]:
    wish = underscored(call.body["region"])
    return _create(call, wish.get("id") or call.cloud.streams.hex("region"), wish)


@identity.put("/regions/<region_id>", body=CreateRegion, policy="identity:create_region", success=201)
def create_region_of_id(call: Call, region_id: str) -> dict[str, Any]:
    wish = underscored(call.body["region"])
    if wish.get("id", region_id) != region_id:
        raise TwoIds(path=region_id, body=wish["id"])
    return _create(call, region_id, wish)


def _create(call: Call, id: str, wish: dict[str, Any]) -> dict[str, Any]:
    if call.cloud.store.find(Region, id) is not None:
        raise RegionExists(id=id)
    region = call.cloud.store.put(_changed(call, Region(id=id), wish))
    return {"region": region_detail(region, call)}


@identity.patch("/regions/<region_id>", body=UpdateRegion, policy="identity:update_region")
def update_region(call: Call, region_id: str) -> dict[str, Any]:
    region, wish = _find(call, region_id), call.body["region"]
    require_same(region, wish, [("id", "ID")])
    new = _changed(call, region, wish)
    if new.parent_region_id in [one.id for one in family(call.cloud, region)]:
        raise CircularRegions(parent=new.parent_region_id)
    return {"region": region_detail(call.cloud.store.put(new), call)}


def _changed(call: Call, region: Region, wish: dict[str, Any]) -> Region:
    parent = wish.get("parent_region_id")
    if parent is not None and parent != region.id and call.cloud.store.find(Region, parent) is None:
        raise RegionNotFound(id=parent)
    known = {key: value for key, value in wish.items() if key != "id"}
    return region.evolve(**{**changes(region, known, RegionFields), "description": _described(region, wish)})


def _described(region: Region, wish: dict[str, Any]) -> str:
    return wish.get("description", region.description) or ""


@identity.delete("/regions/<region_id>", policy="identity:delete_region", success=204)
def delete_region(call: Call, region_id: str) -> None:
    """With the regions in it."""
    store, region = call.cloud.store, _find(call, region_id)
    everything = family(call.cloud, region)
    if any(store.count(CatalogEndpoint, "region", one.id) for one in everything):
        raise RegionInUse(id=region.id)
    for one in everything:
        store.drop(one)
