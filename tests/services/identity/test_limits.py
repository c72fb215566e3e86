"""/limits and /registered_limits, and Nova's quotas where they are these.  Expectations: Keystone 30, Nova 34."""

from dataclasses import replace

import pytest

from fakecompute.domain.quota_unified import DRIVER
from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.identity import Project
from tests.services.identity.signing_in import V3, message

REGISTERED, LIMITS = f"{V3}/registered_limits", f"{V3}/limits"
SERVERS, QUOTAS = "/compute/v2.1/servers", "/compute/v2.1/os-quota-sets"
NOVA = {"servers": 2, "class:VCPU": 20, "class:MEMORY_MB": 51200}


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


@pytest.fixture
def service_id(cloud):
    return next(one.id for one in cloud.store.all(CatalogService) if one.type == "compute")


@pytest.fixture
def demo(cloud):
    return cloud.store.one(Project, "name", ("default", "demo")).id


@pytest.fixture
def register(admin, service_id):
    def do(name="k", amount=5, **more):
        wish = {"service_id": service_id, "resource_name": name, "default_limit": amount, **more}
        return admin.post(REGISTERED, json={"registered_limits": [wish]})

    return do


@pytest.fixture
def limit(admin, service_id, demo):
    def do(name="k", amount=3, **more):
        wish = {"service_id": service_id, "resource_name": name, "resource_limit": amount}
        return admin.post(LIMITS, json={"limits": [{**wish, **(more or {"project_id": demo})}]})

    return do


# --- registered limits


def test_a_limit_is_registered_for_a_service(register, service_id):
    answer = register()
    assert answer.status_code == 201
    (made,) = answer.json["registered_limits"]
    assert made.items() >= {"service_id": service_id, "region_id": None, "default_limit": 5, "description": None}.items()


def test_a_limit_is_registered_once_in_a_region(register):
    register()
    answer = register()
    assert answer.status_code == 409
    assert message(answer) == "Conflict occurred attempting to store registered_limit - Duplicate entry."
    assert register(region_id="RegionOne").status_code == 201


@pytest.mark.parametrize(("more", "sentence"), [
    ({"service_id": "nope"}, "Invalid input for field/attribute service_id. Value: nope. 'nope' is not a 'uuid'"),
    ({"service_id": "0" * 32}, "Expecting to find service_id in registered_limit."),
    ({"region_id": "nope"}, "Expecting to find region_id in registered_limit."),
    ({"default_limit": "5"}, "Invalid input for field/attribute default_limit. Value: 5. '5' is not of type 'integer'"),
    ({"default_limit": -2},
     "Invalid input for field/attribute default_limit. Value: -2. -2 is less than the minimum of -1"),
])  # fmt: skip
def test_a_registered_limit_that_makes_no_sense_is_refused(register, more, sentence):
    answer = register(**more)
    assert answer.status_code == 400
    assert message(answer).startswith(sentence)


def test_all_limits_are_registered_or_none(admin, service_id):
    good = {"service_id": service_id, "resource_name": "a", "default_limit": 1}
    assert admin.post(REGISTERED, json={"registered_limits": [good, {**good, "region_id": "nope"}]}).status_code == 400
    assert admin.get(REGISTERED).json["registered_limits"] == []


def test_a_registered_limit_with_limits_stays_as_it_is(admin, register, limit):
    id = register().json["registered_limits"][0]["id"]
    own = limit().json["limits"][0]["id"]
    answer = admin.patch(f"{REGISTERED}/{id}", json={"registered_limit": {"default_limit": 8}})
    assert answer.status_code == 403
    assert message(answer).startswith(f"Unable to update or delete registered limit {id} because there are project")
    assert admin.delete(f"{REGISTERED}/{id}").status_code == 403
    admin.delete(f"{LIMITS}/{own}")
    assert admin.delete(f"{REGISTERED}/{id}").status_code == 204


# --- limits


def test_a_limit_rests_on_a_registered_one(limit):
    answer = limit()
    assert answer.status_code == 403
    assert message(answer) == "Unable to create a limit that has no corresponding registered limit."


def test_a_limit_is_for_a_project_or_for_a_domain(register, limit, demo):
    register()
    assert limit().json["limits"][0]["project_id"] == demo
    assert limit(domain_id="default").json["limits"][0]["domain_id"] == "default"
    answer = limit(project_id="default")  # a domain is a project
    assert (answer.status_code, message(answer)) == (
        409, "Conflict occurred attempting to store limit - Duplicate entry."
    )  # fmt: skip
    assert limit(project_id=demo, domain_id="default").status_code == 400
    assert message(limit(project_id="nope")).startswith("Expecting to find project_id in limit.")


def test_a_limit_of_0_is_passed_over(admin, register, limit):
    register()
    id = limit().json["limits"][0]["id"]
    assert admin.patch(f"{LIMITS}/{id}", json={"limit": {"resource_limit": 9}}).json["limit"]["resource_limit"] == 9
    assert admin.patch(f"{LIMITS}/{id}", json={"limit": {"resource_limit": 0}}).json["limit"]["resource_limit"] == 9


def test_one_sees_the_limits_of_ones_project(http, admin, cloud, register, limit, demo):
    register()
    mine = limit().json["limits"][0]["id"]
    other = limit(project_id=cloud.store.one(Project, "name", ("default", "alt_demo")).id).json["limits"][0]["id"]
    assert [one["id"] for one in http.get(LIMITS).json["limits"]] == [mine]
    assert len(admin.get(LIMITS).json["limits"]) == 2
    assert [one["id"] for one in admin.get(LIMITS, params={"project_id": demo}).json["limits"]] == [mine]
    answer = http.get(f"{LIMITS}/{other}")
    assert message(answer) == "You are not authorized to perform the requested action: identity:get_limit."


def test_a_projects_limits_go_with_it(admin, register, limit):
    register()
    project = admin.post(f"{V3}/projects", json={"project": {"name": "p"}}).json["project"]["id"]
    limit(project_id=project)
    admin.delete(f"{V3}/projects/{project}")
    assert admin.get(LIMITS).json["limits"] == []


# --- Nova


@pytest.fixture
def unified(cloud, register):
    cloud.settings = replace(cloud.settings, quota_driver=DRIVER)
    for name, amount in {**NOVA, "class:DISK_GB": 1000}.items():
        register(name, amount, region_id="RegionOne")


def boot(http, **more):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    wish = {"name": "s", "flavorRef": "1", "imageRef": image, "networks": "none", **more}
    return http.post(SERVERS, json={"server": wish}, version="2.37")


def test_servers_are_made_as_keystones_limits_allow(http, unified, demo):
    assert [boot(http).status_code for _ in range(2)] == [202, 202]
    answer = boot(http)
    assert answer.status_code == 403
    assert answer.json["forbidden"]["message"] == (
        f"Project {demo} is over a limit for [Resource servers is over limit of 2 due to current usage 2 and delta 1]"
    )


def test_as_many_servers_are_made_as_fit(http, unified):
    assert boot(http, min_count=1, max_count=9).status_code == 202
    assert len(http.get(SERVERS).json["servers"]) == 2


def test_a_projects_limit_goes_before_the_registered_one(http, admin, unified, service_id, demo):
    wish = {"service_id": service_id, "region_id": "RegionOne", "resource_name": "servers", "resource_limit": 3}
    admin.post(LIMITS, json={"limits": [{**wish, "project_id": demo}]})
    assert [boot(http).status_code for _ in range(4)] == [202, 202, 202, 403]


def test_quota_sets_show_keystones_limits_and_change_nothing(admin, unified, demo):
    answer = admin.put(f"{QUOTAS}/{demo}", json={"quota_set": {"instances": 50}})
    assert answer.status_code == 200
    shown = admin.get(f"{QUOTAS}/{demo}").json["quota_set"]
    assert (shown["instances"], shown["cores"], shown["ram"], shown["key_pairs"]) == (2, 20, 51200, 0)


def test_disk_and_other_resource_classes_have_limits_once_they_are_registered(cloud, http, register):
    cloud.settings = replace(cloud.settings, quota_driver=DRIVER)
    for name, amount in {**NOVA, "class:DISK_GB": 1}.items():  # the size of one m1.tiny
        register(name, amount, region_id="RegionOne")
    assert boot(http).status_code == 202
    cloud.settle()  # Placement knows of it once it is scheduled
    refused = boot(http)
    assert refused.status_code == 403
    told = "[Resource class:DISK_GB is over limit of 1 due to current usage 1 and delta 1]"
    assert told in refused.json["forbidden"]["message"]


def test_servers_must_be_registered_and_others_need_not(http, cloud):
    cloud.settings = replace(cloud.settings, quota_driver=DRIVER)
    assert "Resource servers is over limit of 0" in boot(http).json["forbidden"]["message"]
    made = http.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "k"}})
    assert made.status_code == 200


@pytest.mark.cloud(
    definition={
        "extends": "default",
        "settings": {"quota_driver": DRIVER},
        "registered_limits": {"servers": 1, "class:VCPU": 20, "class:MEMORY_MB": 51200},
    }
)
def test_a_definition_may_register_limits(http):
    assert [boot(http).status_code for _ in range(2)] == [202, 403]


def test_key_pairs_have_a_limit_that_is_everybodys(http, unified, register):
    register("server_key_pairs", 1, region_id="RegionOne")
    http.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "a"}})
    answer = http.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "b"}})
    assert answer.status_code == 403
    assert answer.json["forbidden"]["message"] == (
        "Project None is over a limit for"
        " [Resource server_key_pairs is over limit of 1 due to current usage 1 and delta 1]"
    )
