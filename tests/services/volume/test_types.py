"""/types as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

TYPES = "/volume/v3/types"
NEWEST = "volume 3.71"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def make(admin):
    def made(name, **fields):
        answer = admin.post(TYPES, json={"volume_type": {"name": name, **fields}}, version=NEWEST)
        assert answer.status_code == 200
        return answer.json["volume_type"]["id"]

    return made


@pytest.fixture
def private(make):
    return make("secret", **{"os-volume-type-access:is_public": False})


def names(answer):
    return [kind["name"] for kind in answer.json["volume_types"]]


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


# --- lists


def test_the_newest_type_comes_first(http, make):
    make("gold")
    assert names(http.get(TYPES)) == ["gold", "multiattach", "__DEFAULT__"]


def test_a_private_type_is_not_in_the_list_of_others(http, private):
    assert "secret" not in names(http.get(TYPES))


def test_an_admin_sees_private_types_on_demand(admin, private):
    assert names(admin.get(TYPES, params={"is_public": "False"})) == ["secret"]


def test_an_admin_sees_all_types_on_demand(admin, private):
    assert names(admin.get(TYPES, params={"is_public": "None"})) == ["secret", "multiattach", "__DEFAULT__"]


def test_a_word_that_is_no_boolean_is_no_filter(admin):
    assert sentence(admin.get(TYPES, params={"is_public": "maybe"})) == (400, "Invalid is_public filter [maybe]")


def test_types_are_filtered_by_what_they_promise(http):
    asked = {"extra_specs": "{'multiattach': '<is> True'}"}
    assert names(http.get(TYPES, params=asked, version="volume 3.52")) == ["multiattach"]


def test_who_may_not_see_a_spec_finds_nothing_by_it(http, make):
    make("gold", extra_specs={"volume_backend_name": "lvm-1"})
    asked = {"extra_specs": "{'volume_backend_name': 'lvm-1'}"}
    assert names(http.get(TYPES, params=asked, version="volume 3.52")) == []


def test_a_filter_that_is_no_mapping_is_refused(http):
    assert http.get(TYPES, params={"extra_specs": "[1]"}, version=NEWEST).status_code == 400


def test_a_strange_filter_is_dropped_before_it_is_refused(http):
    assert len(names(http.get(TYPES, params={"foo": "1"}, version="volume 3.51"))) == 2
    refused = http.get(TYPES, params={"foo": "1"}, version="volume 3.52")
    assert sentence(refused) == (400, "Invalid filters foo are found in query options.")


def test_a_full_page_links_to_the_next(http):
    page = http.get(TYPES, params={"limit": 1})
    assert names(page) == ["multiattach"]
    (link,) = page.json["volume_type_links"]
    assert names(http.get(link["href"].removeprefix("http://localhost"))) == ["__DEFAULT__"]


def test_a_marker_that_is_nothing_is_passed_over(http):
    assert len(names(http.get(TYPES, params={"marker": "nope"}))) == 2


def test_types_are_sorted_by_name(http):
    assert names(http.get(TYPES, params={"sort": "name:asc"})) == ["__DEFAULT__", "multiattach"]


# --- one type


def test_operators_see_more_of_a_type(http, admin, make):
    id = make("gold", extra_specs={"volume_backend_name": "lvm-1", "multiattach": "<is> True"})
    shown = admin.get(f"{TYPES}/{id}").json["volume_type"]
    assert shown["extra_specs"] == {"volume_backend_name": "lvm-1", "multiattach": "<is> True"}
    assert shown["qos_specs_id"] is None
    shown = http.get(f"{TYPES}/{id}").json["volume_type"]
    assert shown["extra_specs"] == {"multiattach": "<is> True"}
    assert "qos_specs_id" not in shown


def test_the_default_type_is_called_default(http):
    shown = http.get(f"{TYPES}/default").json["volume_type"]
    assert shown["name"] == "__DEFAULT__"
    assert "os-volume-type-access:is_public" not in shown


def test_a_type_is_not_found_by_its_name(http):
    assert sentence(http.get(f"{TYPES}/multiattach")) == (404, "Volume type multiattach could not be found.")


def test_a_private_type_is_not_there_for_others(http, private):
    assert http.get(f"{TYPES}/{private}").status_code == 404


# --- making, changing, taking away


def test_a_name_is_there_once(admin, make):
    make("gold")
    refused = admin.post(TYPES, json={"volume_type": {"name": "gold"}})
    assert sentence(refused) == (409, "Volume Type gold already exists.")


def test_a_name_of_blanks_is_no_name(admin):
    refused = admin.post(TYPES, json={"volume_type": {"name": " "}})
    assert sentence(refused) == (400, "An invalid 'name' value was provided. The 'name' can not be empty.")


def test_a_name_is_kept_as_it_is(admin, make):
    assert admin.get(f"{TYPES}/{make('  gold  ')}").json["volume_type"]["name"] == "  gold  "


def test_only_operators_make_types(http):
    refused = http.post(TYPES, json={"volume_type": {"name": "gold"}})
    assert sentence(refused) == (403, "Policy doesn't allow volume_extension:type_create to be performed.")


def test_an_update_needs_something_to_change(admin, private):
    refused = admin.put(f"{TYPES}/{private}", json={"volume_type": {"name": None}})
    words = "Specify volume type name, description, is_public or a combination thereof."
    assert sentence(refused) == (400, words)


def test_a_type_is_made_public(http, admin, private):
    admin.put(f"{TYPES}/{private}", json={"volume_type": {"is_public": True}})
    assert http.get(f"{TYPES}/{private}").status_code == 200


def test_the_default_type_stays(cloud, admin):
    id = admin.get(f"{TYPES}/default").json["volume_type"]["id"]
    refused = admin.delete(f"{TYPES}/{id}")
    assert sentence(refused) == (400, f"The volume type {id} is a default volume type and cannot be deleted.")


def test_a_type_that_volumes_have_stays(cloud, http, admin, make):
    id = make("gold")
    http.post("/volume/v3/volumes", json={"volume": {"size": 1, "volume_type": "gold"}})
    assert sentence(admin.delete(f"{TYPES}/{id}")) == (400, "Target volume type is still in use.")


def test_a_type_that_nothing_has_goes(admin, private):
    assert admin.delete(f"{TYPES}/{private}").status_code == 202
    assert admin.get(f"{TYPES}/{private}").status_code == 404
