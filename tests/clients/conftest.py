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


@pytest.fixture(scope="module")
def admin(home: Path) -> Iterator[Shell]:
    """The `openstack` command of an admin."""
    with shell(home, "fakecompute-admin") as session:
        yield session


@pytest.fixture(scope="module")
def demo(home: Path) -> Iterator[Shell]:
    """The `openstack` command of a user with a project of their own."""
    with shell(home) as session:
        yield session
