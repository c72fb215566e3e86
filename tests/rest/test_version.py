"""Microversions: parsing, spans, and what a client asks for."""

import pytest

from fakecompute.rest.version import Microversions, Version, span

COMPUTE = Microversions(("compute",), Version(2, 1), Version(2, 104), legacy="X-OpenStack-Nova-API-Version")


def test_versions_compare_as_numbers_do():
    assert Version.parse("2.9") < Version.parse("2.10") < Version.parse("3.0")


@pytest.mark.parametrize(
    "text", ["", "2", "2.", ".1", "2.01", "02.1", "0.1", "2.1.1", "2.x", "-2.1", "2.1 ", "２.1"]
)
def test_no_other_form_is_a_version(text):
    with pytest.raises(ValueError):
        Version.parse(text)


def test_a_version_is_written_as_it_is_read():
    assert str(Version.parse("2.26")) == "2.26"


def test_a_span_includes_both_ends():
    middle = span(since="2.26", until="2.35")
    known = [version for version in ("2.25", "2.26", "2.35", "2.36") if Version.parse(version) in middle]
    assert known == ["2.26", "2.35"]


def test_a_span_is_open_where_nothing_is_said():
    assert Version(2, 1) in span(until="2.35")
    assert Version(2, 999) in span(since="2.26")


@pytest.mark.parametrize(
    ("header", "legacy", "wanted"),
    [
        ("compute 2.26", None, "2.26"),
        ("COMPUTE latest", None, "latest"),
        ("volume 3.70, compute 2.26", None, "2.26"),
        ("compute 2.26", "2.30", "2.26"),
        ("volume 3.70", "2.30", "2.30"),
        ("nova 2.26", None, None),
        ("compute", None, None),
        ("compute 2.26 extra", None, "2.26 extra"),
        ("compute 2.26, compute 2.30", None, "2.30"),
        (None, " 2.30 ", "2.30"),
        (None, None, None),
    ],
)
def test_the_new_header_wins_and_other_services_are_passed_over(header, legacy, wanted):
    assert COMPUTE.requested(header, legacy) == wanted
