"""Random scenarios, each right: faults of all phases, events of all kinds, timings, and clients with all their verbs.

They are of the default cloud.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from fakecompute.scenario.names import countable_steps, facts_of_steps, steps

Some = st.SearchStrategy[Any]

SERVERS = st.sampled_from(("web*", "web-1", "*", "nothing"))
VOLUMES = st.sampled_from(("disk*", "*", "nothing"))
TIMES = st.sampled_from(("0s", "500ms", "3s", "20s", "90s", "5m"))
SHORT = st.sampled_from(("1s", "5s", "30s"))
FLAVORS = st.sampled_from(("m1.tiny", "m1.nano", "m1.small", "m1.tiny", "gone"))
IMAGE = "cirros*"
HOSTS = st.sampled_from(("compute-1", "compute-2", "compute-*"))
BACKENDS = st.sampled_from(("storage@lvm-1", "storage@*"))


def maybe(**fields: Some) -> dict[str, Some]:
    return fields


def told(needed: dict[str, Some], **optional: Some) -> Some:
    return st.fixed_dictionaries(needed, optional=optional)


# --- timing

DURATIONS = st.one_of(
    TIMES,
    st.builds(lambda low, more: {"uniform": [low, low + more]}, st.integers(0, 5), st.integers(0, 30)),
    st.builds(lambda p50, more: {"lognormal": {"p50": p50, "p99": p50 + more}}, st.integers(1, 9), st.integers(0, 90)),
    st.builds(lambda mean: {"exponential": mean}, st.integers(1, 30)),
)
LOOKS = st.builds(lambda looks: {"polls": looks}, st.integers(1, 4))


@st.composite
def timing(draw: st.DrawFn) -> tuple[str, Any]:
    places = [*sorted(countable_steps()), "server.create.*", "server.*", "volume.*", "*"]
    step = draw(st.sampled_from(places))
    duration = st.one_of(DURATIONS, LOOKS)
    if "flavor" in facts_of_steps(step):
        by_flavor = st.dictionaries(st.sampled_from(("m1.nano", "m1.*", "*")), duration, min_size=1)
        by_host = st.dictionaries(st.sampled_from(("compute-1", "compute-*", "*")), duration, min_size=1)
        by = st.one_of(by_flavor.map(lambda cases: {"flavor": cases}), by_host.map(lambda cases: {"host": cases}))
        duration = st.one_of(duration, duration, by)
    return step, draw(duration)


# --- faults

HITS = told(
    {},
    nth=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    skip=st.integers(0, 2),
    times=st.integers(1, 3),
    every=st.integers(1, 3),
    between=st.sampled_from((["0s", "60s"], ["10s", "10m"])),
    probability=st.floats(0, 1, width=16),
)
CALLS = st.sampled_from(
    (
        "compute.*", "compute.create_server", "compute.show_server", "compute.list_servers*", "compute.delete_server",
        "volume.*", "volume.create_volume", "volume.list_volumes*", "network.*", "network.list_*",
        "network.create_port",
        "image.*", "image.list_images", "identity.create_token", "identity.*", "*.list_*", "*.show_*", "*.delete_*",
    )
)  # fmt: skip
STATUSES = st.sampled_from((400, 401, 403, 404, 409, 413, 429, 500, 502, 503, 504))
ANSWERS = told(
    {"status": STATUSES},
    body=st.sampled_from(("proxy-html", "plain", "empty", "{}", "<p>no</p>", "[]", "null")),
    message=st.just("chaos"),
    headers=st.just({"Retry-After": "3"}),
    delay=TIMES,
)
WIRE = st.one_of(
    st.sampled_from(({"reset": True}, {"close": True}, {"corrupt": True}, {"dribble": 50}, {"delay": "2s"})),
    st.integers(0, 300).map(lambda size: {"truncate": size}),
)
FIELDS = st.sampled_from(
    ("status", "name", "id", "addresses", "fault", "links", "created", "created_at", "hostId", "attachments",
     "fixed_ips", "zoneName", "zoneState", "metadata", "flavor")
)  # fmt: skip
READ = told(
    {},
    stale=SHORT,
    hide=SHORT,
    drop_fields=st.lists(FIELDS, min_size=1, max_size=3),
    empty_fields=st.lists(FIELDS, min_size=1, max_size=3),
    cap=st.integers(0, 3),
    endless=st.just(True),
    delay=SHORT,
).filter(bool)
STEP = st.one_of(
    st.sampled_from(({"fail": "chaos"}, {"hang": True}, {"fail": "chaos", "delay": "9s"})),
    told({"slow": st.sampled_from((0, 0.5, 3, 20))}, delay=TIMES),
)
WHERE_CALL = st.sampled_from(
    (
        {}, {"project": "demo"}, {"user": "d*"}, {"server.name": "web*"}, {"server": "web-1"}, {"flavor": "m1.*"},
        {"host": "compute-1"}, {"image": IMAGE}, {"volume": "disk*"}, {"method": "GET"}, {"network": "priv*"},
        {"header.User-Agent": "fake*"}, {"version": "2.*"}, {"zone": "nova"},
    )
)  # fmt: skip


@st.composite
def fault(draw: st.DrawFn, name: str) -> dict[str, Any]:
    kind = draw(st.sampled_from(("before", "after", "wire", "read", "step", "step")))
    said: dict[str, Any] = {"name": name}
    if kind == "step":
        places = [*steps(), "server.create.*", "server.*", "volume.*"]
        said |= {"on": draw(st.sampled_from(places)), "effect": draw(STEP)}
        if draw(st.booleans()) and "host" in facts_of_steps(said["on"]):
            said["where"] = {"host": draw(st.sampled_from(("compute-1", "storage@lvm-1#*")))}
    else:
        effect = {"before": ANSWERS, "after": ANSWERS, "wire": WIRE, "read": READ}[kind]
        said |= {"phase": kind, "on": draw(CALLS), "effect": draw(effect), "where": draw(WHERE_CALL)}
    if draw(st.booleans()):
        said["hits"] = draw(HITS)
    return said


# --- events

EVENTS: dict[str, Some] = {
    "host_down": HOSTS, "host_up": HOSTS, "host_disabled": HOSTS, "host_enabled": HOSTS,
    "backend_down": BACKENDS, "backend_up": BACKENDS,
    "zone_down": st.just("nova"), "zone_up": st.just("nova"),
    "cell_down": st.just("cell1"), "cell_up": st.just("cell1"),
    "message_queue_down": st.just(True), "message_queue_up": st.just(True),
    "endpoint_down": st.sampled_from(("compute", "volume", "identity")),
    "endpoint_up": st.sampled_from(("compute", "volume", "identity")),
    "endpoint_unlisted": st.sampled_from(("volume", "compute")),
    "endpoint_listed": st.sampled_from(("volume", "compute")),
    "agent_down": HOSTS, "agent_up": HOSTS,
    "set_quota": told(
        {"project": st.just("demo"), "instances": st.integers(-1, 3)},
        volumes=st.integers(-1, 3), port=st.integers(-1, 3),
    ),
    "set_capacity": told({"host": HOSTS}, vcpus=st.integers(1, 8), ram=st.integers(512, 9000), disk=st.integers(1, 50)),
    "set_settings": st.sampled_from(({"token_expiration": 30}, {"resize_confirm_window": 20}, {"max_limit": 1})),
    "server_made": told({"server": st.just("web-other")}, flavor=st.sampled_from(("m1.tiny", "m1.nano"))),
    "server_crashed": SERVERS, "server_deleted": SERVERS, "server_failed": SERVERS, "server_locked": SERVERS,
    "server_unlocked": SERVERS, "server_live_migrated": SERVERS,
    "volume_reset": told({"volume": VOLUMES}, status=st.sampled_from(("available", "error", "in-use", "deleting"))),
    "server_changed": told({"server": SERVERS}, name=st.just("web-1"), metadata=st.just({"a": "b"})),
    "flavor_gone": st.sampled_from(("m1.small", "m1.nano")),
}  # fmt: skip


@st.composite
def event(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(EVENTS)))
    return {"at": draw(TIMES), kind: draw(EVENTS[kind])}


# --- clients

THINGS = st.sampled_from(
    (
        {"servers": "web*"}, {"servers": "*"}, {"volumes": "disk*"}, {"ports": "*"}, {"images": "mine*"},
        {"snapshots": "*"}, {"backups": "*"}, {"security_groups": "mine*"}, {"networks": "mine*"}, {"keypairs": "mine"},
        {"floatingips": "*"}, {"routers": "mine"}, {"subnets": "*"}, {"server_groups": "*"}, {"flavors": "m1.t*"},
        {"zones": "nova"},
    )
)  # fmt: skip
EXPECT = maybe(
    expect=st.lists(st.sampled_from((200, 202, 400, 403, 404, 409, 503, "timeout", "reset")), min_size=1),
    retry=told(
        {"on": st.just([500, 503, "reset", "timeout"]), "times": st.integers(1, 2)},
        every=SHORT, backoff=st.sampled_from((1, 2)), honour=st.booleans(), look_first=st.booleans(),
    ),
)  # fmt: skip
CREATED = st.sampled_from(
    (
        {"kind": "volumes", "body": {"name": "disk-1", "size": 1}},
        {"kind": "volumes", "body": {"name": "disk-2", "size": 2, "volume_type": "multiattach"}},
        {"kind": "volumes", "body": {"name": "disk-3", "size": 1, "imageRef": "{images:cirros*}"}},
        {"kind": "snapshots", "body": {"name": "now", "volume_id": "{volumes:disk*}", "force": True}},
        {"kind": "backups", "body": {"name": "safe", "volume_id": "{volumes:disk*}", "force": True}},
        {"kind": "images", "body": {"name": "mine", "disk_format": "raw", "container_format": "bare"}},
        {"kind": "networks", "body": {"name": "mine"}},
        {"kind": "subnets", "body": {"network_id": "{networks:mine}", "cidr": "10.9.0.0/29", "ip_version": 4}},
        {"kind": "ports", "body": {"name": "mine", "network_id": "{networks:private}"}},
        {"kind": "routers", "body": {"name": "mine"}},
        {"kind": "security_groups", "body": {"name": "mine"}},
        {"kind": "floatingips", "body": {"floating_network_id": "{networks:public}"}},
        {"kind": "floatingips", "body": {"floating_network_id": "{networks:public}", "port_id": "{ports:*}"}},
        {"kind": "server_groups", "body": {"name": "mine", "policies": ["anti-affinity"]}},
        {"kind": "keypairs", "body": {"name": "mine"}},
    )
)  # fmt: skip
ACTIONS = st.sampled_from(
    (
        {"action": "os-stop"}, {"action": "os-start"}, {"action": "reboot", "body": {"type": "HARD"}},
        {"action": "pause"}, {"action": "unpause"}, {"action": "suspend"}, {"action": "resume"},
        {"action": "resize", "body": {"flavorRef": "{flavors:m1.tiny}"}}, {"action": "confirmResize"},
        {"action": "revertResize"}, {"action": "rebuild", "body": {"imageRef": "{images:cirros*}"}},
        {"action": "rescue"}, {"action": "unrescue"}, {"action": "shelve"}, {"action": "unshelve"},
        {"action": "createImage", "body": {"name": "mine"}}, {"action": "lock"}, {"action": "unlock"},
        {"action": "os-migrateLive", "body": {"host": None, "block_migration": False}, "version": "2.1"},
        {"action": "nonsense", "body": {"a": 1}},
    )
)  # fmt: skip
REQUESTS = st.sampled_from(
    (
        {"path": "/compute/v2.1/limits"}, {"path": "/volume/v3/limits"}, {"path": "/compute/v2.1/servers/nowhere"},
        {"path": "/compute/v2.1/servers", "query": {"limit": "1"}}, {"path": "/nowhere/at/all"},
        {"path": "/compute/v2.1/os-hypervisors"}, {"path": "/volume/v3/scheduler-stats/get_pools"},
        {"method": "POST", "path": "/compute/v2.1/servers", "body": {"server": {}}},
        {"method": "POST", "path": "/compute/v2.1/servers", "body": [1, 2]},
        {"method": "PUT", "path": "/network/v2.0/ports/{ports:*}", "body": {"port": {"admin_state_up": False}}},
        {"method": "DELETE", "path": "/network/v2.0/networks/{networks:private}"},
        {"path": "/compute/v2.1/servers/detail", "version": "9.99"},
    )
)  # fmt: skip


def _with(things: dict[str, str], more: dict[str, Any]) -> dict[str, Any]:
    return {**things, **more}


def about(**more: Some) -> Some:
    return st.builds(_with, THINGS, told({}, **more))


CONDITION = st.builds(_with, THINGS, told({}, status=st.sampled_from(("ACTIVE", "ERROR")), count=st.integers(1, 2)))
WAIT = st.builds(
    _with,
    st.sampled_from(({"servers": "web*"}, {"volumes": "disk*"}, {"servers": "nothing"}, {"ports": "mine"})),
    told(
        {"status": st.sampled_from(("ACTIVE", "ACTIVE|ERROR", "available", "DELETED"))},
        within=st.sampled_from(("10s", "1m", "2m")), every=st.sampled_from(("5s", "20s")),
        stop_on=st.just(["ERROR"]), count=st.integers(0, 2), by_id=st.booleans(),
    ),
)  # fmt: skip
BOOT = told(
    {"name": st.sampled_from(("web", "web-1")), "flavor": FLAVORS},
    image=st.just(IMAGE), network=st.just("private"), count=st.integers(1, 3), zone=st.sampled_from(("nova", "moon")),
    group=st.just("mine"), port=st.just("mine"), volume=told({"size": st.just(1)}, keep=st.booleans()),
    body=st.just({"metadata": {"a": "b"}}), **EXPECT,
)  # fmt: skip
PAIR = told({"server": SERVERS, "volume": VOLUMES}, **EXPECT)
SIMPLE: dict[str, Some] = {
    "boot": BOOT,
    "create": st.builds(_with, CREATED, told({}, **EXPECT)),
    "wait": WAIT,
    "act": st.builds(_with, ACTIONS, st.sampled_from(({"servers": "web*"}, {"servers": "*"}))),
    "update": about(**EXPECT).map(lambda said: {**said, "body": {"name": "web-renamed"}}),
    "delete": about(only_known=st.booleans(), older=SHORT, every=SHORT, **EXPECT),
    "show": about(**EXPECT),
    "list": about(limit=st.integers(1, 2), pages=st.integers(1, 3), again=st.integers(1, 2), **EXPECT),
    "pick": about().map(lambda said: {**said, "as": "it"}),
    "attach": PAIR,
    "detach": PAIR,
    "call": st.builds(_with, REQUESTS, told({}, **EXPECT)),
    "reach": told({"server": SERVERS}, within=SHORT),
    "advance": TIMES,
    "log_in": st.just({}),
    "give_up": st.just(True),
}
VERBS = [*SIMPLE, "boot", "boot", "create", "create", "wait", "wait", "act", "act", "attach", "advance"]


@st.composite
def step(draw: st.DrawFn, depth: int = 0) -> dict[str, Any]:
    verb = draw(st.sampled_from([*VERBS, "repeat"] if depth == 0 else VERBS))
    if verb == "repeat":
        inner = st.lists(step(depth=1), min_size=1, max_size=2)
        rounds = told({"times": st.integers(1, 3), "steps": inner}, every=SHORT, until=CONDITION)
        said: dict[str, Any] = {verb: draw(rounds)}
    else:
        said = {verb: draw(SIMPLE[verb])}
    if draw(st.sampled_from((True, True, True, True, False))):
        said["may_fail"] = True
    if draw(st.sampled_from((False, False, False, False, True))):
        said[draw(st.sampled_from(("when", "unless")))] = draw(CONDITION)
    return said


CLIENT = told(
    {},
    user=st.sampled_from(("demo", "admin")),
    timeout=st.sampled_from(("10s", "60s")),
    logins=st.integers(0, 2),
    retry=told({"on": st.just([500, 503, 429, "reset", "truncated"]), "times": st.integers(1, 2)}, every=SHORT),
    versions=st.just({"compute": "2.79", "volume": "3.60"}),
    negotiates=st.booleans(),
    watches_expiry=st.booleans(),
    lists=st.sampled_from(("all_pages", "first_page", "blindly")),
)
TINY = {"flavor": "m1.tiny", "image": IMAGE}
BEGINNINGS: tuple[list[dict[str, Any]], ...] = (
    [
        {"boot": {"name": "web", "count": 2, **TINY, "network": "private"}, "may_fail": True},
        {"create": {"kind": "volumes", "body": {"name": "disk-1", "size": 1}}, "may_fail": True},
        {"wait": {"servers": "web*", "status": "ACTIVE", "within": "2m"}, "may_fail": True},
    ],
    [
        {"create": {"kind": "volumes", "body": {"name": "disk-1", "size": 1}}, "may_fail": True},
        {"boot": {"name": "web", **TINY, "volume": {"size": 1}}, "may_fail": True},
        {"wait": {"servers": "web*", "status": "ACTIVE", "within": "2m"}, "may_fail": True},
        {"attach": {"server": "web*", "volume": "disk-1"}, "may_fail": True},
    ],
    [],
)
STEPS = st.builds(
    lambda beginning, steps: beginning + steps, st.sampled_from(BEGINNINGS), st.lists(step(), min_size=3, max_size=9)
)
WORKLOAD = told(
    {"steps": STEPS},
    client=CLIENT,
    also=st.lists(told({"at": TIMES, "steps": st.lists(step(), min_size=1, max_size=3)}, client=CLIENT), max_size=1),
)
EXPECTED = st.just(
    {"no_leaks": True, "no_orphans": True, "no_strangers": True, "max_request_rate": "5/s", "max_logins": 2,
     "every_fault_hit": True, "within": "10m", "status": {"web*": "ACTIVE"}, "count": {"web*": 2}, "apart": ["web*"]}
)  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """What a scenario file would hold; `load` accepts it, and `cloud` and `replay` can play it.

        @given(scenario=scenarios())
        def test_my_report_can_show_any_run(scenario):
            assert as_html(replay(load(scenario)))
    """
    return {
        "seed": draw(st.integers(0, 3)),
        "timing": dict(draw(st.lists(timing(), max_size=3))),
        "faults": [draw(fault(f"rule {number}")) for number in range(draw(st.integers(0, 4)))],
        "events": draw(st.lists(event(), max_size=4)),
        "workload": draw(WORKLOAD),
        "expect": draw(EXPECTED),
    }


def workloads() -> st.SearchStrategy[dict[str, Any]]:
    """What stands under `workload` in a scenario: what clients ask for, right and wrong.

        @given(workload=workloads())
        def test_the_release_of_ones_users_answers_them_all(workload):
            assert replay(load({"release": "zed", "workload": workload})).outcomes
    """
    return WORKLOAD
