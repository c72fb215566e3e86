"""Lists of Neutron: filters by any attribute, `fields`, sorting, pages with links both ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import moment
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.nouns import Attribute, Noun

PAGING = frozenset("fields limit marker page_reverse sort_key sort_dir".split())
TAG_FILTERS: dict[str, Callable[[set[str], set[str]], bool]] = {
    "tags": lambda has, wanted: wanted <= has,
    "tags-any": lambda has, wanted: bool(wanted & has),
    "not-tags": lambda has, wanted: not wanted <= has,
    "not-tags-any": lambda has, wanted: not wanted & has,
}  # fmt: skip

Test = Callable[[Any], bool]


class BadLimit(BadRequest):
    neutrons_name = "BadRequest"
    message = "Bad limit request: Limit must be an integer 0 or greater and not '{limit}'."


class InvalidChangesSince(BadRequest):
    message = "Bad changes_since request: '{value}' is not a valid time."


def listed(
    call: Call, noun: Noun, visible: Callable[[Any], bool], among: Sequence[Any] | None = None
) -> dict[str, Any]:
    """The answer to GET on a collection: what the caller sees and asks for, among all or some of the kind."""
    pairs = call.query_pairs
    tests = [
        _test(call, noun, name, _all(call, name))
        for name in dict.fromkeys(name for name, _ in pairs if name not in PAGING)
    ]
    keys = _sort_keys(call, noun)
    limit, marker, reverse = _page(call)
    found = [
        record
        for record in (_candidates(call, noun) if among is None else among)
        if visible(record) and all(test(record) for test in tests)
    ]
    found.sort(key=lambda record: record.id)
    for attribute, descending in reversed(keys):
        found.sort(key=lambda record: _rank(_value(call, attribute, record)), reverse=descending)
    if marker is not None and all(record.id != marker for record in found):
        raise noun.missing(id=marker)
    page = _cut(found, limit, marker, reverse)
    shown = noun.view.all(page, call)
    if wanted := set(_all(call, "fields")) - {""}:
        shown = [{key: value for key, value in one.items() if key in wanted} for one in shown]
    return {noun.plural: shown, **_links(call, noun.plural, page, limit, reverse)}


# --- what is wanted


def _all(call: Call, name: str) -> list[str]:
    return [value for key, value in call.query_pairs if key == name]


def _candidates(call: Call, noun: Noun) -> list[Any]:
    """All of the kind, or those that an index knows to be the only ones that can fit."""
    store = call.cloud.store
    if ids := _all(call, "id"):
        return [record for id in dict.fromkeys(ids) if (record := store.find(noun.kind, id)) is not None]
    for name, index in noun.indexes.items():
        keys = _all(call, name)
        if keys and all(keys):
            return [record for key in dict.fromkeys(keys) for record in store.by(noun.kind, index, key)]
    return store.all(noun.kind)


def _test(call: Call, noun: Noun, name: str, wanted: list[str]) -> Test:
    """Does a record pass the filter of this name?  One of several values suffices."""
    if name in TAG_FILTERS and "tags" in noun.attributes:
        tags = {tag for value in wanted for tag in value.split(",")}
        fits = TAG_FILTERS[name]
        return lambda record: fits(set(record.tags), tags)
    if name == "changed_since" and "updated_at" in noun.attributes:
        return _changed_since(wanted[-1])
    if name == "fixed_ips" and name in noun.attributes:
        return _fixed_ips(wanted)
    if name == "security_groups" and name in noun.attributes:
        return lambda record: any(id in record.security_groups for id in wanted)
    if name == "agent_type" and name in noun.attributes:  # as MySQL compares; Tempest asks for "DHCP Agent"
        kinds = {value.lower() for value in wanted}
        return lambda record: record.agent_type.lower() in kinds
    attribute = noun.attributes.get(name)
    if attribute is None or not attribute.filter:
        raise BadRequest(reason=f"{[name]} is invalid attribute for filtering")
    accepted = [attribute.kind(value) if attribute.kind is values.boolean else value for value in wanted]

    def fits_value(record: Any) -> bool:
        value = _value(call, attribute, record)
        plain = value if isinstance(value, bool) else "" if value is None else str(value)
        return plain in accepted

    return fits_value


def _changed_since(text: str) -> Test:
    try:
        since = moment(text)
    except (ValueError, OverflowError):
        raise InvalidChangesSince(value=text) from None
    return lambda record: record.updated_at >= since


def _fixed_ips(wanted: list[str]) -> Test:
    """`fixed_ips=subnet_id=...`, `ip_address=...`, `ip_address_substr=...`: each of the keys must fit."""
    by_key: dict[str, set[str]] = {}
    for pair in wanted:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise BadRequest(
                reason=f"Invalid input for operation: '{pair}' is not of the form <key>=[value]."
            )
        by_key.setdefault(key.strip(), set()).add(value.strip())
    subnets, addresses = by_key.get("subnet_id"), by_key.get("ip_address")
    parts = by_key.get("ip_address_substr")

    def fits(record: Any) -> bool:
        return any(
            (subnets is None or ip.subnet_id in subnets)
            and (addresses is None or ip.ip_address in addresses)
            and (parts is None or any(part in ip.ip_address for part in parts))
            for ip in record.fixed_ips
        )

    return fits


def _value(call: Call, attribute: Attribute, record: Any) -> Any:
    source = attribute.source
    if source is None:
        return getattr(record, attribute.target, None)
    return getattr(record, source) if isinstance(source, str) else source(record, call)


# --- order and pages


def _sort_keys(call: Call, noun: Noun) -> list[tuple[Attribute, bool]]:
    """(attribute, is it descending?), the first counts most."""
    keys = [key for key in _all(call, "sort_key") if key]
    directions = [direction for direction in _all(call, "sort_dir") if direction]
    if len(keys) != len(directions):
        raise BadRequest(reason="The number of sort_keys and sort_dirs must be same")
    if absent := [key for key in keys if key not in noun.attributes or not noun.attributes[key].sort]:
        raise BadRequest(reason=f"{absent} is invalid attribute for sort_keys")
    if wrong := [direction for direction in directions if direction not in ("asc", "desc")]:
        raise BadRequest(reason=f"{wrong} is invalid value for sort_dirs, valid value is 'asc' and 'desc'")
    return [
        (noun.attributes[key], direction == "desc") for key, direction in zip(keys, directions, strict=True)
    ]


def _rank(value: Any) -> tuple[bool, Any]:
    return value is not None, 0 if value is None else value


def _page(call: Call) -> tuple[int | None, str | None, bool]:
    text = (_all(call, "limit") or ["0"])[-1]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadLimit(limit=text)
    limit = int(text) or None
    marker = next(reversed(_all(call, "marker")), None) if limit else None
    return limit, marker, (_all(call, "page_reverse") or ["False"])[-1].lower() == "true"


def _cut(found: list[Any], limit: int | None, marker: str | None, reverse: bool) -> list[Any]:
    if limit is None:
        return found
    ids = [record.id for record in found]
    if reverse:
        end = ids.index(marker) if marker in ids else len(found)
        return found[max(0, end - limit) : end]
    start = ids.index(marker) + 1 if marker in ids else 0
    return found[start : start + limit]


def _links(call: Call, plural: str, page: Sequence[Any], limit: int | None, reverse: bool) -> dict[str, Any]:
    """neutron/api/api_common.py: get_pagination_links."""
    if not limit:
        return {}
    short = len(page) < limit
    pairs = [(key, value) for key, value in call.query_pairs if key not in ("marker", "page_reverse")]
    address = f"{call.base}{call.path}"
    links = []
    if reverse or not short:
        query = pairs + ([("marker", page[-1].id)] if page else [])
        links.append({"rel": "next", "href": f"{address}?{urlencode(query)}"})
    if not (short and reverse):
        query = pairs + ([("marker", page[0].id)] if page else []) + [("page_reverse", "True")]
        links.append({"rel": "previous", "href": f"{address}?{urlencode(query)}"})
    return {f"{plural}_links": links} if links else {}
