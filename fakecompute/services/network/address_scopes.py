"""GET, POST, PUT, DELETE /address-scopes: where no address is there twice."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_pools import AddressScopeNotFound
from fakecompute.domain.network_sharing import forget, set_shared
from fakecompute.domain.records.network_pools import AddressScope, SubnetPool
from fakecompute.errors import BadRequest, Conflict
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute
from fakecompute.services.network.sharing import open_to, shared


class AddressScopeInUse(Conflict):
    message = (
        "Unable to complete operation on address scope {id}. There are one or more subnet pools in use on the"
        " address scope."
    )


class AddressScopeUpdateError(BadRequest):
    message = "Unable to update address scope {id} : {reason}."


# --- request schemas and response views ---------------------------------------------------------------

SCOPE = Noun(
    "address_scope",
    AddressScope,
    AddressScopeNotFound,
    attribute("id"),
    attribute("name", values.name, "cu", default=""),
    attribute("ip_version", values.one_of(4, 6, convert=values.integer()), "c", default=REQUIRED),
    attribute("shared", values.boolean, "cu", default=False, source=shared, guarded=True),
    standard="tenant_id project_id",
)


# --- handlers -----------------------------------------------------------------------------------------


def _create(call: Call, wish: dict[str, Any]) -> AddressScope:
    SCOPE.demand(call, "create", wish, wish["project_id"])
    fields = SCOPE.fields_of(wish, "shared")
    made = call.cloud.store.put(AddressScope(id=call.cloud.streams.uuid("address scope"), **fields))
    return set_shared(call.cloud, made, wish["shared"])  # type: ignore[no-any-return]


def _update(call: Call, scope: AddressScope, wish: dict[str, Any]) -> AddressScope:
    SCOPE.demand(call, "update", wish, scope.project_id)
    if scope.shared and wish.get("shared") is False:
        raise AddressScopeUpdateError(id=scope.id, reason="Shared address scope can't be unshared")
    changed = call.cloud.store.put(scope.evolve(**SCOPE.fields_of(wish, "shared")))
    return set_shared(call.cloud, changed, True) if wish.get("shared") else changed


def _remove(call: Call, scope: AddressScope) -> None:
    if call.cloud.store.count(SubnetPool, "scope", scope.id):
        raise AddressScopeInUse(id=scope.id)
    forget(call.cloud, scope.id)
    call.cloud.store.drop(scope)


Collection(SCOPE, "/address-scopes", create=_create, update=_update, remove=_remove, visible=open_to)
