"""What the actions of test_matrix.py leave behind, and what they are refused for besides states."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.servers import boot

SERVERS = "/compute/v2.1/servers"


@pytest.fixture
def server(cloud):
    made = boot(cloud, flavor="m1.tiny")
    cloud.settle()
    return made.id


def act(client, server, action, body=None, version=None):
    return client.post(f"{SERVERS}/{server}/action", json={action: body}, version=version)


def told(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


def now(cloud, server):
    return cloud.store.get(Server, server)


@pytest.mark.parametrize(
    ("actions", "status"),
    [
        (["os-stop"], "SHUTOFF"),
        (["os-stop", "os-start"], "ACTIVE"),
        (["pause"], "PAUSED"),
        (["pause", "unpause"], "ACTIVE"),
        (["suspend"], "SUSPENDED"),
        (["suspend", "resume"], "ACTIVE"),
    ],
)
def test_where_actions_lead(cloud, http, server, actions, status):
    for action in actions:
        assert act(http, server, action).status_code == 202
        cloud.settle()
    assert http.get(f"{SERVERS}/{server}").json["server"]["status"] == status


@pytest.mark.parametrize(("type", "status"), [("SOFT", "REBOOT"), ("HARD", "HARD_REBOOT")])
def test_a_reboot_is_a_status_of_its_own(cloud, http, server, type, status):
    act(http, server, "reboot", {"type": type})
    assert http.get(f"{SERVERS}/{server}").json["server"]["status"] == status
    cloud.settle()
    assert http.get(f"{SERVERS}/{server}").json["server"]["status"] == "ACTIVE"


def test_a_second_action_waits_for_the_first(http, server):
    act(http, server, "os-stop")
    refused = 409, f"Cannot 'stop' instance {server} while it is in task_state powering-off"
    assert told(act(http, server, "os-stop")) == refused


# --- locks


def test_a_lock_has_a_reason_from_2_73(cloud, http, server):
    act(http, server, "lock", {"locked_reason": "because"}, "2.73")
    assert (now(cloud, server).locked_by, now(cloud, server).locked_reason) == ("owner", "because")
    act(http, server, "unlock")
    assert (now(cloud, server).locked_by, now(cloud, server).locked_reason) == (None, None)


def test_before_2_73_a_reason_is_not_looked_at(cloud, http, server):
    assert act(http, server, "lock", {"locked_reason": 5}, "2.72").status_code == 202
    assert now(cloud, server).locked_reason is None


def test_what_an_admin_of_elsewhere_locks_only_admins_unlock(cloud, http, server):
    act(http.as_("admin"), server, "lock")
    refused = (
        403,
        "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.",
    )
    assert told(act(http, server, "unlock")) == refused
    assert act(http.as_("admin"), server, "unlock").status_code == 202


# --- resize


def test_a_resize_is_confirmed(cloud, http, server):
    act(http, server, "resize", {"flavorRef": "84"})
    assert http.get(f"{SERVERS}/{server}").json["server"]["status"] == "RESIZE"
    cloud.settle()
    assert http.get(f"{SERVERS}/{server}").json["server"]["status"] == "VERIFY_RESIZE"
    assert act(http, server, "confirmResize").status_code == 204
    cloud.settle()
    assert (now(cloud, server).vm_state, now(cloud, server).flavor.id) == ("active", "84")


def test_a_resize_is_reverted(cloud, http, server):
    before = now(cloud, server).host
    act(http, server, "resize", {"flavorRef": "84"})
    cloud.settle()
    assert now(cloud, server).host != before
    act(http, server, "revertResize")
    assert http.get(f"{SERVERS}/{server}").json["server"]["status"] == "REVERT_RESIZE"
    cloud.settle()
    assert (now(cloud, server).host, now(cloud, server).flavor.id) == (before, "1")
    assert [migration.status for migration in cloud.store.all(Migration)] == ["reverted"]


@pytest.mark.parametrize(
    ("flavor", "status", "message"),
    [
        ("1", 400, "When resizing, instances must change flavor!"),
        ("none", 400, "Flavor none could not be found."),
        (
            "thin",
            400,
            "Server disk was unable to be resized because: Resize to zero disk flavor is not allowed.",
        ),
        ("vast", 403, "Quota exceeded for cores: Requested 63, but already used 1 of 20 cores"),
    ],
)
def test_flavors_that_will_not_do(http, server, flavor, status, message):
    for name, vcpus, disk in (("thin", 1, 0), ("vast", 64, 1)):
        fields = {"name": name, "id": name, "ram": 512, "vcpus": vcpus, "disk": disk}
        http.as_("admin").post("/compute/v2.1/flavors", json={"flavor": fields})
    assert told(act(http, server, "resize", {"flavorRef": flavor})) == (status, message)


# --- os-resetState, update, delete


def test_a_state_is_reset_to_what_the_admin_says(cloud, http, server):
    act(http, server, "os-stop")
    act(http.as_("admin"), server, "os-resetState", {"state": "error"})
    assert (now(cloud, server).vm_state, now(cloud, server).task_state) == ("error", None)
    cloud.settle()
    assert now(cloud, server).vm_state == "error"


def test_an_update_changes_what_it_names(cloud, http, server):
    before = now(cloud, server)
    http.put(f"{SERVERS}/{server}", json={"server": {"name": "other", "accessIPv4": "10.1.1.1"}})
    after = now(cloud, server)
    assert (after.name, after.access_ip_v4) == ("other", "10.1.1.1")
    assert after == before.evolve(name="other", access_ip_v4="10.1.1.1", updated_at=cloud.now)


@pytest.mark.parametrize(
    ("pinned", "wanted", "status"),
    [
        (None, "nova", 200),
        (None, "other", 409),
        ("nova", "other", 409),
        ("nova", None, 200),
        ("nova", "nova", 200),
    ],
)
def test_a_server_is_pinned_where_it_is(cloud, http, server, pinned, wanted, status):
    cloud.store.put(now(cloud, server).evolve(pinned_availability_zone=pinned))
    body = {"server": {"pinned_availability_zone": wanted}}
    assert http.put(f"{SERVERS}/{server}", json=body, version="2.104").status_code == status


def test_a_deleted_server_is_gone_for_admins_too(cloud, http, server):
    assert http.delete(f"{SERVERS}/{server}").status_code == 204
    cloud.settle()
    assert told(http.as_("admin").get(f"{SERVERS}/{server}")) == (
        404,
        f"Instance {server} could not be found.",
    )
    assert now(cloud, server).deleted


def test_a_server_without_a_host_is_gone_at_once(cloud, http):
    server = boot(cloud).id
    assert http.delete(f"{SERVERS}/{server}").status_code == 204
    assert now(cloud, server).deleted


def test_a_server_that_never_was_is_not_mapped(http):
    nobody = "00000000-0000-4000-8000-000000000000"
    assert told(act(http, nobody, "os-stop")) == (404, f"Instance {nobody} has no mapping to a cell.")
    assert told(act(http, nobody, "pause")) == (404, f"Instance {nobody} could not be found.")
