"""GET /extensions: what is here beyond the core, and nothing that is not."""

from __future__ import annotations

from typing import Any

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network.service import network

# fmt: off
EXTENSIONS = (
    # alias                                        updated       name
    ("agent",                                      "2013-02-03", "agent"),
    ("allowed-address-pairs",                      "2013-07-23", "Allowed Address Pairs"),
    ("availability_zone",                          "2015-01-01", "Availability Zone"),
    ("binding",                                    "2014-02-03", "Port Binding"),
    ("dns-integration",                            "2015-08-15", "DNS Integration"),
    ("empty-string-filtering",                     "2018-05-01", "Empty String Filtering Extension"),
    ("ext-gw-mode",                                "2013-03-28", "Neutron L3 Configurable external gateway mode"),
    ("external-net",                               "2013-01-14", "Neutron external network"),
    ("extra_dhcp_opt",                             "2013-03-17", "Neutron Extra DHCP options"),
    ("extraroute",                                 "2013-02-01", "Neutron Extra Route"),
    ("extraroute-atomic",                          "2019-07-10", "Atomically add/remove extra routes"),
    ("filter-validation",                          "2018-07-04", "Filter parameters validation"),
    ("fip-port-details",                           "2018-04-09", "Floating IP Port Details Extension"),
    ("ip_allocation",                              "2016-06-10", "IP Allocation"),
    ("ip-substring-filtering",                     "2017-11-28", "IP address substring filtering"),
    ("net-mtu",                                    "2015-03-25", "Network MTU"),
    ("net-mtu-writable",                           "2017-07-12", "Network MTU (writable)"),
    ("network-ip-availability",                    "2015-09-24", "Network IP Availability"),
    ("network_availability_zone",                  "2015-01-01", "Network Availability Zone"),
    ("pagination",                                 "2016-06-12", "Pagination support"),
    ("port-device-profile",                        "2020-12-17", "Port device profile"),
    ("port-numa-affinity-policy",                  "2020-07-08", "Port NUMA affinity policy"),
    ("port-security",                              "2012-07-23", "Port Security"),
    ("project-id",                                 "2016-09-09", "project_id field enabled"),
    ("provider",                                   "2012-09-07", "Provider Network"),
    ("quota_details",                              "2017-02-10", "Quota details management support"),
    ("quotas",                                     "2012-07-29", "Quota management support"),
    ("revision-if-match",                          "2016-12-11", "If-Match constraints based on revision_number"),
    ("router",                                     "2012-07-20", "Neutron L3 Router"),
    ("router_availability_zone",                   "2015-01-01", "Router Availability Zone"),
    ("security-group",                             "2012-10-05", "security-group"),
    ("security-groups-normalized-cidr",            "2020-07-28", "Normalized CIDR field for security group rules"),
    ("security-groups-rules-belongs-to-default-sg","2023-05-23", "Rules of the default security group"),
    ("security-groups-shared-filtering",           "2021-10-05", "Security group filtering on the shared field"),
    ("sorting",                                    "2016-06-12", "Sorting support"),
    ("standard-attr-description",                  "2016-02-10", "standard-attr-description"),
    ("standard-attr-revisions",                    "2016-04-11", "Resource revision numbers"),
    ("standard-attr-tag",                          "2017-01-01", "Tag support for resources with standard attribute"),
    ("standard-attr-timestamp",                    "2016-09-12", "Resource timestamps"),
    ("stateful-security-group",                    "2019-11-26", "Stateful security group"),
    ("subnet-external-network",                    "2024-02-05", "Subnet belongs to an external network"),
    ("subnet-service-types",                       "2016-03-15", "Subnet service types"),
    ("uplink-status-propagation",                  "2018-05-31", "Uplink status propagation extension"),
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
