"""What a bad file gets, word by word: tests/scenario/mistakes.txt."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from fakecompute import BadDefinition
from fakecompute.scenario.load import load

GOLDEN = Path(__file__).with_name("mistakes.txt")
MANY = 20


def cases():
    """(file, lines that it is told)"""
    blocks = GOLDEN.read_text("utf-8").split("\n\n")[1:]
    for block in blocks:
        if not block.startswith("#"):
            lines = block.strip("\n").split("\n")
            yield (
                dedent("\n".join(line for line in lines if line.startswith("    "))) + "\n",
                [line for line in lines if not line.startswith("    ")],
            )


CASES = list(cases())


@pytest.mark.parametrize(("text", "said"), CASES, ids=[text.strip().partition("\n")[0] for text, _ in CASES])
def test_a_mistake_is_told_with_its_place_and_a_hint(tmp_path, monkeypatch, text, said):
    monkeypatch.chdir(tmp_path)
    Path("my.yaml").write_text(text, "utf-8")
    with pytest.raises(BadDefinition) as found:
        load("my.yaml")
    assert [mistake.removeprefix("my.yaml:") for mistake in found.value.mistakes] == said


def test_all_mistakes_of_a_file_are_told_at_once():
    assert max(len(said) for _, said in CASES) >= MANY


def test_there_are_many_kinds_of_mistakes():
    assert len({tuple(said) for _, said in CASES}) >= 60
