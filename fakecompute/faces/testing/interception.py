"""Client libraries that the code under test uses find the cloud of the test, and no network.

While it is on, requests for the cloud's host go into the process, whichever session makes them; others go where they
always went, or are refused.  Libraries are changed when they are there: those that a test imports first, then.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fakecompute.faces.in_process import Clouds


class OtherHost(OSError):
    """A request for a host that is no cloud of this test, where those are refused."""


class Route(NamedTuple):
    """Where the requests of a test go: to the clouds of these hosts, and elsewhere unless others are refused."""

    hosts: Mapping[str, Clouds]
    refuses: bool = False


_routes: list[Route] = []


def clouds_for(url: str) -> Clouds | None:
    """Those that answer for an address; None: the network does.  OtherHost if it may not."""
    host = urlsplit(url).hostname or ""
    for route in reversed(_routes):
        if host in route.hosts:
            return route.hosts[host]
    if any(route.refuses for route in _routes):
        raise OtherHost(f"{host} is no cloud of this test, and it refuses other hosts: {url}")
    return None


# --- the libraries

Undo = Callable[[], None]


def _requests(module: Any) -> Undo:
    adapter = module.HTTPAdapter
    real = adapter.send

    def send(
        self: Any, request: Any, stream: bool = False, timeout: Any = None, *more: Any, **others: Any
    ) -> Any:
        clouds = clouds_for(request.url)
        if clouds is None:
            return real(self, request, stream, timeout, *more, **others)
        from fakecompute.faces.transport import answer  # which needs all of requests

        return answer(clouds, request, stream=stream, timeout=timeout)

    return _exchanged(adapter, "send", send)


def _httpx(module: Any) -> Undo:
    from fakecompute.faces.testing import httpx_transport

    return httpx_transport.intercept(module, clouds_for, _exchanged)


def _aiohttp(module: Any) -> Undo:
    from fakecompute.faces.testing import aiohttp_connector

    return aiohttp_connector.intercept(module, clouds_for, _exchanged)


def _exchanged(owner: Any, name: str, fake: Any) -> Undo:
    real = getattr(owner, name)
    setattr(owner, name, fake)
    return lambda: setattr(owner, name, real)


# The module of a library, and what is done to it.
LIBRARIES: dict[str, Callable[[Any], Undo]] = {
    "requests.adapters": _requests,
    "httpx": _httpx,
    "aiohttp": _aiohttp,
}


class _WhenImported(importlib.abc.MetaPathFinder):
    """Changes a library that is imported while requests are intercepted."""

    def __init__(self) -> None:
        self.undo: list[Undo] = []
        self._finding: set[str] = set()

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if name not in LIBRARIES or name in self._finding:
            return None
        self._finding.add(name)
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._finding.discard(name)
        if spec is not None and spec.loader is not None:
            _after(spec.loader, lambda module: self.undo.append(LIBRARIES[name](module)))
        return spec


def _after(loader: Any, then: Callable[[Any], None]) -> None:
    """Do something once a module has been loaded."""
    load = loader.exec_module

    def exec_module(module: Any) -> None:
        del loader.exec_module
        load(module)
        then(module)

    loader.exec_module = exec_module


@contextmanager
def intercepted(hosts: Mapping[str, Clouds], *, refuses: bool = False) -> Iterator[None]:
    """The block's requests for these hosts are answered by their clouds."""
    route = Route(hosts, refuses)
    _routes.append(route)
    finder = _install() if len(_routes) == 1 else None
    try:
        yield
    finally:
        _routes.remove(route)
        if finder is not None:
            sys.meta_path.remove(finder)
            for undo in reversed(finder.undo):
                undo()


def _install() -> _WhenImported:
    finder = _WhenImported()
    for name, change in LIBRARIES.items():
        if name in sys.modules:
            finder.undo.append(change(sys.modules[name]))
    sys.meta_path.insert(0, finder)
    return finder
