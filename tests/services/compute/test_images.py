"""/images and /images/{id}/metadata: Glance's images in Nova's words."""

import pytest

IMAGES, GLANCE = "/compute/v2.1/images", "/image/v2/images"
NOBODY = "00000000-0000-4000-8000-000000000000"


def refusal(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def names(answer):
    return [image["name"] for image in answer.json["images"]]


@pytest.fixture
def own(http):
    """An image of demo's with two properties."""
    body = {"name": "own", "os_distro": "debian", "usage": "tests", "min_ram": 64}
    return http.post(GLANCE, json=body).json


@pytest.fixture
def metadata(own):
    return f"{IMAGES}/{own['id']}/metadata"


# --- lists


def test_a_list_has_names_and_links(http, own):
    image = next(image for image in http.get(IMAGES).json["images"] if image["name"] == "own")
    assert image == {
        "id": own["id"],
        "name": "own",
        "links": [
            {"rel": "self", "href": f"http://localhost{IMAGES}/{own['id']}"},
            {"rel": "bookmark", "href": f"http://localhost/compute/images/{own['id']}"},
            {
                "rel": "alternate",
                "type": "application/vnd.openstack.image",
                "href": f"http://localhost/image/images/{own['id']}",
            },
        ],
    }


def test_a_detailed_list_is_of_whole_images(http, own):
    (image,) = http.get(f"{IMAGES}/detail", params={"name": "own"}).json["images"]
    assert image == http.get(f"{IMAGES}/{own['id']}").json["image"]


def test_a_queued_image_is_being_saved(http, own):
    image = http.get(f"{IMAGES}/{own['id']}").json["image"]
    assert (image["status"], image["progress"], image["OS-EXT-IMG-SIZE:size"]) == ("SAVING", 25, 0)
    assert (image["minRam"], image["minDisk"]) == (64, 0)
    assert image["metadata"] == {"os_distro": "debian", "usage": "tests"}


def test_an_image_with_its_bytes_is_active(http, own):
    image = next(image for image in http.get(f"{IMAGES}/detail").json["images"] if image["name"] != "own")
    assert (image["status"], image["progress"]) == ("ACTIVE", 100)


def test_a_snapshot_names_its_server(http):
    id = http.post(GLANCE, json={"name": "snap", "instance_uuid": NOBODY, "image_type": "snapshot"}).json[
        "id"
    ]
    assert http.get(f"{IMAGES}/{id}").json["image"]["server"] == {
        "id": NOBODY,
        "links": [
            {"rel": "self", "href": f"http://localhost/compute/v2.1/servers/{NOBODY}"},
            {"rel": "bookmark", "href": f"http://localhost/compute/servers/{NOBODY}"},
        ],
    }


@pytest.mark.parametrize("server", [NOBODY, f"http://localhost/compute/servers/{NOBODY}"])
def test_snapshots_of_a_server(http, own, server):
    http.post(GLANCE, json={"name": "snap", "instance_uuid": NOBODY, "image_type": "snapshot"})
    assert names(http.get(IMAGES, params={"server": server})) == ["snap"]
    assert names(http.get(IMAGES, params={"type": "snapshot"})) == ["snap"]


def test_the_disk_config_is_told_if_the_image_has_one(http):
    id = http.post(GLANCE, json={"name": "auto", "auto_disk_config": "True"}).json["id"]
    assert http.get(f"{IMAGES}/{id}").json["image"]["OS-DCF:diskConfig"] == "AUTO"


@pytest.mark.parametrize(
    "query",
    [{"status": "QUEUED"}, {"minRam": "64"}, {"property-usage": "tests"}, {"name": "own", "zzz": "1"}],
)
def test_a_list_is_narrowed(http, own, query):
    assert names(http.get(IMAGES, params=query)) == ["own"]


def test_changes_since(cloud, http, own):
    assert names(http.get(IMAGES, params={"changes-since": "2031-01-01T00:00:00Z"})) == []
    assert "own" in names(http.get(IMAGES, params={"changes-since": "2001-01-01T00:00:00Z"}))


def test_a_time_that_is_none(http):
    assert http.get(IMAGES, params={"changes-since": "now"}).status_code == 400


def test_pages(http, own):
    everything = [image["id"] for image in http.get(IMAGES).json["images"]]
    page = http.get(IMAGES, params={"limit": 2}).json
    assert [image["id"] for image in page["images"]] == everything[:2]
    (link,) = page["images_links"]
    assert link == {"rel": "next", "href": f"http://localhost{IMAGES}?limit=2&marker={everything[1]}"}
    rest = http.get(IMAGES, params={"marker": everything[1]}).json
    assert [image["id"] for image in rest["images"]] == everything[2:]


def test_a_list_has_more_than_a_page_of_glances(http):
    for number in range(30):
        http.post(GLANCE, json={"name": f"image-{number}"})
    assert len(http.get(IMAGES).json["images"]) > 30


def test_a_marker_that_is_not_there(http):
    refused = http.get(IMAGES, params={"marker": NOBODY})
    assert refusal(refused) == (400, f"HTTP 400 Bad Request: No image found with ID {NOBODY}")


def test_an_image_that_is_not_there(http):
    assert refusal(http.get(f"{IMAGES}/{NOBODY}")) == (404, "Image not found.")


# --- deletion


def test_ones_own_image_is_deleted(http, own):
    assert http.delete(f"{IMAGES}/{own['id']}").status_code == 204
    assert http.get(f"{GLANCE}/{own['id']}").status_code == 404


def test_others_images_are_not(http):
    id = http.get(IMAGES).json["images"][0]["id"]
    assert refusal(http.delete(f"{IMAGES}/{id}")) == (403, "You are not allowed to delete the image.")


def test_nor_protected_ones(http):
    id = http.post(GLANCE, json={"name": "safe", "protected": True}).json["id"]
    assert refusal(http.delete(f"{IMAGES}/{id}")) == (403, "You are not allowed to delete the image.")


# --- metadata


def test_metadata_are_the_custom_properties(http, metadata):
    assert http.get(metadata).json == {"metadata": {"os_distro": "debian", "usage": "tests"}}


def test_metadata_are_merged(http, metadata, own):
    merged = http.post(metadata, json={"metadata": {"usage": "demo", "more": "1"}})
    assert merged.json == {"metadata": {"os_distro": "debian", "usage": "demo", "more": "1"}}
    assert http.get(f"{GLANCE}/{own['id']}").json["more"] == "1"


def test_metadata_are_replaced(http, metadata, own):
    assert http.put(metadata, json={"metadata": {"more": "1"}}).json == {"metadata": {"more": "1"}}
    assert "usage" not in http.get(f"{GLANCE}/{own['id']}").json


def test_one_item(http, metadata):
    assert http.get(f"{metadata}/usage").json == {"meta": {"usage": "tests"}}
    assert http.put(f"{metadata}/usage", json={"meta": {"usage": "demo"}}).json == {"meta": {"usage": "demo"}}
    assert http.delete(f"{metadata}/usage").status_code == 204
    assert refusal(http.get(f"{metadata}/usage")) == (404, "The resource could not be found.")


def test_an_item_that_is_not_there(http, metadata):
    assert refusal(http.delete(f"{metadata}/zzz")) == (404, "Invalid metadata key")


def test_an_item_is_named_as_in_the_address(http, metadata):
    refused = http.put(f"{metadata}/usage", json={"meta": {"zzz": "1"}})
    assert refusal(refused) == (400, "Request body and URI mismatch")


def test_there_is_a_limit(http, metadata):
    too_many = {f"key-{number}": "" for number in range(129)}
    assert refusal(http.post(metadata, json={"metadata": too_many})) == (403, "Image metadata limit exceeded")


def test_others_images_stay_as_they_are(http):
    id = http.get(IMAGES).json["images"][0]["id"]
    refused = http.post(f"{IMAGES}/{id}/metadata", json={"metadata": {"a": "1"}})
    assert refusal(refused) == (403, f"Not authorized for image {id}.")


def test_what_glance_reserves(http, metadata, own):
    assert http.post(metadata, json={"metadata": {"os_glance_x": "1"}}).status_code in (400, 403)
    assert http.get(metadata).json == {"metadata": {"os_distro": "debian", "usage": "tests"}}


# --- versions


def test_images_are_gone_in_2_36(http, own):
    assert refusal(http.get(IMAGES, version="2.36")) == (404, "The resource could not be found.")
    assert http.get(f"{IMAGES}/{own['id']}", version="2.35").status_code == 200


def test_their_metadata_in_2_39(http, metadata):
    assert http.get(metadata, version="2.38").status_code == 200
    assert refusal(http.get(metadata, version="2.39")) == (404, "The resource could not be found.")
