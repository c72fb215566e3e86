"""What a test pays for a cloud of its own, and how long a client waits that waits for an hour.

Pytest is run over generated modules, in processes of its own: what is done once a session is left out, and what a
plain fixture costs is taken off.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import fakecompute

FEW, MANY, ROUNDS = 500, 1500, 5
PLUGIN = "fakecompute.faces.pytest_plugin"
CONFTEST = """
import random
import pytest

@pytest.fixture
def plain():
    yield 1

def pytest_addoption(parser):
    parser.addoption("--shuffled", type=int, default=None)

def pytest_collection_modifyitems(config, items):
    if (seed := config.getoption("--shuffled")) is not None:
        random.Random(seed).shuffle(items)
"""
ALONE = """
def test_{n}(cloud, http):
    assert http.post("/compute/v2.1/os-keypairs", json={{"keypair": {{"name": "mine"}}}}).status_code == 200
    assert list(cloud.keypairs.names) == ["mine"]
    cloud.advance({n})
    assert cloud.elapsed == {n}
"""


def fixture_cost() -> tuple[float, float]:
    """(times the cost of a test with a plain fixture, milliseconds a test), of `cloud` after the first."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        place.joinpath("conftest.py").write_text(CONFTEST)
        for name in "plain", "cloud":
            for count in FEW, MANY:
                text = "\n".join(f"def test_{n}({name}): pass" for n in range(count))
                place.joinpath(f"test_{name}_{count}.py").write_text(text)
        found = [{name: _each(place, name) for name in ("plain", "cloud")} for _ in range(ROUNDS)]
    costs = [one["cloud"] - one["plain"] for one in found]
    return median(one["cloud"] / one["plain"] for one in found), median(costs) * 1e3


def _each(place: Path, name: str) -> float:
    """Seconds a test: the difference of many and few."""
    many, few = (_run(place, f"test_{name}_{count}.py") for count in (MANY, FEW))
    return (many - few) / (MANY - FEW)


def _run(place: Path, *words: str) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *_plugin(), *words]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(command, cwd=place, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout)
    return time.perf_counter() - began


def _plugin() -> list[str]:
    from importlib.metadata import entry_points

    return [] if PLUGIN in {entry.value for entry in entry_points(group="pytest11")} else ["-p", PLUGIN]


def thousand() -> dict[str, float]:
    """Seconds of 1,000 tests that would fail if they shared a cloud: in a row, in random order, and by four workers."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        place.joinpath("conftest.py").write_text(CONFTEST)
        text = "import pytest\npytestmark = pytest.mark.filterwarnings('ignore::DeprecationWarning')\n"
        place.joinpath("test_alone.py").write_text(text + "".join(ALONE.format(n=n) for n in range(1000)))
        return {
            "in a row": _run(place),
            "in random order": _run(place, "--shuffled=7"),
            "by four workers, in random order": _run(place, "-n4", "--shuffled=8"),
        }


# --- a client that waits

SPAWNING = {"timing": {"server.create.spawning": "3m"}}
ROOM = {"quotas": {"demo": {"instances": 30, "cores": 40}}, "volume_quotas": {"demo": {"volumes": 30}}}


def twenty_servers() -> tuple[float, float, float, int]:
    """(wall seconds, those of them within the cloud, seconds of the cloud's, calls) of a script of openstacksdk."""
    import warnings

    from fakecompute.faces.in_process import Clouds, Reply

    spent, ask = [0.0], Clouds.ask
    clock = time.CLOCK_MONOTONIC

    def timed(*args: object, **named: object) -> Reply:
        began = time.clock_gettime(clock)
        try:
            return ask(*args, **named)  # type: ignore[arg-type]
        finally:
            spent[0] += time.clock_gettime(clock) - began

    Clouds.ask = timed  # type: ignore[method-assign]
    found = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for _ in range(ROUNDS):
                spent[0] = 0.0
                with fakecompute.running({**SPAWNING, "cloud": {"extends": "default", **ROOM}}) as cloud:
                    began = time.clock_gettime(clock)
                    _script()
                    wall = time.clock_gettime(clock) - began
                    assert {one.status for one in cloud.servers.values()} == {"ACTIVE"}
                    assert {one.status for one in cloud.volumes.values()} == {"in-use"}
                    assert {one.status for one in cloud.floating_ips.values()} == {"ACTIVE"}
                    found.append((wall, spent[0], cloud.elapsed, len(cloud.calls())))
    finally:
        Clouds.ask = ask  # type: ignore[method-assign]
    return sorted(found[1:])[len(found) // 2]  # the first one imports


def _script() -> None:
    import openstack

    conn = openstack.connect()
    image = conn.image.find_image("cirros-0.6.3-x86_64-disk").id
    flavor = conn.compute.find_flavor("m1.tiny").id
    private, public = (conn.network.find_network(name).id for name in ("private", "public"))
    addresses = []
    for number in range(20):
        server = conn.compute.create_server(
            name=f"web-{number}", image_id=image, flavor_id=flavor, networks=[{"uuid": private}]
        )
        volume = conn.block_storage.create_volume(name=f"data-{number}", size=1)
        server = conn.compute.wait_for_server(server, wait=900)
        conn.block_storage.wait_for_status(volume, wait=900)
        conn.compute.create_volume_attachment(server, volume_id=volume.id)
        conn.block_storage.wait_for_status(volume, "in-use", wait=900)
        (port,) = conn.network.ports(device_id=server.id)
        addresses.append(conn.network.create_ip(floating_network_id=public, port_id=port.id))
    for address in addresses:
        conn.network.wait_for_status(address, "ACTIVE")
