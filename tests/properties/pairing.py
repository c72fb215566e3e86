"""What the property test of volumes and servers is made of: plans, rules, and one who carries them out and mends.

Two servers, three volumes (the third for several servers), two hosts, two back ends.  Whatever a plan leaves behind
is known by its cause: `Pair.allowed` says of each attachment without a mapping which fault or operator made it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from hypothesis import strategies as st

from fakecompute import Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.hosts import host_down, host_up
from fakecompute.domain.identity import token_for
from fakecompute.domain.records.block_device import BlockDevice
from fakecompute.domain.records.compute import Host
from fakecompute.domain.records.identity import Project, User
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.servers import boot
from fakecompute.domain.settings import Settings
from fakecompute.domain.tables.block_devices import BLOCK_DEVICE, CALLS
from fakecompute.domain.tables.servers import SERVER
from fakecompute.domain.tables.volumes import VOLUME
from fakecompute.domain.volume.creation import create_volume
from fakecompute.domain.volume.outages import backend_down, backend_up
from fakecompute.wsgi.client import Answer, Http
from tests.properties.checks import assert_paired, strays
from tests.properties.engine import IMAGE, LOSING, SMALL

COMPUTE, VOLUMES = "/compute/v2.1/servers", "/volume/v3/volumes"
MOVES = (
    "live_migrate",
    "migrate",
    "confirmResize",
    "revertResize",
    "shelve",
    "unshelve",
    "rebuild",
    "evacuate",
)
WALKS = sorted(
    name for name in (*SERVER.steps(), *VOLUME.steps()) if name.split(".")[1] in (*MOVES, "delete", "extend")
)

# --- strategies -----------------------------------------------------------------------------------------

ACTIONS: tuple[dict[str, Any], ...] = (
    {"os-migrateLive": {"host": None, "block_migration": "auto"}},
    {"os-migrateLive": {"host": None, "block_migration": "auto"}},
    {"migrate": None},
    {"confirmResize": None},
    {"revertResize": None},
    {"shelve": None},
    {"unshelve": None},
    {"rebuild": {"imageRef": IMAGE}},
    {"evacuate": {}},
    {"os-resetState": {"state": "active"}},
    {"os-resetState": {"state": "error"}},
)
RESETS: tuple[dict[str, str], ...] = (
    {"status": "available"},
    {"status": "error"},
    {"status": "in-use", "attach_status": "attached"},
    {"status": "available", "attach_status": "detached"},
)


class Command(NamedTuple):
    """What is done, with which server or host, which volume, and how."""

    verb: str
    which: int
    volume: int
    how: Any = None


def _commands(verb: str, how: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[Command]:
    return st.builds(
        Command, st.just(verb), st.integers(0, 1), st.integers(0, 2), st.none() if how is None else how
    )


_seconds = st.sampled_from((1, 3, 10, 30, 120, 1200))
commands = st.one_of(
    _commands("attach"),
    _commands("detach"),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("act", st.sampled_from(ACTIONS)),
    _commands("delete"),
    _commands("host", st.sampled_from(["down", "up"])),
    _commands("backend", st.sampled_from(["down", "up"])),
    _commands("forget", st.sampled_from(["user", "nova"])),
    _commands("reset", st.sampled_from(RESETS)),
    _commands("extend"),
)
waits = _commands("wait", _seconds)
plans = st.lists(st.tuples(commands, waits | st.none()), min_size=2, max_size=10).map(
    lambda pairs: [command for pair in pairs for command in pair if command is not None]
)

_breaking = st.one_of(st.just(Effect(fail="chaos")), st.just(Effect(hang=True)))
_any = st.one_of(_breaking, st.builds(Effect, slow=st.floats(0.1, 50), delay=st.integers(0, 60_000_000)))


def _rules(places: Any, effects: st.SearchStrategy[Effect]) -> st.SearchStrategy[Rule]:
    return st.builds(
        Rule,
        id=st.just(""),
        name=st.sampled_from("abc"),
        on=st.sampled_from(places),
        skip=st.integers(0, 2),
        times=st.one_of(st.none(), st.integers(1, 2)),
        effect=effects,
    )


rules = st.lists(
    _rules(CALLS, _breaking) | _rules(sorted(BLOCK_DEVICE.steps()), _any) | _rules(WALKS, _any), max_size=4
)


# --- the cloud ------------------------------------------------------------------------------------------


@cache
def origin() -> Cloud:
    """Two servers that run: of three volumes `a` has the first, both have the last, and one is free."""
    cloud = Cloud({**SMALL, "volume_types": []}, settings=Settings(token_expiration=10**9))
    owner, user = (
        cloud.store.one(Project, "name", ("default", "demo")),
        cloud.store.one(User, "name", ("default", "demo")),
    )
    assert owner and user
    for name in "ab":
        boot(cloud, name=name, flavor="small", image_id=IMAGE)
    for number in range(3):
        create_volume(
            cloud, project_id=owner.id, user_id=user.id, size=1, name=f"v{number}", multiattach=number == 2
        )
    cloud.settle()
    pair = Pair(cloud)
    for which, volume in (0, 0), (0, 2), (1, 2):
        pair.do(Command("attach", which, volume))
        cloud.settle()
    return cloud


# --- the one who carries plans out ------------------------------------------------------------------------


class Pair:
    """Carries out commands over HTTP, and keeps the book of what may be left behind."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.admin, self.demo = Http(cloud, "admin", "demo"), Http(cloud)
        for http, name in (self.admin, "admin"), (self.demo, "demo"):
            http._token = token_for(cloud, name, "demo")
        self.service = token_for(cloud, "service", "service").id
        self.servers = [
            server.id for server in sorted(cloud.store.all(Server), key=lambda server: server.name)
        ]
        self.volumes = [volume.id for volume in sorted(cloud.store.all(Volume), key=lambda one: one.number)]
        self.allowed: frozenset[str] = frozenset()
        self.reset: frozenset[str] = frozenset()
        self.silence = self.operated = False  # was a back end ever down, and a move cut off?

    def do(self, command: Command) -> None:
        """One command; then all that is new without a mapping must have its cause, and both sides agree."""
        before = {one.id for one in strays(self.cloud)}
        lost = self._lost()
        getattr(self, f"_{command.verb}")(command)
        new = frozenset(one.id for one in strays(self.cloud)) - before
        lost = self._lost() - lost
        if not self.silence and not self.operated:
            assert len(new) == lost, "an attachment stays behind for each call that failed, and no other"
        self.allowed |= new
        assert_paired(self.cloud, allowed=self.allowed, reset=self.reset)

    def _lost(self) -> int:
        return sum(rule.fired for rule in self.cloud.store.all(Rule) if rule.on in LOSING)

    def _ask(self, http: Http, method: str, path: str, **more: Any) -> Answer:
        answer = http.request(method, path, **more)
        assert answer.status_code < 500 or answer.status_code == 503, answer.text
        return answer

    # --- what users do

    def _attach(self, command: Command) -> None:
        wish = {"volumeAttachment": {"volumeId": self.volumes[command.volume]}}
        self._ask(
            self.demo, "POST", f"{self._server(command)}/os-volume_attachments", json=wish, version="2.60"
        )

    def _detach(self, command: Command) -> None:
        one = f"{self._server(command)}/os-volume_attachments/{self.volumes[command.volume]}"
        self._ask(self.demo, "DELETE", one, version="2.20")

    def _delete(self, command: Command) -> None:
        self._ask(self.demo, "DELETE", self._server(command))

    def _act(self, command: Command) -> None:
        answer = self._ask(
            self.admin, "POST", f"{self._server(command)}/action", json=command.how, version="2.60"
        )
        if answer.status_code < 300 and command.how.keys() & {"os-resetState", "evacuate"}:
            self.operated = True

    def _extend(self, command: Command) -> None:
        size = self.cloud.store.get(Volume, self.volumes[command.volume]).size + 1
        self._on_volume(command, {"os-extend": {"new_size": size}})

    def _wait(self, command: Command) -> None:
        self.cloud.advance(command.how)

    # --- what operators do, and what breaks

    def _forget(self, command: Command) -> None:
        """Take Cinder's half away, as a user or with the service's token; Nova's half is refused to users."""
        found = self.cloud.store.by(Attachment, "volume", self.volumes[command.volume])
        headers = {"X-Service-Token": self.service} if command.how == "nova" else {}
        mapped = {device.attachment_id for device in self.cloud.store.all(BlockDevice)}
        for one in found[:1]:
            novas = one.id in mapped and one.connection_info is not None
            answer = self._forgotten(one, headers)
            assert answer.status_code in (200, 409, 503)
            assert (answer.status_code == 409) == (novas and not headers)

    def _forgotten(self, attachment: Attachment, headers: dict[str, str]) -> Answer:
        return self._ask(
            self.demo,
            "DELETE",
            f"/volume/v3/attachments/{attachment.id}",
            headers=headers,
            version="volume 3.27",
        )

    def _reset(self, command: Command) -> None:
        if self._on_volume(command, {"os-reset_status": command.how}).status_code == 202:
            self.reset |= {self.volumes[command.volume]}

    def _host(self, command: Command) -> None:
        host = self.cloud.store.one(Host, "name", f"compute-{command.which + 1}")
        assert host is not None
        with self.cloud.transaction():
            (host_down if command.how == "down" else host_up)(self.cloud, host)

    def _backend(self, command: Command) -> None:
        backend = sorted(self.cloud.store.all(VolumeBackend), key=lambda one: one.number)[command.which]
        self.silence |= command.how == "down"
        with self.cloud.transaction():
            (backend_down if command.how == "down" else backend_up)(self.cloud, backend)

    def _server(self, command: Command) -> str:
        return f"{COMPUTE}/{self.servers[command.which]}"

    def _on_volume(self, command: Command, action: dict[str, Any]) -> Answer:
        path = f"{VOLUMES}/{self.volumes[command.volume]}/action"
        return self._ask(self.admin, "POST", path, json=action, version="volume 3.42")

    # --- how all of it is mended

    def mend(self) -> None:
        """With what operators have: every volume is available again, and no server was deleted for that."""
        cloud = self.cloud
        cloud.set_rules([])
        for which in 0, 1:
            self._host(Command("host", which, 0, "up"))
            self._backend(Command("backend", which, 0, "up"))
        cloud.settle()
        for server in cloud.store.by(Server, "deleted", False):
            if server.task_state is not None:
                self._act(
                    Command("act", self.servers.index(server.id), 0, {"os-resetState": {"state": "active"}})
                )
        cloud.settle()
        for one in strays(cloud):
            assert self._forgotten(one, {}).status_code == 200, (
                "what Nova does not know, its users may take away"
            )
        for device in sorted(cloud.store.all(BlockDevice), key=lambda device: device.number):
            self._mend(device)
        cloud.settle()
        for number, id in enumerate(self.volumes):
            if (
                cloud.store.get(Volume, id).status != "available"
            ):  # an operator said so, or nothing is left to detach
                self._on_volume(Command("reset", 0, number), {"os-reset_status": {"status": "available"}})
        assert not cloud.store.all(Attachment)
        assert {cloud.store.get(Volume, id).status for id in self.volumes} == {"available"}
        assert_paired(cloud)

    def _mend(self, device: BlockDevice) -> None:
        """Make Cinder believe that it is attached, and have Nova detach it; delete the server if Cinder forgot it."""
        which, volume = self.servers.index(device.server_id), self.volumes.index(device.volume_id or "")
        command = Command("detach", which, volume)
        state = {"os-reset_status": {"status": "in-use", "attach_status": "attached"}}
        attachment = self.cloud.store.find(Attachment, device.attachment_id)
        if attachment is not None:
            assert self._on_volume(command, state).status_code == 202
            self._detach(command)
            self.cloud.settle()
        if self.cloud.store.find(BlockDevice, device.id) is not None:
            self._delete(command)
            self.cloud.settle()
        assert self.cloud.store.find(BlockDevice, device.id) is None
