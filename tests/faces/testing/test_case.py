"""Clouds for unittest."""

import time
import unittest

import openstack
import pytest

from fakecompute.testing import CloudTestCase


class TestACase(CloudTestCase):
    """Run by pytest, as it is."""

    def test_it_has_a_cloud_that_clients_find(self):
        with openstack.connect() as connection:
            connection.compute.create_keypair(name="mine")
        self.assertIn("mine", self.cloud.keypairs)

    def test_it_is_of_this_test_alone(self):
        self.assertEqual(len(self.cloud.keypairs), 0)

    def test_it_has_its_time(self):
        time.sleep(600)
        self.assertEqual(self.cloud.elapsed, 600)

    def test_it_has_clients(self):
        self.assertEqual(self.openstack("admin").current_project.name, "admin")
        self.assertEqual(self.http.get("/compute/v2.1/servers").status_code, 200)


class TestAScenario(CloudTestCase):
    scenario = "bad-minute"
    options = {"seed": 7, "time_limit": "10m"}

    def test_it_is_what_the_class_says(self):
        self.assertEqual([fault.name for fault in self.cloud.faults], ["a bad minute"])
        self.assertEqual(self.cloud.streams.seed, 7)


def test_a_failure_goes_to_its_result_and_the_next_test_is_as_new():
    class TestTwo(CloudTestCase):
        def test_a(self):
            self.cloud.advance(60)
            self.fail("on purpose")

        def test_b(self):
            self.assertEqual(self.cloud.elapsed, 0)

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(TestTwo).run(result)
    assert (result.testsRun, len(result.failures), len(result.errors)) == (2, 1, 0)


def test_a_wait_without_an_end_is_a_failure_of_its_test_alone():
    class TestTwo(CloudTestCase):
        options = {"time_limit": "1h"}

        def test_a(self):
            time.sleep(7200)

        def test_b(self):
            pass

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(TestTwo).run(result)
    (_, told), = result.errors
    assert "More than 1 h of the cloud's time have passed" in told
    assert result.testsRun == 2


@pytest.mark.parametrize("name", ["scenario", "options"])
def test_a_class_need_not_say_anything(name):
    assert hasattr(CloudTestCase, name)
