"""A noun of Neutron is a table of attributes, and four operations that read it.

    NETWORK = Noun("network", Network, NetworkNotFound,
        attribute("id"),
        attribute("name", values.name, "cu", default=""),
        attribute("shared", values.boolean, "cu", default=False, guarded=True), ...)

A row says what the attribute may be, whether it can be set on create (`c`) and update (`u`), what it is by
default, where its value is in the record, and whether a policy rule guards its setting or its showing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from fakecompute.errors import BadRequest, FakeError
from fakecompute.kernel.store import Record
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field, isotime, listed
from fakecompute.services.network import values
from fakecompute.services.network.service import PolicyNotAuthorized
from fakecompute.services.network.values import Bad, Kind

UNSET: Any = object()  # no default: whoever makes the thing picks the value
REQUIRED: Any = object()
# What is not made several at once
ONE_BY_ONE = frozenset(
    "router floatingip subnetpool segment trunk flavor default_security_group_rule".split()
)
Source = str | Callable[[Any, Call], Any]


class RevisionNumberConstraintFailed(FakeError):
    status = 412
    message = "Constrained to {wanted}, but current revision is {current}"


class BadIfMatch(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad if-match request: Revision number etag must be in the format of revision_number=<int>."


class Attribute(NamedTuple):
    name: str
    kind: Kind
    access: str
    default: Any
    source: Source | None  # None: it is not shown
    target: str  # the record's field
    guarded: bool  # does a rule `create_network:shared` say who may set it?
    shown: str | None  # the rule that says who sees it
    filter: bool  # can a list be filtered and sorted by it?
    sort: bool


def attribute(
    name: str,
    kind: Kind = values.anything,
    access: str = "",
    *,
    default: Any = UNSET,
    source: Source | None = "",
    target: str = "",
    guarded: bool = False,
    shown: str | None = None,
    filter: bool = True,
    sort: bool = True,
) -> Attribute:
    """A row.  Source and target are the field of the same name, unless told otherwise."""
    place = target or name
    if source == "":
        source = place
    return Attribute(
        name, kind, access, default, source, place, guarded, shown, filter, sort and isinstance(source, str)
    )


def lists(name: str) -> Callable[[Any, Call], list[Any]]:
    """A source that shows a tuple of named tuples as objects."""
    return lambda record, call: [item._asdict() for item in getattr(record, name)]


STANDARD = (
    attribute("tenant_id", values.text(255), "c", source="project_id", target="project_id"),
    attribute("project_id", values.text(255), "c"),
    attribute("description", values.text(255), "cu", default=""),
    attribute("tags", values.strings, "", source=listed("tags"), filter=False),
    attribute("created_at", source=lambda record, call: isotime(record.created_at), filter=False),
    attribute("updated_at", source=lambda record, call: isotime(record.updated_at), filter=False),
    attribute("revision_number"),
)  # what every noun has


class Noun:
    """One kind of resource: its words, its attributes, its view."""

    def __init__(
        self,
        name: str,
        kind: type[Record],
        missing: type[FakeError],
        *attributes: Attribute,
        plural: str = "",
        indexes: Mapping[str, str] | None = None,
        standard: str | None = None,
        homeless: bool = False,
    ) -> None:
        """`indexes` tells by which of the store's indexes a filter of this name finds what it wants.

        `standard` are the words for what it has of STANDARD, if not all.  What is `homeless` is of no project: others
        are made by nobody without one.
        """
        self.name, self.plural, self.kind, self.missing = name, plural or name + "s", kind, missing
        self.homeless = homeless
        own = {row.name for row in attributes}
        common = [row for row in STANDARD if standard is None or row.name in standard.split()]
        self.attributes = {row.name: row for row in (*attributes, *(r for r in common if r.name not in own))}
        self.indexes = {"project_id": "project", "tenant_id": "project", **(indexes or {})}
        self.view = View(
            *(field(row.name, row.source, rule=row.shown) for row in self.attributes.values() if row.source)
        )

    def show(self, call: Call, record: Any) -> dict[str, Any]:
        """One resource, or as much of it as `fields` asks for."""
        wanted = [value for name, value in call.query_pairs if name == "fields" and value]
        shown = self.view(record, call)
        return {self.name: {key: shown[key] for key in shown if not wanted or key in wanted}}

    # --- bodies

    def created(self, call: Call, make: Callable[[Call, dict[str, Any]], Any]) -> dict[str, Any]:
        """The answer to POST: one resource or, for a list of them, all.  Policy is asked once the body is read."""
        body = _object(call.body)
        if self.plural in body:
            if self.name in ONE_BY_ONE:
                raise BadRequest(reason="Bulk operation not supported")
            items = body[self.plural]
            if not items:
                raise BadRequest(reason="Resources required")
            if not isinstance(items, list):
                raise BadRequest(reason="Body contains invalid data")
            wishes = [self.read_new(call, _unwrapped(self.name, item)) for item in items]
            call.ask()
            return {self.plural: [self.view(make(call, wish), call) for wish in wishes]}
        wish = self.read_new(call, self._inner(body))
        call.ask()
        return {self.name: self.view(make(call, wish), call)}

    def updated(
        self, call: Call, record: Any, change: Callable[[Call, Any, dict[str, Any]], Any]
    ) -> dict[str, Any]:
        """The answer to PUT."""
        sent = self._inner(_object(call.body))
        check_revision(call, record)
        return {self.name: self.view(change(call, record, self.read_change(call, sent)), call)}

    def _inner(self, body: dict[str, Any]) -> dict[str, Any]:
        if self.name not in body:
            raise BadRequest(reason=f"Unable to find '{self.name}' in request body")
        if not isinstance(body[self.name], dict):
            raise BadRequest(reason=f"Object '{self.name}' contains invalid data")
        return _object(body[self.name])

    def read_new(self, call: Call, sent: dict[str, Any]) -> dict[str, Any]:
        """What a resource is to be made of, by attribute, defaults included; `project_id` is always there."""
        owner = _owner(call, sent, self.homeless)
        self._refuse_unknown(sent)
        for row in self.attributes.values():
            if row.name in sent and "c" not in row.access:
                raise BadRequest(reason=f"Attribute '{row.name}' not allowed in POST")
            if row.default is REQUIRED and row.name not in sent:
                raise BadRequest(
                    reason=f"Failed to parse request. Required attribute '{row.name}' not specified"
                )
        wish = self._converted(sent)
        given = {
            row.name: row.default for row in self.attributes.values() if row.default not in (UNSET, REQUIRED)
        }
        return {**given, **wish, "project_id": owner}

    def read_change(self, call: Call, sent: dict[str, Any]) -> dict[str, Any]:
        """The attributes that an update sets."""
        _owner(call, sent)
        self._refuse_unknown(sent)
        fixed = [row.name for row in self.attributes.values() if row.name in sent and "u" not in row.access]
        if fixed:
            raise BadRequest(reason=f"Cannot update read-only attribute {fixed[0]}")
        return self._converted(sent)

    def _refuse_unknown(self, sent: dict[str, Any]) -> None:
        if strange := [key for key in sent if key not in self.attributes]:
            raise BadRequest(reason=f"Unrecognized attribute(s) '{', '.join(strange)}'")

    def _converted(self, sent: dict[str, Any]) -> dict[str, Any]:
        wish = {}
        for row in self.attributes.values():
            if row.name in sent:
                try:
                    wish[row.name] = row.kind(sent[row.name])
                except Bad as bad:
                    raise BadRequest(reason=f"Invalid input for {row.name}. Reason: {bad.reason}.") from None
        wish.pop("tenant_id", None)
        return wish

    def fields_of(self, wish: Mapping[str, Any], *but: str) -> dict[str, Any]:
        """The same by the record's fields, without some."""
        return {self.attributes[name].target: value for name, value in wish.items() if name not in but}

    # --- policy of attributes

    def demand(
        self,
        call: Call,
        action: str,
        set_: Mapping[str, Any],
        project_id: str,
        free: Callable[[str], bool] | None = None,
    ) -> None:
        """Refuse what guarded attributes do not allow to the caller, in the words of the rule that fails.

        The rules are asked with `project_id`, the project that owns the resource or its network; `free` names
        rules that hold whatever it is.  An attribute that is set to its default is not asked about on create.
        neutron/policy.py: _build_match_rule.
        """
        words, refused = f"rule:{action}_{self.name}", False
        for row in self.attributes.values():
            if not row.guarded or row.name not in set_:
                continue
            if action == "create" and set_[row.name] == row.default:
                continue
            rule = f"{action}_{self.name}:{row.name}"
            inner = [f"{rule}:{key}" for key in _keys_inside(set_[row.name])]
            refused |= any(
                not (free and free(each)) and not call.may(each, project_id) for each in (rule, *inner)
            )
            part = f"rule:{rule}"
            if inner:
                part = f"({part} and ({' and '.join(f'rule:{each}' for each in inner)}))"
            words = f"({words} and {part})"
        if refused:
            raise PolicyNotAuthorized(rule=words)


def _keys_inside(value: Any) -> list[str]:
    """What the items of a list of objects set: fixed IPs and address pairs have rules for each key."""
    if not isinstance(value, tuple):
        return []
    return [
        key for item in value if hasattr(item, "_asdict") for key, inner in item._asdict().items() if inner
    ]


def _object(body: Any) -> dict[str, Any]:
    if body is None:
        raise BadRequest(reason="Resource body required")
    if not isinstance(body, dict):
        raise BadRequest(reason="Body contains invalid data")
    return body


def _unwrapped(name: str, item: Any) -> dict[str, Any]:
    """Items of a bulk create may stand under the name of the noun."""
    item = _object(item)
    return _object(item[name]) if name in item else item


def _owner(call: Call, sent: dict[str, Any], homeless: bool = True) -> str:
    """Whose it will be: the caller's, unless an admin says otherwise."""
    ids = {sent[key] for key in ("project_id", "tenant_id") if isinstance(sent.get(key), str) and sent[key]}
    if len(ids) > 1:
        raise BadRequest(reason="'project_id' and 'tenant_id' do not match")
    if ids and ids != {call.context.project_id} and not call.context.roles & {"admin", "service"}:
        raise BadRequest(
            reason="Specifying 'project_id' other than the authenticated project in request is not allowed for the"
            " current user."
        )
    if not (ids or homeless or call.project_id):
        raise BadRequest(reason="Running without keystone AuthN requires that project_id is specified")
    return str(ids.pop()) if ids else call.project_id


def check_revision(call: Call, record: Any) -> None:
    """`If-Match: revision_number=3` holds only while that is so."""
    for tag in (call.header("If-Match") or "").replace('"', "").split(","):
        key, _, number = tag.strip().partition("=")
        if key == "revision_number":
            if not (number.isascii() and number.isdigit() and len(number) < 19):
                raise BadIfMatch
            current = getattr(record, "revision_number", int(number))
            if int(number) != current:
                raise RevisionNumberConstraintFailed(wanted=number, current=current)
