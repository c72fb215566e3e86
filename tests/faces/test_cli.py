"""The real command, as another process."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

import openstack as sdk
import pytest
import requests
import yaml

import fakecompute

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from fakecompute.faces.cli import main; main(prog_name='fakecompute')"]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
ENV = PLAIN | {"PYTHONPATH": str(ROOT), "COLUMNS": "110"}


class Serving:
    """A server that has said where it is."""

    def __init__(self, process: Any, said: list[str]):
        self.process, self.said = process, said
        self.url = re.findall(r"http://\S+:\d+", said[-1])[0]

    def end(self, number=signal.SIGTERM):
        """Its exit code, and all that it said on both of its outputs."""
        self.process.send_signal(number)
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return self.process.wait(20), "".join(self.said) + out, err


@pytest.fixture
def serve(tmp_path):
    """Starts a server on a free port and waits for its address."""
    started = []

    def start(*words):
        process: Any = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", *map(str, words)],
            cwd=tmp_path,
            env=ENV,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        too_long = Timer(30, process.kill)
        too_long.start()
        started.append((process, too_long))
        said = []
        for line in process.stdout:
            said.append(line)
            if "http://" in line:
                return Serving(process, said)
        pytest.fail(f"no address: {''.join(said)}{process.stderr.read()}")

    yield start
    for process, too_long in started:
        too_long.cancel()
        process.kill()
        process.communicate()


@pytest.fixture
def fakecompute_says(tmp_path):
    """Runs the command to its end: exit code, output, error output."""

    def run(*words):
        done = subprocess.run(
            [*COMMAND, *map(str, words)], cwd=tmp_path, env=ENV, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return run


# --- serving


def test_it_is_ready_when_it_tells_its_address(serve):
    assert requests.get(f"{serve().url}/_fakecompute/health", timeout=10).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_told(serve, number):
    code, _, err = serve().end(number)
    assert (code, err) == (0, "")


def test_it_ends_although_a_client_keeps_its_connection(serve):
    server = serve()
    with requests.Session() as session:
        session.get(server.url, timeout=10)
        assert server.end()[0] == 0


def test_what_it_says_is_plain_in_a_pipe(serve):
    _, out, _ = serve().end()
    assert "\x1b" not in out
    assert "export OS_USERNAME=demo\n" in out


@pytest.mark.parametrize(
    ("entry", "user"),
    [("fakecompute", "demo"), ("fakecompute-admin", "admin"), ("fakecompute-alt", "alt_demo")],
)
def test_clouds_yaml_lets_its_users_in(serve, tmp_path, monkeypatch, entry, user):
    serve()
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "clouds.yaml"))
    with sdk.connect(cloud=entry) as connection:
        assert connection.current_project.name == user


def test_its_own_clouds_yaml_is_written_anew(serve, tmp_path):
    serve().end()
    server = serve()
    clouds = yaml.safe_load((tmp_path / "clouds.yaml").read_text())["clouds"]
    assert clouds["fakecompute"]["auth"]["auth_url"] == f"{server.url}/identity/v3"


def test_the_clouds_yaml_of_others_is_left_alone(serve, tmp_path):
    (tmp_path / "clouds.yaml").write_text("clouds: {prod: {}}\n")
    _, out, _ = serve().end()
    assert (tmp_path / "clouds.yaml").read_text() == "clouds: {prod: {}}\n"
    assert "clouds.yaml was not written by fakecompute, and is left as it is; --clouds-yaml writes another." in out


def test_a_folder_where_nothing_can_be_written_is_no_hindrance(serve):
    _, out, _ = serve("--clouds-yaml", "nowhere/clouds.yaml").end()
    assert "nowhere/clouds.yaml could not be written: No such file or directory." in out


def test_several_clouds_share_a_port(serve, tmp_path):
    (tmp_path / "west.yaml").write_text("extends: two-zones\n")
    server = serve("--cloud", "default", "--cloud", "west=west.yaml")
    clouds = yaml.safe_load((tmp_path / "clouds.yaml").read_text())["clouds"]
    assert clouds["west-admin"]["auth"]["auth_url"] == f"{server.url}/clouds/west/identity/v3"
    assert requests.get(f"{server.url}/clouds/west/compute", timeout=10).status_code == 200
    assert requests.get(f"{server.url}/clouds/east/compute", timeout=10).status_code == 404


def test_the_release_is_the_one_asked_for(serve):
    versions = requests.get(f"{serve('--release', 'zed').url}/compute", timeout=10).json()["versions"]
    assert versions[1]["version"] == "2.93"


def test_a_scenario_strikes(serve, tmp_path):
    (tmp_path / "mine.yaml").write_text("faults: [{on: compute.list_versions, effect: {status: 503}}]")
    assert requests.get(f"{serve('--scenario', 'mine.yaml').url}/compute", timeout=10).status_code == 503


def test_a_delay_is_waited_for_and_ends_with_the_server(serve, tmp_path):
    (tmp_path / "mine.yaml").write_text("faults: [{on: compute.list_versions, effect: {status: 504, delay: 10m}}]")
    server = serve("--scenario", "mine.yaml")
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{server.url}/compute", timeout=0.5)
    assert server.end()[0] == 0


def test_the_journal_has_a_line_a_call(serve, tmp_path):
    server = serve("--journal", "calls.jsonl", "--seed", "7")
    requests.get(f"{server.url}/compute", timeout=10)
    server.end()
    header, call = (tmp_path / "calls.jsonl").read_text().splitlines()
    assert '"seed":7' in header
    assert '"operation":"compute.list_versions"' in call


def test_loopback_needs_no_warning(serve):
    assert serve().end()[2] == ""


def test_any_other_address_is_warned_about(serve):
    server = serve("--host", "0.0.0.0")
    assert server.url.startswith("http://127.0.0.1:")
    assert "WARNING: listening on 0.0.0.0" in server.end()[2]


# --- not serving


def test_a_port_that_is_taken_is_told_with_what_to_do(fakecompute_says):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, out, err = fakecompute_says("serve", "--port", port)
    assert (code, out) == (1, "")
    assert f"Port {port} on 127.0.0.1 is taken." in err
    assert f"fakecompute serve --port {port + 1}" in err


def test_a_bad_scenario_is_told_with_lines_and_nothing_is_started(fakecompute_says, tmp_path):
    (tmp_path / "bad.yaml").write_text("sed: 1\nrelease: zedd\n")
    code, out, err = fakecompute_says("serve", "--port", 0, "--scenario", "bad.yaml")
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "bad.yaml:1:1: sed: there is no such key; did you mean 'seed'?",
        "bad.yaml:2:10: release: there is no release 'zedd'; did you mean 'zed'?",
    ]
    assert not (tmp_path / "clouds.yaml").exists()


def test_a_bad_definition_is_told_with_lines(fakecompute_says, tmp_path):
    (tmp_path / "my.yaml").write_text("hosts:\n  - {name: a}\n")
    code, _, err = fakecompute_says("serve", "--port", 0, "--cloud", "my.yaml")
    assert code == 2
    assert err.splitlines()[0] == "my.yaml:2:5: hosts[0]: 'vcpus' is missing"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--clock", "sundial"], "there is no clock 'sundial'; there are wall, auto, manual and scaled:60"),
        (["--clock", "scaled:0"], "there is no clock 'scaled:0'; there are wall, auto, manual and scaled:60"),
        (["--release", "zzz"], "there is no release 'zzz'"),
        (["--cloud", "nope"], "there is no cloud definition 'nope'; there are default, large, two-zones"),
        (["--cloud", "default", "--cloud", "large"],
         "--cloud large: there is a first cloud already; NAME=large adds another"),
        (["--cloud", "a b=large"], "--cloud a b=large: a name is made of letters, digits and . _ -"),
        (["--scenario", "gone.yaml"], "gone.yaml: No such file or directory"),
        (["--journal", "nowhere/calls"], "No such file or directory: 'nowhere/calls'"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_fulfilled_is_told(fakecompute_says, words, said):
    code, out, err = fakecompute_says("serve", "--port", 0, *words)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


# --- the other commands


def test_env_prints_what_a_shell_reads(fakecompute_says):
    code, out, _ = fakecompute_says("env", "--url", "http://127.0.0.1:9000/", "--user", "admin", "--cloud", "west")
    assert code == 0
    shell = subprocess.run(
        ["sh", "-c", out + "env"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=True
    )
    assert {
        "OS_AUTH_URL=http://127.0.0.1:9000/clouds/west/identity/v3",
        "OS_USERNAME=admin",
        "OS_PROJECT_NAME=admin",
        "OS_PASSWORD=secret",
        "OS_USER_DOMAIN_ID=default",
    } <= set(shell.stdout.splitlines())


def test_a_password_with_a_quote_survives_the_shell(fakecompute_says):
    _, out, _ = fakecompute_says("env", "--password", "it's $HOME")
    shell = subprocess.run(["sh", "-c", out + 'printf %s "$OS_PASSWORD"'], capture_output=True, text=True, check=True)
    assert shell.stdout == "it's $HOME"


def test_it_tells_its_version(fakecompute_says):
    assert fakecompute_says("--version") == (0, f"fakecompute, version {fakecompute.__version__}\n", "")


@pytest.mark.parametrize("words", [[], ["serve"], ["env"]])
def test_help_has_examples(fakecompute_says, words):
    code, out, _ = fakecompute_says(*words, "--help")
    assert code == 0
    assert "Examples:" in out


# --- the control API of a server


def test_beyond_this_machine_it_tells_a_control_token(serve, fakecompute_says):
    server = serve("--host", "0.0.0.0")
    assert requests.get(f"{server.url}/_fakecompute/v1/clock", timeout=10).status_code == 401
    _, said, _ = server.end()
    assert re.search(r"export FAKECOMPUTE_CONTROL_TOKEN=\S{20,}", said)


def test_a_token_of_one_s_own_is_not_told(serve):
    server = serve("--host", "0.0.0.0", "--control-token", "hush")
    headers = {"Authorization": "Bearer hush"}
    assert requests.get(f"{server.url}/_fakecompute/v1/clock", headers=headers, timeout=10).status_code == 200
    assert "hush" not in server.end()[1]


def test_ctl_resets_saves_and_reads_what_is_recorded(serve, fakecompute_says, tmp_path):
    file = tmp_path / "cloud.state"
    url = serve("--record", "--scenario", "bad-minute", "--clock", "manual", "--state", file).url
    requests.get(f"{url}/compute", timeout=10)
    assert fakecompute_says("ctl", "--url", url, "timeline", "--kind", "call")[1].count("compute.list_versions") == 1
    assert fakecompute_says("ctl", "--url", url, "save")[0] == 0
    assert file.exists()
    fakecompute_says("ctl", "--url", url, "faults", "clear")
    assert fakecompute_says("ctl", "--url", url, "scenario", "reset")[1].startswith("bad-minute")
    assert "a bad minute" in fakecompute_says("ctl", "--url", url, "faults")[1]
