"""What nouns have that can be shared by RBAC policies: who sees them, and what `shared` says to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.domain.network_sharing import is_external, is_shared
from fakecompute.domain.records.network import Network
from fakecompute.rest.call import Call
from fakecompute.rest.view import ABSENT


def own(call: Call, record: Any) -> bool:
    """What a caller sees of most nouns: those of the project, as a reader."""
    mine = record.project_id == call.context.project_id
    return call.is_admin or (mine and "reader" in call.context.roles and not call.context.barred)


def reads(call: Call, record: Any = None) -> bool:
    """May the caller look at what is there for all projects?"""
    return "reader" in call.context.roles and not call.context.barred


def serves(call: Call) -> bool:
    """Is it another service that asks?"""
    return "service" in call.context.roles and not call.context.barred


def open_to(call: Call, record: Any) -> bool:
    """What a caller sees of them: its own, and whatever its roles, those that policies open to the project."""
    if own(call, record) or call.context.barred:
        return own(call, record)
    mine, external = call.context.project_id, isinstance(record, Network)
    return is_shared(call.cloud, record, mine) or (external and is_external(call.cloud, record, mine))


def tags(sees: Callable[[Call, Any], bool]) -> Callable[[Any, Call], Any]:
    """The source of the attribute `tags` where services see more things than they see tags."""
    return lambda record, call: list(record.tags) if sees(call, record) else ABSENT


def shared(record: Any, call: Call) -> bool:
    """The source of the attribute `shared`: it depends on who asks."""
    return is_shared(call.cloud, record, call.context.project_id)
