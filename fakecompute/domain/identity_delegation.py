"""What goes with a user or project, or with a trust, of all that was made to act for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.catalog import drop_project_endpoints
from fakecompute.domain.records.delegation import AccessRule, Credential, Receipt, Trust
from fakecompute.domain.records.identity import Token
from fakecompute.domain.records.unified_limits import Limit

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


def drop_trust(cloud: Cloud, trust: Trust) -> None:
    """With the trusts that were made from it, and the tokens."""
    for child in cloud.store.by(Trust, "parent", trust.id):
        drop_trust(cloud, child)
    for token in cloud.store.by(Token, "trust", trust.id):
        cloud.store.drop(token)
    cloud.store.drop(trust)


def forget_user(cloud: Cloud, user_id: str) -> None:
    """The trusts, credentials and access rules of a user who is gone; application credentials must be by now."""
    for index in "trustor", "trustee":
        for trust in cloud.store.by(Trust, index, user_id):
            if cloud.store.find(Trust, trust.id) is not None:  # it may have gone with its parent
                drop_trust(cloud, trust)
    for kind in Credential, AccessRule, Receipt:
        for record in cloud.store.by(kind, "user", user_id):
            cloud.store.drop(record)


def forget_project(cloud: Cloud, project_id: str) -> None:
    """The trusts, credentials, limits and chosen endpoints of a project that is gone."""
    for trust in cloud.store.by(Trust, "project", project_id):
        if cloud.store.find(Trust, trust.id) is not None:
            drop_trust(cloud, trust)
    for credential in cloud.store.by(Credential, "project", project_id):
        cloud.store.drop(credential)
    for limit in cloud.store.by(Limit, "project", project_id):
        cloud.store.drop(limit)
    drop_project_endpoints(cloud, project_id)
