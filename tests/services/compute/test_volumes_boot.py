"""/os-volumes_boot: another name for /servers, to 2.102."""

import pytest

from fakecompute.services.compute.service import compute

ALIAS, SERVERS = "/compute/v2.1/os-volumes_boot", "/compute/v2.1/servers"


@pytest.fixture
def server(cloud, http):
    image = http.get("/image/v2/images").json["images"][0]["id"]
    network = http.get("/network/v2.0/networks", params={"name": "private"}).json["networks"][0]["id"]
    wish = {"name": "web", "imageRef": image, "flavorRef": "1", "networks": [{"uuid": network}]}
    made = http.post(ALIAS, json={"server": wish})
    assert made.status_code == 202
    cloud.settle()
    return made.json["server"]["id"]


@pytest.mark.parametrize("rest", ["", "/detail", "/{id}"])
def test_it_shows_the_same(http, server, rest):
    rest = rest.format(id=server)
    assert http.get(ALIAS + rest).json == http.get(SERVERS + rest).json


def test_it_acts_on_the_same(http, server):
    assert http.post(f"{ALIAS}/{server}/action", json={"os-stop": None}).status_code == 202
    assert http.get(f"{SERVERS}/{server}").json["server"]["OS-EXT-STS:task_state"] == "powering-off"


def test_it_changes_and_deletes_the_same(http, server):
    renamed = http.put(f"{ALIAS}/{server}", json={"server": {"name": "www"}})
    assert renamed.json["server"]["name"] == "www"
    assert http.delete(f"{ALIAS}/{server}").status_code == 204


def test_what_belongs_to_a_server_has_one_name(http, server):
    missing = http.get(f"{ALIAS}/{server}/metadata")
    assert (missing.status_code, missing.json) == (404, None)  # a page, no fault of Nova's


def test_it_ends_with_2_102(http):
    assert http.get(ALIAS, version="2.102").status_code == 200
    gone = http.get(ALIAS, version="2.103")
    assert (gone.status_code, gone.json["itemNotFound"]["message"]) == (
        404,
        "The resource could not be found.",
    )


def test_it_has_the_actions_that_nova_has_there():
    """tests/conformance/versions.json, which is drawn from Nova's validation tables."""
    actions = {one.action for one in compute.endpoints if one.path == "/os-volumes_boot/<server>/action"}
    assert actions == {
        "confirmResize", "revertResize", "reboot", "resize", "rebuild", "createImage", "os-start", "os-stop",
        "trigger_crash_dump",
    }  # fmt: skip


def test_it_has_no_others(http, server):
    refused = http.post(f"{ALIAS}/{server}/action", json={"pause": None})
    assert (refused.status_code, refused.json["badRequest"]["message"]) == (400, "There is no such action: pause")
