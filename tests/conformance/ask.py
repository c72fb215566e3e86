"""Ask a real Nova: `python -m tests.conformance.ask URL [topic ...]` writes its answers to `observed/`.

URL is that of the harness's `serve_nova.py --set allow_resize_to_same_host=true`, freshly started.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import requests

from tests.conformance.exchange import NAMES, TOPICS, Pause, Reply, Step, converse, write

ROLES = {"demo": "reader,member", "reader": "reader", "other": "other", "stranger": "reader,member", "admin": "admin,member,reader"}


class RealNova:
    """The harness's server: a cloud in one process, with names instead of tokens."""

    def __init__(self, url: str) -> None:
        self.root = url.rstrip("/")
        self._session = requests.Session()

    def begin(self) -> None:
        """A cloud without a past."""
        self._session.post(f"{self.root}/__oracle__/reset").raise_for_status()

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        url = self.root + (path[1:] if path.startswith("~") else "/v2.1" + path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if step.version:
            headers["OpenStack-API-Version"] = f"compute {step.version}"
        request = requests.Request(step.method, url, {**headers, **_who(step.user), **step.headers}, data=body)
        prepared = request.prepare()
        prepared.url = url  # as it is written, not as requests would quote it
        answer = self._session.send(prepared, allow_redirects=False)
        answer.encoding = "utf-8"
        return Reply(answer.status_code, answer.headers, answer.text)

    def rest(self, pause: Pause, server: str | None) -> None:
        time.sleep(pause.seconds)
        while server is not None and self._moves(server):
            time.sleep(0.1)

    def _moves(self, server: str) -> bool:
        answer = self._session.get(f"{self.root}/v2.1/servers/{server}", headers=_who("admin"))
        if answer.status_code == 404:
            return False
        shown: dict[str, Any] = answer.json()["server"]
        return shown["OS-EXT-STS:task_state"] is not None or shown["status"] in ("BUILD", "DELETED")


def _who(user: str) -> dict[str, str]:
    project = NAMES["elsewhere" if user == "stranger" else "project"]
    return {"X-Auth-User": user, "X-Auth-Project-Id": project, "X-Roles": ROLES[user]}


def main() -> None:
    nova = RealNova(sys.argv[1])
    for topic in sys.argv[2:] or TOPICS:
        nova.begin()
        answers = [answer for _, answer in converse(topic, nova)]
        write(topic, answers)
        print(f"{topic}: {len(answers)} answers")


if __name__ == "__main__":
    main()
