"""The control API of a test's cloud."""

from typing import Any

import pytest

V1 = "/_fakecompute/v1"


class Control:
    """`control("POST", "/clock/advance", {"by": "30s"})`: what it answers, which must have the status."""

    def __init__(self, http: Any) -> None:
        self.http = http

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        answer = self.http.request(method, V1 + path, json=body, headers={"X-Auth-Token": None}, **more)
        assert answer.status_code == status, answer.text
        return answer.json

    def refused(self, method: str, path: str, body: Any = None, status: int = 400, **more: Any) -> Any:
        """The error, which says what to do."""
        error = self(method, path, body, status, **more)["error"]
        assert error["status"] == status
        assert error["hint"]
        return error


@pytest.fixture
def control(http):
    return Control(http)


@pytest.fixture
def boot_web(http):
    """The path of a server that is being built."""
    servers = "/compute/v2.1/servers"
    flavor = http.get("/compute/v2.1/flavors").json["flavors"][0]["id"]
    image = http.get("/image/v2/images").json["images"][0]["id"]
    body = {"server": {"name": "web", "flavorRef": flavor, "imageRef": image, "networks": "none"}}
    answer = http.post(servers, json=body, version="2.37")
    assert answer.status_code == 202, answer.text
    return f"{servers}/{answer.json['server']['id']}"
