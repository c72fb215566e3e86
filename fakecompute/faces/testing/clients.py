"""Clients of a test's cloud, by the names that fixtures have, for who makes a cloud within a test."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from fakecompute.faces.control import with_control
from fakecompute.faces.testing.cloud import TestCloud
from fakecompute.wsgi.app import app
from fakecompute.wsgi.client import Http

if TYPE_CHECKING:
    from openstack.connection import Connection


def _http(cloud: TestCloud, stack: ExitStack) -> Http:
    return Http(cloud, through=with_control(app()))


def _openstack_as(cloud: TestCloud, stack: ExitStack) -> Callable[..., Connection]:
    import openstack  # noqa: F401  # the one whose absence is told

    from fakecompute.faces.transport import connect

    def connect_as(user: str = "demo", project: str | None = None) -> Connection:
        connection = connect(cloud, user, project)
        stack.callback(connection.close)
        return connection

    return connect_as


def _openstack(cloud: TestCloud, stack: ExitStack, user: str = "demo") -> Connection:
    return _openstack_as(cloud, stack)(user)


def _session(cloud: TestCloud, stack: ExitStack) -> Any:
    from fakecompute.faces.transport import session

    return session(cloud)


def _adapter(cloud: TestCloud, stack: ExitStack, service_type: str) -> Any:
    from keystoneauth1.adapter import Adapter

    return Adapter(_session(cloud, stack), service_type=service_type, raise_exc=False)


# What a cloud makes of itself for a test that asks for it; the stack closes it.
# fmt: off
CLIENTS: dict[str, Callable[[TestCloud, ExitStack], Any]] = {
    "cloud":            lambda cloud, stack: cloud,
    "fakecompute_time": lambda cloud, stack: None,
    "http":             _http,
    "openstack":        _openstack,
    "openstack_admin":  partial(_openstack, user="admin"),
    "openstack_as":     _openstack_as,
    "keystone_session": _session,
    "nova":             partial(_adapter, service_type="compute"),
    "cinder":           partial(_adapter, service_type="block-storage"),
    "glance":           partial(_adapter, service_type="image"),
    "keystone":         partial(_adapter, service_type="identity"),
    "neutron":          partial(_adapter, service_type="network"),
    "placement":        partial(_adapter, service_type="placement"),
}
# fmt: on
