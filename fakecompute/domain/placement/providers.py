"""Resource providers: those of compute hosts, as Nova tells of them, and those that operators made.

A host's provider is no record of its own: it is put together when somebody looks (hosts.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakecompute.domain.placement import book
from fakecompute.domain.placement.hosts import DISABLED, awaited, is_gone, of_host
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.placement import Generation, Provider, Rewritten
from fakecompute.errors import BadRequest, Conflict

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class CannotSave(BadRequest):
    message = "Object action {action} failed because: {reason}"


class NameTaken(Conflict):
    message = "Conflicting resource provider {what} already exists."
    code = "placement.duplicate_name"


class ProviderInUse(Conflict):
    message = "Unable to delete resource provider {id}: Resource provider has allocations."
    code = "placement.resource_provider.inuse"


class HasChildren(Conflict):
    message = "Unable to delete parent resource provider {id}: It has child resource providers."
    code = "placement.resource_provider.cannot_delete_parent"


# --- looking ----------------------------------------------------------------------------------------------


def provider(cloud: Cloud, id: str | None) -> Provider | None:
    made = cloud.store.find(Provider, id)
    if made is not None:
        return made
    host = cloud.store.find(Host, id)
    return None if host is None or is_gone(cloud, host) else of_host(cloud, host)


def everyone(cloud: Cloud) -> list[Provider]:
    """Hosts in their order, then the others in theirs."""
    hosts = sorted(cloud.store.all(Host), key=lambda host: host.number)
    others = sorted(cloud.store.all(Provider), key=lambda provider: provider.number)
    return [*(of_host(cloud, host) for host in hosts if not is_gone(cloud, host)), *others]


def tree(cloud: Cloud, root_id: str) -> list[Provider]:
    """A root and all below it."""
    ids = {root_id, *(one.id for kind in (Provider, Rewritten) for one in cloud.store.by(kind, "root", root_id))}
    found = [one for id in ids if (one := provider(cloud, id)) is not None and one.root_id == root_id]
    return sorted(found, key=lambda one: (one.host is None, one.number))


def generation(cloud: Cloud, provider: Provider) -> int:
    return book.generation(cloud, provider.place, 0 if provider.host is None else book.OF_HOST)


# --- changing ---------------------------------------------------------------------------------------------


def change(cloud: Cloud, provider: Provider, *, newer: bool = True, **changes: Any) -> Provider:
    """Write some of a provider's fields; `newer`: it is of another generation then."""
    if newer:
        book.changed(cloud, (provider.place,))
    if provider.host is None:
        return cloud.store.put(provider.evolve(**changes, updated_at=cloud.now))
    own = cloud.store.find(Rewritten, provider.id) or Rewritten(id=provider.id)
    host = cloud.store.get(Host, provider.id)
    if host.disabled and "traits" in changes:  # that it is disabled is for Nova to say
        changes["traits"] = tuple(trait for trait in changes["traits"] if trait != DISABLED)
    own = own.evolve(**changes, updated_at=cloud.now)
    cloud.store.put(awaited(cloud, own) if changes.keys() & {"inventories", "traits"} else own)
    return of_host(cloud, host)


def create(cloud: Cloud, id: str | None, name: str, parent_id: str | None) -> Provider:
    id = id or cloud.streams.uuid("resource provider")
    _check_name(cloud, name, id, new=True)
    root_id = id
    if parent_id is not None:
        if parent_id == id:
            raise CannotSave(action="create", reason=SAME)
        root_id = _parent(cloud, parent_id).root_id
    number = cloud.streams.number("resource provider row")
    made = Provider(
        id=id, name=name, number=number, root_id=root_id, parent_id=parent_id,
        created_at=cloud.now, updated_at=cloud.now,
    )  # fmt: skip
    return cloud.store.put(made)


SAME = "parent provider UUID cannot be same as UUID. Please set parent provider UUID to None if there is no parent."
NO_PARENT = "parent provider UUID does not exist."
FIXED = "{word} a provider is not currently allowed."
LOOP = "creating loop in the provider tree is not allowed."


def update(cloud: Cloud, provider: Provider, name: str, parent_id: str | None, *, may_move: bool) -> Provider:
    """Another name, another parent; until 1.36 a parent is for good."""
    if name != provider.name:
        _check_name(cloud, name, provider.id)
    below = _below(cloud, provider)
    root_id = provider.root_id
    if parent_id is not None:
        root_id = _parent(cloud, parent_id).root_id
        if provider.parent_id not in (None, parent_id) and not may_move:
            raise CannotSave(action="update", reason=FIXED.format(word="re-parenting"))
        if parent_id in {one.id for one in below}:
            raise CannotSave(action="update", reason=LOOP)
    elif provider.parent_id is not None:
        if not may_move:
            raise CannotSave(action="update", reason=FIXED.format(word="un-parenting"))
        root_id = provider.id
    for one in below[1:]:
        change(cloud, one, newer=False, root_id=root_id)
    return change(cloud, provider, newer=False, name=name, parent_id=parent_id, root_id=root_id)


def delete(cloud: Cloud, provider: Provider) -> None:
    """A host's is back with the next report of its nova-compute."""
    if len(_below(cloud, provider)) > 1:
        raise HasChildren(id=provider.id)
    if cloud.store.count(Allocation, "host", provider.place):
        raise ProviderInUse(id=provider.id)
    if provider.host is None:
        cloud.store.drop(cloud.store.get(Provider, provider.id))
    else:
        gone = Rewritten(id=provider.id, gone=True, inventories=(), traits=(), aggregates=())
        cloud.store.put(awaited(cloud, gone))
    _drop_generation(cloud, provider.place)


def forget(cloud: Cloud, host: Host) -> None:
    """The compute service was deleted: its provider goes, with all below it and all that was taken of them."""
    for one in tree(cloud, host.id):
        for allocation in cloud.store.by(Allocation, "host", one.place):
            cloud.store.drop(allocation)
        if (made := cloud.store.find(Provider, one.id)) is not None:
            cloud.store.drop(made)
    if (own := cloud.store.find(Rewritten, host.id)) is not None:
        cloud.store.drop(own)
    _drop_generation(cloud, host.name)


def _drop_generation(cloud: Cloud, place: str) -> None:
    if (found := cloud.store.find(Generation, place)) is not None:
        cloud.store.drop(found)


def _check_name(cloud: Cloud, name: str, id: str, *, new: bool = False) -> None:
    hosts = (one for one in cloud.store.by(Host, "name", name) if not _is_renamed(cloud, one))
    others = (own for own in cloud.store.all(Rewritten) if own.name == name)
    taken = any(True for found in (cloud.store.by(Provider, "name", name), hosts, others) for one in found)
    known = new and provider(cloud, id) is not None
    if taken or known:
        both = (f"uuid: {id}" if known else "", f"name: {name}" if taken else "")
        raise NameTaken(what=", ".join(filter(None, both)) if new else name)


def _is_renamed(cloud: Cloud, host: Host) -> bool:
    own = cloud.store.find(Rewritten, host.id)
    return own is not None and own.name not in (None, host.name)


def _parent(cloud: Cloud, id: str) -> Provider:
    found = provider(cloud, id)
    if found is None:
        raise CannotSave(action="create", reason=NO_PARENT)
    return found


def _below(cloud: Cloud, top: Provider) -> list[Provider]:
    """A provider and all that is below it."""
    known = tree(cloud, top.root_id)
    found, ids = [top], {top.id}
    while more := [one for one in known if one.parent_id in ids and one.id not in ids]:
        found += more
        ids |= {one.id for one in more}
    return found


