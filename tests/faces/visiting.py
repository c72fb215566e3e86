"""A client that is no more than what a test of servers needs."""

from __future__ import annotations

from typing import Any

import requests

LOGIN: dict[str, Any] = {
    "auth": {
        "identity": {
            "methods": ["password"],
            "password": {"user": {"name": "demo", "domain": {"id": "default"}, "password": "secret"}},
        },
        "scope": {"project": {"name": "demo", "domain": {"id": "default"}}},
    }
}


class Visitor:
    """Somebody who has logged in as demo."""

    def __init__(self, url: str) -> None:
        self.url, self.session = url, requests.Session()
        self.session.trust_env = False
        answer = self.session.post(f"{url}/identity/v3/auth/tokens", json=LOGIN, timeout=10)
        self.session.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def get(self, path: str) -> Any:
        answer = self.session.get(self.url + path, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        version = {"OpenStack-API-Version": "compute 2.37"}
        answer = self.session.post(self.url + path, json=body, timeout=10, headers=version)
        answer.raise_for_status()
        return answer.json()

    def make_keypair(self, name: str) -> None:
        """Something that is there at once."""
        self.post("/compute/v2.1/os-keypairs", keypair={"name": name, "public_key": KEY, "type": "ssh"})

    def keypairs(self) -> list[str]:
        return [one["keypair"]["name"] for one in self.get("/compute/v2.1/os-keypairs")["keypairs"]]

    def boot(self, name: str) -> str:
        image = self.get("/image/v2/images")["images"][0]["id"]
        server = {"name": name, "flavorRef": "2", "imageRef": image, "networks": "auto"}
        return str(self.post("/compute/v2.1/servers", server=server)["server"]["id"])


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4NMWh7LwO8Ys2lA9gqJm6gqv2fYQ0GxvJDVlJZrT1l"
