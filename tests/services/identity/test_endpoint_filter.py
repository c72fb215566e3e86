"""/OS-EP-FILTER: a project's own choice of endpoints.  Expectations: Keystone 30."""

import pytest

from fakecompute.domain.records.identity import Project
from tests.services.identity.signing_in import V3, message, sign_in

GROUPS, FILTER = f"{V3}/OS-EP-FILTER/endpoint_groups", f"{V3}/OS-EP-FILTER"


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


@pytest.fixture
def demo(cloud):
    return cloud.store.one(Project, "name", ("default", "demo")).id


@pytest.fixture
def endpoint(admin):
    return admin.get(f"{V3}/endpoints", params={"interface": "public"}).json["endpoints"][1]


@pytest.fixture
def group(admin):
    wish = {"endpoint_group": {"name": "g", "filters": {"interface": "admin"}}}
    return admin.post(GROUPS, json=wish).json["endpoint_group"]["id"]


def catalog(http):
    scope = {"project": {"name": "demo", "domain": {"id": "default"}}}
    return sign_in(http, scope=scope).json["token"]["catalog"]


def test_a_chosen_endpoint_is_all_of_the_catalogue(http, admin, demo, endpoint):
    assert admin.put(f"{FILTER}/projects/{demo}/endpoints/{endpoint['id']}").status_code == 204
    (entry,) = catalog(http)
    assert [one["id"] for one in entry["endpoints"]] == [endpoint["id"]]
    admin.delete(f"{FILTER}/projects/{demo}/endpoints/{endpoint['id']}")
    assert len(catalog(http)) == 7


def test_an_endpoint_is_chosen_once(admin, demo, endpoint):
    address = f"{FILTER}/projects/{demo}/endpoints/{endpoint['id']}"
    assert message(admin.get(address)) == f"Endpoint {endpoint['id']} not found in project {demo}"
    admin.put(address)
    answer = admin.put(address)
    assert (answer.status_code, message(answer)) == (
        409, "Conflict occurred attempting to store project_endpoint - Duplicate entry."
    )  # fmt: skip
    assert admin.get(address).status_code == admin.head(address).status_code == 204
    assert [one["id"] for one in admin.get(f"{FILTER}/projects/{demo}/endpoints").json["endpoints"]] == [endpoint["id"]]
    assert [one["id"] for one in admin.get(f"{FILTER}/endpoints/{endpoint['id']}/projects").json["projects"]] == [demo]


def test_a_group_chooses_by_what_endpoints_have_in_common(http, admin, demo, group):
    assert admin.put(f"{GROUPS}/{group}/projects/{demo}").status_code == 204
    assert {one["interface"] for entry in catalog(http) for one in entry["endpoints"]} == {"admin"}
    assert [one["id"] for one in admin.get(f"{FILTER}/projects/{demo}/endpoint_groups").json["endpoint_groups"]] == [group]
    assert len(admin.get(f"{GROUPS}/{group}/endpoints").json["endpoints"]) == 7


def test_a_group_that_is_gone_chooses_no_more(http, admin, demo, group):
    admin.put(f"{GROUPS}/{group}/projects/{demo}")
    assert admin.delete(f"{GROUPS}/{group}").status_code == 204
    assert len(catalog(http)[0]["endpoints"]) == 3
    assert message(admin.get(f"{GROUPS}/{group}")) == f"Could not find Endpoint Group: {group}."


def test_a_group_of_a_project_is_shown_and_taken_back(admin, demo, group):
    address = f"{GROUPS}/{group}/projects/{demo}"
    assert message(admin.get(address)) == "Endpoint Group Project Association not found"
    admin.put(address)
    assert admin.get(address).json["project_endpoint_group"]["project_id"] == demo
    assert message(admin.put(address)).endswith("project_endpoint_group - Duplicate entry.")
    assert admin.delete(address).status_code == 204


@pytest.mark.parametrize(("body", "sentence"), [
    ({"name": "g", "filters": {}}, "filters field is required and cannot be empty"),
    ({"name": "g", "filters": {"foo": 1}}, "Expecting to find service_id or region_id or interface in endpoint_group."),
    ({"name": "g", "filters": {"interface": "x"}}, "Invalid input for field/attribute interface. Value: x."),
    ({"filters": {"interface": "public"}}, "Invalid input for field/attribute endpoint_group."),
])  # fmt: skip
def test_a_group_that_makes_no_sense_is_refused(admin, body, sentence):
    answer = admin.post(GROUPS, json={"endpoint_group": body})
    assert answer.status_code == 400
    assert message(answer).startswith(sentence)


def test_it_is_for_admins(http, demo, endpoint):
    assert http.get(GROUPS).status_code == 403
    assert http.put(f"{FILTER}/projects/{demo}/endpoints/{endpoint['id']}").status_code == 403
