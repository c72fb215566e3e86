"""Which host a server goes to: what Placement has room for, then filters, then weighers.

    request = request_for(cloud, server, zone="north")
    host = select_host(cloud, request)
    claim(cloud, server.id, host, server.flavor, server.project_id, server.user_id)

What is taken stands in the totals of `Allocation`, which Placement shows; there is no second book.
"""

from __future__ import annotations

from fakecompute.domain.scheduler.candidates import NoValidHost
from fakecompute.domain.scheduler.choice import check_stays, select_host
from fakecompute.domain.scheduler.ledger import claim, free, give_back, room_for
from fakecompute.domain.scheduler.request import Request, request_for

__all__ = [
    "NoValidHost", "Request", "check_stays", "claim", "free", "give_back", "request_for", "room_for", "select_host",
]  # fmt: skip
