"""A client of the control API, for `fakecompute ctl`: the standard library is all it needs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

API = "/_fakecompute/v1"
YAML = "application/yaml"


class Refused(Exception):
    """What the server says no to: `lines` are for people."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


class Unreachable(Refused):
    """Nobody answers, or somebody else."""


class Remote:
    """The control API of one cloud behind an address."""

    def __init__(self, url: str, cloud: str | None = None, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._base = self.url + (f"/clouds/{quote(cloud)}" if cloud else "") + API
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._opener = build_opener(ProxyHandler({}))  # a proxy has no business here

    def ask(
        self,
        method: str,
        *path: str,
        body: Any = None,
        content: bytes | None = None,
        content_type: str = "",
        fields: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Any:
        """What is answered, read from JSON; None for nothing, bytes where it is none.  Refused, or Unreachable."""
        if body is not None:
            content, content_type = json.dumps(body).encode(), "application/json"
        with self._open(method, path, content, content_type, {**query, **(fields or {})}) as answer:
            raw: bytes = answer.read()
            is_json = answer.headers.get_content_type() == "application/json"
        return json.loads(raw) if raw and is_json else raw or None

    def follow(self, *path: str, **query: Any) -> Iterator[Any]:
        """What server-sent events tell, one after the other, until the server ends them."""
        with self._open("GET", (*path, "follow"), None, "", query) as answer:
            number, name = 0, ""
            for line in answer:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "id":
                    number = int(value)
                elif key == "event":
                    name = value
                elif key == "data":
                    if name == "end":
                        raise Refused(json.loads(value)["message"])
                    yield number, json.loads(value)

    def _open(
        self, method: str, path: tuple[str, ...], content: bytes | None, kind: str, query: dict[str, Any]
    ) -> Any:
        told = urlencode({key: value for key, value in query.items() if value is not None}, doseq=True)
        address = (
            self._base + "".join(f"/{quote(part, safe='')}" for part in path) + (f"?{told}" if told else "")
        )
        headers = {**self._headers, **({"Content-Type": kind} if kind else {})}
        try:
            return self._opener.open(Request(address, content, headers, method=method))
        except HTTPError as error:
            raise self._refused(error) from None
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise self._unreachable(getattr(error, "reason", error)) from None

    def _refused(self, error: HTTPError) -> Refused:
        try:
            told = json.loads(error.read())["error"]
            return Refused(told["message"], *(f"  {one}" for one in told.get("mistakes", ())), told["hint"])
        except (ValueError, KeyError, TypeError):
            return Unreachable(f"{self.url} answers {error.code}: is it a fakecompute?")

    def _unreachable(self, reason: object) -> Unreachable:
        return Unreachable(
            f"No fakecompute answers at {self.url}: {reason}",
            "Start one with `fakecompute serve`, or say where it is: --url, or FAKECOMPUTE_URL.",
        )
