"""Filters, fields, sorting and pages: the same for every list."""

import pytest

NETWORKS = "/network/v2.0/networks"
PORTS = "/network/v2.0/ports"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["message"]


def names(answer):
    return [network["name"] for network in answer.json["networks"]]


@pytest.fixture
def three(new_network):
    return [new_network(name=name, description=name.upper())["id"] for name in ("a", "b", "c")]


def test_a_filter_may_have_several_values(http, three):
    assert sorted(names(http.get(f"{NETWORKS}?name=a&name=c"))) == ["a", "c"]


def test_filters_all_count(http, three):
    assert names(http.get(f"{NETWORKS}?name=a&description=B")) == []


def test_booleans_are_read_as_such(http, three):
    assert names(http.get(f"{NETWORKS}?shared=True")) == ["private"]
    assert names(http.get(f"{NETWORKS}?router:external=1")) == ["public"]


def test_an_unknown_filter_is_refused(http):
    assert message(http.get(f"{NETWORKS}?colour=red")) == (
        400,
        "['colour'] is invalid attribute for filtering",
    )


def test_only_the_wanted_fields_are_shown(http, three):
    shown = http.get(f"{NETWORKS}?fields=id&fields=name&name=a").json["networks"]
    assert shown == [{"id": three[0], "name": "a"}]


def test_of_one_network_too(http, three):
    assert http.get(f"{NETWORKS}/{three[0]}?fields=name").json == {"network": {"name": "a"}}


def test_lists_are_sorted_by_several_keys(http, three):
    query = "sort_key=mtu&sort_dir=desc&sort_key=name&sort_dir=desc"
    assert names(http.get(f"{NETWORKS}?{query}")) == ["public", "private", "c", "b", "a"]


def test_what_depends_on_the_caller_is_no_key(http):
    assert message(http.get(f"{NETWORKS}?sort_key=shared&sort_dir=asc")) == (
        400, "['shared'] is invalid attribute for sort_keys",
    )  # fmt: skip


def test_every_key_has_its_direction(http):
    assert message(http.get(f"{NETWORKS}?sort_key=name")) == (
        400, "The number of sort_keys and sort_dirs must be same",
    )  # fmt: skip


def test_an_unknown_key_is_refused(http):
    assert message(http.get(f"{NETWORKS}?sort_key=colour&sort_dir=asc")) == (
        400, "['colour'] is invalid attribute for sort_keys",
    )  # fmt: skip


def test_pages_are_linked_both_ways(http, three):
    first = http.get(f"{NETWORKS}?limit=2&sort_key=name&sort_dir=asc")
    assert names(first) == ["a", "b"]
    links = {link["rel"]: link["href"] for link in first.json["networks_links"]}
    second = http.get(links["next"].removeprefix("http://localhost"))
    assert names(second) == ["c", "private"]
    links = {link["rel"]: link["href"] for link in second.json["networks_links"]}
    assert names(http.get(links["previous"].removeprefix("http://localhost"))) == ["a", "b"]


def test_the_last_page_has_no_next(http, three):
    links = http.get(f"{NETWORKS}?limit=9").json["networks_links"]
    assert [link["rel"] for link in links] == ["previous"]


def test_without_a_limit_there_are_no_links(http):
    assert "networks_links" not in http.get(NETWORKS).json


def test_a_limit_is_a_number(http):
    assert message(http.get(f"{NETWORKS}?limit=x")) == (
        400, "Bad limit request: Limit must be an integer 0 or greater and not 'x'.",
    )  # fmt: skip


def test_a_marker_that_is_not_there_is_not_found(http):
    assert message(http.get(f"{NETWORKS}?limit=1&marker=x")) == (404, "Network x could not be found.")


def test_ports_are_found_by_their_addresses(http, named, new_port):
    port = new_port(named("networks", "private"), fixed_ips=[{"ip_address": "10.0.2.77"}])
    found = http.get(f"{PORTS}?fixed_ips=ip_address=10.0.2.77&fields=id").json["ports"]
    assert found == [{"id": port["id"]}]
    assert http.get(f"{PORTS}?fixed_ips=ip_address_substr=0.2.7&fields=id").json["ports"] == found
    assert http.get(f"{PORTS}?fixed_ips=ip_address=10.0.2.78").json["ports"] == []


def test_an_empty_filter_means_empty(http, named, new_port):
    free = new_port(named("networks", "private"))
    assert http.get(f"{PORTS}?device_id=&fields=id").json["ports"] == [{"id": free["id"]}]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tags=red", ["a", "b"]),
        ("tags=red,blue", ["b"]),
        ("tags-any=blue,green", ["b", "c"]),
        ("not-tags=red,blue", ["a", "c", "private", "public"]),
        ("not-tags-any=red,blue", ["c", "private", "public"]),
    ],
)
def test_lists_are_filtered_by_tags(http, three, query, found):
    for id, tags in zip(three, (["red"], ["red", "blue"], ["green"]), strict=True):
        http.put(f"{NETWORKS}/{id}/tags", json={"tags": tags})
    assert sorted(names(http.get(f"{NETWORKS}?{query}"))) == found


def test_lists_are_filtered_by_the_time_of_a_change(cloud, http, three):
    cloud.advance(60)
    http.put(f"{NETWORKS}/{three[1]}", json={"network": {"name": "B"}})
    assert names(http.get(f"{NETWORKS}?changed_since=2026-01-01T00:00:30")) == ["B"]
