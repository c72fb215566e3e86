"""Request schemas: what fits, and the sentences of jsonschema for what does not."""

import pytest

from fakecompute.rest.dialect import Flaw
from fakecompute.rest.schema import (
    INCLUDE,
    AnyOf,
    Anything,
    Body,
    Boolean,
    Booleanish,
    Choice,
    Integer,
    InvalidBody,
    ListOf,
    MapOf,
    Null,
    Number,
    Object,
    Schema,
    Text,
    is_printable,
    shapes,
    since,
    unknown_query,
    until,
)
from fakecompute.rest.version import LENIENT, Version

OLD, NEW = Version.parse("2.1"), Version.parse("2.60")


def flaw(field, value):
    """What is wrong with a value of a field."""
    with pytest.raises(InvalidBody) as caught:
        Body(field).load(value, OLD)
    return caught.value.flaw


def load(field, value):
    return Body(field).load(value, OLD)


# --- fields


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (Text(), 5, "5 is not of type 'string'"),
        (Text(), None, "None is not of type 'string'"),
        (Text(allow_none=True), 5, "5 is not of type 'string', 'null'"),
        (Text(min=1), "", "'' should be non-empty"),
        (Text(min=2), "a", "'a' is too short"),
        (Text(max=3), "abcd", "'abcd' is too long"),
        (Text(pattern="^[a-z]*$"), "A", "'A' does not match '^[a-z]*$'"),
        (Text(form="uuid"), "x", "'x' is not a 'uuid'"),
        (Text(form="base64"), "é", "'é' is not a 'base64'"),
        (Text(form="base64"), "abc", "'abc' is not a 'base64'"),
        (Text(form="ipv4"), "10.0.0.256", "'10.0.0.256' is not a 'ipv4'"),
        (Text(form="ipv6"), "10.0.0.1", "'10.0.0.1' is not a 'ipv6'"),
        (Text(form="ipv6"), "fe80::1%eth0", "'fe80::1%eth0' is not a 'ipv6'"),
        (Text(form="regex"), "[", "'[' is not a 'regex'"),
        (Text(form="regex"), "a{99999999999999999999}", "'a{99999999999999999999}' is not a 'regex'"),
        (Text(form="date-time"), "soon", "'soon' is not a 'date-time'"),
        (Choice("a", "b"), "c", "'c' is not one of ['a', 'b']"),
        (Choice(1), True, "True is not one of [1]"),
        (Boolean(), "true", "'true' is not of type 'boolean'"),
        (Booleanish(), 1, "1 is not of type 'boolean', 'string'"),
        (Integer(), True, "True is not of type 'integer', 'string'"),
        (Integer(), 1.5, "1.5 is not of type 'integer', 'string'"),
        (Integer(), [], "[] is not of type 'integer', 'string'"),
        (Integer(), "1.0", "'1.0' does not match '^-?[0-9]+$'"),
        (Integer(), "٣", "'٣' does not match '^-?[0-9]+$'"),
        (Integer(strict=True), "1", "'1' is not of type 'integer'"),
        (Integer(min=1), 0, "0 is less than the minimum of 1"),
        (Integer(min=1), "0", "0 is less than the minimum of 1"),
        (Integer(max=9), 10, "10 is greater than the maximum of 9"),
        (Number(), "1", "'1' is not of type 'number'"),
        (Number(max=1), 1.5, "1.5 is greater than the maximum of 1"),
        (Null(), "", "'' is not of type 'null'"),
        (ListOf(Text()), "a", "'a' is not of type 'array'"),
        (ListOf(Text(), min=1), [], "[] should be non-empty"),
        (ListOf(Text(), max=1), ["a", "b"], "['a', 'b'] is too long"),
        (ListOf(Text(), unique=True), ["a", "a"], "['a', 'a'] has non-unique elements"),
        (MapOf(Text()), [], "[] is not of type 'object'"),
        (MapOf(Text(), min=1), {}, "{} should be non-empty"),
        (MapOf(Text(), max=1), {"a": "", "b": ""}, "{'a': '', 'b': ''} has too many properties"),
        (MapOf(Text(), key="^a"), {"b": ""}, "'b' does not match any of the regexes: '^a'"),
        (MapOf(Text(), key="^a"), {"c": "", "b": ""}, "'b', 'c' do not match any of the regexes: '^a'"),
        (AnyOf(Text(), Integer(strict=True)), [], "[] is not valid under any of the given schemas"),
    ],
)  # fmt: skip
def test_a_flaw_is_told_in_the_words_of_the_validator(field, value, sentence):
    assert flaw(field, value).sentence == sentence


@pytest.mark.parametrize(
    ("field", "value", "loaded"),
    [
        (Text(allow_none=True), None, None),
        (Text(form="uuid"), "6F70656E737461636B20342065766572", "6F70656E737461636B20342065766572"),
        (Text(form="base64"), "YWJj\n", "YWJj\n"),
        (Booleanish(), "Yes", True),
        (Booleanish(), "OFF", False),
        (Integer(), "-7", -7),
        (Integer(), 7.0, 7),
        (Number(), 0.5, 0.5),
        (Null(), None, None),
        (Anything(), None, None),
        (ListOf(Integer()), ["1", 2], [1, 2]),
        (MapOf(Integer()), {"a": "1"}, {"a": 1}),
        (AnyOf(Integer(strict=True), Text()), "a", "a"),
    ],
)
def test_what_fits_is_loaded(field, value, loaded):
    assert load(field, value) == loaded


@pytest.mark.parametrize("name", ["web", "два слова", "a\u00a0b", "\U0001f600"])
def test_printable_names_may_hold_any_letter_and_blanks(name):
    assert is_printable(name)
    assert load(Text(form="name"), name) == name


@pytest.mark.parametrize("name", ["a\x00", "a\nb", "\u2028", "\x7f", " web", "web ", "\ud800"])
def test_other_names_are_refused_in_one_sentence(name):
    assert flaw(Text(form="name"), name).kind == "name"


# --- schemas


class Inner(Schema):
    size = Integer(required=True)
    label = Text()


class Outer(Schema):
    name = Text(required=True)
    inner = Object(Inner)
    several = ListOf(Object(Inner))
    tags = since("2.52", ListOf(Text()))
    shape = shapes(until("2.36", Text()), since("2.37", Integer(strict=True)))
    attribute = Text(data_key="OS-DCF:attribute")


class Free(Schema):
    class Meta:
        unknown = INCLUDE

    known = Integer()


def first_flaw(value, version=NEW):
    with pytest.raises(InvalidBody) as caught:
        Body(Outer).load(value, version)
    return caught.value.flaw


def test_a_body_is_loaded_by_the_names_of_attributes():
    loaded = Body(Outer).load({"name": "a", "OS-DCF:attribute": "b", "inner": {"size": "3"}}, NEW)
    assert loaded == {"name": "a", "attribute": "b", "inner": {"size": 3}}


def test_no_body_is_no_object():
    assert first_flaw(None).sentence == "None is not of type 'object'"


def test_a_missing_key_is_named():
    assert first_flaw({}) == Flaw("missing", (), {}, "'name' is a required property", "name")


def test_unknown_keys_are_named_in_alphabetical_order():
    found = first_flaw({"name": "a", "z": 1, "y": 2})
    assert found.sentence == "Additional properties are not allowed ('y', 'z' were unexpected)"
    assert (found.kind, found.name) == ("unknown", "z")


def test_a_bad_value_goes_before_a_missing_and_an_unknown_key():
    assert first_flaw({"inner": 1, "zzz": 1}).sentence == "1 is not of type 'object'"


def test_a_missing_key_goes_before_an_unknown_one():
    assert first_flaw({"zzz": 1}).kind == "missing"


def test_the_path_leads_to_a_flaw_inside():
    assert first_flaw({"name": "a", "inner": {"size": "x"}}).path == ("inner", "size")
    assert first_flaw({"name": "a", "several": [{"size": 1}, {"size": 1, "label": 5}]}).path == (
        "several",
        1,
        "label",
    )


def test_the_value_of_a_missing_key_inside_is_what_it_is_missing_from():
    found = first_flaw({"name": "a", "several": [{"label": "b"}]})
    assert found == Flaw("missing", ("several", 0), {"label": "b"}, "'size' is a required property", "size")


def test_a_field_is_unknown_outside_of_its_span():
    assert Body(Outer).load({"name": "a", "tags": ["b"]}, NEW)["tags"] == ["b"]
    assert first_flaw({"name": "a", "tags": ["b"]}, OLD).kind == "unknown"


def test_a_shape_changes_with_the_version():
    assert Body(Outer).load({"name": "a", "shape": "round"}, OLD)["shape"] == "round"
    assert first_flaw({"name": "a", "shape": "round"}, NEW).sentence == "'round' is not of type 'integer'"


def test_a_free_schema_keeps_what_it_does_not_know():
    assert Body(Free).load({"known": "1", "other": "2"}, NEW) == {"known": 1, "other": "2"}


def test_a_wrapped_body_is_what_stands_under_its_key():
    assert Body(Inner, wrap="resize").load({"resize": {"size": 1}}, NEW) == {"size": 1}
    with pytest.raises(InvalidBody) as caught:
        Body(Inner, wrap="resize").load({"resize": None}, NEW)
    assert caught.value.flaw.path == ("resize",)


# --- queries


class Listing(Schema):
    limit = Integer(min=0, pattern="^[0-9]*$")
    sort_key = ListOf(Choice("name", "id"))


def test_the_last_value_of_a_parameter_counts():
    assert Body(Listing).load_query([("limit", "1"), ("limit", "2")], NEW, strict=True) == {"limit": 2}


def test_a_list_takes_all_values_of_a_parameter():
    loaded = Body(Listing).load_query([("sort_key", "name"), ("sort_key", "id")], NEW, strict=True)
    assert loaded == {"sort_key": ["name", "id"]}


def test_unknown_parameters_are_refused_where_that_is_the_rule():
    assert Body(Listing).load_query([("zzz", "1")], NEW, strict=False) == {}
    with pytest.raises(InvalidBody, match="'zzz' was unexpected"):
        Body(Listing).load_query([("zzz", "1")], NEW, strict=True)


@pytest.mark.parametrize("limit", ["", "-1", "x", "9" * 5000])
def test_a_limit_that_is_no_number_is_a_flaw(limit):
    with pytest.raises(InvalidBody) as caught:
        Body(Listing).load_query([("limit", limit)], NEW, strict=True)
    assert caught.value.flaw.path == ("limit",)


def test_where_no_query_is_wanted_every_parameter_is_unknown():
    assert unknown_query([("b", "1"), ("a", "2")]).sentence == (
        "Additional properties are not allowed ('a', 'b' were unexpected)"
    )


def test_at_the_legacy_endpoint_unknown_keys_are_dropped_at_every_level():
    class Inner(Schema):
        name = Text(form="name")

    class Outer(Schema):
        inner = Object(Inner, required=True)

    sent = {"inner": {"name": " a ", "zzz": 1}, "yyy": 2}
    assert Body(Outer).load(sent, LENIENT) == {"inner": {"name": "a"}}
    with pytest.raises(InvalidBody):
        Body(Outer).load(sent, OLD)
