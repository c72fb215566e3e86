"""Request schemas: marshmallow, with spans of versions and the sentences of the jsonschema validator.

    class NewServer(Schema):
        name = Text(required=True, form="name", min=1, max=255)
        tags = since("2.52", ListOf(Text(min=1, max=60), max=50, load_default=()))

Real OpenStack validates with jsonschema, and its clients read the sentences.  The fields here say them; the
service's dialect puts the frame around (`Invalid input for field/attribute name. Value: 5. ...`).
"""

from __future__ import annotations

from marshmallow import EXCLUDE, INCLUDE, RAISE

from fakecompute.rest.schema.body import Body, InvalidBody, unknown_query
from fakecompute.rest.schema.forms import FORMS, TRIMMED, is_printable, regex
from fakecompute.rest.schema.scalars import (
    Anything,
    Boolean,
    Booleanish,
    Choice,
    Integer,
    Null,
    Number,
    Text,
    Typed,
    problem,
)
from fakecompute.rest.schema.structures import (
    AnyOf,
    Either,
    ListOf,
    MapOf,
    Object,
    Schema,
    Single,
    SomeOf,
    compiled,
    shapes,
    since,
    until,
)

__all__ = [
    "EXCLUDE",
    "FORMS",
    "INCLUDE",
    "RAISE",
    "TRIMMED",
    "AnyOf",
    "Anything",
    "Body",
    "Boolean",
    "Booleanish",
    "Choice",
    "Either",
    "Integer",
    "InvalidBody",
    "ListOf",
    "MapOf",
    "Null",
    "Number",
    "Object",
    "Schema",
    "Single",
    "SomeOf",
    "Text",
    "Typed",
    "compiled",
    "is_printable",
    "problem",
    "regex",
    "shapes",
    "since",
    "unknown_query",
    "until",
]
