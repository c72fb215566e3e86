"""What the tests of this folder share."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fakecompute.scenario.load import load
from fakecompute.scenario.replay import replay


@pytest.fixture
def play(tmp_path):
    """Play a workload of a scenario that is given as a text."""

    def play(text, workload=None):
        path = tmp_path / "my.yaml"
        path.write_text(dedent(text))
        return replay(load(path), workload)

    return play
