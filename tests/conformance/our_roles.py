"""Our side of a matrix of roles: a cloud that is made as it was whenever a caller has changed it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from fakecompute.cloud import Cloud
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.identity import Token
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import bind
from tests.conformance.callers import CALLERS, who

DAY = 86_400_000_000


class Ours:
    """One service of the cloud; `headers` go with each request."""

    def __init__(self, address: str, headers: dict[str, str] | None = None) -> None:
        self._cloud, self._address = Cloud(), address
        self._app = bind(app(), self._cloud)
        self._environ = EnvironBuilder(headers=Headers(headers or {}), content_type="application/json").get_environ()
        for caller in CALLERS:
            self._sign_in(caller)
        self._kept = self._cloud.fork()

    @property
    def hosts(self) -> tuple[str, str]:
        first, second, *_ = sorted(host.name for host in self._cloud.store.all(Host))
        return first, second

    def _sign_in(self, caller: str) -> None:
        """Each caller's name is its token."""
        if caller == "nobody":
            return
        user, roles, project, domain, system = who(caller)
        self._cloud.store.put(
            Token(
                id=caller, user_id=user, user_name=user, user_domain_id="default", roles=roles, methods=("password",),
                issued_at=self._cloud.now, expires_at=self._cloud.now + DAY, audit_ids=(caller,),
                project_id=project, project_name=project or "", project_domain_id="default" if project else "",
                domain_id=domain, system=system,
            )
        )  # fmt: skip

    def keep(self) -> None:
        self._kept = self._cloud.fork()

    def restore(self) -> None:
        self._cloud.become(self._kept)

    def ask(self, method: str, path: str, caller: str, body: Any = None) -> tuple[int, Any]:
        """Without a client: there are thousands of questions."""
        place, _, query = path.partition("?")
        sent = b"" if body is None else orjson.dumps(body)
        environ = {
            **self._environ, "REQUEST_METHOD": method, "PATH_INFO": self._address + place, "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(sent)), "wsgi.input": BytesIO(sent), "HTTP_X_AUTH_TOKEN": caller,
        }  # fmt: skip
        told = []
        answer = b"".join(self._app(environ, lambda status, headers, *wrong: told.append(status)))
        return int(told[0][:3]), orjson.loads(answer) if answer.startswith(b"{") else None
