"""Remote consoles and their tokens, with the addresses that are Nova's defaults."""

from __future__ import annotations

from dataclasses import replace

import pytest

UUID = "[0-9a-f-]{36}"
# fmt: off
CONSOLES = (
    ("vnc",    "novnc",        "2.6",  "http://127.0.0.1:6080/vnc_auto.html?path=%3Ftoken%3D"),
    ("spice",  "spice-html5",  "2.6",  "http://127.0.0.1:6082/spice_auto.html?token="),
    ("spice",  "spice-direct", "2.99", "http://127.0.0.1:13002/nova?token="),
    ("serial", "serial",       "2.6",  "ws://127.0.0.1:6083/?token="),
    ("mks",    "webmks",       "2.8",  "http://127.0.0.1:6090/?token="),
)
# fmt: on


@pytest.fixture
def everything(cloud):
    """A cloud with all kinds of consoles."""
    cloud.settings = replace(
        cloud.settings, spice_enabled=True, serial_console_enabled=True, mks_enabled=True
    )


def opened(http, path, protocol="vnc", type="novnc", version="2.6"):
    wish = {"remote_console": {"protocol": protocol, "type": type}}
    return http.post(f"{path}/remote-consoles", json=wish, version=version)


def token_of(answer):
    return answer.json["remote_console"]["url"].rpartition("%3D" if "%3D" in answer.text else "=")[2]


@pytest.mark.parametrize(("protocol", "type", "version", "url"), CONSOLES)
@pytest.mark.usefixtures("everything")
def test_a_console_is_an_address_with_a_token(http, path, protocol, type, version, url):
    console = opened(http, path, protocol, type, version).json["remote_console"]
    assert (console["protocol"], console["type"]) == (protocol, type)
    assert console["url"].startswith(url)


@pytest.mark.parametrize(("protocol", "type", "version", "url"), CONSOLES[1:])
def test_a_cloud_has_vnc_unless_told(http, path, told, protocol, type, version, url):
    assert told(opened(http, path, protocol, type, version)) == (400, f"Unavailable console type {type}.")


@pytest.mark.parametrize(
    ("key", "type"),
    [("os-getVNCConsole", "novnc"), ("os-getSPICEConsole", "spice-html5"), ("os-getSerialConsole", "serial")],
)
@pytest.mark.usefixtures("everything")
def test_consoles_were_actions_until_2_5(http, path, key, type):
    assert (
        http.post(f"{path}/action", json={key: {"type": type}}, version="2.5").json["console"]["type"] == type
    )


@pytest.mark.parametrize("task_state", ["deleting", "migrating"])
def test_a_server_that_leaves_has_no_console(http, path, server, told, become, task_state):
    become(task_state=task_state)
    assert told(opened(http, path)) == (
        409, f"Cannot 'get_vnc_console' instance {server.id} while it is in task_state {task_state}",
    )  # fmt: skip


def test_a_server_without_a_host_is_not_ready(http, path, server, told, become):
    become(host=None)
    assert told(opened(http, path)) == (409, f"Instance {server.id} is not ready")


def test_a_token_leads_to_the_hypervisor(http, admin, path, server):
    token = token_of(opened(http, path))
    console = admin.get(f"/compute/v2.1/os-console-auth-tokens/{token}", version="2.31").json["console"]
    assert console["instance_uuid"] == server.id
    assert console.keys() == {"instance_uuid", "host", "port", "internal_access_path"}


@pytest.mark.usefixtures("everything")
def test_direct_spice_has_a_port_for_tls(http, admin, path):
    token = token_of(opened(http, path, "spice", "spice-direct", "2.99"))
    where = f"/compute/v2.1/os-console-auth-tokens/{token}"
    assert "tls_port" in admin.get(where, version="2.99").json["console"]
    assert "tls_port" not in admin.get(where, version="2.98").json["console"]


def test_a_token_is_good_for_ten_minutes(http, admin, cloud, path, told):
    where = f"/compute/v2.1/os-console-auth-tokens/{token_of(opened(http, path))}"
    cloud.advance(599)
    assert admin.get(where, version="2.31").status_code == 200
    cloud.advance(1)
    assert told(admin.get(where, version="2.31")) == (404, "Token not found")


def test_a_token_goes_with_its_server(http, admin, cloud, path):
    where = f"/compute/v2.1/os-console-auth-tokens/{token_of(opened(http, path))}"
    http.delete(path)
    cloud.settle()
    assert admin.get(where, version="2.31").status_code == 404
