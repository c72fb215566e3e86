"""The list that never changes: nova/api/openstack/compute/extension_info.py."""

EXTENSIONS = "/compute/v2.1/extensions"


def test_all_extensions_are_listed(http):
    listed = http.get(EXTENSIONS).json["extensions"]
    assert len(listed) == 99
    assert listed[0].keys() == {"alias", "name", "description", "namespace", "updated", "links"}


def test_one_extension(http):
    shown = http.get(f"{EXTENSIONS}/os-volumes").json["extension"]
    assert (shown["alias"], shown["name"]) == ("os-volumes", "Volumes")


def test_an_extension_that_is_not_there(http):
    refused = http.get(f"{EXTENSIONS}/nope")
    assert refused.status_code == 404
    assert refused.json["itemNotFound"]["message"] == "The resource could not be found."
