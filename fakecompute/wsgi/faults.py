"""Where fault rules reach into a request: before it is carried out, after it, in what it reads, and on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fakecompute.cloud import Cloud
from fakecompute.domain.faults import Effect, match_rule
from fakecompute.domain.records.compute import Flavor
from fakecompute.domain.records.image import Image
from fakecompute.domain.records.network import Network, Port
from fakecompute.domain.records.server import Server
from fakecompute.domain.records.volume import Snapshot, Volume, VolumeType
from fakecompute.domain.volume.places import snapshot_facts, volume_facts
from fakecompute.domain.whereabouts import server_facts
from fakecompute.errors import FakeError, Injected
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.wsgi.many import DELAY, WAITS, WIRE

Params = dict[str, str]

_PAGES = {
    "plain": "{status}: refused by a fault rule\n",
    "empty": "",
    "proxy-html": "<html><body><h1>{status} Bad Gateway</h1>\nThe server did not answer in time.\n</body></html>\n",
}
_TYPES = {
    "plain": "text/plain; charset=UTF-8",
    "empty": "text/plain; charset=UTF-8",
    "proxy-html": "text/html",
}
_REASONS = {
    429: "This request was rate-limited.",
    503: "The server is currently unavailable. Please try again at a later time.",
}


def before(call: Call, params: Params) -> Answer | None:
    """An answer in the place of what was asked for."""
    effect = _match(call, "before", params)
    return None if effect is None else _struck(call, effect)


def after(call: Call, params: Params) -> Answer | None:
    """An answer in the place of the one that was made: the request has been carried out."""
    effect = _match(call, "after", params)
    return None if effect is None else _struck(call, effect)


def wire(call: Call, params: Params) -> None:
    """Tell the face what happens to the answer on its way."""
    effect = _match(call, "wire", params)
    if effect is not None:
        _late(call, effect)
        call.environ[WIRE] = effect


def reading(call: Call, params: Params, carry_out: Callable[[], Answer]) -> Answer:
    """Carry a request out; what it shows may be old, or not all there is."""
    effect = _match(call, "read", params) if call.environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
    if effect is None:
        return carry_out()
    _late(call, effect)
    if effect.endless:  # whatever page is asked for, it is the first
        call.query.pop("marker", None)
        call.query_pairs = [pair for pair in call.query_pairs if pair[0] != "marker"]
    if effect.stale:
        answer = _in_the_past(call, effect.stale, carry_out)
    elif effect.hide:
        answer = _without_what_is_new(call, effect.hide, carry_out)
    else:
        answer = carry_out()
    return _thinned(call, effect, answer)


# --- whom a rule means


def _match(call: Call, phase: str, params: Params) -> Effect | None:
    if call.endpoint is None:
        return None
    rule = match_rule(
        call.cloud,
        phase=phase,
        on=call.endpoint.operation,
        project=call.context.project_name,
        project_id=call.context.project_id,
        user=call.context.user_name,
        method=call.environ["REQUEST_METHOD"],
        path=call.path,
        service=call.service.name,
        version=str(call.version),
        body=call.body,
        params=params,
        environ=call.environ,
        more=partial(_named, call, params),
    )
    if rule is None:
        return None
    call.rules.append(rule.name)
    return rule.effect


# What a request may name in its body: where it stands, whose record that is, what the fact is called.
_NAMES: tuple[tuple[str, type[Record] | None, str], ...] = (
    ("flavorRef", Flavor, "flavor"),
    ("imageRef", Image, "image"),
    ("image_id", Image, "image"),
    ("network_id", Network, "network"),
    ("floating_network_id", Network, "network"),
    ("volumeId", Volume, "volume"),
    ("volume_id", Volume, "volume"),
    ("source_volid", Volume, "volume"),
    ("volume_uuid", Volume, "volume"),
    ("snapshot_id", Snapshot, "snapshot"),
    ("port_id", Port, "port"),
    ("instance_uuid", Server, "server"),
    ("device_id", Server, "server"),
    ("availability_zone", None, "zone"),
    ("volume_type", VolumeType, "volume_type"),
    ("host", None, "host"),
    ("binding:host_id", None, "host"),
)  # fmt: skip
# ... and in its address, where there is no finder for it.
_ADDRESSED: dict[str, tuple[type[Record], str]] = {
    "flavor_id": (Flavor, "flavor"),
    "image_id": (Image, "image"),
    "volume_id": (Volume, "volume"),
}


def _named(call: Call, params: Params) -> dict[str, Any]:
    """Facts about what the body names, and before those about what the address does: a server's host and flavor."""
    facts = dict(_asked(call))
    for name, value in params.items():
        finder = call.service.finders.get(name)
        kind, fact = _ADDRESSED.get(name, (None, name))
        try:
            record = finder(call, value) if finder else kind and call.cloud.store.find(kind, value)
        except FakeError:
            continue
        if record is not None:
            facts |= _about(call.cloud, fact, record)
    return facts


def _about(cloud: Cloud, fact: str, record: Any) -> dict[str, Any]:
    if isinstance(record, Server):
        return server_facts(cloud, record)
    if isinstance(record, Volume):
        return volume_facts(cloud, record)
    if isinstance(record, Snapshot):
        return snapshot_facts(cloud, record)
    name = getattr(record, "name", None)
    known = {fact: name, f"{fact}.id": getattr(record, "id", None), f"{fact}.name": name}
    if isinstance(record, Port):
        return {**known, **_of_port(cloud, record)}
    return known


def _of_port(cloud: Cloud, port: Port) -> dict[str, Any]:
    """Where it is plugged in, into what, on which network."""
    network, server = cloud.store.find(Network, port.network_id), cloud.store.find(Server, port.device_id)
    return {
        "host": port.host or None,
        "network": network.name if network else None,
        "server": server.name if server else None,
    }


def _asked(call: Call) -> Iterator[tuple[str, Any]]:
    """Names of what stands in the body by its id."""
    parts = call.body.values() if isinstance(call.body, dict) else ()
    for inner in (part for part in parts if isinstance(part, dict)):
        for key, kind, fact in _NAMES:
            word = inner.get(key)
            if isinstance(word, str) and word:
                record = call.cloud.store.find(kind, word) if kind is not None else None
                yield fact, getattr(record, "name", None) or word


# --- answers


def _struck(call: Call, effect: Effect) -> Answer | None:
    """The answer of a rule; None if it is only late."""
    _late(call, effect)
    if not effect.status:
        return None
    headers = dict(effect.headers)
    if effect.body in _PAGES:
        page = _PAGES[effect.body].format(status=effect.status)
        return Answer(effect.status, page, headers, _TYPES[effect.body])
    if effect.body:
        is_page = effect.body.lstrip().startswith("<")
        return Answer(effect.status, effect.body, headers, "text/html" if is_page else "text/plain; charset=UTF-8")
    reason = effect.message or _REASONS.get(effect.status, "Injected by a fault rule.")
    raise Injected(effect.status, reason, headers)


def _late(call: Call, effect: Effect) -> None:
    """The face waits, unless the cloud's time can go on at once."""
    if not effect.delay:
        return
    call.environ[DELAY] = call.environ.get(DELAY, 0) + effect.delay
    if call.cloud.clock.virtual and WAITS not in call.environ:
        call.cloud.clock.advance(effect.delay)


def _in_the_past(call: Call, age: int, carry_out: Callable[[], Answer]) -> Answer:
    """The same request to the cloud as it was."""
    today = call.cloud
    call.cloud = today.as_it_was(today.now - age)
    try:
        return carry_out()
    finally:
        call.cloud = today


def _without_what_is_new(call: Call, age: int, carry_out: Callable[[], Answer]) -> Answer:
    """What was not there is not there yet: a 404, or a list without it."""
    try:
        old = _in_the_past(call, age, carry_out)
    except FakeError as error:
        if error.status == 404:
            raise
        old = None
    answer = carry_out()
    if old is not None and isinstance(answer.body, dict) and isinstance(old.body, dict):
        for key, items in answer.body.items():
            if _is_collection(items):
                known = {item["id"] for item in old.body.get(key) or ()}
                answer.body[key] = [item for item in items if item["id"] in known]
    return answer


def _thinned(call: Call, effect: Effect, answer: Answer) -> Answer:
    """Without some fields, not all of a list, or with a next page for ever."""
    if not isinstance(answer.body, dict):
        return answer
    body = dict(answer.body)
    for key, inner in answer.body.items():
        if isinstance(inner, dict):
            body[key] = _without(inner, effect)
        elif _is_collection(inner):
            shown = [_without(item, effect) for item in inner]
            body[key] = shown if effect.cap is None else shown[: effect.cap]
            if effect.cap is not None:
                body.pop(f"{key}_links", None)
                body.pop("next", None)
            if effect.endless and shown:
                body |= _more(call, key, inner[len(shown) - 1]["id"])
    answer.body = body
    return answer


def _more(call: Call, key: str, marker: str) -> dict[str, Any]:
    """The link to a next page, as the service writes it."""
    query = urlencode({**dict(call.query_pairs), "marker": marker})
    if call.service.name == "image":
        return {"next": f"{call.path.removeprefix(call.service.mount)}?{query}"}
    return {f"{key}_links": [{"rel": "next", "href": f"{call.base}{call.path}?{query}"}]}


def _without(item: dict[str, Any], effect: Effect) -> dict[str, Any]:
    """Some fields are not there, others hold nothing."""
    if not effect.drop_fields and not effect.empty_fields:
        return item
    kept = {key: value for key, value in item.items() if key not in effect.drop_fields}
    return kept | {key: type(kept[key])() for key in effect.empty_fields if kept.get(key) is not None}


def _is_collection(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) and "id" in item for item in value)
