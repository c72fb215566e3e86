"""A machine of Hypothesis' around a cloud, which people extend with rules of their own client."""

import pytest

pytest.importorskip("hypothesis")

import time

import openstack
from hypothesis import Phase, settings
from hypothesis.stateful import Bundle, consumes, rule, run_state_machine_as_test
from hypothesis.strategies import sampled_from

from fakecompute.strategies import faults
from fakecompute.testing import CloudMachine
from tests.faces.testing.careful import Blind, Careful, GivenUp

few = settings(
    max_examples=25, stateful_step_count=8, deadline=None, derandomize=True, database=None,
    phases=[Phase.generate, Phase.shrink],
)  # fmt: skip


def play(machine, settings=few):
    run_state_machine_as_test(machine, settings=settings)


def steps_of(error):
    """The rules of the smallest run that fails."""
    lines = [line for note in error.__notes__ for line in note.splitlines() if line.startswith("state.")]
    names = [line.removeprefix("state.").partition("(")[0] for line in lines]
    return [name for name in names if name not in ("it_holds", "teardown")]


class Quiet(CloudMachine):
    """Nothing goes wrong by itself."""

    faults = pauses = outages = blinks = None


class Deployer(CloudMachine):
    """One's own client."""

    faults = faults("compute.create_server")
    outages = blinks = None
    client_class = Careful

    @rule()
    def deploy(self):
        try:
            self.client_class(self.cloud, self.http).work()
        except GivenUp:
            return


def test_a_careful_client_passes():
    play(Deployer)


def test_a_blind_one_fails_with_the_fewest_steps():
    class BlindDeployer(Deployer):
        client_class = Blind

    with pytest.raises(AssertionError, match="made twice") as info:
        play(BlindDeployer, settings(few, max_examples=100))
    assert steps_of(info.value) == ["a_fault_begins", "deploy"]


def test_each_run_has_a_cloud_of_its_own():
    seen = []

    class Counter(Quiet):
        @rule()
        def look(self):
            assert self.cloud.elapsed == len(self.cloud.calls()) == 0
            seen.append(self.cloud)

        def teardown(self):
            self.cloud.advance(1)
            super().teardown()

    play(Counter)
    assert len({id(cloud) for cloud in seen}) == few.max_examples


def test_clients_find_it_and_time_is_shared():
    class Finder(Quiet):
        @rule()
        def find(self):
            before = self.cloud.elapsed
            time.sleep(60)
            assert self.cloud.elapsed == before + 60
            with openstack.connect() as connection:
                assert connection.current_project.name == "demo"

    play(Finder, settings(few, max_examples=2, stateful_step_count=2))


def test_what_is_checked_must_hold_after_every_step():
    class Checked(Quiet):
        @rule(name=sampled_from("ab"))
        def make(self, name):
            self.http.post("/compute/v2.1/os-keypairs", json={"keypair": {"name": name}})

        def check(self):
            assert len(self.cloud.keypairs) < 2

    with pytest.raises(AssertionError) as info:
        play(Checked)
    assert steps_of(info.value) == ["make", "make"]


def test_a_wait_without_end_is_a_failure_like_others():
    class Patient(Quiet):
        @rule()
        def wait(self):
            time.sleep(1_000_000)

    with pytest.raises(AssertionError, match="EndlessWait") as info:
        play(Patient)
    assert steps_of(info.value) == ["wait"]


def test_hypothesis_measures_the_machines_time():
    class Sleeper(Quiet):
        @rule()
        def sleep(self):
            time.sleep(60)

    play(Sleeper, settings(few, max_examples=3, deadline=10_000))


def test_the_verdict_is_what_it_says():
    class Leaver(Quiet):
        expect = {"no_leaks": ["server"]}

        @rule()
        def make(self):
            Careful(self.cloud, self.http).create()

    with pytest.raises(AssertionError, match=r"server web .* is left"):
        play(Leaver)


def test_all_that_happens_by_itself_can_be_switched_off():
    class Idle(Quiet):
        @rule()
        def do_nothing(self): ...

        def check(self):
            assert (self.cloud.elapsed, self.cloud.timeline, self.cloud.faults) == (0, [], [])

    play(Idle)


def test_bundles_and_other_rules_go_on_to_work():
    class Names(CloudMachine):
        names = Bundle("names")

        @rule(target=names)
        def make(self):
            return self.cloud.elapsed

        @rule(name=consumes(names))
        def use(self, name):
            assert name <= self.cloud.elapsed

    play(Names)


def test_what_is_down_comes_back():
    class Outages(CloudMachine):
        faults = pauses = None

        def teardown(self):
            self.cloud.advance("2h")
            assert all(host.up for host in self.cloud.hosts.values())
            assert self.http.get("/compute/v2.1/flavors").status_code == 200
            super().teardown()

    play(Outages)


def test_it_is_a_test_case_for_pytest(run):
    run("""
        from fakecompute.testing import CloudMachine

        class Machine(CloudMachine): ...

        TestMachine = Machine.TestCase
        TestMachine.settings = __import__("hypothesis").settings(max_examples=3, deadline=None)
        """).assert_outcomes(passed=1)
