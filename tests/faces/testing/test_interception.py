"""Code that builds its own clients finds the cloud of its test, and needs no change; nothing of it is left behind."""

from __future__ import annotations

import asyncio
import http.server
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import openstack
import pytest
import requests
from keystoneauth1 import loading
from keystoneauth1.exceptions import ConnectTimeout
from keystoneauth1.identity.v3 import Password
from keystoneauth1.session import Session
from requests.adapters import HTTPAdapter

from fakecompute import running
from fakecompute.faces.in_process import ADDRESS
from fakecompute.testing import OtherHost

ROOT = Path(__file__).parents[3]
VERSIONS = f"{ADDRESS}/compute"
MINE = "http://nova.example"


def with_requests(url):
    return requests.get(url, timeout=10).status_code


def with_a_session(url):
    with requests.Session() as session:
        return session.get(url, timeout=10).status_code


class Retrying(HTTPAdapter):
    """A client's own adapter, with a `send` that goes on to the one it knows."""

    def send(self, request, *args, **kwargs):
        request.headers["X-Mine"] = "yes"
        return super().send(request, *args, **kwargs)


def with_an_adapter_of_its_own(url):
    with requests.Session() as session:
        session.mount("http://", Retrying(max_retries=3))
        return session.get(url, timeout=10).status_code


def with_httpx(url):
    return pytest.importorskip("httpx").get(url).status_code


def with_httpx_in_a_loop(url):
    httpx = pytest.importorskip("httpx")

    async def ask():
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).status_code

    return asyncio.run(ask())


def with_aiohttp(url):
    aiohttp = pytest.importorskip("aiohttp")

    async def ask():
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status

    return asyncio.run(ask())


def with_aiohttp_and_a_connector_of_its_own(url):
    aiohttp = pytest.importorskip("aiohttp")

    async def ask():
        connector = aiohttp.TCPConnector(limit=1)
        async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as response:
            return response.status

    return asyncio.run(ask())


CLIENTS = pytest.mark.parametrize("ask", [
    with_requests, with_a_session, with_an_adapter_of_its_own, with_httpx, with_httpx_in_a_loop, with_aiohttp,
    with_aiohttp_and_a_connector_of_its_own,
])  # fmt: skip


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Another service, on a socket of its own."""

    def do_GET(self):
        self.send_response(418)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said):
        pass


@pytest.fixture
def elsewhere():
    """Its address."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


# --- whose requests arrive


@CLIENTS
def test_any_client_reaches_the_cloud(cloud, ask):
    assert ask(VERSIONS) == 200
    assert len(cloud.calls()) == 1


@CLIENTS
@pytest.mark.cloud(hosts=("nova.example",))
def test_other_hosts_may_lead_there_too(cloud, ask):
    assert ask(f"{MINE}/compute") == 200


@CLIENTS
def test_other_hosts_are_left_alone(elsewhere, request, ask):
    request.getfixturevalue("cloud")
    assert ask(elsewhere) == 418


@CLIENTS
@pytest.mark.cloud(refuse_other_hosts=True)
def test_other_hosts_may_be_refused(elsewhere, request, ask):
    request.getfixturevalue("cloud")
    with pytest.raises(Exception, match=r"127.0.0.1 is no cloud of this test") as refused:
        ask(elsewhere)
    assert isinstance(refused.value, OSError)


def test_a_refusal_has_a_name_of_its_own(elsewhere):
    with running(refuse_other_hosts=True), pytest.raises(OtherHost):
        with_requests(elsewhere)


@CLIENTS
def test_the_inner_one_of_two_clouds_answers(ask):
    with running() as outer:
        with running() as inner:
            ask(VERSIONS)
        assert (len(inner.calls()), len(outer.calls())) == (1, 0)
        ask(VERSIONS)
        assert (len(inner.calls()), len(outer.calls())) == (1, 1)


def test_a_session_made_before_the_test_reaches_the_cloud():
    with requests.Session() as session, running() as cloud:
        session.get(VERSIONS, timeout=10)
        assert len(cloud.calls()) == 1


def test_threads_of_a_client_reach_the_cloud(cloud):
    threads = [threading.Thread(target=with_requests, args=(VERSIONS,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(cloud.calls()) == 4


@pytest.mark.cloud(finds=False)
def test_a_test_may_do_without_all_that(cloud):
    with pytest.raises(requests.ConnectionError):
        requests.get(VERSIONS, timeout=1)
    assert "OS_CLOUD" not in os.environ


@pytest.mark.parametrize("library", ["requests", "httpx", "aiohttp"])
def test_a_library_that_is_first_imported_within_a_test_finds_the_cloud(library):
    """And is as it was, afterwards."""
    pytest.importorskip(library)
    program = f"""
import sys
from fakecompute import running
from tests.faces.testing import test_interception as clients  # which imports requests
import importlib
for name in [name for name in sys.modules if name.split(".")[0] in ("requests", "httpx", "aiohttp")]:
    del sys.modules[name]
clients.requests = None
with running() as cloud:
    import {library}
    clients.requests = sys.modules.get("requests")
    ask = clients.with_{library}
    assert ask("{VERSIONS}") == 200
    assert len(cloud.calls()) == 1
places = dict(requests=("requests.adapters", "HTTPAdapter", "send"), httpx=("httpx", "HTTPTransport", "handle_request"),
              aiohttp=("aiohttp", "TCPConnector", "_create_connection"))
module, owner, name = places["{library}"]
assert getattr(getattr(sys.modules[module], owner), name).__module__.split(".")[0] == "{library}"
assert not any("interception" in type(finder).__module__ for finder in sys.meta_path)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_everything_is_as_it_was_afterwards():
    def state():
        changed = [HTTPAdapter.send, list(sys.meta_path), dict(os.environ)]
        for module, owner, name in (
            ("httpx", "HTTPTransport", "handle_request"),
            ("httpx", "AsyncHTTPTransport", "handle_async_request"),
            ("aiohttp", "TCPConnector", "_create_connection"),
        ):
            if module in sys.modules:
                changed.append(getattr(getattr(sys.modules[module], owner), name))
        return changed

    before = state()
    with running(), running():
        assert state() != before
    assert state() == before


def test_everything_is_as_it_was_after_a_failure():
    before = HTTPAdapter.send, dict(os.environ)
    with pytest.raises(ZeroDivisionError), running():
        1 / 0  # noqa: B018
    assert (HTTPAdapter.send, dict(os.environ)) == before


# --- faults, as requests sees them


@pytest.mark.scenario({"faults": [{"on": "compute.list_flavors*", "effect": {"delay": "60s"}}]})
def test_a_timeout_takes_the_time_of_the_timeout(cloud, nova):
    nova.get("/flavors", timeout=61)
    assert cloud.elapsed == 60
    with pytest.raises(ConnectTimeout):
        nova.get("/flavors", timeout=5)
    assert cloud.elapsed == 65


@pytest.mark.scenario({"faults": [{"on": "compute.list_flavors*", "effect": {"delay": "60s"}}]})
def test_other_threads_go_on_while_one_waits_for_an_answer(cloud, nova):
    seen = []

    def tick():
        time.sleep(10)
        seen.append(cloud.elapsed)

    thread = threading.Thread(target=tick)
    thread.start()
    nova.get("/flavors")
    thread.join()
    assert (seen, cloud.elapsed) == ([10], 60)


# --- clients that read clouds.yaml and OS_*


@pytest.fixture
def own_clouds_yaml(tmp_path, monkeypatch):
    """A user's file, with clouds that are nobody's."""
    (tmp_path / "clouds.yaml").write_text("""
clouds:
  production:
    auth: {auth_url: http://keystone.invalid/v3, username: me, password: secret, project_name: mine}
    region_name: Europe
  staging:
    auth: {auth_url: http://keystone.invalid/v3, username: me, password: secret, project_name: mine}
""")
    monkeypatch.chdir(tmp_path)


def servers(**how):
    with openstack.connect(**how) as connection:
        return list(connection.compute.servers())


def test_openstack_connect_finds_the_cloud(cloud):
    assert servers() == []
    assert cloud.calls("compute.list_servers*")


def test_an_own_clouds_yaml_leads_to_the_cloud(own_clouds_yaml, request):
    cloud = request.getfixturevalue("cloud")
    assert servers(cloud="production") == servers(cloud="staging") == []
    assert len(cloud.calls("compute.list_servers*")) == 2


def test_the_users_secrets_are_for_his_own_clouds(own_clouds_yaml, tmp_path, request):
    (tmp_path / "secure.yaml").write_text("clouds: {production: {auth: {password: another}}}")
    request.getfixturevalue("cloud")
    assert servers(cloud="production") == []


def test_a_cloud_that_the_user_has_not_is_as_unknown_as_ever(own_clouds_yaml, request):
    request.getfixturevalue("cloud")
    with pytest.raises(openstack.exceptions.ConfigException, match="prodction"):
        openstack.connect(cloud="prodction")


def test_the_users_choice_of_a_cloud_leads_to_the_cloud(own_clouds_yaml, monkeypatch, request):
    monkeypatch.setenv("OS_CLOUD", "production")
    request.getfixturevalue("cloud")
    assert servers() == []


def test_the_entry_of_an_admin_is_there(cloud):
    with openstack.connect(cloud="fakecompute-admin") as connection:
        assert connection.current_project.name == "admin"


COMPUTE = {"service_type": "compute", "region_name": "RegionOne"}


def variables() -> dict[str, Any]:
    """As scripts read them that want an openrc."""
    names = "auth_url username password project_name user_domain_id project_domain_id".split()
    return {name: os.environ[f"OS_{name.upper()}"] for name in names}


def test_a_session_made_of_variables_reaches_the_cloud(cloud):
    session = Session(auth=Password(**variables()))
    assert session.get("/servers", endpoint_filter=COMPUTE).json() == {"servers": []}


def test_a_session_of_a_loader_reaches_the_cloud(cloud):
    auth: Any = loading.get_plugin_loader("password").load_from_options(**variables())
    session = loading.session.Session().load_from_options(auth=auth, timeout=30)
    assert session.get("/servers", endpoint_filter=COMPUTE).status_code == 200


def test_os_client_config_reaches_the_cloud(own_clouds_yaml, request):
    os_client_config = pytest.importorskip("os_client_config")
    request.getfixturevalue("cloud")
    for how in {}, {"cloud": "production"}:
        region = os_client_config.OpenStackConfig().get_one(**how)
        assert region.get_session().get("/servers", endpoint_filter=COMPUTE).status_code == 200
    with os_client_config.make_sdk(cloud="staging") as connection:
        assert list(connection.compute.servers()) == []


def test_a_child_process_inherits_the_variables(cloud):
    program = [sys.executable, "-c", "import os; print(os.environ['OS_AUTH_URL'])"]
    assert subprocess.run(program, capture_output=True, text=True, check=True).stdout.strip() == f"{ADDRESS}/identity/v3"


def test_the_users_variables_do_not_reach_the_client(monkeypatch, request):
    monkeypatch.setenv("OS_TOKEN", "old")
    monkeypatch.setenv("OS_USERNAME", "me")
    request.getfixturevalue("cloud")
    assert "OS_TOKEN" not in os.environ
    assert os.environ["OS_USERNAME"] == "demo"


def test_the_users_variables_are_there_again_afterwards(monkeypatch):
    monkeypatch.setenv("OS_USERNAME", "me")
    with running():
        pass
    assert os.environ["OS_USERNAME"] == "me"


def test_what_a_test_sets_is_gone_with_it():
    with running():
        os.environ["OS_REGION_NAME"] = "elsewhere"
    assert "OS_REGION_NAME" not in os.environ
