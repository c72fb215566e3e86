"""Schemas as they are served, and the sentences of the validator.  What is expected was observed of Glance 33."""

import pytest

IMAGES = "/image/v2/images"
DISK_FORMAT = """\
'qcow3' is not one of [None, 'ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop']

Failed validating 'enum' in schema['properties']['disk_format']:
    {'type': ['null', 'string'],
     'description': 'Format of the disk',
     'enum': [None,
              'ami',
              'ari',
              'aki',
              'vhd',
              'vhdx',
              'vmdk',
              'raw',
              'qcow2',
              'vdi',
              'iso',
              'ploop']}

On instance['disk_format']:
    'qcow3'"""


def mismatch(http, body):
    answer = http.post(IMAGES, json=body, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    head, _, reason = answer.json["message"].partition("Provided object does not match schema 'image': ")
    assert not head
    return reason


def test_a_mismatch_is_told_at_length(http):
    assert mismatch(http, {"disk_format": "qcow3"}) == f"{DISK_FORMAT}<br /><br />\n\n\n"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"foo": 3}, "3 is not of type 'string'"),
        ({"name": 3}, "3 is not of type 'null', 'string'"),
        ({"name": "x" * 256}, f"'{'x' * 256}' is too long"),
        ({"protected": "yes"}, "'yes' is not of type 'boolean'"),
        ({"min_ram": True}, "True is not of type 'integer'"),
        ({"visibility": "x"}, "'x' is not one of ['community', 'public', 'private', 'shared']"),
        ({"tags": "x"}, "'x' is not of type 'array'"),
        ({"tags": ["x", 3]}, "3 is not of type 'string'"),
    ],
)
def test_each_rule_has_its_sentence(http, body, sentence):
    assert mismatch(http, body).startswith(f"{sentence}\n\n")


def test_of_several_flaws_the_last_shallow_one_is_told(http):
    reason = mismatch(http, {"tags": ["a", 3], "name": 3, "min_ram": "b"})
    assert reason.startswith("3 is not of type 'null', 'string'")


@pytest.mark.parametrize("name", ["image", "images", "member", "members", "task", "tasks"])
def test_schemas_are_served(http, name):
    assert http.get(f"/image/v2/schemas/{name}").json["name"] == name


def test_the_schema_of_an_image_allows_custom_properties(http):
    schema = http.get("/image/v2/schemas/image").json
    assert schema["additionalProperties"] == {"type": "string"}
    assert schema["properties"]["id"]["pattern"].startswith("^([0-9a-fA-F]){8}-")


def test_there_are_no_others(http):
    assert http.get("/image/v2/schemas/zork").status_code == 404
