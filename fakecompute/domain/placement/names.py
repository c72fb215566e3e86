"""Resource classes and traits: the standard ones, and those that operators name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from fakecompute.domain.placement.providers import change, everyone
from fakecompute.domain.placement.standard import CLASSES, TRAITS
from fakecompute.domain.records.compute import Allocation, Host
from fakecompute.domain.records.placement import ResourceClass, Trait
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

_CLASSES, _TRAITS = frozenset(CLASSES), frozenset(TRAITS)


class ClassNotFound(NotFound):
    message = "No such resource class {name}."


class ClassExists(Conflict):
    message = "Conflicting resource class already exists: {name}"


class ClassNameTaken(Conflict):
    message = "Resource class already exists: {name}"


class ClassIsStandard(BadRequest):
    message = "Error in delete resource class: Cannot delete standard resource class {name}."


class ClassStays(BadRequest):
    message = "Cannot update standard resource class {name}"


class ClassInUse(Conflict):
    message = (
        "Error in delete resource class: Cannot delete resource class {name}. Class is in use in inventory."
    )


class TraitNotFound(NotFound):
    message = "No such trait(s): {name}."


class TraitIsStandard(BadRequest):
    message = "Cannot delete standard trait {name}."


class TraitInUse(Conflict):
    message = "The trait {name} is in use by a resource provider."


# --- resource classes -------------------------------------------------------------------------------------


def classes(cloud: Cloud) -> list[str]:
    """All names: the standard ones, those of definitions, and operators'."""
    made = sorted(cloud.store.all(ResourceClass), key=lambda one: one.number)
    return list(dict.fromkeys((*CLASSES, *_defined_classes(cloud), *(one.id for one in made))))


def check_class(cloud: Cloud, name: str) -> None:
    if name in _CLASSES or cloud.store.find(ResourceClass, name) is not None:
        return
    if name not in _defined_classes(cloud):
        raise ClassNotFound(name=name)


def create_class(cloud: Cloud, name: str) -> None:
    if name in classes(cloud):
        raise ClassExists(name=name)
    number = cloud.streams.number("resource class row")
    cloud.store.put(ResourceClass(id=name, number=number, created_at=cloud.now))


def rename_class(cloud: Cloud, name: str, new: str) -> None:
    """Until 1.6; whatever there is of the class is of the new name then."""
    check_class(cloud, name)
    found = cloud.store.find(ResourceClass, name)
    if found is None:
        raise ClassStays(name=name)
    if new != name and new in classes(cloud):
        raise ClassNameTaken(name=new)
    cloud.store.drop(found)
    cloud.store.put(found.evolve(id=new))
    for one in everyone(cloud):
        if name in dict(one.inventories):
            change(cloud, one, newer=False, inventories=_renamed(one.inventories, name, new))
    for allocation in cloud.store.all(Allocation):
        shares = allocation.elsewhere
        elsewhere = tuple(one._replace(resources=_renamed(one.resources, name, new)) for one in shares)
        changed = allocation.evolve(others=_renamed(allocation.others, name, new), elsewhere=elsewhere)
        if changed != allocation:
            cloud.store.put(changed)


Pairs = TypeVar("Pairs", bound=tuple[tuple[str, Any], ...])


def _renamed(pairs: Pairs, name: str, new: str) -> Pairs:
    return tuple((new if key == name else key, value) for key, value in pairs)  # type: ignore[return-value]


def delete_class(cloud: Cloud, name: str) -> None:
    check_class(cloud, name)
    if name in _CLASSES:
        raise ClassIsStandard(name=name)
    found = cloud.store.find(ResourceClass, name)
    if found is None or _is_in_inventory(cloud, name):
        raise ClassInUse(name=name)
    cloud.store.drop(found)


def _is_in_inventory(cloud: Cloud, name: str) -> bool:
    return any(name in dict(provider.inventories) for provider in everyone(cloud))


def _defined_classes(cloud: Cloud) -> dict[str, None]:
    """Those that hosts have by the cloud's definition: nova-compute made them."""
    return dict.fromkeys(name for host in cloud.store.by(Host, "offers", True) for name, _ in host.resources)


# --- traits -----------------------------------------------------------------------------------------------


def traits(cloud: Cloud) -> list[str]:
    made = sorted(cloud.store.all(Trait), key=lambda one: one.number)
    return list(dict.fromkeys((*TRAITS, *sorted(_defined_traits(cloud)), *(one.id for one in made))))


def unknown_traits(cloud: Cloud, names: Iterable[str]) -> list[str]:
    """Which of these names are no traits?"""
    strange = [name for name in names if name not in _TRAITS and cloud.store.find(Trait, name) is None]
    defined = _defined_traits(cloud) if strange else set()
    return [name for name in strange if name not in defined]


def check_traits(cloud: Cloud, names: Iterable[str]) -> None:
    if unknown := unknown_traits(cloud, names):
        raise TraitNotFound(name=unknown[0])


def create_trait(cloud: Cloud, name: str) -> bool:
    """Was it new?"""
    if not unknown_traits(cloud, (name,)):
        return False
    cloud.store.put(Trait(id=name, number=cloud.streams.number("trait row"), created_at=cloud.now))
    return True


def delete_trait(cloud: Cloud, name: str) -> None:
    check_traits(cloud, (name,))
    if not name.startswith("CUSTOM_"):
        raise TraitIsStandard(name=name)
    found = cloud.store.find(Trait, name)
    if found is None or name in in_use(cloud):
        raise TraitInUse(name=name)
    cloud.store.drop(found)


def in_use(cloud: Cloud) -> set[str]:
    """Traits that some provider has."""
    return {trait for provider in everyone(cloud) for trait in provider.traits}


def _defined_traits(cloud: Cloud) -> set[str]:
    """Those of hosts that are neither standard nor operators': nova-compute made them."""
    return {trait for host in cloud.store.all(Host) for trait in host.traits} - _TRAITS
