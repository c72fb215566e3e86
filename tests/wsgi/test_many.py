"""Several clouds behind one port."""

from typing import Any
from unittest.mock import Mock

import pytest
from werkzeug.test import Client

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import CLOUD, LEGACY, PROJECT, bind

ID = "0123456789abcdef0123456789abcdef"
UUID = "01234567-89ab-cdef-0123-456789abcdef"


def seen(path, clouds):
    """What the app sees of a request to a path."""
    environ: dict[str, Any] = {"PATH_INFO": path, "SCRIPT_NAME": ""}
    bind(lambda environ, start_response: [], clouds)(environ, Mock())
    return environ


@pytest.fixture
def clouds():
    return {"": "main", "east": "east", "west.2": "west"}


@pytest.mark.parametrize(
    ("path", "cloud", "prefix", "rest"),
    [
        ("/compute/v2.1", "main", "", "/compute/v2.1"),
        ("/clouds/east/compute/v2.1", "east", "/clouds/east", "/compute/v2.1"),
        ("/clouds/west.2", "west", "/clouds/west.2", "/"),
        ("/clouds/", "main", "", "/clouds/"),
        ("/compute/clouds/east", "main", "", "/compute/clouds/east"),
    ],
)
def test_a_prefix_names_the_cloud(clouds, path, cloud, prefix, rest):
    environ = seen(path, clouds)
    assert (environ[CLOUD], environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (cloud, prefix, rest)


def test_a_cloud_that_is_not_there_is_a_404_that_names_the_others(clouds):
    answer = Client(bind(app(), clouds)).get("/clouds/north/compute")
    assert answer.status_code == 404
    assert "no cloud 'north' here; there are ['east', 'west.2']" in answer.text


@pytest.mark.parametrize(
    ("path", "project", "rest"),
    [
        (f"/compute/v2.1/{ID}/servers", ID, "/compute/v2.1/servers"),
        (f"/compute/v2/{ID}/servers", ID, "/compute/v2.1/servers"),
        (f"/volume/v3/{UUID}/volumes", UUID, "/volume/v3/volumes"),
        (f"/compute/v2.1/{ID}", None, f"/compute/v2.1/{ID}"),
        (f"/compute/v2.1/{ID.upper()}/servers", None, f"/compute/v2.1/{ID.upper()}/servers"),
        (f"/identity/v3/{ID}/x", None, f"/identity/v3/{ID}/x"),
    ],
)
def test_a_project_id_is_taken_out_of_the_path(clouds, path, project, rest):
    environ = seen(path, clouds)
    assert (environ.get(PROJECT), environ["PATH_INFO"]) == (project, rest)


@pytest.mark.parametrize(
    ("path", "asked", "rest"),
    [
        ("/compute/v2/servers", "/compute/v2/servers", "/compute/v2.1/servers"),
        ("/clouds/east/compute/v2/servers", "/compute/v2/servers", "/compute/v2.1/servers"),
        (f"/compute/v2/{ID}/servers", "/compute/v2/servers", "/compute/v2.1/servers"),
        ("/compute/v2/", None, "/compute/v2/"),
        ("/compute/v2.1/servers", None, "/compute/v2.1/servers"),
        ("/image/v2/images", None, "/image/v2/images"),
    ],
)
def test_the_legacy_endpoint_is_the_one_of_today(clouds, path, asked, rest):
    environ = seen(path, clouds)
    assert (environ.get(LEGACY), environ["PATH_INFO"]) == (asked, rest)


def test_a_token_of_one_cloud_is_nothing_to_another():
    one, other = Cloud(seed=1), Cloud(seed=2)
    client = Client(bind(app(), {"one": one, "other": other}))
    headers = {"X-Auth-Token": token_for(one, "demo", "demo").id}
    assert client.get("/clouds/one/compute/v2.1/flavors", headers=headers).status_code == 200
    assert client.get("/clouds/other/compute/v2.1/flavors", headers=headers).status_code == 401


def test_links_repeat_the_prefix():
    cloud = Cloud()
    client = Client(bind(app(), {"east": cloud}))
    headers = {"X-Auth-Token": token_for(cloud, "demo", "demo").id}
    answer = client.get("/clouds/east/compute/v2.1/flavors/1", headers=headers)
    assert "http://localhost/clouds/east/compute/v2.1/flavors/1" in answer.text
