"""Write down whom a real Placement lets do what: `python -m tests.conformance.ask_placement_roles [--write]`

in an environment with Placement.  Without `--write` its answers are compared with those that are written.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

import webob
from placement import auth

from tests.conformance.callers import Matrix, compare, who, write
from tests.conformance.placement_roles import VERSION, rows, world
from tests.conformance.serve_placement import placement

ANSWERS = Path(__file__).parents[1] / "services/placement/roles.json"


class Told(auth.Middleware):  # type: ignore[misc]
    """In the place of keystonemiddleware: who asks is in the headers already."""

    @webob.dec.wsgify
    def __call__(self, request: webob.Request) -> Any:
        known = "HTTP_X_USER_ID" in request.environ or request.path_info == "/"
        return self.application if known else webob.exc.HTTPUnauthorized()


class RealPlacement:
    def __init__(self, folder: str) -> None:
        auth.NoAuthMiddleware = Told
        self._application, self._file = placement(folder), f"{folder}/placement.db"
        self._kept = sqlite3.connect(":memory:")

    def keep(self) -> None:
        """What `restore` goes back to."""
        with sqlite3.connect(self._file) as file:
            file.backup(self._kept)

    def restore(self) -> None:
        with sqlite3.connect(self._file) as file:
            self._kept.backup(file)

    def ask(self, method: str, path: str, caller: str, body: Any = None) -> tuple[int, Any]:
        headers = VERSION | ({} if caller == "nobody" else who(caller).headers())
        request = webob.Request.blank(path, method=method, headers=headers)
        if body is not None:
            request.content_type, request.body = "application/json", json.dumps(body).encode()
        answer = request.get_response(self._application)
        return answer.status_code, json.loads(answer.body) if answer.body.startswith(b"{") else None


def main(*words: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        placement = RealPlacement(folder)
        names = world(placement.ask)
        placement.keep()
        matrix = Matrix(placement.ask, placement.restore, names)
        table = {row: matrix.answers(row) for row in rows()}
    (write if "--write" in words else compare)(table, ANSWERS)


if __name__ == "__main__":
    main(*sys.argv[1:])
