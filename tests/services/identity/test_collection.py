"""What Keystone's nouns have in common that are listed, shown, made, changed and deleted, and nothing else."""

from __future__ import annotations

import pytest

GUARDED = [
    "/services", "/endpoints", "/policies", "/OS-OAUTH1/consumers", "/credentials", "/domains", "/groups", "/users",
    "/OS-EP-FILTER/endpoint_groups", "/OS-FEDERATION/mappings", "/OS-FEDERATION/identity_providers",
    "/OS-FEDERATION/service_providers",
]  # fmt: skip
OPEN = ["/regions", "/registered_limits", "/roles"]  # those of roles are told first, and then refused


@pytest.mark.parametrize("path", GUARDED)
def test_who_may_not_look_is_not_told_that_a_thing_is_not_there(http, path):
    assert http.as_("demo").get(f"/identity/v3{path}/nowhere").status_code == 403


@pytest.mark.parametrize("path", OPEN)
def test_others_are_told(http, path):
    assert http.as_("demo").get(f"/identity/v3{path}/nowhere").status_code == 404


@pytest.mark.parametrize("path", GUARDED + OPEN)
def test_what_is_not_there_is_neither_shown_nor_deleted(keystone, path):
    assert keystone.get(f"{path}/nowhere").status_code == 404
    assert keystone.delete(f"{path}/nowhere").status_code == 404


@pytest.mark.parametrize("path", ["/regions", "/OS-FEDERATION/identity_providers"])
def test_what_has_its_id_from_the_client_is_made_at_its_address(keystone, path):
    body: dict[str, object] = {"region": {}} if path == "/regions" else {"identity_provider": {}}
    assert keystone.put(f"{path}/mine", body).status_code == 201
    assert keystone.get(f"{path}/mine").status_code == 200


def test_a_secret_is_told_once(keystone):
    made = keystone.post("/OS-OAUTH1/consumers", {"consumer": {}}).json["consumer"]
    shown = keystone.get(f"/OS-OAUTH1/consumers/{made['id']}").json["consumer"]
    assert made.pop("secret")
    assert shown == made
