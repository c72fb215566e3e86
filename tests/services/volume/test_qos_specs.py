"""/qos-specs as operators see them.  Sentences are those of a real Cinder 29."""

from __future__ import annotations

import pytest

QOS = "/volume/v3/qos-specs"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def make(admin):
    return lambda name, **specs: admin.post(QOS, json={"qos_specs": {"name": name, **specs}})


@pytest.fixture
def limits(make):
    return make("limits", total_iops_sec="100").json["qos_specs"]["id"]


@pytest.fixture
def type_id(admin):
    return admin.get("/volume/v3/types/default").json["volume_type"]["id"]


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def test_the_back_end_holds_volumes_to_them_unless_told_otherwise(make):
    made = make(" limits ", total_iops_sec="100").json
    assert made["qos_specs"] | {"id": ""} == {
        "id": "",
        "name": "limits",
        "consumer": "back-end",
        "specs": {"total_iops_sec": "100"},
    }
    assert [link["rel"] for link in made["links"]] == ["self", "bookmark"]


def test_a_spec_is_text(make):
    refused = make("limits", total_iops_sec=100)
    assert sentence(refused) == (400, 'Invalid input received: Value for key "total_iops_sec" is not a string or unicode')


def test_there_are_three_consumers(make):
    assert make("limits", consumer="nobody").status_code == 400


def test_a_name_is_there_once(make, limits):
    assert sentence(make("limits")) == (409, "QoS Specs limits already exists.")


def test_specs_are_changed_and_added(admin, limits):
    answer = admin.put(f"{QOS}/{limits}", json={"qos_specs": {"consumer": "both", "read_iops_sec": "5"}})
    assert answer.json == {"qos_specs": {"consumer": "both", "read_iops_sec": "5"}}
    shown = admin.get(f"{QOS}/{limits}").json["qos_specs"]
    assert shown["consumer"] == "both"
    assert shown["specs"] == {"total_iops_sec": "100", "read_iops_sec": "5"}


def test_keys_go(admin, limits):
    assert admin.put(f"{QOS}/{limits}/delete_keys", json={"keys": ["total_iops_sec"]}).status_code == 202
    assert admin.get(f"{QOS}/{limits}").json["qos_specs"]["specs"] == {}


def test_a_key_that_is_not_there_is_told(admin, limits):
    refused = admin.put(f"{QOS}/{limits}/delete_keys", json={"keys": ["nope"]})
    assert sentence(refused) == (404, f"QoS spec {limits} has no spec with key nope.")


def test_a_page_ends_at_its_limit(admin, make, limits):
    make("other")
    page = admin.get(QOS, params={"limit": 1}).json
    assert [one["name"] for one in page["qos_specs"]] == ["other"]
    assert page["qos_specs_links"][0]["rel"] == "next"


def test_a_type_is_held_to_them(admin, limits, type_id):
    assert admin.get(f"{QOS}/{limits}/associate", params={"vol_type_id": type_id}).status_code == 202
    assert admin.get(f"/volume/v3/types/{type_id}").json["volume_type"]["qos_specs_id"] == limits
    shown = admin.get(f"{QOS}/{limits}/associations").json["qos_associations"]
    assert shown == [{"association_type": "volume_type", "name": "__DEFAULT__", "id": type_id}]


def test_a_type_has_one_set_of_them(admin, make, limits, type_id):
    admin.get(f"{QOS}/{limits}/associate", params={"vol_type_id": type_id})
    other = make("other").json["qos_specs"]["id"]
    refused = admin.get(f"{QOS}/{other}/associate", params={"vol_type_id": type_id})
    told = f"Invalid volume type: Type {type_id} is already associated with another qos specs: {limits}"
    assert sentence(refused) == (400, told)


def test_a_type_must_be_named(admin, limits):
    assert sentence(admin.get(f"{QOS}/{limits}/associate")) == (400, "Volume Type id must not be None.")


@pytest.mark.parametrize("verb", ["disassociate", "disassociate_all"])
def test_a_type_is_let_go(admin, limits, type_id, verb):
    admin.get(f"{QOS}/{limits}/associate", params={"vol_type_id": type_id})
    assert admin.get(f"{QOS}/{limits}/{verb}", params={"vol_type_id": type_id}).status_code == 202
    assert admin.get(f"{QOS}/{limits}/associations").json["qos_associations"] == []


def test_what_types_have_goes_by_force_alone(admin, limits, type_id):
    admin.get(f"{QOS}/{limits}/associate", params={"vol_type_id": type_id})
    assert sentence(admin.delete(f"{QOS}/{limits}")) == (400, "Qos specs still in use.")
    assert admin.delete(f"{QOS}/{limits}", params={"force": "true"}).status_code == 202
    assert admin.get(f"/volume/v3/types/{type_id}").json["volume_type"]["qos_specs_id"] is None


def test_force_is_yes_or_no(admin, limits):
    refused = admin.delete(f"{QOS}/{limits}", params={"force": "maybe"})
    assert sentence(refused) == (400, "Value 'maybe' for 'force' is not a boolean.")


def test_projects_do_not_see_them(http, limits):
    assert http.get(f"{QOS}/{limits}").status_code == 403
