"""A cloud behind a real socket, for what client libraries do there."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.faces.server import Server
from fakecompute.kernel.clock import WallClock


@pytest.fixture(scope="module")
def on_a_socket():
    with Server({"": Cloud(clock=WallClock())}) as server:
        yield server
