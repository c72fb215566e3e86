"""Flavors as clients see them."""

import pytest

FLAVORS = "/compute/v2.1/flavors"
SMALL = {"name": "small", "ram": 128, "vcpus": 1, "disk": 0, "id": "small"}


@pytest.fixture
def admin(http):
    return http.as_("admin")


def make(admin, **more):
    version = more.pop("version", None)
    return admin.post(FLAVORS, json={"flavor": {**SMALL, **more}}, version=version)


def names(answer):
    return [flavor["name"] for flavor in answer.json["flavors"]]


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


# --- lists


def test_flavors_are_listed_by_id(http):
    ids = [flavor["id"] for flavor in http.get(FLAVORS).json["flavors"]]
    assert ids == sorted(ids)


def test_a_list_can_be_sorted(http):
    listed = http.get(f"{FLAVORS}/detail?sort_key=memory_mb&sort_dir=desc").json["flavors"]
    assert [flavor["ram"] for flavor in listed] == sorted((flavor["ram"] for flavor in listed), reverse=True)


def test_a_sort_key_that_no_flavor_has_keeps_the_order_of_creation(http):
    assert names(http.get(f"{FLAVORS}?sort_key=vcpu_weight")) == names(http.get(f"{FLAVORS}?sort_key=id"))


def test_rxtx_factor_is_no_sort_key_any_more(http):
    assert http.get(f"{FLAVORS}?sort_key=rxtx_factor", version="2.101").status_code == 200
    assert http.get(f"{FLAVORS}?sort_key=rxtx_factor", version="2.102").status_code == 400


def test_a_page_leads_to_the_next(http):
    page = http.get(f"{FLAVORS}?limit=1&sort_key=name").json
    (link,) = page["flavors_links"]
    assert link["rel"] == "next"
    assert link["href"].endswith(f"/flavors?limit=1&sort_key=name&marker={page['flavors'][0]['id']}")


def test_a_marker_that_is_not_there(http):
    assert message(http.get(f"{FLAVORS}?marker=nope")) == "marker [nope] not found"


def test_floors_of_ram_and_disk(http):
    listed = http.get(f"{FLAVORS}/detail?minRam=4096&minDisk=80").json["flavors"]
    assert {flavor["name"] for flavor in listed} == {"m1.large", "m1.xlarge"}


def test_a_floor_that_is_no_number(http):
    assert message(http.get(f"{FLAVORS}?minRam=x")) == "Invalid minRam filter [x]"


def test_the_name_filter_is_a_pattern(http):
    assert names(http.get(f"{FLAVORS}?name=^m1.x?large$", version="2.102")) == ["m1.large", "m1.xlarge"]


def test_unknown_parameters_are_refused_from_2_75_on(http):
    assert http.get(f"{FLAVORS}?zzz=1", version="2.74").status_code == 200
    assert message(http.get(f"{FLAVORS}?zzz=1", version="2.75")) == (
        "Additional properties are not allowed ('zzz' was unexpected)"
    )


# --- who sees what


def test_private_flavors_are_hidden(http, admin):
    make(admin, **{"os-flavor-access:is_public": False})
    assert "small" not in names(http.get(FLAVORS))
    assert message(http.get(f"{FLAVORS}/small")) == "Flavor small could not be found."


def test_an_admin_sees_private_flavors_when_asked_for(admin):
    make(admin, **{"os-flavor-access:is_public": False})
    assert "small" not in names(admin.get(FLAVORS))
    assert names(admin.get(f"{FLAVORS}?is_public=False")) == ["small"]
    assert {"small", "m1.tiny"} <= set(names(admin.get(f"{FLAVORS}?is_public=None")))


def test_only_an_admin_is_asked_what_is_public_means(http, admin):
    assert http.get(f"{FLAVORS}?is_public=maybe").status_code == 200
    assert message(admin.get(f"{FLAVORS}?is_public=maybe")) == "Invalid is_public filter [maybe]"


# --- create, update, delete


def test_a_flavor_is_made(admin):
    made = make(admin, ram="256", swap=5, **{"OS-FLV-EXT-DATA:ephemeral": 2})
    assert made.status_code == 200
    assert {
        "id": "small",
        "ram": 256,
        "swap": 5,
        "rxtx_factor": 1.0,
        "OS-FLV-EXT-DATA:ephemeral": 2,
        "os-flavor-access:is_public": True,
    }.items() <= made.json["flavor"].items()


def test_no_id_means_any(admin):
    assert len(make(admin, id=None).json["flavor"]["id"]) == 36


def test_a_number_will_do_as_an_id(admin):
    assert make(admin, id=7).json["flavor"]["id"] == "7"


def test_names_are_unique(admin):
    make(admin)
    again = make(admin, id="other")
    assert (again.status_code, message(again)) == (409, "Flavor with name small already exists.")


def test_ids_are_unique(admin):
    make(admin)
    again = make(admin, name="other")
    assert (again.status_code, message(again)) == (409, "Flavor with ID small already exists.")


@pytest.mark.parametrize(
    ("flaw", "field", "words"),
    [
        ({"ram": 0}, "ram", "0. 0 is less than the minimum of 1"),
        ({"ram": "0"}, "ram", "0. 0 is less than the minimum of 1"),
        ({"vcpus": "x"}, "vcpus", "x. 'x' does not match '^[0-9]+$'"),
        ({"id": ""}, "id", ". '' should be non-empty"),
        ({"id": True}, "id", "True. True is not of type 'string', 'number', 'null'"),
        ({"rxtx_factor": 0}, "rxtx_factor", "0. 0 is less than or equal to the minimum of 0"),
    ],
)
def test_flaws_are_told_as_nova_tells_them(admin, flaw, field, words):
    frame = f"Invalid input for field/attribute {field}. Value: "
    assert message(make(admin, **flaw)) == frame + words


def test_descriptions_come_with_2_55(admin):
    assert make(admin, description="x", version="2.54").status_code == 400
    assert make(admin, description="x", version="2.55").json["flavor"]["description"] == "x"


def test_only_the_description_can_be_changed(admin):
    make(admin)
    changed = admin.put(f"{FLAVORS}/small", json={"flavor": {"description": "new"}}, version="2.55")
    assert changed.json["flavor"]["description"] == "new"
    refused = admin.put(f"{FLAVORS}/small", json={"flavor": {"ram": 1}}, version="2.55")
    assert refused.status_code == 400


def test_there_is_no_update_before_2_55(admin):
    assert admin.put(f"{FLAVORS}/1", json={"flavor": {"description": "x"}}, version="2.54").status_code == 404


def test_a_flavor_is_deleted(admin):
    make(admin)
    assert admin.delete(f"{FLAVORS}/small").status_code == 202
    assert message(admin.delete(f"{FLAVORS}/small")) == "Flavor small could not be found."


def test_flavors_are_made_by_admins(http):
    refused = make(http)
    assert refused.status_code == 403
    assert message(refused) == "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed."


def test_the_policy_is_asked_before_the_flavor_is_looked_for(http):
    assert http.delete(f"{FLAVORS}/nope").status_code == 403


# --- versions


def test_no_swap_is_an_empty_string_until_2_74(http):
    assert http.get(f"{FLAVORS}/1", version="2.74").json["flavor"]["swap"] == ""
    assert http.get(f"{FLAVORS}/1", version="2.75").json["flavor"]["swap"] == 0


def test_two_fields_go_with_2_102(http):
    gone = {"rxtx_factor", "OS-FLV-DISABLED:disabled"}
    assert gone <= http.get(f"{FLAVORS}/1", version="2.101").json["flavor"].keys()
    assert not gone & http.get(f"{FLAVORS}/1", version="2.102").json["flavor"].keys()


def test_extra_specs_come_with_2_61(http):
    assert "extra_specs" not in http.get(f"{FLAVORS}/1", version="2.60").json["flavor"]
    assert http.get(f"{FLAVORS}/1", version="2.61").json["flavor"]["extra_specs"] == {}
