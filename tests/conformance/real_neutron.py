"""A real Neutron in this process, to be asked by callers: ML2 with Open vSwitch, default policies, SQLite in a file.

It takes what keystonemiddleware would tell it as headers.  Nothing runs beside it: agents are told to be alive, ports
stay DOWN.  Only an environment with Neutron can import this.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import webob
from neutron.api.rpc.agentnotifiers.l3_rpc_agent_api import L3AgentNotifyAPI
from neutron.common import config
from neutron.db.migration.models import head
from neutron.db.models import securitygroup_default_rules
from neutron.server import api
from neutron_lib import context
from neutron_lib.db import api as database
from neutron_lib.plugins import directory
from oslo_utils import uuidutils

from tests.conformance.callers import who

CONFIGURATION = """
[DEFAULT]
transport_url = fake:/
state_path = {folder}
api_paste_config = {folder}/api-paste.ini
core_plugin = ml2
service_plugins = {plugins}
notify_nova_on_port_status_changes = false
notify_nova_on_port_data_changes = false
agent_down_time = 2000000
[ml2]
type_drivers = flat,vlan,geneve,vxlan,local
tenant_network_types = geneve
mechanism_drivers = openvswitch
extension_drivers = port_security,qos,subnet_dns_publish_fixed_ip,uplink_status_propagation
path_mtu = 1500
[ml2_type_flat]
flat_networks = *
[ml2_type_geneve]
vni_ranges = 1:100
max_header_size = 38
[ml2_type_vxlan]
vni_ranges = 1001:1005
[database]
connection = sqlite:///{folder}/neutron.sqlite
[oslo_concurrency]
lock_path = {folder}/locks
[oslo_policy]
policy_dirs = none
"""
PLUGINS = (
    "router,qos,trunk,port_forwarding,segments,network_ip_availability,flavors,auto_allocate,revisions,timestamp,tag,"
    "metering,network_segment_range,log,local_ip,ndp_proxy,conntrack_helper"
)
HOSTS = ("h1", "h2")
AGENTS = (
    ("Open vSwitch agent", "neutron-openvswitch-agent", "N/A", {"tunnel_types": ["geneve"], "bridge_mappings": {}}),
    ("DHCP agent", "neutron-dhcp-agent", "dhcp_agent", {"dhcp_driver": "dnsmasq"}),
    ("L3 agent", "neutron-l3-agent", "l3_agent", {"agent_mode": "legacy", "handle_internal_only_routers": True}),
)  # fmt: skip
TEMPLATES = (  # migrations would make them: direction, ethertype, remote group, for default groups, for others
    ("egress", "IPv4", None, True, True),
    ("egress", "IPv6", None, True, True),
    ("ingress", "IPv4", "PARENT", True, False),
    ("ingress", "IPv6", "PARENT", True, False),
)


class RealNeutron:
    def __init__(self, folder: str) -> None:
        paste = (Path(sys.prefix) / "etc/neutron/api-paste.ini").read_text()
        paste = paste.replace("authtoken keystonecontext", "keystonecontext").replace("/healthcheck: healthcheck\n", "")
        Path(folder, "api-paste.ini").write_text(paste)
        Path(folder, "neutron.conf").write_text(CONFIGURATION.format(folder=folder, plugins=PLUGINS))
        logging.basicConfig(level="ERROR")
        config.register_common_config_options()
        import neutron.conf.plugins.ml2.config  # noqa: F401  its options are there once it is imported

        config.init(["--config-file", f"{folder}/neutron.conf"], default_config_files=[])
        config.set_config_defaults()
        admin = context.get_admin_context()
        with database.CONTEXT_WRITER.using(admin) as session:
            head.get_metadata().create_all(session.get_bind().engine)
        with database.CONTEXT_WRITER.using(admin) as session:
            for direction, ethertype, remote, default, custom in TEMPLATES:
                session.add(
                    securitygroup_default_rules.SecurityGroupDefaultRule(
                        id=uuidutils.generate_uuid(), direction=direction, ethertype=ethertype, remote_group_id=remote,
                        used_in_default_sg=default, used_in_non_default_sg=custom,
                    )
                )  # fmt: skip
        L3AgentNotifyAPI._notification_host = lambda *said, **more: None  # nobody is there to answer
        self._application = api.api_server()
        now = datetime.now(UTC).replace(tzinfo=None)
        for host in HOSTS:
            for kind, binary, topic, configured in AGENTS:
                state = {"agent_type": kind, "binary": binary, "topic": topic, "host": host, "start_flag": True}
                state |= {"availability_zone": "nova", "configurations": configured}
                directory.get_plugin().create_or_update_agent(admin, state, now)
        self._file = f"{folder}/neutron.sqlite"
        self._kept = sqlite3.connect(":memory:")

    def keep(self) -> None:
        """What `restore` goes back to."""
        with sqlite3.connect(self._file) as file:
            file.backup(self._kept)

    def restore(self) -> None:
        with sqlite3.connect(self._file) as file:
            self._kept.backup(file)

    def ask(self, method: str, path: str, caller: str, body: Any = None) -> tuple[int, Any]:
        if caller == "nobody":
            return 401, None  # keystonemiddleware's
        request = webob.Request.blank(f"/v2.0{path}", method=method, headers=who(caller).headers())
        if body is not None:
            request.content_type, request.body = "application/json", json.dumps(body).encode()
        answer = request.get_response(self._application)
        return answer.status_code, json.loads(answer.body) if answer.body.startswith(b"{") else None
