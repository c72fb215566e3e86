"""What the pages of docs/ show is true, and none of them is stale."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from fakecompute.faces.coverage import as_markdown, rows_of

DOCS = Path(__file__).parents[1] / "docs"
PAGES = sorted(page.name for page in DOCS.glob("*.md"))
MODULE = "fakecompute.faces.pytest_plugin"
INSTALLED = MODULE in {entry.value for entry in entry_points(group="pytest11")}


def read(name):
    return (DOCS / name).read_text("utf-8")


def test_the_coverage_is_what_the_declarations_say():
    assert read("coverage.md") == as_markdown(rows_of()), "stale: run `make coverage`"


def test_the_examples_of_the_engine_pass(pytester):
    first, *tests = re.findall(r"```python\n(.*?)```", read("engine.md"), re.DOTALL)
    pytester.makepyfile("\n".join([first, *tests]))
    result = pytester.runpytest_inprocess(*(() if INSTALLED else ("-p", MODULE)), "-p", "no:cacheprovider")
    result.assert_outcomes(passed=len(tests))


def test_every_page_is_in_the_index():
    assert set(PAGES) - {"README.md"} == set(re.findall(r"\]\(([\w-]+\.md)\)", read("README.md")))


@pytest.mark.parametrize(
    ("page", "link"), [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#:]+)\)", read(page))]
)
def test_its_links_lead_somewhere(page, link):
    assert (DOCS / link).exists()
