"""Keystone's default policies: which audiences each rule means (rest/policy.py tells what they are).

Admins may do everything, so a rule of admins alone is `admin`.  Source: keystone/common/policies.
"""

from __future__ import annotations

# fmt: off
_RULES = {
    "any": """
        get_auth_catalog get_auth_projects get_auth_domains get_auth_system
        get_limit_model list_limits get_registered_limit list_registered_limits
        get_region list_regions get_security_compliance_domain_config
    """,
    "!domain admin": """
        create_domain update_domain delete_domain
        create_domain_config update_domain_config delete_domain_config
        create_role update_role delete_role create_domain_role update_domain_role delete_domain_role
        create_implied_role delete_implied_role
        create_system_grant_for_user revoke_system_grant_for_user
        create_system_grant_for_group revoke_system_grant_for_group
        create_service update_service delete_service create_endpoint update_endpoint delete_endpoint
        create_region update_region delete_region
        create_limits update_limit delete_limit
        create_registered_limits update_registered_limit delete_registered_limit
        create_policy update_policy delete_policy
        create_policy_association_for_endpoint delete_policy_association_for_endpoint
        create_policy_association_for_service delete_policy_association_for_service
        create_policy_association_for_region_and_service delete_policy_association_for_region_and_service
        create_endpoint_group update_endpoint_group delete_endpoint_group
        add_endpoint_group_to_project remove_endpoint_group_from_project
        add_endpoint_to_project remove_endpoint_from_project
        create_identity_provider update_identity_provider delete_identity_provider
        create_protocol update_protocol delete_protocol create_mapping update_mapping delete_mapping
        create_service_provider update_service_provider delete_service_provider
        create_consumer update_consumer delete_consumer
    """,
    "!domain admin system_reader": """
        get_domain_config get_domain_config_default get_domain_role list_domain_roles
        get_implied_role list_implied_roles check_implied_role list_role_inference_rules
        list_system_grants_for_user check_system_grant_for_user
        list_system_grants_for_group check_system_grant_for_group
        get_service list_services get_endpoint list_endpoints
        list_policies get_policy get_policy_for_endpoint list_endpoints_for_policy
        check_policy_association_for_endpoint check_policy_association_for_service
        check_policy_association_for_region_and_service
        list_endpoint_groups get_endpoint_group list_projects_associated_with_endpoint_group
        list_endpoints_associated_with_endpoint_group get_endpoint_group_in_project
        list_endpoint_groups_for_project
        list_projects_for_endpoint check_endpoint_in_project list_endpoints_for_project
        list_identity_providers get_identity_provider list_protocols get_protocol list_mappings get_mapping
        list_service_providers get_service_provider list_consumers get_consumer list_trusts
    """,
    "!domain admin system_reader own_user": """
        get_application_credential list_application_credentials
        ec2_list_credentials ec2_get_credential
        list_trusts_for_trustor list_trusts_for_trustee list_roles_for_trust get_role_for_trust get_trust
    """,
    "!domain admin service":                             "list_revoke_events revocation_list",
    "!domain admin own_user":                            "delete_application_credential delete_trust",
    "!domain admin own_member":                          "ec2_create_credential ec2_delete_credential",
    "!domain !system !admin own_user":                   "create_application_credential create_trust",
    "!domain !admin system_reader own_user":             "get_access_rule list_access_rules",
    "!domain !admin system_admin own_user":              "delete_access_rule",
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
    "admin system_reader manager":                       "get_role",
    "admin system_reader domain_manager":                "list_roles",
    "admin system_reader own_domain":                    "get_domain",
    "admin system_reader token_domain own_project":      "get_limit",
    "admin system_reader domain_reader own_project":     "get_project list_project_tags get_project_tag",
    "admin system_reader domain_reader own_user":        "get_user list_user_projects list_groups_for_user",
    "admin system_reader own_user":                      "check_token list_credentials get_credential",
    "admin system_reader service own_user":              "validate_token",
    "admin service":                                     "s3tokens_validate ec2tokens_validate",
    "admin own_user": """
        revoke_token revoke_tokens_for_user create_credential update_credential delete_credential
    """,
}
# fmt: on

POLICIES = {f"identity:{name}": audience for audience, names in _RULES.items() for name in names.split()}
