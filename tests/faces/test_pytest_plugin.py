"""The fixtures that users get, as they get them: a project of theirs, and a run of pytest in it."""

import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import openstack as sdk
import pytest
import requests

from fakecompute.kernel.clock import EPOCH, SECOND, AutoClock, ManualClock

FLAVORS = "/compute/v2.1/flavors"
ROOT = Path(__file__).parents[2]
MODULE = "fakecompute.faces.pytest_plugin"


# --- the cloud


def test_each_test_has_a_cloud_of_its_own(run):
    result = run("""
        NEW = {"keypair": {"name": "mine"}}

        def test_one(http):
            assert http.post("/compute/v2.1/os-keypairs", json=NEW).status_code == 200

        def test_another(http):
            assert http.post("/compute/v2.1/os-keypairs", json=NEW).status_code == 200
        """)
    result.assert_outcomes(passed=2)


def test_time_stands_still(cloud):
    assert cloud.clock == ManualClock(EPOCH)


def test_clients_of_one_test_see_one_cloud(cloud, http, openstack):
    assert http.cloud is cloud
    openstack.compute.create_keypair(name="mine")
    assert [entry["keypair"]["name"] for entry in http.get("/compute/v2.1/os-keypairs").json["keypairs"]] == ["mine"]


@pytest.mark.scenario("flaky-host")
def test_the_marker_names_a_shipped_scenario(cloud):
    assert cloud.streams.seed == 20250101


@pytest.mark.scenario("flaky-host", seed=7, release="zed")
def test_options_replace_what_the_scenario_says(cloud):
    assert (cloud.streams.seed, cloud.release.code) == (7, "zed")


@pytest.mark.scenario({"seed": 3})
def test_the_marker_may_hold_the_scenario(cloud):
    assert cloud.streams.seed == 3


@pytest.mark.scenario(release="zed")
def test_the_marker_may_hold_options_alone(cloud):
    assert cloud.release.code == "zed"


def test_a_path_is_relative_to_the_test(run, pytester, monkeypatch, tmp_path):
    pytester.path.joinpath("mine.yaml").write_text("seed: 5")
    monkeypatch.chdir(tmp_path)
    result = run(
        """
        import pytest

        @pytest.mark.scenario("mine.yaml")
        def test_it(cloud):
            assert cloud.streams.seed == 5
        """,
        pytester.path,
    )
    result.assert_outcomes(passed=1)


def test_an_unknown_scenario_is_a_clear_error(run):
    result = run("""
        import pytest

        @pytest.mark.scenario("bad-minut")
        def test_it(cloud): ...
        """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["there is no scenario 'bad-minut'; did you mean 'bad-minute'?*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_all_mistakes_of_a_scenario_are_shown(run, pytester):
    pytester.path.joinpath("mine.yaml").write_text("sed: 5\nrelease: zedd")
    result = run("""
        import pytest

        @pytest.mark.scenario("mine.yaml")
        def test_it(cloud): ...
        """)
    result.stdout.fnmatch_lines(["*mine.yaml:1:1: sed: *", "*mine.yaml:2:10: release: *"])


def test_the_marker_is_known_to_strict_runs(run):
    result = run("import pytest\n\n@pytest.mark.scenario\ndef test_it(): ...", "--strict-markers")
    result.assert_outcomes(passed=1)


def test_loading_the_plugin_is_cheap():
    heavy = "flask werkzeug openstack keystoneauth1 requests marshmallow yaml cheroot freezegun orjson".split()
    program = (
        f"import sys, {MODULE}; print(*[name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.cloud(release="zed", settings={"max_limit": 5})
def test_options_need_no_scenario(cloud):
    assert (cloud.release.code, cloud.settings.max_limit) == ("zed", 5)


@pytest.mark.scenario("bad-minute", seed=1)
class TestMarkers:
    @pytest.mark.cloud(seed=2)
    def test_the_nearest_counts_and_the_others_stay(self, cloud):
        assert cloud.streams.seed == 2
        assert [fault.name for fault in cloud.faults] == ["a bad minute"]


@pytest.mark.parametrize("cloud_release", ["zed", "2025.1"])
def test_releases_are_parameters(cloud, cloud_release):
    assert cloud_release in (cloud.release.code, cloud.release.name)


def test_a_module_has_options_for_all_its_tests(run):
    result = run("""
        import pytest

        @pytest.fixture
        def cloud_options():
            return {"seed": 9, "time_limit": "1h"}

        def test_a(cloud):
            assert cloud.streams.seed == 9

        @pytest.mark.cloud(seed=3)
        def test_b(cloud):
            assert cloud.streams.seed == 3
        """)
    result.assert_outcomes(passed=2)


def test_a_scenario_for_all_tests_is_an_option_of_the_command(run):
    result = run(
        """
        import pytest

        def test_a(cloud):
            assert cloud.streams.seed == 20250101

        @pytest.mark.scenario("bad-minute")
        def test_b(cloud):
            assert cloud.streams.seed == 0
        """,
        "--fakecompute-scenario=flaky-host",
    )
    result.assert_outcomes(passed=2)


# --- when a test fails

FAILING = """
    def test_it(cloud, http):
        cloud.advance(60)
        cloud.fail("compute.list_servers*", status=500)
        http.get("/compute/v2.1/servers")
        cloud.host("compute-1").down()
        http.get("/compute/v2.1/servers")
        assert cloud.hosts["compute-1"].status == "up"
    """


def test_a_failure_tells_what_happened_in_the_cloud(run):
    result = run(FAILING)
    result.stdout.fnmatch_lines([
        "*- fakecompute -*",
        "*60.000s  500  compute.list_servers*GET /servers",
        "*60.000s    !  fault*compute.list_servers[*]: struck*",
        "*60.000s    [*]  event*host_down compute-1",
        "Play it again: fakecompute replay *.jsonl",
    ])


def test_a_failure_can_be_played_again(run):
    from click.testing import CliRunner

    from fakecompute.faces.cli import main

    (path,) = re.findall(r"fakecompute replay (\S+\.jsonl)", run(FAILING).stdout.str())
    played = CliRunner().invoke(main, ["replay", path])
    assert "2 calls, and every answer is the same." in played.output


def test_a_test_that_passes_tells_nothing(run):
    result = run("def test_it(cloud): ...", "-rA")
    result.stdout.no_fnmatch_line("*- fakecompute -*")


def test_a_failure_without_a_cloud_tells_nothing(run):
    result = run("""
        def test_a(cloud): ...
        def test_b(): assert False
        """)
    result.stdout.no_fnmatch_line("*- fakecompute -*")


def test_a_cloud_that_is_no_fixture_is_told_too(run):
    result = run("""
        import fakecompute

        def test_it():
            with fakecompute.running() as cloud:
                cloud.host("compute-1").down()
                assert not cloud.elapsed == 0
        """)
    result.stdout.fnmatch_lines(["*event*host_down compute-1"])


# --- clients of the keystoneauth


@pytest.mark.parametrize(
    ("client", "path", "key"),
    [("nova", "/servers", "servers"), ("cinder", "/volumes", "volumes"), ("glance", "/v2/images", "images"),
     ("keystone", "/v3/auth/projects", "projects"), ("neutron", "/v2.0/networks", "networks")],
)  # fmt: skip
def test_each_service_has_a_session(request, client, path, key):
    answer = request.getfixturevalue(client).get(path)
    assert answer.status_code == 200
    assert key in answer.json()


def test_a_session_gives_refusals_back(nova):
    assert nova.get("/servers/nothing").status_code == 404


def test_the_admin_has_a_connection(openstack_admin):
    assert list(openstack_admin.compute.hypervisors())


def test_in_process_there_is_no_port_and_no_thread(cloud, openstack, nova, monkeypatch):
    def forbidden(*args, **named):
        raise AssertionError("no sockets, no threads")

    monkeypatch.setattr("socket.socket.connect", forbidden)
    monkeypatch.setattr("socket.socket.bind", forbidden)
    monkeypatch.setattr("threading.Thread.start", forbidden)
    assert list(openstack.compute.flavors())
    assert nova.get("/flavors").status_code == 200
    assert sdk.connect().current_project.name == "demo"


# --- openstacksdk, in the cloud's time


def test_the_sdk_is_logged_in_as_demo(openstack):
    assert openstack.current_project.name == "demo"


def test_the_sdk_for_another_user(openstack_as):
    assert openstack_as("admin").current_project.name == "admin"
    assert openstack_as("admin", "demo").current_project.name == "demo"


def test_a_user_that_is_not_there_is_told_so(openstack_as):
    with pytest.raises(KeyError, match="there is no user 'nobody' with a project; there are admin, alt_demo, demo"):
        openstack_as("nobody")


def test_errors_are_the_sdks(openstack):
    with pytest.raises(sdk.exceptions.NotFoundException):
        openstack.compute.get_flavor("nothing")


def test_sleeping_is_over_at_once_and_moves_the_cloud(cloud, fakecompute_time):
    before = time.time()
    time.sleep(600)
    assert time.time() == before + 600
    assert cloud.now == EPOCH + 600 * SECOND


def test_all_watches_of_the_process_tell_the_clouds_time(cloud, fakecompute_time):
    watched = time.monotonic()
    cloud.advance(90)
    assert time.time() * SECOND == cloud.now
    assert time.monotonic() - watched == 90
    assert datetime.now(UTC).timestamp() == time.time()


def test_a_twin_has_a_time_of_its_own(cloud, fakecompute_time):
    before = time.time()
    cloud.fork().advance(90)
    assert time.time() == before


def test_a_sleep_that_was_imported_by_name_is_over_at_once_too(run):
    result = run("""
        from time import sleep, time

        def test_it(cloud, fakecompute_time):
            before = time()
            sleep(600)
            assert time() - before == 600
        """)
    result.assert_outcomes(passed=1)


def test_time_is_the_machines_again_afterwards(run):
    result = run("""
        import time
        from datetime import datetime

        real = (time.sleep, time.time, time.monotonic, datetime)

        def test_in_the_clouds_time(fakecompute_time):
            import datetime
            assert (time.sleep, time.time, time.monotonic, datetime.datetime) != real

        def test_afterwards():
            import datetime
            assert (time.sleep, time.time, time.monotonic, datetime.datetime) == real
        """)
    result.assert_outcomes(passed=2)


@pytest.mark.scenario("bad-minute")
def test_a_client_that_heeds_retry_after_outlives_a_bad_minute(cloud, openstack):
    assert list(openstack.compute.flavors())
    cloud.advance(60)
    openstack.compute.status_code_retries = 10
    assert list(openstack.compute.flavors())
    assert cloud.now >= EPOCH + 120 * SECOND


@pytest.mark.scenario({"faults": [{"on": "compute.list_flavors*", "effect": {"status": 504, "delay": "60s"}}]})
def test_a_delay_longer_than_a_client_waits_is_a_timeout(openstack):
    with pytest.raises(Exception, match="timed out"):
        openstack.session.get("/flavors", endpoint_filter={"service_type": "compute"}, timeout=5)


@pytest.fixture
def boot(openstack):
    """Boots a server and waits for it, as openstacksdk does it."""
    parts = {
        "flavor": openstack.compute.find_flavor("m1.tiny").id,
        "image": openstack.image.find_image("cirros-0.6.3-x86_64-disk").id,
        "network": openstack.network.find_network("private").id,
    }
    return lambda name: openstack.create_server(name, **parts, wait=True, timeout=600, auto_ip=False)


def test_waiting_for_a_server_takes_the_clouds_time(cloud, boot):
    began = cloud.now
    assert boot("web").status == "ACTIVE"
    assert cloud.now - began > 3 * SECOND


@pytest.mark.scenario({"timing": {"server.create.spawning": "5m"}})
def test_minutes_of_waiting_cost_no_minutes(cloud, boot):
    boot("warm-up")
    began, watch = cloud.now, time.clock_gettime(time.CLOCK_MONOTONIC)
    boot("web")
    assert cloud.now - began > 300 * SECOND
    assert time.clock_gettime(time.CLOCK_MONOTONIC) - watch < 30  # `make bench` tells how few milliseconds it is


# --- a server for other processes


def test_other_processes_find_the_cloud(cloud, fakecompute_server):
    assert fakecompute_server.cloud is cloud
    assert requests.get(f"{fakecompute_server.url}/_fakecompute/health", timeout=10).status_code == 200


def test_for_clients_that_poll_the_clock_jumps(cloud, fakecompute_server):
    assert isinstance(cloud.clock, AutoClock)


@pytest.mark.scenario("flaky-host")
def test_a_scenario_that_names_its_clock_keeps_it(cloud, fakecompute_server):
    assert type(cloud.clock) is ManualClock


def test_clouds_yaml_lets_the_sdk_in(fakecompute_server, monkeypatch):
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(fakecompute_server.clouds_yaml))
    with sdk.connect(cloud="fakecompute-admin") as connection:
        assert connection.current_project.name == "admin"


def test_a_server_may_be_shared_by_all_tests(cloud, fakecompute_shared_server):
    assert "/clouds/test-" in fakecompute_shared_server.url
    with sdk.connect(load_yaml_config=False, **auth_of(fakecompute_shared_server)) as connection:
        connection.compute.create_keypair(name="mine")
    assert "mine" in cloud.keypairs


def test_each_of_them_has_a_cloud_of_its_own(cloud, fakecompute_shared_server):
    with sdk.connect(load_yaml_config=False, **auth_of(fakecompute_shared_server)) as connection:
        assert list(connection.compute.keypairs()) == []


def auth_of(server):
    names = ("OS_AUTH_URL", "OS_USERNAME", "OS_PASSWORD", "OS_PROJECT_NAME", "OS_USER_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID")
    return {name.removeprefix("OS_").lower(): server.env[name] for name in names} | {"region_name": "RegionOne"}


def test_the_environment_lets_the_command_line_in(fakecompute_server):
    program = "import openstack; print(openstack.connect().current_project.name)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=fakecompute_server.env, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["demo"], done.stderr
