"""What a cloud definition (a file of `fixtures/`) may hold, as a table; `checked` reads one and tells all mistakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from fakecompute import resources
from fakecompute.domain.bootstrap import SECTIONS, read_definition
from fakecompute.domain.quota import DEFAULTS
from fakecompute.errors import BadDefinition
from fakecompute.scenario.schema import (
    Page,
    Place,
    Reader,
    anything,
    boolean,
    choice,
    integer,
    listing,
    mapping,
    nearest,
    number,
    required,
    table,
    text,
)

SUFFIXES = (".yaml", ".yml", ".json")
COUNT = integer(0)
SIZE = integer(1)


def quota_limits(place: Place) -> Any:
    return table(integer(-1), choice(DEFAULTS, "quota"))(place)


# --- the table: section -> what stands in it; a section that is not listed is taken as it is

# fmt: off
READERS: dict[str, Reader] = {
    "description": text,
    "catalog": listing(mapping({
        "type":        required(text),
        "name":        required(text),
        "path":        required(text),
        "description": text,
    })),
    "domains": listing(mapping({
        "id":          text,
        "name":        required(text),
        "description": text,
        "enabled":     boolean,
    })),
    "roles": listing(text),
    "projects": listing(mapping({
        "id":          text,
        "name":        required(text),
        "description": text,
        "enabled":     boolean,
        "domain_id":   text,
        "parent_id":   text,
    })),
    "users": listing(mapping({
        "id":          text,
        "name":        required(text),
        "password":    text,
        "email":       text,
        "projects":    table(listing(text)),   # project -> roles on it
        "system":      listing(text),
        "domain":      listing(text),
    })),
    "flavors": listing(mapping({
        "id":          required(text),
        "name":        required(text),
        "vcpus":       required(SIZE),
        "ram":         required(SIZE),         # MiB
        "disk":        required(COUNT),        # GiB
        "ephemeral":   COUNT,
        "swap":        COUNT,
        "rxtx_factor": number(0),
        "is_public":   boolean,
        "disabled":    boolean,
        "description": text,
        "extra_specs": table(text),
        "access":      listing(text),          # projects, if it is not public
    })),
    "hosts": listing(mapping({
        "name":        required(text),
        "count":       SIZE,                   # of them, with {n} in the name
        "zone":        text,
        "vcpus":       required(SIZE),
        "ram":         required(SIZE),
        "disk":        required(COUNT),
        "reserved_ram":         COUNT,
        "cpu_allocation_ratio":  number(0),
        "ram_allocation_ratio":  number(0),
        "disk_allocation_ratio": number(0),
        "disabled":        boolean,
        "disabled_reason": text,
        "up":              boolean,
        "forced_down":     boolean,
    })),
    "aggregates": listing(mapping({
        "name":        required(text),
        "zone":        text,
        "hosts":       listing(text),
        "metadata":    table(text),
    })),
    "quotas": table(quota_limits),             # project -> limits
}
# fmt: on


# --- reading


def checked(name: str, near: Path | None = None, inside: tuple[Path, ...] = ()) -> Mapping[str, Any]:
    """The definition of a shipped name or a path (from the folder `near`); BadDefinition with all its mistakes.

    `inside` are the files that extend it.
    """
    if not name.endswith(SUFFIXES):
        known = resources.names("fixtures")
        if name not in known:
            raise BadDefinition([f"there is no cloud definition {name!r}{nearest(name, known)}"])
        return read_definition(name)
    path = (near or Path()) / name
    if path in inside:
        raise BadDefinition([f"{path} extends itself"])
    page = Page.of(read_text(path), str(path))
    definition = read(page.top, (*inside, path))
    page.done()
    return definition


def read_text(path: Path) -> str:
    """BadDefinition if there is nothing to read."""
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise BadDefinition([f"{path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise BadDefinition([f"{path}: is no text in UTF-8"]) from None


def read(place: Place, inside: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The definition at a place, complete with what it extends; mistakes are noted on its page.

    The last of `inside` is the file that it stands in.
    """
    before = len(place.page.mistakes)
    readers = {name: READERS.get(name, anything) for name in SECTIONS}
    made = mapping({**readers, "extends": text})(place) or {}
    sections = place.entries() or {} if place.is_mapping else {}
    if base := made.pop("extends", None):
        try:
            made = {**checked(base, inside[-1].parent if inside else None, inside), **made}
        except BadDefinition as error:
            for mistake in error.mistakes:
                sections["extends"][1].wrong(mistake)
    if len(place.page.mistakes) == before:
        for name, check in CHECKS.items():
            if name in sections:
                check(sections[name][1], made)
    return made


def _names(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    return [entry["name"] for entry in entries]


def host_names(definition: Mapping[str, Any]) -> list[str]:
    """Of all hosts, counted ones written out."""
    return [
        entry["name"].format(n=n)
        for entry in definition.get("hosts", ())
        for n in range(1, entry.get("count", 1) + 1)
    ]


def project_names(definition: Mapping[str, Any]) -> list[str]:
    return _names(definition.get("projects", ())) or ["admin", "demo", "alt_demo", "service"]


def _known(place: Place, names: Iterable[str], what: str) -> None:
    """Every scalar of a list, or key of a mapping, is a name of something."""
    known = list(names)
    spoken = [key for key, _ in (place.entries() or {}).values()] if place.is_mapping else place.items()
    for at in spoken or ():
        if at.word not in known:
            at.wrong(f"there is no {what} {at.word!r}{nearest(at.word or '', known)}")


def _each(key: str, what: str, names: Callable[[Mapping[str, Any]], Iterable[str]]) -> Callable[..., None]:
    """A check that `key` of every entry of a section names things that there are."""

    def check(place: Place, definition: Mapping[str, Any]) -> None:
        for entry in place.items() or ():
            found = (entry.entries() or {}).get(key)
            if found is not None and not found[1].empty:
                _known(found[1], names(definition), what)

    return check


# what names must lead somewhere, in the sections that a file writes itself
CHECKS: dict[str, Callable[[Place, Mapping[str, Any]], None]] = {
    "users": _each("projects", "project", project_names),
    "flavors": _each("access", "project", project_names),
    "aggregates": _each("hosts", "host", host_names),
    "quotas": lambda place, definition: _known(place, project_names(definition), "project"),
}
