"""GET / and GET /v3: what this Identity API speaks.  Releases until Queens had v2.0 beside v3, which answers 501."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import FakeError, NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.services.identity.service import identity

# keystone/api/discovery.py, and keystone/version/controllers.py before it, as they were released
UPDATED = {
    "3.4": "2015-03-30T00:00:00Z",
    "3.6": "2016-04-04T00:00:00Z",
    "3.7": "2016-10-06T00:00:00Z",
    "3.8": "2017-02-22T00:00:00Z",
    "3.10": "2018-02-28T00:00:00Z",
    "3.12": "2019-01-22T00:00:00Z",
    "3.13": "2019-07-19T00:00:00Z",
    "3.14": "2020-04-07T00:00:00Z",
}
V2_GONE = "rocky"

# --- response views -----------------------------------------------------------------------------------


def _media(version: str) -> list[dict[str, str]]:
    return [{"base": "application/json", "type": f"application/vnd.openstack.identity-{version}+json"}]


def _v3(call: Call) -> dict[str, Any]:
    version = call.cloud.release.identity
    return {
        "id": f"v{version}",
        "status": "stable",
        "updated": UPDATED[version],
        "links": [{"rel": "self", "href": f"{call.url}/"}],
        "media-types": _media("v3"),
    }


def _v2(call: Call) -> dict[str, Any]:
    deprecated = not call.cloud.release.before("newton")
    return {
        "id": "v2.0",
        "status": "deprecated" if deprecated else "stable",
        "updated": "2016-08-04T00:00:00Z" if deprecated else "2014-04-17T00:00:00Z",
        "links": [
            {"rel": "self", "href": f"{call.base}{identity.mount}/v2.0/"},
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
        ],
        "media-types": _media("v2.0"),
    }


# --- handlers -----------------------------------------------------------------------------------------


@identity.get("/", bare=True, public=True)
@identity.get("", bare=True, public=True)
def list_versions(call: Call) -> Answer:
    versions = [_v3(call), _v2(call)] if call.cloud.release.before(V2_GONE) else [_v3(call)]
    return Answer(300, {"versions": {"values": versions}}, {"Location": f"{call.url}/"})


@identity.get("/", public=True)
@identity.get("", public=True)
def show_version(call: Call) -> dict[str, Any]:
    return {"version": _v3(call)}


@identity.get("/v2.0/", bare=True, public=True)
@identity.get("/v2.0", bare=True, public=True)
def show_version_2(call: Call) -> Any:
    if call.cloud.release.before(V2_GONE):
        return {"version": _v2(call)}
    return _not_there(call)


def version_2(call: Call, rest: str) -> FakeError | Answer:
    if call.cloud.release.before(V2_GONE):
        raise NotImplementedHere(operation="version 2.0 of the Identity API")
    return _not_there(call)


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    identity.route(_method, "/v2.0/<path:rest>", bare=True, public=True)(version_2)


def _not_there(call: Call) -> FakeError | Answer:
    return identity.dialect.unrouted(call.environ["REQUEST_METHOD"], frozenset())
