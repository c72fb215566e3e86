"""The one Flask app of a process: stateless, the cloud travels in the WSGI environ."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import PathConverter, Rule

from fakecompute.rest.routes import Endpoint, Routes
from fakecompute.services import all_services
from fakecompute.wsgi.many import CLOUD
from fakecompute.wsgi.pipeline import respond


class RestConverter(PathConverter):
    """The rest of a path, line breaks included."""

    part_isolating = False
    regex = "(?s:.+)"


class Matched(Rule):
    """A rule that is matched and never built: making the builders is most of what werkzeug's rules cost."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        return _never_built


def _never_built(**values: Any) -> tuple[str, str]:
    raise LookupError("addresses are made by views, not by the URL map")


@cache
def app() -> Flask:
    """All services, mounted.  Dear (about 100 ms), so it is made once, when first asked for."""
    flask = Flask("fakecompute", static_folder=None)
    flask.url_map.strict_slashes = True
    flask.url_map.merge_slashes = False
    flask.url_map.converters["rest"] = RestConverter
    for service in all_services():
        _mount(flask, service)
    _rule(
        flask,
        "/_fakecompute/health",
        "health",
        lambda: Response('{"status": "ok"}', mimetype="application/json"),
    )
    _rule(flask, "/", "root", _root)
    return flask


def _mount(flask: Flask, service: Routes) -> None:
    for path, bare, methods in service.grouped():
        at = (service.mount if bare else service.prefix) + path
        _rule(flask, at, f"{service.name} {at}", _view(service, methods))
        if service.trailing_slash and path.strip("/"):
            _rule(flask, f"{at}/", f"{service.name} {at}/", _view(service, methods))
    for at in service.mount, f"{service.mount}/", f"{service.mount}/<rest:rest>", f"{service.prefix}/<rest:rest>":
        if not any(rule.rule == at for rule in flask.url_map.iter_rules()):
            _rule(flask, at, f"{service.name} {at}", _view(service, {}))


def _rule(flask: Flask, path: str, name: str, view: Callable[..., Response]) -> None:
    """For every method there is: what a path does not have, its service refuses in its own words."""
    flask.url_map.add(Matched(path, endpoint=name))
    flask.view_functions[name] = view


def _view(service: Routes, methods: dict[str, list[Endpoint]]) -> Callable[..., Response]:
    def view(**params: Any) -> Response:
        return respond(request.environ, service, methods, params)

    return view


def _root() -> Response:
    """Not an OpenStack address: tells a lost person where things are."""
    base = request.url_root.rstrip("/")
    where = "".join(f"  {service.name:10} {base}{service.prefix}\n" for service in all_services())
    text = f"fakecompute: an OpenStack cloud in memory.\n\n{where}\nLog in at {base}/identity/v3 as demo / secret.\n"
    return Response(text, mimetype="text/plain", status=200 if CLOUD in request.environ else 503)
