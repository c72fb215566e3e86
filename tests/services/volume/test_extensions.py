"""/extensions as clients see it."""

EXTENSIONS = "/volume/v3/extensions"


def test_there_are_as_many_as_in_a_real_cinder(http):
    shown = http.get(EXTENSIONS).json["extensions"]
    assert len(shown) == 32
    assert {"os-services", "qos-specs", "OS-SCH-HNT"} <= {one["alias"] for one in shown}


def test_one_is_found_by_its_alias(http):
    assert http.get(f"{EXTENSIONS}/encryption").json["extension"] == {
        "name": "VolumeTypeEncryption",
        "alias": "encryption",
        "description": "Encryption support for volume types.",
        "updated": "2013-07-01T00:00:00+00:00",
        "links": [],
    }


def test_one_that_is_not_there_is_told(http):
    assert http.get(f"{EXTENSIONS}/nope").json["itemNotFound"]["message"] == "The resource could not be found."
