"""GET /extensions: what is here beyond the core, and nothing that is not."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network.service import network

# fmt: off
EXTENSIONS = (
    # alias                       updated       name                                   description
    ("agent",                     "2013-02-03", "agent",                               "The agent management extension."),
    ("allowed-address-pairs",     "2013-07-23", "Allowed Address Pairs",               "Provides allowed address pairs"),
    ("availability_zone",         "2015-01-01", "Availability Zone",                   "The availability zone extension."),
    ("binding",                   "2014-02-03", "Port Binding",                        "Bindings of ports to hosts"),
    ("dns-integration",           "2015-08-15", "DNS Integration",                     "Provides integration with DNS."),
    ("empty-string-filtering",    "2018-05-01", "Empty String Filtering Extension",    "Filters may be empty strings"),
    ("ext-gw-mode",               "2013-03-28", "Neutron L3 Configurable external gateway mode", "SNAT on the gateway or not"),
    ("external-net",              "2013-01-14", "Neutron external network",            "Networks may be external."),
    ("extra_dhcp_opt",            "2013-03-17", "Neutron Extra DHCP options",          "DHCP options of a port"),
    ("extraroute",                "2013-02-01", "Neutron Extra Route",                 "Extra routes of a router"),
    ("extraroute-atomic",         "2019-07-10", "Atomically add/remove extra routes",  "Some routes of a router at a time"),
    ("filter-validation",         "2018-07-04", "Filter parameters validation",        "Unknown filters are refused."),
    ("ip_allocation",             "2016-06-10", "IP Allocation",                       "IP allocation extension."),
    ("ip-substring-filtering",    "2017-11-28", "IP address substring filtering",      "Ports by a part of their address"),
    ("net-mtu",                   "2015-03-25", "Network MTU",                         "The MTU of a network"),
    ("net-mtu-writable",          "2017-07-12", "Network MTU (writable)",              "The MTU of a network can be set."),
    ("network_availability_zone", "2015-01-01", "Network Availability Zone",           "Availability zones of networks"),
    ("pagination",                "2016-06-12", "Pagination support",                  "Lists have pages."),
    ("port-device-profile",       "2020-12-17", "Port device profile",                 "The Cyborg profile of a port"),
    ("port-numa-affinity-policy", "2020-07-08", "Port NUMA affinity policy",           "NUMA affinity of a port"),
    ("port-security",             "2012-07-23", "Port Security",                       "Provides port security"),
    ("project-id",                "2016-09-09", "project_id field enabled",            "project_id beside tenant_id"),
    ("provider",                  "2012-09-07", "Provider Network",                    "What a network is made of"),
    ("quota_details",             "2017-02-10", "Quota details management support",    "Use of quotas by project"),
    ("quotas",                    "2012-07-29", "Quota management support",            "Quotas of projects"),
    ("revision-if-match",         "2016-12-11", "If-Match constraints based on revision_number", "If-Match is heeded."),
    ("router",                    "2012-07-20", "Neutron L3 Router",                   "Routers between networks"),
    ("router_availability_zone",  "2015-01-01", "Router Availability Zone",            "Availability zones of routers"),
    ("security-group",            "2012-10-05", "security-group",                      "The security groups extension."),
    ("security-groups-normalized-cidr", "2020-07-28", "Normalized CIDR field for security group rules", "normalized_cidr"),
    ("security-groups-rules-belongs-to-default-sg", "2023-05-23",
     "Security group rule belongs to the project's default security group", "belongs_to_default_sg"),
    ("security-groups-shared-filtering", "2021-10-05", "Security group filtering on the shared field", "shared"),
    ("sorting",                   "2016-06-12", "Sorting support",                     "Lists are sorted."),
    ("standard-attr-description", "2016-02-10", "standard-attr-description",           "Everything has a description."),
    ("standard-attr-revisions",   "2016-04-11", "Resource revision numbers",           "Everything has a revision number."),
    ("standard-attr-tag",         "2017-01-01",
     "Tag support for resources with standard attribute: network, port, router, security_group, subnet",
     "Enables to set tag on resources with standard attribute."),
    ("standard-attr-timestamp",   "2016-09-12", "Resource timestamps",                 "created_at and updated_at"),
    ("stateful-security-group",   "2019-11-26", "Stateful security group",             "Groups may be stateless."),
    ("subnet-service-types",      "2016-03-15", "Subnet service types",                "Subnets for some device owners"),
    ("uplink-status-propagation", "2018-05-31", "Uplink status propagation extension", "propagate_uplink_status"),
)
# fmt: on


class ExtensionNotFound(NotFound):
    neutrons_name = "HTTPNotFound"
    message = "Extension with alias {alias} does not exist"


# --- response views -----------------------------------------------------------------------------------


def _view(row: tuple[str, str, str, str]) -> dict[str, Any]:
    alias, updated, name, description = row
    return {
        "name": name,
        "alias": alias,
        "description": description,
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
