"""What the service says of itself, of its stores and of what properties mean.  Observed of Glance 33."""

import pytest


def test_import_methods(http):
    value = http.get("/image/v2/info/import").json["import-methods"]["value"]
    assert value == ["glance-direct", "web-download", "copy-image"]


@pytest.mark.parametrize("path", ["stores", "stores/detail"])
def test_there_is_one_store(http, path):
    answer = http.get(f"/image/v2/info/{path}")
    assert answer.status_code == 404
    assert "Multi backend is not supported at this site." in answer.text


def test_nothing_is_counted(http):
    assert http.get("/image/v2/info/usage").json == {"usage": {}}


def test_horizon_finds_a_namespace(http):
    (namespace,) = http.get("/image/v2/metadefs/namespaces").json["namespaces"]
    assert http.get(f"/image{namespace['self']}").json["namespace"] == namespace["namespace"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/image/v2/tasks"),
        ("POST", "/image/v2/metadefs/namespaces"),
        ("GET", "/image/v2/metadefs/resource_types"),
        ("GET", "/image/v2/schemas/metadefs/namespace"),
        ("GET", "/image/v2/cache"),
    ],
)
def test_what_is_not_there_yet_says_so(http, method, path):
    assert http.as_("admin").request(method, path).status_code == 501
