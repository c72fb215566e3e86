"""Each operation of Neutron, asked by each role in each place: the answers are those of a real Neutron 29 (roles.json).

`python -m tests.conformance.ask_network_roles` asks it; rows and world are in tests/conformance/network_roles.py.
"""

from functools import cache
from pathlib import Path

import pytest

from tests.conformance.callers import Matrix, read
from tests.conformance.network_roles import rows, world
from tests.conformance.our_roles import Ours

EXPECTED = read(Path(__file__).parent / "roles.json")


@cache
def matrix() -> Matrix:
    """All is asked of one world, which is as it was whenever somebody has changed it."""
    ours = Ours("/network/v2.0")
    names = world(ours.ask, ours.hosts)
    ours.keep()
    return Matrix(ours.ask, ours.restore, names)


@pytest.mark.parametrize("row", list(rows()))
def test_neutron_lets_the_same_do_it(row):
    expected = EXPECTED[row]
    told = matrix().answers(row)
    for caller, answer in expected.items():
        if answer == "500":  # Neutron's own mistakes
            assert told[caller].startswith("4")
            expected = {**expected, caller: told[caller]}
    assert told == expected


def test_all_rows_have_been_asked():
    assert list(EXPECTED) == list(rows())
