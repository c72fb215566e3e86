"""`fakecompute run` with real clients, each a process of its own that finds its cloud by itself.

Some wait for what never comes, by the machine's clock; so everything that takes time is at once here, and all that
need no client of OpenStack speak plain HTTP.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fakecompute.faces.cli import main
from tests.clients.command import OPENSTACK, PLAIN, ROOT

FAKECOMPUTE = [sys.executable, "-c", "from fakecompute.faces.cli import main; main(prog_name='fakecompute')"]
ENV = PLAIN | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}

AT_ONCE = 'version: 1\ntiming: {"*": 0s}\n'
LOST = "faults: [{name: lost, on: compute.create_server, hits: {nth: 1}, phase: after, effect: {status: 504}}]\n"
RATED = """\
faults:
  - {name: slow down, on: compute.list_servers, hits: {nth: 1}, effect: {status: 429, headers: {Retry-After: "30"}}}
"""
NO_HOST = "faults: [{name: full, on: server.create.scheduling, effect: {fail: No valid host was found.}}]\n"
# A client of few words: get(path) and post(path, body) give what came, or the number of a refusal.
SMALL = """
import os, json, sys, time, urllib.request, urllib.error
def ask(method, url, body=None, **headers):
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers, method=method)
    request.add_header("Content-Type", "application/json")
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        return error.code, error.headers, {}
    return answer.status, answer.headers, json.load(answer)
user = {"name": os.environ["OS_USERNAME"], "domain": {"id": "default"}, "password": os.environ["OS_PASSWORD"]}
scope = {"project": {"name": os.environ["OS_PROJECT_NAME"], "domain": {"id": "default"}}}
auth = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
_, headers, told = ask("POST", os.environ["OS_AUTH_URL"] + "/auth/tokens", auth)
base = os.environ["OS_AUTH_URL"].removesuffix("/identity/v3")
def call(method, path, body=None):
    status, _, answer = ask(method, base + path, body, **{"X-Auth-Token": headers["X-Subject-Token"]})
    return answer if status < 400 else status
servers = "/compute/v2.1/servers"
image = call("GET", "/image/v2/images")["images"][0]["id"]
network = call("GET", "/network/v2.0/networks")["networks"][0]["id"]
web = {"server": {"name": "web", "flavorRef": "1", "imageRef": image, "networks": [{"uuid": network}]}}
"""
# openstacksdk, that asks again when it is told that it failed; LOOK is what it does before.
SDK = """
import openstack
from openstack.exceptions import HttpException
cloud = openstack.connect(load_yaml_config=True)
image = cloud.image.find_image("cirros-0.6.3-x86_64-disk").id
network = cloud.network.find_network("private").id
server = None
while server is None:
    try:
        server = cloud.compute.create_server(name="web", flavor_id="1", image_id=image, networks=[{"uuid": network}])
    except HttpException:
        server = LOOK
cloud.compute.wait_for_server(server, interval=0.1)
"""


class Ran:
    """What a run came to."""

    def __init__(self, folder: Path, code: int, out: str, err: str) -> None:
        self.folder, self.code, self.out, self.err = folder, code, out, err
        verdict = folder / "verdict.json"
        self.verdict: Any = json.loads(verdict.read_text()) if verdict.exists() else None

    @property
    def kinds(self) -> list[str]:
        return [finding["kind"] for finding in self.verdict["findings"]]


@pytest.fixture
def ran(tmp_path, monkeypatch, capfd):
    """Runs a command, or a script of Python, against a cloud of a scenario; what it prints is caught where it ends up."""
    monkeypatch.chdir(tmp_path)

    def run(scenario, *command, options=(), script=""):
        if scenario.startswith("version:"):
            Path("it.yaml").write_text(scenario)
            scenario = "it.yaml"
        Path("client.py").write_text(script)
        words = command or (sys.executable, "client.py")
        with pytest.raises(SystemExit) as end:
            main(["run", "--json", "verdict.json", *options, scenario, "--", *words], prog_name="fakecompute")
        assert isinstance(end.value.code, int)
        return Ran(tmp_path, end.value.code, *capfd.readouterr())

    return run


@pytest.fixture
def ran_in_a_pipe(tmp_path):
    """The same as a process of its own that reads what it is given."""

    def run(*command, input):
        (tmp_path / "it.yaml").write_text(AT_ONCE)
        done = subprocess.run(
            [*FAKECOMPUTE, "run", "--json", "verdict.json", "it.yaml", "--", *command],
            cwd=tmp_path, env=ENV, input=input, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return Ran(tmp_path, done.returncode, done.stdout, done.stderr)

    return run


# --- real clients

SESSION = """\
server create --flavor m1.tiny --image cirros-0.6.3-x86_64-disk --network private --wait web
server list
server show web
server create --flavor nonsense --image cirros-0.6.3-x86_64-disk --network private no
volume create --size 1 data
volume list
server add volume web data
server stop web
server list --long
server start web
server show web
server reboot web
server list
server remove volume web data
volume list
server delete --wait web
volume delete data
server list
"""


@pytest.mark.skipif(OPENSTACK is None, reason="the openstack command is not installed")
def test_there_is_nothing_to_say_of_the_openstack_command(ran_in_a_pipe):
    done = ran_in_a_pipe(OPENSTACK, input=SESSION)
    assert done.verdict["findings"] == []
    assert "No Flavor found for nonsense" in done.err
    assert done.code == done.verdict["exit_code"] == 1
    assert "| Name" in done.out
    assert "Everything is as expected." in done.err


def test_an_sdk_that_asks_again_without_a_look_is_found_out(ran):
    done = ran(AT_ONCE + LOST, script=SDK.replace("LOOK", "None"))
    assert (done.code, done.verdict["exit_code"]) == (3, 0), done.err
    assert set(done.kinds) == {"lost", "duplicate"}
    assert "server web was made twice: the first answer was lost, and it was asked for again" in done.err
    assert "exists, and its client never learned of it; made by demo with compute.create_server" in done.err


def test_there_is_nothing_to_say_of_an_sdk_that_looks_first(ran):
    done = ran(AT_ONCE + LOST, script=SDK.replace("LOOK", 'cloud.compute.find_server("web")'))
    assert (done.code, done.kinds) == (0, []), done.err


def test_there_is_nothing_to_say_of_the_cloud_layer(ran):
    script = """
import openstack
cloud = openstack.connect()
server = cloud.create_server(
    "web", flavor="m1.tiny", image="cirros-0.6.3-x86_64-disk", network="private", auto_ip=False, wait=True)
volume = cloud.create_volume(1, name="data", wait=True)
cloud.attach_volume(server, volume, wait=True)
cloud.create_floating_ip("public", server=server)
cloud.detach_volume(server, volume, wait=True)
cloud.delete_server(server.id, wait=True, delete_ips=True)
cloud.delete_volume(volume.id, wait=True)
"""
    done = ran(AT_ONCE + "expect: {no_leaks: true}\n", script=script)
    assert (done.code, done.verdict["findings"]) == (0, []), done.err


# --- bad habits


def test_a_client_that_does_not_heed_a_retry_after_is_found_out(ran):
    script = SMALL + "call('GET', servers); time.sleep(0.1); call('GET', servers)"
    done = ran(AT_ONCE + RATED, script=script)
    assert (done.code, done.kinds) == (3, ["retry_after"])
    assert "before its Retry-After of 30 s was over" in done.err


def test_a_client_that_waits_for_what_has_failed_is_found_out(ran):
    script = SMALL + (
        "made = call('POST', servers, web)['server']['id']\n"
        "for _ in range(22):\n"
        "    if call('GET', f'{servers}/{made}')['server']['status'] == 'ACTIVE': break\n"
        "    time.sleep(0.1)\n"
    )
    done = ran(AT_ONCE + NO_HOST, script=script)
    assert (done.code, done.kinds) == (3, ["endless_wait"])
    assert "asked 20 times although nothing changes any more: ERROR" in done.err


def test_a_client_that_does_not_pause_is_found_out(ran):
    done = ran(AT_ONCE, script=SMALL + "for _ in range(40): call('GET', servers)")
    assert (done.code, done.kinds) == (3, ["hot_loop"])


def test_a_shipped_scenario_says_nothing_of_the_names_of_others(ran):
    """`status: {web: ACTIVE}` is what its own client is to come to."""
    done = ran("microversion-unsupported", script=SMALL)
    assert (done.code, done.kinds) == (0, [])


# --- what the command gets and gives


def test_the_command_finds_its_cloud_in_its_environment(ran):
    script = """
import json, os
told = {name: value for name, value in os.environ.items() if name.startswith(("OS_", "FAKECOMPUTE_"))}
print(json.dumps(told | {"yaml": open(os.environ["OS_CLIENT_CONFIG_FILE"]).read()}))
"""
    told = json.loads(ran(AT_ONCE, script=script).out)
    assert told["OS_CLOUD"] == "fakecompute"
    assert told["OS_AUTH_URL"] == f"{told['FAKECOMPUTE_URL']}/identity/v3"
    assert (told["OS_USERNAME"], told["OS_PASSWORD"], told["OS_PROJECT_NAME"]) == ("demo", "secret", "demo")
    assert told["OS_AUTH_URL"] in told["yaml"]


def test_what_it_reads_and_writes_is_its_own(ran_in_a_pipe):
    done = ran_in_a_pipe("sh", "-c", "cat; echo of no matter >&2; exit 7", input="from a pipe")
    assert (done.code, done.out) == (7, "from a pipe")
    assert done.err.startswith("of no matter\n")
    assert "exit code 7, 0 calls" in done.err


def test_its_options_are_its_own(ran):
    assert ran(AT_ONCE, "echo", "--json", "-h", "--", "x").out == "--json -h -- x\n"


def test_options_may_stand_behind_the_scenario(ran):
    with pytest.raises(SystemExit) as end:
        main(["run", "bad-minute", "--junit", "verdict.xml", "--", "true"])
    assert end.value.code == 0
    assert Path("verdict.xml").exists()


def test_faults_that_were_not_met_are_told(ran):
    done = ran("bad-minute", "true")
    assert (done.code, done.verdict["unmet_faults"]) == (0, ["a bad minute"])
    assert "the fault 'a bad minute' was never met\n" in done.err


def test_there_is_no_such_command(ran):
    done = ran(AT_ONCE, "terrafrom", "apply")
    assert (done.code, done.out, done.err) == (127, "", "there is no command 'terrafrom'\n")


def test_a_command_that_is_a_folder_cannot_be_run(ran):
    done = ran(AT_ONCE, "/")
    assert (done.code, done.err) == (126, "'/' cannot be run: Permission denied\n")


@pytest.mark.parametrize(
    ("scenario", "options", "said"),
    [
        ("lost-creat", (), "there is no scenario 'lost-creat'"),
        ("bad-minutes", (), "did you mean 'bad-minute'?"),
        ("none.yaml", (), "none.yaml"),
        ("bad-minute", ("--junit", "no/such/folder.xml"), "no/such/folder.xml: No such file or directory"),
    ],
)
def test_a_wrong_call_is_told_in_a_line_and_nothing_is_run(ran, scenario, options, said):
    done = ran(scenario, "touch", "touched", options=options)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert said in done.err
    assert not (done.folder / "touched").exists()


def test_an_interrupt_ends_the_command_and_what_it_did_is_judged(tmp_path):
    (tmp_path / "it.yaml").write_text(AT_ONCE + "expect: {no_leaks: true}\n")
    (tmp_path / "client.py").write_text(SMALL + "call('POST', servers, web); print('made', flush=True); time.sleep(60)")
    process: Any = subprocess.Popen(
        [*FAKECOMPUTE, "run", "--json", "verdict.json", "it.yaml", "--", sys.executable, "client.py"],
        cwd=tmp_path, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout.readline() == "made\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert "exit code 130" in err or "exit code 1," in err
    assert process.returncode == 3
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert {finding["data"]["kind"] for finding in verdict["findings"]} == {"server", "port"}


# --- what it writes


def test_everything_can_be_written(ran, capfd):
    options = ("--junit", "verdict.xml", "--journal", "calls.jsonl", "--html", "verdict.html", "--timeline")
    done = ran(AT_ONCE + LOST, options=options, script=SMALL + "call('POST', servers, web); call('POST', servers, web)")
    assert done.code == 3
    suites = ElementTree.parse(done.folder / "verdict.xml").getroot()
    assert suites.tag == "testsuites"
    (suite,) = suites
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == [f"{sys.executable} client.py", "lost", "made twice"]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
    assert {case.get("classname") for case in suite} == {"fakecompute.it"}
    assert cases["made twice"][0].tag == "failure"
    assert "made twice: the first answer was lost" in str(cases["made twice"][0].get("message"))
    assert "compute.create_server" in done.err
    assert "made twice" in (done.folder / "verdict.html").read_text()
    assert [entry["data"]["status"] for entry in done.verdict["timeline"] if entry["subject"].endswith("create_server")] \
        == [504, 202]
    with pytest.raises(SystemExit) as end:
        main(["replay", "calls.jsonl"])
    assert (end.value.code, capfd.readouterr().out) == (0, "5 calls, and every answer is the same.\n")
