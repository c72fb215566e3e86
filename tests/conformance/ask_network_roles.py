"""Write down whom a real Neutron lets do what: `python -m tests.conformance.ask_network_roles [--write] [--new]`

in an environment with Neutron.  Without `--write` its answers are compared with those that are written; with `--new`
only rows that have not been asked yet are asked.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conformance.callers import Matrix, compare, read, write
from tests.conformance.network_roles import rows, world
from tests.conformance.real_neutron import HOSTS, RealNeutron

ANSWERS = Path(__file__).parents[1] / "services/network/roles.json"


def main(*words: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        neutron = RealNeutron(folder)
        names = world(neutron.ask, HOSTS)
        neutron.keep()
        matrix = Matrix(neutron.ask, neutron.restore, names)
        known = read(ANSWERS) if "--new" in words else {}
        table = {}
        for row in rows():
            if row not in known:
                table[row] = matrix.answers(row)
                print(row, file=sys.stderr)
    if "--write" in words:
        write({row: table.get(row) or known[row] for row in rows()}, ANSWERS)
    else:
        compare(table, ANSWERS)


if __name__ == "__main__":
    main(*sys.argv[1:])
