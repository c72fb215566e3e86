"""A volume of demo's, and what one does to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.wsgi.client import Answer, Http
from tests.domain.volume.making import fresh, volume


@pytest.fixture
def mine(cloud: Cloud) -> Volume:
    """On the first back end."""
    kind = cloud.store.one(VolumeType, "name", "__DEFAULT__")
    made = volume(cloud, description="d", volume_type_id=kind and kind.id)
    return cloud.store.put(made.evolve(host="storage@lvm-1#lvm-1"))


@pytest.fixture
def admin(http: Http) -> Http:
    return http.as_("admin")


@pytest.fixture
def act(http: Http, mine: Volume) -> Callable[..., tuple[int, Any]]:
    """Status and body of an action, of refusals the message."""

    def send(key: str, wish: Any = None, version: str = "3.71", who: Http = http, **headers: str) -> Any:
        path = f"/volume/v3/volumes/{mine.id}/action"
        return told(who.post(path, json={key: wish}, version=f"volume {version}", headers=headers))

    return send


@pytest.fixture
def reader(cloud: Cloud) -> dict[str, str]:
    """The headers of somebody in the project who may only look."""
    token = token_for(cloud, "demo", "demo")
    return {"X-Auth-Token": cloud.store.put(token.evolve(id="reader", roles=frozenset({"reader"}))).id}


def told(answer: Answer) -> tuple[int, Any]:
    if answer.status_code < 400:
        return answer.status_code, answer.json
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.fixture
def become(cloud: Cloud, mine: Volume) -> Callable[..., Volume]:
    """The volume in another state, however it came there."""

    def change(**fields: Any) -> Volume:
        changed: Volume = cloud.store.put(fresh(cloud, mine).evolve(**fields))
        return changed

    return change
