"""The `openstack` command: each thing of Keystone, in the order in which a user makes, changes and deletes it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.clients.command import column, openstack

# --- who: domains, projects, users, groups


def test_domains(admin):
    made = admin.show("domain create --description a-lab lab")
    assert (made["name"], made["enabled"], made["description"]) == ("lab", True, "a-lab")
    admin.do("domain set --disable --name laboratory lab")
    assert admin.show("domain show laboratory") == {**made, "name": "laboratory", "enabled": False}
    assert column(admin.show("domain list")) >= {"Default", "laboratory"}
    assert column(admin.show("domain list --enabled")) == {"Default"}
    admin.do("domain delete laboratory")
    assert "laboratory" not in column(admin.show("domain list"))


def test_an_enabled_domain_is_not_deleted(admin):
    admin.show("domain create busy")
    assert "Cannot delete a domain that is enabled, please disable it first." in admin.said(
        "domain delete busy"
    )
    admin.do("domain set --disable busy")
    admin.do("domain delete busy")


def test_projects_and_their_tags(admin):
    made = admin.show("project create --description web --property team=a --tag blue --tag red shop")
    assert (made["description"], made["team"], sorted(made["tags"])) == ("web", "a", ["blue", "red"])
    part = admin.show("project create --parent shop --disable cellar")
    assert (part["parent_id"], part["enabled"]) == (made["id"], False)

    admin.do("project set --name store --remove-tag red --property team=b shop")
    admin.do("project set --tag green store")
    shown = admin.show("project show --children store")
    assert (shown["name"], shown["team"], sorted(shown["tags"])) == ("store", "b", ["blue", "green"])
    assert list(shown["subtree"]) == [part["id"]]
    assert column(admin.show("project list --tags blue,green")) == {"store"}
    assert "store" not in column(admin.show("project list --not-tags blue"))
    assert column(admin.show("project list --parent store")) == {"cellar"}

    admin.do("project set --clear-tags store")
    assert admin.show("project show store")["tags"] == []
    admin.do("project delete cellar store")
    assert not {"store", "cellar"} & column(admin.show("project list"))


def test_a_project_with_children_is_not_deleted(admin):
    admin.show("project create above")
    admin.show("project create --parent above below")
    assert "since it is not a leaf in the hierarchy" in admin.said("project delete above")
    admin.do("project delete below above")


def test_users(admin):
    made = admin.show("user create --project demo --password one --email ann@example.org --description A ann")
    assert made["email"] == "ann@example.org"
    assert made["default_project_id"] == admin.show("project show demo")["id"]
    admin.do("user set --name anna --email anna@example.org --password two ann")
    assert admin.show("user show anna")["email"] == "anna@example.org"
    admin.do("user set --disable anna")
    (row,) = [row for row in admin.show("user list --long") if row["Name"] == "anna"]
    assert (row["Enabled"], row["Description"]) == (False, "A")
    admin.do("user delete anna")
    assert "No User found for anna" in admin.said("user show anna")


def test_options_of_users(admin):
    admin.show("user create --password one --ignore-password-expiry --enable-lock-password ann")
    options = admin.show("user show ann")["options"]
    assert options == {"ignore_password_expiry": True, "lock_password": True}
    admin.do("user set --no-ignore-password-expiry ann")
    assert admin.show("user show ann")["options"]["ignore_password_expiry"] is False
    admin.do("user delete ann")


def test_groups_and_who_is_in_them(admin):
    admin.show("user create --password one ann")
    admin.show("user create --password one bob")
    assert admin.show("group create --description a-crew crew")["description"] == "a-crew"
    admin.do("group add user crew ann bob")
    assert admin.said("group contains user crew ann") == "ann in group crew"
    assert column(admin.show("user list --group crew")) == {"ann", "bob"}
    assert column(admin.show("group list --user ann")) == {"crew"}

    admin.do("group remove user crew bob")
    assert admin.said("group contains user crew bob") == "bob not in group crew"
    admin.do("group set --name team crew")
    assert admin.show("group show team")["description"] == "a-crew"
    admin.do("group delete team")
    assert "team" not in column(admin.show("group list"))
    admin.do("user delete ann bob")


# --- what they may: roles and assignments, trusts


def test_roles(admin):
    assert admin.show("role create --description makes-soup cook")["description"] == "makes-soup"
    admin.do("role set --name chef cook")
    assert admin.show("role show chef")["description"] == "makes-soup"
    admin.do("role set --immutable chef")
    assert 'Set resource option "immutable" to false first.' in admin.said("role delete chef")
    admin.do("role set --no-immutable chef")
    admin.do("role delete chef")
    assert column(admin.show("role list")) == {"admin", "manager", "member", "reader", "service"}


def test_roles_are_given_and_taken_away(admin):
    admin.show("user create --password one ann")
    admin.show("group create crew")
    admin.do("role add --project demo --user ann member")
    admin.do("role add --project demo --group crew --inherited reader")
    admin.do("role add --domain default --group crew reader")
    admin.do("role add --system all --user ann reader")

    given = admin.show("role assignment list --project demo --names")
    assert {(row["Role"], row["User"], row["Group"], row["Inherited"]) for row in given} >= {
        ("member", "ann@Default", "", False),
        ("reader", "", "crew@Default", True),
    }
    (of_the_domain,) = admin.show("role assignment list --group crew --domain default --names")
    assert (of_the_domain["Role"], of_the_domain["Domain"]) == ("reader", "Default")
    (of_the_system,) = admin.show("role assignment list --user ann --system all --names")
    assert (of_the_system["Role"], of_the_system["System"]) == ("reader", "all")
    effective = admin.show("role assignment list --user ann --project demo --effective --names")
    assert column(effective, "Role") == {"member", "reader"}

    admin.do("role remove --project demo --user ann member")
    admin.do("role remove --project demo --group crew --inherited reader")
    admin.do("role remove --domain default --group crew reader")
    admin.do("role remove --system all --user ann reader")
    assert (
        admin.show("role assignment list --user ann") == admin.show("role assignment list --group crew") == []
    )
    admin.do("user delete ann")
    admin.do("group delete crew")


def test_roles_imply_others(admin):
    admin.show("role create cook")
    made = admin.show("implied role create --implied-role reader cook")
    assert made["prior_role"] == admin.show("role show cook")["id"]
    implied = {(row["Prior Role Name"], row["Implied Role Name"]) for row in admin.show("implied role list")}
    assert implied == {("admin", "manager"), ("manager", "member"), ("member", "reader"), ("cook", "reader")}
    admin.do("implied role delete --implied-role reader cook")
    assert "cook" not in column(admin.show("implied role list"), "Prior Role Name")
    admin.do("role delete cook")


def test_trusts(admin, demo):
    token, other = demo.show("token issue"), admin.show("user show alt_demo")["id"]
    me, project, role = token["user_id"], token["project_id"], admin.show("role show member")["id"]
    made = demo.show(f"trust create --project {project} --role {role} --impersonate {me} {other}")
    assert (made["trustor_user_id"], made["trustee_user_id"], made["is_impersonation"]) == (me, other, True)
    assert column(demo.show(f"trust list --trustor {me}"), "ID") == {made["id"]}
    assert [role["name"] for role in demo.show(f"trust show {made['id']}")["roles"]] == ["member"]
    assert "No Trust found" in admin.said("trust show no-such-trust")
    demo.do(f"trust delete {made['id']}")
    assert demo.show(f"trust list --trustor {me}") == []


# --- what they sign in with


def test_application_credentials_and_access_rules(town, demo):
    (town / "rules.json").write_text('[{"service": "compute", "method": "GET", "path": "/v2.1/servers"}]')
    made = demo.show("application credential create --role member --access-rules rules.json robot")
    assert (made["Unrestricted"], len(made["Secret"])) == (False, 86)
    assert "member" in {role["name"] for role in made["Roles"]}
    (rule,) = made["Access Rules"]
    shown = demo.show("application credential show robot")
    assert shown == {name: value for name, value in made.items() if name != "Secret"}
    assert column(demo.show("application credential list")) == {"robot"}

    assert demo.show("access rule list") == [
        {"ID": rule["id"], "Service": "compute", "Method": "GET", "Path": "/v2.1/servers"}
    ]
    assert demo.show(f"access rule show {rule['id']}")["Path"] == "/v2.1/servers"
    assert "403" in demo.said(f"access rule delete {rule['id']}")  # as long as it is used
    demo.do("application credential delete robot")
    demo.do(f"access rule delete {rule['id']}")
    assert demo.show("access rule list") == []


def test_an_application_credential_expires(demo):
    made = demo.show("application credential create --secret s3cret --expiration 2090-01-01T00:00:00 late")
    assert (made["Secret"], made["Expires At"]) == ("s3cret", "2090-01-01T00:00:00.000000")
    demo.do("application credential delete late")


def test_ec2_credentials(demo):
    made = demo.show("ec2 credentials create")
    (row,) = demo.show("ec2 credentials list")
    assert (row["Access"], row["Secret"]) == (made["access"], made["secret"])
    assert demo.show(f"ec2 credentials show {made['access']}")["secret"] == made["secret"]
    demo.do(f"ec2 credentials delete {made['access']}")
    assert demo.show("ec2 credentials list") == []


def test_credentials(admin):
    made = admin.show("credential create --type cert --project demo demo one")
    assert (made["type"], made["blob"]) == ("cert", "one")
    assert admin.show(f"credential show {made['id']}") == made
    assert column(admin.show("credential list --type cert --user demo"), "ID") == {made["id"]}
    admin.do(f"credential delete {made['id']}")
    assert admin.show("credential list --type cert") == []


def test_a_credential_is_not_set_by_a_command_that_sends_its_type(admin):
    """Keystone 30 takes no more than the blob."""
    made = admin.show("credential create --type cert demo one")
    refused = admin.said(f"credential set --user demo --type cert --data two {made['id']}")
    assert "Additional properties are not allowed ('type' was unexpected)" in refused
    admin.do(f"credential delete {made['id']}")


def test_tokens(demo):
    made = demo.show("token issue")
    lives = datetime.fromisoformat(made["expires"]) - datetime.now().astimezone()
    assert 3500 < lives.total_seconds() <= 3600
    assert made["project_id"]


def test_a_revoked_token_is_dead_and_the_client_signs_in_again(admin, demo):
    token = demo.show("token issue")["id"]
    demo.do(f"token revoke {token}")
    assert "(HTTP 404)" in admin.said(f"token revoke {token}")
    assert demo.show("network list")


def test_consumers(admin):
    pytest.importorskip("oauthlib", reason="the command asks for it")
    made = admin.show("consumer create --description robots")
    assert made["secret"]
    admin.do(f"consumer set --description machines {made['id']}")
    assert admin.show(f"consumer show {made['id']}")["description"] == "machines"
    assert column(admin.show("consumer list"), "ID") == {made["id"]}
    admin.do(f"consumer delete {made['id']}")
    assert admin.show("consumer list") == []


# --- where things are: the catalogue


def test_regions(admin):
    made = admin.show("region create --parent-region RegionOne --description cold north")
    assert made == {"region": "north", "parent_region": "RegionOne", "description": "cold"}
    admin.do("region set --description colder north")
    assert admin.show("region show north")["description"] == "colder"
    assert column(admin.show("region list --parent-region RegionOne"), "Region") == {"north"}
    admin.do("region delete north")
    assert column(admin.show("region list"), "Region") == {"RegionOne"}


def test_services_and_endpoints_are_in_new_catalogues(town, admin):
    made = admin.show("service create --name forecast --description sun weather")
    assert (made["type"], made["enabled"]) == ("weather", True)
    admin.do("service set --description rain --name sky forecast")
    assert admin.show("service show sky")["description"] == "rain"

    url = "http://weather.example/v1/%(project_id)s"
    endpoint = admin.show(f"endpoint create --region RegionOne sky public {url}")
    assert (endpoint["url"], endpoint["service_type"]) == (url, "weather")
    admin.do(f"endpoint set --interface internal {endpoint['id']}")
    assert admin.show(f"endpoint show {endpoint['id']}")["interface"] == "internal"
    (row,) = admin.show("endpoint list --service sky --interface internal")
    assert row["URL"] == url

    fresh = openstack(
        town, "catalog", "show", "weather", "-f", "value", "-c", "endpoints", user="fakecompute-admin"
    )
    project = admin.show("token issue")["project_id"]
    assert f"http://weather.example/v1/{project}" in fresh.stdout
    admin.do(f"endpoint delete {endpoint['id']}")
    admin.do("service delete sky")
    assert "sky" not in column(admin.show("service list"))


def test_the_catalogue_has_every_service(demo):
    types = {row["Name"]: row["Type"] for row in demo.show("catalog list")}
    assert types.items() >= {
        ("keystone", "identity"),
        ("glance", "image"),
        ("neutron", "network"),
        ("placement", "placement"),
    }
    (public,) = [
        entry for entry in demo.show("catalog show network")["endpoints"] if entry["interface"] == "public"
    ]
    assert public["url"].endswith("/network")


def test_endpoint_groups(town, admin):
    (town / "filters.json").write_text('{"interface": "public"}')
    made = admin.show("endpoint group create --description open open filters.json")
    assert made["filters"] == {"interface": "public"}
    admin.do("endpoint group add project open demo")
    assert column(admin.show("endpoint group list --project demo")) == {"open"}
    assert column(admin.show("endpoint group list --endpointgroup open")) == {"demo"}
    admin.do("endpoint group remove project open demo")
    admin.do("endpoint group set --name shut --filters filters.json open")
    assert admin.show("endpoint group show shut")["id"] == made["id"]
    admin.do("endpoint group delete shut")
    assert admin.show("endpoint group list") == []


def test_endpoints_of_a_project(admin):
    glance = admin.show("endpoint list --service glance --interface public")[0]["ID"]
    admin.do(f"endpoint add project {glance} demo")
    assert column(admin.show("endpoint list --project demo"), "ID") == {glance}
    assert column(admin.show(f"endpoint list --endpoint {glance}")) == {"demo"}
    admin.do(f"endpoint remove project {glance} demo")
    assert admin.show("endpoint list --project demo") == []


# --- what is allowed and how much: policies, limits


def test_policies(town, admin):
    (town / "policy.json").write_text('{"admin": "role:admin"}')
    made = admin.show("policy create --type application/json policy.json")
    assert made["rules"] == '{"admin": "role:admin"}'
    admin.do(f"policy set --type text/plain {made['id']}")
    assert admin.show(f"policy show {made['id']}")["type"] == "text/plain"
    assert column(admin.show("policy list"), "ID") == {made["id"]}
    admin.do(f"policy delete {made['id']}")
    assert admin.show("policy list") == []


def test_limits_are_registered_first(admin):
    registered = admin.show("registered limit create --service nova --default-limit 10 servers")
    assert (registered["resource_name"], registered["default_limit"]) == ("servers", 10)
    changed = admin.show(f"registered limit set --default-limit 12 --description few {registered['id']}")
    assert (changed["default_limit"], changed["description"]) == (12, "few")
    assert column(admin.show("registered limit list --service nova"), "ID") == {registered["id"]}
    assert admin.show(f"registered limit show {registered['id']}") == changed

    made = admin.show("limit create --project demo --service nova --resource-limit 20 servers")
    assert made["resource_limit"] == 20
    assert admin.show(f"limit set --resource-limit 30 {made['id']}")["resource_limit"] == 30
    assert column(admin.show("limit list --project demo"), "Resource Limit") == {30}
    assert admin.show(f"limit show {made['id']}")["resource_name"] == "servers"
    assert "there are project limits associated with it" in admin.said(
        f"registered limit delete {registered['id']}"
    )
    admin.do(f"limit delete {made['id']}")
    admin.do(f"registered limit delete {registered['id']}")
    assert admin.show("limit list") == admin.show("registered limit list") == []


# --- the trust in others: federation


def test_identity_providers_mappings_and_protocols(town, admin):
    (town / "mapping.json").write_text(
        '[{"local": [{"user": {"name": "{0}"}}], "remote": [{"type": "USER"}]}]'
    )
    assert admin.show("identity provider create --remote-id them them")["remote_ids"] == ["them"]
    admin.do("identity provider set --description others them")
    assert admin.show("identity provider show them")["description"] == "others"
    assert column(admin.show("identity provider list"), "ID") == {"them"}

    assert admin.show("mapping create --rules mapping.json by-name")["rules"][0]["remote"] == [
        {"type": "USER"}
    ]
    admin.do("mapping set --rules mapping.json by-name")
    assert column(admin.show("mapping list"), "ID") == {"by-name"}

    made = admin.show("federation protocol create --identity-provider them --mapping by-name saml2")
    assert (made["id"], made["mapping"]) == ("saml2", "by-name")
    assert admin.show("federation protocol show --identity-provider them saml2")["mapping"] == "by-name"
    assert column(admin.show("federation protocol list --identity-provider them"), "id") == {"saml2"}
    admin.do("federation protocol delete --identity-provider them saml2")
    admin.do("mapping delete by-name")
    domain = admin.show("identity provider show them")["domain_id"]
    admin.do("identity provider delete them")
    admin.do(f"domain set --disable {domain}")
    admin.do(f"domain delete {domain}")


def test_service_providers(admin):
    urls = "--auth-url http://sky.example/v3 --service-provider-url http://sky.example/sp"
    assert admin.show(f"service provider create {urls} sky")["sp_url"] == "http://sky.example/sp"
    admin.show("service provider set --description high sky")
    assert admin.show("service provider show sky")["description"] == "high"
    assert column(admin.show("service provider list"), "ID") == {"sky"}
    admin.do("service provider delete sky")
    assert admin.show("service provider list") == []


# --- refusals


def test_a_member_makes_no_projects(demo):
    said = demo.said("project create mine")
    assert "You are not authorized to perform the requested action: identity:create_project." in said


def test_a_password_is_changed_and_the_old_one_is_of_no_use(town, admin):
    admin.show("user create --password one ann")
    admin.do("role add --project demo --user ann member")
    admin.do("user set --password two ann")
    refused = openstack(town, "--os-username", "ann", "--os-password", "one", "token", "issue")
    assert refused.returncode == 1
    assert "The request you have made requires authentication." in refused.stderr
    admin.do("user delete ann")
