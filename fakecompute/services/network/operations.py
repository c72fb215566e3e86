"""The operations of Neutron v2.0 and of the extensions that come with it.  Facts: its API reference."""

from __future__ import annotations

from collections.abc import Iterator

from fakecompute.services.coverage import Operation, operations

# What can be done with the nouns of a collection, and with one of them: first letters of list, create, show,
# update (PUT) and delete; `t`: they have tags.
# fmt: off
NOUNS = """
    networks lcsudt                   subnets lcsudt                    subnetpools lcsudt
    ports lcsudt                      routers lcsudt                    floatingips lcsudt
    security-groups lcsudt            security-group-rules lcsd         default-security-group-rules lcsd
    trunks lcsudt                     address-groups lcsud              address-scopes lcsud
    rbac-policies lcsud               segments lcsud                    network_segment_ranges lcsud
    local_ips lcsud                   ndp_proxies lcsud                 agents lsud
    flavors lcsud                     service_profiles lcsud            service-providers l
    extensions ls                     availability_zones l              auto-allocated-topology sd
    network-ip-availabilities ls      floatingip_pools l                log/logs lcsud
    log/loggable-resources l          metering/metering-labels lcsd     metering/metering-label-rules lcsd
    qos/policies lcsudt               qos/rule-types ls
    ports/<id>/bindings lcud          floatingips/<id>/port_forwardings lcsud
    routers/<id>/conntrack_helpers lcsud
    qos/policies/<id>/bandwidth_limit_rules lcsud       qos/policies/<id>/dscp_marking_rules lcsud
    qos/policies/<id>/minimum_bandwidth_rules lcsud     qos/policies/<id>/minimum_packet_rate_rules lcsud
    qos/policies/<id>/packet_rate_limit_rules lcsud     local_ips/<id>/port_associations lcd
    networks/<id>/dhcp-agents l       routers/<id>/l3-agents l
    agents/<id>/dhcp-networks lcd     agents/<id>/l3-routers lcd
"""
VERBS = {
    "l": ("GET", "",      "200"),
    "c": ("POST", "",     "201"),
    "s": ("GET", "/<>",   "200"),
    "u": ("PUT", "/<>",   "200"),
    "d": ("DELETE", "/<>", "204"),
}
# fmt: on
TAGS = (
    ("GET", "", "200"),
    ("PUT", "", "200"),
    ("POST", "", "200"),
    ("DELETE", "", "204"),
    ("GET", "/<item>", "204"),
    ("PUT", "/<item>", "201"),
    ("DELETE", "/<item>", "204"),
)


def _nouns(words: list[str]) -> Iterator[Operation]:
    for noun, letters in zip(words[::2], words[1::2], strict=True):
        one = "<item>" if "<" in noun else "<id>"
        for verb in letters.rstrip("t"):
            method, place, success = VERBS[verb]
            yield Operation(method, f"/{noun}{place.replace('<>', one)}", success=success)
        if "t" in letters:
            for method, place, success in TAGS:
                yield Operation(method, f"/{noun}/<id>/tags{place}", success=success)


OPERATIONS = (
    *_nouns(NOUNS.split()),
    *operations(
        """
        method path                                        success
        PUT    /routers/<id>/add_router_interface          200
        PUT    /routers/<id>/remove_router_interface       200
        PUT    /routers/<id>/add_extraroutes               200
        PUT    /routers/<id>/remove_extraroutes            200
        PUT    /routers/<id>/add_external_gateways         200
        PUT    /routers/<id>/update_external_gateways      200
        PUT    /routers/<id>/remove_external_gateways      200
        PUT    /ports/<id>/bindings/<item>/activate        200
        PUT    /trunks/<id>/add_subports                   200
        PUT    /trunks/<id>/remove_subports                200
        GET    /trunks/<id>/get_subports                   200
        PUT    /subnetpools/<id>/add_prefixes              200
        PUT    /subnetpools/<id>/remove_prefixes           200
        PUT    /subnetpools/<id>/onboard_network_subnets   200
        PUT    /address-groups/<id>/add_addresses          200
        PUT    /address-groups/<id>/remove_addresses       200
        POST   /flavors/<id>/service_profiles              201
        DELETE /flavors/<id>/service_profiles/<item>       204
        GET    /quotas                                     200
        GET    /quotas/<id>                                200
        PUT    /quotas/<id>                                200
        DELETE /quotas/<id>                                204
        GET    /quotas/<id>/default                        200
        GET    /quotas/<id>/details                        200
        """
    ),
)
