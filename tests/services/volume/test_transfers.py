"""/volume-transfers as clients see them.  Sentences and fields are those that a real Cinder 29 gives."""

from __future__ import annotations

import pytest

from fakecompute.domain.volume.quota import set_limits
from tests.domain.volume.making import project, settled, snapshot, volume

NEW, OLD = "/volume/v3/volume-transfers", "/volume/v3/os-volume-transfer"
NEWEST = "volume 3.71"
NOBODY = "00000000-0000-0000-0000-000000000000"
HISTORY = {"source_project_id", "destination_project_id", "accepted"}


@pytest.fixture
def given(cloud):
    return volume(cloud, 2)


@pytest.fixture
def taker(http):
    return http.as_("admin", "admin")


def offer(http, volume, version=NEWEST, url=NEW, **fields):
    return http.post(url, json={"transfer": {"volume_id": volume.id, **fields}}, version=version)


def accept(http, transfer, key=None, url=NEW):
    body = {"accept": {"auth_key": transfer["auth_key"] if key is None else key}}
    return http.post(f"{url}/{transfer['id']}/accept", json=body, version=NEWEST)


def sentence(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


# fmt: off
SHAPES = [
    ("volume 3.0",  set()),
    ("volume 3.54", set()),
    ("volume 3.55", {"no_snapshots"}),
    ("volume 3.57", {"no_snapshots", *HISTORY}),
]
# fmt: on


@pytest.mark.parametrize("url", [NEW, OLD])
@pytest.mark.parametrize(("version", "more"), SHAPES)
def test_the_key_is_told_once(http, given, url, version, more):
    answer = offer(http, given, version, url, name=" n ")
    assert answer.status_code == 202
    told = answer.json["transfer"]
    assert set(told) == {"id", "created_at", "name", "volume_id", "links", "auth_key"} | more
    assert (told["name"], len(told["auth_key"])) == ("n", 16)
    assert told["links"][0]["href"] == f"http://localhost{OLD}/{told['id']}"
    shown = http.get(f"{url}/{told['id']}", version=version).json["transfer"]
    assert shown == {key: value for key, value in told.items() if key != "auth_key"}
    assert http.get(f"{url}/detail", version=version).json == {"transfers": [shown]}
    (listed,) = http.get(url, version=version).json["transfers"]
    assert set(listed) == {"id", "name", "volume_id", "links"}


def test_history_tells_who_offers(cloud, http, given):
    told = offer(http, given).json["transfer"]
    history = {key: told[key] for key in HISTORY}
    assert history == {
        "source_project_id": project(cloud),
        "destination_project_id": None,
        "accepted": False,
    }


# fmt: off
WRONG = [
    ({},                              "'transfer' is a required property"),
    ({"transfer": {}},                "Invalid input for field/attribute transfer. Value: {}. 'volume_id' is a required property"),
    ({"transfer": {"volume_id": "x"}}, "Invalid input for field/attribute volume_id. Value: x. 'x' is not a 'uuid'"),
    ({"transfer": {"volume_id": NOBODY, "name": ""}},
     "Invalid input for field/attribute name. Value: . '' is not valid under any of the given schemas"),
    ({"transfer": {"volume_id": NOBODY, "name": 5}},
     "Invalid input for field/attribute name. Value: 5. 5 is not valid under any of the given schemas"),
]
# fmt: on


@pytest.mark.parametrize(("body", "told"), WRONG)
def test_a_wrong_body_is_told_in_the_validators_words(http, body, told):
    assert sentence(http.post(NEW, json=body, version=NEWEST)) == (400, told)


def test_what_cannot_be_offered(cloud, http, given):
    missing = http.post(NEW, json={"transfer": {"volume_id": NOBODY}}, version=NEWEST)
    assert sentence(missing) == (404, f"Volume {NOBODY} could not be found.")
    assert offer(http, given).status_code == 202
    assert sentence(offer(http, given)) == (400, "Invalid volume: status must be available")
    assert sentence(offer(http, given, url=OLD)) == (400, "Invalid volume: status must be available")


@pytest.mark.parametrize(("version", "url"), [("volume 3.54", NEW), (NEWEST, OLD)])
def test_snapshots_can_be_kept_back_at_the_new_address_from_3_55_on(http, given, version, url):
    status, told = sentence(offer(http, given, version, url, no_snapshots=True))
    assert (status, told.endswith("('no_snapshots' was unexpected)")) == (400, True)
    assert offer(http, given, "volume 3.55", no_snapshots=True).json["transfer"]["no_snapshots"] is True


@pytest.mark.parametrize(
    ("version", "url", "status"), [("volume 3.69", NEW, 400), (NEWEST, OLD, 400), ("volume 3.70", NEW, 202)]
)
def test_encrypted_volumes_go_from_3_70_on(cloud, http, given, version, url, status):
    cloud.store.put(given.evolve(encryption_key_id="k"))
    assert offer(http, given, version, url).status_code == status


# --- lists


@pytest.fixture
def three(cloud, http):
    told = {}
    for name in "bca":
        cloud.advance(1)
        told[name] = offer(http, volume(cloud), name=name).json["transfer"]["id"]
    return told


def names(answer):
    assert answer.status_code == 200, answer.text
    return "".join(one["name"] for one in answer.json["transfers"])


# fmt: off
QUERIES = [
    (OLD, "",                      NEWEST,        "bca"),    # the oldest first
    (NEW, "",                      "volume 3.58", "bca"),
    (NEW, "",                      "volume 3.59", "acb"),
    (NEW, "name=c",                "volume 3.0",  "c"),
    (NEW, "bogus=1",               NEWEST,        ""),
    (OLD, "limit=1",               NEWEST,        ""),       # a filter that fits none
    (NEW, "limit=1",               "volume 3.58", ""),
    (NEW, "limit=1",               "volume 3.59", "a"),
    (NEW, "sort=display_name:asc", "volume 3.59", "abc"),
    (NEW, "all_tenants=1",         "volume 3.55", "bca"),
]
# fmt: on


@pytest.mark.parametrize(("url", "query", "version", "found"), QUERIES)
def test_what_a_list_shows(http, three, url, query, version, found):
    params = dict(pair.split("=", 1) for pair in query.split("&") if pair)
    assert names(http.get(url, params=params, version=version)) == found


def test_pages_link_to_the_old_address(http, three):
    page = http.get(NEW, params={"limit": 2}, version=NEWEST)
    (link,) = page.json["transfers_links"]
    assert link["href"] == f"http://localhost{OLD}?limit=2&marker={three['c']}"
    assert names(http.get(NEW, params={"limit": 2, "marker": three["c"]}, version=NEWEST)) == "b"
    refused = http.get(NEW, params={"marker": "zz"}, version=NEWEST)
    assert sentence(refused) == (404, "Transfer zz could not be found.")
    refused = http.get(NEW, params={"sort": "name"}, version=NEWEST)
    assert sentence(refused) == (400, "Invalid input received: Invalid sort key")


def test_admins_see_all_if_they_say_so_clearly(taker, three):
    for word, found in ("1", "acb"), ("maybe", ""), ("0", ""):
        assert names(taker.get(NEW, params={"all_tenants": word}, version=NEWEST)) == found


# --- taking and withdrawing


@pytest.mark.parametrize("url", [NEW, OLD])
def test_whoever_has_the_key_takes_the_volume(cloud, http, taker, given, url):
    told = offer(http, given, url=url, name="n").json["transfer"]
    answer = accept(taker, told, url=url)
    assert answer.status_code == 202
    assert answer.json["transfer"] == {key: told[key] for key in ("id", "name", "volume_id", "links")}
    assert cloud.store.get(type(given), given.id).project_id == project(cloud, "admin")
    assert http.get(f"{url}/{told['id']}", version=NEWEST).status_code == 404
    assert accept(taker, told, url=url).status_code == 404


def test_a_wrong_key_is_refused(http, taker, given):
    told = offer(http, given).json["transfer"]
    wrong = (400, f"Invalid auth key: Attempt to transfer {told['id']} with invalid auth key.")
    for key in "x", 5, "😀":
        assert sentence(accept(taker, told, key)) == wrong
    sort = "Invalid input for field/attribute auth_key. Value: {}. {} is not of type 'string', 'integer'"
    assert sentence(accept(taker, told, [])) == (400, sort.format([], []))
    missing = accept(taker, {"id": NOBODY, "auth_key": "x"})
    assert sentence(missing) == (404, f"Transfer {NOBODY} could not be found.")


# fmt: off
ROOM = [
    ({"volumes": 0},                     "VolumeLimitExceeded: Maximum number of volumes allowed (0) exceeded for quota 'volumes'."),
    ({"volumes": 10, "gigabytes": 1},    "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 1G and 0G has been consumed."),
    ({"gigabytes": 3},                   "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 2G, quota is 3G and 2G has been consumed."),
    ({"gigabytes": 1000, "snapshots": 0}, "SnapshotLimitExceeded: Maximum number of snapshots allowed (0) exceeded"),
    ({"snapshots": 10, "per_volume_gigabytes": 1},
     "VolumeSizeExceedsLimit: Requested volume size 2G is larger than maximum allowed limit 1G."),
]
# fmt: on


def test_the_taker_must_have_room(cloud, http, taker, given):
    settled(cloud, snapshot(cloud, given))
    told = offer(http, given).json["transfer"]
    for limits, words in ROOM:
        set_limits(cloud, project(cloud, "admin"), limits)
        answer = accept(taker, told)
        assert (answer.headers["Retry-After"], sentence(answer)) == ("0", (413, words))
    assert http.get(f"{NEW}/{told['id']}", version=NEWEST).status_code == 200


def test_an_offer_is_withdrawn_by_its_project(cloud, http, given):
    url = f"{NEW}/{offer(http, given).json['transfer']['id']}"
    stranger = http.as_("alt_demo")
    assert stranger.delete(url, version=NEWEST).status_code == 404
    assert stranger.get(url, version=NEWEST).status_code == 404
    answer = http.delete(url, version=NEWEST)
    assert (answer.status_code, answer.text) == (202, "")
    assert http.delete(url, version=NEWEST).status_code == 404
    assert offer(http, given).status_code == 202
