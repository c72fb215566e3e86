"""The legacy endpoint /v2: version 2.1 for clients that know of no versions and send what they like."""

import pytest

V2, NOW = "/compute/v2", "/compute/v2.1"
VERSION_HEADERS = ("OpenStack-API-Version", "X-OpenStack-Nova-API-Version")


def boot(http, **more):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    network = http.get("/network/v2.0/networks", params={"name": "private"}).json["networks"][0]["id"]
    server = {"name": "web", "imageRef": image, "flavorRef": "1", "networks": [{"uuid": network}], **more}
    return http.post(f"{V2}/servers", json={"server": server})


def test_it_has_a_document_that_needs_no_token(http):
    document = http.get(f"{V2}/", headers={"X-Auth-Token": None}).json["version"]
    assert (document["id"], document["version"], document["min_version"]) == ("v2.0", "", "")
    assert document["media-types"] == [
        {"base": "application/json", "type": "application/vnd.openstack.compute+json;version=2"}
    ]


def test_all_else_needs_one(http):
    assert http.get(f"{V2}/flavors", headers={"X-Auth-Token": None}).status_code == 401


def test_it_tells_no_version(http):
    headers = http.get(f"{V2}/flavors").headers
    assert not any(name in headers for name in (*VERSION_HEADERS, "Vary"))
    assert "x-compute-request-id" in headers


@pytest.mark.parametrize("version", ["2.90", "latest", "9.9", "nonsense"])
def test_it_looks_at_no_version(http, version):
    assert http.get(f"{V2}/flavors/detail", version=version).json == http.get(f"{V2}/flavors/detail").json


def test_it_answers_as_2_1(http):
    old, new = http.get(f"{V2}/flavors/1").json["flavor"], http.get(f"{NOW}/flavors/1").json["flavor"]
    assert {**old, "links": None} == {**new, "links": None}


def test_links_stay_at_the_endpoint(http):
    links = http.get(f"{V2}/flavors/1").json["flavor"]["links"]
    assert [link["href"] for link in links] == [
        "http://localhost/compute/v2/flavors/1", "http://localhost/compute/flavors/1",
    ]  # fmt: skip


def test_a_project_id_may_stand_in_the_address(cloud, http):
    project = http.token.project_id
    links = http.get(f"{V2}/{project}/flavors/1").json["flavor"]["links"]
    assert links[0]["href"] == f"http://localhost/compute/v2/{project}/flavors/1"


def test_unknown_keys_are_dropped(http):
    assert boot(http, zzz=1).status_code == 202
    image = http.get("/image/v2/images").json["images"][0]["id"]
    strict = {"name": "web", "imageRef": image, "flavorRef": "1", "networks": "auto", "zzz": 1}
    assert http.post(f"{NOW}/servers", json={"server": strict}).status_code == 400


def test_unknown_keys_beside_the_known_one_are_dropped(http):
    keypair = {"keypair": {"name": "mine", "zzz": 1}, "yyy": 2}
    assert http.post(f"{V2}/os-keypairs", json=keypair).status_code == 200


def test_metadata_keep_their_rules(http):
    assert boot(http, metadata={"a": "1", "a/b": "1"}).status_code == 400


def test_names_are_trimmed(http):
    id = boot(http, name="  web ").json["server"]["id"]
    assert http.get(f"{V2}/servers/{id}").json["server"]["name"] == "web"


def test_a_name_of_blanks_is_none(http):
    refused = boot(http, name="   ")
    assert (refused.status_code, refused.json["badRequest"]["message"]) == (
        400,
        "An invalid 'name' value was provided. The name must be: printable characters with at least one non space"
        " character",
    )


def test_what_is_missing_is_missed(http):
    refused = http.post(f"{V2}/os-keypairs", json={"zzz": 1})
    assert refused.json["badRequest"]["message"] == "'keypair' is a required property"


def test_faults_look_the_same(http):
    missing = http.get(f"{V2}/flavors/zzz")
    assert (missing.status_code, missing.json["itemNotFound"]["message"]) == (
        404, "Flavor zzz could not be found.",
    )  # fmt: skip


def test_what_is_not_there_is_a_page(http):
    missing = http.get(f"{V2}/zzz", headers={"Accept": "text/html"})
    assert (missing.status_code, missing.headers["Content-Type"]) == (404, "text/html; charset=UTF-8")


def test_later_operations_are_not_there(http):
    id = boot(http).json["server"]["id"]
    assert http.get(f"{V2}/servers/{id}/tags").status_code == 404


def test_another_first_word_is_a_choice_of_both(http):
    choice = http.get("/compute/v3/servers", headers={"X-Auth-Token": None})
    assert choice.status_code == 300
    assert [each["links"][0]["href"] for each in choice.json["choices"]] == [
        "http://localhost/compute/v2/v3/servers", "http://localhost/compute/v2.1/v3/servers",
    ]  # fmt: skip
