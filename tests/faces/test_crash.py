"""A server that saves without end is killed in the middle of it, again and again: what it has saved is whole.

Each life is a process of its own, forked from one that has all modules ready, for fifty of them to fit into a test.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import requests

from fakecompute.domain.records.compute import KeyPair
from fakecompute.domain.records.server import Server
from fakecompute.faces.saving import read_state
from tests.faces.visiting import Visitor

LIVES = 50
WRITERS = 3
ROOT = Path(__file__).parents[2]
MOTHER = """
import os, signal, sys
from fakecompute.faces import saving, server, serving
from fakecompute.faces.cli import main
from fakecompute.wsgi.app import app

app()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        main(line.split())
    print("child", child, flush=True)
"""


class Mother:
    """Gives birth to servers."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", MOTHER],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def serve(self, *words: str) -> tuple[int, str]:
        """The process id and the address of a new one."""
        assert self.process.stdin and self.process.stdout
        print("serve", "--port", "0", *words, file=self.process.stdin, flush=True)
        child, url = 0, ""
        while not (child and url):
            line = self.process.stdout.readline()
            assert line, "the mother died"
            if line.startswith("child "):
                child = int(line.split()[1])
            elif found := re.search(r"serves .* on (http://\S+)", line):
                url = found[1]
        return child, url

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def mother(tmp_path: Path) -> Iterator[Mother]:
    made = Mother(tmp_path)
    yield made
    made.end()


class Writer(threading.Thread):
    """Makes key pairs, numbered without a gap, until nobody answers any more."""

    def __init__(self, url: str, name: str, begun: int) -> None:
        super().__init__(daemon=True)
        self.url, self.of, self.sent = url, name, begun

    def run(self) -> None:
        try:
            visitor = Visitor(self.url)
            visitor.boot(f"{self.of}{self.sent}")
            while True:
                self.sent += 1
                visitor.make_keypair(f"{self.of}-{self.sent}")
        except (requests.RequestException, KeyError):
            return


def kill(child: int) -> None:
    """As a machine does that loses its power, but for the disks."""
    os.kill(child, signal.SIGKILL)
    for _ in range(1000):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.005)
    pytest.fail("it does not die")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_last_saved_state_is_whole_however_often_it_is_killed(mother: Mother, tmp_path: Path) -> None:
    path, dice = tmp_path / "cloud.state", Random(5)
    kept = dict.fromkeys("abc"[:WRITERS], 0)  # how far each writer's work was saved
    version, saves = 0, 0
    for life in range(LIVES):
        child, url = mother.serve("--state", str(path), "--save-every", "0.01", "--clouds-yaml", str(tmp_path / "c.yaml"))
        writers = [Writer(url, name, begun) for name, begun in kept.items()]
        for writer in writers:
            writer.start()
        time.sleep(dice.uniform(0.03, 0.25))
        kill(child)
        for writer in writers:
            writer.join(10)

        cloud = read_state(path)  # which checks all of it: length, checksum, kinds, digest
        if cloud is None:
            assert not version, "what was saved is gone"
            continue
        assert cloud.store.version >= version, f"life {life} ended before it had begun"
        saves += cloud.store.version > version
        version = cloud.store.version
        for writer in writers:
            numbers = sorted(
                int(pair.name.partition("-")[2])
                for pair in cloud.store.all(KeyPair)
                if pair.name.startswith(f"{writer.of}-")
            )
            assert numbers == list(range(1, len(numbers) + 1)), "there is a gap in what was saved"
            assert kept[writer.of] <= len(numbers) <= writer.sent, "what was saved once is gone, or was never asked for"
            kept[writer.of] = len(numbers)
        cloud.settle(60)
        assert all(server.vm_state != "error" or server.fault for server in cloud.store.all(Server))
    assert saves > LIVES / 2, "hardly ever was anything new saved"
