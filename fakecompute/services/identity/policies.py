"""Keystone's default policies: which audiences each rule means (rest/policy.py tells what they are).

Admins may do everything, so a rule of admins alone is `admin`.  Source: keystone/common/policies.
"""

from __future__ import annotations

# fmt: off
_RULES = {
    "any": """
        get_auth_catalog get_auth_projects get_auth_domains get_auth_system
        get_limit_model get_limit list_limits get_registered_limit list_registered_limits
        get_region list_regions
    """,
    "admin": """
        create_domain update_domain delete_domain create_role update_role delete_role
        create_service update_service delete_service create_endpoint update_endpoint delete_endpoint
        create_region update_region delete_region create_limits update_limit delete_limit
        create_registered_limits update_registered_limit delete_registered_limit
        create_implied_role delete_implied_role list_policies create_policy list_trusts
        get_domain_config create_domain_config list_identity_providers list_revoke_events
        create_system_grant_for_user revoke_system_grant_for_user
    """,
    "admin system_reader": """
        get_service list_services get_endpoint list_endpoints
        get_implied_role list_implied_roles check_implied_role list_role_inference_rules
        list_system_grants_for_user check_system_grant_for_user
    """,
    "admin system_reader domain_reader": """
        list_projects list_users list_domains list_groups get_group list_users_in_group check_user_in_group
        list_role_assignments list_role_assignments_for_tree check_grant list_grants
    """,
    "admin domain_manager": """
        create_project update_project delete_project
        create_project_tag update_project_tags delete_project_tag delete_project_tags
        create_user update_user delete_user create_grant revoke_grant
        create_group update_group delete_group add_user_to_group remove_user_from_group
    """,
    "admin system_reader domain_manager":                "get_role list_roles",
    "admin system_reader own_domain":                    "get_domain",
    "admin system_reader domain_reader own_project":     "get_project list_project_tags get_project_tag",
    "admin system_reader domain_reader own_user":        "get_user list_user_projects list_groups_for_user",
    "admin system_reader own_user":                      """
        check_token get_application_credential list_application_credentials
        get_access_rule list_access_rules list_credentials get_credential
    """,
    "admin system_reader service own_user":              "validate_token",
    "admin own_user":                                    """
        revoke_token delete_application_credential delete_access_rule revoke_tokens_for_user
        create_credential update_credential delete_credential ec2_list_credentials ec2_create_credential
        create_trust get_trust delete_trust
    """,
    "own_user":                                          "create_application_credential",
}
# fmt: on

POLICIES = {f"identity:{name}": audience for audience, names in _RULES.items() for name in names.split()}
