"""Ask a real Cinder what the scripts of `asked/volume` ask: `python -m tests.conformance.ask_cinder [--write] [topic ...]`

Python is that of an environment with Cinder.  Without `--write` the answers are compared with those of `observed/`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.conformance.ask import ROLES, ask, started
from tests.conformance.exchange import HERE, NAMES, Pause, Reply, Step

PATIENCE = 20  # seconds, for what is under way
UNDER_WAY = {
    "creating", "deleting", "downloading", "uploading", "extending", "retyping", "managing", "unmanaging",
    "backing-up", "restoring", "restoring-backup", "reverting", "updating", "maintenance",
}  # fmt: skip
MIGRATING = {"starting", "migrating", "completing"}
WATCHED = ("volumes", "snapshots", "backups", "groups", "group_snapshots")


class RealCinder:
    """`serve_cinder.py`: a cloud in one process, with names instead of tokens."""

    def __init__(self, url: str) -> None:
        self.root = url
        self._session = requests.Session()

    def begin(self) -> None:
        """A cloud without a past."""
        self._session.post(f"{self.root}/__oracle__/reset").raise_for_status()

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        url = self.root + (path[1:] if path.startswith("~") else "/v3" + path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if step.version:
            headers["OpenStack-API-Version"] = f"volume {step.version}"
        request = requests.Request(
            step.method, url, {**headers, **_who(step.user), **step.headers}, data=body
        )
        prepared = request.prepare()
        prepared.url = url  # as it is written, not as requests would quote it
        answer = self._session.send(prepared, allow_redirects=False)
        answer.encoding = "utf-8"
        return Reply(answer.status_code, answer.headers, answer.text)

    def rest(self, pause: Pause, server: str | None) -> None:
        if pause.status is not None:
            said = {**pause.of, "status": pause.status}
            self._session.post(f"{self.root}/__oracle__/status", json=said).raise_for_status()
            return
        time.sleep(pause.seconds)
        if pause.server is not None:
            self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way any more."""
        end = time.monotonic() + PATIENCE
        while moving := [one for collection in WATCHED for one in self._moving(collection)]:
            if time.monotonic() > end:
                sys.exit(f"this never ends: {json.dumps(moving)}")
            time.sleep(0.05)

    def _moving(self, collection: str) -> list[dict[str, Any]]:
        answer = self._session.get(
            f"{self.root}/v3/{collection}/detail?all_tenants=1",
            headers={**_who("admin"), "OpenStack-API-Version": "volume 3.71"},
        )
        answer.raise_for_status()
        return [
            one
            for one in answer.json()[collection]
            if one["status"] in UNDER_WAY or one.get("migration_status") in MIGRATING
        ]


def _who(user: str) -> dict[str, str]:
    project = NAMES["elsewhere" if user == "stranger" else "project"]
    return {"X-Auth-Token": f"{user}:{project}", "X-Roles": ROLES[user]}


@contextmanager
def serving() -> Iterator[RealCinder]:
    """A real Cinder on a free port of this machine, for a while."""
    with started(HERE / "serve_cinder.py", "--set", "host=storage") as url:
        yield RealCinder(url)


if __name__ == "__main__":
    sys.exit(bool(ask("volume", sys.argv[1:], serving())))
