"""What the engine's property tests are made of: random plans, rules, and one who carries them out."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import orjson
from hypothesis import strategies as st

from fakecompute import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.network import Network
from fakecompute.domain.records.server import Migration
from fakecompute.domain.settings import Settings
from fakecompute.domain.tables.servers import SERVER
from fakecompute.faces.client import Answer, Http

API = "/compute/v2.1"
NOWHERE = "99999999-2222-4333-8444-555555555555"
IMAGE = "11111111-2222-4333-8444-555555555555"
DIVISIBLE = 12  # by 1, 2, 3 and 4: a wait in so many pieces is as long as the whole
STEPS = sorted(SERVER.steps())
CALLS = ("compute.create_server", "compute.delete_server", "compute.start_server", "compute.reboot_server")

# A small cloud, so that rooms and quotas run out: two hosts for about six servers.
SMALL: dict[str, Any] = {
    "flavors": [
        {"id": "1", "name": "small", "vcpus": 1, "ram": 512, "disk": 1},
        {"id": "2", "name": "large", "vcpus": 4, "ram": 2048, "disk": 4},
    ],
    "hosts": [
        {"name": "compute-1", "vcpus": 4, "cpu_allocation_ratio": 2.0, "ram": 4608, "disk": 20},
        {"name": "compute-2", "vcpus": 4, "cpu_allocation_ratio": 2.0, "ram": 4608, "disk": 20},
    ],
    "images": [{"name": "cirros", "id": IMAGE, "virtual_size": 1 << 20}],
    "networks": [
        {
            "name": "private",
            "project": "demo",
            "shared": True,
            "subnets": [{"name": "private-subnet", "cidr": "10.0.0.0/28"}],
        }
    ],
    "quotas": {"demo": {"instances": 6, "cores": 14, "ram": 8192}},
}

# --- strategies -----------------------------------------------------------------------------------------

ACTIONS: tuple[dict[str, Any], ...] = (
    {"os-start": None},
    {"os-stop": None},
    {"reboot": {"type": "SOFT"}},
    {"reboot": {"type": "HARD"}},
    {"pause": None},
    {"unpause": None},
    {"suspend": None},
    {"resume": None},
    {"lock": None},
    {"unlock": None},
    {"resize": {"flavorRef": "1"}},
    {"resize": {"flavorRef": "2"}},
    {"confirmResize": None},
    {"revertResize": None},
    {"os-resetState": {"state": "error"}},
    {"os-resetState": {"state": "active"}},
    {"migrate": None},
    {"os-migrateLive": {"host": None, "block_migration": "auto"}},
    {"evacuate": {}},
    {"rebuild": {"imageRef": IMAGE}},
    {"rescue": None},
    {"unrescue": None},
    {"createImage": {"name": "snapshot"}},
    {"createBackup": {"name": "backup", "backup_type": "daily", "rotation": 1}},
    {"shelve": None},
    {"shelveOffload": None},
    {"unshelve": None},
    {"changePassword": {"adminPass": "new"}},
    {"forceDelete": None},
    {"restore": None},
    {"trigger_crash_dump": None},
    {"injectNetworkInfo": None},
    {"addSecurityGroup": {"name": "default"}},
    {"removeSecurityGroup": {"name": "default"}},
    {"os-getConsoleOutput": {}},
)


class Command(NamedTuple):
    """`host which down|up`, `boot flavor`, `act which how`, `delete|rename|plug|unplug which`, `migration which how`, or `wait microseconds`."""

    verb: str
    which: int
    what: Any


def _commands(verb: str, what: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.tuples(st.just(verb), st.integers(0, 3), what).map(lambda parts: Command(*parts))


_waits = st.one_of(st.integers(0, 90_000_000), st.integers(0, 12_000_000)).map(
    lambda n: n // DIVISIBLE * DIVISIBLE
)
commands = st.one_of(
    _commands("boot", st.sampled_from(["1", "2"])),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("delete", st.none()),
    _commands("rename", st.none()),
    _commands("host", st.sampled_from(["down", "up", "up"])),
    _commands("plug", st.none()),
    _commands("unplug", st.none()),
    _commands("migration", st.sampled_from(["abort", "force_complete"])),
    _commands("wait", _waits),
    _commands("wait", _waits),
)
plans = st.lists(commands, min_size=2, max_size=12)

effects = st.one_of(
    st.just(Effect(fail="chaos")),
    st.just(Effect(fail="chaos", ends_in="error")),
    st.just(Effect(hang=True)),
    st.tuples(st.floats(0.1, 50), st.integers(0, 60_000_000)).map(lambda p: Effect(slow=p[0], delay=p[1])),
)
step_rules = st.builds(
    Rule,
    id=st.just(""),
    name=st.sampled_from("abc"),
    on=st.sampled_from([*STEPS, "server.create.*", "*"]),
    where=st.sampled_from([(), (("host", "compute-1"),), (("server.name", "s1*"),)]),
    skip=st.integers(0, 2),
    times=st.one_of(st.none(), st.integers(1, 3)),
    probability=st.one_of(st.none(), st.floats(0, 1)),
    effect=effects,
)
call_rules = st.builds(
    Rule,
    id=st.just(""),
    name=st.sampled_from("de"),
    phase=st.just("before"),
    on=st.sampled_from(CALLS),
    times=st.integers(1, 3),
    effect=st.sampled_from([429, 500, 503]).map(lambda status: Effect(status=status)),
)
rules = st.lists(st.one_of(step_rules, step_rules, call_rules), max_size=4)


# --- the one who carries plans out ------------------------------------------------------------------------


# How the clouds are set up: as Nova is by default, and with every periodic task at work.
SETTINGS = (
    Settings(token_expiration=10**9),
    Settings(
        token_expiration=10**9,
        reclaim_instance_interval=40,
        shelved_offload_time=30,
        resize_confirm_window=60,
        rescue_timeout=50,
        instance_build_timeout=45,
        allow_resize_to_same_host=True,
    ),
)
setups = st.tuples(st.sampled_from(SETTINGS), rules)


@cache
def origin(settings: Settings) -> Cloud:
    return Cloud(SMALL, settings=settings)


def small_cloud(setup: tuple[Settings, list[Rule]]) -> Cloud:
    settings, rules = setup
    cloud = origin(settings).fork()
    cloud.set_rules(rules)
    return cloud


class Client:
    """Carries out commands over HTTP, as an admin of the project, with a token that never expires."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.http = Http(cloud, "admin", "demo")
        self.http._token = token_for(cloud, "admin", "demo")
        self.network = min(network.id for network in cloud.store.all(Network))
        self.servers: list[str] = []

    def on(self, fork: Cloud) -> Client:
        """The same client before a fork of its cloud."""
        twin = object.__new__(Client)
        twin.__dict__.update(self.__dict__, cloud=fork, servers=list(self.servers))
        twin.http = Http(fork, "admin", "demo")
        twin.http._token = self.http._token
        return twin

    def do(self, command: Command) -> tuple[int, bytes]:
        """Status and body of the answer; a refusal is fine, a 500 that no rule made is not."""
        if command.verb == "wait":
            self.cloud.advance(command.what / 1_000_000)
            return 0, b""
        if command.verb == "host":
            return self._host(command)
        if command.verb != "boot" and not self.servers:
            return 0, b""
        answer = self._boot(command.what) if command.verb == "boot" else self._ask(command)
        assert answer.status_code in (200, 202, 204, 400, 403, 404, 409, 429, 500, 503), answer.text
        assert answer.status_code != 500 or b"Unexpected" not in answer.content, answer.text
        return answer.status_code, answer.content

    def _host(self, command: Command) -> tuple[int, bytes]:
        self.cloud.catch_up()
        host = self.cloud.store.one(Host, "name", f"compute-{command.which % 2 + 1}")
        assert host is not None
        with self.cloud.transaction():
            (host_down if command.what == "down" else host_up)(self.cloud, host)
        return 0, b""

    def _boot(self, flavor: str) -> Answer:
        wish = {
            "name": f"s{len(self.servers)}",
            "flavorRef": flavor,
            "imageRef": IMAGE,
            "networks": [{"uuid": self.network}],
        }
        answer = self.http.post(f"{API}/servers", json={"server": wish}, version="2.104")
        if answer.status_code == 202:
            self.servers.append(answer.json["server"]["id"])
        return answer

    def _ask(self, command: Command) -> Answer:
        """Something of one of the servers."""
        one = f"{API}/servers/{self.servers[command.which % len(self.servers)]}"
        match command.verb:
            case "act":
                return self.http.post(f"{one}/action", json=command.what, version="2.60")
            case "delete":
                return self.http.delete(one)
            case "plug":
                wish = {"interfaceAttachment": {"net_id": self.network}}
                return self.http.post(f"{one}/os-interface", json=wish)
            case "unplug":
                ports = self.http.get(f"{one}/os-interface").json.get("interfaceAttachments", [])
                return self.http.delete(f"{one}/os-interface/{ports[0]['port_id'] if ports else NOWHERE}")
            case "migration":
                address = f"{one}/migrations/{len(self.cloud.store.all(Migration))}"
                if command.what == "abort":
                    return self.http.delete(address, version="2.65")
                return self.http.post(f"{address}/action", json={"force_complete": None}, version="2.65")
        return self.http.put(one, json={"server": {"name": "renamed"}})

    def look(self) -> bytes:
        """Every look there is at servers; none may matter."""
        answers = [self.http.get(f"{API}/servers/detail", version="2.104")]
        for id in self.servers[-1:]:
            answers.append(self.http.get(f"{API}/servers/{id}"))
            answers.append(self.http.get(f"{API}/servers/{id}/os-instance-actions", version="2.62"))
        answers.append(self.http.get(f"{API}/limits"))
        answers.append(self.http.get("/network/v2.0/ports"))
        assert all(answer.status_code in (200, 404) for answer in answers)
        return orjson.dumps([answer.text for answer in answers])
