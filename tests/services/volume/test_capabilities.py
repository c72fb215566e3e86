"""/capabilities/{host} as operators see it.  Sentences and fields are those of a real Cinder 29."""

from __future__ import annotations

import pytest

from fakecompute.domain.records.volume_backend import VolumeBackend
from fakecompute.domain.volume.outages import backend_down

CAPABILITIES = "/volume/v3/capabilities"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


def test_a_back_end_tells_what_it_is(admin):
    shown = admin.get(f"{CAPABILITIES}/storage@lvm-2").json
    assert shown["namespace"] == "OS::Storage::Capabilities::storage@lvm-2"
    assert (shown["volume_backend_name"], shown["storage_protocol"]) == ("lvm-2", "iSCSI")
    assert shown["properties"]["qos"] == {"title": "QoS", "description": "Enables QoS.", "type": "boolean"}


def test_a_host_means_its_first_back_end(admin):
    assert admin.get(f"{CAPABILITIES}/storage").json["volume_backend_name"] == "lvm-1"


def test_a_host_that_is_not_there_is_told(admin):
    assert admin.get(f"{CAPABILITIES}/nope").json["itemNotFound"]["message"] == "Can't find service: nope"


def test_a_back_end_that_is_down_does_not_answer(cloud, admin):
    backend_down(cloud, cloud.store.get(VolumeBackend, "storage@lvm-1"))
    assert admin.get(f"{CAPABILITIES}/storage@lvm-1").status_code == 502


def test_projects_do_not_see_them(http):
    assert http.get(f"{CAPABILITIES}/storage@lvm-1").status_code == 403
