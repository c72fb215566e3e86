"""`fakecompute serve --state FILE`, and what comes back of it."""

import os
import signal
import time

import orjson
import pytest

from fakecompute import Cloud
from fakecompute.domain.records.compute import KeyPair
from fakecompute.faces.saving import Saver, path_for, read_state, write_state
from fakecompute.scenario.state import BadState, dump, load_state
from fakecompute.wsgi.client import Http
from tests.faces.test_cli import fakecompute_says, serve  # noqa: F401  fixtures
from tests.faces.visiting import Visitor

# --- files


def test_a_saver_saves_and_reads(tmp_path):
    cloud = Cloud(seed=7)
    path = tmp_path / "cloud.state"
    assert Saver({"": cloud}, path).save() == [path]
    loaded = read_state(path)
    assert loaded is not None and loaded.digest() == cloud.digest()


def test_every_cloud_has_a_file_of_its_own(tmp_path):
    east, west = Cloud(), Cloud(seed=1)
    path = tmp_path / "my.cloud.state"
    saved = Saver({"": east, "west": west}, path).save()
    assert [one.name for one in saved] == ["my.cloud.state", "my.cloud.west.state"]
    loaded = read_state(path_for(path, "west"))
    assert loaded is not None and loaded.digest() == west.digest()


def test_there_need_be_no_file(tmp_path):
    assert read_state(tmp_path / "none") is None


def test_what_is_broken_is_told_with_its_path(tmp_path):
    path = tmp_path / "cloud.state"
    path.write_bytes(dump(Cloud())[:-1])
    with pytest.raises(BadState, match=r"cloud\.state: It ends after \d+ of \d+ bytes"):
        read_state(path)


def test_a_file_that_cannot_be_written_leaves_the_former(tmp_path, monkeypatch):
    path = tmp_path / "cloud.state"
    write_state(path, b"former")
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space left"):
        write_state(path, b"new")
    assert path.read_bytes() == b"former"
    assert [one.name for one in tmp_path.iterdir()] == ["cloud.state"]


def test_what_was_begun_and_not_finished_is_cleared_away(tmp_path):
    (tmp_path / ".cloud.state.123.new").write_bytes(b"half")
    Saver({"": Cloud()}, tmp_path / "cloud.state").save()
    assert [one.name for one in tmp_path.iterdir()] == ["cloud.state"]


def test_a_later_save_is_never_overwritten_by_an_earlier_one(tmp_path, monkeypatch):
    """Two threads save: who has looked first may write last."""
    cloud = Cloud()
    saver = Saver({"": cloud}, tmp_path / "cloud.state")
    inner: list[bool] = []

    def slow(twin):
        data = dump(twin)
        if not inner:
            inner.append(True)
            cloud.advance(1)
            saver.save()
        return data

    monkeypatch.setattr("fakecompute.faces.saving.dump", slow)
    saver.save()
    loaded = read_state(tmp_path / "cloud.state")
    assert loaded is not None and loaded.now == cloud.now


def test_a_saver_works_for_who_holds_the_lock(tmp_path):
    import threading

    cloud = Cloud()
    cloud.lock = threading.RLock()
    with cloud.lock:
        Saver({"": cloud}, tmp_path / "cloud.state").save()


# --- the command


def keypairs(path):
    loaded = read_state(path)
    assert loaded is not None
    return sorted(pair.name for pair in loaded.store.all(KeyPair))


def test_a_server_goes_on_where_it_ended(serve, tmp_path):  # noqa: F811
    server = serve("--state", "cloud.state", "--seed", "7")
    Visitor(server.url).make_keypair("mine")
    assert server.end()[0] == 0
    assert keypairs(tmp_path / "cloud.state") == ["mine"]

    server = serve("--state", "cloud.state")
    assert "cloud.state: the cloud of 20" in "".join(server.said)
    assert Visitor(server.url).keypairs() == ["mine"]


def test_it_saves_when_it_is_asked(serve, tmp_path):  # noqa: F811
    server = serve("--state", "cloud.state")
    Visitor(server.url).make_keypair("mine")
    assert not (tmp_path / "cloud.state").exists()
    server.process.send_signal(signal.SIGUSR1)
    until((tmp_path / "cloud.state").exists)
    assert keypairs(tmp_path / "cloud.state") == ["mine"]


def test_it_saves_every_so_often(serve, tmp_path):  # noqa: F811
    server = serve("--state", "cloud.state", "--save-every", "0.05")
    until((tmp_path / "cloud.state").exists)
    Visitor(server.url).make_keypair("mine")
    until(lambda: keypairs(tmp_path / "cloud.state") == ["mine"])


def test_several_clouds_are_saved(serve, tmp_path):  # noqa: F811
    server = serve("--state", "cloud.state", "--cloud", "west=default")
    Visitor(f"{server.url}/clouds/west").make_keypair("mine")
    server.end()
    assert keypairs(tmp_path / "cloud.west.state") == ["mine"]
    server = serve("--state", "cloud.state", "--cloud", "west=default")
    assert Visitor(f"{server.url}/clouds/west").keypairs() == ["mine"]
    assert Visitor(server.url).keypairs() == []


def test_a_disk_that_fails_does_not_end_it(serve, tmp_path):  # noqa: F811
    (tmp_path / "folder").mkdir()
    server = serve("--state", "folder/cloud.state")
    (tmp_path / "folder").rmdir()
    server.process.send_signal(signal.SIGUSR1)
    assert Visitor(server.url).keypairs() == []
    code, _, err = server.end()
    assert code == 1
    assert "The state is not saved: " in err and "folder/.cloud.state" in err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version: 1\n", "cloud.state: This is no state of a fakecompute cloud."),
        (dump(Cloud())[:-7], "it is cut off, or mixed up. Take another copy, or remove it to begin anew."),
        (dump(Cloud()).replace(b'"version":1', b'"version":9'), "This state is of format 9"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(fakecompute_says, tmp_path, content, said):  # noqa: F811
    (tmp_path / "cloud.state").write_bytes(content)
    code, _, err = fakecompute_says("serve", "--port", "0", "--state", "cloud.state")
    assert code == 2
    assert said in err
    assert (tmp_path / "cloud.state").read_bytes() == content


def test_saving_without_a_file_is_refused(fakecompute_says):  # noqa: F811
    code, _, err = fakecompute_says("serve", "--save-every", "1")
    assert (code, err) == (2, "--save-every: where to? --state names the file\n")


# --- after a crash

ALWAYS = ("--state", "cloud.state", "--journal", "calls.jsonl", "--resume", "calls.jsonl")


def test_what_a_crash_has_lost_comes_back(serve):  # noqa: F811
    """Saved, lived on, killed: three times over, always started in the same way."""
    made: list[str] = []
    for name in "abc":
        server = serve(*ALWAYS)
        visitor = Visitor(server.url)
        assert visitor.keypairs() == made
        visitor.make_keypair(f"{name}1")
        server.process.send_signal(signal.SIGUSR1)
        visitor.make_keypair(f"{name}2")
        made += [f"{name}1", f"{name}2"]
        server.end(signal.SIGKILL)
    assert Visitor(serve(*ALWAYS).url).keypairs() == made


def test_without_a_state_the_journal_is_enough(serve):  # noqa: F811
    server = serve("--journal", "calls.jsonl", "--seed", "7")
    Visitor(server.url).make_keypair("mine")
    server.end(signal.SIGKILL)
    server = serve("--resume", "calls.jsonl", "--seed", "7")
    assert "calls.jsonl: 2 calls sent again; the cloud stands at 20" in "".join(server.said)
    assert Visitor(server.url).keypairs() == ["mine"]


def test_a_journal_of_another_cloud_is_refused(serve, fakecompute_says):  # noqa: F811
    serve("--journal", "calls.jsonl", "--seed", "7").end()
    code, _, err = fakecompute_says("serve", "--port", "0", "--resume", "calls.jsonl")
    assert code == 2
    assert err.startswith("calls.jsonl is of another cloud: seed 7")


# --- replay of journals


def test_the_journal_of_a_server_replays(serve, fakecompute_says):  # noqa: F811
    server = serve("--journal", "calls.jsonl")
    visitor = Visitor(server.url)
    visitor.boot("web")
    for _ in range(5):
        time.sleep(0.3)
        visitor.get("/compute/v2.1/servers/detail")
    server.end()
    assert fakecompute_says("replay", "calls.jsonl") == (0, "8 calls, and every answer is the same.\n", "")


def test_a_difference_is_shown(serve, fakecompute_says, tmp_path):  # noqa: F811
    server = serve("--journal", "calls.jsonl")
    Visitor(server.url).keypairs()
    server.end()
    path = tmp_path / "calls.jsonl"
    path.write_text(path.read_text().replace('"keypairs":[]', '"keypairs":[1]'))

    code, out, err = fakecompute_says("replay", "calls.jsonl")
    assert (code, err) == (1, "")
    assert "Call 2, at " in out and "  GET /compute/v2.1/os-keypairs by demo on demo\n" in out
    assert '-    "keypairs": [\n-      1\n-    ]\n+    "keypairs": []\n' in out

    code, out, _ = fakecompute_says("replay", "calls.jsonl", "--json")
    told = orjson.loads(out)
    assert (code, told["same"], told["calls"]) == (1, False, 2)
    assert told["difference"]["then"]["answer"] == {"keypairs": [1]}


def test_what_is_no_journal_is_told(fakecompute_says, tmp_path):  # noqa: F811
    (tmp_path / "calls.jsonl").write_text('{"fakecompute": "0", "scenario": "x", "seed": 1}\n')
    code, _, err = fakecompute_says("replay", "calls.jsonl")
    assert code == 2
    assert "which did not keep its cloud in it" in err


def until(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_a_loaded_cloud_answers(tmp_path):
    cloud = Cloud()
    Http(cloud).post("/compute/v2.1/os-keypairs", json={"keypair": {"name": "mine"}})
    loaded = load_state(dump(cloud))
    assert [one["keypair"]["name"] for one in Http(loaded).get("/compute/v2.1/os-keypairs").json["keypairs"]] == ["mine"]
