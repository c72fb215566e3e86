"""The JSON client of the fixtures."""

import pytest

from fakecompute.domain.faults import Effect, Rule
from fakecompute.kernel.clock import SECOND

FLAVORS = "/compute/v2.1/flavors"


def test_it_calls_as_demo(http):
    assert http.get(FLAVORS).status_code == 200
    assert http.token.project_name == "demo"


def test_an_answer_has_status_headers_text_and_json(http):
    answer = http.get(FLAVORS + "/1")
    assert answer.json["flavor"]["name"] == "m1.tiny"
    assert '"m1.tiny"' in answer.text
    assert answer.headers["content-type"] == "application/json"


def test_a_page_that_is_no_json_has_none(http):
    answer = http.get("/compute/v2.1/nothing-here")
    assert answer.status_code == 404
    assert answer.json is None


def test_a_version_is_computes_unless_it_names_its_service(http):
    assert http.get(FLAVORS, version="2.26").headers["OpenStack-API-Version"] == "compute 2.26"
    assert http.get(FLAVORS, version="placement 1.39").headers["OpenStack-API-Version"] == "compute 2.1"


def test_params_become_the_query(http):
    assert len(http.get(FLAVORS, params={"limit": 2}).json["flavors"]) == 2


def test_another_user_is_another_client(http):
    admin = http.as_("admin")
    assert (admin.token.user_name, admin.token.project_name) == ("admin", "admin")
    assert http.as_("admin", "demo").token.project_name == "demo"


def test_a_user_that_is_not_there_is_an_error(http):
    with pytest.raises(KeyError, match="nobody"):
        http.as_("nobody")


def test_a_header_of_none_is_not_sent(http):
    assert http.get(FLAVORS, headers={"X-Auth-Token": None}).status_code == 401


def test_a_token_that_has_expired_is_replaced(cloud, http):
    assert http.get(FLAVORS).status_code == 200
    cloud.advance(3601)
    assert http.get(FLAVORS).status_code == 200


def test_an_answer_that_dribbles_takes_its_time(cloud, http):
    cloud.set_rules([Rule(id="", name="slow", on="compute.list_flavors", phase="wire", effect=Effect(dribble=10))])
    before = cloud.clock.now()
    answer = http.get(FLAVORS)
    assert cloud.clock.now() - before == len(answer.content) * SECOND // 10


def test_who_has_no_time_for_that_waits_no_longer_than_it_said(cloud, http):
    cloud.set_rules([Rule(id="", name="slow", on="compute.list_flavors", phase="wire", effect=Effect(dribble=10))])
    before = cloud.clock.now()
    with pytest.raises(TimeoutError, match="within 30 s"):
        http.get(FLAVORS, timeout=30)
    assert cloud.clock.now() - before == 30 * SECOND
