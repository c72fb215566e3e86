"""The tests use the fixtures that users get: `cloud`, `http`, `openstack`, `fakecompute_server`."""

from importlib.metadata import entry_points

from hypothesis import settings

import fakecompute.faces.testing.clients  # noqa: F401  # what an inner run (pytester) is the first to import is
from fakecompute.services import all_services  # forgotten after it, and comes twice

all_services()

PLUGIN = "fakecompute.faces.pytest_plugin"

pytest_plugins = ["pytester", "tests.traffic"]
if PLUGIN not in {entry.value for entry in entry_points(group="pytest11")}:
    pytest_plugins.append(PLUGIN)  # a checkout that is not installed

# `pytest --hypothesis-profile=thorough`: minutes of hostile input, where the default takes seconds
settings.register_profile("thorough", max_examples=5000)
