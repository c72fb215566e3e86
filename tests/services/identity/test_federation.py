"""/OS-FEDERATION, /policies and /OS-REVOKE.  Expectations: Keystone 30 on the same requests."""

import pytest

from tests.services.identity.signing_in import V3, bearer, message, sign_in

FEDERATION = f"{V3}/OS-FEDERATION"
RULES = [{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "UserName"}]}]


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


def provider(admin, id="p", **more):
    return admin.put(f"{FEDERATION}/identity_providers/{id}", json={"identity_provider": more})


def mapping(admin, id="m", rules=RULES):
    return admin.put(f"{FEDERATION}/mappings/{id}", json={"mapping": {"rules": rules}})


# --- identity providers


def test_an_identity_provider_has_a_domain_of_its_own(admin):
    answer = provider(admin, remote_ids=["a"])
    assert answer.status_code == 201
    made = answer.json["identity_provider"]
    assert made.items() >= {"id": "p", "enabled": False, "description": None, "remote_ids": ["a"]}.items()
    assert made["links"]["protocols"].endswith("/OS-FEDERATION/identity_providers/p/protocols")
    assert admin.get(f"{V3}/domains/{made['domain_id']}").status_code == 200


def test_or_the_one_that_it_is_given(admin):
    assert provider(admin, domain_id="default").json["identity_provider"]["domain_id"] == "default"
    assert message(provider(admin, "q", domain_id="nope")) == "Could not find domain: nope."


def test_providers_share_neither_ids_nor_remote_ids(admin):
    provider(admin, remote_ids=["a"])
    assert message(provider(admin)).endswith("identity_provider - Duplicate entry: None.")
    answer = provider(admin, "q", remote_ids=["a"])
    assert answer.status_code == 409
    assert message(answer).endswith("identity_provider - Duplicate remote ID: None.")


def test_providers_are_listed_and_changed(admin):
    provider(admin)
    provider(admin, "q", enabled=True)
    found = admin.get(f"{FEDERATION}/identity_providers", params={"enabled": "true"}).json["identity_providers"]
    assert [one["id"] for one in found] == ["q"]
    changed = admin.patch(f"{FEDERATION}/identity_providers/p", json={"identity_provider": {"enabled": True}})
    assert changed.json["identity_provider"]["enabled"] is True
    assert admin.patch(f"{FEDERATION}/identity_providers/p", json={"identity_provider": {"domain_id": "x"}}).status_code == 400
    assert admin.delete(f"{FEDERATION}/identity_providers/p").status_code == 204
    assert message(admin.get(f"{FEDERATION}/identity_providers/p")) == "Could not find Identity Provider: p."


# --- mappings and protocols


def test_a_mapping_is_kept_as_it_was_sent(admin):
    assert mapping(admin).json["mapping"].items() >= {"id": "m", "rules": RULES, "schema_version": "1.0"}.items()
    assert mapping(admin).status_code == 409
    assert admin.get(f"{FEDERATION}/mappings").json["mappings"][0]["rules"] == RULES


@pytest.mark.parametrize(("rules", "sentence"), [
    ([], "[] should be non-empty\n"),
    ([{"local": []}], "'remote' is a required property\n"),
    ([{"local": [], "remote": [{"typ": "x"}]}], "{'typ': 'x'} is not valid under any of the given schemas\n"),
])  # fmt: skip
def test_a_mapping_that_makes_no_sense_is_refused(admin, rules, sentence):
    answer = mapping(admin, rules=rules)
    assert (answer.status_code, message(answer)) == (400, sentence)


def test_a_protocol_is_a_providers_and_has_a_mapping(admin):
    provider(admin)
    protocols = f"{FEDERATION}/identity_providers/p/protocols"
    answer = admin.put(f"{protocols}/saml2", json={"protocol": {"mapping_id": "m"}})
    assert (answer.status_code, message(answer)) == (400, "Invalid mapping id: m")
    mapping(admin)
    assert admin.put(f"{protocols}/saml2", json={"protocol": {"mapping_id": "m"}}).status_code == 201
    assert [one["id"] for one in admin.get(protocols).json["protocols"]] == ["saml2"]
    assert message(admin.get(f"{protocols}/x")) == "Could not find federated protocol x for Identity Provider: p."
    assert admin.delete(f"{protocols}/saml2").status_code == 204


def test_nobody_logs_in_by_it(http):
    answer = sign_in(http, mapped={"identity_provider": "p", "protocol": "saml2"})
    assert answer.status_code == 501


# --- service providers


def test_a_token_tells_the_service_providers_that_are_on(http, admin):
    wish = {"auth_url": "http://x", "sp_url": "http://y"}
    address = f"{FEDERATION}/service_providers/s"
    made = admin.put(address, json={"service_provider": wish}).json["service_provider"]
    assert made.items() >= {"enabled": False, "relay_state_prefix": "ss:mem:", **wish}.items()
    assert "service_providers" not in sign_in(http).json["token"]
    admin.patch(address, json={"service_provider": {"enabled": True}})
    assert sign_in(http).json["token"]["service_providers"] == [{"id": "s", **wish}]


def test_the_old_addresses_of_projects_and_domains(http):
    assert [one["name"] for one in http.get(f"{FEDERATION}/projects").json["projects"]] == ["demo"]
    assert http.get(f"{FEDERATION}/domains").json["domains"] == []


def test_federation_is_for_admins(http):
    for noun in "identity_providers", "mappings", "service_providers":
        assert http.get(f"{FEDERATION}/{noun}").status_code == 403


# --- consumers of OAuth 1


def test_a_consumer_tells_its_secret_once(admin):
    made = admin.post(f"{V3}/OS-OAUTH1/consumers", json={"consumer": {"description": "d"}}).json["consumer"]
    address = f"{V3}/OS-OAUTH1/consumers/{made['id']}"
    assert made.pop("secret")
    assert admin.get(address).json["consumer"] == made
    assert admin.patch(address, json={"consumer": {"description": "e"}}).json["consumer"]["description"] == "e"
    assert admin.patch(address, json={"consumer": {"secret": "x"}}).status_code == 400
    assert len(admin.get(f"{V3}/OS-OAUTH1/consumers").json["consumers"]) == 1
    assert admin.delete(address).status_code == 204
    assert message(admin.get(address)) == "Consumer not found"


# --- policies


def test_a_policy_is_a_document_of_a_type(admin):
    made = admin.post(f"{V3}/policies", json={"policy": {"blob": "{}", "type": "a", "foo-x": 1}}).json["policy"]
    assert made.items() >= {"blob": "{}", "type": "a", "foo_x": 1}.items()
    address = f"{V3}/policies/{made['id']}"
    assert admin.patch(address, json={"policy": {"blob": "x"}}).json["policy"]["blob"] == "x"
    assert message(admin.patch(address, json={"policy": {"id": "x"}})) == "Cannot change policy ID"
    assert len(admin.get(f"{V3}/policies", params={"type": "b"}).json["policies"]) == 0
    assert admin.delete(address).status_code == 204
    assert message(admin.get(address)) == f"Could not find policy: {made['id']}."


# --- what was revoked


def test_a_token_that_was_ended_is_told(http, admin):
    answer = sign_in(http)
    headers = bearer(answer)
    http.delete(f"{V3}/auth/tokens", headers={**headers, "X-Subject-Token": headers["X-Auth-Token"]})
    (event,) = admin.get(f"{V3}/OS-REVOKE/events").json["events"]
    assert event["audit_chain_id"] == answer.json["token"]["audit_ids"][0]
    assert admin.get(f"{V3}/OS-REVOKE/events", params={"since": "2030-01-01T00:00:00Z"}).json["events"] == []
    assert message(admin.get(f"{V3}/OS-REVOKE/events", params={"since": "x"})) == "invalidate date format x"
    assert http.get(f"{V3}/OS-REVOKE/events").status_code == 403


def test_all_tokens_of_a_user_are_ended_at_once(http, admin):
    headers = bearer(sign_in(http))
    user_id = http.token.user_id
    assert admin.delete(f"{V3}/users/{user_id}/tokens").status_code == 204
    assert http.get(f"{V3}/auth/projects", headers=headers).status_code == 401
    assert admin.get(f"{V3}/OS-REVOKE/events").json["events"][0]["user_id"] == user_id


def test_keystone_has_no_certificates_any_more(admin):
    assert admin.get(f"{V3}/OS-SIMPLE-CERT/ca").status_code == 410
    assert admin.get(f"{V3}/auth/tokens/OS-PKI/revoked").status_code == 403
