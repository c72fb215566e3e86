"""Sharing images with other projects.  What is expected was observed of Glance 33."""

import pytest

IMAGES = "/image/v2/images"


@pytest.fixture
def other(http):
    return http.as_("alt_demo")


@pytest.fixture
def offered(http, other, new_image):
    """The path of the members of an image that is offered to alt_demo."""
    path = f"{IMAGES}/{new_image(name='offered')}/members"
    assert http.post(path, json={"member": other.token.project_id}).status_code == 200
    return path


def test_an_offer_is_pending(http, other, offered):
    (member,) = http.get(offered).json["members"]
    assert (member["member_id"], member["status"]) == (other.token.project_id, "pending")
    assert set(member) == {"member_id", "image_id", "status", "created_at", "updated_at", "schema"}


def test_a_member_shows_the_image_before_it_accepts(other, offered):
    assert other.get(offered.removesuffix("/members")).status_code == 200


def test_a_member_accepts(cloud, other, offered):
    cloud.advance(60)
    answer = other.put(f"{offered}/{other.token.project_id}", json={"status": "accepted"})
    assert answer.json["status"] == "accepted"
    assert answer.json["updated_at"] == "2026-01-01T00:01:00Z"


def test_the_owner_does_not_accept_for_a_member(http, other, offered):
    answer = http.put(f"{offered}/{other.token.project_id}", json={"status": "accepted"})
    assert answer.status_code == 403
    assert "You are not authorized to complete modify_member action." in answer.text


def test_a_member_sees_itself_alone(http, other, offered):
    http.post(offered, json={"member": "third"})
    assert [member["member_id"] for member in other.get(offered).json["members"]] == [other.token.project_id]
    assert other.get(f"{offered}/third").status_code == 404


def test_a_member_does_not_share_on(other, offered):
    answer = other.post(offered, json={"member": "third"})
    assert answer.status_code == 403
    assert "You are not authorized to complete add_member action." in answer.text


def test_the_owner_takes_the_offer_back(http, other, offered):
    assert other.delete(f"{offered}/{other.token.project_id}").status_code == 403
    assert http.delete(f"{offered}/{other.token.project_id}").status_code == 204
    assert other.get(offered.removesuffix("/members")).status_code == 404


def test_an_offer_is_made_once(http, other, offered):
    member_id, image_id = other.token.project_id, offered.split("/")[-2]
    answer = http.post(offered, json={"member": member_id})
    assert answer.status_code == 409
    assert f"Member {member_id} is duplicated for image {image_id}" in answer.text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Member to be added not specified"),
        ({"member": ""}, "Member can't be empty"),
        ([], 'Expected a member in the form: {"member": "image_id"}'),
    ],
)
def test_a_member_has_to_be_named(http, offered, body, sentence):
    answer = http.post(offered, json=body)
    assert answer.status_code == 400
    assert sentence in answer.text


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Status not specified"),
        ({"status": "zork"}, 'Incorrect request: Status must be "pending", "accepted" or "rejected".'),
        ([], 'Expected a status in the form: {"status": "status"}'),
    ],
)
def test_a_status_is_one_of_three(other, offered, body, sentence):
    answer = other.put(f"{offered}/{other.token.project_id}", json=body)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_private_images_have_no_members(http, new_image):
    image_id = new_image(visibility="private")
    path = f"{IMAGES}/{image_id}/members"
    listed, shown, added = http.get(path), http.get(f"{path}/x"), http.post(path, json={"member": "x"})
    assert (listed.status_code, shown.status_code, added.status_code) == (403, 404, 403)
    assert (
        f"Not allowed to list members for image {image_id}: Only shared images have members." in listed.text
    )
    assert "Only shared images have members." in shown.text
    assert f"Not allowed to create members for image {image_id}." in added.text


def test_there_is_a_limit_to_members(http, new_image):
    path = f"{IMAGES}/{new_image()}/members"
    for number in range(128):
        http.post(path, json={"member": str(number)})
    assert http.post(path, json={"member": "one more"}).status_code == 413
