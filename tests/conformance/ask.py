"""Ask a real Nova what the scripts ask: `CONFORMANCE=... python -m tests.conformance.ask [--write] [topic ...]`

Python is that of an environment with Nova.  Without `--write` the answers are compared with those of `observed/`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import requests

from tests.conformance.exchange import (
    HERE,
    NAMES,
    TOPICS,
    Pause,
    Reply,
    Side,
    Step,
    converse,
    essence,
    observed,
    service_of,
    write,
)

ROLES = {
    "demo": "reader,member",
    "reader": "reader",
    "other": "other",
    "stranger": "reader,member",
    "admin": "admin,member,reader",
}
LIKE_OURS = ("--computes", "fake-mini", "--set", "allow_resize_to_same_host=true")  # the cloud of cloud.yaml


class Real(Side, Protocol):
    """A real service, that can begin again."""

    def begin(self) -> None: ...


class RealNova:
    """The harness's server: a cloud in one process, with names instead of tokens."""

    def __init__(self, url: str) -> None:
        self.root = url
        self._session = requests.Session()

    def begin(self) -> None:
        """A cloud without a past."""
        self._session.post(f"{self.root}/__oracle__/reset").raise_for_status()

    def ask(self, step: Step, path: str, body: bytes | None) -> Reply:
        url = self.root + (path[1:] if path.startswith("~") else "/v2.1" + path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if step.version:
            headers["OpenStack-API-Version"] = f"compute {step.version}"
        request = requests.Request(
            step.method, url, {**headers, **_who(step.user), **step.headers}, data=body
        )
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


@contextmanager
def serving(harness: str) -> Iterator[RealNova]:
    """A real Nova on a free port of this machine, for a while."""
    with started(HERE / "serve.py", f"{harness}/nova/serve_nova.py", *LIKE_OURS) as url:
        yield RealNova(url)


@contextmanager
def started(*script: str | Path) -> Iterator[str]:
    """Where a script serves that takes a port, and says one line when it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (sys.executable, *map(str, script), "--port", str(port))
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/")
    try:
        assert server.stdout is not None
        if not server.stdout.readline():
            sys.exit(f"it does not start: {' '.join(command)}")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def compared(topic: str, asked: list[tuple[Step, dict[str, Any]]]) -> int:
    """How many answers are not what they were; each is printed."""
    different = 0
    for (step, answer), before in zip(asked, observed(topic), strict=True):
        if essence(answer, step) != essence(before, step):
            different += 1
            print(f"{topic}: {step.title}\n    was {before}\n    is  {answer}")
    return different


def ask(service: str, words: list[str], serving: AbstractContextManager[Real]) -> int:
    """Ask the topics of a service that `words` name, or all; how many answers are not as they were."""
    mine = [topic for topic in TOPICS if service_of(topic).name == service]
    topics = [word for word in words if word != "--write"] or mine
    different = asked = 0
    with serving as real:
        for topic in topics:
            real.begin()
            answers = list(converse(topic, real))
            asked += len(answers)
            if "--write" in words:
                write(topic, [answer for _, answer in answers])
            else:
                different += compared(topic, answers)
    print(f"{asked} answers of {service}, {different} not as observed")
    return different


if __name__ == "__main__":
    sys.exit(bool(ask("compute", sys.argv[1:], serving(os.environ["CONFORMANCE"]))))
