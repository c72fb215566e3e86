"""A server for the length of a block, with all that a client in another process needs to find it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from fakecompute.cloud import Cloud
from fakecompute.faces.environment import entries, write_clouds_yaml
from fakecompute.faces.server import Server


class Running(NamedTuple):
    """`env` is this process's environment with the `OS_*` variables of `demo`, for `subprocess.run(..., env=)`."""

    url: str
    cloud: Cloud
    clouds_yaml: Path
    env: dict[str, str]


@contextmanager
def running(cloud: Cloud, clouds_yaml: Path) -> Iterator[Running]:
    """Serve a cloud on a free port of the loopback interface; `clouds_yaml` is written for its clients."""
    with Server({"": cloud}) as server:
        yield _told(cloud, server.url, clouds_yaml)


@contextmanager
def running_at(server: Server, name: str, cloud: Cloud, clouds_yaml: Path) -> Iterator[Running]:
    """The same below `/clouds/NAME` of a server that others share."""
    url = server.add(name, cloud)
    try:
        yield _told(cloud, url, clouds_yaml)
    finally:
        server.remove(name)


def _told(cloud: Cloud, url: str, clouds_yaml: Path) -> Running:
    logins = entries({"": cloud}, url)
    write_clouds_yaml(clouds_yaml, logins)
    foreign = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    mine = {"OS_CLIENT_CONFIG_FILE": str(clouds_yaml), **logins["fakecompute"].variables()}
    return Running(url, cloud, clouds_yaml, foreign | mine)
