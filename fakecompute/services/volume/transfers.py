"""/volume-transfers, and /os-volume-transfer as it was before 3.55: volumes for another project."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.backup import Transfer
from fakecompute.domain.volume import transfers as domain
from fakecompute.domain.volume.quota import TooManyGigabytes
from fakecompute.domain.volume.transfers import TransferNotFound, offer, withdraw
from fakecompute.rest.call import Call
from fakecompute.rest.schema import AnyOf, Either, Integer, Null, Object, Schema, Text, Typed, problem, since
from fakecompute.rest.view import View, field, moment, naive
from fakecompute.services.volume.fields import Flag
from fakecompute.services.volume.listing import YES, Listing, owned
from fakecompute.services.volume.refusals import told_plainly
from fakecompute.services.volume.service import find_volume, links, volume

# --- request schemas ----------------------------------------------------------------------------------


class TransferName(Text):
    """Blanks around it are cut off, and something must be left."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        trimmed = super()._deserialize(value, attr, data, **kwargs).strip()
        if not 1 <= len(trimmed) <= 255:
            raise problem(f"{value!r} is not a name", value)
        return trimmed


def _name() -> Typed:
    return AnyOf(TransferName(), Null(), allow_none=True, load_default=None)


class NewTransfer(Schema):
    volume_id = Text(form="uuid", required=True)
    name = _name()


class NewTransferOfSnapshots(Schema):
    volume_id = Text(form="uuid", required=True)
    name = _name()
    no_snapshots = since("3.55", Flag(load_default=False))


class OfferVolume(Schema):
    transfer = Object(NewTransfer, required=True)


class OfferVolumeAndSnapshots(Schema):
    transfer = Object(NewTransferOfSnapshots, required=True)


class Acceptance(Schema):
    auth_key = Either(Text(), Integer(strict=True), required=True)


class AcceptTransfer(Schema):
    accept = Object(Acceptance, required=True)


# --- response views -----------------------------------------------------------------------------------


def _links(transfer: Transfer, call: Call) -> list[dict[str, Any]]:
    """Whichever address was asked, the older one is told."""
    return links(call, "os-volume-transfer", transfer.id)


summary_view = View(field("id"), field("name"), field("volume_id"), field("links", _links))
transfer_view = View(
    field("id"),
    field("created_at", moment("created_at", naive)),
    field("name"),
    field("volume_id"),
    field("links", _links),
    field("no_snapshots", since="3.55"),
    field("source_project_id", "project_id", since="3.57"),
    field("destination_project_id", lambda transfer, call: None, since="3.57"),
    field("accepted", lambda transfer, call: False, since="3.57"),
)

# fmt: off
COLUMNS = {
    "id":                lambda transfer: transfer.id,
    "created_at":        lambda transfer: transfer.created_at,
    "volume_id":         lambda transfer: transfer.volume_id,
    "display_name":      lambda transfer: transfer.name,
    "no_snapshots":      lambda transfer: transfer.no_snapshots,
    "source_project_id": lambda transfer: transfer.project_id,
}
# fmt: on
TRANSFERS: Listing[Transfer] = Listing(
    "os-volume-transfer",
    "transfer",
    called="transfers",
    filters={**COLUMNS, "name": COLUMNS["display_name"]},
    sort_keys=COLUMNS,
    old_filters=None,
    strict="4.0",
    missing=lambda marker: TransferNotFound(id=marker),
)

# --- handlers -----------------------------------------------------------------------------------------

GET, GET_ALL = "volume:get_transfer", "volume:get_all_transfers"


@volume.finder("transfer")
def find_transfer(call: Call, id: str) -> Transfer:
    transfer = call.cloud.store.find(Transfer, id)
    if transfer is None or not (call.is_admin or transfer.project_id == call.project_id):
        raise TransferNotFound(id=id)
    return transfer


@volume.get("/volume-transfers", policy=GET_ALL)
def list_transfers(call: Call) -> dict[str, Any]:
    return _list(call, summary_view, paged=call.since("3.59"))


@volume.get("/volume-transfers/detail", policy=GET_ALL)
def list_transfers_in_detail(call: Call) -> dict[str, Any]:
    return _list(call, transfer_view, paged=call.since("3.59"))


@volume.get("/os-volume-transfer", policy=GET_ALL)
def list_old_transfers(call: Call) -> dict[str, Any]:
    return _list(call, summary_view, paged=False)


@volume.get("/os-volume-transfer/detail", policy=GET_ALL)
def list_old_transfers_in_detail(call: Call) -> dict[str, Any]:
    return _list(call, transfer_view, paged=False)


def _list(call: Call, view: View, *, paged: bool) -> dict[str, Any]:
    """Without pages the oldest come first, and every parameter is a filter: `limit=1` fits no transfer."""
    found = _wanted(call)
    if paged:
        page, more, _ = TRANSFERS.page(call, found)
        return {"transfers": view.all(page, call), **more}
    tests = [TRANSFERS.test(call, name, text) for name, text in call.query_pairs if name != "all_tenants"]
    fit = [one for one in found if all(test is not None and test(one) for test in tests)]
    return {"transfers": view.all(sorted(fit, key=lambda transfer: transfer.number), call)}


def _wanted(call: Call) -> list[Transfer]:
    """Only a clear yes asks for everybody's."""
    told = dict(call.query_pairs).get("all_tenants", "")
    if call.is_admin and told.strip().lower() not in YES:
        return call.cloud.store.by(Transfer, "project", call.project_id)
    return owned(call, Transfer)


@volume.post("/volume-transfers", body=OfferVolumeAndSnapshots, success=202)
def offer_volume(call: Call) -> dict[str, Any]:
    return _offer(call, encrypted=call.since("3.70"))


@volume.post("/os-volume-transfer", body=OfferVolume, success=202)
def offer_volume_as_of_old(call: Call) -> dict[str, Any]:
    return _offer(call, encrypted=False)


def _offer(call: Call, *, encrypted: bool) -> dict[str, Any]:
    wish = call.body["transfer"]
    source = find_volume(call, wish["volume_id"])
    call.demand("volume:create_transfer", source.project_id)
    transfer, key = offer(
        call.cloud,
        source,
        name=wish["name"],
        no_snapshots=wish.get("no_snapshots", False),
        encrypted=encrypted,
    )
    return {"transfer": {**transfer_view(transfer, call), "auth_key": key}}


@volume.get("/volume-transfers/<transfer>", policy=GET)
@volume.get("/os-volume-transfer/<transfer>", policy=GET)
def show_transfer(call: Call, transfer: Transfer) -> dict[str, Any]:
    return {"transfer": transfer_view(transfer, call)}


@volume.delete("/volume-transfers/<transfer>", policy="volume:delete_transfer", success=202)
@volume.delete("/os-volume-transfer/<transfer>", policy="volume:delete_transfer", success=202)
def delete_transfer(call: Call, transfer: Transfer) -> None:
    withdraw(call.cloud, transfer)


@volume.post(
    "/volume-transfers/<transfer_id>/accept",
    body=AcceptTransfer,
    policy="volume:accept_transfer",
    success=202,
)
@volume.post(
    "/os-volume-transfer/<transfer_id>/accept",
    body=AcceptTransfer,
    policy="volume:accept_transfer",
    success=202,
)
def accept_transfer(call: Call, transfer_id: str) -> dict[str, Any]:
    """Whoever has the key sees the offer."""
    transfer = call.cloud.store.find(Transfer, transfer_id)
    if transfer is None:
        raise TransferNotFound(id=transfer_id)
    key = str(call.body["accept"]["auth_key"])
    with told_plainly(TooManyGigabytes):
        domain.accept(call.cloud, transfer, key, project_id=call.project_id, user_id=call.user_id)
    return {"transfer": summary_view(transfer, call)}
