"""The harness's real Nova with the policies of a real one: `python serve.py PATH/serve_nova.py --port 38774`.

Nova's functional tests, and the harness with them, run with policies that let everybody do nearly everything.
"""

import runpy
import sys

sys.argv.pop(0)
harness = runpy.run_path(sys.argv[0], run_name="serve_nova")

from nova.tests import fixtures  # noqa: E402
from oslo_config import cfg  # noqa: E402


class RealPolicies(fixtures.RealPolicyFixture):  # type: ignore[misc]
    """What Nova ships, without what it has given up and still accepts by default."""

    def _prepare_policy(self) -> None:
        cfg.CONF.set_override("enforce_new_defaults", True, group="oslo_policy")


fixtures.PolicyFixture = RealPolicies
harness["main"]()
