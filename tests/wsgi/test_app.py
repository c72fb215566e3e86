"""The one app: made once, without state, and open to every method."""

import pytest

from fakecompute.wsgi.app import app


def test_it_is_made_once():
    assert app() is app()


def test_its_health_needs_no_token(http):
    answer = http.get("/_fakecompute/health", headers={"X-Auth-Token": None})
    assert (answer.status_code, answer.json["status"]) == (200, "ok")


def test_the_root_tells_where_the_services_are(http):
    answer = http.get("/")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "http://localhost/compute/v2.1" in answer.text


@pytest.mark.parametrize("method", ["DELETE", "PROPFIND", "TRACE", "BREW"])
def test_a_method_that_a_path_does_not_have_is_novas_404_page(http, method):
    answer = http.request(method, "/compute/v2.1/flavors", headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "The resource could not be found." in answer.text


@pytest.mark.parametrize(
    "path", ["/flavors/", "/flavors.json", "//flavors", "/flavors/1/2/3", "/nothing", "/a%0Ab/c/", "/%00"]
)
def test_a_path_that_is_not_there_is_novas_404_page(http, path):
    answer = http.get(f"/compute/v2.1{path}", headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


def test_a_place_of_no_service_is_a_404(http):
    assert http.get("/nothing/at/all").status_code == 404
