"""A cloud for each test of a `unittest.TestCase`.

    class TestDeploy(CloudTestCase):
        scenario = "bad-minute"

        def test_it_comes_up(self):
            deploy(openstack.connect())
            self.assertEqual(self.cloud.servers["web-1"].status, "ACTIVE")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from unittest import TestCase

from fakecompute.faces.testing.cloud import TestCloud
from fakecompute.faces.testing.running import running
from fakecompute.wsgi.client import Http

if TYPE_CHECKING:
    from openstack.connection import Connection


class CloudTestCase(TestCase):
    """`cloud` is one's own in every test; clients find it, and its time is theirs.

    `scenario` is a shipped scenario's name, a path or content; `options` are those of `fakecompute.running`.
    """

    scenario: ClassVar[Any] = None
    options: ClassVar[dict[str, Any]] = {}
    cloud: TestCloud

    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.enterContext(running(self.scenario, **self.options))

    @property
    def http(self) -> Http:
        """Plain HTTP and JSON as `demo`; `http.as_("admin")` is another's."""
        return Http(self.cloud)

    def openstack(self, user: str = "demo", project: str | None = None) -> Connection:
        """An openstacksdk connection, without a socket."""
        from fakecompute.faces.transport import connect

        connection = connect(self.cloud, user, project)
        self.addCleanup(connection.close)
        return connection
