from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.command import serving


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the clouds.yaml of a cloud that is being served."""
    with serving(tmp_path_factory.mktemp("cli")) as folder:
        yield folder
