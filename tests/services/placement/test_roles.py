"""Each operation of Placement, asked by each role in each place, as a real Placement 16 has answered (roles.json).

`python -m tests.conformance.ask_placement_roles` asks it; rows and world are in tests/conformance/placement_roles.py.
"""

import re
from functools import cache
from pathlib import Path

import pytest

from fakecompute.services.placement.service import placement
from tests.conformance.callers import Matrix, read
from tests.conformance.our_roles import Ours
from tests.conformance.placement_roles import VERSION, rows, world

EXPECTED = read(Path(__file__).parent / "roles.json")


@cache
def matrix() -> Matrix:
    ours = Ours("/placement", VERSION)
    names = world(ours.ask)
    ours.keep()
    return Matrix(ours.ask, ours.restore, names)


@pytest.mark.parametrize("row", list(rows()))
def test_placement_lets_the_same_do_it(row):
    assert matrix().answers(row) == EXPECTED[row]


def test_a_token_for_the_system_is_told_the_rule_alone():
    status, told = matrix().ask("GET", "/resource_providers", "admin/system", None)
    detail = "Access was denied to this resource.\n\n placement:resource_providers:list  "
    assert (status, told["errors"][0]["detail"]) == (403, detail)


def test_all_rows_have_been_asked():
    assert list(EXPECTED) == list(rows())


def test_no_operation_is_left_out():
    asked = {tuple(row.partition("?")[0].split()[:2]) for row in rows()}
    left = {(one.method, one.path) for one in placement.endpoints if one.policy}
    for method, place in asked:
        left = {(m, p) for m, p in left if m != method or not re.fullmatch(re.sub("<[a-z]+>", "[^/]+", p), place)}
    assert not left
