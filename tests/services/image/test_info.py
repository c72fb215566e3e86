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


SEVERAL = {"enabled_backends": ["fast:rbd", "slow:file", "web:http"]}


@pytest.mark.scenario({"cloud": {"extends": "default", "settings": SEVERAL}})
def test_several_stores_are_listed(http):
    assert http.get("/image/v2/info/stores").json["stores"] == [
        {"id": "fast", "default": "true"},
        {"id": "slow"},
        {"id": "web", "read-only": "true"},
    ]


@pytest.mark.scenario({"cloud": {"extends": "default", "settings": SEVERAL}})
def test_how_stores_are_set_up_is_for_admins(http):
    assert http.get("/image/v2/info/stores/detail").status_code == 403
    stores = http.as_("admin").get("/image/v2/info/stores/detail").json["stores"]
    assert [store["type"] for store in stores] == ["rbd", "file", "http"]
