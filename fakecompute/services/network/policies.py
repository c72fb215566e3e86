"""Neutron's default policies: which audience each rule means (rest/policy.py tells what the audiences are).

Source: neutron/conf/policies/.  Who sees what is no audience but a finder: `get_*` rules are for whoever it finds.
Rules of attributes are asked with the project of the resource, or of its network where the network's owner counts.
"""

from __future__ import annotations

_RULES = {
    "any": """
        get_version get_extension get_availability_zone get_address_group
        get_network get_subnet get_port get_router get_security_group get_security_group_rule get_floatingip
        get_networks_tags get_subnets_tags get_ports_tags get_routers_tags get_security_groups_tags get_floatingips_tags
    """,
    "member": """
        create_network update_network delete_network
        create_network:port_security_enabled update_network:port_security_enabled
        create_subnet update_subnet delete_subnet
        create_port update_port delete_port
        create_port:device_id create_port:device_owner create_port:mac_address create_port:fixed_ips
        create_port:fixed_ips:ip_address create_port:fixed_ips:subnet_id create_port:port_security_enabled
        create_port:binding:vnic_type create_port:allowed_address_pairs
        create_port:allowed_address_pairs:ip_address create_port:allowed_address_pairs:mac_address
        update_port:device_id update_port:device_owner update_port:fixed_ips update_port:fixed_ips:ip_address
        update_port:fixed_ips:subnet_id update_port:port_security_enabled update_port:binding:vnic_type
        update_port:allowed_address_pairs update_port:allowed_address_pairs:ip_address
        update_port:allowed_address_pairs:mac_address
        create_router update_router delete_router add_router_interface remove_router_interface
        add_extraroutes remove_extraroutes
        create_router:external_gateway_info create_router:external_gateway_info:network_id
        update_router:external_gateway_info update_router:external_gateway_info:network_id
        create_security_group update_security_group delete_security_group
        create_security_group_rule delete_security_group_rule
        update_networks_tags update_subnets_tags update_ports_tags update_routers_tags update_security_groups_tags
        update_floatingips_tags
        create_floatingip update_floatingip delete_floatingip
    """,
    "manager": "get_quota create_floatingip:floating_ip_address",
    "service": """
        get_port:binding:vif_type get_port:binding:vif_details get_port:binding:host_id get_port:binding:profile
        get_port:resource_request
        create_port:binding:host_id update_port:binding:host_id
        create_port:binding:profile update_port:binding:profile
        create_port_binding get_port_binding
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
        create_subnet:service_types update_subnet:service_types
        update_port:mac_address
        create_router:distributed create_router:ha update_router:distributed update_router:ha
        get_router:distributed get_router:ha
        create_router:external_gateway_info:enable_snat create_router:external_gateway_info:external_fixed_ips
        update_router:external_gateway_info:enable_snat update_router:external_gateway_info:external_fixed_ips
        update_quota delete_quota get_agent update_agent delete_agent get_network_ip_availability
    """,
}

POLICIES = {rule: audience for audience, rules in _RULES.items() for rule in rules.split()}
