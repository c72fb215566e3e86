"""How volumes came to servers before there were /attachments.  Expectations are a real Cinder's answers."""

from __future__ import annotations

import pytest

from fakecompute.domain.volume.outages import backend_down
from tests.domain.volume.making import backend, fresh

SERVER = "5e5e5e5e-0000-4000-8000-000000000001"
WISH = {"instance_uuid": SERVER, "mountpoint": "/dev/vdb"}
GONE = "5e5e5e5e-0000-4000-8000-00000000dead"
LACKS = "Invalid input received: Connector doesn't have required information: initiator"


def test_the_way_there_and_back(cloud, act, mine):
    seen = []
    for key, wish in (
        ("os-reserve", {}),
        ("os-attach", WISH),
        ("os-begin_detaching", None),
        ("os-roll_detaching", "x"),
        ("os-begin_detaching", {}),
        ("os-detach", {}),
    ):
        assert act(key, wish) == (202, None)
        seen.append(fresh(cloud, mine).status)
    assert seen == ["attaching", "in-use", "detaching", "in-use", "detaching", "available"]


def test_who_has_it_is_shown(http, act, mine):
    act("os-attach", {**WISH, "host_name": "My Host"})
    shown = http.get(f"/volume/v3/volumes/{mine.id}").json["volume"]
    assert shown["metadata"] == {"readonly": "False", "attached_mode": "rw"}
    (one,) = shown["attachments"]
    assert (one["server_id"], one["device"]) == (SERVER, "/dev/vdb")


@pytest.mark.parametrize(
    "wish, told",
    [
        ({"mountpoint": "x"}, "os-attach. Value: {0}. {0} is not valid under any of the given schemas"),
        ({"instance_uuid": SERVER}, "os-attach. Value: {0}. 'mountpoint' is a required property"),
        ({**WISH, "mode": "x"}, "mode. Value: x. 'x' is not one of ['rw', 'ro']"),
        ({**WISH, "instance_uuid": "x"}, "instance_uuid. Value: x. 'x' is not a 'uuid'"),
    ],
)
def test_somebody_must_have_it_somewhere(act, wish, told):
    assert act("os-attach", wish) == (400, f"Invalid input for field/attribute {told.format(wish)}")


def test_what_is_reserved_is_taken(act):
    act("os-reserve", {})
    told = "Invalid volume: Volume status must be available to reserve, but the status is attaching."
    assert act("os-reserve", {}) == (400, told)
    assert act("os-unreserve", {}) == (202, None)
    assert act("os-unreserve", {}) == (202, None)


def test_only_what_is_attached_is_detached(act):
    told = (
        "Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to"
        " detach."
    )
    assert act("os-begin_detaching", {}) == (400, told)
    assert act("os-roll_detaching", {}) == (202, None)


def test_an_attachment_that_is_not_there_may_be_novas(act):
    told = "ConflictNovaUsingAttachment: Detach volume from instance  using the Compute API"
    assert act("os-detach", {"attachment_id": GONE}) == (409, told)


def test_a_host_learns_how_to_reach_it(act, mine):
    assert act("os-initialize_connection", {"connector": {"initiator": "i", "enforce_multipath": True}}) == (
        200,
        {
            "connection_info": {
                "driver_volume_type": "iscsi",
                "data": {
                    "target_discovered": False,
                    "target_portal": "127.0.0.1:3260",
                    "target_iqn": f"iqn.2010-10.org.openstack:volume-{mine.id}",
                    "target_lun": 0,
                    "volume_id": mine.id,
                    "qos_specs": None,
                    "access_mode": "rw",
                    "encrypted": False,
                    "cacheable": False,
                    "enforce_multipath": True,
                },
                "enforce_multipath": True,
            }
        },
    )


@pytest.mark.parametrize("connector", [{}, "x", {"host": "h"}])
def test_it_must_tell_who_it_is(act, connector):
    assert act("os-initialize_connection", {"connector": connector}) == (400, LACKS)


def test_a_back_end_that_is_away_connects_nobody(cloud, act, mine):
    backend_down(cloud, backend(cloud, mine))
    connector = {"connector": {"initiator": "i"}}
    assert act("os-initialize_connection", connector)[0] == 503
    assert act("os-terminate_connection", connector)[0] == 503
    assert act("os-attach", WISH)[0] == 503


def test_what_was_reserved_for_a_connection_is_free_when_that_ends(cloud, act, mine):
    act("os-reserve", {})
    assert act("os-terminate_connection", {"connector": None}) == (202, None)
    assert fresh(cloud, mine).status == "available"


def test_force_is_the_operators(cloud, act, admin, mine):
    act("os-attach", WISH)
    told = "Policy doesn't allow volume_extension:volume_admin_actions:force_detach to be performed."
    assert act("os-force_detach", {}) == (403, told)
    assert act("os-force_detach", {"connector": {"initiator": "i"}}, who=admin) == (202, None)
    assert fresh(cloud, mine).status == "available"
