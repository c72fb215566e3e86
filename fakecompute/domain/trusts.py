"""Trusts: whether one still holds, what it is worth, and what goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import Role, User
from fakecompute.errors import Forbidden

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

MAX_REDELEGATION = 3  # [trust]max_redelegation_count


class NoRedelegation(Forbidden):
    """Keystone has several reasons, and tells none of them."""

    message = "You are not authorized to perform the requested action."


def living(cloud: Cloud, trust_id: str | None) -> Trust | None:
    """The trust, unless it is used up or over."""
    trust = cloud.store.find(Trust, trust_id)
    if trust is None or trust.remaining_uses == 0:
        return None
    return None if trust.expires_at is not None and cloud.now > trust.expires_at else trust


def pedigree(cloud: Cloud, trust: Trust) -> list[Trust]:
    """The trust, the one that it was made from, and so on to the first."""
    found = [trust]
    while (parent := cloud.store.find(Trust, found[-1].redelegated_trust_id)) is not None:
        found.append(parent)
    return found


def people(cloud: Cloud, trust: Trust) -> tuple[str, ...]:
    """All whose ids stand in a trust or in those that it came from: it ends with each of them."""
    chain = pedigree(cloud, trust)
    return tuple(dict.fromkeys(id for one in chain for id in (one.trustor_user_id, one.trustee_user_id)))


def is_sound(cloud: Cloud, trust: Trust) -> bool:
    """Are all those people there and enabled?"""
    users = [cloud.store.find(User, id) for id in people(cloud, trust)]
    return all(user is not None and user.enabled for user in users)


def delegated(cloud: Cloud, held: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """The names of the roles `wanted`, if the trustor still holds them all (ids); else none."""
    wanted = set(wanted)
    if not wanted <= set(held):
        return ()
    roles = (cloud.store.get(Role, id) for id in wanted)
    return tuple(sorted(role.name for role in roles if role.domain_id is None))


def check_redelegation(cloud: Cloud, parent: Trust, new: Trust) -> None:
    """May the trustee of a trust hand it on like this?"""
    over = new.expires_at is not None and parent.expires_at is not None and new.expires_at > parent.expires_at
    if (
        not 0 < parent.redelegation_count <= MAX_REDELEGATION
        or new.remaining_uses is not None
        or over
        or not set(new.roles) <= set(parent.roles)
        or (new.impersonation and not parent.impersonation)
    ):
        raise NoRedelegation


def consume(cloud: Cloud, trust: Trust) -> None:
    """A token was made with it."""
    if trust.remaining_uses is not None:
        cloud.store.put(trust.evolve(remaining_uses=trust.remaining_uses - 1))
