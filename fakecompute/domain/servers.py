"""Making servers, and the checks that stand before every action on one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fakecompute.domain import actions, quota
from fakecompute.domain.actions import Caller
from fakecompute.domain.block_devices import volumes_of
from fakecompute.domain.boot_disks import Disk, write
from fakecompute.domain.boot_images import is_volume_backed
from fakecompute.domain.records.compute import Flavor, Host, ServerGroup
from fakecompute.domain.records.identity import Project, User
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Volume
from fakecompute.domain.scheduler.needs import needs_of
from fakecompute.domain.side_effects import ON_FAILURE
from fakecompute.domain.side_effects.moving import move_failed
from fakecompute.domain.states import VM
from fakecompute.domain.tables.servers import SERVER
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.domain.volume_moves import strand_live
from fakecompute.domain.workflows import arrive_at_once, overtake, start
from fakecompute.errors import Conflict, FakeError

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class ServerLocked(Conflict):
    message = "Instance {server_id} is locked"


class ServerNotReady(Conflict):
    message = "Instance {server_id} is not ready"


class ServerBusy(Conflict):
    """nova/api/openstack/common.py: raise_http_conflict_for_instance_invalid_state."""

    message = "Cannot '{word}' instance {server_id} while it is in {attribute} {state}"


class ServerInvalid(Conflict):
    """The same where there is no state to name, such as a server that was never launched."""

    message = "Instance {server_id} is in an invalid state for '{word}'"


# --- checks ---------------------------------------------------------------------------------------------


def check_unlocked(server: Server, is_admin: bool) -> None:
    """A lock holds everybody but admins."""
    if server.locked and not is_admin:
        raise ServerLocked(server_id=server.id)


def check_quirkily_unlocked(server: Server, word: str, is_admin: bool) -> None:
    """The same as two actions of Nova say it (observed: changePassword and restore)."""
    if server.locked and not is_admin:
        raise ServerInvalid(server_id=server.id, word=word)


def check_states(server: Server, word: str, vm_states: Any, task_states: Any, launched: bool) -> None:
    """The states an action may begin in, asked in Nova's order: vm_state, task_state, launched."""
    for attribute, state, allowed in (
        ("vm_state", server.vm_state, vm_states),
        ("task_state", server.task_state, task_states),
    ):
        if allowed is not None and state not in allowed:
            if state is None:
                raise ServerInvalid(server_id=server.id, word=word)
            raise ServerBusy(server_id=server.id, word=word, attribute=attribute, state=str(state))
    if launched and server.launched_at is None:
        raise ServerInvalid(server_id=server.id, word=word)


def check_may(server: Server, trigger: str, is_admin: bool) -> None:
    """May this transition begin?  In Nova's order: lock, host, states."""
    row = SERVER[trigger]
    if "unlocked" in row.needs:
        check_unlocked(server, is_admin)
    if "unlocked-quirk" in row.needs:
        check_quirkily_unlocked(server, row.word, is_admin)
    if "host" in row.needs and server.host is None:
        raise ServerNotReady(server_id=server.id)
    check_states(server, row.word, row.vm_states, row.task_states, "launched" in row.needs)


def check_volumes(cloud: Cloud, server: Server, family: type[FakeError]) -> None:
    """Are all of its volumes in use?  A refusal of the family if one is not, as actions differ in the status."""
    for device in volumes_of(cloud, server.id):
        volume = cloud.store.find(Volume, device.volume_id)
        if volume is None:
            raise VolumeNotFound(id=device.volume_id)
        if volume.status != "in-use":
            told = f"volume '{volume.id}' status must be 'in-use'. Currently in '{volume.status}' status"
            raise family(reason=f"Invalid volume: {told}")


# --- create ---------------------------------------------------------------------------------------------


def hostname_for(name: str, server_id: str) -> str:
    """The host name that Nova derives from a server's name: nova/utils.py, sanitize_hostname."""
    text = name.encode("latin-1", "ignore").decode("latin-1")[:63]
    text = re.sub(r"[^\w.-]+", "", re.sub(r"[ _.]", "-", text), flags=re.ASCII).lower().strip(".-")
    return text or f"Server-{server_id}"


def create_servers(
    cloud: Cloud, caller: Caller, count: int, *, name: str, disks: Sequence[Disk] = (), **fields: Any
) -> list[Server]:
    """`count` servers of the same fields and disks, each on its way; several are called name-1, name-2 ..."""
    reservation_id = "r-" + cloud.streams.hex("reservation", 8)
    made = []
    for index in range(count):
        id = cloud.streams.uuid("server")
        own = name if count == 1 else f"{name}-{index + 1}"
        server = Server(
            id=id,
            name=own,
            number=cloud.streams.number("server number"),
            launch_index=index,
            reservation_id=reservation_id,
            created_at=cloud.now,
            updated_at=cloud.now,
            **{"hostname": hostname_for(own, id), **fields},
        )
        if server.group_id is not None:
            group = cloud.store.get(ServerGroup, server.group_id)
            cloud.store.put(group.evolve(members=(*group.members, id)))
        write(cloud, server, disks)
        made.append(start(cloud, server, "create", caller))
    return made


def boot(
    cloud: Cloud, project: str = "demo", name: str = "server", flavor: str = "m1.nano", **fields: Any
) -> Server:
    """A server without HTTP, for tests and scenarios: names instead of ids; quota and capacity are asked.

    KeyError if there is no such project, user or flavor.
    """
    owner = cloud.store.one(Project, "name", ("default", project))
    user = cloud.store.one(User, "name", ("default", project))
    size = cloud.store.one(Flavor, "name", flavor)
    if owner is None or user is None or size is None:
        raise KeyError(f"no such project, user of that name, or flavor: {project}, {flavor}")
    caller = Caller("req-" + cloud.streams.uuid("request"), user.id, owner.id)
    with cloud.transaction():
        quota.check_servers(
            cloud, owner.id, user.id, min_count=1, max_count=1, vcpus=size.vcpus, ram=size.ram,
            more=needs_of(size).beyond_cores_and_ram,
        )  # fmt: skip
        mine: Mapping[str, Any] = {"project_id": owner.id, "user_id": user.id, "flavor": size, **fields}
        return create_servers(cloud, caller, 1, name=name, **mine)[0]


# --- what an action does first, beyond its row ---------------------------------------------------------------


def act(cloud: Cloud, server: Server, trigger: str, caller: Caller, is_admin: bool) -> Server:
    """Check, and set a transition off."""
    check_may(server, trigger, is_admin)
    return start(cloud, server, trigger, caller)


def delete(cloud: Cloud, server: Server, caller: Caller, is_admin: bool, *, force: bool = False) -> None:
    """DELETE: through the host, or at once if there is none; a resized server confirms first.

    Where the cloud reclaims instances, a server that ran is only soft-deleted unless `force` says otherwise.
    """
    check_may(server, "delete", is_admin)
    is_here = server.host is not None and alive(cloud, server.host)
    going = server.task_state == "deleting"
    if is_here and (going or (server.task_state == "soft-deleting" and not force)):
        return  # nova/compute/api.py: _delete; of one that hangs an operator resets the state
    soft = cloud.settings.reclaim_instance_interval > 0 and not force and server.launched_at is not None
    if soft and server.vm_state != VM.SOFT_DELETED and not going:
        start(cloud, server, "soft_delete", caller, progress=0)
        return
    if not is_here:
        actions.record(cloud, server, "delete", caller)
        arrive_at_once(cloud, server, "delete")
        return
    if server.vm_state == VM.RESIZED and server.migration_id is not None:
        actions.at_once(cloud, server, "confirmResize", "compute_confirm_resize", caller)
        server = arrive_at_once(cloud, server, "confirmResize")
    start(cloud, server, "delete", caller, progress=0)


def alive(cloud: Cloud, name: str) -> bool:
    """Is the host up, as far as the API knows?"""
    host = cloud.store.one(Host, "name", name)
    return host is not None and host.is_up


def restore(cloud: Cloud, server: Server, caller: Caller, is_admin: bool) -> None:
    """A soft-deleted server counts again, if the quota has room."""
    check_may(server, "restore", is_admin)
    flavor = server.flavor
    quota.check_servers(
        cloud, server.project_id, server.user_id, min_count=1, max_count=1, vcpus=flavor.vcpus, ram=flavor.ram,
        more=needs_of(flavor, volume_backed=is_volume_backed(cloud, server.id)).beyond_cores_and_ram,
    )  # fmt: skip
    start(cloud, server, "restore", caller)


def lock(cloud: Cloud, server: Server, caller: Caller, reason: str | None) -> None:
    """Whoever's project owns the server locks as `owner`, an admin from elsewhere as `admin`.

    A second lock by the owner changes nothing; one by a foreign admin overwrites.
    """
    locked_by = "owner" if caller.project_id == server.project_id else "admin"
    if server.locked and locked_by == "owner":
        return
    actions.at_once(cloud, server, "lock", "api_lock", caller)
    cloud.store.put(server.evolve(locked_by=locked_by, locked_reason=reason, updated_at=cloud.now))


def unlock(cloud: Cloud, server: Server, caller: Caller) -> None:
    actions.at_once(cloud, server, "unlock", "api_unlock", caller)
    cloud.store.put(server.evolve(locked_by=None, locked_reason=None, updated_at=cloud.now))


def reset_state(cloud: Cloud, server: Server, state: str, caller: Caller) -> None:
    """os-resetState: the state is what the admin says; what was under way is given up."""
    actions.at_once(cloud, server, "resetState", None, caller)
    overtake(cloud, server)
    strand_live(cloud, server)
    changes: dict[str, Any] = (
        ON_FAILURE[server.trigger](cloud, server) if server.trigger in ON_FAILURE else {}
    )
    if server.migration_id and not changes:  # a resize that waits to be confirmed
        changes = move_failed(cloud, server)
    cloud.store.put(
        server.evolve(
            vm_state=VM(state),
            task_state=None,
            trigger=None,
            workflow=cloud.streams.number("workflow"),
            updated_at=cloud.now,
            **changes,
        )
    )
