"""What users import from the package itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

import fakecompute


@pytest.mark.parametrize("name", fakecompute.__all__)
def test_what_is_promised_is_there(name):
    assert getattr(fakecompute, name) is not None


def test_a_shipped_scenario_makes_a_cloud():
    cloud = fakecompute.load("bad-minute").cloud()
    assert isinstance(cloud, fakecompute.Cloud)


def test_importing_it_loads_nothing_else():
    """Every test run of every user imports the package, for the plugin."""
    code = "import sys, fakecompute; print([m for m in ('flask', 'marshmallow', 'openstack', 'orjson') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
