"""`fakecompute ctl` against a cloud that is served, in one process."""

import json

import pytest
import requests
from click.testing import CliRunner

from fakecompute.faces.cli import main
from fakecompute.faces.server import Server

SERVERS = "/compute/v2.1/servers"
LOST = "name: lost create\non: compute.create_server\nhits: {nth: [2]}\neffect: {status: 504}\n"


@pytest.fixture
def server(cloud):
    cloud.journal = cloud.observer = None  # as a server's is: a test's own is recorded from its beginning
    with Server({"": cloud}) as server:
        yield server


@pytest.fixture
def ctl(server):
    """Its output, if it ended as it should."""

    def run(*words, code=0, said=None, **env):
        made = CliRunner().invoke(main, ["ctl", "--url", server.url, *words], input=said, env=env or None)
        assert made.exit_code == code, made.output
        return made.output

    return run


def test_time_is_shown_advanced_stopped_and_switched(ctl, cloud):
    assert ctl("clock").startswith("2026-01-01T00:00:00.000000Z")
    assert "90 s after the beginning" in ctl("clock", "advance", "90s")
    ctl("clock", "advance", "--to", "2026-01-01T01:00:00Z")
    assert cloud.now - cloud.begun == 3600_000_000
    assert "scaled x 60" in ctl("clock", "set", "scaled:60")
    assert "paused" in ctl("clock", "pause")
    assert "scaled x 60" in ctl("clock", "resume")
    assert "manual" in ctl("clock", "set", "manual")
    assert "nothing is planned" in ctl("clock", "settle")


def test_words_that_make_no_sense_are_a_2_and_refusals_a_1(ctl):
    ctl("clock", "advance", code=2)
    ctl("clock", "set", "scaled:fast", code=2)
    ctl("faults", "add", "nowhere.yaml", code=2)
    assert "there is no unit 'parsec'" in ctl("clock", "advance", "1parsec", code=1)
    assert "there are none" in ctl("faults", "delete", "nothing", code=1)


def test_nobody_there_is_told_what_to_do():
    made = CliRunner().invoke(main, ["ctl", "--url", "http://127.0.0.1:9", "clock"])
    assert made.exit_code == 1
    assert "fakecompute serve" in made.output


def test_another_server_is_not_taken_for_one(server):
    made = CliRunner().invoke(main, ["ctl", "--url", f"{server.url}/compute/nothing", "clock"])
    assert made.exit_code == 1
    assert "is it a fakecompute?" in made.output


def test_faults_are_added_changed_listed_and_deleted(ctl, tmp_path):
    file = tmp_path / "lost.yaml"
    file.write_text(LOST)
    assert "There are no faults" in ctl("faults")
    assert "lost create" in ctl("faults", "add", str(file))
    ctl("faults", "change", "lost create", "--set", "hits={times: 3}", "--set", "phase=after")
    assert ctl("faults", "show", "lost create").strip() == (
        "{name: lost create, on: compute.create_server, phase: after, hits: {times: 3}, effect: {status: 504}}"
    )
    ctl("faults", "replace", "-", said="faults: [{on: compute.*, effect: {status: 500}}]")
    assert json.loads(ctl("--json", "faults"))["faults"][0]["name"] == "compute.*"
    ctl("faults", "delete", "compute.*")
    ctl("faults", "clear")


def test_mistakes_of_a_file_have_their_lines(ctl):
    said = ctl("faults", "add", "-", said="on: compute.create_servr\neffect:\n  stats: 5\n", code=1)
    assert "body:1:5: on: there is no call or step 'compute.create_servr'" in said
    assert "body:3:3: effect.stats" in said


def test_events_happen_now_or_later(ctl, cloud):
    assert ctl("events", "add", "host_down", "compute-1") == "host_down: it has happened\n"
    assert "in 90 s" in ctl("events", "add", "--in", "90s", "host_up", "compute-1")
    ctl("events", "add", "set_quota", "project=demo", "instances=2")
    ctl("events", "load", "-", said="- {in: 5s, message_queue_down: true}")
    listed = ctl("events")
    assert "host_up: {host: compute-1}\n" in listed
    assert listed.index("message_queue_down") < listed.index("host_up")
    ctl("events", "add", "host_up", "a", "b", code=2)


def test_another_scenario_and_back_to_the_beginning(ctl, cloud, tmp_path):
    before = cloud.digest()
    assert "bad-minute" in ctl("scenario", "list")
    assert "seed 7" in ctl("scenario", "load", "bad-minute", "--seed", "7")
    file = tmp_path / "storm.yaml"
    file.write_text("seed: 3\n")
    assert ctl("scenario", "load", str(file)).startswith("storm")
    ctl("clock", "advance", "1h")
    assert "0 s after the beginning" in ctl("scenario", "reset")
    ctl("snapshots", "restore", "beginning")
    assert cloud.digest() != before


def test_snapshots_go_out_and_come_back(ctl, tmp_path):
    assert "before" in ctl("snapshots", "take", "before")
    file = tmp_path / "cloud.state"
    assert str(file) in ctl("snapshots", "download", "before", str(file))
    ctl("clock", "advance", "1h")
    ctl("snapshots", "upload", "again", str(file))
    assert "0 s after the beginning" in ctl("snapshots", "restore", "again")
    ctl("snapshots", "delete", "again")
    assert "again" not in ctl("snapshots")
    assert "--state FILE" in ctl("save", code=1)


def test_forks_are_controlled_by_name(ctl, server, cloud):
    assert "/clouds/what-if" in ctl("clouds", "fork", "what-if")
    ctl("--cloud", "what-if", "clock", "advance", "1h")
    assert cloud.now == cloud.begun
    assert requests.get(f"{server.url}/clouds/what-if/compute", timeout=20).status_code == 200
    ctl("clouds", "delete", "what-if")
    assert "There is no cloud 'what-if'" in ctl("--cloud", "what-if", "clock", code=1)


def test_what_happened_is_read_and_judged(ctl, server):
    assert "recording on" in ctl("journal", code=1)
    assert ctl("recording", "on").startswith("on")
    for _ in range(3):
        requests.get(f"{server.url}/compute", timeout=20)
    ctl("events", "add", "host_down", "compute-1")
    lines = ctl("journal", "--since", "1").splitlines()
    assert [json.loads(line)["operation"] for line in lines] == ["compute.list_versions"] * 2
    assert "host_down compute-1" in ctl("timeline", "--kind", "event")
    assert len(ctl("timeline", "--follow", "--limit", "2").splitlines()) == 2
    assert len(ctl("journal", "--follow", "--limit", "3").splitlines()) == 3
    assert "Everything is as expected" in ctl("findings")
    assert "rate" in ctl("findings", "--expect", "-", said="max_request_rate: 0.01", code=3)
    assert ctl("recording", "off").startswith("off")


def test_records_are_looked_up(ctl, cloud):
    assert "Host" in ctl("state")
    table = ctl("state", "Host", "name=*1")
    assert "compute-1" in table
    assert "compute-2" not in table
    (host,) = json.loads(ctl("--json", "state", "Host", "name=*1"))["records"]
    assert json.loads(ctl("state", "Host", host["id"])) == host
    assert "did you mean 'Host'?" in ctl("state", "Hots", code=1)
    version = json.loads(ctl("--json", "state"))["version"]
    ctl("events", "add", "host_down", "compute-1")
    changes = ctl("changes", "--since", str(version), "--limit", "1", "--records").splitlines()
    assert [json.loads(line)["record"]["status"] for line in changes] == ["down"]
    assert ctl("health").startswith("ok: fakecompute")


def test_a_token_is_sent(cloud):
    with Server({"": cloud}, control_token="mine") as server:
        words = ["ctl", "--url", server.url, "clock"]
        assert CliRunner().invoke(main, words).exit_code == 1
        assert CliRunner().invoke(main, words, env={"FAKECOMPUTE_CONTROL_TOKEN": "mine"}).exit_code == 0


def test_its_help_is_complete():
    from fakecompute.faces.ctl import ctl

    text = CliRunner().invoke(main, ["ctl", "--help"]).output
    for name, command in ctl.commands.items():
        assert f"\n  {name} " in text
        helped = CliRunner().invoke(main, ["ctl", name, "--help"]).output
        assert not hasattr(command, "commands") or f"fakecompute ctl {name}" in helped
