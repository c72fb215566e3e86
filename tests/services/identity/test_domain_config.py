"""/v3/domains/{id}/config.  Expectations: Keystone 30."""

import pytest

from tests.services.identity.conftest import message

LDAP = {"config": {"ldap": {"url": "ldap://x", "user_tree_dn": "a", "password": "secret"}, "identity": {"driver": "ldap"}}}


@pytest.fixture
def config(keystone):
    return f"/domains/{keystone.make('domain', name='d')}/config"


def test_a_config_is_made_and_replaced_and_shows_no_secrets(keystone, config):
    made = keystone.put(config, LDAP)
    assert made.status_code == 201
    assert made.json == {"config": {"identity": {"driver": "ldap"}, "ldap": {"url": "ldap://x", "user_tree_dn": "a"}}}
    replaced = keystone.put(config, {"config": {"ldap": {"url": "y"}}})
    assert (replaced.status_code, replaced.json) == (200, {"config": {"ldap": {"url": "y"}}})


def test_parts_of_it_are_shown(keystone, config):
    keystone.put(config, LDAP)
    assert keystone.get(f"{config}/identity").json == {"config": {"identity": {"driver": "ldap"}}}
    assert keystone.get(f"{config}/ldap/url").json == {"config": {"url": "ldap://x"}}
    domain = config.split("/")[2]
    for part, what in (("ldap/password", "option password in group ldap"), ("ldap/suffix", "option suffix in group ldap")):
        refused = keystone.get(f"{config}/{part}")
        words = f"Could not find {what} in domain configuration for domain {domain}."
        assert (refused.status_code, message(refused)) == (404, words)


def test_parts_of_it_are_changed(keystone, config):
    keystone.put(config, LDAP)
    changed = keystone.patch(f"{config}/ldap/url", {"config": {"url": "z"}})
    assert changed.json["config"]["ldap"] == {"url": "z", "user_tree_dn": "a"}
    for part, body, words in (
        ("ldap/url", {"user_tree_dn": "t"},
         "Trying to update option url in group ldap, but config provided contains option user_tree_dn instead"),
        ("ldap", {"identity": {"driver": "sql"}},
         "request to update group ldap, but config provided contains group identity instead"),
        ("", {}, "No options specified"),
        ("", {"ldap": "x"}, "The value of group ldap specified in the config should be a dictionary of options"),
        ("", {"zz": {"a": 1}}, "Group zz is not supported for domain specific configurations"),
        ("", {"ldap": {"zz": 1}}, "Option zz in group ldap is not supported for domain specific configurations"),
    ):  # fmt: skip
        refused = keystone.patch(f"{config}/{part}".rstrip("/"), {"config": body})
        assert (refused.status_code, message(refused)) == (403, f"Invalid domain specific configuration: {words}.")


def test_parts_of_it_are_deleted(keystone, config):
    keystone.put(config, LDAP)
    assert keystone.delete(f"{config}/ldap/url").status_code == 204
    assert keystone.delete(f"{config}/ldap/url").status_code == 404
    assert keystone.delete(f"{config}/ldap").status_code == 204
    assert keystone.get(config).json == {"config": {"identity": {"driver": "ldap"}}}
    assert [keystone.delete(config).status_code, keystone.delete(config).status_code] == [204, 204]
    assert "any options" in message(keystone.get(config))


def test_a_domain_that_is_not_there_has_none(keystone):
    assert message(keystone.put("/domains/x/config", LDAP)) == "Could not find domain: x."
    assert message(keystone.get("/domains/x/config")) == (
        "Could not find any options in domain configuration for domain x."
    )


def test_the_defaults_are_shown(keystone):
    assert keystone.get("/domains/config/default").json["config"]["identity"] == {"driver": "sql", "list_limit": None}
    assert keystone.get("/domains/config/ldap/url/default").json == {"config": {"url": "ldap://localhost"}}
    assert keystone.get("/domains/config/ldap/password/default").status_code == 403
    assert keystone.get("/domains/config/zz/default").status_code == 403


def test_a_deleted_domain_takes_its_config_along(keystone, config, cloud):
    from fakecompute.domain.records.identity import DomainConfig

    keystone.put(config, LDAP)
    domain = config.removesuffix("/config")
    keystone.patch(domain, {"domain": {"enabled": False}})
    assert keystone.delete(domain).status_code == 204
    assert not cloud.store.all(DomainConfig)
