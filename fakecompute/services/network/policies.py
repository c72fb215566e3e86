"""Neutron's default policies: which audience each rule means (rest/policy.py tells what the audiences are).

Source: neutron/conf/policies/.  Who sees what is no audience but a finder: `get_*` rules are for whoever it finds.
Rules of attributes are asked with the project of the resource, or of its network where the network's owner counts.
"""

from __future__ import annotations

_RULES = {
    "any": """
        get_version get_extension get_availability_zone
        get_address_group get_address_scope get_subnetpool get_rbac_policy
        get_segment get_network_segment_range get_floatingip_pool
        get_network get_subnet get_port get_router get_security_group get_security_group_rule get_floatingip
        get_trunk get_subports get_policy get_floatingip_port_forwarding
        get_policy_bandwidth_limit_rule
        get_policy_dscp_marking_rule
        get_policy_minimum_bandwidth_rule
        get_policy_minimum_packet_rate_rule
        get_policy_packet_rate_limit_rule
        get_router_conntrack_helper get_ndp_proxy get_local_ip get_local_ip_port_association
        get_metering_label get_metering_label_rule get_flavor
        get_default_security_group_rule get_rule_type get_auto_allocated_topology
        delete_auto_allocated_topology
        get_subnetpool:tags get_network_segment_range:tags get_network:tags get_subnet:tags get_port:tags
        get_router:tags get_security_group:tags get_floatingip:tags get_trunk:tags get_policy:tags
    """,
    "member": """
        create_network update_network delete_network
        create_subnetpool update_subnetpool delete_subnetpool
        onboard_network_subnets add_prefixes remove_prefixes
        create_address_scope update_address_scope delete_address_scope
        create_address_group update_address_group delete_address_group add_addresses remove_addresses
        create_rbac_policy update_rbac_policy delete_rbac_policy
        create_rbac_policy:object_type create_rbac_policy:object_id create_rbac_policy:action
        create_network:port_security_enabled update_network:port_security_enabled
        create_subnet update_subnet delete_subnet
        create_router update_router delete_router add_router_interface remove_router_interface
        add_extraroutes remove_extraroutes
        create_router:external_gateway_info create_router:external_gateway_info:network_id
        update_router:external_gateway_info update_router:external_gateway_info:network_id
        create_security_group update_security_group delete_security_group
        create_security_group_rule delete_security_group_rule
        create_network:tags update_network:tags delete_network:tags
        create_subnet:tags update_subnet:tags delete_subnet:tags
        create_subnetpool:tags update_subnetpool:tags delete_subnetpool:tags
        create_port:tags update_port:tags delete_port:tags
        create_router:tags update_router:tags delete_router:tags
        create_security_group:tags update_security_group:tags delete_security_group:tags
        create_floatingip:tags update_floatingip:tags delete_floatingip:tags
        create_trunk:tags update_trunk:tags delete_trunk:tags
        create_floatingip update_floatingip delete_floatingip
        create_trunk update_trunk delete_trunk add_subports remove_subports
        create_floatingip_port_forwarding update_floatingip_port_forwarding delete_floatingip_port_forwarding
        create_router_conntrack_helper update_router_conntrack_helper delete_router_conntrack_helper
        create_ndp_proxy update_ndp_proxy delete_ndp_proxy create_local_ip update_local_ip delete_local_ip
        create_local_ip_port_association delete_local_ip_port_association
        add_external_gateways update_external_gateways remove_external_gateways
    """,
    "manager": """
        get_quota create_floatingip:floating_ip_address
        create_policy update_policy delete_policy
        create_policy:tags update_policy:tags delete_policy:tags
        create_policy_bandwidth_limit_rule update_policy_bandwidth_limit_rule delete_policy_bandwidth_limit_rule
        create_policy_dscp_marking_rule update_policy_dscp_marking_rule delete_policy_dscp_marking_rule
        create_policy_minimum_bandwidth_rule update_policy_minimum_bandwidth_rule delete_policy_minimum_bandwidth_rule
        create_policy_minimum_packet_rate_rule update_policy_minimum_packet_rate_rule
        delete_policy_minimum_packet_rate_rule
        create_policy_packet_rate_limit_rule update_policy_packet_rate_limit_rule delete_policy_packet_rate_limit_rule
        create_metering_label delete_metering_label create_metering_label_rule delete_metering_label_rule
        get_loggable_resource create_log get_log update_log delete_log
    """,
    "service_alone": """
        create_port_binding delete_port_binding activate create_port:binding:profile update_port:binding:profile
    """,
    "service member": """
        create_port update_port delete_port create_port:device_id create_port:device_owner
        create_port:mac_address create_port:fixed_ips create_port:fixed_ips:ip_address
        create_port:fixed_ips:subnet_id create_port:port_security_enabled create_port:binding:vnic_type
        create_port:allowed_address_pairs create_port:allowed_address_pairs:ip_address
        create_port:allowed_address_pairs:mac_address update_port:device_id update_port:device_owner
        update_port:fixed_ips update_port:fixed_ips:ip_address update_port:fixed_ips:subnet_id
        update_port:port_security_enabled update_port:binding:vnic_type update_port:allowed_address_pairs
        update_port:allowed_address_pairs:ip_address update_port:allowed_address_pairs:mac_address
    """,
    "service manager": "update_port:mac_address",
    "own_project": "create_port:qos_policy_id update_port:qos_policy_id",
    "service": """
        get_port:binding:vif_type get_port:binding:vif_details get_port:binding:host_id get_port:binding:profile
        create_port:binding:host_id update_port:binding:host_id
        get_port_binding
        get_network_ip_availability
    """,
    "admin": """
        get_network:provider:network_type get_network:provider:physical_network
        get_network:provider:segmentation_id
        create_network:shared create_network:router:external create_network:is_default
        create_network:provider:network_type create_network:provider:physical_network
        create_network:provider:segmentation_id
        update_network:shared update_network:router:external update_network:is_default
        update_network:provider:network_type update_network:provider:physical_network
        update_network:provider:segmentation_id
        create_network:segments get_network:segments
        create_subnet:segment_id update_subnet:segment_id get_subnet:segment_id
        create_subnetpool:shared create_subnetpool:is_default update_subnetpool:is_default
        create_address_scope:shared update_address_scope:shared
        create_rbac_policy:target_tenant update_rbac_policy:target_tenant
        create_segment update_segment delete_segment
        create_network_segment_range update_network_segment_range delete_network_segment_range
        create_network_segment_range:tags update_network_segment_range:tags delete_network_segment_range:tags
        create_default_security_group_rule delete_default_security_group_rule
        create_router:distributed create_router:ha update_router:distributed update_router:ha
        get_router:distributed get_router:ha
        create_router:external_gateway_info:enable_snat create_router:external_gateway_info:external_fixed_ips
        update_router:external_gateway_info:enable_snat update_router:external_gateway_info:external_fixed_ips
        update_quota delete_quota get_agent update_agent delete_agent
        get_l3-agents get_l3-routers create_l3-router delete_l3-router
        get_dhcp-agents get_dhcp-networks create_dhcp-network delete_dhcp-network
        create_flavor update_flavor delete_flavor create_flavor_service_profile delete_flavor_service_profile
        create_service_profile update_service_profile delete_service_profile
        get_port:resource_request
    """,
}

POLICIES = {rule: audience for audience, rules in _RULES.items() for rule in rules.split()}
