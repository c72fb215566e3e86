"""Pages of a list."""

import pytest

from fakecompute.rest.page import MarkerNotFound, after, links, next_link

NAMES = ["a", "b", "c"]
URL = "http://localhost/compute/v2.1/servers"


def test_what_follows_a_marker():
    assert after(NAMES, None, str) == NAMES
    assert after(NAMES, "a", str) == ["b", "c"]
    assert after(NAMES, "c", str) == []


def test_an_unknown_marker_is_refused_by_name():
    with pytest.raises(MarkerNotFound, match=r"marker \[z\] not found"):
        after(NAMES, "z", str)


def test_the_next_page_is_the_same_query_in_order_with_another_marker():
    query = [("status", "ACTIVE"), ("marker", "a"), ("limit", "2")]
    assert next_link(URL, query, "c") == f"{URL}?limit=2&marker=c&status=ACTIVE"


def test_a_first_marker_stands_last():
    assert (
        next_link(URL, [("status", "ACTIVE"), ("limit", "2")], "a") == f"{URL}?limit=2&status=ACTIVE&marker=a"
    )


def test_a_query_is_quoted_again():
    assert next_link(URL, [("name", "ü &")], "a") == f"{URL}?name=%C3%BC+%26&marker=a"


def test_a_full_page_links_to_the_next():
    assert links("servers", URL, [("limit", "2")], ["a", "b"], 2, str) == {
        "servers_links": [{"rel": "next", "href": f"{URL}?limit=2&marker=b"}]
    }


@pytest.mark.parametrize(("page", "limit"), [(["a"], 2), ([], 0), (["a"], None)])
def test_no_other_page_does(page, limit):
    assert links("servers", URL, [], page, limit, str) == {}
