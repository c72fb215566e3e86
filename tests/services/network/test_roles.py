"""Each operation of Neutron, asked by each role in each place: the answers are those of a real Neutron 29 (roles.json).

`python -m tests.conformance.ask_network_roles` asks it; rows and world are in tests/conformance/network_roles.py.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from fakecompute.services.network.service import network
from tests.conformance.callers import ADMIN, Matrix, read
from tests.conformance.network_roles import rows, world
from tests.conformance.our_roles import Ours

EXPECTED = read(Path(__file__).parent / "roles.json")

# Where the real one takes what a body wants for what is there, and so hides or shows the wrong thing.
HIDDEN_OR_REFUSED = (
    'PUT /address-scopes/<address_scope> {"address_scope": {"shared": true}}',
    'PUT /qos/policies/<qos> {"policy": {"shared": true}}',
    'PUT /qos/policies/<shared_qos> {"policy": {"name": "x"}}',
    'PUT /address-groups/<open_addresses> {"address_group": {"name": "x"}}',
)


@cache
def matrix() -> Matrix:
    """All is asked of one world, which is as it was whenever somebody has changed it."""
    ours = Ours("/network/v2.0")
    for home in ours.ask("GET", "/networks?is_default=true", ADMIN)[1]["networks"]:  # the world begins with none
        ours.ask("PUT", f"/networks/{home['id']}", ADMIN, {"network": {"is_default": False}})
    names = world(ours.ask, ours.hosts)
    ours.keep()
    return Matrix(ours.ask, ours.restore, names)


def _alike(row: str, caller: str, answer: str, real: str) -> bool:
    """Is it the real one's answer, or the right one where that is a mistake?"""
    if real == "500":
        return answer < "500"
    refused = answer in ("403", "404")
    if row.startswith("PUT") and caller.endswith(("/domain", "/system")) and real not in ("403", "404"):
        return refused  # Neutron forgets the scopes of its rules where attributes have rules as well
    if row in HIDDEN_OR_REFUSED and refused:
        return real in ("403", "404")
    return answer == real


@pytest.mark.parametrize("row", list(rows()))
def test_neutron_lets_the_same_do_it(row):
    told, expected = matrix().answers(row), EXPECTED[row]
    unlike = {caller: real for caller, real in expected.items() if not _alike(row, caller, told[caller], real)}
    assert {caller: told[caller] for caller in unlike} == unlike


def test_a_token_for_the_system_is_told_which_scope_is_wanted():
    status, told = matrix().ask("PUT", "/quotas/x", "admin/system", {"quota": {}})
    wanted = "rule:update_quota requires a scope of ['project'], request was made with system scope."
    assert (status, told["NeutronError"]["type"], told["NeutronError"]["message"]) == (403, "InvalidScope", wanted)


def test_a_body_is_read_before_policy_is_asked():
    told = matrix().ask("POST", "/networks", "reader/own", {"network": {"nosuch": 1}})[1]["NeutronError"]
    assert told["message"] == "Unrecognized attribute(s) 'nosuch'"


def test_all_rows_have_been_asked():
    assert list(EXPECTED) == list(rows())


def test_no_operation_is_left_out():
    asked = {tuple(row.partition("?")[0].split()[:2]) for row in rows()}
    assert not [one.operation for one in network.endpoints if one.policy and not _is_asked(one, asked)]


def _is_asked(endpoint, asked):
    twin = endpoint.path.replace("/qos/policies/<id>/tags", "/policies/<id>/tags")  # the same at another address
    path = re.compile(re.sub("<[a-z_]+>", "[^/]+", twin))
    return any(method == endpoint.method and path.fullmatch(place) for method, place in asked)
