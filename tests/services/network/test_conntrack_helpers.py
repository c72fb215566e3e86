"""Helpers of routers."""

import pytest

V2 = "/network/v2.0"


def message(answer):
    return answer.status_code, answer.json["NeutronError"]["type"], answer.json["NeutronError"]["message"]



@pytest.fixture
def helpers(http):
    router = http.post(f"{V2}/routers", json={"router": {}}).json["router"]
    return f"{V2}/routers/{router['id']}/conntrack_helpers"


def test_the_router_shows_its_helpers(http, helpers):
    body = {"protocol": "udp", "port": 69, "helper": "tftp"}
    assert http.post(helpers, json={"conntrack_helper": body}).status_code == 201
    assert http.get(helpers.rpartition("/")[0]).json["router"]["conntrack_helpers"] == [body]
    assert message(http.post(helpers, json={"conntrack_helper": body}))[1] == "BadRequest"


@pytest.mark.parametrize(
    "protocol,helper,words",
    [
        ("tcp", "tftp", "Conntrack Helper tftp does not support: tcp. Supported protocols are: udp"),
        ("tcp", "foo", "Conntrack Helper foo is not allowed."),
    ],
)
def test_helpers_are_those_that_the_cloud_allows(http, helpers, protocol, helper, words):
    body = {"protocol": protocol, "port": 69, "helper": helper}
    assert message(http.post(helpers, json={"conntrack_helper": body}))[2] == words
