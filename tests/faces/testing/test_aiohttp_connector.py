"""aiohttp without a socket: every answer and every fault is what it is on one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from fakecompute import Cloud, running
from fakecompute.domain.faults import Effect, Rule
from fakecompute.domain.identity import token_for
from fakecompute.faces.in_process import ADDRESS
from tests.faces.testing.clients import FAULTS, PATH, PATIENCE, ends_in, struck

aiohttp = pytest.importorskip("aiohttp")

TOTAL = {"total": PATIENCE}
READ = {"total": None, "sock_read": PATIENCE}
KEYPAIRS = f"{ADDRESS}/compute/v2.1/os-keypairs"


@asynccontextmanager
async def asked(url, headers, **limits):
    timeout = aiohttp.ClientTimeout(**limits)
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as response:
        yield response


async def names(url, headers, **limits):
    async with asked(url, headers, **limits) as response:
        response.raise_for_status()
        return sorted(flavor["name"] for flavor in (await response.json())["flavors"])


def headers_for(cloud):
    return {"X-Auth-Token": token_for(cloud, "demo", "demo").id}


@pytest.mark.parametrize("limits", [TOTAL, READ], ids=["total", "read"])
@pytest.mark.parametrize("fault", [{}, *FAULTS.values()], ids=["none", *FAULTS])
def test_a_fault_ends_as_on_a_socket(on_a_socket, request, fault, limits):
    there = on_a_socket.clouds[""]
    struck(there, **fault)
    expected = ends_in(lambda: asyncio.run(names(on_a_socket.url + PATH, headers_for(there), **limits)))
    here = request.getfixturevalue("cloud")
    struck(here, **fault)
    headers = headers_for(here)
    assert ends_in(lambda: asyncio.run(names(ADDRESS + PATH, headers, **limits))) == expected


def test_a_truncated_body_breaks_when_it_is_read(cloud):
    struck(cloud, truncate=10)

    async def main():
        async with asked(ADDRESS + PATH, headers_for(cloud)) as response:
            assert response.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                await response.read()

    asyncio.run(main())


def test_a_delay_takes_the_clouds_time(cloud):
    struck(cloud, delay=60_000_000)
    assert asyncio.run(names(ADDRESS + PATH, headers_for(cloud), total=90))
    assert cloud.elapsed == pytest.approx(60)


@pytest.mark.parametrize("limits", [{"total": 5}, {"total": None, "sock_read": 5}], ids=["total", "read"])
def test_a_timeout_takes_the_time_of_the_timeout(cloud, limits):
    struck(cloud, delay=60_000_000)
    with pytest.raises(TimeoutError):
        asyncio.run(names(ADDRESS + PATH, headers_for(cloud), **limits))
    assert cloud.elapsed == pytest.approx(5, abs=1)  # aiohttp rounds long timeouts up


def test_other_tasks_go_on_while_one_waits_for_an_answer(cloud):
    struck(cloud, delay=60_000_000)
    headers, seen = headers_for(cloud), []

    async def tick():
        await asyncio.sleep(10)
        seen.append(cloud.elapsed)

    async def main():
        await asyncio.gather(names(ADDRESS + PATH, headers), names(ADDRESS + PATH, headers), tick())

    asyncio.run(main())
    assert seen == [pytest.approx(10)]
    assert cloud.elapsed == pytest.approx(60)


def test_one_connection_carries_many_requests(cloud):
    async def main():
        made = []
        traced = aiohttp.TraceConfig()

        async def count(*_):
            made.append(1)

        traced.on_connection_create_end.append(count)
        async with aiohttp.ClientSession(ADDRESS, trace_configs=[traced], headers=headers_for(cloud)) as session:
            for _ in range(5):
                async with session.get(PATH) as response:
                    await response.read()
        return made

    assert asyncio.run(main()) == [1]


async def thrice(url, headers):
    async with aiohttp.ClientSession(headers=headers) as session:
        answers = []
        for _ in range(3):
            try:
                async with session.get(url) as response:
                    answers.append(response.status)
            except aiohttp.ClientError as error:
                answers.append(type(error))
        return answers


@pytest.mark.parametrize("nth", [(1,), (2,), (1, 2), (2, 3, 4)], ids=str)
def test_aiohttp_asks_again_where_it_does_on_a_socket(on_a_socket, request, nth):
    def asked_thrice(cloud, address):
        rule = Rule(id="", name="wire", on="compute.list_flavors", phase="wire", nth=nth, effect=Effect(close=True))
        cloud.set_rules([rule])
        answers = asyncio.run(thrice(address + PATH, headers_for(cloud)))
        (rule,) = cloud.store.all(Rule)
        return answers, rule.matched

    expected = asked_thrice(on_a_socket.clouds[""], on_a_socket.url)
    assert asked_thrice(request.getfixturevalue("cloud"), ADDRESS) == expected


@pytest.mark.parametrize("upload", ["json", "pieces", "form", "expect"])
def test_uploads_arrive(cloud, upload):
    async def pieces():
        yield b'{"keypair": '
        yield b'{"name": "mine"}}'

    async def main():
        headers = {**headers_for(cloud), "Content-Type": "application/json"}
        how = {
            "json": {"json": {"keypair": {"name": "mine"}}},
            "pieces": {"data": pieces()},
            "form": {"data": b'{"keypair": {"name": "mine"}}'},
            "expect": {"data": b'{"keypair": {"name": "mine"}}', "expect100": True},
        }[upload]
        async with aiohttp.ClientSession() as session, session.post(KEYPAIRS, headers=headers, **how) as response:
            return response.status

    assert asyncio.run(main()) == 200
    assert cloud.keypairs.names == ["mine"]


def test_a_delete_has_no_body(cloud):
    async def main():
        async with aiohttp.ClientSession(headers=headers_for(cloud)) as session:
            await session.post(KEYPAIRS, json={"keypair": {"name": "mine"}})
            async with session.delete(f"{KEYPAIRS}/mine") as response:
                return response.status, await response.read()

    assert asyncio.run(main()) == (202, b"")


def test_a_session_that_outlives_a_cloud_reaches_the_next_one():
    async def main():
        async with aiohttp.ClientSession() as session:
            for name in "one", "other":
                with running() as cloud:
                    answer = await session.post(KEYPAIRS, headers=headers_for(cloud), json={"keypair": {"name": name}})
                    await answer.read()
                    assert cloud.keypairs.names == [name]

    asyncio.run(main())


# --- as a connector of one's own


def test_a_connector_answers_for_any_address():
    from fakecompute.testing import AiohttpConnector

    async def main():
        async with (
            aiohttp.ClientSession(connector=AiohttpConnector(Cloud())) as session,
            session.get("https://nova.example/compute") as response,
        ):
            return await response.json()

    assert asyncio.run(main())["versions"][1]["links"][0]["href"].startswith("https://nova.example/")
