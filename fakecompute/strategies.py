"""Hypothesis strategies of what clouds are made of, and of what goes wrong in them.

    from fakecompute.strategies import clouds, faults, scenarios, server_requests, workloads

    @given(fault=faults("compute.create_server"))
    def test_one_fault_is_no_harm(fault):
        with fakecompute.running(rules=[fault]) as cloud:
            deploy(openstack.connect())
            cloud.assert_no_leaks("server")
"""

from __future__ import annotations

from fakecompute.faces.testing.random_scenarios import scenarios, workloads
from fakecompute.faces.testing.strategies import KINDS, clouds, fault, faults, server_requests

__all__ = ["KINDS", "clouds", "fault", "faults", "scenarios", "server_requests", "workloads"]
