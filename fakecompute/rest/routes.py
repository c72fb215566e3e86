"""Endpoints as declarations: a path, a span of versions, schemas, a policy rule and a handler.

    compute = Routes("compute", mount="/compute", version_path="/v2.1", dialect=..., policies=...)

    @compute.post("/servers", body=CreateServer, policy="os_compute_api:servers:create", success=202)
    def create_server(call: Call) -> dict: ...

    @compute.action("/servers/<server>/action", "os-start", policy="os_compute_api:servers:start", success=202)
    def start_server(call: Call, server: Server) -> None: ...

A parameter of a path that has a finder (`@compute.finder("server")`) arrives as the record, and its absence is a
404 before the policy is asked: the order of the real services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from re import sub
from typing import Any, TypeVar

from fakecompute.rest.dialect import Dialect
from fakecompute.rest.schema import Body
from fakecompute.rest.version import ALWAYS, Microversions, Span, Version, span

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation in a span of versions."""

    operation: str  # "compute.create_server": what fault rules, journal and coverage call it
    method: str
    path: str  # below the service's prefix
    handler: Callable[..., Any]
    span: Span = ALWAYS
    action: str | None = None  # the one key of the body, for POST .../action
    body: Body | None = None
    query: Body | None = None
    strict_query: Span | None = None  # where unknown parameters are refused
    policy: str | None = None
    success: tuple[tuple[Version, int], ...] = ()  # (since, status), newest first
    public: bool = False  # needs no token
    bare: bool = False  # mounted beside, not below, the version: GET /
    raw: bool = False  # the body is bytes of any length, for the handler: images
    types: frozenset[str] | None = None  # content types of the body, where they are not the service's
    missing: bool = False  # the real service has it and this one has not: 501
    asks: bool = False  # does the handler ask the policy, once it has read the body?
    lacks: tuple[str, ...] = ()  # parts of it that answer 501, in the words of the refusal

    def status(self, version: Version) -> int:
        for since, status in self.success:
            if version >= since:
                return status
        return 200


@dataclass
class Routes:
    """All endpoints of one service, and how it talks."""

    name: str
    mount: str  # "/compute"
    version_path: str  # "/v2.1"
    dialect: Dialect
    policies: Mapping[str, str] = field(default_factory=dict)  # rule -> audience (rest/policy.py)
    microversions: Microversions | None = None
    max_body: int = 114_688  # bytes; oslo.middleware's default
    legacy_path: str = ""  # the version before, which is this one, but lenient (Nova's /v2)
    types: frozenset[str] = frozenset(
        ("", "application/json", "text/plain")
    )  # content types that are read as JSON
    projects_only: bool = False  # do roles on a domain or the system count for nothing here?
    url_project: bool = False  # may the project id stand between version and noun?
    trailing_slash: bool = False  # may any path end with one?
    endpoints: list[Endpoint] = field(default_factory=list)
    finders: dict[str, Callable[..., Any]] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        return self.mount + self.version_path

    def finder(self, parameter: str) -> Callable[[Handler], Handler]:
        """Declare how a path's `<parameter>` becomes a record: `find(call, value)`, which raises what is right."""

        def declare(function: Handler) -> Handler:
            self.finders[parameter] = function
            return function

        return declare

    def route(
        self,
        method: str,
        path: str,
        *,
        since: str | None = None,
        until: str | None = None,
        action: str | None = None,
        body: Any = None,
        query: Any = None,
        strict_query: str | None = None,
        policy: str | None = None,
        success: int | Mapping[str, int] = 200,
        public: bool = False,
        bare: bool = False,
        raw: bool = False,
        types: Iterable[str] | None = None,
        missing: bool = False,
        asks: bool = False,
        lacks: Iterable[str] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare an endpoint.

        `success` is a status, or {since: status} where it changed.  `strict_query` is the version from which
        unknown query parameters are refused ("" for always).  An unknown policy rule is an error at once.
        """
        if policy is not None and policy not in self.policies:
            raise LookupError(f"{path}: there is no policy rule {policy!r} in {self.name}")
        table = {"0.0": success} if isinstance(success, int) else success
        statuses = sorted(((_version(text), status) for text, status in table.items()), reverse=True)

        def declare(handler: Handler) -> Handler:
            self.endpoints.append(
                Endpoint(
                    operation=f"{self.name}.{handler.__name__}",
                    method=method,
                    path=path,
                    handler=handler,
                    span=span(since, until),
                    action=action,
                    body=None if body is None else Body(body, wrap=action),
                    query=None if query is None else Body(query),
                    strict_query=None if strict_query is None else span(strict_query or None),
                    policy=policy,
                    success=tuple(statuses),
                    public=public,
                    bare=bare,
                    raw=raw,
                    types=None if types is None else frozenset(types),
                    missing=missing,
                    asks=asks,
                    lacks=tuple(lacks),
                )
            )
            return handler

        return declare

    def get(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("DELETE", path, **options)

    def action(self, path: str, key: str, **options: Any) -> Callable[[Handler], Handler]:
        """A POST whose body has the one key `key`; `body` describes what stands under it."""
        return self.route("POST", path, action=key, **options)

    def grouped(self) -> Iterator[tuple[str, bool, dict[str, list[Endpoint]]]]:
        """(path, bare, {method: endpoints}): what a URL map mounts; spans and actions are told apart later."""
        groups: dict[tuple[str, bool], dict[str, list[Endpoint]]] = {}
        for endpoint in self.endpoints:
            groups.setdefault((endpoint.path, endpoint.bare), {}).setdefault(endpoint.method, []).append(
                endpoint
            )
        for (path, bare), methods in groups.items():
            yield path, bare, methods


def slug(method: str, path: str, action: str | None = None) -> str:
    """`get_os_hosts_item_reboot`: a name for an operation whose handler is made from a table."""
    words = sub(r"\W+", " ", f"{method} {path} {action or ''}".replace("-", "_")).split()
    return "_".join(words).lower()


def _version(text: str) -> Version:
    return Version(0, 0) if text == "0.0" else Version.parse(text)
