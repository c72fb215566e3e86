"""/attachments.  Expectations are a real Cinder's answers."""

from __future__ import annotations

import pytest

from fakecompute.domain.identity import token_for
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.servers import boot
from fakecompute.domain.volume.attachments import attachments_of

ATTACHMENTS = "/volume/v3/attachments"
VOLUME, OTHER = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee"
SERVER, SECOND = "5e5e5e5e-0000-4000-8000-000000000001", "5e5e5e5e-0000-4000-8000-000000000002"
MISSING = "Volume attachment could not be found with filter: attachment_id = {}."
CONNECTOR = {
    "initiator": "iqn.1993-08.org.debian:01:x",
    "ip": "10.0.0.1",
    "host": "h1",
    "platform": "x86_64",
    "os_type": "linux",
    "multipath": False,
    "mountpoint": "/dev/vdb",
}
ISCSI = {
    "target_discovered": False,
    "target_portal": "127.0.0.1:3260",
    "target_lun": 0,
    "volume_id": VOLUME,
    "target_iqn": f"iqn.2010-10.org.openstack:volume-{VOLUME}",
    "qos_specs": None,
    "access_mode": "rw",
    "encrypted": False,
    "cacheable": False,
    "driver_volume_type": "iscsi",
    "enforce_multipath": False,
}


@pytest.fixture
def volume(cloud):
    """Put a volume of demo's into the cloud, on the first back end."""
    project = cloud.store.one(Project, "name", ("default", "demo"))

    def put(id=VOLUME, **fields):
        mine = {"project_id": project.id, "user_id": "demo", "size": 1, "status": "available"}
        return cloud.store.put(Volume(id=id, **{"host": "storage@lvm-1#lvm-1", **mine, **fields}))

    return put


@pytest.fixture
def ask(http):
    """A call in the newest version, or another: status and body, of refusals the message alone."""

    def send(method, path="", json=None, version="3.71", who=http, **more):
        answer = who.request(method, ATTACHMENTS + path, json=json, version=f"volume {version}", **more)
        if answer.status_code >= 400:
            (fault,) = answer.json.values()
            return answer.status_code, fault["message"]
        return answer.status_code, answer.json

    return send


@pytest.fixture
def create(ask, volume):
    """An attachment of a new volume, as its creation answers."""

    def new(id=VOLUME, version="3.71", **wish):
        volume(id)
        wanted = {"volume_uuid": id, "instance_uuid": SERVER, **wish}
        status, body = ask("POST", json={"attachment": wanted}, version=version)
        assert status == 200, body
        return body["attachment"]

    return new


@pytest.fixture
def status(cloud):
    """The status of a volume, and those of its attachments."""

    def read(id=VOLUME):
        return cloud.store.get(Volume, id).status, [one.status for one in attachments_of(cloud, id)]

    return read


def connect(connector):
    return {"attachment": {"connector": connector}}


def complete(ask, id):
    assert ask("POST", f"/{id}/action", {"os-complete": None}, "3.44") == (204, None)


# --- to come


def test_a_volume_is_reserved_first(create, ask, status):
    made = create()
    id = made.pop("id")
    assert made == {
        "status": "reserved",
        "instance": SERVER,
        "volume_id": VOLUME,
        "attached_at": "",
        "detached_at": "",
        "attach_mode": "null",
        "connection_info": {},
    }
    assert ask("GET", f"/{id}") == (200, {"attachment": {"id": id, **made}})
    assert status() == ("reserved", ["reserved"])


def test_a_connector_connects_it_and_the_answer_tells_the_rest_as_it_was(create, ask, status):
    id = create()["id"]
    code, body = ask("PUT", f"/{id}", connect(CONNECTOR))
    shown = body["attachment"]
    assert (code, shown["connection_info"]) == (200, {**ISCSI, "attachment_id": id})
    assert (shown["status"], shown["attach_mode"], shown["attached_at"]) == ("reserved", "null", "")
    after = ask("GET", f"/{id}")[1]["attachment"]
    assert (after["status"], after["attach_mode"]) == ("attaching", "rw")
    assert after["attached_at"] == "2026-01-01T00:00:00.000000"
    assert status() == ("attaching", ["attaching"])


def test_both_can_be_done_at_once_and_then_the_mode_stays_unsaid(create, ask, status):
    made = create(connector=CONNECTOR)
    assert (made["status"], made["attached_at"]) == ("reserved", "")
    assert made["connection_info"] == {**ISCSI, "attachment_id": made["id"]}
    after = ask("GET", f"/{made['id']}")[1]["attachment"]
    assert (after["status"], after["attach_mode"]) == ("attaching", "null")
    assert status() == ("attaching", ["attaching"])


def test_it_is_in_use_when_it_is_complete_from_3_44_on(create, ask, status):
    id = create(connector=CONNECTOR)["id"]
    assert ask("POST", f"/{id}/action", {"os-complete": None}, "3.43")[0] == 404
    complete(ask, id)
    assert status() == ("in-use", ["attached"])


def test_completion_does_not_look_whether_it_is_connected(create, ask, status):
    complete(ask, create()["id"])
    assert status() == ("in-use", ["attached"])


def test_the_mode_is_said_from_3_54_on(create, ask, volume):
    volume()
    wish = {"attachment": {"volume_uuid": VOLUME, "mode": "ro"}}
    assert "Additional properties are not allowed ('mode' was unexpected)" in ask("POST", "", wish, "3.53")[1]
    assert create(version="3.54", mode="ro")["attach_mode"] == "ro"


def test_the_mode_of_the_creation_wins_over_the_connectors(create, ask):
    id = create(mode="ro")["id"]
    ask("PUT", f"/{id}", connect({**CONNECTOR, "mode": "rw"}))
    assert ask("GET", f"/{id}")[1]["attachment"]["attach_mode"] == "ro"


def test_the_connectors_mode_counts_if_none_was_said(create, ask):
    id = create()["id"]
    ask("PUT", f"/{id}", connect({**CONNECTOR, "mode": "ro"}))
    assert ask("GET", f"/{id}")[1]["attachment"]["attach_mode"] == "ro"


def test_attachments_are_there_from_3_27_on(ask, volume):
    volume()
    assert ask("GET", version="3.26")[0] == 404
    assert ask("GET", version="3.27") == (200, {"attachments": []})


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({}, "'attachment' is a required property"),
        (
            {"attachment": None},
            "Invalid input for field/attribute attachment. Value: None. None is not of type 'object'",
        ),
        (
            {"attachment": {}},
            "Invalid input for field/attribute attachment. Value: {}. 'volume_uuid' is a required property",
        ),
        (
            {"attachment": {"volume_uuid": "x"}},
            "Invalid input for field/attribute volume_uuid. Value: x. 'x' is not a 'uuid'",
        ),
        (
            {"attachment": {"volume_uuid": VOLUME, "instance_uuid": None}},
            "Invalid input for field/attribute instance_uuid. Value: None. None is not of type 'string'",
        ),
        (
            {"attachment": {"volume_uuid": VOLUME, "connector": 5}},
            "Invalid input for field/attribute connector. Value: 5. 5 is not of type 'object', 'null'",
        ),
        (
            {"attachment": {"volume_uuid": VOLUME, "mode": "x"}},
            "Invalid input for field/attribute mode. Value: x. 'x' is not one of ['rw', 'ro']",
        ),
    ],
)
def test_what_is_no_wish(ask, volume, wish, sentence):
    volume()
    assert ask("POST", "", wish) == (400, sentence)


def test_a_connector_says_something(create, ask):
    id = create()["id"]
    empty = "Invalid input for field/attribute connector. Value: {}. {} should be non-empty"
    assert ask("PUT", f"/{id}", connect({})) == (400, empty)


def test_iscsi_wants_an_initiator(create, ask, status):
    id = create()["id"]
    lacking = "Invalid input received: Connector doesn't have required information: initiator"
    assert ask("PUT", f"/{id}", connect({"host": "h1"})) == (400, lacking)
    assert status() == ("reserved", ["reserved"])


@pytest.mark.parametrize(
    ("protocol", "told", "kind"),
    [
        ("ceph", {"host": "h1"}, "rbd"),
        ("NFS", {"host": "h1"}, "nfs"),
        ("FC", {**CONNECTOR, "wwpns": ["1"]}, "fibre_channel"),
    ],
)
def test_each_back_end_has_its_own_way(cloud, create, ask, protocol, told, kind):
    backend = cloud.store.get(VolumeBackend, "storage@lvm-1")
    cloud.store.put(backend.evolve(protocol=protocol))
    info = create(connector=told)["connection_info"]
    assert (info["driver_volume_type"], info["access_mode"]) == (kind, "rw")


# --- one volume, several attachments


def test_a_second_server_is_refused(create, ask):
    create()
    refused = f"Invalid volume: Volume {VOLUME} status must be available or downloading to reserve, but the current status is reserved."
    wish = {"attachment": {"volume_uuid": VOLUME, "instance_uuid": SECOND}}
    assert ask("POST", "", wish) == (400, refused)


def test_the_same_server_may_reserve_again_for_another_host(create, ask, status):
    complete(ask, create(connector=CONNECTOR)["id"])
    wish = {
        "attachment": {
            "volume_uuid": VOLUME,
            "instance_uuid": SERVER,
            "connector": {**CONNECTOR, "host": "h2"},
        }
    }
    second = ask("POST", "", wish)[1]["attachment"]["id"]
    assert status() == ("attaching", ["attached", "attaching"])
    complete(ask, second)
    assert status() == ("in-use", ["attached", "attached"])


def test_a_second_connection_is_made_at_creation_or_not_at_all(create, ask):
    create(connector=CONNECTOR)
    ask("POST", f"/{_only(ask)}/action", {"os-complete": None})
    wish = {"attachment": {"volume_uuid": VOLUME, "instance_uuid": SERVER}}
    second = ask("POST", "", wish)[1]["attachment"]["id"]
    refused = (409, f"Resource conflict: duplicate connectors detected on volume {VOLUME}")
    assert ask("PUT", f"/{second}", connect({**CONNECTOR, "host": "h2"})) == refused


def _only(ask):
    (one,) = ask("GET")[1]["attachments"]
    return one["id"]


def test_with_multiattach_it_goes_to_several_servers(volume, ask, status):
    volume(multiattach=True)
    for server in SERVER, SECOND:
        wish = {"attachment": {"volume_uuid": VOLUME, "instance_uuid": server, "connector": CONNECTOR}}
        complete(ask, ask("POST", "", wish)[1]["attachment"]["id"])
    assert status() == ("in-use", ["attached", "attached"])


def test_a_volume_in_error_takes_no_attachment(cloud, create, ask):
    id = create()["id"]
    cloud.store.put(cloud.store.get(Volume, VOLUME).evolve(status="error"))
    told = f"if the volume is in an error state. The Volume {VOLUME} currently has a status of: error "
    assert ask("POST", "", {"attachment": {"volume_uuid": VOLUME}}) == (
        400,
        f"Invalid volume: Volume attachments can not be created {told}",
    )
    assert ask("PUT", f"/{id}", connect(CONNECTOR)) == (
        409,
        f"Resource conflict: Volume attachments can not be updated {told}",
    )


# --- to go


def test_what_is_left_comes_back(create, ask, status):
    first = create(connector=CONNECTOR)["id"]
    complete(ask, first)
    second = ask("POST", "", {"attachment": {"volume_uuid": VOLUME, "instance_uuid": SERVER}})[1][
        "attachment"
    ]["id"]
    left = {"id": first, "status": "attached", "instance": SERVER, "volume_id": VOLUME}
    assert ask("DELETE", f"/{second}") == (200, {"attachments": [left]})
    assert ask("DELETE", f"/{first}") == (200, {"attachments": []})
    assert status() == ("available", [])
    assert ask("DELETE", f"/{first}") == (404, MISSING.format(first))


@pytest.fixture
def novas(cloud, http, volume):
    """The attachment of a server that runs."""
    server = boot(cloud)
    cloud.settle()
    volume()
    wish = {"volumeAttachment": {"volumeId": VOLUME}}
    http.post(f"/compute/v2.1/servers/{server.id}/os-volume_attachments", json=wish)
    cloud.settle()
    return cloud.store.by(Attachment, "volume", VOLUME)[0]


@pytest.mark.parametrize("user", ["demo", "admin"])
def test_what_nova_has_its_users_take_away_through_nova(http, ask, novas, user):
    told = f"ConflictNovaUsingAttachment: Detach volume from instance {novas.server_id} using the Compute API"
    assert ask("DELETE", f"/{novas.id}", who=http.as_(user)) == (409, told)


def test_the_role_of_a_service_does_not_help_but_its_token_does(cloud, http, ask, novas, status):
    service = token_for(cloud, "service", "service").id
    assert ask("DELETE", f"/{novas.id}", who=http.as_("service"))[0] == 409
    assert ask("DELETE", f"/{novas.id}", headers={"X-Service-Token": "nonsense"})[0] == 409
    assert ask("DELETE", f"/{novas.id}", headers={"X-Service-Token": service})[0] == 200
    assert status() == ("available", [])


def test_what_nova_does_not_know_anybody_may_take_away(cloud, ask, novas):
    stray = cloud.store.put(novas.evolve(id=OTHER))
    assert ask("DELETE", f"/{stray.id}")[0] == 200


def test_a_back_end_that_does_not_answer_takes_nothing_away(cloud, create, ask, status):
    connected, reserved = create(connector=CONNECTOR)["id"], create(OTHER)["id"]
    backend = cloud.store.get(VolumeBackend, "storage@lvm-1")
    cloud.store.put(backend.evolve(reporting=False))
    assert ask("DELETE", f"/{connected}")[0] == 503
    assert ask("DELETE", f"/{reserved}")[0] == 200  # the API does that alone
    assert (status(), status(OTHER)) == (("attaching", ["attaching"]), ("available", []))


# --- who, and which


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_is_others_is_not_there(http, create, ask, method):
    id = create()["id"]
    body = connect(CONNECTOR) if method == "PUT" else None
    assert ask(method, f"/{id}", body, who=http.as_("alt_demo")) == (404, MISSING.format(id))


def test_a_volume_of_others_is_not_there(http, volume, ask):
    volume()
    refused = (404, f"Volume {VOLUME} could not be found.")
    assert ask("POST", "", {"attachment": {"volume_uuid": VOLUME}}, who=http.as_("alt_demo")) == refused


def test_admins_see_everybodys_if_they_say_so(http, create, ask):
    create()
    admin = http.as_("admin")
    assert ask("GET", who=admin) == (200, {"attachments": []})
    assert len(ask("GET", "?all_tenants=0", who=admin)[1]["attachments"]) == 1  # whatever it says


@pytest.fixture
def two(cloud, create, ask):
    """A volume that is attached, and later one that is reserved."""
    first = create(connector=CONNECTOR)["id"]
    complete(ask, first)
    cloud.advance(1)
    return first, create(OTHER)["id"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 0]),
        ("?limit=1", [1]),
        ("?offset=1", [0]),
        (f"?volume_id={VOLUME}", [0]),
        (f"?instance_id={SERVER}", [1, 0]),
        ("?instance_id=x", []),
        ("?attach_status=attached", [0]),
        ("?status=attached", []),  # no column of that name
        ("?sort=created_at:asc", [0, 1]),
        ("?sort_key=attach_status&sort_dir=asc", [0, 1]),
    ],
)
def test_lists_are_filtered_sorted_and_cut(ask, two, query, found):
    code, body = ask("GET", query)
    assert (code, [one["id"] for one in body["attachments"]]) == (200, [two[index] for index in found])


def test_a_page_begins_after_its_marker(ask, two):
    assert [one["id"] for one in ask("GET", f"?marker={two[1]}")[1]["attachments"]] == [two[0]]
    assert ask("GET", "?marker=x") == (404, MISSING.format("x"))


def test_details_have_the_connection(ask, two):
    later, first = ask("GET", "/detail")[1]["attachments"]
    assert (later["connection_info"], first["connection_info"]["driver_volume_type"]) == ({}, "iscsi")


@pytest.mark.parametrize(
    ("version", "query", "refused"),
    [
        ("3.30", "?foo=bar", None),
        ("3.31", "?foo=bar", "Invalid filters foo are found in query options."),
        ("3.71", "?status~=x", "Invalid filters status~ are found in query options."),
        ("3.71", "?sort_key=status", "Invalid input received: Invalid sort key"),
        ("3.71", "?limit=x", "limit param must be an integer"),
        ("3.71", "?limit=-1", "limit param must be positive"),
    ],
)
def test_what_is_no_query(ask, version, query, refused):
    assert ask("GET", query, version=version) == ((400, refused) if refused else (200, {"attachments": []}))


def test_readers_look_and_change_nothing(cloud, http, create, ask):
    id = create()["id"]
    token = token_for(cloud, "demo", "demo")
    reader = cloud.store.put(token.evolve(id="reader", roles=frozenset({"reader"})))
    headers = {"X-Auth-Token": reader.id}
    assert ask("GET", f"/{id}", headers=headers)[0] == 200
    for method, path, body, rule in (
        ("POST", "", {"attachment": {"volume_uuid": VOLUME}}, "create"),
        ("PUT", f"/{id}", connect(CONNECTOR), "update"),
        ("DELETE", f"/{id}", None, "delete"),
        ("POST", f"/{id}/action", {"os-complete": None}, "complete"),
    ):
        denied = f"Policy doesn't allow volume:attachment_{rule} to be performed."
        assert ask(method, path, body, headers=headers) == (403, denied)
