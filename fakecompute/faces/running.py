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
        logins = entries(server.clouds, server.url)
        write_clouds_yaml(clouds_yaml, logins)
        foreign = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        mine = {"OS_CLIENT_CONFIG_FILE": str(clouds_yaml), **logins["fakecompute"].variables()}
        yield Running(server.url, cloud, clouds_yaml, foreign | mine)
