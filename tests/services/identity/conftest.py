"""What the tests of Keystone share: an admin, logins of any kind, and things made in a line."""

from __future__ import annotations

from typing import Any

import pytest

from fakecompute.domain.records.identity import Role

V3 = "/identity/v3"


class Keystone:
    """Keystone as somebody sees it, with the paths below /v3: `keystone.make("group", name="g")` is its id."""

    def __init__(self, http: Any, token: str | None = None) -> None:
        self.http, self.token = http, token

    def __getattr__(self, method: str) -> Any:
        headers = {} if self.token is None else {"X-Auth-Token": self.token}

        def ask(path: str, json: Any = None) -> Any:
            return self.http.request(method.upper(), f"{V3}{path}", json=json, headers=headers)

        return ask

    def make(self, kind: str, **wish: Any) -> str:
        answer = self.post(f"/{kind}s", {kind: wish})
        assert answer.status_code == 201, answer.json
        return str(answer.json[kind]["id"])

    def login(self, user_id: str, password: str = "pw", **scope: Any) -> Any:
        """The answer to somebody's login; `project="ID"`, `domain="ID"`, `system=True`."""
        auth: dict[str, Any] = {
            "identity": {"methods": ["password"], "password": {"user": {"id": user_id, "password": password}}}
        }
        for kind, wanted in scope.items():
            auth["scope"] = {kind: {"all": True} if kind == "system" else {"id": wanted}}
        return self.http.post(f"{V3}/auth/tokens", json={"auth": auth}, headers={"X-Auth-Token": None})

    def as_(self, user_id: str, **scope: Any) -> Keystone:
        answer = self.login(user_id, **scope)
        assert answer.status_code == 201, answer.json
        return Keystone(self.http, answer.headers["X-Subject-Token"])

    def roles(self) -> list[str]:
        """The names of those that the own token has by now; None if it is no longer good."""
        headers = {"X-Auth-Token": self.token, "X-Subject-Token": self.token}
        answer = self.http.get(f"{V3}/auth/tokens", headers=headers)
        if answer.status_code != 200:
            return []
        return sorted(role["name"] for role in answer.json["token"]["roles"])

    def names(self, path: str) -> list[str]:
        """Of what a list shows."""
        (found,) = (value for value in self.get(path).json.values() if isinstance(value, list))
        return [one["name"] for one in found]


def message(answer: Any) -> str:
    return str(answer.json["error"]["message"])


@pytest.fixture
def keystone(http) -> Keystone:
    """As the admin of the project admin."""
    return Keystone(http.as_("admin"))


@pytest.fixture
def role(cloud) -> dict[str, str]:
    """The ids of the roles, by name."""
    return {role.name: role.id for role in cloud.store.all(Role)}
