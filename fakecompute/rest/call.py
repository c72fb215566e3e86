"""The one object that a handler gets: who calls, what, on which cloud, in which version."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from fakecompute.errors import FakeError
from fakecompute.rest.policy import Context, allows
from fakecompute.rest.version import FIRST, Version

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud
    from fakecompute.rest.routes import Endpoint, Routes


@dataclass
class Call:
    """One request, decoded.  Built in `wsgi/pipeline.py`, or by a test that calls a handler.

    `body` and `query` are what the endpoint's schemas made of them; `query_pairs` is the query as it was sent.
    `base` is the address of the cloud (scheme, host, `/clouds/<name>`); `url` of this service, `root` without version.
    """

    cloud: Cloud
    context: Context
    service: Routes
    endpoint: Endpoint | None = None
    version: Version = FIRST
    negotiated: bool = False  # does the answer tell the version?
    modern: bool = True  # ... in the header of today?
    params: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    query_pairs: list[tuple[str, str]] = field(default_factory=list)
    body: Any = None
    raw: bytes = b""
    environ: dict[str, Any] = field(default_factory=dict)  # the WSGI request, for the rare header
    request_id: str = ""
    base: str = "http://localhost"
    path: str = ""
    legacy: bool = False  # was it asked at the legacy endpoint?
    url_project: str = ""  # the project id, if it was in the address: links repeat it
    rules: list[str] = field(default_factory=list)  # the fault rules that struck it

    @cached_property
    def url(self) -> str:
        """Where this service's resources are: `http://.../compute/v2.1`."""
        version = self.service.legacy_path if self.legacy else self.service.version_path
        project = f"/{self.url_project}" if self.url_project else ""
        return f"{self.base}{self.service.mount}{version}{project}"

    @cached_property
    def root(self) -> str:
        """The same without the version: bookmarks."""
        return f"{self.base}{self.service.mount}" + (f"/{self.url_project}" if self.url_project else "")

    def header(self, name: str) -> str | None:
        """A header of the request, or None."""
        value: str | None = self.environ.get(_environ_key(name))
        return value

    @property
    def project_id(self) -> str:
        """The caller's project; policy has seen to it that there is one."""
        return self.context.project_id or ""

    @property
    def user_id(self) -> str:
        return self.context.user_id

    @property
    def is_admin(self) -> bool:
        return self.context.is_admin

    def since(self, version: str) -> bool:
        """For the rare rule that is no field, endpoint or schema.  Prefer a span on the declaration."""
        return self.version >= Version.parse(version)

    def ask(self) -> None:
        """Does the policy allow the operation, towards what is in the path?"""
        if self.endpoint is None or self.endpoint.policy is None:
            return
        target = next((found.project_id for found in self.params.values() if hasattr(found, "project_id")), None)
        self.demand(self.endpoint.policy, target)

    def may(
        self,
        rule: str,
        project_id: str | None = None,
        user_id: str | None = None,
        domain_id: str | None = None,
    ) -> bool:
        """Does the policy rule allow the caller to touch a resource of this project, user or domain?"""
        return allows(self.service.policies[rule], self.context, project_id, user_id, domain_id)

    def demand(
        self,
        rule: str,
        project_id: str | None = None,
        user_id: str | None = None,
        domain_id: str | None = None,
    ) -> None:
        """The same, as a refusal in the service's words."""
        if not self.may(rule, project_id, user_id, domain_id):
            raise self.denied(rule)

    def denied(self, rule: str) -> FakeError:
        """What the service says to those whom a rule shuts out."""
        dialect = self.service.dialect
        if self.context.barred and dialect.barred is not None:
            return dialect.barred(rule, self.context.barred)
        return dialect.denied(rule)


@lru_cache(maxsize=256)
def _environ_key(header: str) -> str:
    return "HTTP_" + header.upper().replace("-", "_")
