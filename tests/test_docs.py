"""What the pages of docs/ show is true, and none of them is stale."""

import re
from importlib.metadata import entry_points
from pathlib import Path
from textwrap import indent

import pytest

from fakecompute.faces.coverage import as_markdown, rows_of
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


@pytest.mark.parametrize("page", ["volumes.md"])
def test_its_definitions_and_scenarios_are_read(tmp_path, page):
    for text in re.findall(r"```yaml\n(.*?)```", read(page), re.DOTALL):
        file = tmp_path / "example.yaml"
        is_scenario = text.partition(":")[0] in SCENARIO
        file.write_text(text if is_scenario else "cloud:\n  extends: default\n" + indent(text, "  "))
        load(file).cloud()


def test_every_page_is_in_the_index():
    assert set(PAGES) - {"README.md"} == set(re.findall(r"\]\(([\w-]+\.md)\)", read("README.md")))


@pytest.mark.parametrize(
    ("page", "link"), [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)\)", read(page))]
)
def test_its_links_lead_somewhere(page, link):
    assert (DOCS / link).exists()
