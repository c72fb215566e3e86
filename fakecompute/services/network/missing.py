"""What real Neutrons have and this one has not: every call says so, with 501."""

from __future__ import annotations

from typing import Any, NoReturn

from fakecompute.errors import NotImplementedHere
from fakecompute.rest.call import Call
from fakecompute.services.network.service import network

# fmt: off
MISSING = {
    "/address-groups":             "address groups",
    "/address-scopes":             "address scopes",
    "/auto-allocated-topology":    "the auto-allocated topology",
    "/default-security-group-rules": "default security group rules",
    "/flavors":                    "network flavors",
    "/local_ips":                  "local IPs",
    "/log/logs":                   "network logging",
    "/metering/metering-labels":   "metering",
    "/metering/metering-label-rules": "metering",
    "/ndp_proxies":                "NDP proxies",
    "/network-ip-availabilities":  "IP availability",
    "/network_segment_ranges":     "network segment ranges",
    "/qos/policies":               "QoS policies",
    "/qos/rule-types":             "QoS policies",
    "/rbac-policies":              "RBAC policies",
    "/segments":                   "segments",
    "/service-providers":          "service providers",
    "/service_profiles":           "service profiles",
    "/subnetpools":                "subnet pools",
    "/trunks":                     "trunks",
    "/ports/<port>/bindings":      "several bindings of a port",
    "/networks/<network>/dhcp-agents": "DHCP agents",
    "/routers/<router>/l3-agents": "L3 agents",
    "/routers/<router>/conntrack_helpers": "conntrack helpers",
    "/floatingips/<floatingip>/port_forwardings": "port forwardings",
}
# fmt: on


def _declare(path: str, what: str) -> None:
    def refuse(call: Call, **found: Any) -> NoReturn:
        raise NotImplementedHere(operation=what)

    refuse.__name__ = path.rpartition("/")[2].replace("-", "_")
    for method, place in (
        ("GET", path),
        ("POST", path),
        ("GET", path + "/<id>"),
        ("PUT", path + "/<id>"),
        ("DELETE", path + "/<id>"),
    ):
        network.route(method, place, policy="get_version")(refuse)


for each, words in MISSING.items():
    _declare(each, words)
