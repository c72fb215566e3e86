"""`host` or `cluster`, where either names a place: of migrations, and of what back ends hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call


class NoPlace(BadRequest):
    message = "Invalid input received: {reason}"


def host_or_cluster(call: Call, told: Mapping[str, Any], since: str) -> tuple[str | None, str | None]:
    """One of them; until `since` a cluster is passed over."""
    # cinder/api/common.py: get_cluster_host
    known = call.since(since)
    host, cluster = told.get("host") or None, (told.get("cluster") or None) if known else None
    if (host is None) == (cluster is None):
        raise NoPlace(reason="One and only one of cluster and host must be set." if known else "Host field is missing.")
    return host, cluster
