"""One who asks Keystone, Neutron, Glance and Placement, and keeps the book of what he did there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fakecompute import Cloud
from fakecompute.domain.image_tasks import LIFECYCLES
from fakecompute.domain.placement.providers import generation as generation_of
from fakecompute.domain.placement.providers import provider
from fakecompute.domain.records.catalog import CatalogService
from fakecompute.domain.records.compute import Allocation
from fakecompute.domain.records.delegation import Trust
from fakecompute.domain.records.identity import Assignment, Role, Token, User
from fakecompute.domain.records.network import Network, Port, Subnet
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.trunk import Trunk
from fakecompute.wsgi.client import Answer, Http
from tests.properties.asking import MANY, Ask, filled, named
from tests.properties.neighbours import identity, image, network, placement

PARTS = (network, identity, image, placement)
KINDS: Mapping[str, type[Any]] = {"server": Server, **{name: kind for part in PARTS for name, kind in part.KINDS.items()}}
ASKS: tuple[Ask, ...] = tuple(ask for part in PARTS for ask in part.ASKS)
BEGIN: tuple[Ask, ...] = tuple(ask for part in PARTS for ask in part.BEGIN)
MAKERS: Mapping[str, Ask] = {kind: ask for part in PARTS for kind, ask in part.MAKERS.items()}
LOOKS: tuple[Ask, ...] = tuple(ask for part in PARTS for ask in part.LOOKS)
STEPS = sorted(place for lifecycle in LIFECYCLES for place in lifecycle.steps())  # those of Glance
CALLS = (
    "network.create_port", "network.delete_port", "network.update_port", "network.create_floatingip",
    "network.add_router_interface", "network.create_trunk", "image.upload_image", "image.delete_image",
    "image.import_image", "identity.create_token", "identity.delete_user", "compute.create_server",
)  # fmt: skip
REACH = MANY**4  # of the numbers of commands: for four things at once
VERSIONS = {"compute": "compute 2.43", "placement": "placement 1.39"}
BOOT_IMAGE = "11111111-2222-4333-8444-555555555555"
STATUSES = {
    "own": image.STATUSES, "queued": ("queued",), "staged": ("uploading",), "stored": ("active", "deactivated"),
}  # fmt: skip
BYTES = {"Content-Type": "application/octet-stream"}
PATCH = {"Content-Type": "application/openstack-images-v2.1-json-patch"}

Hand = tuple[str, dict[str, dict[str, int]]]  # a project, and amounts by provider and resource class


class Neighbours:
    """`hand` is what consumers have that are no servers; `tokens` are all that were ever given out."""

    def __init__(self, cloud: Cloud, clients: Mapping[str, Http]) -> None:
        self.cloud, self.clients = cloud, clients
        self.hand: dict[str, Hand] = {}
        self.tokens: tuple[str, ...] = ()
        self.wishful = False  # did the last request name an address, or change what addresses there are?
        self.homes = {name: http.token.project_id for name, http in clients.items()}

    def on(self, fork: Cloud, clients: Mapping[str, Http]) -> Neighbours:
        """The same before a fork of the cloud."""
        twin = object.__new__(Neighbours)
        twin.__dict__.update(self.__dict__, cloud=fork, clients=clients, hand=dict(self.hand))
        return twin

    # --- asking

    def ask(self, which: int, wanted: Ask) -> Answer | None:
        """The answer; if there is nothing of what the request names, that of one that makes some, or None.

        A look makes nothing.
        """
        self.cloud.catch_up()
        try:
            chosen = _Choice(self, which, wanted).made
        except _None as missing:
            maker = MAKERS.get(missing.kind)
            makes = maker and maker is not wanted and wanted.method != "GET"
            return self.ask(which, maker) if makes else None
        return self.send(wanted, chosen)

    def send(self, wanted: Ask, chosen: Mapping[str, Any]) -> Answer:
        path, body = filled(wanted.path, chosen), filled(wanted.body, chosen)
        bearer = wanted.user.startswith("$")
        headers = {"X-Auth-Token": chosen[wanted.user[1:]], "X-Subject-Token": chosen[wanted.user[1:]]} if bearer else {}
        http = self.clients["admin" if bearer else wanted.user]
        version = VERSIONS.get(path.split("/")[1])
        if isinstance(body, bytes):
            answer = http.request(wanted.method, path, content=body, headers={**headers, **BYTES})
        else:
            more = {**headers, **(PATCH if wanted.method == "PATCH" and "/image/" in path else {})}
            answer = http.request(wanted.method, path, json=body, headers=more, version=version)
        self._remember(wanted, path, body, answer)
        return answer

    def _remember(self, wanted: Ask, path: str, body: Any, answer: Answer) -> None:
        self.wishful = "ip_address" in str(wanted.body) or "pools" in str(wanted.body)
        if answer.status_code >= 300:
            return
        if wanted.method == "POST" and path.endswith("/auth/tokens"):
            self.tokens = (*self.tokens, answer.headers["X-Subject-Token"])
        if "/placement/allocations/" in path:
            consumer = path.rsplit("/", 1)[1]
            self.hand.pop(consumer, None)
            if body and body["allocations"]:
                taken = {id: one["resources"] for id, one in body["allocations"].items()}
                self.hand[consumer] = body["project_id"], taken

    # --- beginning and ending

    def register(self) -> None:
        """Limits of images, without which nobody has any where Glance asks Keystone."""
        service = self.cloud.store.one(CatalogService, "path", "image")
        limits = [
            {"service_id": service and service.id, "region_id": "RegionOne", "resource_name": name, "default_limit": amount}
            for name, amount in image.LIMITS.items()
        ]
        made = self.clients["admin"].post(f"{identity.API}/registered_limits", json={"registered_limits": limits})
        assert made.status_code == 201, made.text

    def furnish(self) -> None:
        for wanted in BEGIN:
            answer = self.ask(0, wanted)
            assert answer is not None and answer.status_code < 300, (wanted, answer and answer.text)
            self.cloud.settle()

    def clear(self) -> None:
        """Take everything away, in the order in which it goes."""
        for consumer in placement.CONSUMERS:
            self.send(Ask("DELETE", f"{placement.API}/allocations/{consumer}"), {})
        for kind, method, path, body in (*network.CLEARING, *image.CLEARING):
            for one in self.all(kind):
                wanted = Ask(method, path, body)
                try:
                    chosen = _Choice(self, 0, wanted, {kind: one}).made
                except _None:
                    continue
                answer = self.send(wanted, chosen)
                assert answer.status_code < 500, answer.text
            self.cloud.settle()

    def all(self, kind: str) -> list[Any]:
        """What may be meant, in an order that does not depend on ids alone."""
        stay = identity.STAY.get(kind, ())
        found = [one for one in self.cloud.store.all(KINDS[kind]) if getattr(one, "name", None) not in stay]
        if kind == "free":
            found = [port for port in found if not port.device_id]
        elif kind in ("spare", "extra"):
            found = [port for port in found if not port.device_id and not self._is_trunk(port)]
        elif kind == "inner":
            found = [port for port in found if port.fixed_ips and not port.device_owner.startswith("network:")]
        elif kind == "loose":
            found = [one for one in found if not one.port_id]
        elif kind == "interface":
            found = [port for port in found if port.device_owner == "network:router_interface"]
        elif kind in STATUSES:
            found = [one for one in found if one.id != BOOT_IMAGE and one.status in STATUSES[kind]]
        elif kind == "shared":
            found = [one for one in found if one.visibility == "shared"]
        elif kind == "server":
            found = [server for server in found if not server.deleted]
        return sorted(found, key=lambda one: (getattr(one, "created_at", 0), one.id))


    def _is_trunk(self, port: Port) -> bool:
        store = self.cloud.store
        return bool(store.count(Trunk, "parent", port.id) or store.count(Trunk, "subport", port.id))


class _None(Exception):
    """There is nothing of a kind."""

    def __init__(self, kind: str = "") -> None:
        self.kind = kind


class _Choice:
    """One thing for each that a request names; _None if there is none."""

    def __init__(self, by: Neighbours, which: int, wanted: Ask, fixed: Mapping[str, Any] | None = None) -> None:
        self.by, self.cloud, self.which, self.wanted = by, by.cloud, which, wanted
        self.things: dict[str, Any] = dict(fixed or {})
        self.made = {kind: self._id(kind) for kind in named(wanted)}

    def _id(self, kind: str) -> Any:
        special = SPECIALS.get(kind)
        return special(self) if special else self.thing(kind).id.replace("/", BETWEEN.get(kind, "/"))

    def thing(self, kind: str) -> Any:
        if kind not in self.things:
            self.things[kind] = self._one(self.by.all(kind), kind)
        return self.things[kind]

    def _one(self, there: Any, kind: str = "") -> Any:
        self.which, number = divmod(self.which, MANY)
        if not there:
            raise _None(kind)
        return there[number % len(there)]

    # --- what is no record's id

    def address(self) -> str:
        return str(self._one([one.ip_address for one in self.thing("inner").fixed_ips if ":" not in one.ip_address]))

    def own_address(self) -> str:
        ports = self.cloud.store.by(Port, "device", self.thing("server").id)
        return str(self._one(sorted(fixed.ip_address for port in ports for fixed in port.fixed_ips)))

    def beside(self) -> str:
        """A subnet of the port's network."""
        return str(self._one(sorted(one.id for one in self.cloud.store.by(Subnet, "network", self.thing("inner").network_id))))

    def held(self) -> str:
        """A role of the token's."""
        return self.named(Role, self._one(self.living().roles))

    def token(self) -> Token:
        """The newest are as good as any: most of the old ones are dead."""
        if "token" not in self.things:
            id = self._one(self.by.tokens[-3:], "token")
            self.things["token"] = self.cloud.store.find(Token, id) or id
        return self.things["token"]

    def living(self) -> Token:
        token = self.token()
        if not isinstance(token, Token):
            raise _None("token")
        return token

    def assignment(self) -> Assignment:
        """Of a user who may come and go, on a project."""
        if "assignment" not in self.things:
            users = {user.id for user in self.by.all("user")}
            given = [one for one in self.cloud.store.all(Assignment) if one.user_id in users and "project" in one.target]
            self.things["assignment"] = self._one(sorted(given, key=lambda one: one.id), "member")
        return self.things["assignment"]

    def of_trustor(self) -> str:
        trust: Trust = self.thing("trust")
        tokens = self.cloud.store.by(Token, "user", trust.trustor_user_id)
        return str(self._one(sorted(token.id for token in tokens if token.id in self.by.tokens)))

    def consumer_generation(self) -> int | None:
        known = self.cloud.store.find(Allocation, self.wanted.path.rsplit("/", 1)[1])
        return known.generation if known else None

    def provider_generation(self, kind: str) -> int:
        found = provider(self.cloud, self.thing(kind).id)
        return generation_of(self.cloud, found) if found else 0

    def parts_of(self, trunk: Trunk) -> list[str]:
        return [sub.port_id for sub in trunk.sub_ports]

    def named(self, kind: type[Any], key: Any, index: str = "name") -> str:
        found = self.cloud.store.one(kind, index, key)
        if found is None:
            raise _None
        return str(found.id)


BETWEEN = {"membership": "/users/", "inference": "/implies/"}  # what stands in the address of what has two ids
SPECIALS: Mapping[str, Callable[[_Choice], Any]] = {
    "project": lambda choice: choice.by.homes["admin"],
    "alt": lambda choice: choice.by.homes["alt_demo"],
    "admin": lambda choice: choice.named(User, ("default", "admin")),
    "whole": lambda choice: choice.thing("association").local_ip_id,
    "fixed": lambda choice: choice.thing("association").fixed_port_id,
    "private": lambda choice: choice.named(Network, "private"),
    "joined": lambda choice: choice.thing("interface").fixed_ips[0].subnet_id,
    "member": lambda choice: choice.assignment().user_id,
    "work": lambda choice: choice.assignment().target.partition(":")[2],
    "given": lambda choice: choice.assignment().role_id,
    "public": lambda choice: choice.named(Network, "public"),
    "nova": lambda choice: choice.named(CatalogService, "compute", "path"),
    "glance": lambda choice: choice.named(CatalogService, "image", "path"),
    "address": _Choice.address,
    "own_address": _Choice.own_address,
    "beside": _Choice.beside,
    "home": lambda choice: choice.thing("subnet").network_id,
    "held": _Choice.held,
    "outer": lambda choice: choice.thing("floating").floating_ip_address,
    "led": lambda choice: choice.thing("forwarding").floatingip_id,
    "owner": lambda choice: choice.thing("interface").device_id,
    "parent": lambda choice: choice.thing("trunk").port_id,
    "subport": lambda choice: choice._one(choice.parts_of(choice.thing("trunk")), "subport"),
    "token": lambda choice: getattr(choice.token(), "id", choice.token()),
    "me": lambda choice: choice.living().user_id,
    "here": lambda choice: choice.living().project_id,
    "whose": lambda choice: choice.thing("credential").user_id,
    "trustor": _Choice.of_trustor,
    "generation": _Choice.consumer_generation,
    "host_generation": lambda choice: choice.provider_generation("host"),
    "provider_generation": lambda choice: choice.provider_generation("provider"),
}
