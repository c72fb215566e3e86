"""Response views: fields by version and audience, and times in the forms that services use."""

from dataclasses import dataclass

import pytest

from fakecompute.rest.call import Call
from fakecompute.rest.policy import Context
from fakecompute.rest.version import Version
from fakecompute.rest.view import ABSENT, View, field, isoformat, isotime, listed, mapped, moment, naive, zulu
from fakecompute.services.compute.service import compute


@dataclass(frozen=True)
class Thing:
    id: str = "7"
    name: str = "web"
    tags: tuple[str, ...] = ("a", "b")
    metadata: tuple[tuple[str, str], ...] = (("key", "value"),)
    created_at: int = 1_500_000


ADMINS = "os_compute_api:os-extended-server-attributes"


def call(version="2.1", *roles):
    return Call(
        cloud=None,  # no view needs one
        context=Context(user_id="u", project_id="p", roles=frozenset(roles)),
        service=compute,
        version=Version.parse(version),
    )


def test_a_field_shows_the_attribute_of_its_name_or_another():
    assert View(field("id"), field("display_name", "name"))(Thing(), call()) == {
        "id": "7",
        "display_name": "web",
    }


@pytest.mark.parametrize("names", [(), ("id",), ("id", "name", "tags")])
def test_a_view_has_any_number_of_fields(names):
    assert list(View(*(field(name) for name in names))(Thing(), call())) == list(names)


def test_a_field_is_shown_in_its_span_alone():
    view = View(field("id", since="2.9", until="2.10"))
    shown = [list(view(Thing(), call(version))) for version in ("2.8", "2.9", "2.10", "2.11")]
    assert shown == [[], ["id"], ["id"], []]


def test_a_shape_changes_with_the_version():
    view = View(
        field("tags", listed("tags"), until="2.10"), field("tags", lambda thing, call: "both", since="2.11")
    )
    assert view(Thing(), call("2.10")) == {"tags": ["a", "b"]}
    assert view(Thing(), call("2.11")) == {"tags": "both"}


def test_a_field_with_a_rule_is_for_those_that_it_allows():
    view = View(field("id"), field("name", rule=ADMINS))
    assert view(Thing(), call("2.1", "reader")) == {"id": "7"}
    assert view(Thing(), call("2.1", "admin")) == {"id": "7", "name": "web"}


def test_a_source_may_leave_its_field_out():
    assert View(field("id", lambda thing, call: ABSENT))(Thing(), call()) == {}


def test_all_shows_every_record():
    assert View(field("id")).all([Thing("1"), Thing("2")], call()) == [{"id": "1"}, {"id": "2"}]


def test_tuples_become_lists_and_pairs_objects():
    view = View(field("tags", listed("tags")), field("metadata", mapped("metadata")))
    assert view(Thing(), call()) == {"tags": ["a", "b"], "metadata": {"key": "value"}}


def test_a_moment_is_shown_in_a_form():
    view = View(field("created", moment("created_at")), field("made", moment("created_at", naive)))
    assert view(Thing(), call()) == {"created": "1970-01-01T00:00:01Z", "made": "1970-01-01T00:00:01.500000"}


@pytest.mark.parametrize(
    ("form", "whole", "broken"),
    [
        (isotime, "1970-01-01T00:00:01Z", "1970-01-01T00:00:01Z"),
        (naive, "1970-01-01T00:00:01.000000", "1970-01-01T00:00:01.500000"),
        (isoformat, "1970-01-01T00:00:01", "1970-01-01T00:00:01.500000"),
        (zulu, "1970-01-01T00:00:01.000000Z", "1970-01-01T00:00:01.500000Z"),
    ],
)
def test_the_forms_of_times(form, whole, broken):
    assert (form(1_000_000), form(1_500_000), form(None)) == (whole, broken, None)
