"""/OS-REVOKE/events: which tokens were ended, for those who keep tokens."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.identity import RevokeEvent
from fakecompute.errors import BadRequest, Forbidden, Gone
from fakecompute.kernel.clock import moment as parse_moment
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Text
from fakecompute.rest.view import ABSENT, View, field, moment, zulu
from fakecompute.services.identity.members import Open
from fakecompute.services.identity.service import identity


class BadDate(BadRequest):
    message = "invalidate date format {since}"  # sic


class NoList(Forbidden):
    message = "You are not authorized to perform the requested action."


class NoCertificates(Gone):
    message = "This API is no longer available due to the removal of support for PKI tokens."


# --- request schemas ----------------------------------------------------------------------------------


class Since(Open):
    since = Text()


# --- response views -----------------------------------------------------------------------------------

event_detail = View(
    field("user_id", lambda event, call: event.user_id or ABSENT),
    field("audit_id", lambda event, call: event.audit_id or ABSENT),
    field("audit_chain_id", lambda event, call: event.audit_chain_id or ABSENT),
    field("issued_before", moment("revoked_at", zulu)),
    field("revoked_at", moment("revoked_at", zulu)),
)

# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/OS-REVOKE/events", query=Since, policy="identity:list_revoke_events")
def list_revoke_events(call: Call) -> dict[str, Any]:
    since = _moment(call.query.get("since"))
    events = sorted(call.cloud.store.all(RevokeEvent), key=lambda event: event.id)
    shown = event_detail.all([event for event in events if event.revoked_at >= since], call)
    return {"events": shown, "links": {"next": None, "self": f"{call.url}/OS-REVOKE/events", "previous": None}}


def _moment(since: str | None) -> int:
    try:
        return parse_moment(since) if since else 0
    except (ValueError, OverflowError):
        raise BadDate(since=since) from None


@identity.get("/auth/tokens/OS-PKI/revoked")
def list_revoked_tokens(call: Call) -> None:
    raise NoList


@identity.get("/OS-SIMPLE-CERT/ca", public=True)
def show_ca_certificate(call: Call) -> None:
    raise NoCertificates


@identity.get("/OS-SIMPLE-CERT/certificates", public=True)
def show_signing_certificate(call: Call) -> None:
    raise NoCertificates
