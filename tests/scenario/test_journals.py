"""Journals that are played again: every answer the same, or the first that is not."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import orjson
import pytest

from fakecompute import AutoClock, Cloud
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.records.identity import User
from fakecompute.domain.settings import Settings
from fakecompute.kernel.clock import EPOCH, SECOND, LeapingClock, ManualClock
from fakecompute.kernel.journal import Journal
from fakecompute.scenario.journals import (
    BadJournal,
    answered,
    compare,
    explained,
    header,
    is_journal,
    read,
    resume,
)
from fakecompute.scenario.load import load
from fakecompute.scenario.state import dump, load_state
from fakecompute.wsgi.client import Http

COMPUTE, IDENTITY, IMAGE, VOLUME = "/compute/v2.1", "/identity/v3", "/image/v2", "/volume/v3"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "calls.jsonl"


@pytest.fixture
def record(path):
    """Begins the journal of a cloud."""

    begun = []

    def begin(cloud: Cloud) -> None:
        cloud.journal = Journal(path.open("w"), **header(cloud, scenario="scenario"))
        begun.append(cloud.journal)

    yield begin
    for journal in begun:
        journal.close()


class Client(Http):
    """One that logs in by a call, as clients in other processes do."""

    def __init__(self, cloud, user="demo", password="secret", **more):
        super().__init__(cloud, user)
        self.log_in(password, **more)

    def log_in(self, password="secret", **more):
        user = {"name": self.user, "domain": {"id": "default"}, "password": password}
        scope = {"project": {"name": self.project, "domain": {"id": "default"}}}
        identity = {"methods": ["password"], "password": {"user": user}} | more
        answer = super().request(
            "POST", f"{IDENTITY}/auth/tokens", json={"auth": {"identity": identity, "scope": scope}},
            headers={"X-Auth-Token": None},
        )  # fmt: skip
        self.id = answer.headers.get("X-Subject-Token")
        return answer

    def request(self, method, path, *, headers=None, **more):
        return super().request(method, path, headers={"X-Auth-Token": self.id, **(headers or {})}, **more)


def assert_repeats(path: Path, calls: int | None = None) -> None:
    compared = compare(read(path))
    assert compared.difference is None, "\n".join(compared.difference.diff())
    assert calls is None or compared.calls == calls


def boot(http, name="web", **more):
    image = http.get(f"{IMAGE}/images").json["images"][0]["id"]
    server = {"name": name, "flavorRef": "2", "imageRef": image, "networks": "auto", **more}
    answer = http.post(f"{COMPUTE}/servers", json={"server": server}, version="2.37")
    assert answer.status_code == 202, answer.text
    return answer.json["server"]["id"]


# --- what repeats


def test_a_life_of_a_server_repeats(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    server = boot(http)
    for _ in range(5):
        cloud.advance(7.5)
        http.get(f"{COMPUTE}/servers/{server}")
    http.post(f"{COMPUTE}/servers/{server}/action", json={"os-stop": None})
    cloud.advance(60)
    http.get(f"{COMPUTE}/servers/detail", version="2.96")
    http.delete(f"{COMPUTE}/servers/{server}")
    cloud.advance(60)
    http.get(f"{COMPUTE}/servers/{server}")
    assert_repeats(path, calls=12)


def test_refusals_repeat(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    http.get(f"{COMPUTE}/servers/nope")
    http.post(f"{COMPUTE}/servers", json={"server": {}})
    http.post(f"{COMPUTE}/servers", content=b"{broken", headers={"Content-Type": "application/json"})
    http.post(f"{COMPUTE}/servers", content=b"text", headers={"Content-Type": "text/plain"})
    http.get(f"{COMPUTE}/flavors", version="2.999")
    http.get(f"{COMPUTE}/flavors", version="nonsense")
    http.get(f"{COMPUTE}/flavors", headers={"X-Auth-Token": "nonsense"})
    http.get(f"{COMPUTE}/flavors", headers={"X-Auth-Token": None})
    http.get("/network/v2.0/nowhere")
    http.request("PATCH", f"{COMPUTE}/flavors")
    assert_repeats(path, calls=11)


def test_who_gave_a_wrong_password_is_refused_again(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    assert http.log_in("wrong").status_code == 401
    assert_repeats(path)


def test_a_token_that_is_over_is_over_again(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    cloud.advance(cloud.settings.token_expiration + 1)
    assert http.get(f"{COMPUTE}/servers").status_code == 401
    http.log_in()
    assert http.get(f"{COMPUTE}/servers").status_code == 200
    assert_repeats(path)


def test_looking_at_and_ending_tokens_repeats(cloud, record, path):
    record(cloud)
    admin, demo = Client(cloud, "admin"), Client(cloud)
    subject = {"X-Subject-Token": demo.id}
    assert admin.get(f"{IDENTITY}/auth/tokens", headers=subject).status_code == 200
    assert admin.delete(f"{IDENTITY}/auth/tokens", headers=subject).status_code == 204
    assert demo.get(f"{COMPUTE}/servers").status_code == 401
    assert admin.get(f"{IDENTITY}/auth/tokens", headers={"X-Subject-Token": "x"}).status_code == 404
    assert_repeats(path)


def test_secrets_are_filled_in(cloud, record, path):
    record(cloud)
    admin, demo = Client(cloud, "admin"), Client(cloud)
    user = admin.get(f"{IDENTITY}/users?name=demo").json["users"][0]["id"]
    told = {"user": {"original_password": "secret", "password": "new"}}
    assert demo.post(f"{IDENTITY}/users/{user}/password", json=told).status_code == 204
    demo = Client(cloud, password="new")
    made = demo.post(
        f"{IDENTITY}/users/{user}/application_credentials", json={"application_credential": {"name": "robot"}}
    ).json["application_credential"]
    robot = {"methods": ["application_credential"], "application_credential": {"id": made["id"], "secret": made["secret"]}}
    answer = demo.post(f"{IDENTITY}/auth/tokens", json={"auth": {"identity": robot}}, headers={"X-Auth-Token": None})
    assert answer.status_code == 201, answer.text
    boot(demo, user_data=b64encode(b"#!/bin/sh").decode(), adminPass="hush")
    assert_repeats(path)
    assert b"hush" not in path.read_bytes() and b'"new"' not in path.read_bytes()


def test_a_volume_that_is_handed_over_is_handed_over_again(cloud, record, path):
    record(cloud)
    demo, other = Client(cloud), Client(cloud, "alt_demo")
    volume = demo.post(f"{VOLUME}/volumes", json={"volume": {"size": 1}}).json["volume"]["id"]
    cloud.advance(60)
    offer = demo.post(f"{VOLUME}/os-volume-transfer", json={"transfer": {"volume_id": volume}}).json["transfer"]
    told = {"accept": {"auth_key": offer["auth_key"]}}
    assert other.post(f"{VOLUME}/os-volume-transfer/{offer['id']}/accept", json=told).status_code == 202
    assert_repeats(path)


def test_addresses_in_answers_are_the_same(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    project = cloud.store.one(User, "name", ("default", "demo")).default_project_id
    http.get(f"{COMPUTE}/{project}/servers", headers={"Host": "cloud.example:8774"})
    http.get("/compute/v2/flavors", headers={"Host": "cloud.example:8774"})
    http.get("/compute/", headers={"Host": "cloud.example:8774"})
    assert_repeats(path)


def test_what_a_short_upload_held_is_in_the_journal(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    image = http.post(f"{IMAGE}/images", json={"name": "i", "disk_format": "raw", "container_format": "bare"}).json["id"]
    octets = {"Content-Type": "application/octet-stream"}
    assert http.put(f"{IMAGE}/images/{image}/file", content=b"\x00\xff" * 99, headers=octets).status_code == 204
    patch = [{"op": "replace", "path": "/name", "value": "j"}]
    kind = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    assert http.patch(f"{IMAGE}/images/{image}", content=orjson.dumps(patch), headers=kind).status_code == 200
    assert http.get(f"{IMAGE}/images/{image}").json["checksum"]
    assert_repeats(path)


def test_what_a_long_upload_held_is_told_to_be_missing(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    image = http.post(f"{IMAGE}/images", json={"name": "i", "disk_format": "raw", "container_format": "bare"}).json["id"]
    octets = {"Content-Type": "application/octet-stream"}
    http.put(f"{IMAGE}/images/{image}/file", content=b"x" * 100_000, headers=octets)
    compared = compare(read(path))
    assert compared.difference is None
    assert [note.split(": ")[1] for note in compared.notes] == [
        "100000 bytes are not in the journal, and zeros were sent"
    ]


def test_looks_are_counted_again(record, path):
    cloud = load({"timing": {"server.create.spawning": {"polls": 3}}}).cloud(clock=AutoClock())
    record(cloud)
    http = Client(cloud)
    server = boot(http)
    seen = [http.get(f"{COMPUTE}/servers/{server}").json["server"]["status"] for _ in range(12)]
    assert (seen[0], seen[-1]) == ("BUILD", "ACTIVE")
    assert_repeats(path)


def test_faults_strike_again(cloud, record, path):
    refuses = Rule(id="", name="a", on="compute.*", phase="before", times=2, effect=Effect(status=503, delay=SECOND))
    loses = Rule(id="", name="b", on="compute.create_server", phase="after", effect=Effect(status=504, body="empty"))
    old = Rule(id="", name="c", on="compute.list_servers*", phase="read", effect=Effect(stale=20 * SECOND))
    cloud.set_rules([refuses, loses, old])
    record(cloud)
    http = Client(cloud)
    http.get(f"{COMPUTE}/flavors")
    http.get(f"{COMPUTE}/flavors")
    http.post(f"{COMPUTE}/servers", json={"server": {"name": "a", "flavorRef": "1", "imageRef": "x", "networks": "none"}})
    for _ in range(4):
        cloud.advance(10)
        http.get(f"{COMPUTE}/servers/detail")
    assert_repeats(path)


@pytest.mark.parametrize("clock", [AutoClock(), LeapingClock(), ManualClock(EPOCH + 1)])
def test_every_clock_repeats(clock, record, path):
    """The times of the lines decide, not what the clock did in between."""
    cloud = Cloud(clock=clock)
    record(cloud)
    http = Client(cloud)
    server = boot(http)
    for _ in range(6):
        http.get(f"{COMPUTE}/servers/{server}")
    http.delete(f"{COMPUTE}/servers/{server}")
    for _ in range(3):
        http.get(f"{COMPUTE}/servers/{server}")
    assert_repeats(path, calls=13)


def test_clients_in_the_same_process_repeat_too(cloud, http, record, path):
    """They have tokens that they never asked for."""
    record(cloud)
    boot(http)
    http.as_("admin").get(f"{COMPUTE}/servers/detail?all_tenants=1")
    assert_repeats(path)


def test_a_journal_that_begins_later_repeats(cloud, record, path):
    http = Client(cloud)
    boot(http, "early")
    cloud.advance(3)
    record(cloud)
    boot(http, "late")
    cloud.advance(60)
    http.get(f"{COMPUTE}/servers/detail")
    assert_repeats(path, calls=3)


# --- what does not


def tampered(path: Path, change) -> None:
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    change(lines)
    path.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))


def test_the_first_difference_is_a_diff_of_both_answers(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    for _ in range(3):
        http.get(f"{COMPUTE}/flavors/1")
    tampered(path, lambda lines: lines[3]["answer"]["flavor"].update(name="m1.huge"))

    compared = compare(read(path))

    assert compared.calls == 3
    assert compared.difference.title == f"GET {COMPUTE}/flavors/1 by demo on demo"
    changed = [line for line in compared.difference.diff() if line.startswith(("+", "-"))]
    assert changed == ["--- recorded", "+++ replayed", '-      "name": "m1.huge",', '+      "name": "m1.tiny",']


def test_another_status_is_a_difference(cloud, record, path):
    record(cloud)
    Client(cloud).delete(f"{COMPUTE}/servers/x")
    tampered(path, lambda lines: lines[2].update(status=204))
    difference = compare(read(path)).difference
    assert (difference.then["status"], difference.now["status"]) == (204, 404)


def test_secrets_make_no_difference(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    boot(http, adminPass="hunter2")
    assert b"hunter2" not in path.read_bytes()
    assert_repeats(path)


# --- files


def test_no_secret_is_in_the_file(cloud, record, path):
    http = Client(cloud)
    record(cloud)
    http.get(f"{COMPUTE}/flavors")
    from base64 import b64decode

    state = load_state(b64decode(read(path).header["state"]))
    assert {user.password for user in state.store.all(User)} == {"***"}
    assert http.id.encode() not in path.read_bytes() + dump(state)


def test_the_header_tells_how_the_cloud_was_made(record, path):
    record(Cloud(seed=7, release="zed", timing="fast"))
    told = read(path).header
    assert (told["seed"], told["release"], told["clock"], told["calls"]) == (7, "2022.2", "ManualClock", 0)
    assert is_journal(path)


@pytest.mark.parametrize("text", ["", "seed: 7\n", "[]\n", '{"seed": 7}\n', "\x00"])
def test_what_is_no_journal_is_refused(path, text):
    path.write_text(text)
    assert not is_journal(path)
    with pytest.raises(BadJournal, match="no journal: its first line does not tell of a cloud"):
        read(path)


def test_a_journal_without_its_cloud_is_refused(path):
    path.write_text('{"fakecompute": "0.0.1", "scenario": "x", "seed": 1}\n')
    with pytest.raises(BadJournal, match=r"written by fakecompute 0\.0\.1, which did not keep its cloud"):
        compare(read(path))


def test_a_line_that_was_cut_off_is_left_out(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    http.get(f"{COMPUTE}/flavors")
    path.write_bytes(path.read_bytes()[:-20])
    assert_repeats(path, calls=1)


def test_a_broken_line_is_told_with_its_number(cloud, record, path):
    record(cloud)
    Client(cloud).get(f"{COMPUTE}/flavors")
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], lines[1][:40], lines[2], b""]))
    with pytest.raises(BadJournal, match="line 2: this is no JSON"):
        compare(read(path))


# --- after a crash


def lived(cloud: Cloud) -> Client:
    http = Client(cloud)
    boot(http, "one")
    cloud.advance(3)
    return http


def test_what_a_crash_has_lost_comes_back(cloud, record, path):
    record(cloud)
    http = lived(cloud)
    saved = dump(cloud)
    server = boot(http, "two")
    cloud.advance(4)
    http.get(f"{COMPUTE}/servers/{server}")

    loaded = load_state(saved)
    resumed = resume(loaded, read(path))

    assert (resumed.calls, resumed.difference, resumed.notes) == (3, None, [])
    assert loaded.digest() == cloud.digest()
    assert answered(loaded) == answered(cloud)
    assert loaded.streams.counts() == cloud.streams.counts()
    for twin in cloud, loaded:
        twin.advance(100)
    assert loaded.digest() == cloud.digest()


def test_a_new_cloud_of_the_same_options_will_do(cloud, record, path):
    record(cloud)
    lived(cloud)
    fresh = Cloud()
    resume(fresh, read(path))
    fresh.advance(3)
    assert fresh.digest() == cloud.digest()
    assert Client(fresh).get(f"{COMPUTE}/servers").status_code == 200


def test_nothing_is_done_twice(cloud, record, path):
    record(cloud)
    lived(cloud)
    loaded = load_state(dump(cloud))
    assert resume(loaded, read(path)).calls == 0
    assert loaded.digest() == cloud.digest()


def test_its_clock_goes_on(record, path):
    cloud = Cloud(clock=AutoClock())
    record(cloud)
    lived(cloud)
    fresh = Cloud(clock=AutoClock())
    resume(fresh, read(path))
    assert (type(fresh.clock), fresh.clock.now()) == (AutoClock, fresh.now)
    assert fresh.journal is None


def test_a_password_that_cannot_come_back_is_told(cloud, record, path):
    record(cloud)
    Client(cloud, "admin").post(f"{IDENTITY}/users", json={"user": {"name": "new", "password": "hush"}})
    resumed = resume(Cloud(), read(path))
    assert resumed.notes[0].endswith("the password is not in the journal, and is *** now")


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (lambda: Cloud(seed=1), "is of another cloud: seed 0, begun 2026-01-01T00:00:00Z, not seed 1"),
        (lambda: Cloud(clock=ManualClock(EPOCH + SECOND)), "is of another cloud"),
        (lambda: Cloud("two-zones"), "made in another way"),
    ],
)
def test_a_journal_of_another_cloud_is_refused(cloud, record, path, other, said):
    record(cloud)
    lived(cloud)
    with pytest.raises(BadJournal, match=said):
        resume(other(), read(path))


def test_a_gap_between_state_and_journal_is_refused(cloud, record, path):
    cloud.journal = Journal()
    lived(cloud)
    record(cloud)
    with pytest.raises(BadJournal, match="begins 3 calls after where this cloud stands"):
        resume(Cloud(), read(path))


def test_settings_of_a_cloud_are_in_its_journal(record, path):
    cloud = Cloud(settings=Settings(max_limit=1))
    record(cloud)
    Client(cloud).get(f"{COMPUTE}/flavors")
    assert_repeats(path)


# --- what is no call


def test_what_the_control_api_did_is_in_the_journal(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    server = boot(http)
    with explained(cloud, "POST /faults"):
        cloud.set_rules([Rule(id="", name="a", on="compute.show_server", phase="before", effect=Effect(status=503))])
    assert http.get(f"{COMPUTE}/servers/{server}").status_code == 503
    with explained(cloud, "POST /clock/advance"):
        cloud.advance(60)
    http.get(f"{COMPUTE}/servers/detail")
    assert_repeats(path, calls=5)


def test_a_cloud_that_became_another_repeats(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    before = cloud.fork()
    boot(http)
    cloud.advance(10)
    with explained(cloud, "POST /snapshots/x/restore"):
        cloud.become(before)
    boot(http, "again")
    http.get(f"{COMPUTE}/servers")
    numbers = [line["number"] for line in read(path).lines() if "control" not in line]
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert_repeats(path, calls=6)


def test_a_crash_after_it_loses_nothing(cloud, record, path):
    record(cloud)
    http = Client(cloud)
    saved = dump(cloud)
    with explained(cloud, "POST /scenario/reset"):
        cloud.become(Cloud(seed=5))
    http.log_in()
    boot(http)
    for start in saved, dump(Cloud()), dump(cloud):
        loaded = load_state(start)
        resume(loaded, read(path))
        assert loaded.digest() == cloud.digest()
        assert loaded.streams.seed == 5


def test_what_changed_nothing_is_no_line(cloud, record, path):
    record(cloud)
    with explained(cloud, "PUT /recording"):
        pass
    assert list(read(path).lines()) == []
