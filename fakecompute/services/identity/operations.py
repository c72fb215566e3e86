"""The operations of Keystone v3; HEAD is answered where GET is.  Facts: its API reference."""

from __future__ import annotations

from collections.abc import Iterator

from fakecompute.services.coverage import Operation, operations

# Whom a role is given, where; below OS-INHERIT the same for the projects under it.
GRANTED = tuple(
    f"/{place}/{to}/<{to[:-1]}>/roles"
    for place in ("projects/<project>", "domains/<domain>", "system")
    for to in ("users", "groups")
)
GRANTS = (
    ("PUT", "204", "create_grant"),
    ("GET", "204", "check_grant"),
    ("DELETE", "204", "revoke_grant"),
)


def _grants() -> Iterator[Operation]:
    for roles in GRANTED:
        whom = "group" if "<group>" in roles else "user"
        of = f"_for_{whom}" if roles.startswith("/system") else ""
        system = "system_" if of else ""
        listed = f"identity:list_{system}grants{of}"
        yield Operation("GET", roles, success="200", policy=listed)
        ways = [f"{roles}/<role>"]
        if not system:
            inherited = f"/OS-INHERIT{roles}"
            if roles.startswith("/domains"):  # of projects there is no such list
                yield Operation("GET", f"{inherited}/inherited_to_projects", success="200", policy=listed)
            ways.append(f"{inherited}/<role>/inherited_to_projects")
        for way in ways:
            for method, success, rule in GRANTS:
                policy = f"identity:{rule.replace('grant', f'{system}grant')}{of}"
                yield Operation(method, way, success=success, policy=policy)


OPERATIONS = (
    *operations(
        """
        method path                                                  success policy
        GET    /                                                     200     -
        POST   /auth/tokens                                          201     -
        GET    /auth/tokens                                          200     validate_token
        HEAD   /auth/tokens                                          200     check_token
        DELETE /auth/tokens                                          204     revoke_token
        GET    /auth/catalog                                         200     get_auth_catalog
        GET    /auth/projects                                        200     get_auth_projects
        GET    /auth/domains                                         200     get_auth_domains
        GET    /auth/system                                          200     get_auth_system
        GET    /projects                                             200     list_projects
        POST   /projects                                             201     create_project
        GET    /projects/<project>                                   200     get_project
        PATCH  /projects/<project>                                   200     update_project
        DELETE /projects/<project>                                   204     delete_project
        GET    /projects/<project>/tags                              200     list_project_tags
        PUT    /projects/<project>/tags                              200     update_project_tags
        DELETE /projects/<project>/tags                              204     delete_project_tags
        GET    /projects/<project>/tags/<tag>                        204     get_project_tag
        PUT    /projects/<project>/tags/<tag>                        201     create_project_tag
        DELETE /projects/<project>/tags/<tag>                        204     delete_project_tag
        GET    /domains                                              200     list_domains
        POST   /domains                                              201     create_domain
        GET    /domains/<domain>                                     200     get_domain
        PATCH  /domains/<domain>                                     200     update_domain
        DELETE /domains/<domain>                                     204     delete_domain
        GET    /domains/<domain>/config                              200     get_domain_config
        PUT    /domains/<domain>/config                              201     create_domain_config
        PATCH  /domains/<domain>/config                              200     update_domain_config
        DELETE /domains/<domain>/config                              204     delete_domain_config
        GET    /domains/<domain>/config/<group>                      200     get_domain_config
        PATCH  /domains/<domain>/config/<group>                      200     update_domain_config
        DELETE /domains/<domain>/config/<group>                      204     delete_domain_config
        GET    /domains/<domain>/config/<group>/<option>             200     get_domain_config
        PATCH  /domains/<domain>/config/<group>/<option>             200     update_domain_config
        DELETE /domains/<domain>/config/<group>/<option>             204     delete_domain_config
        GET    /domains/config/default                               200     get_domain_config_default
        GET    /domains/config/<group>/default                       200     get_domain_config_default
        GET    /domains/config/<group>/<option>/default              200     get_domain_config_default
        GET    /users                                                200     list_users
        POST   /users                                                201     create_user
        GET    /users/<user>                                         200     get_user
        PATCH  /users/<user>                                         200     update_user
        DELETE /users/<user>                                         204     delete_user
        POST   /users/<user>/password                                204     -
        GET    /users/<user>/groups                                  200     list_groups_for_user
        GET    /users/<user>/projects                                200     list_user_projects
        GET    /users/<user_id>/application_credentials              200     list_application_credentials
        POST   /users/<user_id>/application_credentials              201     create_application_credential
        GET    /users/<user_id>/application_credentials/<id>         200     get_application_credential
        DELETE /users/<user_id>/application_credentials/<id>         204     delete_application_credential
        GET    /users/<user_id>/access_rules                         200     list_access_rules
        GET    /users/<user_id>/access_rules/<id>                    200     get_access_rule
        DELETE /users/<user_id>/access_rules/<id>                    204     delete_access_rule
        GET    /users/<user_id>/credentials/OS-EC2                   200     ec2_list_credentials
        POST   /users/<user_id>/credentials/OS-EC2                   201     ec2_create_credential
        GET    /users/<user_id>/credentials/OS-EC2/<id>              200     ec2_get_credential
        DELETE /users/<user_id>/credentials/OS-EC2/<id>              204     ec2_delete_credential
        GET    /credentials                                          200     list_credentials
        POST   /credentials                                          201     create_credential
        GET    /credentials/<id>                                     200     get_credential
        PATCH  /credentials/<id>                                     200     update_credential
        DELETE /credentials/<id>                                     204     delete_credential
        GET    /groups                                               200     list_groups
        POST   /groups                                               201     create_group
        GET    /groups/<group>                                       200     get_group
        PATCH  /groups/<group>                                       200     update_group
        DELETE /groups/<group>                                       204     delete_group
        GET    /groups/<group>/users                                 200     list_users_in_group
        PUT    /groups/<group>/users/<user>                          204     add_user_to_group
        GET    /groups/<group>/users/<user>                          204     check_user_in_group
        DELETE /groups/<group>/users/<user>                          204     remove_user_from_group
        GET    /roles                                                200     list_roles
        POST   /roles                                                201     create_role
        GET    /roles/<role>                                         200     get_role
        PATCH  /roles/<role>                                         200     update_role
        DELETE /roles/<role>                                         204     delete_role
        GET    /roles/<role>/implies                                 200     list_implied_roles
        PUT    /roles/<role>/implies/<id>                            201     create_implied_role
        GET    /roles/<role>/implies/<id>                            200     get_implied_role
        HEAD   /roles/<role>/implies/<id>                            204     check_implied_role
        DELETE /roles/<role>/implies/<id>                            204     delete_implied_role
        GET    /role_inferences                                      200     list_role_inference_rules
        GET    /role_assignments                                     200     list_role_assignments
        """,
        rules="identity:",
    ),
    *_grants(),
    *operations(
        """
        method path                                                  success policy
        GET    /services                                             200     list_services
        POST   /services                                             201     create_service
        GET    /services/<id>                                        200     get_service
        PATCH  /services/<id>                                        200     update_service
        DELETE /services/<id>                                        204     delete_service
        GET    /endpoints                                            200     list_endpoints
        POST   /endpoints                                            201     create_endpoint
        GET    /endpoints/<id>                                       200     get_endpoint
        PATCH  /endpoints/<id>                                       200     update_endpoint
        DELETE /endpoints/<id>                                       204     delete_endpoint
        GET    /regions                                              200     list_regions
        POST   /regions                                              201     create_region
        GET    /regions/<id>                                         200     get_region
        PUT    /regions/<id>                                         201     create_region
        PATCH  /regions/<id>                                         200     update_region
        DELETE /regions/<id>                                         204     delete_region
        GET    /limits                                               200     list_limits
        POST   /limits                                               201     create_limits
        GET    /limits/model                                         200     get_limit_model
        GET    /limits/<id>                                          200     get_limit
        PATCH  /limits/<id>                                          200     update_limit
        DELETE /limits/<id>                                          204     delete_limit
        GET    /registered_limits                                    200     list_registered_limits
        POST   /registered_limits                                    201     create_registered_limits
        GET    /registered_limits/<id>                               200     get_registered_limit
        PATCH  /registered_limits/<id>                               200     update_registered_limit
        DELETE /registered_limits/<id>                               204     delete_registered_limit
        GET    /policies                                             200     list_policies
        POST   /policies                                             201     create_policy
        GET    /policies/<id>                                        200     get_policy
        PATCH  /policies/<id>                                        200     update_policy
        DELETE /policies/<id>                                        204     delete_policy
        GET    /OS-TRUST/trusts                                      200     list_trusts
        POST   /OS-TRUST/trusts                                      201     create_trust
        GET    /OS-TRUST/trusts/<id>                                 200     get_trust
        DELETE /OS-TRUST/trusts/<id>                                 204     delete_trust
        GET    /OS-TRUST/trusts/<id>/roles                           200     list_roles_for_trust
        GET    /OS-TRUST/trusts/<id>/roles/<item>                    200     get_role_for_trust
        GET    /OS-FEDERATION/identity_providers                     200     list_identity_providers
        PUT    /OS-FEDERATION/identity_providers/<id>                201     create_identity_provider
        GET    /OS-FEDERATION/identity_providers/<id>                200     get_identity_provider
        PATCH  /OS-FEDERATION/identity_providers/<id>                200     update_identity_provider
        DELETE /OS-FEDERATION/identity_providers/<id>                204     delete_identity_provider
        GET    /OS-FEDERATION/mappings                               200     list_mappings
        PUT    /OS-FEDERATION/mappings/<id>                          201     create_mapping
        GET    /OS-FEDERATION/mappings/<id>                          200     get_mapping
        PATCH  /OS-FEDERATION/mappings/<id>                          200     update_mapping
        DELETE /OS-FEDERATION/mappings/<id>                          204     delete_mapping
        GET    /OS-FEDERATION/service_providers                      200     list_service_providers
        PUT    /OS-FEDERATION/service_providers/<id>                 201     create_service_provider
        GET    /OS-FEDERATION/service_providers/<id>                 200     get_service_provider
        PATCH  /OS-FEDERATION/service_providers/<id>                 200     update_service_provider
        DELETE /OS-FEDERATION/service_providers/<id>                 204     delete_service_provider
        GET    /OS-EP-FILTER/endpoint_groups                         200     list_endpoint_groups
        POST   /OS-EP-FILTER/endpoint_groups                         201     create_endpoint_group
        GET    /OS-EP-FILTER/endpoint_groups/<id>                    200     get_endpoint_group
        PATCH  /OS-EP-FILTER/endpoint_groups/<id>                    200     update_endpoint_group
        DELETE /OS-EP-FILTER/endpoint_groups/<id>                    204     delete_endpoint_group
        GET    /OS-REVOKE/events                                     200     list_revoke_events
        """,
        rules="identity:",
    ),
)
