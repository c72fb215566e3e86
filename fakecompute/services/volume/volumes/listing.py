"""Which volumes a list shows: its filters have more forms than those of other lists."""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fakecompute.domain.records.volume import Attachment, Volume
from fakecompute.domain.records.volume_backend import backend_id
from fakecompute.domain.volume.visibility import VolumeNotFound
from fakecompute.errors import BadRequest
from fakecompute.kernel.clock import moment
from fakecompute.rest.call import Call
from fakecompute.services.volume.listing import Listing, boolean, owned


class BadFlag(BadRequest):
    message = "Invalid input received: '{name} = {value}'"


class BadOperator(BadRequest):
    message = "Invalid {operator} operator"


class BadTime(BadRequest):
    message = "Invalid {value} value"


Test = Callable[[Volume], bool]
COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "gt": lambda one, other: one > other,
    "gte": lambda one, other: one >= other,
    "eq": lambda one, other: one == other,
    "neq": lambda one, other: one != other,
    "lt": lambda one, other: one < other,
    "lte": lambda one, other: one <= other,
}
FLAGS = ("bootable", "multiattach")
TIMES = ("created_at", "updated_at")
PAIRS = ("metadata", "glance_metadata")


@dataclass(frozen=True)
class VolumeListing(Listing[Volume]):
    """Values are Python literals: `status=["available", "error"]`, `metadata={"key": "value"}`, `group_id=None`."""

    def test(self, call: Call, name: str, wanted: str) -> Test | None:
        if name in ("consumes_quota", "use_quota") and call.since("3.31"):
            flag = boolean("use_quota", wanted)
            return lambda volume: volume.consumes_quota is flag
        if name in FLAGS:
            flag = _flag(call, name, wanted)
            return lambda volume: getattr(volume, name) is flag
        if name in TIMES:
            return _compared(name, wanted)
        if name in PAIRS:
            return _holding("image_metadata" if name == "glance_metadata" else name, literal(wanted))
        if name == "host":
            return lambda volume: volume.host is not None and _is_of_host(volume.host, wanted)
        if name in ("name", "display_name"):
            return lambda volume: volume.name == wanted
        if name == "name~" and not call.since(
            "3.31"
        ):  # it was the back end's name, of which nobody knows a part
            return lambda volume: True
        if name == "project_id" and "all_tenants" not in dict(call.query_pairs):
            return lambda volume: True
        value_of = self.filters.get(name)
        if value_of is None:
            return super().test(call, name, wanted)
        demanded = literal(wanted)
        return lambda volume: _fits(value_of(volume), demanded)


def literal(text: str) -> Any:
    """What a Python literal means; any other text stands for itself."""
    try:
        value = literal_eval(text)
        repr(value)  # numbers may be too long for that
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    return value


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, (list, tuple, set, frozenset)):
        return any(_fits(value, one) for one in wanted)
    return value is None if wanted is None else value is not None and str(value) == str(wanted)


def _flag(call: Call, name: str, text: str) -> bool:
    """Until 3.1 every word but false means yes."""
    if not call.since("3.2"):
        return text not in ("False", "false", "FALSE", "")
    word = text.strip().lower()
    if word not in ("1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no"):
        raise BadFlag(name=name, value=text)
    return word in ("1", "t", "true", "on", "y", "yes")


def _compared(name: str, text: str) -> Test:
    """`gt:2026-01-01T00:00:00,lt:2027-01-01`: one of them is enough."""
    # cinder/api/v3/volumes.py: _handle_time_comparison_filters
    conditions = []
    for part in text.split(","):
        operator, _, time = part.partition(":")
        if operator not in COMPARISONS:
            raise BadOperator(operator=operator)
        try:
            at = _moment(time)
        except (ValueError, OverflowError):
            raise BadTime(value=time if ":" in part else operator) from None
        conditions.append((COMPARISONS[operator], at))

    def test(volume: Volume) -> bool:
        own = getattr(volume, name)
        return own is not None and any(compare(own, at) for compare, at in conditions)

    return test


def _moment(text: str) -> int:
    """A year or a month means its beginning."""
    return moment(text + {4: "-01-01", 7: "-01"}.get(len(text), ""))


def _holding(attribute: str, wanted: Any) -> Test | None:
    """All pairs of an object, also such of the operator's that users see; what is no object fits nothing."""
    if not isinstance(wanted, dict):
        return None

    def test(volume: Volume) -> bool:
        pairs = set(getattr(volume, attribute))
        if attribute == "metadata":
            pairs |= set(volume.admin_metadata)
        return all((key, str(value)) in pairs for key, value in wanted.items())

    return test


def _is_of_host(own: str, wanted: str) -> bool:
    """A pool, all pools of a back end, or all back ends of a host."""
    return wanted in (own, backend_id(own), own.partition("@")[0])


# fmt: off
COLUMNS: Mapping[str, Callable[[Any], Any]] = {
    "id":                          lambda volume: volume.id,
    "user_id":                     lambda volume: volume.user_id,
    "project_id":                  lambda volume: volume.project_id,
    "snapshot_id":                 lambda volume: volume.snapshot_id,
    "cluster_name":                lambda volume: None,
    "host":                        lambda volume: volume.host,
    "size":                        lambda volume: volume.size,
    "availability_zone":           lambda volume: volume.availability_zone,
    "status":                      lambda volume: volume.status,
    "migration_status":            lambda volume: volume.migration_status,
    "previous_status":             lambda volume: volume.previous_status,
    "created_at":                  lambda volume: volume.created_at,
    "updated_at":                  lambda volume: volume.updated_at,
    "launched_at":                 lambda volume: volume.launched_at,
    "display_name":                lambda volume: volume.name,
    "display_description":         lambda volume: volume.description,
    "volume_type_id":              lambda volume: volume.volume_type_id,
    "source_volid":                lambda volume: volume.source_volid,
    "encryption_key_id":           lambda volume: volume.encryption_key_id,
    "group_id":                    lambda volume: volume.group_id,
    "bootable":                    lambda volume: volume.bootable,
    "multiattach":                 lambda volume: volume.multiattach,
    "replication_status":          lambda volume: volume.replication_status,
    "use_quota":                   lambda volume: volume.consumes_quota,
    **dict.fromkeys(
        ("consistencygroup_id", "ec2_id", "provider_id", "provider_location", "scheduled_at", "terminated_at",
         "service_uuid", "shared_targets"),
        lambda volume: None,
    ),
}
# fmt: on
OTHER_NAMES = {
    "name": COLUMNS["display_name"],
    "description": COLUMNS["display_description"],
}
OLD_FILTERS = (
    "name",
    "status",
    "metadata",
    "bootable",
    "migration_status",
    "availability_zone",
    "group_id",
    "size",
    "consumes_quota",
)


def volumes(call: Call) -> VolumeListing:
    """The list as a cloud has it: whether a volume is attached is for its attachments to say."""

    def attach_status(volume: Volume) -> str:
        found = call.cloud.store.by(Attachment, "volume", volume.id)
        made = "attached" if any(one.status == "attached" for one in found) else "detached"
        return volume.attach_status or made

    columns = {**COLUMNS, "attach_status": attach_status}
    return VolumeListing(
        "volumes",
        "volume",
        filters={**columns, **OTHER_NAMES},
        sort_keys={**columns, "name": columns["display_name"]},
        old_filters=frozenset(OLD_FILTERS),
        since={"glance_metadata": "3.4", "group_id": "3.10", "created_at": "3.31", "updated_at": "3.31"},
        counted=True,
        missing=lambda marker: VolumeNotFound(id=marker),
    )


def seen(call: Call) -> list[Volume]:
    """The caller's, or all; what a migration makes for itself is for admins alone."""
    found = owned(call, Volume)
    if call.is_admin:
        return found
    return [one for one in found if not (one.migration_status or "").startswith("target:")]
