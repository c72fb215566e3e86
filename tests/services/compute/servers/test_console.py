"""os-getConsoleOutput: a guest that boots; how much of it is shown is nova/compute/manager.py's _tail_log."""

from __future__ import annotations

import pytest


@pytest.fixture
def output(http, path):
    def read(**wish):
        return http.post(f"{path}/action", json={"os-getConsoleOutput": wish}).json["output"]

    return read


def test_a_guest_boots_line_by_line(cloud, output):
    early = output()
    cloud.advance(3)
    later = output()
    cloud.advance(60)
    done = output()
    assert later.startswith(early) and done.startswith(later)
    assert len(early) < len(later) < len(done)
    assert done.endswith("web login: ")


def test_ten_lines_are_there_from_the_beginning(output):
    assert len(output(length=10).split("\n")) == 10


def test_the_last_lines_are_shown(cloud, output):
    cloud.advance(60)
    assert output(length=1) == "web login: "
    assert output(length="3").split("\n") == output().split("\n")[-3:]
    assert output(length=0) == ""
    assert output(length=None) == output()


def test_minus_one_is_all_but_the_first_line(output):
    assert output(length=-1).split("\n") == output().split("\n")[1:]


def test_the_same_cloud_has_the_same_log(cloud, output, http, path):
    cloud.advance(60)
    assert output() == output()


def test_a_stopped_server_keeps_what_it_had_written(http, cloud, path, output):
    cloud.advance(60)
    before = output()
    http.post(f"{path}/action", json={"os-stop": None})
    cloud.settle()
    assert output() == before


def test_a_server_without_a_host_is_not_ready(http, path, server, told, become):
    become(host=None)
    asked = http.post(f"{path}/action", json={"os-getConsoleOutput": {}})
    assert told(asked) == (409, f"Instance {server.id} is not ready")


def test_before_the_launch_the_hypervisor_knows_of_no_guest(http, path, server, told, become):
    become(launched_at=None)
    asked = http.post(f"{path}/action", json={"os-getConsoleOutput": {}})
    assert told(asked) == (404, f"Instance {server.id} could not be found.")
