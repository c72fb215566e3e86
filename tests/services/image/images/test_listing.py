"""Lists of images: filters, order, pages, and who sees what.  What is expected was observed of Glance 33."""

import pytest

IMAGES = "/image/v2/images"


def names(client, **query):
    answer = client.get(IMAGES, params=query)
    assert answer.status_code == 200, answer.text
    return [image["name"] for image in answer.json["images"]]


@pytest.fixture
def several(cloud, http, new_image):
    """a, b and c of demo's, a second apart."""
    for fields in (
        {"name": "a", "tags": ["x"]},
        {"name": "b", "tags": ["x", "y"], "os_distro": "debian"},
        {"name": "c,d"},
    ):
        cloud.advance(1)
        new_image(**fields)


def test_the_newest_comes_first(http, several):
    assert names(http, visibility="shared") == ["c,d", "b", "a"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "a"}, ["a"]),
        ({"name": "eq:a"}, ["a"]),
        ({"name": "in:a,b", "sort": "name:asc"}, ["a", "b"]),
        ({"name": 'in:"c,d",a', "sort": "name:asc"}, ["a", "c,d"]),
        ({"tag": "x", "sort": "name:asc"}, ["a", "b"]),
        ({"tag": ["x", "y"]}, ["b"]),
        ({"os_distro": "debian"}, ["b"]),
        ({"status": "queued", "sort_key": "name", "sort_dir": "asc"}, ["a", "b", "c,d"]),
        ({"status": "saving"}, []),
        ({"created_at": "gt:2026-01-01T00:00:02Z"}, ["c,d"]),
        ({"created_at": "lte:2026-01-01T00:00:01Z", "visibility": "shared"}, ["a"]),
        ({"created_at": "2026-01-01T00:00:02Z"}, ["b"]),
        (
            {"updated_at": "neq:2026-01-01T00:00:02Z", "visibility": "shared", "sort": "name:asc"},
            ["a", "c,d"],
        ),
        ({"visibility": "private"}, []),
        ({"zork": "x"}, []),
    ],
)
def test_filters(http, several, query, expected):
    assert names(http, **query) == expected


def test_sizes_are_bounded(http, active_image):
    active_image(name="five")
    assert names(http, size_min="5", size_max="5") == ["five"]


def test_hidden_images_are_listed_on_demand(http, new_image):
    new_image(name="hidden", os_hidden=True)
    assert "hidden" not in names(http)
    assert names(http, os_hidden="true") == ["hidden"]


def test_protected_images(http, new_image):
    new_image(name="kept", protected=True)
    assert names(http, protected="true") == ["kept"]


def test_an_unset_value_comes_first(http, new_image, active_image):
    active_image(name="stored")
    new_image(name="queued")
    assert names(http, sort="size:asc", visibility="shared") == ["queued", "stored"]


def test_a_page_tells_the_next(http, several):
    page = http.get(IMAGES, params={"limit": 2, "visibility": "shared"}).json
    assert page["first"] == "/v2/images?limit=2&visibility=shared"
    assert page["next"] == f"/v2/images?limit=2&visibility=shared&marker={page['images'][-1]['id']}"
    rest = http.get(f"/image{page['next']}").json
    assert [image["name"] for image in rest["images"]] == ["a"]
    assert "next" not in rest


def test_a_page_is_of_25_unless_told_otherwise(http, new_image):
    for number in range(26):
        new_image(name=str(number))
    assert len(http.get(IMAGES).json["images"]) == 25
    assert len(http.get(IMAGES, params={"limit": 5000}).json["images"]) == 29


def test_no_limit_is_no_image(http):
    assert names(http, limit=0) == []


def test_the_marker_need_not_pass_the_filters(http, several):
    marker = http.get(IMAGES, params={"name": "b"}).json["images"][0]["id"]
    assert names(http, marker=marker, name="a") == ["a"]


def test_others_see_what_is_public_but_not_what_is_shared(http, several):
    assert "a" not in names(http.as_("alt_demo"))


def test_community_images_are_listed_to_others_on_demand(http, new_image):
    new_image(name="ours", visibility="community")
    other = http.as_("alt_demo")
    assert "ours" in names(http)
    assert "ours" not in names(other)
    assert names(other, visibility="community") == ["ours"]
    assert "ours" in names(other, visibility="all")


def test_a_member_lists_what_it_has_accepted(http, new_image):
    image_id, other = new_image(name="offered"), http.as_("alt_demo")
    member = other.token.project_id
    http.post(f"{IMAGES}/{image_id}/members", json={"member": member})
    assert "offered" not in names(other)
    assert names(other, visibility="shared", member_status="pending") == ["offered"]
    assert names(other, visibility="shared", member_status="all") == ["offered"]
    other.put(f"{IMAGES}/{image_id}/members/{member}", json={"status": "accepted"})
    assert "offered" in names(other)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("limit=x", "limit param must be an integer"),
        ("limit=-1", "limit param must be positive"),
        ("marker=zork", "No image found with ID zork"),
        ("sort_key=zork", "Invalid sort key: zork. It must be one of the following: name, status, container_format, "
                          "disk_format, size, id, created_at, updated_at."),
        ("sort_dir=zork", "Invalid sort direction: zork"),
        ("sort=name:zork", "Invalid sort direction: zork"),
        ("sort=name&sort_key=id", "Old and new sorting syntax cannot be combined"),
        ("sort_key=id&sort_key=name&sort_dir=asc&sort_dir=asc&sort_dir=asc",
         "Number of sort dirs does not match the number of sort keys"),
        ("visibility=zork", "Invalid visibility value: zork"),
        ("member_status=zork", "Invalid status: zork"),
        ("os_hidden=zork", "Invalid value 'zork' for 'os_hidden' filter. Valid values are 'true' or 'false'."),
        ("protected=True", "Invalid value 'True' for 'protected' filter. Valid values are 'true' or 'false'."),
        ("size_min=x", "Unable to filter on a range with a non-numeric value."),
        ("name=foo:bar", "Unable to filter by unknown operator 'foo'."),
        ("created_at=zork", 'Bad "created_at" query filter format. Use ISO 8601 DateTime notation.'),
        ("created_at=foo:2020-01-01T00:00:00Z", "Unable to filter on a unknown operator."),
        ("changes-since=1", 'The "changes-since" filter is no longer available on v2.'),
        ('name=in:"a', 'Invalid filter value "a. The quote is not closed.'),
        ('name=in:x"a"', 'Invalid filter value x"a". There is no comma before opening quotation mark.'),
    ],
)  # fmt: skip
def test_bad_queries(http, query, sentence):
    answer = http.get(f"{IMAGES}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_marker_has_to_be_visible(http, new_image):
    answer = http.as_("alt_demo").get(f"{IMAGES}?marker={new_image()}")
    assert answer.status_code == 403
