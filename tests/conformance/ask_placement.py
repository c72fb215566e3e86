"""Ask a real Placement what the scripts of `asked/placement` ask.

`python -m tests.conformance.ask_placement [--write] [topic ...]`, in an environment with Placement (and cheroot).
Without `--write` the answers are compared with those of `observed/`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from tests.conformance.ask import ROLES, ask, started
from tests.conformance.exchange import HERE, NAMES, Pause, Reply, Step


class RealPlacement:
    """`serve_placement.py`: one process, with names instead of tokens."""

    def __init__(self, url: str) -> None:
        self.root = f"{url}/placement"
        self._url = url
        self._session = requests.Session()

    def begin(self) -> None:
        """Nothing has been asked of it yet."""
        self._session.post(f"{self._url}/__oracle__/reset").raise_for_status()

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if step.version:
            headers["OpenStack-API-Version"] = f"placement {step.version}"
        url = self.root + path
        project = NAMES["elsewhere" if step.user == "stranger" else "project"]
        who = {"X-Auth-Token": f"{step.user}:{project}", "X-Roles": {**ROLES, "service": "service"}[step.user]}
        prepared = requests.Request(step.method, url, {**headers, **who, **step.headers}, data=body).prepare()
        prepared.url = url  # as it is written, not as requests would quote it
        answer = self._session.send(prepared, allow_redirects=False)
        answer.encoding = "utf-8"
        return Reply(answer.status_code, answer.headers, answer.text)

    def rest(self, pause: Pause, server: str | None) -> None:
        """It does everything at once."""


@contextmanager
def serving() -> Iterator[RealPlacement]:
    """A real Placement on a free port of this machine, for a while."""
    with started(HERE / "serve_placement.py") as url:
        yield RealPlacement(url)


if __name__ == "__main__":
    sys.exit(bool(ask("placement", sys.argv[1:], serving())))
