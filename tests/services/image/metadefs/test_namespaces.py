"""Namespaces of metadata definitions.  What is expected was observed of Glance 33."""

import pytest

NAMESPACES = "/image/v2/metadefs/namespaces"
CONTENT = {
    "resource_type_associations": [{"name": "OS::Nova::Flavor", "prefix": "hw:"}],
    "objects": [{"name": "o", "required": ["p"], "properties": {"p": {"title": "P", "type": "string"}}}],
    "properties": {"q": {"title": "Q", "type": "integer", "minimum": 0}},
    "tags": [{"name": "t"}],
}


def test_a_cloud_begins_with_some(http):
    namespaces = http.get(NAMESPACES).json["namespaces"]
    assert "OS::Compute::Watchdog" in {namespace["namespace"] for namespace in namespaces}
    detail = http.get(f"{NAMESPACES}/OS::Compute::Watchdog?resource_type=OS::Nova::Flavor").json
    assert detail["properties"]["hw:watchdog_action"]["type"] == "string"


def test_a_namespace_brings_along_what_it_holds(http, new_namespace):
    detail = http.get(new_namespace(**CONTENT)).json
    assert detail["properties"] == CONTENT["properties"]
    assert detail["tags"] == CONTENT["tags"]
    assert [item["name"] for item in detail["objects"]] == ["o"]
    assert [item["prefix"] for item in detail["resource_type_associations"]] == ["hw:"]


def test_names_are_as_they_are_on_a_resource_type(http, new_namespace):
    detail = http.get(f"{new_namespace(**CONTENT)}?resource_type=OS::Nova::Flavor").json
    assert list(detail["properties"]) == ["hw:q"]
    assert (detail["objects"][0]["required"], list(detail["objects"][0]["properties"])) == (["hw:p"], ["hw:p"])


def test_a_private_one_is_its_projects(http, admin, new_namespace):
    path = new_namespace(visibility="private")
    assert http.get(path).status_code == 404
    assert admin.get(path).json["protected"] is False
    assert "mine" not in {namespace["namespace"] for namespace in http.get(NAMESPACES).json["namespaces"]}


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({}, 400, "'namespace' is a required property"),
        ({"namespace": "x" * 81}, 400, "is too long"),
        ({"namespace": "x", "foo": 1}, 400, "Additional properties are not allowed ('foo' was unexpected)"),
        ({"namespace": "x", "visibility": "shared"}, 400, "'shared' is not one of ['public', 'private']"),
        ({"namespace": "x", "self": "y"}, 403, "Attribute 'self' is read-only."),
        ({"namespace": "OS::OperatingSystem"}, 409, "namespace=OS::OperatingSystem already exists."),
        ({"namespace": "x", "objects": [{}]}, 400, "'name' is a required property"),
        ({"namespace": "x", "properties": {"p": {"title": "P"}}}, 400, "'type' is a required property"),
        ({"namespace": "x", "tags": [{"name": "a"}, {"name": "a"}]}, 409, "A metadata tag with name=a already"),
    ],
)
def test_bodies_that_are_refused(admin, body, status, sentence):
    answer = admin.post(NAMESPACES, json=body)
    assert answer.status_code == status
    assert sentence in answer.text
    assert admin.get(f"{NAMESPACES}/x").status_code == 404


def test_an_update_says_all_of_it(admin, new_namespace):
    path = new_namespace(display_name="Mine", protected=True)
    changed = admin.put(path, json={"namespace": "yours"}).json
    assert (changed["namespace"], changed["visibility"], changed["protected"]) == ("yours", "private", False)
    assert "display_name" not in changed
    assert admin.get(path).status_code == 404


def test_no_two_have_one_name(admin, new_namespace):
    new_namespace("taken")
    answer = admin.put(new_namespace(), json={"namespace": "taken"})
    assert answer.status_code == 409
    assert "It would result in a duplicate metadata definition namespace with the same name of taken" in answer.text


def test_a_protected_one_stays_with_all_that_is_in_it(admin, new_namespace):
    path = new_namespace(protected=True, **CONTENT)
    assert admin.delete(path).status_code == 403
    for part in ("objects", "properties", "tags", "objects/o", "properties/q", "tags/t"):
        assert admin.delete(f"{path}/{part}").status_code == 403
    refused = admin.delete(f"{path}/resource_types/OS::Nova::Flavor")
    assert "Metadata definition resource-type-association OS::Nova::Flavor is protected" in refused.text


def test_a_deleted_one_takes_its_parts_along(admin, new_namespace):
    path = new_namespace(**CONTENT)
    assert admin.delete(path).status_code == 204
    assert "tags" not in admin.get(new_namespace()).json


def test_lists_have_pages(admin):
    first = admin.get(f"{NAMESPACES}?limit=3&sort_key=namespace&sort_dir=asc").json
    rest = admin.get(f"/image{first['next']}").json
    names = [namespace["namespace"] for namespace in first["namespaces"] + rest["namespaces"]]
    assert (len(names), names) == (4, sorted(names))


def test_lists_are_narrowed_by_resource_type(admin, new_namespace):
    new_namespace(resource_type_associations=[{"name": "Mine"}])
    found = admin.get(f"{NAMESPACES}?resource_types=Mine,Yours").json["namespaces"]
    assert [namespace["namespace"] for namespace in found] == ["mine"]


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("visibility=shared", 400, "Invalid visibility value: shared"),
        ("limit=-1", 400, "limit param must be positive"),
        ("limit=x", 400, "limit param must be an integer"),
        ("sort_dir=up", 400, "Invalid sort direction: up"),
        ("sort_key=up", 400, "Invalid sort key: up"),
        ("marker=zork", 404, "Metadata definition namespace=zork was not found."),
    ],
)
def test_queries_that_are_refused(http, query, status, sentence):
    answer = http.get(f"{NAMESPACES}?{query}")
    assert answer.status_code == status
    assert sentence in answer.text
