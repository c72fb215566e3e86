"""Who may do what in Glance: a small world, its callers, and what each of them asks of it.

The same is asked of a real Glance (`ask_image_roles.py` writes down what it answers) and of this one
(`tests/services/image/test_roles.py` compares).  A Glance here is anything with
`ask(method, path, token, body, content_type, headers) -> (status, json)`; a token is `user:project:role,role`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

Ask = Callable[..., tuple[int, Any]]

IMPLIED = {
    "admin": "admin,manager,member,reader",
    "manager": "manager,member,reader",
    "member": "member,reader",
    "reader": "reader",
    "service": "service",
}
PROJECTS = {"own": "p", "other": "q"}  # things are p's
CALLERS = tuple(f"{role}/{place}" for role in IMPLIED for place in PROJECTS)
ADMIN, OWNER = "root:p:admin,manager,member,reader", "owner:p:member,reader"
VISIBILITIES = ("private", "shared", "community", "public")  # shared: with the other project
BYTES, PATCH = "application/octet-stream", "application/openstack-images-v2.1-json-patch"


class Row(NamedTuple):
    """One thing to ask, of an image in a status or of a namespace."""

    method: str
    path: str
    body: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}" + (f" {self.body}" if self.body else "")

    @property
    def places(self) -> tuple[str, ...]:
        if "{namespace}" in self.path:
            return ("private", "public")
        return VISIBILITIES if "{" in self.path else ("",)


# fmt: off
BODIES: dict[str, tuple[Any, str]] = {
    "bytes":     (b"hello", BYTES),
    "image":     ({"name": "new"}, ""),
    "community": ({"name": "new", "visibility": "community"}, ""),
    "public":    ({"name": "new", "visibility": "public"}, ""),
    "foreign":   ({"name": "new", "owner": "z"}, ""),
    "rename":    ([{"op": "replace", "path": "/name", "value": "x"}], PATCH),
    "publish":   ([{"op": "replace", "path": "/visibility", "value": "public"}], PATCH),
    "open":      ([{"op": "replace", "path": "/visibility", "value": "community"}], PATCH),
    "give":      ([{"op": "replace", "path": "/owner", "value": "z"}], PATCH),
    "direct":    ({"method": {"name": "glance-direct"}}, ""),
    "web":       ({"method": {"name": "web-download", "uri": "ftp://x"}}, ""),
    "copy":      ({"method": {"name": "copy-image"}}, ""),
    "member":    ({"member": "z"}, ""),
    "accept":    ({"status": "accepted"}, ""),
    "url":       ({"url": "ftp://x/y"}, ""),
    "empty":     ({}, ""),
    "namespace": ({"namespace": "{new}"}, ""),
    "same":      ({"namespace": "{namespace}"}, ""),
    "object":    ({"name": "new"}, ""),
    "property":  ({"name": "new", "title": "New", "type": "string"}, ""),
    "tags":      ({"tags": [{"name": "new"}]}, ""),
    "type":      ({"name": "OS::Nova::Flavor"}, ""),
}
TABLE = """
GET    /images
POST   /images                                           image
POST   /images                                           community
POST   /images                                           public
POST   /images                                           foreign
GET    /images/{active}
PATCH  /images/{active}                                  rename
PATCH  /images/{active}                                  publish
PATCH  /images/{active}                                  open
PATCH  /images/{active}                                  give
DELETE /images/{active}
PUT    /images/{queued}/file                             bytes
GET    /images/{active}/file
GET    /images/{deactivated}/file
PUT    /images/{queued}/stage                            bytes
POST   /images/{staged}/import                           direct
POST   /images/{queued}/import                           web
POST   /images/{active}/actions/deactivate
POST   /images/{deactivated}/actions/reactivate
PUT    /images/{active}/tags/new
DELETE /images/{active}/tags/old
GET    /images/{active}/members
POST   /images/{active}/members                          member
GET    /images/{active}/members/q
PUT    /images/{active}/members/q                        accept
DELETE /images/{active}/members/q
GET    /images/{active}/locations
POST   /images/{queued}/locations                        url
GET    /images/{active}/tasks
DELETE /stores/one/{active}
GET    /tasks
POST   /tasks                                            empty
GET    /tasks/none
DELETE /tasks/none
GET    /info/import
GET    /info/stores
GET    /info/stores/detail
GET    /info/usage
GET    /cache
DELETE /cache
PUT    /cache/{active}
DELETE /cache/{active}
GET    /schemas/image
GET    /schemas/metadefs/namespace
GET    /metadefs/resource_types
GET    /metadefs/namespaces
POST   /metadefs/namespaces                              namespace
GET    /metadefs/namespaces/{namespace}
PUT    /metadefs/namespaces/{namespace}                  same
DELETE /metadefs/namespaces/{namespace}
GET    /metadefs/namespaces/{namespace}/resource_types
POST   /metadefs/namespaces/{namespace}/resource_types   type
DELETE /metadefs/namespaces/{namespace}/resource_types/OS::Glance::Image
GET    /metadefs/namespaces/{namespace}/objects
POST   /metadefs/namespaces/{namespace}/objects          object
DELETE /metadefs/namespaces/{namespace}/objects
GET    /metadefs/namespaces/{namespace}/objects/old
PUT    /metadefs/namespaces/{namespace}/objects/old      object
DELETE /metadefs/namespaces/{namespace}/objects/old
GET    /metadefs/namespaces/{namespace}/properties
POST   /metadefs/namespaces/{namespace}/properties       property
DELETE /metadefs/namespaces/{namespace}/properties
GET    /metadefs/namespaces/{namespace}/properties/old
PUT    /metadefs/namespaces/{namespace}/properties/old   property
DELETE /metadefs/namespaces/{namespace}/properties/old
GET    /metadefs/namespaces/{namespace}/tags
POST   /metadefs/namespaces/{namespace}/tags             tags
DELETE /metadefs/namespaces/{namespace}/tags
GET    /metadefs/namespaces/{namespace}/tags/old
POST   /metadefs/namespaces/{namespace}/tags/new
PUT    /metadefs/namespaces/{namespace}/tags/old         object
DELETE /metadefs/namespaces/{namespace}/tags/old
"""
# fmt: on


def rows() -> Iterator[Row]:
    for line in TABLE.strip().splitlines():
        yield Row(*line.split())


class World:
    """A Glance, and things in it to be asked for; each is new, so that no answer spoils the next."""

    def __init__(self, ask: Ask, name: str = "roles") -> None:
        self._ask, self._name, self._numbers = ask, name, count()

    def answers(self, row: Row) -> dict[str, dict[str, int]]:
        """The status for each caller, by what the thing is to it."""
        return {place: {caller: self._status(row, place, caller) for caller in CALLERS} for place in row.places}

    def _status(self, row: Row, place: str, caller: str) -> int:
        names = {"new": self._new()}
        for word in ("queued", "staged", "active", "deactivated"):
            if f"{{{word}}}" in row.path:
                names[word] = self._image(word, place)
        if "{namespace}" in row.path:
            names["namespace"] = self._namespace(place)
        body, kind = BODIES[row.body] if row.body else (None, "")
        if body is not None and not kind:
            text = json.dumps(body)
            for name, value in names.items():
                text = text.replace(f"{{{name}}}", value)
            body, kind = text.encode(), "application/json"
        elif isinstance(body, list):
            body = json.dumps(body).encode()
        role, project = caller.split("/")
        token = f"{role}-{PROJECTS[project]}:{PROJECTS[project]}:{IMPLIED[role]}"
        for _ in range(3):
            status, _ = self._ask(row.method, row.path.format(**names), token, body, kind)
            if status != 500:
                break
        return status

    def _new(self) -> str:
        return f"{self._name}-{next(self._numbers)}"

    def _image(self, status: str, visibility: str) -> str:
        """Made anew if a step of its making fails: an SQLite may be locked by an import."""
        for _ in range(9):
            image = self._new_image(status, visibility)
            if image is not None:
                return image
        raise AssertionError(f"no {visibility} image becomes {status}")

    def _new_image(self, status: str, visibility: str) -> str | None:
        fields = {"name": "it", "disk_format": "raw", "container_format": "bare", "tags": ["old"]}
        image = self._made("POST", "/images", {**fields, "visibility": visibility}, ADMIN)["id"]
        if visibility == "shared":
            self._made("POST", f"/images/{image}/members", {"member": "q"}, OWNER)
        statuses = []
        if status == "staged":
            statuses.append(self._ask("PUT", f"/images/{image}/stage", OWNER, b"hello", BYTES)[0])
        if status in ("active", "deactivated"):
            statuses.append(self._ask("PUT", f"/images/{image}/file", OWNER, b"hello", BYTES)[0])
        if status == "deactivated":
            statuses.append(self._ask("POST", f"/images/{image}/actions/deactivate", OWNER, None, "")[0])
        return str(image) if max(statuses, default=0) < 300 else None

    def _namespace(self, visibility: str) -> str:
        name = self._new()
        content = {
            "resource_type_associations": [{"name": "OS::Glance::Image"}],
            "objects": [{"name": "old"}],
            "properties": {"old": {"title": "Old", "type": "string"}},
            "tags": [{"name": "old"}],
        }
        self._made("POST", "/metadefs/namespaces", {"namespace": name, "visibility": visibility, **content}, ADMIN)
        return name

    def _made(self, method: str, path: str, body: Any, token: str) -> Any:
        for _ in range(9):
            status, made = self._ask(method, path, token, json.dumps(body).encode(), "application/json")
            if status != 500:
                break
        assert status < 300, (status, method, path, made)
        return made
