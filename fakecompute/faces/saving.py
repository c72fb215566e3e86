"""Clouds in files: `fakecompute serve --state FILE`.

A file is written beside the one that it takes the place of, and moved there when it is whole: whoever is killed in
between leaves the former.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path

from fakecompute.cloud import Cloud
from fakecompute.scenario.state import BadState, dump, load_state


def read_state(path: Path) -> Cloud | None:
    """The cloud of a file, None if there is no such file; BadState (with the path) or OSError if it cannot be had."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        return load_state(data)
    except BadState as error:
        raise BadState(f"{path}: {error}") from None


def write_state(path: Path, data: bytes) -> None:
    """All of it or nothing; OSError if it cannot be written, and then the former file is as it was."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """That the new name is on disk, too; not every system can tell."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)


def path_for(path: Path, name: str) -> Path:
    """A file a cloud: `cloud.state` has the first, `cloud.west.state` the one called west."""
    return path.with_name(f"{path.stem}.{name}{path.suffix}") if name else path


class Saver:
    """Saves clouds by name, whenever it is asked, from any thread."""

    def __init__(self, clouds: Mapping[str, Cloud], path: Path) -> None:
        self.clouds, self.path = clouds, path
        self._writing = threading.Lock()
        self._tickets = 0
        self._written: dict[str, int] = {}  # the ticket of what is in a file
        for name in clouds:
            self._clear(path_for(path, name))

    def _clear(self, path: Path) -> None:
        """Away with what those have begun to write who were killed."""
        for old in path.parent.glob(f".{path.name}.*.new"):
            old.unlink(missing_ok=True)

    def save(self) -> list[Path]:
        """All clouds as they are now; the files that they are in.  OSError if one cannot be written."""
        return [self.save_one(name) for name in list(self.clouds)]

    def save_one(self, name: str = "") -> Path:
        """One may hold the cloud's lock, or not."""
        path = path_for(self.path, name)
        cloud = self.clouds[name]
        with cloud.lock:
            cloud.digest()  # for all twins to come
            twin = cloud.fork()
            self._tickets = ticket = self._tickets + 1
        data = dump(twin)  # with nobody waiting
        with self._writing:
            if ticket > self._written.get(name, 0):
                write_state(path, data)
                self._written[name] = ticket
        return path
