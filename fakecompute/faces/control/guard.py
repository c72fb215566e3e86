"""Who may use the control API: on this machine anybody but a page of the web, beyond it who has the token."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fakecompute.faces.control.refusals import NoToken, StrangeHost

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


@dataclass(frozen=True)
class Guard:
    """`token` is what must be sent; None for a server that only this machine reaches.

    There a browser is the danger: a page of the web may point its own name at 127.0.0.1, or post a form there.  So
    without a token the names that were asked for (Host) and asked from (Origin) must be this machine's.
    """

    token: str | None = None

    def check(self, environ: WSGIEnvironment) -> None:
        """NoToken or StrangeHost for who may not."""
        if self.token is not None:
            self._check_token(environ)
            return
        host = environ.get("HTTP_HOST", "")
        if not is_loopback(_hostname(f"//{host}")):
            raise StrangeHost(header="Host", value=host)
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not is_loopback(_hostname(origin)):
            raise StrangeHost(header="Origin", value=origin)

    def _check_token(self, environ: WSGIEnvironment) -> None:
        assert self.token is not None
        scheme, _, sent = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if not sent:
            raise NoToken(reason="none was sent", headers={"WWW-Authenticate": "Bearer"})
        if scheme.lower() != "bearer" or not compare_digest(
            sent.strip().encode("latin-1"), self.token.encode()
        ):
            raise NoToken(reason="the one that was sent is another", headers={"WWW-Authenticate": "Bearer"})


def guard_for(host: str, token: str | None = None) -> Guard:
    """For a server that listens on `host`: beyond loopback a token is made where none is given."""
    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(18)
    return Guard(token)


def is_loopback(host: str) -> bool:
    """Is it a name of this machine that no other can take?"""
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
