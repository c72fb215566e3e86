"""How volumes came to servers before there were attachments."""

from __future__ import annotations

import pytest

from fakecompute.domain.volume import old_attachments as old
from fakecompute.domain.volume.attachments import NovaHasIt, attachments_of, begin_detaching
from fakecompute.domain.volume.old_attachments import (
    CannotAttach,
    InMaintenance,
    Mismatched,
    NotReservable,
    WrongMode,
)
from tests.domain.volume.making import fresh, volume
from tests.domain.volume.serving import attached

SERVER, OTHER = "5e5e5e5e-0000-4000-8000-000000000001", "5e5e5e5e-0000-4000-8000-000000000002"


def attach(cloud, of, server_id=SERVER, **fields):
    told = {"host": None, "device": "/dev/vdb", "mode": "rw", **fields}
    return old.attach(cloud, fresh(cloud, of), server_id=server_id, **told)


def test_the_way_there_and_back(cloud):
    mine = volume(cloud)
    seen = []
    for step in (
        lambda: old.reserve(cloud, fresh(cloud, mine)),
        lambda: attach(cloud, mine),
        lambda: begin_detaching(cloud, fresh(cloud, mine)),
        lambda: old.detach(cloud, fresh(cloud, mine), None),
    ):
        step()
        seen.append(fresh(cloud, mine).status)
    assert seen == ["attaching", "in-use", "detaching", "available"]


def test_what_is_reserved_is_not_reserved_again(cloud):
    mine = volume(cloud)
    old.reserve(cloud, mine)
    with pytest.raises(NotReservable, match="must be available to reserve, but the status is attaching"):
        old.reserve(cloud, fresh(cloud, mine))
    old.unreserve(cloud, fresh(cloud, mine))
    assert fresh(cloud, mine).status == "available"
    old.unreserve(cloud, fresh(cloud, mine))
    assert fresh(cloud, mine).status == "available"


def test_the_mode_is_written_down_while_somebody_has_it(cloud):
    mine = volume(cloud)
    attach(cloud, mine)
    assert dict(fresh(cloud, mine).admin_metadata) == {"readonly": "False", "attached_mode": "rw"}
    old.detach(cloud, fresh(cloud, mine), None)
    assert dict(fresh(cloud, mine).admin_metadata) == {"readonly": "False"}


def test_what_is_read_only_is_not_attached_for_writing(cloud):
    mine = cloud.store.put(volume(cloud).evolve(admin_metadata=(("readonly", "True"),)))
    with pytest.raises(WrongMode):
        attach(cloud, mine)
    assert attach(cloud, mine, mode="ro").mode == "ro"


def test_the_name_of_a_host_is_made_one(cloud):
    assert attach(cloud, volume(cloud), None, host="My_Host 1!").host == "my-host-1"


def test_one_server_at_a_time_unless_it_is_shared(cloud):
    mine = volume(cloud)
    first = attach(cloud, mine)
    assert attach(cloud, mine) == first
    with pytest.raises(CannotAttach):
        attach(cloud, mine, OTHER)
    cloud.store.put(fresh(cloud, mine).evolve(multiattach=True))
    attach(cloud, mine, OTHER)
    assert len(attachments_of(cloud, mine.id)) == 2


def test_of_several_one_must_be_named(cloud):
    mine = cloud.store.put(volume(cloud).evolve(multiattach=True))
    first, _ = attach(cloud, mine), attach(cloud, mine, OTHER)
    with pytest.raises(NovaHasIt):
        old.detach(cloud, fresh(cloud, mine), None)
    with pytest.raises(Mismatched):
        old.detach(cloud, volume(cloud), first.id)
    old.detach(cloud, fresh(cloud, mine), first.id)
    assert fresh(cloud, mine).status == "in-use"


def test_what_a_server_has_only_novas_service_user_takes_away(cloud):
    held, server, _ = attached(cloud)
    with pytest.raises(NovaHasIt, match=f"Detach volume from instance {server.id} using the Compute API"):
        old.detach(cloud, held, None)
    with pytest.raises(NovaHasIt):
        old.terminate_connection(cloud, held)
    (one,) = attachments_of(cloud, held.id)
    old.detach(cloud, held, one.id, by_service=True)
    assert fresh(cloud, held).status == "available"


def test_in_maintenance_it_goes_nowhere(cloud):
    mine = cloud.store.put(volume(cloud).evolve(status="maintenance"))
    for step in (
        lambda: attach(cloud, mine),
        lambda: old.detach(cloud, mine, None),
        lambda: old.initialize_connection(cloud, mine, {"initiator": "i"}),
    ):
        with pytest.raises(InMaintenance):
            step()
