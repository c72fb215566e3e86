"""Clouds behind a socket: cheroot around the one app.

    with Server({"": Cloud()}) as server:
        requests.get(f"{server.url}/compute")
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self

from cheroot.wsgi import Gateway_10
from cheroot.wsgi import Server as Cheroot

from fakecompute.faces.control import FOLLOWING, Following, guard_for, tended, with_control
from fakecompute.faces.wire import REQUEST, damaged
from fakecompute.kernel.clock import SECOND, ScaledClock
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import CLOUD, DELAY, WIRE, bind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from fakecompute.cloud import Cloud

THREADS = 32  # answers that faults delay hold one each
KEPT_ALIVE = 512  # idle connections
IDLE = 75  # seconds until one is closed


class Gateway(Gateway_10):
    """Lets this face reach the connection that an answer goes to."""

    def get_environ(self) -> Any:
        environ: Any = super().get_environ()  # type: ignore[no-untyped-call]
        environ[REQUEST] = self.req
        return environ


class Server:
    """Serves clouds by name ("" is the one without a prefix) from threads of its own, from `start` to `stop`.

    OSError, in the words of the machine, if it may not listen there.  Port 0 is any free one.  The control API wants
    `control_token`; beyond the loopback interface it always wants one, which is made if none is given.
    """

    def __init__(
        self,
        clouds: Mapping[str, Cloud],
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        control_token: str | None = None,
    ) -> None:
        self.clouds = dict(clouds)
        for cloud in self.clouds.values():
            cloud.lock = threading.RLock()
            tended(cloud)  # from its beginning
        self._ending = threading.Event()
        self._following = Following(self._ending.wait)
        self._guard = guard_for(host, control_token)
        self._app = bind(with_control(app(), self._guard), self.clouds)
        self._cheroot = Cheroot(
            (host, port),
            self._respond,
            numthreads=THREADS,
            server_name="fakecompute",
            request_queue_size=128,
            timeout=IDLE,
            shutdown_timeout=2,
        )
        self._cheroot.gateway = Gateway
        self._cheroot.keep_alive_conn_limit = KEPT_ALIVE
        self._bound: Future[None] = Future()
        self._thread = threading.Thread(target=self._serve, name="fakecompute", daemon=True)

    @property
    def url(self) -> str:
        """Where clients of this machine find it."""
        host, port = self._cheroot.bind_addr[:2]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"

    @property
    def control_token(self) -> str | None:
        """What the control API wants to be sent; None where anybody may ask."""
        return self._guard.token

    def add(self, name: str, cloud: Cloud) -> str:
        """Serve one more, below `/clouds/NAME`; the address of that."""
        cloud.lock = threading.RLock()
        tended(cloud)
        self.clouds[name] = cloud
        return f"{self.url}/clouds/{name}"

    def remove(self, name: str) -> None:
        """Serve it no more."""
        self.clouds.pop(name, None)

    def start(self) -> Self:
        """Listen: when this returns, requests are answered."""
        self._thread.start()
        self._bound.result()
        return self

    def _serve(self) -> None:
        """In a daemon thread, for cheroot's own to be daemons too: a server that nobody stops holds up no exit."""
        try:
            self._cheroot.prepare()
        except BaseException as error:
            self._bound.set_exception(error)
            return
        self._bound.set_result(None)
        self._cheroot.serve()

    def stop(self) -> None:
        """Answer what is being asked, without any delay that a fault has put on it, and end."""
        self._ending.set()
        self._cheroot.stop()
        if self._thread.is_alive():
            self._thread.join(5)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[FOLLOWING] = self._following
        answer = self._app(environ, start_response)
        if delay := environ.get(DELAY):
            self._ending.wait(_seconds(environ[CLOUD], delay))
        if effect := environ.get(WIRE):
            return damaged(environ, effect, answer, self._ending.wait)
        return answer


def _seconds(cloud: Any, delay: int) -> float:
    """How long a delay of the cloud's is on the machine's clock; virtual clocks have gone on already."""
    if cloud.clock.virtual:
        return 0.0
    rate = cloud.clock.rate if isinstance(cloud.clock, ScaledClock) else 1.0
    return float(delay / SECOND / rate)
