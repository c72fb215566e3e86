"""Endpoints as declarations."""

import pytest

from fakecompute.rest.routes import Routes
from fakecompute.rest.schema import Schema, Text
from fakecompute.rest.version import Version
from fakecompute.services.compute.service import compute


@pytest.fixture
def routes():
    return Routes(
        "shelf", mount="/shelf", version_path="/v1", dialect=compute.dialect, policies={"read": "reader"}
    )


class NewBook(Schema):
    title = Text(required=True)


def test_an_endpoint_is_what_was_declared(routes):
    @routes.post("/books", body=NewBook, policy="read", success=201, since="1.2", until="1.5")
    def create_book(call):
        return {}

    (endpoint,) = routes.endpoints
    assert (endpoint.operation, endpoint.method, endpoint.path) == ("shelf.create_book", "POST", "/books")
    assert Version(1, 2) in endpoint.span and Version(1, 6) not in endpoint.span
    assert endpoint.handler is create_book


def test_a_status_may_change_with_the_version(routes):
    @routes.delete("/books/<id>", success={"0.0": 204, "1.3": 202})
    def delete_book(call, id):
        return None

    statuses = [routes.endpoints[0].status(Version(1, minor)) for minor in (2, 3, 4)]
    assert statuses == [204, 202, 202]


def test_an_unknown_policy_rule_is_an_error_at_once(routes):
    with pytest.raises(LookupError, match="no policy rule 'write' in shelf"):
        routes.get("/books", policy="write")


def test_an_actions_body_stands_under_its_key(routes):
    @routes.action("/books/<id>/action", "lend", body=NewBook)
    def lend(call, id):
        return None

    (endpoint,) = routes.endpoints
    assert endpoint.body is not None
    assert endpoint.body.load({"lend": {"title": "Emma"}}, Version(1, 0)) == {"title": "Emma"}


def test_endpoints_are_grouped_by_path_and_method(routes):
    @routes.get("/books", until="1.1")
    @routes.get("/books", since="1.2")
    @routes.post("/books")
    @routes.get("/", bare=True)
    def handler(call):
        return {}

    groups = {
        (path, bare): {m: len(e) for m, e in methods.items()} for path, bare, methods in routes.grouped()
    }
    assert groups == {("/", True): {"GET": 1}, ("/books", False): {"POST": 1, "GET": 2}}


def test_a_finder_is_called_by_the_name_of_its_parameter(routes):
    @routes.finder("book")
    def find_book(call, id):
        return id

    assert routes.finders == {"book": find_book}
