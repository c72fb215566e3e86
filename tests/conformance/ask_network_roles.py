"""Write down whom a real Neutron lets do what: `python -m tests.conformance.ask_network_roles [--write] [words in a row]`

in an environment with Neutron.  Without `--write` its answers are compared with those that are written.
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
        wanted = [word for word in words if not word.startswith("-")]
        table = {}
        for row in rows():
            if all(word in row for word in wanted):
                table[row] = matrix.answers(row)
                print(row, file=sys.stderr)
    if "--write" not in words:
        compare(table, ANSWERS)
    else:
        old = read(ANSWERS) if wanted else {}
        write({row: table.get(row) or old[row] for row in rows() if row in table or row in old}, ANSWERS)


if __name__ == "__main__":
    main(*sys.argv[1:])
