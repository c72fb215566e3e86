"""Objects, properties, tags and resource types of a namespace.  What is expected was observed of Glance 33."""

import pytest

PROPERTY = {"name": "p", "title": "P", "type": "string"}


@pytest.mark.parametrize(("part", "body"), [("objects", {"name": "p"}), ("properties", PROPERTY)])
def test_a_part_is_made_renamed_and_deleted(admin, new_namespace, part, body):
    path = f"{new_namespace()}/{part}"
    assert admin.post(path, json=body).status_code == 201
    assert admin.post(path, json=body).status_code == 409
    assert admin.put(f"{path}/p", json={**body, "name": "r"}).json["name"] == "r"
    assert admin.get(f"{path}/p").status_code == 404
    assert admin.delete(f"{path}/r").status_code == 204
    assert not admin.get(path).json[part]


@pytest.mark.parametrize(("part", "body"), [("objects", {"name": "p"}), ("properties", PROPERTY)])
def test_no_two_parts_have_one_name(admin, new_namespace, part, body):
    path = f"{new_namespace()}/{part}"
    admin.post(path, json=body)
    admin.post(path, json={**body, "name": "r"})
    assert admin.put(f"{path}/r", json=body).status_code == 409


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("objects", "Could not find metadata object zork"),
        ("properties", "Could not find property zork"),
        ("tags", "Could not find metadata tag zork"),
    ],
)
def test_what_is_not_there_is_not_found(http, new_namespace, part, sentence):
    answer = http.get(f"{new_namespace()}/{part}/zork")
    assert answer.status_code == 404
    assert sentence in answer.text


@pytest.mark.parametrize("part", ["objects", "properties", "tags"])
def test_all_parts_are_deleted_at_once(admin, new_namespace, part):
    path = new_namespace(objects=[{"name": "a"}], properties={"a": {"title": "A", "type": "string"}}, tags=[{"name": "a"}])
    assert admin.delete(f"{path}/{part}").status_code == 204
    assert {"objects", "properties", "tags"} - admin.get(path).json.keys() == {part}


@pytest.mark.parametrize(("sent", "kept"), [(5, "5"), (True, "True"), ("x", "x"), (["x"], None), ({"x": 1}, None)])
def test_a_default_is_text_or_nothing(admin, new_namespace, sent, kept):
    answer = admin.post(f"{new_namespace()}/properties", json={**PROPERTY, "default": sent})
    assert answer.json["default"] == kept


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"name": "p"}, "'type' is a required property"),
        ({**PROPERTY, "type": "zork"}, "'zork' is not one of ['array', 'boolean', 'integer', 'number', 'object',"),
        ({**PROPERTY, "minLength": -1}, "-1 is less than the minimum of 0"),
        ({**PROPERTY, "enum": [1]}, "1 is not of type 'string'"),
        ({**PROPERTY, "operators": "x"}, "'x' is not of type 'array'"),
    ],
)
def test_properties_that_are_refused(admin, new_namespace, body, sentence):
    answer = admin.post(f"{new_namespace()}/properties", json=body)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_property_is_found_by_its_name_on_a_resource_type(http, admin, new_namespace):
    path = new_namespace(
        properties={"p": {"title": "P", "type": "string"}},
        resource_type_associations=[{"name": "R", "prefix": "r_"}],
    )
    assert http.get(f"{path}/properties/r_p?resource_type=R").json["name"] == "p"
    refused = http.get(f"{path}/properties/p?resource_type=R")
    assert "Property p does not start with the expected resource type association prefix of 'r_'." in refused.text
    assert http.get(f"{path}/properties/p?resource_type=S").status_code == 404


def test_tags_replace_each_other_unless_they_are_appended(admin, new_namespace):
    path = f"{new_namespace()}/tags"
    admin.post(path, json={"tags": [{"name": "a"}, {"name": "b"}]})
    admin.post(path, json={"tags": [{"name": "c"}]})
    assert admin.get(path).json["tags"] == [{"name": "c"}]
    admin.post(path, json={"tags": [{"name": "d"}]}, headers={"X-Openstack-Append": "True"})
    assert admin.get(path).json["tags"] == [{"name": "d"}, {"name": "c"}]


def test_a_tag_is_made_without_a_body(admin, new_namespace):
    path = f"{new_namespace()}/tags/t"
    assert admin.post(path, json={"name": "t"}).status_code == 400
    assert admin.post(path).status_code == 201
    twice = admin.post(path)
    assert twice.status_code == 409
    assert "(Please note that metadata tag names are case insensitive)." in twice.text


def test_tags_have_pages(http, new_namespace):
    path = f"{new_namespace(tags=[{'name': 'a'}, {'name': 'b'}, {'name': 'c'}])}/tags"
    assert http.get(f"{path}?sort_key=name&sort_dir=asc&limit=2").json["tags"] == [{"name": "a"}, {"name": "b"}]
    assert http.get(f"{path}?sort_key=name&sort_dir=asc&marker=b").json["tags"] == [{"name": "c"}]


def test_a_resource_type_stays_when_nothing_is_for_it_any_more(http, admin, new_namespace):
    path = f"{new_namespace()}/resource_types"
    assert admin.post(path, json={"name": "Mine", "prefix": "m_"}).json["prefix"] == "m_"
    assert admin.post(path, json={"name": "Mine"}).status_code == 409
    assert admin.delete(f"{path}/Mine").status_code == 204
    gone = admin.delete(f"{path}/Mine")
    assert "Failed to find resource type Mine to delete" in gone.text
    assert "Mine" in {type["name"] for type in http.get("/image/v2/metadefs/resource_types").json["resource_types"]}
