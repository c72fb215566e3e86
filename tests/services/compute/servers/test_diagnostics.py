"""/servers/{id}/diagnostics: libvirt's own words until 2.47, the same from all drivers from 2.48 on."""

from __future__ import annotations

from fakecompute.domain.states import Power


def test_only_admins_look_inside(http, path):
    assert http.get(f"{path}/diagnostics").status_code == 403


def test_the_words_of_the_driver_until_2_47(admin, path):
    shown = admin.get(f"{path}/diagnostics", version="2.47").json
    assert {"cpu0_time", "memory", "vda_read", "vda_write_req", "vda_errors"} <= shown.keys()
    assert any(key.startswith("tap") and key.endswith("_rx_packets") for key in shown)


def test_the_words_of_nova_from_2_48_on(admin, server, path):
    shown = admin.get(f"{path}/diagnostics", version="2.48").json
    assert (shown["state"], shown["driver"], shown["config_drive"]) == ("running", "libvirt", False)
    assert (shown["num_cpus"], shown["num_nics"], shown["num_disks"]) == (1, 1, 1)
    assert shown["memory_details"] == {"maximum": server.flavor.ram, "used": server.flavor.ram}


def test_uptime_and_counters_grow(admin, cloud, path):
    before = admin.get(f"{path}/diagnostics", version="2.48").json
    cloud.advance(600)
    after = admin.get(f"{path}/diagnostics", version="2.48").json
    assert after["uptime"] == before["uptime"] + 600
    assert after["cpu_details"][0]["time"] > before["cpu_details"][0]["time"]
    assert after["nic_details"][0]["rx_octets"] > before["nic_details"][0]["rx_octets"]


def test_a_server_that_does_not_run_has_none(admin, server, path, told, become):
    become(power_state=Power.SHUTDOWN)
    assert told(admin.get(f"{path}/diagnostics", version="2.48")) == (
        409, f"Cannot 'get_diagnostics' instance {server.id} while it is in power state shutdown",
    )  # fmt: skip


def test_a_server_without_a_host_is_not_ready(admin, server, path, told, become):
    become(host=None)
    assert told(admin.get(f"{path}/diagnostics")) == (409, f"Instance {server.id} is not ready")
