"""Discovery.  What is expected was observed of Glance 33."""

import pytest


@pytest.mark.parametrize(("path", "status"), [("/image", 300), ("/image/", 300), ("/image/versions", 200)])
def test_versions_are_told_to_everybody(http, path, status):
    answer = http.get(path, headers={"X-Auth-Token": None})
    assert answer.status_code == status
    current = [version for version in answer.json["versions"] if version["status"] == "CURRENT"]
    link = {"rel": "self", "href": "http://localhost/image/v2/"}
    assert current == [{"id": "v2.17", "status": "CURRENT", "links": [link]}]


@pytest.mark.scenario({"release": "zed"})
def test_an_older_cloud_has_an_older_version(http):
    versions = http.get("/image/versions").json["versions"]
    assert [version["id"] for version in versions if version["status"] == "CURRENT"] == ["v2.15"]


def test_the_root_of_the_version_redirects(http):
    answer = http.get("/image/v2")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/image/v2/")


def test_the_rest_wants_a_token(http):
    answer = http.get("/image/v2/images", headers={"X-Auth-Token": None})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Keystone uri=")
