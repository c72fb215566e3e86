"""Runs of pytest over modules of tests, as users have them."""

from importlib.metadata import entry_points

import pytest

MODULE = "fakecompute.faces.pytest_plugin"
INSTALLED = MODULE in {entry.value for entry in entry_points(group="pytest11")}


@pytest.fixture
def run(pytester):
    """`run(text, *words)`: words are pytest's own."""

    def run_module(text, *words):
        pytester.makepyfile(text)
        return pytester.runpytest_inprocess(*(() if INSTALLED else ("-p", MODULE)), "-p", "no:cacheprovider", *words)

    return run_module
