"""`requests` without a socket: an adapter that calls the app in the same process.

    session = requests.Session()
    session.mount(ADDRESS, InProcess(cloud))
    session.get(f"{ADDRESS}/compute")
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from openstack.config.cloud_region import from_session
from openstack.connection import Connection
from requests import PreparedRequest, Response
from requests import Session as Transport
from requests.adapters import BaseAdapter
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from requests.exceptions import ConnectionError as Unreachable
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3.exceptions import IncompleteRead, ProtocolError

from fakecompute.domain.faults import Effect
from fakecompute.faces.control import with_control
from fakecompute.faces.environment import REGION, logins
from fakecompute.kernel.clock import SECOND
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import CLOUD, DELAY, WIRE, bind
from fakecompute.wsgi.wire import Truncated, in_process, lasts

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

    from fakecompute.cloud import Cloud

ADDRESS = "http://fakecompute.test"  # .test is nobody's (RFC 6761)


class InProcess(BaseAdapter):
    """Answers for any address; a fault's delay that is longer than the client's timeout is a timeout."""

    def __init__(self, clouds: Cloud | Mapping[str, Cloud]) -> None:
        super().__init__()
        self._app = bind(with_control(app()), clouds)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        environ = _environ(request)
        status, headers, content = _run(self._app, environ)
        if effect := environ.get(WIRE):
            content = _arrived(effect, content, request)
            clock = environ[CLOUD].clock
            if clock.virtual:
                clock.advance(lasts(effect, content))
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        if patience is not None and environ.get(DELAY, 0) > patience * SECOND:
            raise ReadTimeout(f"no answer within {patience} s", request=request)
        response = Response()
        response.request = request
        response.url = request.url or ""
        response.status_code = int(status.partition(" ")[0])
        response.reason = status.partition(" ")[2]
        response.headers = CaseInsensitiveDict(headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw = BytesIO(content)
        if not stream:
            response.content  # noqa: B018  reads it
        return response

    def close(self) -> None:
        """There is nothing to close."""


def _arrived(effect: Effect, content: bytes, request: PreparedRequest) -> bytes:
    """What a damaged answer is to `requests`: other bytes, or the exception that a socket would end in."""
    try:
        return in_process(effect, content)
    except Truncated as error:
        broken = IncompleteRead(len(error.partial), error.missing)
        raise ChunkedEncodingError(ProtocolError(f"Connection broken: {broken!r}", broken), request=request) from None
    except OSError as error:
        raise Unreachable(ProtocolError("Connection aborted.", error), request=request) from None


def _run(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body; the app leaves its marks in the environ."""
    said: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], error: object = None) -> Any:
        said[:] = status, headers

    chunks = app(environ, start_response)
    try:
        content = b"".join(chunks)
    finally:
        getattr(chunks, "close", bool)()
    return said[0], said[1], content


def _environ(request: PreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url or "")
    body = _bytes(request.body)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING", "HOST"):
            environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = (
                value.decode("latin-1") if isinstance(value, bytes) else value
            )
    return environ


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


def connect(cloud: Cloud, user: str = "demo", project: str | None = None) -> Connection:
    """An openstacksdk connection to a cloud in the same process; KeyError if there is no such user."""
    login = logins(cloud, ADDRESS)
    if user not in login:
        raise KeyError(f"there is no user {user!r} with a project; there are {', '.join(login)}")
    auth: dict[str, Any] = login[user].auth() | ({"project_name": project} if project else {})
    transport = Transport()
    transport.trust_env = False  # no proxies, no .netrc
    transport.mount(ADDRESS, InProcess(cloud))
    session = Session(Password(**auth), session=transport)
    return Connection(config=from_session(session, "fakecompute", region_name=REGION, auth=auth))
