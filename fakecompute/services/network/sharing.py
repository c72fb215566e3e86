"""What nouns have that can be shared by RBAC policies: who sees them, and what `shared` says to whom."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.network_sharing import is_open, is_shared
from fakecompute.rest.call import Call


def open_to(call: Call, record: Any) -> bool:
    """What a caller sees of them: those of the project, and those that policies open to it."""
    return call.is_admin or is_open(call.cloud, record, call.context.project_id)


def shared(record: Any, call: Call) -> bool:
    """The source of the attribute `shared`: it depends on who asks."""
    return is_shared(call.cloud, record, call.context.project_id)
