"""A JSON client without a socket, for tests that speak HTTP themselves.

    http = Http(cloud)
    http.get("/compute/v2.1/servers", version="2.26").json["servers"]
    http.as_("admin").delete(f"/compute/v2.1/flavors/{id}").status_code
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import Headers
from werkzeug.test import Client, EnvironBuilder

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Effect
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.identity import Project, Token, User
from fakecompute.kernel.clock import microseconds
from fakecompute.rest.version import HEADER
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import WIRE, bind
from fakecompute.wsgi.wire import in_process, lasts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Answer:
    """What came back.  `json` is None for a body that is empty or is no JSON."""

    status_code: int
    headers: Headers
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @cached_property
    def json(self) -> Any:
        return orjson.loads(self.content) if self.content and self.looks_like_json else None

    @property
    def unreadable(self) -> bool:
        """Is it said to be JSON, and is none?"""
        try:
            self.json  # noqa: B018  reads it
        except orjson.JSONDecodeError:
            return True
        return False

    @property
    def looks_like_json(self) -> bool:
        return (self.headers.get("Content-Type") or "").partition(";")[0].endswith("json")


class Http:
    """Calls to one cloud in the name of one user, whose token is made when first needed and when it has expired."""

    def __init__(
        self, cloud: Cloud, user: str = "demo", project: str | None = None, through: WSGIApplication | None = None
    ) -> None:
        self.cloud, self.user, self.project = cloud, user, project or first_project(cloud, user)
        self._through = through  # what is asked, where that is not the app alone
        self._app = bind(through or app(), cloud)
        self._client = Client(self._respond, use_cookies=False)
        self._wire: Effect | None = None  # what a fault does to the answer on its way
        self._token: Token | None = None

    def as_(self, user: str, project: str | None = None) -> Http:
        """The same cloud as another sees it; without a project, on the first one that the user has."""
        return Http(self.cloud, user, project, self._through)

    @property
    def token(self) -> Token:
        """That of the user; a new one in the place of one that has expired."""
        if self._token is None or self._token.expires_at <= self.cloud.clock.now():
            self.cloud.catch_up()
            self._token = token_for(self.cloud, self.user, self.project)
        return self._token

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        version: str | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """What came back; ConnectionError or Truncated if a fault of the wire let nothing, or not all, arrive.

        TimeoutError if that would have taken more than `timeout` seconds.

        `version` is Compute's ("2.26"), or names its service ("placement 1.39"); a header of None is not sent.
        """
        sent: dict[str, str | None] = {"X-Auth-Token": None if headers and "X-Auth-Token" in headers else self.token.id}
        if json is not None:
            content, sent["Content-Type"] = orjson.dumps(json), "application/json"
        if version is not None:
            sent[HEADER] = version if " " in version else f"compute {version}"
        sent.update(headers or {})
        kept = Headers({name: value for name, value in sent.items() if value is not None})
        builder = EnvironBuilder(method=method, path=path, query_string=params, data=content, headers=kept)
        response = self._client.open(builder)
        content = response.get_data()
        if self._wire is not None:
            content = in_process(self._wire, content)
            self._wait(lasts(self._wire, content), timeout)
        return Answer(response.status_code, response.headers, content)

    def _wait(self, amount: int, timeout: float | None) -> None:
        """For the end of a body that dribbles."""
        late = timeout is not None and amount > microseconds(timeout)
        if self.cloud.clock.virtual:
            self.cloud.clock.advance(microseconds(timeout or 0) if late else amount)
        if late:
            raise TimeoutError(f"not all of the answer came within {timeout:g} s")

    def _respond(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._app(environ, start_response)
        self._wire = environ.get(WIRE)
        return answer

    def get(self, path: str, **more: Any) -> Answer:
        return self.request("GET", path, **more)

    def head(self, path: str, **more: Any) -> Answer:
        return self.request("HEAD", path, **more)

    def post(self, path: str, **more: Any) -> Answer:
        return self.request("POST", path, **more)

    def put(self, path: str, **more: Any) -> Answer:
        return self.request("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Answer:
        return self.request("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        return self.request("DELETE", path, **more)


def first_project(cloud: Cloud, user: str) -> str:
    """The name of a user's default project; KeyError if there is no such user, or none for it."""
    found = cloud.store.one(User, "name", ("default", user))
    project = found and cloud.store.find(Project, found.default_project_id)
    if not project:
        raise KeyError(f"there is no user {user!r} with a project")
    return project.name
