"""What hostile input is made of: a furnished cloud, requests that are almost right, and ways to spoil them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from hypothesis import strategies as st
from marshmallow import ValidationError

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.domain.settings import Settings
from fakecompute.faces.client import Http
from fakecompute.kernel.store import Record
from fakecompute.rest.routes import Endpoint, Routes
from fakecompute.rest.schema import AnyOf, Anything, Choice, ListOf, MapOf, Object, Typed, compiled
from fakecompute.rest.version import Version
from fakecompute.services import all_services
from tests.properties.bodies import BODIES, QUERIES

COMPUTE, NETWORK, IMAGE = "/compute/v2.1", "/network/v2.0", "/image/v2"


# --- a cloud with a bit of everything, of two projects ---------------------------------------------------


@cache
def furnished() -> Cloud:
    """Two projects with one of everything each; the second one's things are the foreign references."""
    cloud = Cloud(settings=Settings(token_expiration=10**9))
    for user in "demo", "alt_demo":
        _furnish(Http(cloud, user), user)
    return cloud


def _made(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json and next(iter(answer.json.values()))


def _furnish(http: Http, name: str) -> None:
    net = _made(http.post(f"{NETWORK}/networks", json={"network": {"name": name}}))["id"]
    subnet = {"name": name, "network_id": net, "cidr": "192.168.0.0/24", "ip_version": 4}
    _made(http.post(f"{NETWORK}/subnets", json={"subnet": subnet}))
    _made(http.post(f"{NETWORK}/ports", json={"port": {"network_id": net, "name": name}}))
    _made(http.post(f"{NETWORK}/routers", json={"router": {"name": name}}))
    _made(http.post(f"{NETWORK}/security-groups", json={"security_group": {"name": name}}))
    image = {"name": name, "disk_format": "raw", "container_format": "bare"}
    id = http.post(f"{IMAGE}/images", json=image).json["id"]
    octets = {"Content-Type": "application/octet-stream"}
    _made(http.put(f"{IMAGE}/images/{id}/file", content=b"\0" * 512, headers=octets))
    http.post(f"{IMAGE}/images", json=image)
    _made(http.post(f"{COMPUTE}/os-keypairs", json={"keypair": {"name": f"key-{name}"}}))
    group = {"name": name, "policies": ["anti-affinity"]}
    _made(http.post(f"{COMPUTE}/os-server-groups", json={"server_group": group}))
    server = {"name": name, "flavorRef": "42", "imageRef": id, "networks": [{"uuid": net}], "key_name": f"key-{name}"}
    ids = [
        _made(http.post(f"{COMPUTE}/servers", json={"server": server}, version="2.37"))["id"] for _ in range(5)
    ]
    http.cloud.advance(600)
    _made(http.put(f"{COMPUTE}/servers/{ids[0]}/metadata", json={"metadata": {"key": "value"}}))
    for id, action in zip(ids, ({"lock": None}, {"os-stop": None}, {"resize": {"flavorRef": "84"}}), strict=False):
        _made(http.post(f"{COMPUTE}/servers/{id}/action", json=action))
    _made(http.delete(f"{COMPUTE}/servers/{ids[4]}"))
    http.cloud.advance(6000)
    _made(http.post(f"{COMPUTE}/servers", json={"server": server}, version="2.37"))  # is being built


@cache
def references() -> dict[str, list[str]]:
    """The ids of all that there is, and the names, by the lower-case name of its kind."""
    found = {}
    for kind in _kinds(Record):
        records = furnished().store.all(kind)
        names = {name for record in records if isinstance(name := getattr(record, "name", None), str)}
        if records:
            found[kind.__name__.lower()] = [*sorted({record.id for record in records})[:20], *sorted(names)[:5]]
    return found


def _kinds(kind: type[Record]) -> Iterator[type[Record]]:
    for inner in kind.__subclasses__():
        yield inner
        yield from _kinds(inner)


@cache
def tokens() -> dict[str, str | None]:
    cloud = furnished()
    return {
        "demo": token_for(cloud, "demo", "demo").id,
        "admin": token_for(cloud, "admin", "admin").id,
        "admin of demo": token_for(cloud, "admin", "demo").id,
        "alt_demo": token_for(cloud, "alt_demo", "alt_demo").id,
        "of another cloud": token_for(Cloud(seed=9), "demo", "demo").id,
        "nonsense": "\xff" * 300,
        "none": None,
    }


# --- values --------------------------------------------------------------------------------------------

UUID = "01234567-89ab-4def-8123-456789abcdef"
WORDS: list[Any] = [
    "a", "web-1", "1", "0", "100", "-1", "true", "False", "ACTIVE", "2026-01-01T00:00:00Z", "10.0.0.5", "2001:db8::5",
    "10.9.0.0/24", "fa:16:3e:00:00:01", "aGVsbG8=", "nova", "cidr", "/24", "host.example.org", "", UUID, "auto", "desc",
    0, 1, 2, 5, 80, 255, 1.5, True, False, None,
]  # fmt: skip
TEXTS = [
    " ", "a" * 256, "ab" * 40_000, "\x00", "a\nb", "\x7f", "\u202e", "\u2028", "\U0001f600", "é" * 255, "%s", "{0}",
    "{reason}", "../../etc/passwd", "' OR 1=1 --", "<script>", "null", "[", "(", "(?P<a", "a{99999999999}", "*", "１",
    "²", "1e5", "1_0", "0x10", " 1", "+1", "-0", "9" * 30, "9" * 5000, "-" + "9" * 30, "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00", "2026-13-01", "10.0.0.0/33", "0.0.0.0/0", "::/0", "256.1.1.1", "1.1.1.1/24",
    UUID.upper(), UUID.replace("-", ""), "in:a,b", "gt:1", "neq:", 'in:"', "a:b", "a,b", ",", "name:asc,", "=", "a=b",
    "ssh-rsa AAAA", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", "compute-1", "nova:compute-1", "::", "\ud800",
]  # fmt: skip
NUMBERS = [
    -1, 2**31 - 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30, 1e308, 5e-324, -0.0, 0.1,
    float("nan"), float("inf"),
]  # fmt: skip
EMPTY: list[Any] = [None, [], {}, "", [[]], [{}], [None], {"": None}, {"a": {"b": [1]}}]

hostile = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS),
    st.sampled_from(EMPTY),
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
)


@cache
def meant(name: str) -> list[str]:
    """What a parameter or field of this name may refer to: ids of the kinds that the name names, or of all."""
    plain = re.sub("[^a-z]", "", name.lower())
    kinds = [kind for kind in references() if kind in plain]
    best = [kind for kind in kinds if not any(kind in other and kind != other for other in kinds)]
    best += ["project"] * ("tenant" in plain) + ["keypair"] * ("key" in plain) + ["network"] * ("net" in plain)
    return [id for kind in best or references() for id in references().get(kind, ())]


# --- bodies that fit -----------------------------------------------------------------------------------


@cache
def fitting(field: Typed, name: str) -> st.SearchStrategy[Any]:
    """Values that a field takes."""
    options: list[st.SearchStrategy[Any]] = [st.none()] if field.allow_none else []
    match field:
        case Anything():
            options.append(hostile)
        case Choice():
            options.append(st.sampled_from(field.values))
        case Object():
            options.append(objects(field.schema, field.version))
        case ListOf():
            options.append(st.lists(fitting(field.item, name), min_size=field.min, max_size=field.min + 2))
        case MapOf():
            keys = [key for key in map(str, WORDS) if not field.key or field.key.search(key)]
            values = fitting(field.value, name)
            options.append(st.dictionaries(st.sampled_from(keys or ["a"]), values, min_size=field.min, max_size=3))
        case AnyOf():
            options += [fitting(option, name) for option in field.options]
        case _:
            taken = [value for value in (*meant(name), *WORDS) if _takes(field, value)]
            options.append(st.sampled_from(taken) if taken else hostile)
    return st.one_of(options)


def _takes(field: Typed, value: Any) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


@cache
def objects(schema: Any, version: Version) -> st.SearchStrategy[dict[str, Any]]:
    fields = {(f.data_key or name): f for name, f in compiled(schema, version).fields.items()}
    strategies = {name: fitting(f, name) for name, f in fields.items()}  # type: ignore[arg-type]
    needed = {name for name, f in fields.items() if f.required}
    return st.fixed_dictionaries(
        {name: strategies[name] for name in needed},
        optional={name: made for name, made in strategies.items() if name not in needed},
    )


@st.composite
def bodies(draw: st.DrawFn, endpoint: Endpoint, version: Version) -> Any:
    """A body that the endpoint could take: by its schema, or by an example."""
    if endpoint.body is not None:
        made = draw(objects(endpoint.body.schema, version))
        return made["whole"] if endpoint.body.whole else made
    if endpoint.operation in BODIES:
        return draw(_filled(draw(st.sampled_from(BODIES[endpoint.operation]))))
    return {endpoint.action: draw(hostile)} if endpoint.action else draw(hostile)


def _filled(example: Any) -> st.SearchStrategy[Any]:
    """An example whose `$kind` is one of that kind."""
    if isinstance(example, dict):
        return st.fixed_dictionaries({key: _filled(value) for key, value in example.items()})
    if isinstance(example, list):
        return st.tuples(*map(_filled, example)).map(list)
    if isinstance(example, str) and example.startswith("$"):
        return st.sampled_from(meant(example[1:]))
    return st.just(example)


# --- and that do not ------------------------------------------------------------------------------------


@st.composite
def spoiled(draw: st.DrawFn, value: Any) -> Any:
    """The value with one thing in it that is wrong, or another reference."""
    way = draw(st.sampled_from(list(_ways(value))))
    how = draw(st.sampled_from(["replace", "replace", "refer", "drop", "add"]))
    new = draw(st.sampled_from(meant(str(way[-1]) if way else ""))) if how == "refer" else draw(hostile)
    return _changed(value, way, how, new)


def _ways(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _ways(inner, (*way, key))


def _changed(value: Any, way: tuple[Any, ...], how: str, new: Any) -> Any:
    if not way:
        if how == "add" and isinstance(value, dict):
            return {**value, "zzz": new}
        return [*value, new] if how == "add" and isinstance(value, list) else new
    head, *rest = way
    copy = dict(value) if isinstance(value, dict) else list(value)
    if how == "drop" and not rest:
        del copy[head]
    else:
        copy[head] = _changed(copy[head], tuple(rest), how, new)
    return copy


# --- requests ------------------------------------------------------------------------------------------


class Sent(NamedTuple):
    """One request, as bytes and as close to the wire as WSGI gets."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def environ(self) -> dict[str, Any]:
        length = {} if "HTTP_TRANSFER_ENCODING" in self.headers else {"CONTENT_LENGTH": str(len(self.body))}
        return {
            "REQUEST_METHOD": self.method, "SCRIPT_NAME": "", "PATH_INFO": self.path, "QUERY_STRING": self.query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(self.body),
            "wsgi.errors": None, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            **length, **self.headers,
        }  # fmt: skip


def wire(text: str) -> str:
    """Text as a WSGI server gives it: the bytes of its UTF-8."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


DEEP = [b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 99 + b"]" * 99]
RAW = [b"", b"null", b"{", b"\xff\xfe", b'"\\ud800"', b'{"a": 1, "a": 2}', b"\xef\xbb\xbf{}", b"[1,]", *DEEP]
LARGE = b" " * ((1 << 20) + 1)
PACKED = [b"\x1f\x8b", gzip.compress(b"{}" * 99)[:-5], gzip.compress(b" " * 50_000_000), gzip.compress(b"{}") + b"x"]
TYPES = ["text/plain", "application/xml", "application/json; charset=latin-1", "a", "\xff", "multipart/form-data"]
HEADERS = {
    "HTTP_ACCEPT": ["*/*", "text/html", "application/json;q=x", "\xff", "a;q=1;q", ","],
    "HTTP_CONTENT_ENCODING": ["br", "gzip, gzip", "identity"],
    "HTTP_IF_MATCH": ["*", "revision_number=²", "revision_number=-1", "revision_number=999999999999999999999"],
    "HTTP_X_SUBJECT_TOKEN": ["", "x", "\xff"],
    "HTTP_RANGE": ["bytes=0-", "bytes=5-1", "bytes=-", "bytes=²-", "items=1-2", "bytes=99999999999999999999-"],
    "HTTP_CONTENT_RANGE": ["bytes 0-1/2", "bytes x", "bytes 5-1/*"],
    "HTTP_X_IMAGE_META_STORE": ["no-such-store", ""],
    "HTTP_X_OPENSTACK_IMAGE_SIZE": ["-1", "x", "²"],
    "HTTP_TRANSFER_ENCODING": ["chunked"],
    "HTTP_HOST": ["a b", "\xff", "", "x:y:z", "[::1]:80"],
}  # fmt: skip
VERSIONS = ["latest", "2.1", "2.0", "3.0", "1.39", "3.71", "2.999", "x", "2.²", "-2.1", "2." + "9" * 5000]


@st.composite
def requests(draw: st.DrawFn, service: Routes) -> Sent:
    endpoint = draw(st.sampled_from(_endpoints(service)))
    version = draw(_versions(service, endpoint))
    headers = {} if version is None else {"HTTP_OPENSTACK_API_VERSION": f"{service.name} {version}"}
    who = draw(st.sampled_from(["demo", "admin", "demo", "admin", "admin of demo", *tokens()]))
    token = tokens()[who]
    if token is not None:
        headers["HTTP_X_AUTH_TOKEN"] = token
    if draw(st.integers(0, 3)) == 3:
        name = draw(st.sampled_from([*HEADERS]))
        headers[name] = draw(st.sampled_from(HEADERS[name]))
    if name := (endpoint.operation.endswith(("_token", "_catalog")) and draw(st.sampled_from([*tokens()]))):
        headers["HTTP_X_SUBJECT_TOKEN"] = tokens()[name] or ""
    body = b""
    if endpoint.method in ("POST", "PUT", "PATCH"):
        body = draw(_encoded(service, endpoint, version, headers))
    method = endpoint.method if draw(st.integers(0, 19)) else draw(st.sampled_from(["HEAD", "PUT", "OPTIONS", "X"]))
    path = (service.mount if endpoint.bare else service.prefix) + draw(_paths(endpoint.path))
    return Sent(method, path, draw(_queries(service, endpoint, version)), headers, body)


@cache
def _endpoints(service: Routes) -> list[Endpoint]:
    """Those that do something more often than those that only refuse."""
    refusing = ("unimplemented", "missing", "retired")
    return [
        endpoint
        for endpoint in service.endpoints
        for _ in range(1 if endpoint.handler.__module__.endswith(refusing) else 6)
    ]


def _versions(service: Routes, endpoint: Endpoint) -> st.SearchStrategy[Any]:
    """Mostly one in which the endpoint is there."""
    micro = service.microversions
    if micro is None:
        return st.none()
    lowest, highest = max(micro.lowest, endpoint.span.since), min(micro.highest, endpoint.span.until)
    inside = st.integers(lowest.minor, highest.minor).map(lambda minor: Version(lowest.major, minor))
    return st.one_of(inside, inside, inside, st.just(micro.highest), st.none(), st.sampled_from(VERSIONS))


def _paths(path: str) -> st.SearchStrategy[str]:
    parts = re.split(r"<(?:\w+:)?(\w+)>", path)  # text, parameter, text ...
    made = [st.just(part) if index % 2 == 0 else _parameter(part) for index, part in enumerate(parts)]
    return st.tuples(*made).map("".join)


def _parameter(name: str) -> st.SearchStrategy[str]:
    right = st.sampled_from(meant(name)).map(wire)
    wrong = st.one_of(st.sampled_from(TEXTS).map(wire), st.sampled_from(["\xff", "", "a/b", UUID]), st.text(max_size=5))
    return st.one_of(right, right, right, right, wrong.map(lambda text: text if text.isascii() else wire(text)))


def _encoded(
    service: Routes, endpoint: Endpoint, version: Any, headers: dict[str, str]
) -> st.SearchStrategy[bytes]:
    """The body on the wire, and the headers that go with it."""
    at = version if isinstance(version, Version) else service.microversions and service.microversions.lowest
    return _bodies_on_the_wire(endpoint, at or Version(0, 0), headers)


@st.composite
def _bodies_on_the_wire(draw: st.DrawFn, endpoint: Endpoint, version: Version, headers: dict[str, str]) -> bytes:
    way = draw(st.integers(0, 15))
    headers["CONTENT_TYPE"] = draw(st.sampled_from(sorted(endpoint.types or ["application/json"])))
    match way:
        case 0:
            return draw(st.sampled_from(RAW))
        case 1:
            headers["HTTP_CONTENT_ENCODING"] = "gzip"
            return draw(st.sampled_from(PACKED))
        case 2:
            return draw(st.binary(max_size=20)) if endpoint.raw else draw(st.sampled_from([LARGE, b" " * 114_689]))
        case 3:
            headers["CONTENT_TYPE"] = draw(st.sampled_from(TYPES))
    value = draw(bodies(endpoint, version))
    for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        value = draw(spoiled(value))
    return json.dumps(value).encode()


@st.composite
def _queries(draw: st.DrawFn, service: Routes, endpoint: Endpoint, version: Any) -> str:
    if draw(st.integers(0, 9)) == 9:
        return draw(st.sampled_from(["%ff", "a=%00", "&&=&", "=" * 50, "limit=1&limit=x", "\xff=\xff", "a=1&" * 1500]))
    known: dict[str, Any] = dict.fromkeys(QUERIES)
    if endpoint.query is not None:
        at = version if isinstance(version, Version) else Version(0, 0)
        known = {(f.data_key or name): f for name, f in compiled(endpoint.query.schema, at).fields.items()} or known
    elif endpoint.method != "GET":
        return ""
    names = draw(st.lists(st.sampled_from([*known, *known, "zzz"]), max_size=3))
    return "&".join(f"{quote(name)}={draw(_query_value(known.get(name), name))}" for name in names)


def _query_value(field: Any, name: str) -> st.SearchStrategy[str]:
    field = field.item if isinstance(field, ListOf) else field
    fits = fitting(field, name) if field is not None else st.sampled_from([*meant(name), *WORDS])
    values = st.one_of(fits, fits, st.sampled_from(TEXTS), st.sampled_from(NUMBERS))
    return values.map(lambda value: quote(str(value).encode("utf-8", "surrogatepass")))


def services() -> dict[str, Routes]:
    return {service.name: service for service in all_services()}


def readable(body: bytes) -> Any:
    """The JSON of an answer; an error if it is none."""
    return orjson.loads(body)
