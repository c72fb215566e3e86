"""The `openstack` command: volumes, what is made of them, and servers that have them or boot from them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clients import command
from tests.clients.command import openstack

IMAGE = "cirros-0.6.3-x86_64-disk"
BOOT = "server create --flavor m1.tiny --network private"

SESSION = f"""
    types           volume type list
    made            volume create --size 2 data
    shown           volume show data
    from image      volume create --size 3 --image {IMAGE} --bootable root
    root            volume show root
    -               volume set --property color=red --name data2 data
    set             volume show data2
    -               volume set --size 4 data2
    grown           volume show data2
    snapped         volume snapshot create --volume data2 snap
    snapshots       volume snapshot list
    copy            volume create --snapshot snap copy
    backed up       volume backup create --name backup data2
    backups         volume backup list
    -               volume backup restore --force backup copy
    server          {BOOT} --image {IMAGE} --wait web
    attached        server add volume web data2
    in use          volume show data2
    on server       server show web -c volumes_attached
    attachments     server volume list web
    -               server remove volume web data2
    free            volume show data2
    boots           {BOOT} --volume root --wait from-volume
    boots too       {BOOT} --image {IMAGE} --boot-from-volume 2 --wait from-image
    imageless       server show from-image
    root in use     volume show root
    -               volume create --size 1 present
    offered         volume transfer request create --name gift present
    offers          volume transfer request list
    offer        volume transfer request show gift
    limits          limits show --absolute
    quota           quota show
    -               server delete --wait web from-volume from-image
    -               volume backup delete backup
    -               volume snapshot delete snap
    -               volume delete data2 root copy
    left            volume list
"""


@pytest.fixture(scope="module")
def session(home: Path) -> dict[str, Any]:
    return command.session(home, SESSION)


def test_nothing_goes_wrong(session):
    assert session["errors"].strip() == ""


def test_a_volume_is_made_and_shown(session):
    assert (session["made"]["status"], session["made"]["size"]) == ("creating", 2)
    assert (session["shown"]["status"], session["shown"]["bootable"]) == ("available", False)


def test_there_are_types(session):
    assert {row["Name"] for row in session["types"]} >= {"__DEFAULT__", "multiattach"}


def test_a_volume_from_an_image_boots_and_knows_it(session):
    assert session["root"]["bootable"] is True
    assert session["root"]["volume_image_metadata"]["image_name"] == IMAGE


def test_it_is_renamed_told_something_and_grows(session):
    assert session["set"]["properties"] == {"color": "red"}
    assert (session["grown"]["size"], session["grown"]["status"]) == (4, "available")


def test_snapshots_and_backups_are_listed(session):
    assert [(row["Name"], row["Status"], row["Size"]) for row in session["snapshots"]] == [("snap", "available", 4)]
    assert [(row["Name"], row["Status"]) for row in session["backups"]] == [("backup", "available")]


def test_both_sides_know_an_attachment(session):
    (attachment,) = session["in use"]["attachments"]
    assert session["in use"]["status"] == "in-use"
    assert attachment["server_id"] == session["server"]["id"]
    assert [one["id"] for one in session["on server"]["volumes_attached"]] == [session["made"]["id"]]
    assert [row["Volume ID"] for row in session["attachments"]] == [session["made"]["id"]]


def test_a_detached_volume_is_free(session):
    assert (session["free"]["status"], session["free"]["attachments"]) == ("available", [])


def test_servers_boot_from_volumes(session):
    assert session["boots"]["status"] == session["boots too"]["status"] == "ACTIVE"
    assert session["root in use"]["status"] == "in-use"
    assert "N/A (booted from volume)" in session["imageless"]["image"]


def test_a_transfer_is_offered(session):
    assert [row["Name"] for row in session["offers"]] == ["gift"]
    assert session["offered"]["auth_key"]
    assert session["offer"]["id"] == session["offered"]["id"]


def test_limits_and_quotas_of_all_services_are_shown(session):
    limits = {row["Name"]: row["Value"] for row in session["limits"]}
    assert limits["max_total_volumes"] == 10
    assert {row["Resource"] for row in session["quota"]} >= {"cores", "volumes", "gigabytes"}


def test_everything_can_be_deleted(session):
    gone = {"data2", "root", "copy"}
    assert not gone & {row["Name"] for row in session["left"] if row["Status"] != "deleting"}


# --- what goes wrong, in the words of the services


def test_more_than_the_quota_is_refused(home):
    done = openstack(home, "volume", "create", "--size", "1001", "big", user="fakecompute-alt")
    assert done.returncode == 1
    assert "Requested volume or snapshot exceeds allowed gigabytes quota. Requested 1001G, quota is 1000G" in done.stderr


def test_a_volume_that_is_not_there_is_not_found(home):
    done = openstack(home, "volume", "show", "nothing", user="fakecompute-alt")
    assert done.returncode == 1
    assert "nothing" in done.stderr
