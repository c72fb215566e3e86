"""Ask a real Glance who may do what: `python -m tests.conformance.ask_image_roles http://127.0.0.1:9292 [--write]`

It takes tokens of the form `user:project:role,role` (a filter in its pipeline puts them into the headers that
keystonemiddleware would set), has one file store, and the default policies.  Without `--write` the answers are
compared with those that the test expects.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import time
from typing import Any

import requests

from tests.conformance.image_roles import World, rows

EXPECTED = Path(__file__).parents[1] / "services" / "image" / "roles.json"


def main(url: str, write: bool = False) -> None:
    session = requests.Session()

    def ask(method: str, path: str, token: str, body: bytes | None, kind: str) -> tuple[int, Any]:
        headers = {"X-Auth-Token": token, **({"Content-Type": kind} if kind else {})}
        answer = session.request(method, f"{url}/v2{path}", data=body, headers=headers)
        told = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status_code, answer.json() if told and answer.content else None

    world = World(ask, f"roles{int(time())}")
    found = {str(row): world.answers(row) for row in rows()}
    if write:
        EXPECTED.write_text(json.dumps(found, indent=1) + "\n")
        return
    expected = json.loads(EXPECTED.read_text())
    for row, answers in found.items():
        if answers != expected.get(row):
            print(row, answers, "instead of", expected.get(row))


if __name__ == "__main__":
    main(sys.argv[1], "--write" in sys.argv)
