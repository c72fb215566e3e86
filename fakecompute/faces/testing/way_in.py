"""How code that builds its own client finds the cloud of the test: `clouds.yaml` and the `OS_*` variables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import yaml

from fakecompute.cloud import Cloud
from fakecompute.faces.environment import Login, clouds_yaml, entries

CLOUD = "fakecompute"  # the entry of clouds.yaml that OS_CLOUD names
# Where openstacksdk looks for a clouds.yaml, the first that is there counts.
FOLDERS = (
    ".", "$XDG_CONFIG_HOME/openstack", "~/Library/Application Support/openstack", "~/.config/openstack",
    "/etc/xdg/openstack", "/etc/openstack",
)  # fmt: skip
NAMES = ("clouds.yaml", "clouds.yml", "clouds.json")
DIRECT = ("no_proxy", "NO_PROXY")


@contextmanager
def way_in(cloud: Cloud, address: str) -> Iterator[None]:
    """`OS_*` and a clouds.yaml lead to the cloud; its entries have the names of those that the user has.

    A client that asks for its own `production` gets the cloud of the test, as demo.
    """
    before = {name: os.environ[name] for name in os.environ if name.startswith("OS_") or name in DIRECT}
    logins = entries({"": cloud}, address)
    path = _written(tuple(logins.items()), own_clouds(before.get("OS_CLIENT_CONFIG_FILE")))
    # the user's secrets are for his own clouds
    files = {"OS_CLIENT_CONFIG_FILE": path, "OS_CLIENT_SECURE_FILE": _nothing()}
    mine = {**files, "OS_CLOUD": CLOUD, **next(iter(logins.values())).variables()}
    direct = ",".join(filter(None, (before.get(DIRECT[0]), address.partition("//")[2])))
    mine |= dict.fromkeys(DIRECT, direct)  # or requests looks for a proxy each time
    _exchange(before, mine)
    try:
        yield
    finally:
        _exchange(mine, before)


def _exchange(these: Mapping[str, str], for_those: Mapping[str, str]) -> None:
    """In the environment."""
    for name in these:
        os.environ.pop(name, None)
    os.environ.update(for_those)


def own_clouds(told: str | None) -> tuple[str, ...]:
    """The names of the clouds that the user has, by the file that openstacksdk would read."""
    for path in (*([told] if told else ()), *_places()):
        try:
            stamp = os.stat(path).st_mtime_ns
        except OSError:
            continue
        return _names_in(os.path.abspath(path), stamp)
    return ()


@cache
def _places() -> tuple[str, ...]:
    return tuple(os.path.join(os.path.expanduser(folder), name) for folder in FOLDERS for name in NAMES)


@cache
def _names_in(path: str, stamp: int) -> tuple[str, ...]:
    """Of a file as it was at that time; none if it cannot be read."""
    try:
        content = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return ()
    clouds = content.get("clouds") if isinstance(content, Mapping) else None
    return tuple(map(str, clouds)) if isinstance(clouds, Mapping) else ()


@cache
def _written(logins: tuple[tuple[str, Login], ...], others: tuple[str, ...]) -> str:
    """The path of a clouds.yaml with these; the same for the same content."""
    known = dict(logins)
    first = next(iter(known.values()))
    path = Path(_folder(), f"clouds-{_written.cache_info().currsize}.yaml")
    path.write_text(clouds_yaml({**dict.fromkeys(others, first), **known}), "utf-8")
    return str(path)


@cache
def _nothing() -> str:
    """The path of an empty file."""
    path = Path(_folder(), "secure.yaml")
    path.touch()
    return str(path)


@cache
def _folder() -> str:
    """Of this process, until it ends."""
    import atexit
    from shutil import rmtree

    folder = mkdtemp(prefix="fakecompute-")
    atexit.register(rmtree, folder, ignore_errors=True)
    return folder
