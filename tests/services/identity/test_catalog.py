"""/services, /endpoints and /regions, and the catalogue that they make.  Expectations: Keystone 30."""

import pytest

from tests.services.identity.signing_in import V3, message, sign_in

ON_DEMO = {"project": {"name": "demo", "domain": {"id": "default"}}}
PUBLIC = {"interface": "public", "url": "https://objects.example/v1"}


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


@pytest.fixture
def store(admin):
    """A service of somebody else's, in the catalogue."""
    return admin.post(f"{V3}/services", json={"service": {"type": "object-store", "name": "swift"}}).json["service"]


def entry(http, type="object-store"):
    catalog = sign_in(http, scope=ON_DEMO).json["token"]["catalog"]
    return next((one for one in catalog if one["type"] == type), None)


def add(admin, service, **more):
    return admin.post(f"{V3}/endpoints", json={"endpoint": {**PUBLIC, "service_id": service["id"], **more}})


# --- services


def test_a_new_service_is_in_the_catalogue_without_endpoints(http, store):
    assert entry(http) == {"endpoints": [], "id": store["id"], "type": "object-store", "name": "swift"}


def test_what_clients_add_of_their_own_is_kept_without_hyphens(admin):
    made = admin.post(f"{V3}/services", json={"service": {"type": "x", "foo-bar": [1], "description": None}})
    assert made.status_code == 201
    assert made.json["service"].items() >= {"foo_bar": [1], "description": None, "name": "", "enabled": True}.items()


def test_a_service_that_is_off_is_not_in_the_catalogue(http, admin, store):
    answer = admin.patch(f"{V3}/services/{store['id']}", json={"service": {"enabled": False}})
    assert answer.json["service"]["enabled"] is False
    assert entry(http) is None


def test_a_service_goes_with_its_endpoints(admin, store):
    endpoint = add(admin, store).json["endpoint"]
    assert admin.delete(f"{V3}/services/{store['id']}").status_code == 204
    assert message(admin.get(f"{V3}/endpoints/{endpoint['id']}")) == f"Could not find endpoint: {endpoint['id']}."


@pytest.mark.parametrize(("body", "sentence"), [
    ({"name": "x"}, "Invalid input for field/attribute service. Value: {'name': 'x'}. 'type' is a required property"),
    ({"type": ""}, "Invalid input for field/attribute type. Value: . '' should be non-empty"),
    ({"type": "x", "enabled": "true"},
     "Invalid input for field/attribute enabled. Value: true. 'true' is not of type 'boolean'"),
    ({"type": "x", "name": None}, "Invalid input for field/attribute name. Value: None. None is not of type 'string'"),
])  # fmt: skip
def test_a_service_that_is_not_well_formed_is_refused(admin, body, sentence):
    answer = admin.post(f"{V3}/services", json={"service": body})
    assert (answer.status_code, message(answer)) == (400, sentence)


def test_the_id_of_a_service_stays(admin, store):
    answer = admin.patch(f"{V3}/services/{store['id']}", json={"service": {"id": "x"}})
    assert (answer.status_code, message(answer)) == (400, "Cannot change ID")


def test_services_are_made_by_admins_alone(http):
    answer = http.post(f"{V3}/services", json={"service": {"type": "x"}})
    assert answer.status_code == 403
    assert message(answer) == "You are not authorized to perform the requested action: identity:create_service."


# --- endpoints


def test_a_new_endpoint_is_in_the_catalogue_of_the_next_token(http, admin, store):
    made = add(admin, store, region_id="RegionOne").json["endpoint"]
    assert made.items() >= {"region": "RegionOne", "region_id": "RegionOne", "enabled": True}.items()
    shown = {"id": made["id"], "interface": "public", "region_id": "RegionOne", "region": "RegionOne",
             "url": PUBLIC["url"]}  # fmt: skip
    assert entry(http)["endpoints"] == [shown]


def test_ids_in_an_address_are_filled_in(http, admin, store):
    add(admin, store, url="https://objects.example/AUTH_$(project_id)s/%(user_id)s")
    token = sign_in(http, scope=ON_DEMO).json["token"]
    (url,) = [one["url"] for one in entry(http)["endpoints"]]
    assert url == f"https://objects.example/AUTH_{token['project']['id']}/{token['user']['id']}"


def test_an_address_that_needs_a_project_is_left_out_where_there_is_none(http, admin, store):
    add(admin, store, url="https://objects.example/AUTH_$(project_id)s")
    catalog = sign_in(http, "admin", scope={"system": {"all": True}}).json["token"]["catalog"]
    assert next(one for one in catalog if one["type"] == "object-store")["endpoints"] == []


def test_a_changed_endpoint_moves_the_clients(http, admin):
    (public,) = admin.get(f"{V3}/endpoints", params={"interface": "public", "service_id": entry(http, "image")["id"]}).json[
        "endpoints"
    ]
    changed = {"endpoint": {"url": "https://images.example", "region": "RegionTwo"}}
    assert admin.patch(f"{V3}/endpoints/{public['id']}", json=changed).status_code == 200
    urls = {one["interface"]: (one["url"], one["region"]) for one in entry(http, "image")["endpoints"]}
    assert urls["public"] == ("https://images.example", "RegionTwo")
    assert urls["admin"] == ("http://localhost/image", "RegionOne")


def test_an_endpoint_that_is_off_is_not_in_the_catalogue(http, admin, store):
    endpoint = add(admin, store).json["endpoint"]
    admin.patch(f"{V3}/endpoints/{endpoint['id']}", json={"endpoint": {"enabled": False}})
    assert entry(http)["endpoints"] == []


def test_a_region_of_a_name_is_made_with_its_endpoint(admin, store):
    add(admin, store, region="Elsewhere")
    assert admin.get(f"{V3}/regions/Elsewhere").json["region"]["description"] == ""


@pytest.mark.parametrize(("more", "sentence"), [
    ({"service_id": "nope"}, "Expecting to find endpoint service_id in service table."),
    ({"region_id": "nope"}, "Expecting to find endpoint region_id in region table."),
    ({"interface": "x"}, "Invalid input for field/attribute interface. Value: x. 'x' is not one of"),
    ({"url": "nourl"}, "Invalid input for field/attribute url. Value: nourl. 'nourl' does not match"),
    ({"url": "http://x/%(foo)s"}, "Cannot create an endpoint with an invalid URL: http://x/%(foo)s."),
    ({"url": "http://x/%(user_id)s/%"}, "Cannot create an endpoint with an invalid URL: http://x/%(user_id)s/%."),
])  # fmt: skip
def test_an_endpoint_that_leads_nowhere_is_refused(admin, store, more, sentence):
    answer = add(admin, store, **more)
    assert answer.status_code == 400
    assert message(answer).startswith(sentence)


def test_endpoints_are_found_by_what_they_are(admin):
    found = admin.get(f"{V3}/endpoints", params={"interface": "admin"}).json["endpoints"]
    assert {one["interface"] for one in found} == {"admin"}
    answer = admin.get(f"{V3}/endpoints", params={"interface": "foo"})
    assert answer.status_code == 400


# --- regions


def region(admin, **body):
    return admin.post(f"{V3}/regions", json={"region": body})


def test_a_region_is_called_as_one_likes_or_by_an_id(admin):
    assert region(admin, id="a b/ü").json["region"]["id"] == "a b/ü"
    assert len(region(admin, id="").json["region"]["id"]) == 32
    assert admin.put(f"{V3}/regions/mine", json={"region": {}}).status_code == 201


def test_a_region_is_there_once(admin):
    answer = region(admin, id="RegionOne")
    assert answer.status_code == 409
    assert message(answer) == "Conflict occurred attempting to store region - Duplicate ID, RegionOne.."


def test_the_two_ids_of_a_region_are_one(admin):
    answer = admin.put(f"{V3}/regions/a", json={"region": {"id": "b"}})
    assert (answer.status_code, message(answer)) == (400, 'Conflicting region IDs specified: "a" != "b"')


def test_no_region_is_inside_of_itself(admin):
    region(admin, id="a")
    region(admin, id="b", parent_region_id="a")
    answer = admin.patch(f"{V3}/regions/a", json={"region": {"parent_region_id": "b"}})
    assert answer.status_code == 400
    assert message(answer) == "The specified parent region b would create a circular region hierarchy."


def test_a_region_with_endpoints_in_it_stays(admin, store):
    region(admin, id="a")
    region(admin, id="b", parent_region_id="a")
    endpoint = add(admin, store, region_id="b").json["endpoint"]
    answer = admin.delete(f"{V3}/regions/a")
    assert answer.status_code == 403
    assert message(answer).startswith("Unable to delete region a because it or its child regions")
    admin.delete(f"{V3}/endpoints/{endpoint['id']}")
    assert admin.delete(f"{V3}/regions/a").status_code == 204
    assert admin.get(f"{V3}/regions/b").status_code == 404


def test_everybody_may_look_at_regions(http):
    assert [one["id"] for one in http.get(f"{V3}/regions").json["regions"]] == ["RegionOne"]
    answer = http.get(f"{V3}/regions", params={"foo": "bar"})
    assert message(answer) == "Additional properties are not allowed ('foo' was unexpected)"
