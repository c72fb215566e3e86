"""How many examples a property is tried on: all of them in `make properties`, a quarter in `make test`."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("THOROUGH"))


def examples(count: int) -> int:
    return count if THOROUGH else count // 4
