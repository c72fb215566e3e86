"""/servers/{id}/os-volume_attachments where Cinder knows of no volume."""

from __future__ import annotations

import pytest

VOLUME = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
MISSING = (404, f"Volume {VOLUME} could not be found.")


@pytest.fixture
def volumes(path):
    return f"{path}/os-volume_attachments"


@pytest.mark.parametrize("version", ["2.1", "2.70", "2.79", "2.89", "2.104"])
def test_there_are_none(http, volumes, version):
    assert http.get(volumes, version=version).json == {"volumeAttachments": []}


def test_a_volume_that_is_not_attached(http, volumes, server, told):
    expected = f"Instance {server.id} is not attached to volume {VOLUME}"
    assert told(http.get(f"{volumes}/{VOLUME}")) == (404, expected)


def test_a_volume_that_is_not_there_is_not_attached(http, volumes, told):
    assert told(http.post(volumes, json={"volumeAttachment": {"volumeId": VOLUME}})) == MISSING
    assert told(http.delete(f"{volumes}/{VOLUME}")) == MISSING


@pytest.mark.parametrize("state", ["shelved", "shelved_offloaded"])
def test_shelved_servers_take_volumes_from_2_20_on(http, volumes, server, told, become, state):
    become(vm_state=state)
    wish = {"volumeAttachment": {"volumeId": VOLUME}}
    refused = f"instance {server.id} while it is in vm_state {state}"
    assert told(http.post(volumes, json=wish, version="2.19")) == (409, f"Cannot 'attach_volume' {refused}")
    assert told(http.delete(f"{volumes}/{VOLUME}", version="2.19")) == (
        409,
        f"Cannot 'detach_volume' {refused}",
    )
    assert told(http.post(volumes, json=wish, version="2.20")) == MISSING


def test_swapping_is_for_cinder(http, admin, volumes, told):
    wish = {"volumeAttachment": {"volumeId": VOLUME}}
    refused = (403, "Policy doesn't allow os_compute_api:os-volumes-attachments:swap to be performed.")
    assert told(http.put(f"{volumes}/{VOLUME}", json=wish, version="2.84")) == refused
    assert told(admin.put(f"{volumes}/{VOLUME}", json=wish, version="2.84")) == MISSING


def test_attachments_are_changed_from_2_85_on(http, volumes, told):
    wish = {"volumeAttachment": {"volumeId": VOLUME, "delete_on_termination": True}}
    expected = (404, f"No volume Block Device Mapping with id {VOLUME}.")
    assert told(http.put(f"{volumes}/{VOLUME}", json=wish, version="2.85")) == expected
