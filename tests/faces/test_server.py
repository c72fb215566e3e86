"""Clouds behind a socket."""

import errno
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
import requests

from fakecompute import ScaledClock, WallClock
from fakecompute.faces.server import Server
from fakecompute.scenario.load import load

SLOW = {"faults": [{"on": "compute.list_versions", "effect": {"status": 504, "delay": "10m"}}]}


def test_a_connection_is_kept(cloud):
    with Server({"": cloud}) as server, requests.Session() as session:
        assert "close" not in session.get(server.url).headers.get("Connection", "")


def test_many_clients_at_once_get_their_answers(cloud):
    statuses = []
    with Server({"": cloud}) as server:
        clients = [
            Thread(target=lambda: statuses.append(requests.get(f"{server.url}/compute", timeout=30).status_code))
            for _ in range(40)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert statuses == [200] * 40


def test_two_servers_cannot_share_a_port(cloud):
    with Server({"": cloud}) as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match=f"Errno {errno.EADDRINUSE}"):
            Server({"": cloud.fork()}, port=port).start()


def test_a_delay_of_virtual_time_is_not_waited_for():
    cloud = load(SLOW).cloud()
    began = cloud.now
    with Server({"": cloud}) as server:
        assert requests.get(f"{server.url}/compute", timeout=30).status_code == 504
    assert cloud.clock.now() - began == 600_000_000


def test_a_delay_on_a_scaled_clock_is_shorter_for_the_client():
    with Server({"": load(SLOW).cloud(clock=ScaledClock(60_000))}) as server:
        assert requests.get(f"{server.url}/compute", timeout=30).status_code == 504


def test_a_delay_on_the_wall_clock_is_waited_for_and_ends_with_the_server():
    with Server({"": load(SLOW).cloud(clock=WallClock())}) as server, pytest.raises(requests.ReadTimeout):
        requests.get(f"{server.url}/compute", timeout=0.2)


def test_ipv6_addresses_have_their_brackets(cloud):
    server = Server({"": cloud}, host="::1")
    try:
        server.start()
    except OSError:
        pytest.skip("no IPv6 here")
    try:
        assert server.url.startswith("http://[::1]:")
        assert requests.get(server.url, timeout=30).ok
    finally:
        server.stop()


def test_a_server_that_nobody_stops_holds_up_no_exit():
    program = (
        "from fakecompute import Cloud; from fakecompute.faces.server import Server; Server({'': Cloud()}).start()"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, timeout=30, check=False).returncode == 0
