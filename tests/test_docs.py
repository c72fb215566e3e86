"""What the pages of docs/ show is true, and none of them is stale."""

import re
from dataclasses import fields
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import indent

import aiohttp  # noqa: F401  # what an inner run is the first to import is forgotten after it, and comes twice
import httpcore  # noqa: F401
import httpx  # noqa: F401
import openstack  # noqa: F401
import pytest

from fakecompute.domain.happenings import HAPPENINGS
from fakecompute.faces.coverage import as_markdown, rows_of
from fakecompute.scenario import durations, expectations, format, names, workload, written
from fakecompute.scenario.format import SCENARIO
from fakecompute.scenario.load import load

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(page.name for page in DOCS.glob("*.md"))
MODULE = "fakecompute.faces.pytest_plugin"
INSTALLED = MODULE in {entry.value for entry in entry_points(group="pytest11")}


def read(name):
    return (DOCS / name).read_text("utf-8")


def test_the_coverage_is_what_the_declarations_say():
    assert read("coverage.md") == as_markdown(rows_of()), "stale: run `make coverage`"


@pytest.mark.parametrize("page", ["engine.md", "volumes.md"])
def test_its_examples_pass(pytester, page):
    first, *tests = re.findall(r"```python\n(.*?)```", read(page), re.DOTALL)
    pytester.makepyfile("\n".join([first, *tests]))
    result = pytester.runpytest_inprocess(*(() if INSTALLED else ("-p", MODULE)), "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(tests))


@pytest.mark.parametrize("number", range(read("testing.md").count("```python")))
def test_the_examples_of_testing_pass(pytester, number):
    text = re.findall(r"```python\n(.*?)```", read("testing.md"), re.DOTALL)[number]
    pytester.makepyfile(text)
    result = pytester.runpytest_inprocess(
        *(() if INSTALLED else ("-p", MODULE)), "-p", "no:cacheprovider", "-W", "ignore"
    )
    failed = result.parseoutcomes()
    assert set(failed) <= {"passed", "warnings"}
    assert failed["passed"] >= len(re.findall(r"^ *def test_|^Test\w+ = ", text, re.MULTILINE))


@pytest.mark.parametrize("page", ["scenarios.md", "volumes.md"])
def test_its_definitions_and_scenarios_are_read(tmp_path, page):
    for text in re.findall(r"```yaml\n(.*?)```", read(page), re.DOTALL):
        file = tmp_path / "example.yaml"
        is_scenario = text.partition(":")[0] in SCENARIO
        file.write_text(text if is_scenario else "cloud:\n  extends: default\n" + indent(text, "  "))
        load(file).cloud()


WORDS = {
    "keys": SCENARIO,
    "hits": written.HITS,
    "effects": {**format.ON_CALL, **format.ON_WIRE, **format.ON_READ, **format.ON_STEP},
    "phases": format.PHASES,
    "durations": durations.KINDS,
    "facts": names.CALL_FACTS,
    "events": HAPPENINGS,
    "steps": workload.VERBS,
    "things": workload.NOUNS,
    "clients": [field.name for field in fields(workload.Client)],
    "retries": workload.RETRY,
    "failures": workload.FAILURES,
    "expectations": expectations.EXPECT,
    "findings": expectations.FINDINGS,
}


@pytest.mark.parametrize("words", WORDS)
def test_the_page_of_the_format_has_all_its_words(words):
    text = set(re.findall(r"\w+", read("scenarios.md")))
    assert [word for word in WORDS[words] if word not in text] == []


def test_the_page_of_the_format_tells_of_no_event_that_there_is_not():
    _, _, rest = read("scenarios.md").partition("\n## Events\n")
    rows = re.findall(r"^\| (`.*?) \|", rest.partition("\n## ")[0], re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == set(HAPPENINGS)


def test_the_page_of_the_format_names_findings_by_their_expectations():
    rows = re.findall(r"^\| `(\w+)[^`]*` \| [^|]+ \| `(\w+)` \|", read("scenarios.md"), re.MULTILINE)
    assert {row[0] for row in rows} == set(expectations.EXPECT)
    assert {row[1] for row in rows} == set(expectations.FINDINGS)


def test_every_page_is_in_the_index():
    assert set(PAGES) - {"README.md"} == set(re.findall(r"\]\(([\w-]+\.md)\)", read("README.md")))


@pytest.mark.parametrize(
    ("page", "link"), [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)\)", read(page))]
)
def test_its_links_lead_somewhere(page, link):
    assert (DOCS / link).exists()
