"""httpx without a socket: every answer and every fault is what it is on one."""

from __future__ import annotations

import asyncio
import time

import pytest

from fakecompute import Cloud
from fakecompute.domain.identity import token_for
from fakecompute.faces.in_process import ADDRESS
from tests.faces.testing.clients import FAULTS, PATH, PATIENCE, ends_in, struck

httpx = pytest.importorskip("httpx")


def read(response):
    response.raise_for_status()
    return sorted(flavor["name"] for flavor in response.json()["flavors"])


def with_client(url, headers):
    with httpx.Client(timeout=PATIENCE) as client:
        return read(client.get(url, headers=headers))


def with_async_client(url, headers):
    async def ask():
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            return read(await client.get(url, headers=headers))

    return asyncio.run(ask())


def with_stream(url, headers):
    with httpx.stream("GET", url, headers=headers, timeout=PATIENCE) as response:
        return response.status_code, ends_in(response.read)


def headers_for(cloud):
    return {"X-Auth-Token": token_for(cloud, "demo", "demo").id}


@pytest.mark.parametrize("ask", [with_client, with_async_client])
@pytest.mark.parametrize("fault", [{}, *FAULTS.values()], ids=["none", *FAULTS])
def test_a_fault_ends_as_on_a_socket(on_a_socket, request, ask, fault):
    there = on_a_socket.clouds[""]
    struck(there, **fault)
    expected = ends_in(lambda: ask(on_a_socket.url + PATH, headers_for(there)))
    here = request.getfixturevalue("cloud")
    struck(here, **fault)
    headers = headers_for(here)
    assert ends_in(lambda: ask(ADDRESS + PATH, headers)) == expected


def test_a_truncated_body_breaks_when_it_is_read(on_a_socket, request):
    there = on_a_socket.clouds[""]
    struck(there, truncate=10)
    expected = with_stream(on_a_socket.url + PATH, headers_for(there))
    here = request.getfixturevalue("cloud")
    struck(here, truncate=10)
    assert with_stream(ADDRESS + PATH, headers_for(here)) == expected
    assert expected[0] == 200


def test_a_delay_takes_the_clouds_time(cloud):
    struck(cloud, delay=60_000_000)
    headers = headers_for(cloud)
    assert httpx.get(ADDRESS + PATH, headers=headers, timeout=90).status_code == 200
    assert cloud.elapsed == 60


def test_a_timeout_takes_the_time_of_the_timeout(cloud):
    struck(cloud, delay=60_000_000)
    headers = headers_for(cloud)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(ADDRESS + PATH, headers=headers, timeout=5)
    assert cloud.elapsed == 5


def test_other_tasks_go_on_while_one_waits_for_an_answer(cloud):
    struck(cloud, delay=60_000_000)
    headers, seen = headers_for(cloud), []

    async def tick():
        await asyncio.sleep(10)
        seen.append(cloud.elapsed)

    async def main():
        async with httpx.AsyncClient(base_url=ADDRESS, timeout=90) as client:
            await asyncio.gather(client.get(PATH, headers=headers), client.get(PATH, headers=headers), tick())

    asyncio.run(main())
    assert seen == [10]
    assert cloud.elapsed == 60


def test_an_uploads_pieces_arrive(cloud):
    def pieces():
        yield b'{"keypair": '
        yield b'{"name": "mine"}}'

    headers = {**headers_for(cloud), "Content-Type": "application/json"}
    assert httpx.post(f"{ADDRESS}/compute/v2.1/os-keypairs", content=pieces(), headers=headers).status_code == 200
    assert cloud.keypairs.names == ["mine"]


def test_the_status_line_is_that_of_a_socket(on_a_socket, request):
    def status_line(address):
        answer = httpx.get(address + PATH)
        return answer.http_version, answer.status_code, answer.reason_phrase

    expected = status_line(on_a_socket.url)
    request.getfixturevalue("cloud")
    assert status_line(ADDRESS) == expected


def test_redirects_and_cookies_are_the_clients(cloud):
    """The transport answers one request; the rest is httpx's."""
    with httpx.Client(base_url=ADDRESS, params={"limit": 1}) as client:
        answer = client.get(PATH, headers=headers_for(cloud))
    assert str(answer.request.url) == f"{ADDRESS}{PATH}?limit=1"
    assert len(answer.json()["flavors"]) == 1


# --- as a transport of one's own


def test_a_transport_answers_for_any_address():
    from fakecompute.testing import HttpxTransport

    with httpx.Client(transport=HttpxTransport(Cloud()), base_url="https://nova.example") as client:
        answer = client.get("/compute")
    assert answer.json()["versions"][1]["links"][0]["href"].startswith("https://nova.example/")


def test_a_transport_answers_coroutines():
    from fakecompute.testing import HttpxTransport

    async def ask():
        async with httpx.AsyncClient(transport=HttpxTransport(Cloud()), base_url=ADDRESS) as client:
            return (await client.get("/compute")).status_code

    assert asyncio.run(ask()) in (200, 300)


def test_without_shared_time_a_delay_moves_the_clouds_clock_alone():
    from fakecompute.testing import HttpxTransport

    cloud = Cloud()
    struck(cloud, delay=60_000_000)
    began, before = time.monotonic(), cloud.clock.now()

    async def ask():
        async with httpx.AsyncClient(transport=HttpxTransport(cloud), base_url=ADDRESS, timeout=90) as client:
            await client.get(PATH, headers=headers_for(cloud))

    asyncio.run(ask())
    assert cloud.clock.now() - before == 60_000_000
    assert time.monotonic() - began < 10
