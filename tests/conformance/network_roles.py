"""Who may do what in Neutron: the things of a project, some of them shared, and all that can be asked of them.

A real Neutron has answered (`ask_network_roles.py` writes that down: tests/services/network/roles.json), and ours does
(tests/services/network/test_roles.py).  Rows and answers: `callers.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.conformance.callers import ADMIN, GUEST, OWNER, PROJECTS, Ask, filled

# What there is: its name, who makes it, where, of what.  All is the project's `own`, but for what the guest makes.
# What has no name is joined.
# fmt: off
THINGS = """
network             admin  networks                  {"name": "private"}
subnet              owner  subnets                   {"network_id": "<network>", "ip_version": 4, "cidr": "10.0.0.0/24"}
shared              admin  networks                  {"name": "shared", "shared": true}
shared_subnet       owner  subnets                   {"network_id": "<shared>", "ip_version": 4, "cidr": "10.1.0.0/24"}
granted             owner  networks                  {"name": "granted"}
granted_subnet      owner  subnets                   {"network_id": "<granted>", "ip_version": 4, "cidr": "10.2.0.0/24"}
grant               owner  rbac-policies             {"object_type": "network", "object_id": "<granted>", "target_tenant": "<other>", "action": "access_as_shared"}
external            admin  networks                  {"name": "outside", "router:external": true}
external_subnet     admin  subnets                   {"network_id": "<external>", "ip_version": 4, "cidr": "10.3.0.0/24"}
six_scope           admin  address-scopes            {"name": "six", "ip_version": 6, "shared": true}
six_pool            admin  subnetpools               {"name": "six", "prefixes": ["2001:db8::/32"], "default_prefixlen": 64, "address_scope_id": "<six_scope>", "shared": true}
six_outside         admin  subnets                   {"network_id": "<external>", "ip_version": 6, "subnetpool_id": "<six_pool>"}
six                 owner  networks                  {"name": "six"}
six_subnet          owner  subnets                   {"network_id": "<six>", "ip_version": 6, "subnetpool_id": "<six_pool>"}
six_port            owner  ports                     {"network_id": "<six>"}
new_six_port        owner  ports                     {"network_id": "<six>"}
empty               owner  networks                  {"name": "empty"}
port                owner  ports                     {"network_id": "<network>", "name": "p"}
other_port          owner  ports                     {"network_id": "<network>", "name": "p2"}
bound_port          admin  ports                     {"network_id": "<network>", "name": "b", "binding:host_id": "<host>", "device_owner": "compute:nova", "device_id": "b"}
shared_port         owner  ports                     {"network_id": "<shared>"}
guest_port          guest  ports                     {"network_id": "<shared>"}
granted_port        guest  ports                     {"network_id": "<granted>"}
router              owner  routers                   {"external_gateway_info": {"network_id": "<external>"}}
bare_router         owner  routers                   {}
-                   owner  routers/<router>/add_router_interface      {"subnet_id": "<subnet>"}
ndp_router          owner  routers                   {"enable_ndp_proxy": true, "external_gateway_info": {"network_id": "<external>"}}
-                   owner  routers/<ndp_router>/add_router_interface  {"subnet_id": "<six_subnet>"}
ndp_proxy           owner  ndp_proxies               {"router_id": "<ndp_router>", "port_id": "<six_port>"}
floatingip          owner  floatingips               {"floating_network_id": "<external>"}
forwarding_ip       owner  floatingips               {"floating_network_id": "<external>"}
security_group      owner  security-groups           {"name": "mine"}
open_group          owner  security-groups           {"name": "open"}
group_grant         owner  rbac-policies             {"object_type": "security_group", "object_id": "<open_group>", "target_tenant": "<other>", "action": "access_as_shared"}
rule                owner  security-group-rules      {"security_group_id": "<security_group>", "direction": "ingress"}
template            admin  default-security-group-rules  {"direction": "ingress", "protocol": "udp", "used_in_default_sg": false, "used_in_non_default_sg": true}
address_scope       owner  address-scopes            {"name": "s", "ip_version": 4}
shared_scope        admin  address-scopes            {"name": "ss", "ip_version": 4, "shared": true}
subnetpool          owner  subnetpools               {"name": "p", "prefixes": ["10.20.0.0/16"]}
shared_pool         admin  subnetpools               {"name": "sp", "prefixes": ["10.21.0.0/16"], "shared": true}
address_group       owner  address-groups            {"name": "g", "addresses": ["10.0.0.0/24"]}
open_addresses      owner  address-groups            {"name": "og"}
address_grant       owner  rbac-policies             {"object_type": "address_group", "object_id": "<open_addresses>", "target_tenant": "<other>", "action": "access_as_shared"}
trunk               owner  trunks                    {"port_id": "<other_port>"}
trunk_child         owner  ports                     {"network_id": "<empty>"}
new_parent          owner  ports                     {"network_id": "<empty>"}
qos                 admin  qos/policies              {"name": "q"}
shared_qos          admin  qos/policies              {"name": "sq", "shared": true}
bandwidth           admin  qos/policies/<qos>/bandwidth_limit_rules      {"max_kbps": 1000}
dscp                admin  qos/policies/<qos>/dscp_marking_rules         {"dscp_mark": 8}
minimum             admin  qos/policies/<qos>/minimum_bandwidth_rules    {"min_kbps": 100}
packets             admin  qos/policies/<qos>/minimum_packet_rate_rules  {"min_kpps": 100}
packet_limit        admin  qos/policies/<qos>/packet_rate_limit_rules    {"max_kpps": 1000}
shared_bandwidth    admin  qos/policies/<shared_qos>/bandwidth_limit_rules  {"max_kbps": 1000}
forwarding          owner  floatingips/<forwarding_ip>/port_forwardings  {"protocol": "tcp", "internal_port_id": "<port>", "internal_ip_address": "<address>", "internal_port": 80, "external_port": 80}
helper              owner  routers/<bare_router>/conntrack_helpers       {"protocol": "udp", "port": 69, "helper": "tftp"}
log                 admin  log/logs                  {"resource_type": "security_group", "resource_id": "<security_group>"}
label               admin  metering/metering-labels  {"name": "l"}
shared_label        admin  metering/metering-labels  {"name": "sl", "shared": true}
label_rule          admin  metering/metering-label-rules  {"metering_label_id": "<label>", "direction": "ingress", "remote_ip_prefix": "10.0.0.0/24"}
local_ip            owner  local_ips                 {"local_port_id": "<port>"}
association         owner  local_ips/<local_ip>/port_associations  {"fixed_port_id": "<bound_port>"}
segment_range       admin  network_segment_ranges    {"name": "r", "network_type": "vxlan", "shared": true, "minimum": 5000, "maximum": 5009}
own_range           admin  network_segment_ranges    {"name": "or", "network_type": "vxlan", "shared": false, "minimum": 6000, "maximum": 6009}
flavor              admin  flavors                   {"name": "f", "service_type": "L3_ROUTER_NAT"}
new_profile         admin  service_profiles          {"metainfo": "m"}
profile             admin  service_profiles          {"driver": "neutron.services.l3_router.service_providers.single_node.SingleNodeDriver"}
"""
TABLE = """
GET    /networks
GET    /networks/<network>
GET    /networks/<shared>
GET    /networks/<granted>
GET    /networks/<external>
GET    /networks?provider:network_type=geneve
GET    /networks/<network>?fields=id&fields=provider:network_type
GET    /networks?shared=true
GET    /networks?router:external=true
POST   /networks {"network": {}}
POST   /networks {"networks": [{}, {}]}
POST   /networks {"network": {"project_id": "<own>"}}
POST   /networks {"network": {"shared": true}}
POST   /networks {"network": {"shared": false}}
POST   /networks {"network": {"router:external": true}}
POST   /networks {"network": {"router:external": true, "is_default": true}}
POST   /networks {"network": {"is_default": true}}
POST   /networks {"network": {"port_security_enabled": false}}
POST   /networks {"network": {"mtu": 1300, "dns_domain": "a.b."}}
POST   /networks {"network": {"provider:network_type": "geneve"}}
POST   /networks {"network": {"provider:network_type": "geneve", "provider:segmentation_id": 90}}
POST   /networks {"network": {"provider:physical_network": "public"}}
POST   /networks {"network": {"segments": [{"provider:network_type": "geneve"}]}}
PUT    /networks/<network> {"network": {"name": "x"}}
PUT    /networks/<network> {"network": {"shared": true}}
PUT    /networks/<network> {"network": {"shared": false}}
PUT    /networks/<network> {"network": {"router:external": true}}
PUT    /networks/<network> {"network": {"is_default": true}}
PUT    /networks/<network> {"network": {"port_security_enabled": false}}
PUT    /networks/<network> {"network": {"mtu": 1300}}
PUT    /networks/<network> {"network": {"provider:segmentation_id": 90}}
POST   /networks {"network": {"qos_policy_id": "<shared_qos>"}}
POST   /networks {"network": {"qos_policy_id": "<qos>"}}
PUT    /networks/<network> {"network": {"qos_policy_id": "<qos>"}}
PUT    /networks/<network> {"network": {"admin_state_up": false}}
PUT    /networks/<shared> {"network": {"name": "x"}}
PUT    /networks/<granted> {"network": {"name": "x"}}
PUT    /networks/<external> {"network": {"name": "x"}}
DELETE /networks/<network>
DELETE /networks/<empty>
DELETE /networks/<shared>
DELETE /networks/<granted>
DELETE /networks/<external>
GET    /networks/<network>/dhcp-agents
GET    /subnets
GET    /subnets/<subnet>
GET    /subnets/<shared_subnet>
GET    /subnets/<granted_subnet>
GET    /subnets/<external_subnet>
POST   /subnets {"subnet": {"network_id": "<network>", "ip_version": 4, "cidr": "10.9.0.0/24"}}
POST   /subnets {"subnet": {"network_id": "<shared>", "ip_version": 4, "cidr": "10.9.0.0/24"}}
POST   /subnets {"subnet": {"network_id": "<granted>", "ip_version": 4, "cidr": "10.9.0.0/24"}}
POST   /subnets {"subnet": {"network_id": "<external>", "ip_version": 4, "cidr": "10.9.0.0/24"}}
POST   /subnets {"subnet": {"network_id": "<network>", "ip_version": 4, "cidr": "10.9.0.0/24", "service_types": ["compute:nova"]}}
POST   /subnets {"subnet": {"network_id": "<network>", "ip_version": 4, "cidr": "10.9.0.0/24", "segment_id": "<segment>"}}
POST   /subnets {"subnet": {"network_id": "<empty>", "ip_version": 4, "prefixlen": 24, "subnetpool_id": "<shared_pool>"}}
PUT    /subnets/<subnet> {"subnet": {"name": "x"}}
PUT    /subnets/<subnet> {"subnet": {"service_types": ["compute:nova"]}}
PUT    /subnets/<subnet> {"subnet": {"segment_id": "<segment>"}}
PUT    /subnets/<shared_subnet> {"subnet": {"name": "x"}}
PUT    /subnets/<granted_subnet> {"subnet": {"name": "x"}}
PUT    /subnets/<external_subnet> {"subnet": {"name": "x"}}
DELETE /subnets/<subnet>
DELETE /subnets/<external_subnet>
DELETE /subnets/<shared_subnet>
DELETE /subnets/<granted_subnet>
GET    /ports
GET    /ports/<port>
GET    /ports/<bound_port>
GET    /ports/<shared_port>
GET    /ports/<guest_port>
GET    /ports/<granted_port>
GET    /ports?binding:host_id=<host>
GET    /ports?fields=id&fields=binding:host_id
GET    /ports?network_id=<shared>
POST   /ports {"port": {"network_id": "<network>"}}
POST   /ports {"port": {"network_id": "<network>", "project_id": "<own>"}}
POST   /ports {"port": {"network_id": "<external>"}}
POST   /ports {"port": {"network_id": "<shared>"}}
POST   /ports {"ports": [{"network_id": "<shared>"}, {"network_id": "<shared>"}]}
POST   /ports {"port": {"network_id": "<granted>"}}
POST   /ports {"port": {"network_id": "<shared>", "security_groups": ["<security_group>"]}}
POST   /ports {"port": {"network_id": "<shared>", "security_groups": ["<open_group>"]}}
POST   /ports {"port": {"network_id": "<network>", "qos_policy_id": "<shared_qos>"}}
POST   /ports {"port": {"network_id": "<granted>", "device_owner": "network:router_interface"}}
PUT    /ports/<port> {"port": {"name": "x"}}
PUT    /ports/<shared_port> {"port": {"name": "x"}}
PUT    /ports/<guest_port> {"port": {"name": "x"}}
PUT    /ports/<granted_port> {"port": {"name": "x"}}
PUT    /ports/<port> {"port": {"security_groups": []}}
PUT    /ports/<guest_port> {"port": {"security_groups": []}}
PUT    /ports/<port> {"port": {"qos_policy_id": "<shared_qos>"}}
PUT    /ports/<port> {"port": {"qos_policy_id": "<qos>"}}
DELETE /ports/<bound_port>
DELETE /ports/<shared_port>
DELETE /ports/<guest_port>
DELETE /ports/<granted_port>
GET    /ports/<bound_port>/bindings
POST   /ports/<bound_port>/bindings {"binding": {"host": "<host2>"}}
GET    /ports/<bound_port>/bindings/<host>
PUT    /ports/<bound_port>/bindings/<host> {"binding": {"profile": {}}}
DELETE /ports/<bound_port>/bindings/<host>
PUT    /ports/<bound_port>/bindings/<host>/activate
GET    /routers
GET    /routers/<router>
GET    /routers?ha=false
POST   /routers {"router": {}}
POST   /routers {"router": {"external_gateway_info": {"network_id": "<external>"}}}
POST   /routers {"router": {"external_gateway_info": {"network_id": "<external>", "enable_snat": false}}}
POST   /routers {"router": {"external_gateway_info": {"network_id": "<external>", "external_fixed_ips": [{"subnet_id": "<external_subnet>"}]}}}
POST   /routers {"router": {"distributed": true}}
POST   /routers {"router": {"distributed": false}}
POST   /routers {"router": {"ha": true}}
POST   /routers {"router": {"ha": false}}
POST   /routers {"router": {"project_id": "<own>"}}
PUT    /routers/<router> {"router": {"name": "x"}}
PUT    /routers/<bare_router> {"router": {"external_gateway_info": {"network_id": "<external>"}}}
PUT    /routers/<router> {"router": {"external_gateway_info": {}}}
PUT    /routers/<router> {"router": {"external_gateway_info": {"network_id": "<external>", "enable_snat": false}}}
PUT    /routers/<router> {"router": {"external_gateway_info": {"network_id": "<external>", "external_fixed_ips": [{"subnet_id": "<external_subnet>"}]}}}
PUT    /routers/<router> {"router": {"routes": []}}
PUT    /routers/<bare_router> {"router": {"ha": false}}
PUT    /routers/<bare_router> {"router": {"distributed": false}}
DELETE /routers/<bare_router>
DELETE /routers/<router>
PUT    /routers/<bare_router>/add_router_interface {"subnet_id": "<subnet>"}
PUT    /routers/<bare_router>/add_router_interface {"subnet_id": "<shared_subnet>"}
PUT    /routers/<bare_router>/add_router_interface {"subnet_id": "<granted_subnet>"}
PUT    /routers/<bare_router>/add_router_interface {"port_id": "<shared_port>"}
PUT    /routers/<bare_router>/add_router_interface {"port_id": "<guest_port>"}
PUT    /routers/<router>/remove_router_interface {"subnet_id": "<subnet>"}
PUT    /routers/<bare_router>/add_extraroutes {"router": {"routes": []}}
PUT    /routers/<bare_router>/remove_extraroutes {"router": {"routes": []}}
PUT    /routers/<router>/add_external_gateways {"router": {"external_gateways": [{"network_id": "<external>"}]}}
PUT    /routers/<router>/update_external_gateways {"router": {"external_gateways": [{"network_id": "<external>"}]}}
PUT    /routers/<router>/remove_external_gateways {"router": {"external_gateways": [{"network_id": "<external>"}]}}
GET    /routers/<router>/l3-agents
GET    /routers/<bare_router>/conntrack_helpers
GET    /routers/<bare_router>/conntrack_helpers/<helper>
POST   /routers/<bare_router>/conntrack_helpers {"conntrack_helper": {"protocol": "tcp", "port": 21, "helper": "ftp"}}
PUT    /routers/<bare_router>/conntrack_helpers/<helper> {"conntrack_helper": {"port": 70}}
DELETE /routers/<bare_router>/conntrack_helpers/<helper>
GET    /floatingips
GET    /floatingips/<floatingip>
POST   /floatingips {"floatingip": {"floating_network_id": "<external>"}}
POST   /floatingips {"floatingip": {"floating_network_id": "<external>", "floating_ip_address": "10.3.0.77"}}
POST   /floatingips {"floatingip": {"floating_network_id": "<external>", "project_id": "<own>"}}
POST   /floatingips {"floatingip": {"floating_network_id": "<network>"}}
POST   /floatingips {"floatingip": {"floating_network_id": "<external>", "port_id": "<port>"}}
PUT    /floatingips/<floatingip> {"floatingip": {"port_id": "<port>"}}
PUT    /floatingips/<floatingip> {"floatingip": {"port_id": null}}
PUT    /floatingips/<floatingip> {"floatingip": {"description": "x"}}
DELETE /floatingips/<floatingip>
GET    /floatingips/<forwarding_ip>/port_forwardings
GET    /floatingips/<forwarding_ip>/port_forwardings/<forwarding>
POST   /floatingips/<forwarding_ip>/port_forwardings {"port_forwarding": {"protocol": "tcp", "internal_port_id": "<port>", "internal_ip_address": "<address>", "internal_port": 81, "external_port": 81}}
PUT    /floatingips/<forwarding_ip>/port_forwardings/<forwarding> {"port_forwarding": {"external_port": 82}}
DELETE /floatingips/<forwarding_ip>/port_forwardings/<forwarding>
GET    /floatingip_pools
GET    /security-groups
GET    /security-groups/<security_group>
GET    /security-groups/<open_group>
POST   /security-groups {"security_group": {"name": "new"}}
POST   /security-groups {"security_group": {"name": "new", "project_id": "<own>"}}
PUT    /security-groups/<security_group> {"security_group": {"name": "x"}}
PUT    /security-groups/<open_group> {"security_group": {"name": "x"}}
DELETE /security-groups/<security_group>
DELETE /security-groups/<open_group>
GET    /security-group-rules
GET    /security-group-rules/<rule>
POST   /security-group-rules {"security_group_rule": {"security_group_id": "<security_group>", "direction": "egress", "protocol": "tcp"}}
POST   /security-group-rules {"security_group_rule": {"security_group_id": "<open_group>", "direction": "egress", "protocol": "tcp"}}
POST   /security-group-rules {"security_group_rule": {"security_group_id": "<security_group>", "direction": "ingress", "remote_group_id": "<open_group>"}}
DELETE /security-group-rules/<rule>
GET    /default-security-group-rules
GET    /default-security-group-rules/<template>
POST   /default-security-group-rules {"default_security_group_rule": {"direction": "ingress", "protocol": "tcp", "used_in_default_sg": false, "used_in_non_default_sg": true}}
DELETE /default-security-group-rules/<template>
GET    /address-scopes
GET    /address-scopes/<address_scope>
GET    /address-scopes/<shared_scope>
POST   /address-scopes {"address_scope": {"name": "x", "ip_version": 4}}
POST   /address-scopes {"address_scope": {"name": "x", "ip_version": 4, "shared": true}}
PUT    /address-scopes/<address_scope> {"address_scope": {"name": "x"}}
PUT    /address-scopes/<address_scope> {"address_scope": {"shared": true}}
PUT    /address-scopes/<shared_scope> {"address_scope": {"name": "x"}}
DELETE /address-scopes/<address_scope>
DELETE /address-scopes/<shared_scope>
GET    /subnetpools
GET    /subnetpools/<subnetpool>
GET    /subnetpools/<shared_pool>
POST   /subnetpools {"subnetpool": {"name": "x", "prefixes": ["10.30.0.0/16"]}}
POST   /subnetpools {"subnetpool": {"name": "x", "prefixes": ["10.30.0.0/16"], "shared": true}}
POST   /subnetpools {"subnetpool": {"name": "x", "prefixes": ["10.30.0.0/16"], "is_default": true}}
POST   /subnetpools {"subnetpool": {"name": "x", "prefixes": ["10.30.0.0/16"], "address_scope_id": "<shared_scope>"}}
POST   /subnetpools {"subnetpool": {"name": "x", "prefixes": ["10.30.0.0/16"], "address_scope_id": "<address_scope>"}}
PUT    /subnetpools/<subnetpool> {"subnetpool": {"name": "x"}}
PUT    /subnetpools/<subnetpool> {"subnetpool": {"is_default": true}}
PUT    /subnetpools/<shared_pool> {"subnetpool": {"name": "x"}}
PUT    /subnetpools/<subnetpool>/add_prefixes {"prefixes": ["10.31.0.0/16"]}
PUT    /subnetpools/<subnetpool>/remove_prefixes {"prefixes": ["10.20.0.0/24"]}
PUT    /subnetpools/<shared_pool>/add_prefixes {"prefixes": ["10.31.0.0/16"]}
PUT    /subnetpools/<subnetpool>/onboard_network_subnets {"network_id": "<granted>"}
DELETE /subnetpools/<subnetpool>
DELETE /subnetpools/<shared_pool>
GET    /address-groups
GET    /address-groups/<address_group>
GET    /address-groups/<open_addresses>
POST   /address-groups {"address_group": {"name": "x"}}
PUT    /address-groups/<address_group> {"address_group": {"name": "x"}}
PUT    /address-groups/<open_addresses> {"address_group": {"name": "x"}}
PUT    /address-groups/<address_group>/add_addresses {"addresses": ["10.8.0.0/24"]}
PUT    /address-groups/<address_group>/remove_addresses {"addresses": ["10.0.0.0/24"]}
DELETE /address-groups/<address_group>
DELETE /address-groups/<open_addresses>
GET    /rbac-policies
GET    /rbac-policies/<grant>
POST   /rbac-policies {"rbac_policy": {"object_type": "network", "object_id": "<network>", "target_tenant": "<third>", "action": "access_as_shared"}}
POST   /rbac-policies {"rbac_policy": {"object_type": "network", "object_id": "<shared>", "target_tenant": "<third>", "action": "access_as_shared"}}
POST   /rbac-policies {"rbac_policy": {"object_type": "network", "object_id": "<network>", "target_tenant": "*", "action": "access_as_shared"}}
POST   /rbac-policies {"rbac_policy": {"object_type": "network", "object_id": "<network>", "target_tenant": "<third>", "action": "access_as_external"}}
POST   /rbac-policies {"rbac_policy": {"object_type": "security_group", "object_id": "<security_group>", "target_tenant": "<third>", "action": "access_as_shared"}}
POST   /rbac-policies {"rbac_policy": {"object_type": "qos_policy", "object_id": "<qos>", "target_tenant": "<third>", "action": "access_as_shared"}}
PUT    /rbac-policies/<group_grant> {"rbac_policy": {"target_tenant": "<third>"}}
PUT    /rbac-policies/<group_grant> {"rbac_policy": {"target_tenant": "*"}}
DELETE /rbac-policies/<group_grant>
DELETE /rbac-policies/<grant>
GET    /trunks
GET    /trunks/<trunk>
POST   /trunks {"trunk": {"port_id": "<new_parent>"}}
POST   /trunks {"trunk": {"port_id": "<guest_port>"}}
PUT    /trunks/<trunk> {"trunk": {"name": "x"}}
GET    /trunks/<trunk>/get_subports
PUT    /trunks/<trunk>/add_subports {"sub_ports": [{"port_id": "<trunk_child>", "segmentation_type": "vlan", "segmentation_id": 7}]}
PUT    /trunks/<trunk>/remove_subports {"sub_ports": []}
DELETE /trunks/<trunk>
GET    /qos/policies
GET    /qos/policies/<qos>
GET    /qos/policies/<shared_qos>
POST   /qos/policies {"policy": {"name": "x"}}
POST   /qos/policies {"policy": {"name": "x", "shared": true}}
POST   /qos/policies {"policy": {"name": "x", "is_default": true}}
PUT    /qos/policies/<qos> {"policy": {"name": "x"}}
PUT    /qos/policies/<qos> {"policy": {"shared": true}}
PUT    /qos/policies/<shared_qos> {"policy": {"name": "x"}}
DELETE /qos/policies/<qos>
DELETE /qos/policies/<shared_qos>
GET    /qos/policies/<shared_qos>/bandwidth_limit_rules
GET    /qos/policies/<shared_qos>/bandwidth_limit_rules/<shared_bandwidth>
GET    /qos/rule-types
GET    /qos/rule-types/bandwidth_limit
GET    /segments
GET    /segments/<segment>
POST   /segments {"segment": {"network_id": "<network>", "network_type": "geneve"}}
PUT    /segments/<segment> {"segment": {"name": "x"}}
DELETE /segments/<segment>
GET    /network_segment_ranges
GET    /network_segment_ranges/<segment_range>
GET    /network_segment_ranges/<own_range>
POST   /network_segment_ranges {"network_segment_range": {"name": "x", "network_type": "vxlan", "minimum": 7000, "maximum": 7009}}
PUT    /network_segment_ranges/<segment_range> {"network_segment_range": {"name": "x"}}
DELETE /network_segment_ranges/<segment_range>
GET    /network-ip-availabilities
GET    /network-ip-availabilities/<network>
GET    /network-ip-availabilities/<shared>
GET    /availability_zones
GET    /service-providers
GET    /extensions
GET    /extensions/router
GET    /auto-allocated-topology/<own>
GET    /auto-allocated-topology/<own>?fields=dry-run
GET    /auto-allocated-topology/null?fields=dry-run
DELETE /auto-allocated-topology/<own>
GET    /agents
GET    /agents/<l3_agent>
PUT    /agents/<l3_agent> {"agent": {"admin_state_up": false}}
PUT    /agents/<l3_agent> {"agent": {"description": "x"}}
DELETE /agents/<l3_agent>
GET    /agents/<l3_agent>/l3-routers
POST   /agents/<l3_agent>/l3-routers {"router_id": "<bare_router>"}
DELETE /agents/<l3_agent>/l3-routers/<router>
GET    /agents/<dhcp_agent>/dhcp-networks
POST   /agents/<dhcp_agent>/dhcp-networks {"network_id": "<empty>"}
DELETE /agents/<dhcp_agent>/dhcp-networks/<network>
GET    /flavors
GET    /flavors/<flavor>
POST   /flavors {"flavor": {"name": "x", "service_type": "L3_ROUTER_NAT"}}
PUT    /flavors/<flavor> {"flavor": {"name": "x"}}
DELETE /flavors/<flavor>
POST   /flavors/<flavor>/service_profiles {"service_profile": {"id": "<new_profile>"}}
DELETE /flavors/<flavor>/service_profiles/<profile>
GET    /service_profiles
GET    /service_profiles/<profile>
POST   /service_profiles {"service_profile": {"metainfo": "x"}}
PUT    /service_profiles/<profile> {"service_profile": {"description": "x"}}
DELETE /service_profiles/<profile>
GET    /log/loggable-resources
GET    /log/logs
GET    /log/logs/<log>
POST   /log/logs {"log": {"resource_type": "security_group", "resource_id": "<open_group>"}}
PUT    /log/logs/<log> {"log": {"name": "x"}}
DELETE /log/logs/<log>
GET    /metering/metering-labels
GET    /metering/metering-labels/<label>
GET    /metering/metering-labels/<shared_label>
POST   /metering/metering-labels {"metering_label": {"name": "x"}}
POST   /metering/metering-labels {"metering_label": {"name": "x", "shared": true}}
DELETE /metering/metering-labels/<label>
DELETE /metering/metering-labels/<shared_label>
GET    /metering/metering-label-rules
GET    /metering/metering-label-rules/<label_rule>
POST   /metering/metering-label-rules {"metering_label_rule": {"metering_label_id": "<label>", "direction": "egress", "remote_ip_prefix": "10.7.0.0/24"}}
DELETE /metering/metering-label-rules/<label_rule>
GET    /local_ips
GET    /local_ips/<local_ip>
POST   /local_ips {"local_ip": {"network_id": "<network>"}}
PUT    /local_ips/<local_ip> {"local_ip": {"name": "x"}}
DELETE /local_ips/<local_ip>
GET    /local_ips/<local_ip>/port_associations
POST   /local_ips/<local_ip>/port_associations {"port_association": {"fixed_port_id": "<other_port>"}}
GET    /local_ips/<local_ip>/port_associations/<bound_port>
DELETE /local_ips/<local_ip>/port_associations/<bound_port>
GET    /ndp_proxies
POST   /ndp_proxies {"ndp_proxy": {"router_id": "<ndp_router>", "port_id": "<new_six_port>"}}
GET    /ndp_proxies/<ndp_proxy>
PUT    /ndp_proxies/<ndp_proxy> {"ndp_proxy": {"name": "x"}}
DELETE /ndp_proxies/<ndp_proxy>
GET    /quotas
GET    /quotas/<own>
GET    /quotas/<own>/default
GET    /quotas/<own>/details
GET    /quotas/<own>/details.json
GET    /quotas/<other>
GET    /quotas/project
GET    /quotas/tenant
PUT    /quotas/<own> {"quota": {"network": 50}}
DELETE /quotas/<own>
"""
# fmt: on
TAGGED = {
    "networks": ("network", "granted", "shared"),
    "subnets": ("subnet", "shared_subnet"),
    "subnetpools": ("subnetpool", "shared_pool"),
    "ports": ("port", "guest_port"),
    "routers": ("router",),
    "floatingips": ("floatingip",),
    "security-groups": ("security_group", "open_group"),
    "trunks": ("trunk",),
    "policies": ("qos",),
    "network_segment_ranges": ("segment_range",),
}
TAGS = """
GET    /{collection}/<{thing}>/tags
GET    /{collection}/<{thing}>/tags/old
POST   /{collection}/<{thing}>/tags {{"tags": ["a"]}}
PUT    /{collection}/<{thing}>/tags {{"tags": ["a"]}}
PUT    /{collection}/<{thing}>/tags/a
DELETE /{collection}/<{thing}>/tags/old
DELETE /{collection}/<{thing}>/tags
"""
OF_QOS = {
    "bandwidth_limit": ("bandwidth", {"max_kbps": 2000}, True),
    "dscp_marking": ("dscp", {"dscp_mark": 10}, True),
    "minimum_bandwidth": ("minimum", {"min_kbps": 200}, True),
    "minimum_packet_rate": ("packets", {"min_kpps": 200}, True),
    "packet_rate_limit": ("packet_limit", {"max_kpps": 2000}, False),
}
# What ports have that not everybody may set
PORT_FIELDS = (
    {"mac_address": "fa:16:3e:00:00:01"},
    {"fixed_ips": [{"subnet_id": "<{subnet}>"}]},
    {"fixed_ips": [{"ip_address": "10.{n}.0.99"}]},
    {"device_id": "d"},
    {"device_owner": "compute:nova"},
    {"device_owner": "network:floatingip"},
    {"port_security_enabled": False, "security_groups": []},
    {"allowed_address_pairs": [{"ip_address": "10.0.0.200"}]},
    {"allowed_address_pairs": [{"ip_address": "10.0.0.200", "mac_address": "fa:16:3e:00:00:02"}]},
    {"binding:host_id": "<host>"},
    {"binding:profile": {"a": "b"}},
    {"binding:vnic_type": "direct"},
)
PORTS = {"network": ("subnet", "port", 0), "shared": ("shared_subnet", "guest_port", 1)}


def rows() -> Iterator[str]:
    for line in TABLE.strip().splitlines():
        yield " ".join(line.split())
    for collection, things in TAGGED.items():
        for thing in things:
            for line in TAGS.format(collection=collection, thing=thing).strip().splitlines():
                yield " ".join(line.split())
    yield from _ports()
    yield from _of_qos()


def _ports() -> Iterator[str]:
    for network, (subnet, port, number) in PORTS.items():
        for field in PORT_FIELDS:
            text = json.dumps(field).replace("{subnet}", subnet).replace("{n}", str(number))
            sent = json.loads(text)
            yield f"POST /ports {json.dumps({'port': {'network_id': f'<{network}>', **sent}})}"
            yield f"PUT /ports/<{port}> {json.dumps({'port': sent})}"


def _of_qos() -> Iterator[str]:
    for kind, (thing, field, aliased) in OF_QOS.items():
        place = f"/qos/policies/<qos>/{kind}_rules"
        new = json.dumps({f"{kind}_rule": {**field, **ANOTHER.get(kind, {})}})
        yield from (f"GET {place}", f"POST {place} {new}")
        ways = [(f"{place}/<{thing}>", f"{kind}_rule")]
        if aliased:
            for mark in "_-":
                ways.append((f"/qos/alias_{kind}_rules/<{thing}>".replace("_", mark), f"alias_{kind}_rule"))
        for one, noun in ways:
            yield from (f"GET {one}", f"PUT {one} {json.dumps({noun: field})}", f"DELETE {one}")


ANOTHER = {  # a policy has one rule of a kind in a direction
    "bandwidth_limit": {"direction": "ingress"},
    "minimum_bandwidth": {"direction": "ingress"},
    "minimum_packet_rate": {"direction": "ingress"},
    "packet_rate_limit": {"direction": "ingress"},
}


class Making:
    """The things come to be, and their ids are kept by name."""

    def __init__(self, ask: Ask, hosts: tuple[str, str]) -> None:
        self._ask = ask
        self.names = {**PROJECTS, "third": "c" * 32, "host": hosts[0], "host2": hosts[1]}

    def asked(self, method: str, text: str, caller: str = ADMIN, body: Any = None) -> Any:
        path = filled(text, self.names)
        sent = None if body is None else json.loads(filled(json.dumps(body), self.names))
        status, answer = self._ask(method, path, caller, sent)
        assert status < 300, (method, path, sent, status, answer)
        return answer

    def things(self) -> None:
        for line in THINGS.strip().splitlines():
            name, maker, place, text = line.split(None, 3)
            if name == "-":
                self.asked("PUT", f"/{place}", MAKERS[maker], json.loads(text))
                continue
            noun = place.rpartition("/")[2].replace("-", "_").removesuffix("s").replace("ie", "y")
            made = self.asked("POST", f"/{place}", MAKERS[maker], {noun: json.loads(text)})[noun]
            self.names[name] = made.get("id", "")
            if name == "port":
                self.names["address"] = made["fixed_ips"][0]["ip_address"]

    def found(self) -> None:
        """What is there of itself: an agent of each type, a network's segment."""
        for agent in self.asked("GET", "/agents?sort_key=host&sort_dir=desc")["agents"]:
            self.names[f"{agent['agent_type'].split()[0].lower()}_agent"] = agent["id"]
        self.names["segment"] = self.asked("GET", "/segments?network_id=<network>")["segments"][0]["id"]

    def joined(self) -> None:
        """What things are to each other; and each project has its default security group."""
        self.asked("POST", "/flavors/<flavor>/service_profiles", body={"service_profile": {"id": "<profile>"}})
        self.asked("GET", "/security-groups", OWNER)
        self.asked("GET", "/security-groups", GUEST)
        for collection, things in TAGGED.items():
            for thing in things:
                self.asked("PUT", f"/{collection}/<{thing}>/tags/old")


MAKERS = {"admin": ADMIN, "owner": OWNER, "guest": GUEST}


def world(ask: Ask, hosts: tuple[str, str] = ("h1", "h2")) -> dict[str, str]:
    """The ids of the things, by name."""
    making = Making(ask, hosts)
    making.things()
    making.found()
    making.joined()
    return making.names
