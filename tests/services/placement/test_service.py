"""How Placement talks: its errors by what the client accepts.  Observed of a real Placement 16."""

import pytest

PROVIDERS = "/placement/resource_providers"
NEW = {"OpenStack-API-Version": "placement 1.39"}
BROWSER = "The resource could not be generated that was acceptable to your browser"


@pytest.fixture
def asked(http):
    def ask(accept, place=PROVIDERS):
        return http.as_("admin").get(place, headers={"Accept": accept, **NEW})

    return ask


@pytest.mark.parametrize("accept", ["image/png", "text/plain;q=0.5", "application/json;q=0", "*/*;q=0"])
def test_who_takes_neither_json_nor_html_is_told_so_in_text(asked, accept):
    answer = asked(accept)
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert answer.text == (
        f"406 Not Acceptable\n\n{BROWSER} (content of type {accept}. \n\n Only application/json is provided"
    )


def test_who_takes_html_alone_is_told_so_in_html(asked):
    answer = asked("text/html")
    assert answer.status_code == 406
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert f"  {BROWSER}\n(content of type text/html. <br /><br />\nOnly application/json is provided\n" in answer.text


@pytest.mark.parametrize("accept", ["bogus", "", "*/*", "application/*;q=0.2", "application/json;q=0.1, text/html"])
def test_who_takes_json_at_all_or_says_nothing_that_can_be_read_gets_it(asked, accept):
    answer = asked(accept)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


@pytest.mark.parametrize(
    ("accept", "type"),
    [
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/plain, application/json;q=0.1", "application/json"),
        ("text/html;q=0.5, application/json;q=0.6", "application/json"),
        ("text/html, application/json", "text/html; charset=UTF-8"),
        ("bogus", "text/html; charset=UTF-8"),
    ],
)
def test_an_error_is_of_the_type_that_the_client_likes_best(asked, accept, type):
    answer = asked(accept, f"{PROVIDERS}/x")
    assert answer.headers["Content-Type"] == type
    assert "No resource provider with uuid x found" in answer.text


@pytest.mark.parametrize("what", ["/x", "?a=1"])
def test_what_the_client_takes_is_looked_at_before_what_it_asks_for(asked, what):
    assert asked("image/png", PROVIDERS + what).status_code == 406
