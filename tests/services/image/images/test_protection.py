"""Properties that not everybody may touch.  Observed of Glance 33 with rules by roles."""

import pytest

IMAGES = "/image/v2/images"
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
RULES = [
    "billing_.*: create=admin read=admin,member update=admin delete=!",
    "secret: create=member read=admin update=admin delete=admin",
    ".*: create=@ read=@ update=@ delete=@",
]

pytestmark = pytest.mark.scenario({"cloud": {"extends": "default", "settings": {"property_protections": RULES}}})


def patch(http, image_id, **change):
    return http.patch(f"{IMAGES}/{image_id}", json=[change], headers=PATCH)


def test_a_property_that_one_may_not_set_is_reserved(http):
    answer = http.post(IMAGES, json={"billing_code": "1"})
    assert answer.status_code == 403
    assert "Attribute 'billing_code' is reserved." in answer.text


def test_what_one_may_not_see_is_not_there(http, new_image):
    image_id = new_image(secret="x", plain="y")
    image = http.get(f"{IMAGES}/{image_id}").json
    assert ("secret" in image, image["plain"]) == (False, "y")
    assert http.as_("admin").get(f"{IMAGES}/{image_id}").json["secret"] == "x"
    assert patch(http, image_id, op="remove", path="/secret").status_code == 409


def test_what_one_sees_one_may_not_always_change(http, new_image):
    image_id = new_image()
    admin = http.as_("admin")
    assert patch(admin, image_id, op="add", path="/billing_code", value="1").status_code == 200
    assert http.get(f"{IMAGES}/{image_id}").json["billing_code"] == "1"
    assert patch(http, image_id, op="replace", path="/billing_code", value="2").status_code == 403
    assert patch(admin, image_id, op="replace", path="/billing_code", value="2").status_code == 200
    assert patch(admin, image_id, op="remove", path="/billing_code").status_code == 403
