"""Writes down whom a real Keystone lets do what: `python -m tests.conformance.ask_identity_roles http://HOST:PORT/v3`.

It wants a Keystone of defaults whose `admin` (password `secret`) has the role admin on the project admin.  What it
makes there stays there.  The answers are kept beside the test that reads them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.conformance.identity_roles import CALLERS, World, rows

ANSWERS = Path(__file__).parent.parent / "services/identity/roles_and_scopes.json"


def main() -> None:
    address = sys.argv[1]

    def ask(method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any, dict[str, str]]:
        headers = {"X-Auth-Token": token} if token else {}
        data = None if body is None else json.dumps(body).encode()
        headers |= {} if data is None else {"Content-Type": "application/json"}
        request = Request(address + path, data=data, headers=headers, method=method)
        try:
            answer: Any = urlopen(request, timeout=60)
        except HTTPError as refused:
            answer = refused
        text = answer.read().decode()
        try:
            shown = json.loads(text)
        except ValueError:
            shown = text
        return answer.status, shown, dict(answer.headers)

    world = World(ask, prefix=f"r{int(time()) % 100_000}-")
    answers = {}
    for row in rows():
        for place in row.places:
            answers[f"{row} of {place}"] = {caller: world.status(row, place, caller) for caller in CALLERS}
        print(row, file=sys.stderr)
    ANSWERS.write_text(json.dumps(_packed(answers), indent=1) + "\n")


def _packed(answers: dict[str, dict[str, int]]) -> dict[str, dict[str, str]]:
    """By status, who gets it: shorter to read."""
    packed: dict[str, dict[str, str]] = {}
    for asked, of in answers.items():
        packed[asked] = {}
        for caller, status in of.items():
            packed[asked][str(status)] = f"{packed[asked].get(str(status), '')} {caller}".strip()
    return packed


if __name__ == "__main__":
    main()
