from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.command import Shell, serving, shell


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the clouds.yaml of a cloud that is being served."""
    with serving(tmp_path_factory.mktemp("cli")) as folder:
        yield folder


# --- one cloud and one session of each user, for modules whose tests clean up after themselves


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a cloud with two stores for images, and a cache."""
    with serving(
        tmp_path_factory.mktemp("town"), enabled_backends=["fast:file", "slow:file"], image_cache=True
    ) as folder:
        yield folder


@pytest.fixture(scope="session")
def admin(town: Path) -> Iterator[Shell]:
    """The `openstack` command of an admin."""
    with shell(town, "fakecompute-admin") as session:
        yield session


@pytest.fixture(scope="session")
def demo(town: Path) -> Iterator[Shell]:
    """The `openstack` command of a user with a project of their own."""
    with shell(town) as session:
        yield session


@pytest.fixture(scope="session")
def alt(town: Path) -> Iterator[Shell]:
    """The `openstack` command of somebody else."""
    with shell(town, "fakecompute-alt") as session:
        yield session


@pytest.fixture(scope="module")
def net(demo: Shell) -> Iterator[str]:
    """A network with a router to the world."""
    demo.show("network create world")
    demo.show("subnet create --network world --subnet-range 10.8.0.0/24 world-subnet")
    demo.show("router create --external-gateway public world-router")
    demo.do("router add subnet world-router world-subnet")
    yield "world"
    demo.do("router remove subnet world-router world-subnet")
    demo.do("router delete world-router")
    demo.do("network delete world")
