"""A journal of calls to all services is played again: the same answers, whatever happened in between."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from fakecompute.kernel.journal import Journal
from fakecompute.scenario.journals import compare, explained, header, read
from tests.properties.engine import begin, wide_plans, wide_setups
from tests.properties.thorough import examples

BY_ITSELF = ("host", "agent", "service")  # what is no call


@settings(max_examples=examples(80), deadline=None)
@given(setup=wide_setups, plan=wide_plans)
def test_a_journal_repeats(setup, plan):
    client = begin(setup)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        with path.open("w") as lines:
            client.cloud.journal = Journal(lines, **header(client.cloud, scenario="a walk"))
            for command in plan:
                if command.verb in BY_ITSELF:
                    with explained(client.cloud, command.verb):
                        client.do(command)
                else:
                    client.do(command)
        compared = compare(read(path))
    assert compared.difference is None, "\n".join(compared.difference.diff())
