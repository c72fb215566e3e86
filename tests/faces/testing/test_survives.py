"""A test under faults: what breaks a client is found, made as small as can be, told, and can be had again."""

import re
import subprocess
import sys
from pathlib import Path
from unittest import TestCase

import pytest

pytest.importorskip("hypothesis")

from fakecompute.domain.faults import Effect
from fakecompute.scenario.load import load
from fakecompute.strategies import fault, faults
from fakecompute.testing import CloudTestCase, survives
from fakecompute.wsgi.wire import Truncated
from tests.faces.testing.careful import Blind, Careful, Forgetful, GivenUp, Hasty, Patient

EXAMPLES = 200
ROOT = Path(__file__).parents[3]
FAKECOMPUTE = [sys.executable, "-c", "from fakecompute.faces.cli import main; main(prog_name='fakecompute')"]


def broken(test):
    """The error that a test ends in, the number of the first example that broke it, and the faults it came down to."""
    with pytest.raises(AssertionError) as info:
        test()
    note = info.value.__notes__[-1]
    example = int(re.search(r"found in example (\d+)", note)[1])
    return info.value, example, load(written_in(note)).rules


def written_in(text):
    return re.search(r"--fakecompute-faults (\S+)", text)[1]


# --- four bugs, and none


def test_a_blind_retry_of_create_is_found():
    @survives(gives_up=GivenUp, max_examples=EXAMPLES)
    def deploy(cloud, http):
        Blind(cloud, http).work()

    error, example, [rule] = broken(deploy)

    assert example < EXAMPLES
    assert (rule.on, rule.nth) == ("compute.create_server", (1,))
    assert rule.phase == "after" or rule.effect.loses
    assert "made twice" in str(error)


def test_waiting_for_ever_in_build_is_found():
    @survives(gives_up=GivenUp, max_examples=EXAMPLES)
    def deploy(cloud, http):
        Patient(cloud, http).work()

    error, example, [rule] = broken(deploy)

    assert example < EXAMPLES
    assert rule.phase == "step"
    assert rule.effect == Effect(hang=True)
    assert "EndlessWait" in str(error) or "nothing changes" in str(error)


def test_taking_error_for_gone_is_found():
    @survives(gives_up=GivenUp, max_examples=EXAMPLES)
    def deploy(cloud, http):
        Forgetful(cloud, http).work()
        assert not cloud.servers

    _, example, [rule] = broken(deploy)

    assert example < EXAMPLES
    assert rule.on.startswith("server.delete.")
    assert rule.effect.fail


def test_ignoring_retry_after_is_found():
    @survives(gives_up=GivenUp, max_examples=EXAMPLES)
    def deploy(cloud, http):
        Hasty(cloud, http).work()

    error, example, [rule] = broken(deploy)

    assert example < EXAMPLES
    assert "Retry-After" in dict(rule.effect.headers)
    assert "before its Retry-After" in str(error)


def test_a_careful_client_survives_them_all():
    runs = []

    @survives(gives_up=GivenUp, max_examples=EXAMPLES)
    def deploy(cloud, http):
        runs.append(1)
        Careful(cloud, http).work()
        assert not cloud.servers

    deploy()

    assert len(runs) == EXAMPLES  # one of them without faults


# --- what is told


def test_a_failure_without_any_fault_is_told_as_such():
    @survives
    def deploy(http):
        assert http.get("/compute/v2.1/flavors").status_code == 404

    with pytest.raises(AssertionError) as info:
        deploy()
    assert info.value.__notes__ == ["There was no fault yet: the test does not pass by itself."]


def test_giving_up_without_any_fault_is_a_failure():
    @survives(gives_up=GivenUp)
    def deploy(http):
        raise GivenUp

    with pytest.raises(GivenUp):
        deploy()


def test_bad_habits_without_any_fault_are_told_as_such():
    @survives
    def deploy(http):
        for _ in range(100):
            http.get("/compute/v2.1/flavors")

    with pytest.raises(AssertionError, match="was asked 30 times in 3 s") as info:
        deploy()
    assert "no fault" in info.value.__notes__[0]


def test_a_test_that_asks_nothing_of_its_cloud_is_told_so():
    @survives
    def deploy(cloud): ...

    with pytest.raises(ValueError, match="nothing can go wrong"):
        deploy()


def test_a_skip_is_a_skip():
    @survives
    def deploy(http):
        pytest.skip("not today")

    with pytest.raises(pytest.skip.Exception):
        deploy()


def look(http):
    assert http.get("/compute/v2.1/flavors").status_code == 200
    assert http.get("/image/v2/images").status_code == 200


def test_only_what_the_test_uses_goes_wrong():
    _, _, [rule] = broken(survives(look))
    assert rule.on in ("compute.list_flavors", "image.list_images")


def test_what_may_go_wrong_can_be_narrowed_down():
    _, _, [rule] = broken(survives(operations="image.*")(look))
    assert rule.on == "image.list_images"


def test_a_strategy_of_ones_own_replaces_what_goes_wrong():
    _, _, [rule] = broken(survives(faults("image.list_images", kinds=["bad gateway"]))(look))
    assert rule == fault("bad gateway", "image.list_images")


def test_outside_of_pytest_the_faults_are_written_beside_the_work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fakecompute.faces.testing.survives.HOMES", [])
    error, *_ = broken(survives(look))
    assert [path.suffix for path in Path(".fakecompute").iterdir()] == [".yaml"]
    assert f"{__file__}::look --fakecompute-faults .fakecompute/" in error.__notes__[-1]


def test_the_database_of_examples_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    broken(survives(look))
    assert not Path(".hypothesis", "examples").exists()


def test_the_same_examples_are_tried_each_time():
    seen = []

    @survives(max_examples=20)
    def deploy(cloud, http):
        seen.append([one.name for one in cloud.faults])
        for _ in range(3):
            http.get("/compute/v2.1/flavors")

    for _ in range(2):
        with pytest.raises(Exception):  # noqa: B017  whatever a broken wire is
            deploy()
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]


def test_coroutines_are_run():
    runs = []

    @survives(max_examples=3, gives_up=(OSError, Truncated))
    async def deploy(cloud, http):
        runs.append(cloud)
        http.get("/compute/v2.1/flavors")

    deploy()
    assert len({id(cloud) for cloud in runs}) == 3


# --- in pytest

BLIND = """
    import pytest
    from fakecompute.testing import survives
    from tests.faces.testing.careful import Blind, Careful, GivenUp

    @survives(gives_up=GivenUp)
    def test_blind(cloud, http):
        Blind(cloud, http).work()
    """


def test_the_file_that_is_written_makes_it_fail_again(run):
    first = run(BLIND)
    first.assert_outcomes(failed=1)

    again = run(BLIND + "\n        print('RUN')", "--fakecompute-faults", written_in(first.stdout.str()))

    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["*web was made twice*", "*With the faults of *.yaml.*"])
    again.stdout.no_fnmatch_line("*This fault breaks it*")


def test_a_client_that_was_mended_passes_with_the_file(run):
    first = run(BLIND)
    again = run(BLIND.replace("Blind(", "Careful("), "--fakecompute-faults", written_in(first.stdout.str()))
    again.assert_outcomes(passed=1)


def test_other_commands_meet_the_faults_of_the_file():
    error, _, [rule] = broken(survives(operations="compute.*")(look))
    program = "import openstack; print(openstack.connect().compute.get('/flavors').status_code)"
    command = [*FAKECOMPUTE, "run", written_in(error.__notes__[-1]), "--", sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split()[0] == str(rule.effect.status), done.stderr


def test_the_failure_shows_the_clouds_last_run_alone(run):
    result = run(BLIND)
    result.stdout.fnmatch_lines(["*- fakecompute -*", "*answer lost: compute.create_server 1: struck*"])
    result.stdout.no_fnmatch_line("*- fakecompute 2 -*")


def test_parameters_and_other_fixtures_go_on_to_work(run):
    run("""
        import pytest
        from fakecompute.testing import survives
        from fakecompute.wsgi.wire import Truncated

        @pytest.fixture
        def number(): return 7

        @pytest.mark.parametrize("path", ["/compute/v2.1/flavors", "/image/v2/images"])
        @survives(max_examples=5, gives_up=(OSError, Truncated))
        def test_it(path, cloud, http, number, tmp_path):
            http.get(path)
            assert number == 7 and tmp_path.is_dir()
        """).assert_outcomes(passed=2)


def test_markers_and_fixtures_tell_which_cloud_it_is(run):
    run("""
        import pytest
        from fakecompute.testing import survives
        from fakecompute.wsgi.wire import Truncated

        @pytest.fixture
        def cloud_options(): return {"seed": 4}

        @pytest.mark.scenario({"cloud": "two-zones"})
        @pytest.mark.parametrize("cloud_release", ["zed"])
        @survives(max_examples=5, gives_up=(OSError, Truncated))
        def test_it(cloud, http):
            http.get("/compute/v2.1/flavors")
            assert (cloud.streams.seed, cloud.release.code) == (4, "zed")
            assert "north-1" in cloud.hosts
        """).assert_outcomes(passed=1)


def test_a_fixture_that_needs_the_cloud_is_refused(run):
    result = run("""
        import pytest
        from fakecompute.testing import survives

        @pytest.fixture
        def deployed(http): ...

        @survives
        def test_it(deployed, cloud): ...
        """)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["'deployed' asks for `cloud`*", "Let the test itself make what it needs*"])


def test_methods_of_unittest_have_a_cloud_each_time():
    clouds = []

    class TestDeploy(CloudTestCase):
        @survives(max_examples=5, gives_up=(OSError, Truncated))
        def test_with_the_cases_own(self):
            clouds.append(self.cloud)
            self.http.get("/compute/v2.1/flavors")

    class TestPlainly(TestCase):
        @survives(max_examples=5, gives_up=(OSError, Truncated))
        def test_with_an_argument(self, cloud, http):
            clouds.append(cloud)
            http.get("/compute/v2.1/flavors")

    for test in TestDeploy("test_with_the_cases_own"), TestPlainly("test_with_an_argument"):
        assert test.run().wasSuccessful()
    assert len({id(cloud) for cloud in clouds}) == len(clouds) == 10


def test_workers_of_xdist_tell_the_same(run):
    pytest.importorskip("xdist")
    result = run(BLIND, "-n", "2")
    result.assert_outcomes(failed=1)
    assert len(load(written_in(result.stdout.str())).rules) == 1
