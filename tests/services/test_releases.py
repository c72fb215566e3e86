"""An older cloud speaks as it did: newest versions, version documents, and what Nova has retired since.

Facts: the sources of Nova, Cinder, Keystone, Glance and Placement, at the tags of their releases.
"""

import pytest

OPENSTACK, NOVA = "OpenStack-API-Version", "X-OpenStack-Nova-API-Version"
SERVERS = "/compute/v2.1/servers"
ANYBODY = {"X-Auth-Token": None}


def of(release):
    return pytest.mark.scenario({"release": release})


def asked(http, header, value, path=SERVERS):
    return http.get(path, headers={header: value})


# --- the newest version of Compute, by every form of the header

FORMS = [
    (NOVA, "{}"),
    (OPENSTACK, "compute {}"),
    (OPENSTACK, "COMPUTE {}"),
    (OPENSTACK, "volume 3.0, compute {}"),
    (OPENSTACK, "compute 2.1, compute {}"),
]


@of("zed")
@pytest.mark.parametrize(("header", "form"), FORMS)
def test_the_newest_version_is_served(http, header, form):
    answer = asked(http, header, form.format("2.93"))
    assert (answer.status_code, answer.headers[NOVA]) == (200, "2.93")


@of("zed")
@pytest.mark.parametrize(("header", "form"), FORMS)
def test_nothing_above_it_is_reached(http, header, form):
    answer = asked(http, header, form.format("2.94"))
    assert answer.status_code == 406
    assert answer.json["computeFault"]["message"] == (
        "Version 2.94 is not supported by the API. Minimum is 2.1 and maximum is 2.93."
    )


@of("zed")
@pytest.mark.parametrize(("header", "form"), FORMS)
def test_latest_is_the_newest_of_the_release(http, header, form):
    assert asked(http, header, form.format("latest")).headers[OPENSTACK] == "compute 2.93"


@of("zed")
def test_what_came_later_is_not_in_latest(http):
    """Shares came with 2.97."""
    server = http.post(
        SERVERS,
        version="latest",
        json={"server": {"name": "web", "flavorRef": "1", "networks": "none", "imageRef": image(http)}},
    ).json["server"]["id"]
    assert asked(http, NOVA, "latest", f"{SERVERS}/{server}/shares").status_code == 404


def image(http):
    return http.get("/image/v2/images").json["images"][0]["id"]


# --- Nova before Newton knew one header, its own


@of("mitaka")
def test_the_header_of_today_is_overlooked(http):
    answer = asked(http, OPENSTACK, "compute 2.25")
    assert (answer.status_code, answer.headers[NOVA]) == (200, "2.1")


@of("mitaka")
def test_the_header_of_today_reaches_nothing_above_the_newest_version_either(http):
    assert asked(http, OPENSTACK, "compute latest").headers[NOVA] == "2.1"


@of("mitaka")
def test_the_answer_tells_the_version_in_the_one_header(http):
    answer = asked(http, NOVA, "2.25")
    assert OPENSTACK not in answer.headers
    assert (answer.headers[NOVA], answer.headers["Vary"]) == ("2.25", NOVA)


@of("newton")
def test_from_newton_on_it_tells_it_in_both(http):
    answer = asked(http, OPENSTACK, "compute 2.38")
    assert (answer.headers[OPENSTACK], answer.headers[NOVA]) == ("compute 2.38", "2.38")


# --- the newest version of Volume and Placement


@of("queens")
def test_volume_has_its_own_newest_version(http):
    answer = http.get("/volume/v3/volumes", headers={OPENSTACK: "volume 3.51"})
    assert answer.status_code == 406
    assert answer.json["computeFault"]["message"] == (
        "Version 3.51 is not supported by the API. Minimum is 3.0 and maximum is 3.50."
    )


@of("queens")
def test_placement_has_its_own_newest_version(http):
    answer = http.as_("admin").get("/placement/traits", headers={OPENSTACK: "placement 1.18"})
    assert answer.status_code == 406


# --- version documents

V2_0 = {"id": "v2.0", "version": "", "min_version": ""}


@pytest.mark.parametrize(
    ("status", "updated"),
    [
        pytest.param("SUPPORTED", "2011-01-21T11:33:21Z", marks=of("kilo"), id="kilo"),
        pytest.param("SUPPORTED", "2011-01-21T11:33:21Z", marks=of("epoxy"), id="epoxy"),
        pytest.param("DEPRECATED", "2025-07-04T12:00:00Z", marks=of("flamingo"), id="flamingo"),
    ],
)
def test_compute_v2_is_deprecated_since_flamingo(http, status, updated):
    legacy, _ = http.get("/compute/", headers=ANYBODY).json["versions"]
    assert legacy.items() >= {**V2_0, "status": status, "updated": updated}.items()


@of("train")
def test_compute_tells_its_newest_version(http):
    _, current = http.get("/compute/", headers=ANYBODY).json["versions"]
    told = (current["id"], current["status"], current["min_version"], current["version"])
    assert told == ("v2.1", "CURRENT", "2.1", "2.79")


def versions(http, path):
    return http.get(path, headers=ANYBODY).json["versions"]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(
            [
                ("v1.0", "SUPPORTED", "", "2014-06-28T12:20:21Z"),
                ("v2.0", "SUPPORTED", "", "2014-06-28T12:20:21Z"),
                ("v3.0", "CURRENT", "3.0", "2016-02-08T12:20:21Z"),
            ],
            marks=of("mitaka"),
            id="mitaka",
        ),
        pytest.param(
            [
                ("v1.0", "DEPRECATED", "", "2016-05-02T20:25:19Z"),
                ("v2.0", "DEPRECATED", "", "2017-02-25T12:00:00Z"),
                ("v3.0", "CURRENT", "3.43", "2016-02-08T12:20:21Z"),
            ],
            marks=of("pike"),
            id="pike",
        ),
        pytest.param(
            [
                ("v2.0", "DEPRECATED", "", "2017-02-25T12:00:00Z"),
                ("v3.0", "CURRENT", "3.64", "2021-02-03T00:00:00Z"),
            ],
            marks=of("wallaby"),
            id="wallaby",
        ),
        pytest.param([("v3.0", "CURRENT", "3.66", "2021-09-16T00:00:00Z")], marks=of("xena"), id="xena"),
    ],
)
def test_volume_tells_its_versions(http, told):
    assert [
        (version["id"], version["status"], version["version"], version["updated"])
        for version in versions(http, "/volume/")
    ] == told


@of("wallaby")
def test_the_older_volume_apis_answer_501(http):
    assert http.get("/volume/v2/volumes").status_code == 501


@of("stein")
def test_placement_tells_its_newest_version(http):
    (version,) = versions(http, "/placement/")
    assert (version["min_version"], version["max_version"]) == ("1.0", "1.31")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param("v2.3 v2.2 v2.1 v2.0 v1.1 v1.0", marks=of("mitaka"), id="mitaka"),
        pytest.param("v2.5 v2.4 v2.3 v2.2 v2.1 v2.0 v1.1 v1.0", marks=of("pike"), id="pike"),
        pytest.param("v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0", marks=of("rocky"), id="rocky"),
        pytest.param("v2.9 v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0", marks=of("xena"), id="xena"),
        pytest.param("v2.15 v2.9 v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0", marks=of("caracal"), id="caracal"),
        pytest.param("v2.15 v2.9 v2.17 v2.7 v2.6 v2.5 v2.4 v2.3 v2.2 v2.1 v2.0", marks=of("dalmatian"), id="dalmatian"),
    ],
)
def test_image_tells_its_versions(http, told):
    assert [version["id"] for version in versions(http, "/image/versions")] == told.split()


@pytest.mark.parametrize(
    ("current", "older", "oldest"),
    [
        pytest.param("v2.3", "SUPPORTED", "SUPPORTED", marks=of("mitaka"), id="mitaka"),
        pytest.param("v2.4", "SUPPORTED", "DEPRECATED", marks=of("newton"), id="newton"),
    ],
)
def test_one_version_of_image_is_current(http, current, older, oldest):
    (first, second, *_, last) = versions(http, "/image/versions")
    assert (first["id"], first["status"], second["status"]) == (current, "CURRENT", older)
    assert (last["id"], last["status"]) == ("v1.0", oldest)


@of("queens")
def test_version_1_of_image_answers_501_while_it_was_there(http):
    assert http.get("/image/v1/images").status_code == 501


@of("rocky")
def test_version_1_of_image_is_gone_since_rocky(http):
    assert http.get("/image/v1/images").status_code == 404


@pytest.mark.parametrize(
    ("id", "updated"),
    [
        pytest.param("v3.4", "2015-03-30T00:00:00Z", marks=of("liberty"), id="liberty"),
        pytest.param("v3.6", "2016-04-04T00:00:00Z", marks=of("mitaka"), id="mitaka"),
        pytest.param("v3.8", "2017-02-22T00:00:00Z", marks=of("pike"), id="pike"),
        pytest.param("v3.10", "2018-02-28T00:00:00Z", marks=of("rocky"), id="rocky"),
        pytest.param("v3.13", "2019-07-19T00:00:00Z", marks=of("train"), id="train"),
        pytest.param("v3.14", "2020-04-07T00:00:00Z", marks=of("ussuri"), id="ussuri"),
    ],
)
def test_identity_tells_its_version(http, id, updated):
    version = http.get("/identity/v3", headers=ANYBODY).json["version"]
    assert (version["id"], version["updated"]) == (id, updated)


@pytest.mark.parametrize(
    ("status", "updated"),
    [
        pytest.param("stable", "2014-04-17T00:00:00Z", marks=of("mitaka"), id="mitaka"),
        pytest.param("deprecated", "2016-08-04T00:00:00Z", marks=of("queens"), id="queens"),
    ],
)
def test_identity_had_version_2_until_queens(http, status, updated):
    _, version = http.get("/identity", headers=ANYBODY).json["versions"]["values"]
    assert (version["id"], version["status"], version["updated"]) == ("v2.0", status, updated)
    assert http.get("/identity/v2.0", headers=ANYBODY).json["version"] == version


@of("queens")
def test_version_2_of_identity_answers_501(http):
    assert http.post("/identity/v2.0/tokens", json={"auth": {}}, headers=ANYBODY).status_code == 501


@of("rocky")
def test_version_2_of_identity_is_gone_since_rocky(http):
    (version,) = http.get("/identity", headers=ANYBODY).json["versions"]["values"]
    assert version["id"] == "v3.10"
    assert http.post("/identity/v2.0/tokens", json={"auth": {}}, headers=ANYBODY).status_code == 404


# --- what Nova has retired: nova/api/openstack/compute, wsgi.removed


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("os-cloudpipe", marks=of("pike"), id="pike"),
        pytest.param("os-fping", marks=of("rocky"), id="rocky"),
        pytest.param("os-cells", marks=of("train"), id="train"),
        pytest.param("os-security-group-default-rules", marks=of("ussuri"), id="ussuri"),
        pytest.param("os-agents", marks=of("victoria"), id="victoria"),
    ],
)
def test_what_nova_retired_is_gone_from_then_on(http, path):
    answer = http.as_("admin").get(f"/compute/v2.1/{path}")
    assert (answer.status_code, answer.json["computeFault"]["code"]) == (410, 410)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("os-cloudpipe", marks=of("ocata"), id="pike"),
        pytest.param("os-fping", marks=of("queens"), id="queens"),
        pytest.param("os-cells", marks=of("stein"), id="stein"),
        pytest.param("os-security-group-default-rules", marks=of("train"), id="train"),
        pytest.param("os-agents", marks=of("ussuri"), id="ussuri"),
    ],
)
def test_a_cloud_that_had_it_says_that_this_one_has_not(http, path):
    answer = http.as_("admin").get(f"/compute/v2.1/{path}")
    assert answer.status_code == 501
    assert f"/{path}, which Nova had until" in answer.json["notImplemented"]["message"]


@of("queens")
def test_what_went_with_a_microversion_was_gone_there_before(http):
    """Nova-network's calls ended with 2.35."""
    assert http.as_("admin").get("/compute/v2.1/os-fping", version="2.36").status_code == 404
