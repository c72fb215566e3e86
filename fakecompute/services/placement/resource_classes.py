"""GET, POST /resource_classes, GET, PUT, DELETE /resource_classes/{name}: kinds of resources."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.placement import names
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.schema import Body, Schema, Text
from fakecompute.services.placement.exchange import asked, given, link_to, path_of
from fakecompute.services.placement.service import placement

RULE = "placement:resource_classes:{}".format
ALL, ONE = "/resource_classes", "/resource_classes/<name>"

# --- request schemas ----------------------------------------------------------------------------------


class NamedClass(Schema):
    name = Text(required=True, max=255, pattern="^CUSTOM_[A-Z0-9_]+$")


NAMED = Body(NamedClass)

# --- response views -----------------------------------------------------------------------------------


def _shown(call: Call, name: str) -> dict[str, Any]:
    return {"name": name, "links": [{"rel": "self", "href": path_of(call, "resource_classes", name)}]}


# --- handlers -----------------------------------------------------------------------------------------


@placement.get(ALL, since="1.2", policy=RULE("list"))
def list_resource_classes(call: Call) -> Answer:
    shown = [_shown(call, name) for name in names.classes(call.cloud)]
    return given(call, {"resource_classes": shown}, call.cloud.now)


@placement.post(ALL, since="1.2", policy=RULE("create"), success=201)
def create_resource_class(call: Call) -> Answer:
    name = asked(call, NAMED)["name"]
    names.create_class(call.cloud, name)
    return Answer(201, None, {"Location": link_to(call, "resource_classes", name)})


@placement.get(ONE, since="1.2", policy=RULE("show"))
def show_resource_class(call: Call, name: str) -> Answer:
    names.check_class(call.cloud, name)
    return given(call, _shown(call, name), call.cloud.now)


@placement.put(ONE, since="1.2", until="1.6", policy=RULE("update"))
def rename_resource_class(call: Call, name: str) -> Answer:
    new = asked(call, NAMED)["name"]
    names.rename_class(call.cloud, name, new)
    return Answer(200, _shown(call, new))


@placement.put(ONE, since="1.7", policy=RULE("update"), success=201)
def update_resource_class(call: Call, name: str) -> Answer:
    """From 1.7 on it is made if it is not there; a body is not looked at."""
    NAMED.load({"name": name}, call.version)
    new = name not in names.classes(call.cloud)
    if new:
        names.create_class(call.cloud, name)
    return Answer(201 if new else 204, None, {"Location": link_to(call, "resource_classes", name)})


@placement.delete(ONE, since="1.2", policy=RULE("delete"), success=204)
def delete_resource_class(call: Call, name: str) -> None:
    names.delete_class(call.cloud, name)
