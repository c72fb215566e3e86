"""Fault rules at a request: after it was carried out, in what it reads, and whom they mean."""

from __future__ import annotations

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.servers import boot
from fakecompute.kernel.clock import SECOND
from fakecompute.kernel.journal import Journal

SERVERS = "/compute/v2.1/servers"
KEYPAIRS = "/compute/v2.1/os-keypairs"


@pytest.fixture
def rule(cloud):
    def rule(on, phase, where=(), **effect):
        cloud.set_rules([Rule(id="", name="it", on=on, phase=phase, where=tuple(where), effect=Effect(**effect))])

    return rule


@pytest.fixture
def server(cloud):
    made = boot(cloud, name="web")
    cloud.settle()
    return made


# --- after


def test_after_means_that_it_was_done_and_the_answer_lost(http, rule):
    rule("compute.create_keypair", "after", status=504, body="proxy-html")
    answer = http.post(KEYPAIRS, json={"keypair": {"name": "mine"}})
    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "text/html")
    assert http.get(f"{KEYPAIRS}/mine").status_code == 200


def test_after_speaks_the_services_dialect(http, rule):
    rule("compute.create_keypair", "after", status=500, message="no answer")
    answer = http.post(KEYPAIRS, json={"keypair": {"name": "mine"}})
    assert answer.json == {"computeFault": {"code": 500, "message": "no answer"}}


def test_what_is_refused_was_not_done_and_is_told_as_it_is(http, rule):
    """There is no answer to lose: the request never came to its end."""
    rule("compute.create_keypair", "after", status=504)
    assert http.post(KEYPAIRS, json={"keypair": {"name": ""}}).status_code == 400


def test_a_delay_alone_lets_the_answer_through(cloud, http, rule):
    for phase in "before", "after":
        rule("compute.list_flavors", phase, delay=30 * SECOND)
        before = cloud.clock.now()
        assert http.get("/compute/v2.1/flavors").status_code == 200
        assert cloud.clock.now() - before == 30 * SECOND


# --- reads


def test_a_stale_read_shows_what_was_true(cloud, http, rule, server):
    rule("compute.show_server", "read", stale=60 * SECOND)
    path = f"{SERVERS}/{server.id}"
    http.get(path)
    cloud.advance(100)
    assert http.post(f"{path}/action", json={"os-stop": None}).status_code == 202
    cloud.advance(30)
    shown = http.get(path).json["server"]
    assert (shown["status"], shown["OS-EXT-STS:task_state"]) == ("ACTIVE", None)
    cloud.advance(100)
    assert http.get(path).json["server"]["status"] == "SHUTOFF"


def test_a_stale_read_changes_nothing(cloud, http, rule, server):
    rule("compute.show_server", "read", stale=5 * SECOND)
    http.post(f"{SERVERS}/{server.id}/action", json={"os-stop": None})
    cloud.advance(2)
    before = without_rules(cloud)
    http.get(f"{SERVERS}/{server.id}")
    assert without_rules(cloud) == before


def without_rules(cloud):
    """The digest, but for the hits that rules count."""
    twin = cloud.fork()
    twin.set_rules([])
    return twin.digest()


def test_what_is_new_is_not_there_yet(cloud, http, rule):
    rule("compute.*", "read", hide=10 * SECOND)
    http.get(KEYPAIRS)
    http.post(KEYPAIRS, json={"keypair": {"name": "mine"}})
    cloud.advance(5)
    assert http.get(f"{KEYPAIRS}/mine").status_code == 404
    cloud.advance(6)
    assert http.get(f"{KEYPAIRS}/mine").status_code == 200


def test_a_list_leaves_out_what_is_new(cloud, http, rule, server):
    rule("compute.list_servers", "read", hide=3600 * SECOND)
    http.get(SERVERS)
    boot(cloud, name="new")
    assert [one["name"] for one in http.get(SERVERS).json["servers"]] == ["web"]


def test_fields_are_left_out(http, rule, server):
    rule("compute.show_server", "read", drop_fields=("addresses", "OS-EXT-STS:task_state"))
    shown = http.get(f"{SERVERS}/{server.id}").json["server"]
    assert shown["name"] == "web"
    assert not {"addresses", "OS-EXT-STS:task_state"} & shown.keys()


def test_fields_are_emptied(http, rule, server):
    rule("compute.show_server", "read", empty_fields=("addresses", "tenant_id", "no such field"))
    shown = http.get(f"{SERVERS}/{server.id}").json["server"]
    assert (shown["addresses"], shown["tenant_id"], shown["name"]) == ({}, "", "web")
    assert "no such field" not in shown


def test_a_list_is_capped_and_says_nothing_of_more(cloud, http, rule):
    for number in range(5):
        boot(cloud, name=f"web-{number}")
    rule("compute.list_servers", "read", cap=2)
    answer = http.get(SERVERS, params={"limit": 4}).json
    assert (len(answer["servers"]), "servers_links" in answer) == (2, False)


def test_pages_never_end(http, rule, server):
    rule("compute.list_servers", "read", endless=True)
    answer = http.get(SERVERS).json
    (link,) = answer["servers_links"]
    assert http.get(SERVERS, params={"marker": link["href"].rpartition("marker=")[2]}).json == answer


def test_pages_never_end_even_where_nothing_has_an_id(http, rule, server):
    rule("compute.list_servers", "read", endless=True, drop_fields=("id",))
    answer = http.get(SERVERS).json
    assert answer["servers_links"][0]["href"].endswith(f"marker={server.id}")


def test_glance_and_neutron_have_other_links_to_pages_that_never_end(http, rule):
    rule("*", "read", endless=True)
    images = http.get("/image/v2/images", params={"limit": 1}).json
    assert images["next"] == f"/v2/images?limit=1&marker={images['images'][0]['id']}"
    assert http.get("/image" + images["next"]).json == images
    networks = http.get("/network/v2.0/networks").json
    assert http.get(networks["networks_links"][0]["href"].removeprefix("http://localhost")).json == networks


# --- whom a rule means


@pytest.mark.parametrize(
    ("where", "meant"),
    [
        ({"server.name": "web"}, True),
        ({"server.name": "other"}, False),
        ({"host": "compute-*"}, True),
        ({"flavor": "m1.nano"}, True),
        ({"flavor": "m1.tiny"}, False),
        ({"header.User-Agent": "terraform*"}, True),
        ({"header.User-Agent": "ansible*"}, False),
        ({"version": "2.79"}, True),
        ({"version": "2.1"}, False),
        ({"user": "demo", "project": "demo", "method": "GET"}, True),
    ],
)
def test_a_rule_means_calls_by_what_they_are_about(http, rule, server, where, meant):
    rule("compute.show_server", "before", where.items(), status=503)
    headers = {"User-Agent": "terraform/1.9"}
    answer = http.get(f"{SERVERS}/{server.id}", version="2.79", headers=headers)
    assert (answer.status_code == 503) is meant


def test_the_journal_tells_which_rules_struck(cloud, http, rule):
    cloud.journal = Journal()
    rule("compute.list_flavors", "after", status=500)
    http.get("/compute/v2.1/flavors")
    assert b'"rules":["it"]' in cloud.journal.lines[-1]
