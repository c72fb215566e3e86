"""`make bench`: what requests, forks, start-up and servers cost, as ratios to a bare Flask route of the same run.

The machine's noise hits both sides of a ratio; absolute figures are for orientation.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from statistics import median
from time import perf_counter
from typing import Any

import orjson
from flask import Flask
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table
from werkzeug.test import EnvironBuilder

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import Network
from fakecompute.domain.records.server import Server
from fakecompute.domain.servers import boot
from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import bind
from tests.bench_fixtures import fixture_cost, thousand, twenty_servers

SERVERS = 1_000
API = "/compute/v2.1"
ROOMY = {
    "flavors": [{"id": "1", "name": "small", "vcpus": 1, "ram": 64, "disk": 1}],
    "hosts": [{"name": "compute-{n}", "count": 4, "vcpus": 4096, "ram": 1 << 22, "disk": 1 << 16}],
    "images": [{"name": "cirros", "virtual_size": 1 << 20}],
    "quotas": {"demo": {"instances": -1, "cores": -1, "ram": -1}},
    "network_quotas": {"demo": {"port": -1}},
    "networks": [
        {"name": "private", "project": "demo", "subnets": [{"name": "private", "cidr": "10.0.0.0/16"}]},
    ],
}


def bare() -> Flask:
    """What everything is compared with: a route that answers a dict."""
    flask = Flask("bare")
    flask.add_url_rule("/servers/<id>", "show", lambda id: {"server": {"id": id}})
    return flask


class Side:
    """A WSGI app and one request to it, ready to be sent again and again."""

    def __init__(self, wsgi: Any, method: str, path: str, body: Any = None, headers: Any = None) -> None:
        self.wsgi = wsgi
        self.raw = b"" if body is None else orjson.dumps(body)
        builder = EnvironBuilder(
            path=path, method=method, data=self.raw, content_type="application/json", headers=headers
        )
        self.environ = builder.get_environ()

    def __call__(self) -> None:
        environ = dict(self.environ)
        environ["wsgi.input"] = BytesIO(self.raw)
        status: list[str] = []
        b"".join(self.wsgi(environ, lambda line, headers, exc_info=None: status.append(line)))
        assert status[0].startswith("2"), status


def timed(call: Callable[[], Any], count: int) -> float:
    """Seconds a call, over `count` of them."""
    begin = perf_counter()
    for _ in range(count):
        call()
    return (perf_counter() - begin) / count


def ratio(call: Callable[[], Any], base: Callable[[], Any], count: int, rounds: int = 7) -> tuple[float, float]:
    """(median ratio, median seconds): both sides in turn, so that the machine's speed drifts for both."""
    call(), base()
    pairs = [(timed(call, count), timed(base, 200)) for _ in range(rounds)]
    return median(mine / theirs for mine, theirs in pairs), median(mine for mine, _ in pairs)


def start_up(statement: str) -> float:
    """Seconds that a fresh interpreter takes for a statement, an empty one taken off."""

    def run(code: str) -> float:
        return median(
            timed(lambda: subprocess.run([sys.executable, "-c", code], check=True), 1) for _ in range(5)
        )

    return run(statement) - run("pass")


def filled(count: int = SERVERS) -> Cloud:
    cloud = Cloud(ROOMY)
    image = cloud.store.all(Image)[0].id
    for index in range(count):
        boot(cloud, name=f"server-{index}", flavor="small", image_id=image)
    cloud.advance(3_000)
    return cloud


def memory(count: int = SERVERS) -> float:
    """Bytes a server, with its port, allocation, actions and events."""
    gc.collect()
    tracemalloc.start()
    cloud = filled(count)
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert cloud.store.count(Server) == count
    return used / count


def measure(progress: Progress) -> Table:
    table = Table(title="fakecompute, medians of one run", title_justify="left")
    for column in "what", "to a bare route", "absolute":
        table.add_column(column, justify="left" if column == "what" else "right")
    task = progress.add_task("measuring", total=10)

    cloud = filled()
    progress.advance(task)
    token = {"X-Auth-Token": token_for(cloud, "demo", "demo").id, "OpenStack-API-Version": "compute 2.104"}
    served = bind(app(), cloud)
    base = Side(bare(), "GET", "/servers/1")
    wish = {
        "name": "new",
        "flavorRef": "1",
        "imageRef": cloud.store.all(Image)[0].id,
        "networks": [{"uuid": cloud.store.all(Network)[0].id}],
    }
    one = min(server.id for server in cloud.store.all(Server))
    for name, side, count in (
        ("GET of a server", Side(served, "GET", f"{API}/servers/{one}", headers=token), 200),
        (f"list of {SERVERS:,} in detail", Side(served, "GET", f"{API}/servers/detail", headers=token), 3),
        ("POST of a server", Side(served, "POST", f"{API}/servers", {"server": wish}, token), 100),
    ):
        times, seconds = ratio(side, base, count)
        table.add_row(name, f"{times:.1f} x", f"{seconds * 1e3:.3f} ms")
        progress.advance(task)

    big = filled()
    times, seconds = ratio(big.fork, base, 200)
    table.add_row(f"fork of {SERVERS:,} servers", f"{times:.2f} x", f"{seconds * 1e6:.1f} us")
    progress.advance(task)
    table.add_row("import fakecompute", "", f"{start_up('import fakecompute') * 1e3:.1f} ms")
    progress.advance(task)
    whole = start_up("from fakecompute.wsgi.app import app; app()")
    imported = start_up("import fakecompute.cloud, flask, marshmallow")
    table.add_row("building the app", "", f"{(whole - imported) * 1e3:.0f} ms")
    progress.advance(task)
    table.add_row("memory a server", "", f"{memory() / 1024:.1f} KiB")
    progress.advance(task)
    _measure_tests(progress, task, table)
    return table


def _measure_tests(progress: Progress, task: TaskID, table: Table) -> None:
    """What people see who test with it."""
    times, milliseconds = fixture_cost()
    table.add_row("fixture `cloud`, a test", f"{times:.2f} x a plain one", f"{milliseconds:.2f} ms")
    progress.advance(task)
    for manner, seconds in thousand().items():
        table.add_row(f"1,000 tests with a cloud, {manner}", "", f"{seconds:.1f} s")
    progress.advance(task)
    wall, inside, virtual, calls = twenty_servers()
    table.add_row(f"openstacksdk: 20 servers, {calls} calls, {virtual / 60:.0f} min", "", f"{wall:.2f} s")
    table.add_row("    of it in the cloud", f"{inside / wall:.0%}", f"{inside:.2f} s")
    progress.advance(task)


if __name__ == "__main__":
    with Progress(transient=True, console=Console(stderr=True)) as bar:
        result = measure(bar)
    Console().print(result)
