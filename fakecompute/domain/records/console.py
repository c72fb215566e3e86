"""What lets somebody into a server's console."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.kernel.store import Record


@dataclass(frozen=True, kw_only=True)
class ConsoleToken(Record):
    """The id is the token; the console's proxy asks Nova where it leads to."""

    indexes = {"server": lambda token: token.server_id}

    server_id: str
    console_type: str
    compute: str  # the server's host when it was given
    host: str  # where the hypervisor listens
    port: int
    tls_port: int | None = None
    internal_access_path: str | None = None
    expires_at: int = 0
