"""Receipts of POST /auth/tokens: what of several methods is done, for who goes on with the others."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.delegation import Receipt
from fakecompute.domain.records.identity import Domain
from fakecompute.domain.second_factor import issue_receipt, lacking
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.view import View, field, listed, moment, zulu
from fakecompute.services.identity.methods import Proof
from fakecompute.services.identity.service import unauthorized

HEADER = "Openstack-Auth-Receipt"

# --- response views -----------------------------------------------------------------------------------

receipt_detail = View(
    field("methods", listed("methods")),
    field("expires_at", moment("expires_at", zulu)),
    field("issued_at", moment("issued_at", zulu)),
)


# --- for the handler of tokens --------------------------------------------------------------------------


def with_receipt(call: Call, proof: Proof) -> Proof:
    """With the methods that a receipt of the request's headers tells; it must be the same user's."""
    id = call.header(HEADER)
    if not id:
        return proof
    receipt = call.cloud.store.find(Receipt, id)
    if receipt is None or receipt.expires_at <= call.cloud.now or receipt.user_id != proof.user.id:
        raise unauthorized(call)
    return proof._replace(methods=tuple(dict.fromkeys((*proof.methods, *receipt.methods))))


def receipt_for(call: Call, proof: Proof) -> Answer:
    """A 401 that is kept: what was right need not be told again."""
    user = proof.user
    receipt = issue_receipt(call.cloud, user, proof.methods)
    domain = call.cloud.store.get(Domain, user.domain_id)
    named = {"id": user.id, "name": user.name, "domain": {"id": domain.id, "name": domain.name}}
    body: dict[str, Any] = {
        "receipt": {**receipt_detail(receipt, call), "user": named},
        "required_auth_methods": lacking(call.cloud, user, proof.methods),
    }
    return Answer(401, body, {HEADER: receipt.id})
