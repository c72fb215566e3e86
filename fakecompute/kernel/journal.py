"""The journal: what was asked of a cloud and what it answered, one JSON line a call.

A by-product of the requests, not the source of truth.  Secrets are scrubbed before they are written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TextIO

import orjson

SCRUBBED = "***"
SECRETS = frozenset(
    {"password", "adminpass", "secret", "private_key", "original_password", "user_data", "passcode", "auth_key"}
)


def scrub(value: Any) -> Any:
    """The same, with every secret replaced by `***`."""
    if isinstance(value, Mapping):
        return {key: _hide(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [scrub(item) for item in value]
    return value


def _hide(key: str, value: Any) -> Any:
    return SCRUBBED if key.lower() in SECRETS and isinstance(value, str) else scrub(value)


class Journal:
    """Lines in memory, and in a file if there is one."""

    def __init__(self, file: TextIO | None = None, **header: Any) -> None:
        self.lines: list[bytes] = []
        self._file = file
        self.write(header)

    def write(self, line: Mapping[str, Any]) -> None:
        text = orjson.dumps(scrub(line), option=orjson.OPT_SORT_KEYS)
        if self._file is None:
            self.lines.append(text)
        else:  # a server's journal may grow past memory
            self._file.write(text.decode() + "\n")
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
