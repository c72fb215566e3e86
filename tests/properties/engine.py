"""What the engine's property tests are made of: random plans, rules, and one who carries them out."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

import orjson
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from fakecompute import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.identity import token_for
from fakecompute.domain.network_agents import agent_down, agent_up
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.network import Network
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.settings import Settings
from fakecompute.domain.tables.servers import SERVER
from fakecompute.domain.timing import Timing
from fakecompute.wsgi.client import Answer, Http
from tests.properties import volumes
from tests.properties.asking import MANY, Ask
from tests.properties.checks import assert_balanced, strays
from tests.properties.ledger import assert_allocated, assert_neighbours, assert_stored
from tests.properties.ledger.claims import Claims
from tests.properties.neighbours import asking as neighbours
from tests.properties.neighbours import image, network
from tests.properties.thorough import examples
from tests.properties.volumes import ASKS, STORAGE, Storage

API = "/compute/v2.1"
FINE = frozenset((200, 201, 202, 204, 300, 400, 401, 403, 404, 409, 410, 411, 413, 415, 429, 500, 503))
NOWHERE = "99999999-2222-4333-8444-555555555555"
IMAGE = "11111111-2222-4333-8444-555555555555"
DIVISIBLE = 12  # by 1, 2, 3 and 4: a wait in so many pieces is as long as the whole
STEPS = sorted(SERVER.steps())
LOSING = ("volume.release.detaching", "volume.live.disconnecting")  # calls whose failure leaves an attachment behind
CALLS = (
    "compute.create_server", "compute.delete_server", "compute.start_server", "compute.reboot_server",
    "volume.create_volume", "volume.delete_volume", "volume.extend_volume", "volume.create_snapshot",
)  # fmt: skip

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

SERVERS = f"{API}/servers"
LOOKS = (
    *(
        Ask("GET", path)
        for path in (
            f"{SERVERS}/detail",
            f"{SERVERS}/$server",
            f"{SERVERS}/$server/os-instance-actions",
            f"{SERVERS}/$server/os-volume_attachments",
            f"{API}/limits",
            "/network/v2.0/ports",
        )
    ),
    *volumes.LOOKS,
)
ALL_LOOKS = (*LOOKS, *neighbours.LOOKS)
AT_ONCE = 2  # of these looks

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
    """`host which down|up`, `boot flavor`, `act which how`, `delete|rename|plug|unplug which`, `migration which how`,
    `ask which request` (of volumes), `service which down|up` (of Cinder), `beg which request` (of the other
    services), `agent which down|up` (of Neutron), or `wait microseconds`.
    """

    verb: str
    which: int
    what: Any


def _commands(verb: str, what: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.tuples(st.just(verb), st.integers(0, 3), what).map(lambda parts: Command(*parts))


_waits = st.one_of(st.integers(0, 90_000_000), st.integers(0, 12_000_000)).map(
    lambda n: n // DIVISIBLE * DIVISIBLE
)
_wait = _commands("wait", _waits)
_of_servers = st.one_of(
    _commands("boot", st.sampled_from(["1", "2"])),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("delete", st.none()),
    _commands("rename", st.none()),
    _commands("host", st.sampled_from(["down", "up", "up"])),
    _commands("plug", st.none()),
    _commands("unplug", st.none()),
    _commands("migration", st.sampled_from(["abort", "force_complete"])),
    _wait,
    _wait,
)
_asks = st.builds(Command, st.just("ask"), st.integers(0, MANY**2 - 1), st.sampled_from(ASKS))
_of_volumes = st.one_of(_asks, _asks, _asks, _commands("service", st.sampled_from(["down", "up", "up"])), _wait)
_begs = st.builds(Command, st.just("beg"), st.integers(0, neighbours.REACH - 1), st.sampled_from(neighbours.ASKS))
_of_neighbours = st.one_of(_begs, _begs, _begs, _begs, _commands("agent", st.sampled_from(["down", "up", "up"])), _wait)
server_plans = st.lists(_of_servers, min_size=2, max_size=12)
plans = st.lists(st.one_of(_of_servers, _of_volumes, _of_volumes), min_size=2, max_size=12)
wide_plans = st.lists(
    st.one_of(_of_neighbours, _of_neighbours, _of_neighbours, _of_servers, _of_volumes), min_size=3, max_size=16
)

effects = st.one_of(
    st.just(Effect(fail="chaos")),
    st.just(Effect(fail="chaos", ends_in="error")),
    st.just(Effect(hang=True)),
    st.tuples(st.floats(0.1, 50), st.integers(0, 60_000_000)).map(lambda p: Effect(slow=p[0], delay=p[1])),
)


def _step_rules(places: list[str], *facts: tuple[tuple[str, str], ...]) -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        id=st.just(""),
        name=st.sampled_from("abc"),
        on=st.sampled_from(places),
        where=st.sampled_from([(), *facts]),
        skip=st.integers(0, 2),
        times=st.one_of(st.none(), st.integers(1, 3)),
        probability=st.one_of(st.none(), st.floats(0, 1)),
        effect=effects,
    )


step_rules = _step_rules([*STEPS, "server.create.*", "*"], (("host", "compute-1"),), (("server.name", "s1*"),))
volume_rules = _step_rules([*volumes.STEPS, *volumes.PLACES], (("host", "storage@one#one"),))
neighbour_rules = _step_rules([*neighbours.STEPS, "image.*"])


def _call_rules(calls: tuple[str, ...], phases: tuple[str, ...]) -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        id=st.just(""),
        name=st.sampled_from("de"),
        phase=st.sampled_from(phases),
        on=st.sampled_from(calls),
        skip=st.integers(0, 1) if "after" in phases else st.just(0),
        times=st.integers(1, 3),
        effect=st.sampled_from([429, 500, 503]).map(lambda status: Effect(status=status)),
    )


call_rules = _call_rules(CALLS, ("before",))
neighbour_call_rules = _call_rules(neighbours.CALLS, ("before", "after"))
rules = st.lists(st.one_of(step_rules, volume_rules, volume_rules, call_rules), max_size=4)
wide_rules = st.lists(st.one_of(step_rules, neighbour_rules, neighbour_call_rules), max_size=4)


# --- the one who carries plans out ------------------------------------------------------------------------


# How the clouds are set up: as Nova is by default, and with every periodic task at work.  Where there are neighbours
# the latter ask Keystone for their limits.
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
        enable_force_upload=True,
    ),
)


LIMITS = {"servers": 6, "class:VCPU": 14, "class:MEMORY_MB": 8192}
KEYSTONES: dict[str, Any] = {"quota_driver": "nova.quota.UnifiedLimitsDriver", "use_keystone_limits": True}


class Setup(NamedTuple):
    """`busy`: every periodic task is at work; `fast`: everything takes seconds; `furnished`: there is something of
    everything when the plan begins; `wide`: of all services.
    """

    busy: bool
    fast: bool
    furnished: bool
    rules: list[Rule]
    wide: bool = False

    @property
    def settings(self) -> Settings:
        plain = SETTINGS[self.busy]
        return replace(plain, **image.SETTINGS, **(KEYSTONES if self.busy else {})) if self.wide else plain


setups = st.builds(Setup, st.booleans(), st.booleans(), st.booleans(), rules)
wide_setups = st.builds(Setup, st.booleans(), st.booleans(), st.booleans(), wide_rules, st.just(True))
server_rules = st.lists(st.one_of(step_rules, call_rules), max_size=3)
server_setups = st.builds(Setup, st.booleans(), st.booleans(), st.just(False), server_rules)
# A walk with volumes costs several times as much as one of servers alone: there are fewer of them.
OF_SERVERS = hypothesis_settings(max_examples=examples(1000), deadline=None)
OF_ALL = hypothesis_settings(max_examples=examples(1000), deadline=None)
FAR_AND_WIDE = hypothesis_settings(max_examples=examples(200), deadline=None)


@cache
def origin(settings: Settings, furnished: bool, wide: bool) -> Client:
    definition = {**SMALL, **STORAGE, **(network.DEFINITION if wide else {})}
    client = Client(Cloud({**definition, "registered_limits": LIMITS} if wide else definition, settings=settings))
    if wide:
        client.neighbours.register()
    if furnished:
        client.do(Command("boot", 0, "1"))
        if wide:
            client.neighbours.furnish()
        else:
            client.storage.furnish()
    return client


def begin(setup: Setup, kind: type[Client] | None = None) -> Client:
    """Somebody before a small cloud of his own."""
    before = origin(setup.settings, setup.furnished, setup.wide)
    client = (kind or Client)(before.cloud.fork(), before=before)
    if setup.fast:
        client.cloud.timing = Timing.profile("fast")
    client.cloud.set_rules(setup.rules)
    return client


class Client:
    """Carries out commands over HTTP, as an admin of the project, with tokens that never expire."""

    storage: Storage
    neighbours: neighbours.Neighbours
    wide: bool  # does one ask all services?
    network: str
    looks: int
    operated: bool  # did an operator cut something off?

    def __init__(self, cloud: Cloud, *, before: Client | None = None) -> None:
        """`before` is the same client before the cloud of which this one is a fork."""
        self.cloud = cloud
        project = before.storage.clients["alt_demo"].project if before else None  # which may be gone by now
        self.http, other = Http(cloud, "admin", "demo"), Http(cloud, "alt_demo", project)
        for http in self.http, other:
            known = before and before.storage.clients[http.user]
            http._token = known.token if known else token_for(cloud, http.user, http.project)
        clients = {"admin": self.http, "alt_demo": other}
        self.storage = before.storage.on(cloud, clients) if before else Storage(cloud, clients)
        asked = before.neighbours if before else neighbours.Neighbours(cloud, clients)
        self.neighbours = asked.on(cloud, clients)
        self.wide = before.wide if before else cloud.store.one(Network, "name", "public") is not None
        private = cloud.store.one(Network, "name", "private")
        self.network = before.network if before else private.id if private else NOWHERE
        self.claims = Claims.of(cloud)
        self.looks = before.looks if before else 0
        self.operated = before is not None and before.operated

    def on(self, fork: Cloud) -> Client:
        """The same client before a fork of its cloud."""
        return type(self)(fork, before=self)

    @property
    def servers(self) -> list[str]:
        """All that there ever were, the oldest first."""
        return [server.id for server in sorted(self.cloud.store.all(Server), key=lambda one: one.number)]

    def do(self, command: Command) -> tuple[int, bytes]:
        """Status and body of the answer; a refusal is fine, a 500 that no rule made is not."""
        match command.verb:
            case "wait":
                self.cloud.advance(command.what / 1_000_000)
                return 0, b""
            case "host":
                return self._host(command)
            case "service":
                self.storage.switch(command.which, command.what == "up")
                return 0, b""
            case "boot":
                answer: Answer | None = self._boot(command.what)
            case "ask":
                answer = self.storage.ask(command.which, command.what)
            case "beg":
                answer = self.neighbours.ask(command.which, command.what)
            case "agent":
                return self._host(command, agent_down, agent_up)
            case _:
                answer = self._ask(command) if self.servers else None
        if answer is None:
            return 0, b""
        assert answer.status_code in FINE, answer.text
        assert answer.status_code != 500 or b"Unexpected" not in answer.content, answer.text
        return answer.status_code, answer.content

    def _host(self, command: Command, down: Any = host_down, up: Any = host_up) -> tuple[int, bytes]:
        self.cloud.catch_up()
        host = self.cloud.store.one(Host, "name", f"compute-{command.which % 2 + 1}")
        assert host is not None
        with self.cloud.transaction():
            (down if command.what == "down" else up)(self.cloud, host)
        return 0, b""

    def _boot(self, flavor: str) -> Answer:
        wish = {
            "name": f"s{len(self.servers)}",
            "flavorRef": flavor,
            "imageRef": IMAGE,
            "networks": [{"uuid": self.network}],
        }
        return self.http.post(f"{API}/servers", json={"server": wish}, version="2.104")

    def _ask(self, command: Command) -> Answer:
        """Something of one of the servers."""
        one = f"{API}/servers/{self.servers[command.which % len(self.servers)]}"
        match command.verb:
            case "act":
                self.operated |= bool(command.what.keys() & {"os-resetState", "evacuate"})
                return self.http.post(f"{one}/action", json=command.what, version="2.94")
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
        """Some of the looks that there are, and the next time the next ones; none may matter."""
        answers = []
        looks = ALL_LOOKS if self.wide else LOOKS
        for _ in range(AT_ONCE):
            self.looks += 1
            wanted = looks[self.looks % len(looks)]
            asked = self.neighbours if wanted in neighbours.LOOKS else self.storage
            answer = asked.ask(self.looks, wanted)
            assert answer is None or answer.status_code in (200, 204, 400, 403, 404), answer.text
            answers.append(answer and answer.text)
        return orjson.dumps(answers)

    def check(self) -> None:
        """Everything adds up; attachments that nobody knows are the users' own, or have a cause."""
        lost = any(rule.fired and fnmatchcase(place, rule.on) for rule in self.cloud.store.all(Rule) for place in LOSING)
        strange = lost or self.operated or self.storage.silence
        allowed = frozenset(one.id for one in strays(self.cloud)) if strange else self.storage.own
        assert_balanced(self.cloud, allowed=allowed | self.neighbours.hand.keys(), reset=self.storage.told)
        assert_stored(self.cloud, self.storage.told, cut_off=self.storage.silence)
        assert_allocated(self.cloud, self.neighbours.hand)
        if self.wide:
            assert_neighbours(self.cloud, self.neighbours.tokens)
        self.claims = self.claims.then(self.cloud, wishful=self.neighbours.wishful)

    def clear(self) -> None:
        """Whatever has happened: what operators have is enough to be rid of everything."""
        self.cloud.set_rules([])
        for which in range(3):
            self.do(Command("host", which, "up"))
            self.do(Command("service", which, "up"))
            self.do(Command("agent", which, "up"))
        self.cloud.settle()
        for server in self.cloud.store.by(Server, "deleted", False):
            one = f"{API}/servers/{server.id}/action"
            if server.task_state is not None:
                self.http.post(one, json={"os-resetState": {"state": "active"}})
            self.http.post(one, json={"forceDelete": None})
        self.cloud.settle()
        self.storage.clear()
        if self.wide:
            self.neighbours.clear()
