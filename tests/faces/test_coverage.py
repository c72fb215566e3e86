"""`fakecompute coverage`: for people, for programs, for the page."""

import json
from io import StringIO

import pytest
from click.testing import CliRunner
from rich.console import Console

from fakecompute.faces.cli import main
from fakecompute.faces.coverage import as_json, as_markdown, show
from fakecompute.rest.version import Span, Version
from fakecompute.services.coverage import Operation, Row

LIFE = Span(Version(2, 1), Version(2, 35))
GAP = Span(Version(2, 30), Version(2, 35))
ROWS = [
    Row("compute", Operation("GET", "/things", None, Span(Version(2, 1)), "200", "rule")),
    Row("compute", Operation("PUT", "/things/<thing>", None, LIFE), (GAP,), ("green ones",)),
    Row("compute", Operation("POST", "/things/<thing>/action", "paint", LIFE), (LIFE,)),
    Row("compute", Operation("POST", "/things/<thing>/action", "move", LIFE), (LIFE,)),
    Row("compute", Operation("GET", "/others", None, LIFE), (LIFE,)),
    Row("compute", Operation("GET", "/relics", None, Span(), "410")),
]


@pytest.fixture
def coverage():
    """Runs the command; exit code and output."""

    def run(*words):
        done = CliRunner().invoke(main, ["coverage", *words])
        return done.exit_code, done.output

    return run


# --- for programs


def test_an_operation_as_json():
    assert as_json(ROWS)[1] == {
        "service": "compute",
        "method": "PUT",
        "path": "/things/<thing>",
        "action": None,
        "versions": ["2.1", "2.35"],
        "state": "partly",
        "missing_versions": [["2.30", "2.35"]],
        "missing_parts": ["green ones"],
        "success": None,
        "policy": None,
    }


def test_the_command_gives_json_of_all_services(coverage):
    code, out = coverage("--json")
    assert code == 0
    assert {row["service"] for row in json.loads(out)} == {
        "identity", "compute", "image", "network", "volume", "placement",
    }  # fmt: skip


def test_the_command_gives_json_of_one_service(coverage):
    _, out = coverage("--json", "--service", "placement")
    assert {row["service"] for row in json.loads(out)} == {"placement"}


# --- for people


def shown(rows):
    told = StringIO()
    show(rows, Console(file=told, width=100))
    return [" ".join(line.split()) for line in told.getvalue().splitlines()]


def test_totals_are_shown():
    assert shown(ROWS)[:2] == ["service done partly missing of", "Compute (Nova) 2 1 3 6"]


def test_the_nouns_of_a_single_service_are_shown():
    assert shown(ROWS)[3:] == [
        "noun done of what is missing",
        "/things 1 4 paint, move …/{thing}/action (2.1 to 2.35); of PUT …/{thing}: 2.30 to 2.35, green",
        "ones",
        "/others 0 1 all (2.1 to 2.35)",
        "retired 1 1",
    ]


def test_an_unknown_service_is_answered_with_those_that_there_are(coverage):
    code, out = coverage("--service", "compte")
    assert code == 2
    assert "There is no service 'compte'; there are identity, compute, image" in out


# --- the page


def test_the_page_tells_apart_what_is_there_what_is_missing_and_what_is_neither():
    page = as_markdown(ROWS)
    assert "| Compute (Nova) | 2 | 1 | 3 | 6 |" in page
    assert "**There:** retired (1)." in page
    assert "**Missing:** `/others` (1)." in page
    assert (
        "| `/things` | 1 | 4 | `paint, move …/{thing}/action` (2.1 to 2.35);"
        " of `PUT …/{thing}`: 2.30 to 2.35, green ones |" in page
    )
