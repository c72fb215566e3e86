"""A namespace to define things in."""

from collections.abc import Callable

import pytest

from fakecompute.wsgi.client import Http

NAMESPACES = "/image/v2/metadefs/namespaces"


@pytest.fixture
def admin(http: Http) -> Http:
    return http.as_("admin")


@pytest.fixture
def new_namespace(admin: Http) -> Callable[..., str]:
    """`new_namespace("mine", tags=[...])`: the address of a public namespace, unless it says otherwise."""

    def make(name: str = "mine", **fields: object) -> str:
        answer = admin.post(NAMESPACES, json={"namespace": name, "visibility": "public", **fields})
        assert answer.status_code == 201, answer.text
        return f"{NAMESPACES}/{name}"

    return make
