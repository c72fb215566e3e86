"""What the steps of a workload do: one function a verb."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from fakecompute.kernel.clock import SECOND, microseconds
from fakecompute.scenario.answers import id_of, made_at, plural_of, status_in
from fakecompute.scenario.client import Failed, GaveUp, MarkerGone, Player, Verb
from fakecompute.scenario.workload import NOUNS

POLL = 5.0  # seconds between two looks, unless a step says otherwise
WITHIN = 600.0  # seconds that a wait may last


def _boot(player: Player, told: Mapping[str, Any]) -> str:
    flavor = player.one("flavors", told["flavor"])
    networks: Any = [{"uuid": player.one("networks", told["network"])}] if "network" in told else "auto"
    if "port" in told:
        networks = [{"port": player.one("ports", told["port"])}]
    image = player.one("images", told["image"]) if "image" in told else ""
    for number in range(1, told.get("count", 1) + 1):
        name = told["name"] if told.get("count", 1) == 1 else f"{told['name']}-{number}"
        server: dict[str, Any] = {"name": name, "flavorRef": flavor, "networks": networks, "imageRef": image}
        if "volume" in told:
            disk = told["volume"]
            server["block_device_mapping_v2"] = [
                {
                    "boot_index": 0, "uuid": image, "source_type": "image", "destination_type": "volume",
                    "volume_size": disk["size"], "delete_on_termination": not disk.get("keep", False),
                }
            ]  # fmt: skip
            del server["imageRef"]
        if "zone" in told:
            server["availability_zone"] = told["zone"]
        body: dict[str, Any] = {"server": {**server, **player.filled(told.get("body") or {})}}
        if "group" in told:
            body["os:scheduler_hints"] = {"group": player.one("server_groups", told["group"])}

        def is_there(name: str = name) -> bool:
            return bool(player.find("servers", name))

        version = dict(player.workload.client.versions).get("compute", "2.37")
        met = player.call("POST", NOUNS["servers"].path, told, is_there, json=body, version=version)
        player.remember("servers", met, name)
    return f"asked for {told.get('count', 1)} x {told['name']}"


def _create(player: Player, told: Mapping[str, Any]) -> str:
    noun, body = NOUNS[told["kind"]], player.filled(told["body"])
    name = body.get("name")

    def is_there() -> bool:
        return bool(name and player.find(told["kind"], name))

    sent = body if told["kind"] == "images" else {noun.singular: body}
    met = player.call("POST", noun.path, told, is_there, json=sent)
    player.remember(told["kind"], met)
    return f"made a {noun.singular}"


def _wait(player: Player, told: Mapping[str, Any]) -> str:
    """Look again and again, until all that fit have the status."""
    plural, status = plural_of(told), told["status"]
    noun, every = NOUNS[plural], told.get("every", POLL)
    end = player.cloud.now + microseconds(told.get("within", WITHIN))
    while True:
        found = (player.look_up if told.get("by_id") else player.find)(plural, told[plural])
        states = [status_in(one, noun) for one in found]
        if status == "DELETED":
            if not found:
                return f"{plural} {told[plural]} are gone"
        elif found and all(state in status.split("|") for state in states) and len(found) >= told.get("count", 1):
            return f"{len(found)} {plural} are {status}"
        for one, state in zip(found, states, strict=True):
            if state in told.get("stop_on", ()):
                raise Failed(f"{noun.singular} {one.get('name') or one.get('id')} is {state}, not {status}")
        if player.cloud.now + microseconds(every) > end:
            now = ", ".join(sorted(set(states))) or "none"
            raise Failed(f"{plural} {told[plural]} are {now}, not {status}: too late")
        player.sleep(every)


def _act(player: Player, told: Mapping[str, Any]) -> str:
    plural = plural_of(told)
    found = player.find(plural, told[plural])
    for one in found:
        path = f"{NOUNS[plural].path}/{id_of(one)}/action"
        body = {told["action"]: player.filled(told.get("body"))}
        player.call("POST", path, told, json=body, version=told.get("version", ""))
    return f"{told['action']} on {len(found)} {plural}"


def _update(player: Player, told: Mapping[str, Any]) -> str:
    plural = plural_of(told)
    noun, found = NOUNS[plural], player.find(plural, told[plural])
    for one in found:
        player.call("PUT", f"{noun.path}/{id_of(one)}", told, json={noun.singular: player.filled(told["body"])})
    return f"changed {len(found)} {plural}"


def _delete(player: Player, told: Mapping[str, Any]) -> str:
    """What is found by name; with `only_known` just what it was told that it has made."""
    plural = plural_of(told)
    noun, found = NOUNS[plural], player.find(plural, told[plural])
    if told.get("only_known"):
        found = [one for one in found if id_of(one) in player.known.get(plural, ())]
    if "older" in told:
        latest = player.cloud.now - microseconds(told["older"])
        found = [one for one in found if (made := made_at(one)) is not None and made <= latest]
    for one in player.one_by_one(found, told):
        player.call("DELETE", f"{noun.path}/{id_of(one)}", told)
    return f"deleted {len(found)} {plural}"


def _show(player: Player, told: Mapping[str, Any]) -> str:
    plural = plural_of(told)
    found = player.find(plural, told[plural])
    for one in player.one_by_one(found, told):
        player.call("GET", f"{NOUNS[plural].path}/{id_of(one)}", told)
    return f"looked at {len(found)} {plural}"


def _pick(player: Player, told: Mapping[str, Any]) -> str:
    """Remember which one it is: the cloud may change, what the client knows does not."""
    plural = plural_of(told)
    player.picked[told["as"]] = player.one(plural, told[plural], told.get("status"))
    return f"{told['as']} is {player.picked[told['as']]}"


def _list(player: Player, told: Mapping[str, Any]) -> str:
    """Page after page, as long as there is a next one; `again` from the beginning if its place in it is lost."""
    plural = plural_of(told)
    params = {"limit": str(told["limit"])} if "limit" in told else None
    asked = {**told, "expect": (200, 400)} if "again" in told else told
    for _ in range(told.get("again", 0) + 1):
        with suppress(MarkerGone):
            return f"{sum(map(len, player.pages(plural, NOUNS[plural].path, asked, params)))} {plural}"
    raise Failed(f"the list of {plural} changes too quickly")


def _attach(player: Player, told: Mapping[str, Any]) -> str:
    server, volume = player.one("servers", told["server"]), player.one("volumes", told["volume"])
    path = f"{NOUNS['servers'].path}/{server}/os-volume_attachments"
    player.call("POST", path, told, json={"volumeAttachment": {"volumeId": volume}})
    return f"attaching {told['volume']} to {told['server']}"


def _detach(player: Player, told: Mapping[str, Any]) -> str:
    server, volume = player.one("servers", told["server"]), player.one("volumes", told["volume"])
    player.call("DELETE", f"{NOUNS['servers'].path}/{server}/os-volume_attachments/{volume}", told)
    return f"detaching {told['volume']} from {told['server']}"


def _call(player: Player, told: Mapping[str, Any]) -> str:
    """Any request."""
    method, path, query = told.get("method", "GET"), player.filled(told["path"]), player.filled(told.get("query"))
    body, version = player.filled(told.get("body")), told.get("version", "")
    met = player.call(method, path, told, json=body, params=query, version=version)
    return f"{method} {path}: {met.status}"


def _reach(player: Player, told: Mapping[str, Any]) -> str:
    """Connect to the first address of a server; who has patience waits until it has one."""
    end = player.cloud.now + microseconds(told.get("within", 0))
    every = microseconds(told.get("every", POLL))
    while True:
        for one in player.find("servers", told["server"]):
            networks = one.get("addresses") or {}
            if addresses := [address["addr"] for network in networks.values() for address in network]:
                return f"{one.get('name') or told['server']} is at {addresses[0]}"
        if player.cloud.now + every > end:
            raise Failed(f"server {told['server']} has no address")
        player.sleep(every / SECOND)


def _advance(player: Player, told: Mapping[str, Any]) -> str:
    player.sleep(told["value"])
    return f"{told['value']:g} s passed"


def _log_in(player: Player, told: Mapping[str, Any]) -> str:
    player.log_in()
    return f"a new token for {player.workload.client.user}"


def _give_up(player: Player, told: Mapping[str, Any]) -> str:
    raise GaveUp("the client is gone")


# fmt: off
VERBS: dict[str, Verb] = {
    "boot": _boot, "create": _create, "wait": _wait, "act": _act, "update": _update, "delete": _delete,
    "show": _show, "pick": _pick, "list": _list, "attach": _attach, "detach": _detach, "call": _call,
    "reach": _reach, "advance": _advance, "log_in": _log_in, "give_up": _give_up,
}
# fmt: on
