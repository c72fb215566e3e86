"""What README.md shows is true."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import openstack  # noqa: F401  # what an inner run is the first to import is forgotten after it, and comes twice
import pytest
import yaml

from fakecompute import resources

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
TRIALS = (ROOT / "fakecompute" / "faces" / "trials.py").read_text("utf-8")
MODULE = "fakecompute.faces.pytest_plugin"
INSTALLED = MODULE in {entry.value for entry in entry_points(group="pytest11")}


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("text", blocks("python"))
def test_its_tests_pass(pytester, text):
    pytester.makepyfile(text)
    result = pytester.runpytest_inprocess(*(() if INSTALLED else ("-p", MODULE)), "-p", "no:cacheprovider")
    result.assert_outcomes(passed=text.count("\ndef test_"))


@pytest.mark.parametrize("text", blocks("yaml"))
def test_its_scenario_is_the_shipped_one(text):
    shipped, _ = resources.read("scenarios", "bad-minute")
    assert yaml.safe_load(text) == yaml.safe_load(shipped)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_its_links_lead_somewhere(link):
    assert (ROOT / link).exists()


def test_its_cloud_yaml_and_scenarios_are_shipped():
    named = re.findall(r"--(cloud|scenario) ([\w-]+)(?![\w.-])", README)
    assert named
    assert not [
        name for option, name in named if name not in resources.names({"cloud": "fixtures", "scenario": "scenarios"}[option])
    ]


def test_its_trials_can_be_made():
    shown = re.findall(r"^\$ fakecompute (show|replay|run) ([\w-]+)", README, re.MULTILINE)
    assert {word for word, _ in shown} >= {"replay", "run"}
    assert {name for _, name in shown} <= set(resources.names("scenarios"))
    assert all(f'"{option}"' in TRIALS for option in ("--junit", "--journal", "--html"))
