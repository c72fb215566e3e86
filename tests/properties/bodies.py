"""Bodies that are right, where no schema tells what is, or more than one knows; `$server` is the id of a server."""

from typing import Any

from tests.properties.cinder_bodies import CINDER

NET = {
    "name": "a", "admin_state_up": True, "shared": False, "mtu": 1400, "router:external": False,
    "port_security_enabled": True, "dns_domain": "example.org.", "provider:network_type": "vxlan",
    "provider:segmentation_id": 77, "availability_zone_hints": ["nova"], "project_id": "$project", "description": "a",
}  # fmt: skip
SUBNET = {
    "name": "a", "network_id": "$network", "ip_version": 4, "cidr": "10.9.0.0/24", "gateway_ip": "10.9.0.1",
    "allocation_pools": [{"start": "10.9.0.9", "end": "10.9.0.99"}], "dns_nameservers": ["1.1.1.1"],
    "host_routes": [{"destination": "10.8.0.0/24", "nexthop": "10.9.0.5"}], "enable_dhcp": True,
}  # fmt: skip
SUBNET6 = {
    "network_id": "$network", "ip_version": 6, "cidr": "2001:db8:9::/64", "ipv6_ra_mode": "slaac",
    "ipv6_address_mode": "slaac",
}  # fmt: skip
PORT = {
    "network_id": "$network", "name": "a", "fixed_ips": [{"subnet_id": "$subnet", "ip_address": "192.168.0.77"}],
    "mac_address": "fa:16:3e:00:00:01", "security_groups": ["$securitygroup"], "admin_state_up": True,
    "device_id": "$server", "device_owner": "compute:nova", "binding:host_id": "compute-1",
    "binding:vnic_type": "normal", "binding:profile": {"a": 1}, "port_security_enabled": True,
    "allowed_address_pairs": [{"ip_address": "10.9.0.0/24", "mac_address": "fa:16:3e:00:00:02"}],
    "extra_dhcp_opts": [{"opt_name": "mtu", "opt_value": "1400", "ip_version": 4}], "dns_name": "a",
}  # fmt: skip
RULE = {
    "security_group_id": "$securitygroup", "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp",
    "port_range_min": 22, "port_range_max": 80, "remote_ip_prefix": "10.0.0.0/8",
}  # fmt: skip
ROUTER = {
    "name": "a", "admin_state_up": True, "routes": [{"destination": "10.8.0.0/24", "nexthop": "10.0.0.5"}],
    "external_gateway_info": {"network_id": "$network", "enable_snat": True,
                              "external_fixed_ips": [{"subnet_id": "$subnet", "ip_address": "172.24.4.77"}]},
}  # fmt: skip
FLOATING = {
    "floating_network_id": "$network", "port_id": "$port", "fixed_ip_address": "192.168.0.5", "subnet_id": "$subnet",
    "floating_ip_address": "172.24.4.78", "dns_name": "a", "dns_domain": "example.org.",
}  # fmt: skip
SERVER = {
    "name": "a", "flavorRef": "$flavor", "imageRef": "$image", "networks": [{"uuid": "$network"}], "key_name": "$keypair",
    "metadata": {"a": "b"}, "security_groups": [{"name": "default"}], "availability_zone": "nova", "min_count": 1,
    "max_count": 3, "user_data": "aGVsbG8=", "config_drive": True, "OS-DCF:diskConfig": "AUTO",
}  # fmt: skip
IMAGE = {
    "name": "a", "disk_format": "raw", "container_format": "bare", "min_disk": 1, "min_ram": 1, "visibility": "private",
    "protected": False, "tags": ["a"], "os_hidden": False, "hw_disk_bus": "virtio", "owner": "$project",
}  # fmt: skip
PASSWORD = {"user": {"name": "demo", "domain": {"id": "default"}, "password": "secret"}}
SCOPES: list[Any] = [
    {"project": {"name": "demo", "domain": {"name": "Default"}}},
    {"project": {"id": "$project"}},
    {"domain": {"id": "$domain"}},
    {"system": {"all": True}},
]


def _some(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names}


def _of(noun: str, *bodies: Any) -> list[Any]:
    return [{noun: body} for body in bodies]


def _tokens() -> list[Any]:
    identity = {"methods": ["password"], "password": PASSWORD}
    return [
        *({"auth": {"identity": identity, "scope": scope}} for scope in SCOPES),
        {"auth": {"identity": identity}},
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {"id": "$user", "password": "secret"}}}}},
        {"auth": {"identity": {"methods": ["token"], "token": {"id": "$token"}}, "scope": "unscoped"}},
        {"auth": {"identity": {"methods": ["application_credential"],
                               "application_credential": {"id": "$server", "secret": "a"}}}},
    ]  # fmt: skip


def _patches() -> list[Any]:
    return [
        [{"op": "replace", "path": "/name", "value": "a"}],
        [{"op": "add", "path": "/hw_disk_bus", "value": "virtio"}, {"op": "remove", "path": "/hw_disk_bus"}],
        [{"op": "replace", "path": "/tags", "value": ["a", "b"]}],
        [{"op": "add", "path": "/tags/-", "value": "c"}],
        [
            {"op": "replace", "path": "/min_disk", "value": 2},
            {"op": "replace", "path": "/visibility", "value": "public"},
        ],
        [{"add": "/a~1b~0c", "value": "x"}],
        [
            {"op": "replace", "path": "/protected", "value": True},
            {"op": "replace", "path": "/owner", "value": "$project"},
        ],
        [{"op": "add", "path": "/locations/-", "value": {"url": "http://example.org/a", "metadata": {}}}],
    ]


# fmt: off
BODIES: dict[str, list[Any]] = {
    "compute.create_server":            [{"server": _some(SERVER, "name", "flavorRef", "imageRef", "networks")}, {"server": SERVER},
                                         {"server": {**SERVER, "networks": [{"port": "$port"}]}},
                                         {"server": {**SERVER, "networks": "auto"}, "os:scheduler_hints": {"group": "$servergroup"}}],
    "compute.set_server_metadata_item": [{"meta": {"key": "b"}}],
    "compute.update_extra_spec":        [{"hw:cpu_policy": "shared"}, {"key": "a"}],
    "identity.create_token":            _tokens(),
    "identity.change_password":         _of("user", {"password": "a", "original_password": "secret"}),
    "network.create_network":           [*_of("network", NET, _some(NET, "name")), {"networks": [{"name": "a"}, {"name": "b"}]}],
    "network.update_network":           _of("network", _some(NET, "name", "mtu"), NET),
    "network.create_subnet":            _of("subnet", SUBNET, SUBNET6, _some(SUBNET, "network_id", "ip_version", "cidr")),
    "network.update_subnet":            _of("subnet", _some(SUBNET, "name", "allocation_pools", "dns_nameservers", "gateway_ip")),
    "network.create_port":              [*_of("port", PORT, _some(PORT, "network_id"), _some(PORT, "network_id", "fixed_ips")), {"ports": [PORT]}],
    "network.update_port":              _of("port", _some(PORT, "name", "fixed_ips"), _some(PORT, "allowed_address_pairs", "security_groups")),
    "network.create_router":            _of("router", ROUTER, _some(ROUTER, "name"), _some(ROUTER, "external_gateway_info")),
    "network.update_router":            _of("router", ROUTER, {"routes": []}, {"external_gateway_info": {}}),
    "network.add_router_interface":     [{"subnet_id": "$subnet"}, {"port_id": "$port"}],
    "network.remove_router_interface":  [{"subnet_id": "$subnet"}, {"port_id": "$port"}],
    "network.add_extraroutes":          _of("router", _some(ROUTER, "routes")),
    "network.remove_extraroutes":       _of("router", _some(ROUTER, "routes")),
    "network.create_security_group":    _of("security_group", {"name": "a", "description": "b", "stateful": True}),
    "network.update_security_group":    _of("security_group", {"name": "a", "description": "b"}),
    "network.create_security_group_rule": [
        *_of("security_group_rule", RULE, _some(RULE, "security_group_id", "direction"),
             {**_some(RULE, "security_group_id", "direction"), "protocol": "icmp", "port_range_min": 8},
             {**_some(RULE, "security_group_id", "direction"), "remote_group_id": "$securitygroup"}),
        {"security_group_rules": [RULE]},
    ],
    "network.create_floatingip":        _of("floatingip", FLOATING, _some(FLOATING, "floating_network_id"), _some(FLOATING, "floating_network_id", "port_id")),
    "network.update_floatingip":        _of("floatingip", _some(FLOATING, "port_id"), {"port_id": None}),
    "network.update_quota":             _of("quota", {"network": 5, "port": -1, "floatingip": 0}),
    **{f"network.{verb}_{noun}_tags": [{"tags": ["a", "b"]}]
       for verb in ("add", "replace") for noun in "network subnet port router security_group".split()},
    "image.create_image":               [IMAGE, {}, _some(IMAGE, "name", "disk_format", "container_format")],
    "image.update_image":               _patches(),
    "image.import_image":               [{"method": {"name": "glance-direct"}}, {"method": {"name": "web-download", "uri": "http://example.org/a"}}],
    "image.create_image_member":        [{"member": "$project"}],
    "image.update_image_member":        [{"status": "accepted"}],
    "image.add_image_location":         [{"url": "http://example.org/a"}],
    "image.create_task":                [{"type": "import", "input": {"import_from": "http://example.org/a", "import_from_format": "raw", "image_properties": {}}}],
    "image.create_metadef_namespace":   [{"namespace": "OS::Compute::A", "visibility": "public"}],
    **CINDER,
}
# fmt: on
# What is asked for, by service, where no schema tells.
QUERIES = {
    "": (
        "limit marker sort_key sort_dir sort page_reverse fields name id status visibility member_status owner tag size_min"
        " created_at protected os_hidden project_id network_id device_id fixed_ips shared description tags not-tags-any"
        " enabled domain_id user.id scope.project.id role.id effective include_names nocatalog allow_expired bind"
    ).split(),
    "volume": (
        "limit marker offset sort_key sort_dir sort name name~ id status metadata bootable all_tenants project_id user_id"
        " created_at updated_at with_count consumes_quota volume_id snapshot_id group_id source_volid glance_metadata"
        " migration_status availability_zone host is_public extra_specs group_specs list_volume instance_id"
        " attach_status resource_type resource_uuid message_level event_id usage detail cascade force vol_type_id"
        " delete_metadata is_up disabled binary cluster replication_status reference size resource tenant_id name_id"
    ).split(),
}
