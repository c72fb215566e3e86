"""What Keystone does and we do not (yet): 501, once the policy has been asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.services.identity.service import identity

# fmt: off
OPERATIONS = (
    # method  path                                         policy
    ("POST",   "/groups",                                  "create_group"),
    ("PUT",    "/groups/<group_id>/users/<user_id>",       "add_user_to_group"),
    ("GET",    "/groups/<group_id>/users/<user_id>",       "check_user_in_group"),
    ("DELETE", "/groups/<group_id>/users/<user_id>",       "remove_user_from_group"),
    ("POST",   "/services",                                "create_service"),
    ("PATCH",  "/services/<service_id>",                   "update_service"),
    ("DELETE", "/services/<service_id>",                   "delete_service"),
    ("POST",   "/endpoints",                               "create_endpoint"),
    ("PATCH",  "/endpoints/<endpoint_id>",                 "update_endpoint"),
    ("DELETE", "/endpoints/<endpoint_id>",                 "delete_endpoint"),
    ("POST",   "/regions",                                 "create_region"),
    ("PUT",    "/regions/<region_id>",                     "create_region"),
    ("PATCH",  "/regions/<region_id>",                     "update_region"),
    ("DELETE", "/regions/<region_id>",                     "delete_region"),
    ("PUT",    "/roles/<role>/implies/<implied_id>",       "create_implied_role"),
    ("DELETE", "/roles/<role>/implies/<implied_id>",       "delete_implied_role"),
    ("POST",   "/limits",                                  "create_limits"),
    ("PATCH",  "/limits/<limit_id>",                       "update_limit"),
    ("DELETE", "/limits/<limit_id>",                       "delete_limit"),
    ("POST",   "/registered_limits",                       "create_registered_limits"),
    ("PATCH",  "/registered_limits/<limit_id>",            "update_registered_limit"),
    ("DELETE", "/registered_limits/<limit_id>",            "delete_registered_limit"),
    ("GET",    "/credentials",                             "list_credentials"),
    ("POST",   "/credentials",                             "create_credential"),
    ("GET",    "/credentials/<credential_id>",             "get_credential"),
    ("PATCH",  "/credentials/<credential_id>",             "update_credential"),
    ("DELETE", "/credentials/<credential_id>",             "delete_credential"),
    ("GET",    "/users/<user_id>/credentials/OS-EC2",      "ec2_list_credentials"),
    ("POST",   "/users/<user_id>/credentials/OS-EC2",      "ec2_create_credential"),
    ("GET",    "/users/<user_id>/access_rules/<rule_id>",  "get_access_rule"),
    ("DELETE", "/users/<user_id>/access_rules/<rule_id>",  "delete_access_rule"),
    ("GET",    "/OS-TRUST/trusts",                         "list_trusts"),
    ("POST",   "/OS-TRUST/trusts",                         "create_trust"),
    ("GET",    "/OS-TRUST/trusts/<trust_id>",              "get_trust"),
    ("DELETE", "/OS-TRUST/trusts/<trust_id>",              "delete_trust"),
    ("GET",    "/policies",                                "list_policies"),
    ("POST",   "/policies",                                "create_policy"),
    ("GET",    "/domains/<domain_id>/config",              "get_domain_config"),
    ("PUT",    "/domains/<domain_id>/config",              "create_domain_config"),
    ("GET",    "/OS-FEDERATION/identity_providers",        "list_identity_providers"),
    ("GET",    "/OS-REVOKE/events",                        "list_revoke_events"),
    *((method, f"/{of}s/<{of}_id>/groups/<group_id>/roles/<role_id>", rule)
      for of in ("project", "domain")
      for method, rule in (("PUT", "create_grant"), ("GET", "check_grant"), ("DELETE", "revoke_grant"))),
    *((method, f"/OS-INHERIT/{of}s/<{of}_id>/users/<user_id>/roles/<role_id>/inherited_to_projects", rule)
      for of in ("project", "domain")
      for method, rule in (("PUT", "create_grant"), ("GET", "check_grant"), ("DELETE", "revoke_grant"))),
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(call: Call, **params: Any) -> None:
        raise NotImplementedHere(operation=f"identity.{name}")

    refuse.__name__ = name
    return refuse


for method, path, rule in OPERATIONS:
    identity.route(method, path, policy=f"identity:{rule}")(_refusing(rule))
