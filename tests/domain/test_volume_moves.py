"""What moves, deletions and failures do to the volumes of a server, on both sides."""

from __future__ import annotations

import pytest

from fakecompute.domain.block_devices import devices_of
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.identity import Project
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.servers import boot
from fakecompute.domain.states import VM
from fakecompute.domain.tables.block_devices import CALLS
from fakecompute.domain.volume.attachments import attachments_of
from fakecompute.scenario.names import steps

VOLUME = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
LIVE = {"os-migrateLive": {"host": None, "block_migration": "auto"}}


@pytest.fixture
def server(cloud, http):
    """A server that runs, with a volume."""
    project = cloud.store.one(Project, "name", ("default", "demo"))
    made = boot(cloud, name="web")
    mine = {"project_id": project.id, "user_id": "demo", "size": 1, "host": "storage@lvm-1#lvm-1"}
    cloud.store.put(Volume(id=VOLUME, status="available", **mine))
    cloud.settle()
    wish = {"volumeAttachment": {"volumeId": VOLUME}}
    assert http.post(f"/compute/v2.1/servers/{made.id}/os-volume_attachments", json=wish).status_code == 200
    cloud.settle()
    return made.id


@pytest.fixture
def act(http, server):
    def act(action, version="2.60"):
        path = f"/compute/v2.1/servers/{server}/action"
        answer = http.as_("admin", "demo").post(path, json=action, version=version)
        assert answer.status_code < 300, answer.text

    return act


@pytest.fixture
def pair(cloud, server):
    """The volume's status; of each attachment its status and host, and whether Nova knows it."""

    def read():
        known = {device.attachment_id for device in devices_of(cloud, server)}
        halves = [(one.status, one.host, one.id in known) for one in attachments_of(cloud, VOLUME)]
        return cloud.store.get(Volume, VOLUME).status, halves

    return read


@pytest.fixture
def host(cloud, server):
    return lambda: cloud.store.get(Server, server).host


def strike(cloud, on, **effect):
    cloud.set_rules([Rule(id="", name="", on=on, effect=Effect(**effect or {"fail": "chaos"}))])


def until(cloud, seen):
    """Let time pass from event to event until something is so."""
    for _ in range(200):
        if seen():
            return
        cloud.jump()
        cloud.catch_up()
    pytest.fail("it never was so")


def test_scenarios_may_strike_every_call_to_cinder():
    assert set(CALLS) <= set(steps())


# --- from host to host


def test_an_offloaded_server_keeps_its_volume_connected_to_nothing(cloud, act, pair):
    act({"shelve": None})
    cloud.settle()
    assert pair() == ("reserved", [("reserved", None, True)])


def test_an_unshelved_server_has_it_at_its_new_host(cloud, act, pair, host):
    act({"shelve": None})
    cloud.settle()
    act({"unshelve": None})
    cloud.settle()
    assert pair() == ("in-use", [("attached", host(), True)])


@pytest.mark.parametrize("action", [{"migrate": None}, {"resize": {"flavorRef": "84"}}])
def test_a_resized_server_has_it_at_its_new_host_and_lets_go_on_the_way(
    cloud, act, pair, host, server, action
):
    before = host()
    act(action)
    until(cloud, lambda: cloud.store.get(Server, server).task_state == "resize_migrated")
    assert pair() == ("reserved", [("reserved", None, True)])
    cloud.settle()
    assert host() != before
    assert pair() == ("in-use", [("attached", host(), True)])


def test_a_reverted_server_has_it_where_it_was(cloud, act, pair, host):
    before = host()
    act({"migrate": None})
    cloud.settle()
    act({"revertResize": None})
    cloud.settle()
    assert host() == before
    assert pair() == ("in-use", [("attached", before, True)])


def test_an_evacuated_server_has_it_at_its_new_host(cloud, act, pair, host):
    before = host()
    host_down(cloud, cloud.store.one(Host, "name", before))
    cloud.advance(120)
    act({"evacuate": {}})
    cloud.settle()
    assert host() != before
    assert pair() == ("in-use", [("attached", host(), True)])


def test_a_rebuilt_server_has_another_attachment(cloud, act, http, pair, host, server):
    before = attachments_of(cloud, VOLUME)[0].id
    image = http.get("/image/v2/images").json["images"][0]["id"]
    act({"rebuild": {"imageRef": image}})
    cloud.settle()
    assert pair() == ("in-use", [("attached", host(), True)])
    assert attachments_of(cloud, VOLUME)[0].id != before


def test_a_move_that_cinder_does_not_allow_ends_the_step(cloud, act, pair, host, server):
    before = host()
    strike(cloud, "volume.move.disconnecting")
    act({"migrate": None})
    cloud.settle()
    assert (cloud.store.get(Server, server).vm_state, host()) == (VM.ERROR, before)
    assert pair() == ("in-use", [("attached", before, True)])


def test_a_host_that_cannot_connect_it_leaves_it_reserved(cloud, act, pair, server):
    strike(cloud, "volume.move.connecting")
    act({"migrate": None})
    cloud.settle()
    assert cloud.store.get(Server, server).vm_state == VM.ERROR
    assert pair() == ("reserved", [("reserved", None, True)])


# --- from host to host, running


def test_both_hosts_of_a_live_migration_have_it(cloud, act, pair, host):
    before = host()
    act(LIVE)
    until(cloud, lambda: len(pair()[1]) == 2)
    status, (old, new) = pair()
    assert (status, old) == ("in-use", ("attached", before, False))
    assert (new[0], new[1] != before, new[2]) == ("attached", True, True)
    cloud.settle()
    assert pair() == ("in-use", [("attached", host(), True)])
    assert host() != before


@pytest.mark.parametrize("step", ["running", "post-migrating"])
def test_of_a_live_migration_that_fails_the_new_one_goes(cloud, act, pair, host, step):
    before = host()
    strike(cloud, f"server.live_migrate.{step}")
    act(LIVE)
    cloud.settle()
    assert pair() == ("in-use", [("attached", before, True)])


def test_a_destination_that_cannot_connect_it_ends_a_live_migration(cloud, act, pair, host, server):
    before = host()
    strike(cloud, "volume.live.connecting")
    act(LIVE)
    cloud.settle()
    assert (cloud.store.get(Server, server).vm_state, host()) == (VM.ACTIVE, before)
    assert pair() == ("in-use", [("attached", before, True)])


def test_what_cinder_does_not_take_away_stays_behind_after_a_live_migration(cloud, act, http, pair, host):
    before = host()
    strike(cloud, "volume.live.disconnecting")
    act(LIVE)
    cloud.settle()
    assert pair() == ("in-use", [("attached", before, False), ("attached", host(), True)])
    stray = attachments_of(cloud, VOLUME)[0].id
    answer = http.delete(f"/volume/v3/attachments/{stray}", version="volume 3.27")
    assert answer.status_code == 200
    assert pair() == ("in-use", [("attached", host(), True)])


def test_a_reset_in_the_middle_of_a_live_migration_leaves_both(cloud, act, pair, host):
    before = host()
    strike(cloud, "server.live_migrate.running", hang=True)
    act(LIVE)
    cloud.settle()
    act({"os-resetState": {"state": "active"}})
    status, (old, new) = pair()
    assert (status, old, new[2]) == ("in-use", ("attached", before, False), True)


# --- the end of a server


def delete(cloud, http, server):
    assert http.delete(f"/compute/v2.1/servers/{server}").status_code == 204
    cloud.settle()
    assert cloud.store.get(Server, server).deleted
    assert not cloud.store.all(BlockDevice)


def test_a_deleted_server_lets_go(cloud, http, server, pair):
    delete(cloud, http, server)
    assert pair() == ("available", [])


def test_so_does_one_whose_host_is_dead(cloud, http, server, pair, host):
    host_down(cloud, cloud.store.one(Host, "name", host()))
    cloud.advance(120)
    delete(cloud, http, server)
    assert pair() == ("available", [])


@pytest.mark.parametrize("effect", [{"fail": "chaos"}, {"hang": True}])
def test_a_server_goes_even_if_cinder_fails_and_its_attachment_stays(cloud, http, server, pair, host, effect):
    before = host()
    strike(cloud, "volume.release.detaching", **effect)
    delete(cloud, http, server)
    assert pair() == ("in-use", [("attached", before, False)])


def test_a_back_end_that_is_down_is_enough_for_that(cloud, http, server, pair, host):
    before = host()
    backend = cloud.store.get(VolumeBackend, "storage@lvm-1")
    cloud.store.put(backend.evolve(reporting=False))
    delete(cloud, http, server)
    assert pair() == ("in-use", [("attached", before, False)])


def test_what_stayed_behind_may_be_taken_away(cloud, http, server, pair):
    strike(cloud, "volume.release.detaching")
    delete(cloud, http, server)
    stray = cloud.store.by(Attachment, "volume", VOLUME)[0].id
    assert http.delete(f"/volume/v3/attachments/{stray}", version="volume 3.27").status_code == 200
    assert pair() == ("available", [])


# --- what failed or never ended


def detach(http, server):
    path = f"/compute/v2.1/servers/{server}/os-volume_attachments/{VOLUME}"
    assert http.delete(path).status_code == 202


def test_a_guest_that_holds_it_keeps_it_in_use(cloud, http, server, pair, host):
    strike(cloud, "volume.detach.detaching")
    detach(http, server)
    cloud.settle()
    assert pair() == ("in-use", [("attached", host(), True)])


def test_if_cinder_fails_it_is_detaching_until_an_operator_resets_it(cloud, http, server, pair, host):
    strike(cloud, "volume.detach.disconnecting")
    detach(http, server)
    cloud.settle()
    assert pair() == ("detaching", [("attached", host(), True)])
    cloud.set_rules([])
    reset = {"os-reset_status": {"status": "in-use"}}
    http.as_("admin").post(f"/volume/v3/volumes/{VOLUME}/action", json=reset)
    detach(http, server)
    cloud.settle()
    assert pair() == ("available", [])


def test_a_host_that_dies_over_it_leaves_it_detaching(cloud, http, server, pair, host):
    name = host()
    detach(http, server)
    host_down(cloud, cloud.store.one(Host, "name", name))
    cloud.settle()
    host_up(cloud, cloud.store.one(Host, "name", name))
    cloud.settle()
    assert pair() == ("detaching", [("attached", name, True)])
