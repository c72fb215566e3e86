"""WebOb's error page, by what the client accepts."""

import orjson
import pytest

from fakecompute.rest.error_page import ErrorPage

PAGE = ErrorPage(404, "No <image> here")


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", "text/plain; charset=UTF-8"),
        ("image/png", "text/plain; charset=UTF-8"),
        ("*/*", "text/html; charset=UTF-8"),
        ("text/html", "text/html; charset=UTF-8"),
        ("application/json", "application/json"),
        ("text/html;q=0.5, application/json", "application/json"),
        ("text/html;q=nan, application/json;q=-1", "text/plain; charset=UTF-8"),
    ],
)
def test_the_form_is_what_the_client_accepts(accept, content_type):
    assert PAGE.written(accept)[1] == content_type


def test_the_html_is_escaped():
    body = PAGE.written("text/html")[0].decode()
    assert "<title>404 Not Found</title>" in body
    assert "No &lt;image&gt; here" in body


def test_the_json_has_message_code_and_title():
    page = orjson.loads(PAGE.written("application/json")[0])
    assert page == {
        "message": "No <image> here<br /><br />\n\n\n",
        "code": "404 Not Found",
        "title": "Not Found",
    }


def test_the_text_begins_with_the_status():
    assert PAGE.written("")[0].decode().startswith("404 Not Found\n\n")
