"""What hostile input is made of: requests that are almost right, and ways to spoil them.

Everything is drawn from a `Random` that Hypothesis gives: strategies for the fields of 300 bodies would take ten
times as long as the requests themselves.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from marshmallow import ValidationError

from fakecompute.rest.routes import Endpoint, Routes
from fakecompute.rest.schema import AnyOf, Anything, Choice, ListOf, MapOf, Object, compiled
from fakecompute.rest.version import Version
from fakecompute.services import all_services
from tests.properties.bodies import BODIES, QUERIES
from tests.properties.world import references, tokens

# --- values --------------------------------------------------------------------------------------------

UUID = "01234567-89ab-4def-8123-456789abcdef"
WORDS: list[Any] = [
    "a", "web-1", "1", "0", "100", "-1", "true", "False", "ACTIVE", "2026-01-01T00:00:00Z", "10.0.0.5", "2001:db8::5",
    "10.9.0.0/24", "fa:16:3e:00:00:01", "aGVsbG8=", "nova", "cidr", "/24", "host.example.org", "", UUID, "auto", "desc",
    "demo", "default", "public", "compute-1", 0, 1, 2, 5, 80, 255, 1.5, True, False, None,
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


def hostile(dice: Random) -> Any:
    """Something that nobody expects."""
    return dice.choice(dice.choice((TEXTS, NUMBERS, EMPTY, WORDS)))


@cache
def meant(way: str) -> list[str]:
    """What stands there may refer to: ids of the kinds that its name (or that of what it is in) names, or of all."""
    for name in (way, *reversed(way.split("."))):
        if name in LITERALS:
            return LITERALS[name]
        if name in KINDS:
            return references()[KINDS[name]]
        kinds = [] if "." in name else _kinds_in(name)
        if kinds:
            return [id for kind in kinds for id in references().get(kind, ())]
    return [id for ids in references().values() for id in ids]


def _kinds_in(name: str) -> list[str]:
    """What kinds of records a name speaks of."""
    plain = re.sub("[^a-z]", "", name.lower())
    kinds = [kind for kind in references() if kind in plain]
    kinds = [kind for kind in kinds if not any(kind in other and kind != other for other in kinds)]
    return kinds + [kind for word, kind in SYNONYMS.items() if word in plain]


SYNONYMS = {
    "tenant": "project", "keyname": "keypair", "member": "project", "hypervisor": "host", "typeid": "volumetype",
    "voltype": "volumetype", "newtype": "volumetype", "defaulttype": "volumetype", "qosid": "qosspecs",
    "volid": "volume", "imageref": "image", "instance": "server", "sourcegroup": "volumegroup",
    "consistencygroup": "volumegroup", "cgsnapshot": "groupsnapshot", "sourcecg": "volumegroup",
}  # fmt: skip
KINDS = {
    "group": "volumegroup", "group_id": "volumegroup", "groups": "volumegroup", "message": "volumemessage",
    "encryption.key": "encryption",
}  # fmt: skip
LITERALS: dict[str, list[Any]] = {
    "extra_specs.key": ["provisioning:max_vol_size", "multiattach"], "clusters.name": ["east@ceph"],
    "group_specs.key": ["key", "consistent_group_snapshot_enabled"], "extensions.alias": ["os-hosts", "OS-SCH-HNT"],
    "key": ["key", "hw:cpu_policy"], "tag": ["a", "b"], "alias": ["os-flavors", "router"],
    "aggregate_id": ["1", "2"], "host": ["compute-1", "storage@lvm-1", "storage@lvm-2#lvm-2", "ceph-2@ceph#ceph"], "host_name": ["compute-1", "compute-2"],
    "service_id": ["enable", "disable-log-reason", "force-down", "1", "3"], "binary": ["nova-compute", "cinder-volume"],
    "cluster": ["east@ceph", "east@ceph#ceph"], "backend_id": ["afar", "default"], "source-name": ["legacy"],
    "ref": [{"source-name": name} for name in ("legacy", "legacy-snap", "no-such")],
    "before": ["2026-01-01 00:00:00"], "start": ["2026-01-01T00:00:00"], "end": ["2027-01-01T00:00:00"],
}  # fmt: skip


# --- bodies that fit -----------------------------------------------------------------------------------


def fitting(dice: Random, field: Any, way: str) -> Any:
    """A value that a field takes."""
    if field.allow_none and not dice.randrange(8):
        return None
    match field:
        case Anything():
            return hostile(dice)
        case Choice():
            return dice.choice(field.values)
        case Object():
            return fitting_object(dice, field.schema, field.version, way)
        case ListOf():
            return [fitting(dice, field.item, way) for _ in range(field.min + dice.randrange(3))]
        case MapOf():
            keys = [key for key in map(str, WORDS) if not field.key or field.key.search(key)]
            return {
                dice.choice(keys): fitting(dice, field.value, way)
                for _ in range(field.min + dice.randrange(3))
            }
        case AnyOf():
            return fitting(dice, dice.choice(field.options), way)
    return dice.choice(_taken(field, way))


@cache
def _taken(field: Any, way: str) -> list[Any]:
    """What of all that we know the field takes."""
    return [value for value in (*meant(way), *WORDS) if _takes(field, value)] or [None]


def _takes(field: Any, value: Any) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def fitting_object(dice: Random, schema: Any, version: Version, way: str = "") -> dict[str, Any]:
    fields = compiled(schema, version).fields
    share = dice.choice((0.1, 0.3, 0.8))
    return {
        f.data_key or name: fitting(dice, f, f"{way}.{f.data_key or name}")
        for name, f in fields.items()
        if f.required or dice.random() < share
    }


def fitting_body(dice: Random, endpoint: Endpoint, version: Version) -> Any:
    """A body that the endpoint could take: by its schema, or by an example."""
    if endpoint.operation in BODIES and (endpoint.body is None or dice.randrange(2)):
        return _filled(dice, dice.choice(BODIES[endpoint.operation]))
    if endpoint.body is not None:
        made = fitting_object(dice, endpoint.body.schema, version)
        return made["whole"] if endpoint.body.whole else made
    return {endpoint.action: hostile(dice)} if endpoint.action else hostile(dice)


def _filled(dice: Random, example: Any) -> Any:
    """An example whose `$kind` is one of that kind."""
    if isinstance(example, dict):
        return {key: _filled(dice, value) for key, value in example.items()}
    if isinstance(example, list):
        return [_filled(dice, value) for value in example]
    return (
        dice.choice(meant(example[1:])) if isinstance(example, str) and example.startswith("$") else example
    )


# --- and that do not ------------------------------------------------------------------------------------


def spoiled(dice: Random, value: Any) -> Any:
    """The value with one thing in it that is wrong, or another reference."""
    way = dice.choice(list(_ways(value)))
    how = dice.choice(("replace", "replace", "refer", "drop", "add"))
    new = dice.choice(meant(str(way[-1]) if way else "")) if how == "refer" else hostile(dice)
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
    """One request, as close to the wire as WSGI gets."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.method} {self.path}?{self.query[:300]} {self.headers} {self.body[:2000]!r}"

    def environ(self) -> dict[str, Any]:
        length = {} if "HTTP_TRANSFER_ENCODING" in self.headers else {"CONTENT_LENGTH": str(len(self.body))}
        return {
            "REQUEST_METHOD": self.method, "SCRIPT_NAME": "", "PATH_INFO": self.path, "QUERY_STRING": self.query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost", "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": BytesIO(self.body),
            "wsgi.errors": None, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            **length, **self.headers,
        }  # fmt: skip


DEEP = [b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"[" * 99 + b"]" * 99]
RAW = [b"", b"null", b"{", b"\xff\xfe", b'"\\ud800"', b'{"a": 1, "a": 2}', b"\xef\xbb\xbf{}", b"[1,]", *DEEP]
LARGE = b" " * ((1 << 20) + 1)
PACKED = [
    b"\x1f\x8b",
    gzip.compress(b"{}" * 99, mtime=0)[:-5],
    gzip.compress(b" " * 50_000_000, mtime=0),
    gzip.compress(b"{}", mtime=0) + b"x",
]
TYPES = [
    "text/plain",
    "application/xml",
    "application/json; charset=latin-1",
    "a",
    "\xff",
    "multipart/form-data",
]
TYPES_OF = {
    "image.update_image": "application/openstack-images-v2.1-json-patch",
    "image.upload_image": "application/octet-stream",
    "image.stage_image": "application/octet-stream",
}
HEADERS = {
    "HTTP_ACCEPT": ["*/*", "text/html", "application/json;q=x", "\xff", "a;q=1;q", ","],
    "HTTP_CONTENT_ENCODING": ["br", "gzip, gzip", "identity"],
    "HTTP_IF_MATCH": ["*", "revision_number=²", "revision_number=-1", "revision_number=" + "9" * 5000],
    "HTTP_X_SUBJECT_TOKEN": ["", "x", "\xff"],
    "HTTP_RANGE": ["bytes=0-", "bytes=5-1", "bytes=-", "bytes=²-", "items=1-2", "bytes=99999999999999999999-", "bytes=0-" + "9" * 5000],
    "HTTP_CONTENT_RANGE": ["bytes 0-1/2", "bytes x", "bytes 5-1/*"],
    "HTTP_X_IMAGE_META_STORE": ["no-such-store", ""],
    "HTTP_X_OPENSTACK_IMAGE_SIZE": ["-1", "x", "²"],
    "HTTP_TRANSFER_ENCODING": ["chunked"],
    "HTTP_HOST": ["a b", "\xff", "", "x:y:z", "[::1]:80"],
}  # fmt: skip
CALLERS = ("demo", "admin", "admin of demo", "demo", "admin", "alt_demo")
VERSIONS = ["latest", "2.1", "2.0", "3.0", "1.39", "3.71", "2.999", "x", "2.²", "-2.1", "2." + "9" * 5000]


def request(dice: Random, name: str) -> Sent:
    """A request to a service, of which something may be wrong."""
    service = next(service for service in all_services() if service.name == name)
    endpoint = dice.choice(_endpoints(name))
    version = _version(dice, service, endpoint)
    headers = {} if version is None else {"HTTP_OPENSTACK_API_VERSION": f"{name} {version}"}
    token = tokens()[dice.choice((*CALLERS * 5, *tokens()))]
    if token is not None:
        headers["HTTP_X_AUTH_TOKEN"] = token
    if endpoint.path == "/auth/tokens":
        headers["HTTP_X_SUBJECT_TOKEN"] = tokens()[dice.choice([*tokens()])] or ""
    if not dice.randrange(8):
        header = dice.choice([*HEADERS])
        headers[header] = dice.choice(HEADERS[header])
    body = b""
    if endpoint.method in ("POST", "PUT", "PATCH"):
        lowest = service.microversions.lowest if service.microversions else Version(0, 0)
        body = _on_the_wire(dice, endpoint, version if isinstance(version, Version) else lowest, headers)
    method = endpoint.method if dice.randrange(30) else dice.choice(["HEAD", "PUT", "DELETE", "OPTIONS", "X"])
    prefix = service.mount if endpoint.bare else service.prefix
    if name == "compute" and not dice.randrange(10):
        prefix = dice.choice(["/compute/v2", "/compute/v2.1/" + dice.choice(meant("project"))])
    path = prefix + _path(dice, endpoint.path)
    return Sent(method, path, _query(dice, endpoint, version), headers, body)


@cache
def _endpoints(name: str) -> list[Endpoint]:
    """Those that read a body more often than the others, and those that only refuse the least."""
    found = []
    for endpoint in next(service for service in all_services() if service.name == name).endpoints:
        refuses = endpoint.missing or endpoint.handler.__module__.endswith("retired")
        reads = endpoint.body is not None or endpoint.operation in BODIES
        found += [endpoint] * (1 if refuses else 15 if reads else 5)
    return found


def _version(dice: Random, service: Routes, endpoint: Endpoint) -> Version | str | None:
    """Mostly one in which the endpoint is there."""
    micro = service.microversions
    if micro is None or not dice.randrange(10):
        return None
    if not dice.randrange(20):
        return dice.choice(VERSIONS)
    lowest, highest = max(micro.lowest, endpoint.span.since), min(micro.highest, endpoint.span.until)
    return Version(
        lowest.major, dice.choice((lowest.minor, highest.minor, dice.randint(lowest.minor, highest.minor)))
    )


def _path(dice: Random, path: str) -> str:
    """What stands before a parameter may tell what it is: /group_types/<id>."""
    return re.sub(
        r"([\w-]*)/<(?:\w+:)?(\w+)>",
        lambda found: f"{found[1]}/{_parameter(dice, f'{found[1]}.{found[2]}')}",
        path,
    )


def _parameter(dice: Random, name: str) -> str:
    """Text as a WSGI server gives it: the bytes of its UTF-8."""
    text = dice.choice(meant(name)) if dice.randrange(8) else dice.choice([*TEXTS, "\xff", "", "a/b", UUID])
    return text if text == "\xff" else text.encode("utf-8", "surrogatepass").decode("latin-1")


def _on_the_wire(dice: Random, endpoint: Endpoint, version: Version, headers: dict[str, str]) -> bytes:
    """A body, and the headers that go with it."""
    headers["CONTENT_TYPE"] = TYPES_OF.get(endpoint.operation, "application/json")
    if endpoint.body is None and endpoint.operation not in BODIES and dice.randrange(4):
        return b""
    match dice.randrange(80 if not endpoint.raw else 8):
        case 0:
            return dice.choice(RAW)
        case 1:
            headers["HTTP_CONTENT_ENCODING"] = "gzip"
            return dice.choice(PACKED)
        case 2:
            return dice.choice([LARGE, b" " * 114_689])
        case 3:
            headers["CONTENT_TYPE"] = dice.choice(TYPES)
    value = fitting_body(dice, endpoint, version)
    for _ in range(dice.choice([0, 1, 1, 1, 2])):
        value = spoiled(dice, value)
    return json.dumps(value).encode()


def _query(dice: Random, endpoint: Endpoint, version: Any) -> str:
    if not dice.randrange(20):
        return dice.choice(["%ff", "a=%00", "&&=&", "=" * 50, "limit=1&limit=x", "\xff=\xff", "a=1&" * 1500])
    name = endpoint.operation.partition(".")[0]
    known: dict[str, Any] = dict.fromkeys(QUERIES.get(name, QUERIES[""]))
    if endpoint.query is not None:
        at = version if isinstance(version, Version) else Version(0, 0)
        known = {
            (f.data_key or name): f for name, f in compiled(endpoint.query.schema, at).fields.items()
        } or known
    elif endpoint.method not in ("GET", "DELETE"):
        return ""
    names = [dice.choice([*known] * 10 + ["zzz"]) for _ in range(dice.randrange(4))]
    return "&".join(f"{quote(name)}={_query_value(dice, known.get(name), name)}" for name in names)


def _query_value(dice: Random, field: Any, name: str) -> str:
    value = hostile(dice)
    if dice.randrange(3):
        field = field.item if isinstance(field, ListOf) else field
        value = fitting(dice, field, name) if field is not None else dice.choice([*meant(name), *WORDS])
    return quote(str(value).encode("utf-8", "surrogatepass"))
