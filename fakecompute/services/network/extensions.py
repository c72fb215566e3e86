"""GET /extensions: what is here beyond the core, and nothing that is not."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network.service import network

# fmt: off
EXTENSIONS = (
    # alias                                        updated        name
    ("address-group",                              "2020-07-15",  "Address group"),
    ("address-scope",                              "2015-07-26",  "Address scope"),
    ("agent",                                      "2013-02-03",  "agent"),
    ("allowed-address-pairs",                      "2013-07-23",  "Allowed Address Pairs"),
    ("auto-allocated-topology",                    "2016-01-01",  "Auto Allocated Topology Services"),
    ("availability_zone",                          "2015-01-01",  "Availability Zone"),
    ("availability_zone_filter",                   "2018-06-22",  "Availability Zone Filter Extension"),
    ("binding",                                    "2014-02-03",  "Port Binding"),
    ("binding-extended",                           "2017-07-17",  "Port Bindings Extended"),
    ("default-subnetpools",                        "2016-02-18",  "Default Subnetpools"),
    ("dhcp_agent_scheduler",                       "2013-02-07",  "DHCP Agent Scheduler"),
    ("dns-integration",                            "2015-08-15",  "DNS Integration"),
    ("dvr",                                        "2014-06-01",  "Distributed Virtual Router"),
    ("empty-string-filtering",                     "2018-05-01",  "Empty String Filtering Extension"),
    ("expose-l3-conntrack-helper",                 "2019-04-04",  "Expose CT target rules for conntrack helper"),
    ("expose-port-forwarding-in-fip",              "2018-06-28",  "Expose Floating IP port forwardings"),
    ("ext-gw-mode",                                "2013-03-28",  "Neutron L3 Configurable external gateway mode"),
    ("external-net",                               "2013-01-14",  "Neutron external network"),
    ("extra_dhcp_opt",                             "2013-03-17",  "Neutron Extra DHCP options"),
    ("extraroute",                                 "2013-02-01",  "Neutron Extra Route"),
    ("extraroute-atomic",                          "2019-07-10",  "Atomically add/remove extra routes"),
    ("filter-validation",                          "2018-07-04",  "Filter parameters validation"),
    ("fip-port-details",                           "2018-04-09",  "Floating IP Port Details Extension"),
    ("flavors",                                    "2015-09-17",  "Neutron Service Flavors"),
    ("floating-ip-port-forwarding",                "2018-01-19",  "Floating IP Port Forwarding"),
    ("floating-ip-port-forwarding-description",    "2019-11-01",  "Floating IP Port Forwarding description"),
    ("floating-ip-port-forwarding-detail",         "2022-05-06",  "Floating IP port forwarding detail"),
    ("floating-ip-port-forwarding-port-ranges",    "2020-07-01",  "Floating IP Port Forwarding support port ranges"),
    ("floatingip-pools",                           "2018-03-21",  "Floating IP Pools Extension"),
    ("ip-substring-filtering",                     "2017-11-28",  "IP address substring filtering"),
    ("ip_allocation",                              "2016-06-10",  "IP Allocation"),
    ("l2_adjacency",                               "2016-04-12",  "L2 Adjacency"),
    ("l3-conntrack-helper",                        "2019-04-04",  "L3 Conntrack helper"),
    ("l3-ext-ndp-proxy",                           "2020-08-25",  "Router support to enable NDP proxy"),
    ("l3-flavors",                                 "2016-05-17",  "Router Flavor Extension"),
    ("l3-ha",                                      "2014-04-26",  "HA Router extension"),
    ("l3-ndp-proxy",                               "2021-06-29",  "Neutron NDP Proxy"),
    ("l3_agent_scheduler",                         "2013-02-07",  "L3 Agent Scheduler"),
    ("local_ip",                                   "2021-07-26",  "Local IP"),
    ("logging",                                    "2017-01-01",  "Logging API Extension"),
    ("metering",                                   "2013-06-12",  "Neutron Metering"),
    ("metering_source_and_destination_fields",     "2020-08-21",  "Neutron Metering by source and destination"),
    ("multi-provider",                             "2013-06-27",  "Multi Provider Network"),
    ("net-mtu",                                    "2015-03-25",  "Network MTU"),
    ("net-mtu-writable",                           "2017-07-12",  "Network MTU (writable)"),
    ("network-ip-availability",                    "2015-09-24",  "Network IP Availability"),
    ("network-ip-availability-details",            "2025-10-31",  "Network IP Availability Details Extension"),
    ("network-segment-range",                      "2018-11-29",  "Neutron Network Segment Range"),
    ("network_availability_zone",                  "2015-01-01",  "Network Availability Zone"),
    ("pagination",                                 "2016-06-12",  "Pagination support"),
    ("port-device-profile",                        "2020-12-17",  "Port device profile"),
    ("port-numa-affinity-policy",                  "2020-07-08",  "Port NUMA affinity policy"),
    ("port-resource-request",                      "2018-05-08",  "Port Resource Request"),
    ("port-resource-request-groups",               "2021-08-02",  "Port Resource Request Groups"),
    ("port-security",                              "2012-07-23",  "Port Security"),
    ("port-security-groups-filtering",             "2018-01-09",  "Port filtering on security groups"),
    ("project-id",                                 "2016-09-09",  "project_id field enabled"),
    ("provider",                                   "2012-09-07",  "Provider Network"),
    ("qos",                                        "2015-06-08",  "Quality of Service"),
    ("qos-bw-limit-direction",                     "2017-04-10",  "Direction for QoS bandwidth limit rule"),
    ("qos-bw-minimum-ingress",                     "2018-07-09",  "Ingress direction for QoS minimum bandwidth rule"),
    ("qos-default",                                "2017-04-06",  "QoS default policy"),
    ("qos-fip",                                    "2017-07-20",  "Floating IP QoS"),
    ("qos-gateway-ip",                             "2018-02-24",  "Router gateway IP QoS"),
    ("qos-port-network-policy",                    "2019-11-01",  "QoS port network policy ID"),
    ("qos-pps",                                    "2021-05-12",  "QoS Rule Type Packet per Second Extension"),
    ("qos-pps-minimum",                            "2021-07-14",  "QoS minimum packet rate rule"),
    ("qos-pps-minimum-rule-alias",                 "2021-10-22",  "QoS minimum packet rate rule alias"),
    ("qos-rule-type-details",                      "2017-06-22",  "Details of QoS rule types"),
    ("qos-rule-type-filter",                       "2022-02-02",  "Allow to filter the list of QoS rule types"),
    ("qos-rules-alias",                            "2018-10-07",  "Quality of Service rules alias API"),
    ("quota-check-limit",                          "2021-09-08",  "Quota engine limit check"),
    ("quota-check-limit-default",                  "2024-08-21",  "Quota engine limit check by default"),
    ("quota_details",                              "2017-02-10",  "Quota details management support"),
    ("quotas",                                     "2012-07-29",  "Quota management support"),
    ("rbac-address-group",                         "2021-01-20",  "Add address_group type to RBAC"),
    ("rbac-address-scope",                         "2020-02-12",  "Add address_scope type to RBAC"),
    ("rbac-policies",                              "2015-06-17",  "RBAC Policies"),
    ("rbac-security-groups",                       "2019-02-14",  "Add security_group type to network RBAC"),
    ("rbac-subnetpool",                            "2020-02-05",  "Add subnetpool type to RBAC"),
    ("revision-if-match",                          "2016-12-11",  "If-Match constraints based on revision_number"),
    ("router",                                     "2012-07-20",  "Neutron L3 Router"),
    ("router_availability_zone",                   "2015-01-01",  "Router Availability Zone"),
    ("security-group",                             "2012-10-05",  "security-group"),
    ("security-groups-default-rules",              "2022-12-19",  "Default rules for security groups"),
    ("security-groups-normalized-cidr",            "2020-07-28",  "Normalized CIDR field for security group rules"),
    ("security-groups-remote-address-group",       "2020-08-25",  "Remote address group of security group rules"),
    ("security-groups-rules-belongs-to-default-sg","2023-05-23",  "Rules of the default security group"),
    ("security-groups-shared-filtering",           "2021-10-05",  "Security group filtering on the shared field"),
    ("segment",                                    "2016-02-24",  "Segment"),
    ("service-type",                               "2013-01-20",  "Neutron Service Type Management"),
    ("sorting",                                    "2016-06-12",  "Sorting support"),
    ("standard-attr-description",                  "2016-02-10",  "standard-attr-description"),
    ("standard-attr-revisions",                    "2016-04-11",  "Resource revision numbers"),
    ("standard-attr-segment",                      "2018-04-09",  "Standard Attribute Segment Extension"),
    ("standard-attr-tag",                          "2017-01-01",  "Tag support for resources with standard attribute"),
    ("standard-attr-timestamp",                    "2016-09-12",  "Resource timestamps"),
    ("stateful-security-group",                    "2019-11-26",  "Stateful security group"),
    ("subnet-external-network",                    "2024-02-05",  "Subnet belongs to an external network"),
    ("subnet-segmentid-writable",                  "2018-03-12",  "Subnet SegmentID (writable)"),
    ("subnet-service-types",                       "2016-03-15",  "Subnet service types"),
    ("subnet_allocation",                          "2015-03-30",  "Subnet Allocation"),
    ("subnet_onboard",                             "2018-12-18",  "Subnet Onboard"),
    ("subnetpool-prefix-ops",                      "2019-02-08",  "Subnet Pool Prefix Operations"),
    ("tag-creation",                               "2024-07-23",  "Tag creation extension"),
    ("trunk",                                      "2016-01-01",  "Trunk Extension"),
    ("trunk-details",                              "2016-01-01",  "Trunk port details"),
    ("uplink-status-propagation",                  "2018-05-31",  "Uplink status propagation extension"),
)
# fmt: on


class ExtensionNotFound(NotFound):
    neutrons_name = "HTTPNotFound"
    message = "Extension with alias {alias} does not exist"


# --- response views -----------------------------------------------------------------------------------


def _view(row: tuple[str, str, str]) -> dict[str, Any]:
    alias, updated, name = row
    return {
        "name": name,
        "alias": alias,
        "description": name,
        "updated": f"{updated}T10:00:00-00:00",
        "links": [],
    }


# --- handlers -----------------------------------------------------------------------------------------


@network.get("/extensions", policy="get_extension")
def list_extensions(call: Call) -> dict[str, Any]:
    return {"extensions": [_view(row) for row in EXTENSIONS]}


@network.get("/extensions/<alias>", policy="get_extension")
def show_extension(call: Call, alias: str) -> dict[str, Any]:
    row = next((row for row in EXTENSIONS if row[0] == alias), None)
    if row is None:
        raise ExtensionNotFound(alias=alias)
    return {"extension": _view(row)}
