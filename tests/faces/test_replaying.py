"""What `replay`, `scenarios` and `show` print: for the eye, for a pipe, for programs, and as a page."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

from fakecompute import resources
from fakecompute.faces import replaying, rows
from fakecompute.faces.cli import main
from fakecompute.faces.report import Told, page
from fakecompute.scenario.expectations import Finding
from fakecompute.scenario.load import load
from fakecompute.scenario.replay import replay
from fakecompute.scenario.timeline import Entry


@pytest.fixture
def says():
    """Runs the command in this process: exit code, output, error output."""

    def run(*words):
        done = CliRunner().invoke(main, words, prog_name="fakecompute")
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture(scope="module")
def waited():
    """A run of which most is looking at what does not change."""
    return replay(load("vif-plug-timeout"))


def on_a_terminal(run: Any, width: int) -> list[str]:
    console = Console(file=StringIO(), force_terminal=True, width=width, color_system=None, highlight=False)
    replaying.show_run(run, console)
    shown: Any = console.file
    return str(shown.getvalue()).splitlines()


def call(at, *, path="/compute/v2.1/servers", status=200, answer=None, method="GET"):
    data = {"method": method, "path": path, "status": status, "answer": answer, "operation": "compute.list_servers"}
    return Entry(at * 1_000_000, "call", "compute.list_servers", f"{method} {path} -> {status}", data)


# --- for the eye


@pytest.mark.parametrize("width", [80, 120, 200])
def test_no_line_is_wider_than_the_terminal(waited, width):
    lines = on_a_terminal(waited, width)
    assert max(map(len, lines)) <= width
    assert any(re.search(r"200 +compute.list_servers_detail? +60 x GET /servers/detail, unchanged", line) for line in lines)


def test_equal_looks_are_one_row_and_tell_for_how_long():
    (row,) = rows.rows([call(at) for at in range(0, 65, 5)])
    assert row.text == "13 x GET /servers, unchanged for 1 min"
    assert (row.sign, row.tone) == ("200", "")


@pytest.mark.parametrize(
    "other", [call(5, status=503), call(5, answer={"servers": []}), call(5, path="/compute/v2.1/flavors")]
)
def test_what_is_not_equal_has_a_row_of_its_own(other):
    assert len(rows.rows([call(0), call(1), other, call(6), call(7)])) == 5


def test_two_of_one_kind_are_two_rows():
    assert [row.text for row in rows.rows([call(0), call(1)])] == ["GET /servers", "GET /servers"]


def test_ids_are_cut_short_for_the_eye():
    assert rows.short("GET /servers/eded8b36-2920-4c6b-8e96-53ffcbfab2ae/action") == "GET /servers/eded8b36/action"


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 s"), (60, "1 min"), (95, "1 min 35 s"), (3600, "1 h"), (5400, "1 h 30 min")]
)
def test_durations_are_told_in_words(seconds, words):
    assert rows.span(seconds * 1_000_000) == words


def test_a_long_wait_is_told():
    table = rows.rows([call(0), call(5), call(95, status=503)])
    assert [waited for _, waited in replaying.with_waits(table)] == [0, 0, 90_000_000]


# --- in a pipe, and for programs


def test_a_pipe_gets_a_line_for_each_entry(says):
    _, out, _ = says("replay", "create-false-negative")
    lines = out.splitlines()
    assert lines[0] == "--- create-false-negative, careless"
    assert lines[5] == (
        "      0.000s  call        compute.create_server               POST /compute/v2.1/servers -> 500"
    )
    assert lines[-2] == "1 finding:"
    assert lines[-1].startswith("     10.000s  made twice        server runner was made twice")
    assert "\x1b" not in out


def test_what_happens_by_itself_is_told_too(says):
    _, out, _ = says("replay", "vif-plug-timeout")
    assert "      0.000s  event                                           agent_down compute-*\n" in out


def test_programs_get_every_look(says, waited):
    code, out, _ = says("replay", "vif-plug-timeout", "--json")
    told = json.loads(out)
    assert code == 1
    assert len(told["timeline"]) == len(waited.entries) > 300
    assert [finding["kind"] for finding in told["findings"]] == ["endless_wait", "failed", "status"]


def test_the_exit_code_is_the_verdict(says):
    assert says("replay", "create-false-negative")[0] == 1
    code, out, _ = says("replay", "create-false-negative", "--workload", "careful")
    assert (code, out.splitlines()[-1]) == (0, "Everything is as expected.")


# --- as a page

VOID = ("meta", "input", "br")


class Page(HTMLParser):
    """Its ids, links and what it loads; ValueError if its tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        told = dict(attributes)
        self.ids.update({told["id"]} if "id" in told else ())
        self.links += [told["href"]] if tag == "a" else []
        self.loads += [told["src"]] if "src" in told else ["link"] if tag in ("link", "script") else []
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            raise ValueError(f"</{tag}> closes another")


def test_the_page_needs_nothing_else_and_its_links_lead_somewhere(says, tmp_path):
    assert says("replay", "vif-plug-timeout", "--html", str(tmp_path / "run.html"))[0] == 1
    text = (tmp_path / "run.html").read_text("utf-8")
    shown = Page(text)
    assert (shown.loads, shown.open) == ([], [])
    assert shown.links
    assert {link.removeprefix("#") for link in shown.links} <= shown.ids
    assert re.search(r"\d+ x GET /servers/detail, unchanged for", text)
    assert "url(" not in text and "http://" not in text.replace("http://127.0.0.1", "").replace("http://localhost", "")


def test_a_finding_leads_to_the_row_that_it_is_about():
    table = rows.rows([call(0), call(5, path="/a"), call(5, path="/b"), call(9)])
    assert rows.row_of(Finding("hot_loop", 5_000_000, "", {"path": "/a"}), table) == 1
    assert rows.row_of(Finding("rate", 5_000_000, "", {}), table) == 2
    assert rows.row_of(Finding("status", 3_600_000_000, "", {}), table) is None


def test_what_a_client_sends_is_text_on_the_page():
    evil = call(0, path="/<script>alert(1)</script>", answer={"name": "</pre><b>"})
    finding = Finding("lost", 0, "server <i>x</i> exists", {})
    shown = page(Told("<u>", "<s>", ["<q>"], [evil], [finding], [(0, "<em>")]))
    assert not re.search(r"<(script|u|s|q|em|i>x)\b", shown)
    assert Page(shown).open == []


# --- what there is


def test_scenarios_are_a_line_each(says):
    code, out, _ = says("scenarios")
    names = resources.names("scenarios")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == names
    assert len({line.index(load(name).description) for name, line in zip(names, out.splitlines(), strict=True)}) == 1


def test_a_scenario_is_shown_as_it_is(says):
    assert says("show", "bad-minute") == (0, resources.read("scenarios", "bad-minute")[0], "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show", "bad-minutes"), "there is no scenario 'bad-minutes'; did you mean 'bad-minute'?"),
        (("show", "zzz"), "there is no scenario 'zzz'; `fakecompute scenarios` lists them"),
        (("replay", "bad-minutes"), "there is no scenario 'bad-minutes'; did you mean 'bad-minute'?"),
        (
            ("replay", "rate-limit", "--workload", "carefull"),
            "rate-limit has no workload 'carefull'; did you mean 'careful'?",
        ),
        (("replay", "bad-minute", "--workload", "any"), "bad-minute has no workload 'any'; it has none at all"),
        (("replay", "rate-limit", "--html", "no/such/x.html"), "no/such/x.html: No such file or directory"),
    ],
)
def test_a_wrong_call_is_told_in_a_line(says, words, said):
    code, out, err = says(*words)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_a_file_that_is_nothing_to_play_is_told_in_a_line(says, tmp_path):
    (tmp_path / "notes.txt").write_text("hello\n")
    code, _, err = says("replay", str(tmp_path / "notes.txt"))
    assert (code, err) == (2, f"{tmp_path}/notes.txt is no journal: its first line does not tell of a cloud\n")


@pytest.mark.parametrize("command", ["scenarios", "show", "replay", "run"])
def test_the_help_has_examples_that_are_true(says, command):
    code, out, _ = says(command, "--help")
    assert code == 0
    assert "Examples:" in out
    named = re.findall(r"fakecompute (?:replay|run|show) ([\w-]+)(?![\w.-])", out)
    assert set(named) <= {*resources.names("scenarios"), "my", "calls", "SCENARIO"}
