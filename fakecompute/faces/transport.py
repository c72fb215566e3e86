"""`requests` without a socket: an adapter that calls the app in the same process.

    session = requests.Session()
    session.mount(ADDRESS, InProcess(cloud))
    session.get(f"{ADDRESS}/compute")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from requests import PreparedRequest, Response
from requests import Session as Transport
from requests.adapters import BaseAdapter
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from requests.exceptions import ConnectionError as Unreachable
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3.exceptions import IncompleteRead, ProtocolError

from fakecompute.faces.environment import REGION, logins
from fakecompute.faces.in_process import ADDRESS, Clouds, Reply
from fakecompute.wsgi.wire import Truncated

if TYPE_CHECKING:
    from keystoneauth1.session import Session
    from openstack.connection import Connection

    from fakecompute.cloud import Cloud

__all__ = ["ADDRESS", "InProcess", "connect", "session"]


class InProcess(BaseAdapter):
    """Answers for any address; a fault's delay that is longer than the client's timeout is a timeout."""

    def __init__(self, clouds: Cloud | Mapping[str, Cloud]) -> None:
        super().__init__()
        self._clouds = Clouds(clouds)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        return answer(self._clouds, request, stream=stream, timeout=timeout)

    def close(self) -> None:
        """There is nothing to close."""


def answer(clouds: Clouds, request: PreparedRequest, *, stream: bool = False, timeout: Any = None) -> Response:
    """What a cloud answers, as `requests` has it; exceptions are those that a socket would end in."""
    patience = timeout[1] if isinstance(timeout, tuple) else timeout
    headers = (
        (name, value.decode("latin-1") if isinstance(value, bytes) else value)
        for name, value in request.headers.items()
    )
    try:
        reply = clouds.ask(request.method or "GET", request.url or "", headers, _bytes(request.body), patience)
    except Truncated as error:
        broken = IncompleteRead(len(error.partial), error.missing)
        raise ChunkedEncodingError(ProtocolError(f"Connection broken: {broken!r}", broken), request=request) from None
    except TimeoutError as error:
        raise ReadTimeout(str(error), request=request) from None
    except OSError as error:
        raise Unreachable(ProtocolError("Connection aborted.", error), request=request) from None
    response = _response(reply, request)
    if not stream:
        response.content  # noqa: B018  reads it
    return response


def _response(reply: Reply, request: PreparedRequest) -> Response:
    response = Response()
    response.request = request
    response.url = request.url or ""
    response.status_code, response.reason = reply.status, reply.reason
    response.headers = CaseInsensitiveDict(reply.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.raw = BytesIO(reply.content)
    return response


def _bytes(body: Any) -> bytes:
    """What a request carries: text, bytes, a file or the pieces of an upload."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(_pieces(body))


def _pieces(body: Iterable[str | bytes]) -> Iterable[bytes]:
    return (piece.encode() if isinstance(piece, str) else piece for piece in body)


def session(cloud: Cloud, user: str = "demo", project: str | None = None) -> Session:
    """A session of keystoneauth with a cloud in the same process; KeyError if there is no such user."""
    return _session(cloud, _auth(cloud, user, project))


def connect(cloud: Cloud, user: str = "demo", project: str | None = None) -> Connection:
    """An openstacksdk connection to a cloud in the same process; KeyError if there is no such user."""
    from openstack.config.cloud_region import from_session
    from openstack.connection import Connection

    auth = _auth(cloud, user, project)
    return Connection(config=from_session(_session(cloud, auth), "fakecompute", region_name=REGION, auth=auth))


def _auth(cloud: Cloud, user: str, project: str | None) -> dict[str, Any]:
    login = logins(cloud, ADDRESS)
    if user not in login:
        raise KeyError(f"there is no user {user!r} with a project; there are {', '.join(login)}")
    return login[user].auth() | ({"project_name": project} if project else {})


def _session(cloud: Cloud, auth: dict[str, Any]) -> Session:
    from keystoneauth1.identity.v3 import Password
    from keystoneauth1.session import Session

    transport = Transport()
    transport.trust_env = False  # no proxies, no .netrc
    transport.mount(ADDRESS, InProcess(cloud))
    return Session(Password(**auth), session=transport)
