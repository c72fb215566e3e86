"""GET, POST, DELETE /metering/metering-labels and their rules: what traffic through routers is counted."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from typing import Any

from fakecompute.domain.network import begun
from fakecompute.domain.records.network_services import MeteringLabel, MeteringLabelRule
from fakecompute.errors import BadRequest, Conflict, NotFound
from fakecompute.rest.call import Call
from fakecompute.services.network import values
from fakecompute.services.network.collection import Collection
from fakecompute.services.network.nouns import REQUIRED, Noun, attribute

PREFIXES = ("remote_ip_prefix", "source_ip_prefix", "destination_ip_prefix")


class MeteringLabelNotFound(NotFound):
    message = "Metering label '{id}' does not exist."


class MeteringLabelRuleNotFound(NotFound):
    message = "Metering label rule '{id}' does not exist."


class MeteringLabelRuleOverlaps(Conflict):
    message = "Metering label rule with remote_ip_prefix '{prefix}' overlaps another."


class Invalid(BadRequest):
    """A 500 of the real one."""


# --- request schemas and response views ---------------------------------------------------------------


# fmt: off
LABEL = Noun(
    "metering_label", MeteringLabel, MeteringLabelNotFound,
    attribute("id"),
    attribute("name", values.name, "c", default=""),
    attribute("description", values.text(1024), "c", default=""),
    attribute("shared", values.boolean, "c", default=False),
    standard="tenant_id project_id",
)
RULE = Noun(
    "metering_label_rule", MeteringLabelRule, MeteringLabelRuleNotFound,
    attribute("id"),
    attribute("metering_label_id", values.uuid, "c", default=REQUIRED),
    attribute("direction", values.one_of("ingress", "egress"), "c", default=REQUIRED),
    *(attribute(name, values.none_or(values.text(64)), "c", default=None) for name in PREFIXES),
    attribute("excluded", values.boolean, "c", default=False),
    attribute("tenant_id", values.text(255), "c", source=None, target="project_id", filter=False),
    attribute("project_id", values.text(255), "c", source=None, filter=False),
    indexes={"metering_label_id": "label"},
    standard="",
)
# fmt: on


# --- handlers -----------------------------------------------------------------------------------------


def _create_label(call: Call, wish: dict[str, Any]) -> MeteringLabel:
    id = call.cloud.streams.uuid("metering label")
    return call.cloud.store.put(MeteringLabel(id=id, **LABEL.fields_of(wish), **begun(call.cloud)))


def _remove_label(call: Call, label: MeteringLabel) -> None:
    """Its rules go with it."""
    for rule in call.cloud.store.by(MeteringLabelRule, "label", label.id):
        call.cloud.store.drop(rule)
    call.cloud.store.drop(label)


def _create_rule(call: Call, wish: dict[str, Any]) -> MeteringLabelRule:
    _check_prefixes(wish)
    label = LABELS.found(call, wish["metering_label_id"])
    prefix = wish["remote_ip_prefix"]
    if prefix and any(_overlap(rule, wish) for rule in call.cloud.store.by(MeteringLabelRule, "label", label.id)):
        raise MeteringLabelRuleOverlaps(prefix=prefix)
    id = call.cloud.streams.uuid("metering label rule")
    fields = {**RULE.fields_of(wish), "project_id": label.project_id}
    return call.cloud.store.put(MeteringLabelRule(id=id, **fields))


def _check_prefixes(wish: dict[str, Any]) -> None:
    """One of them at least; `remote` says what the other two say, and stands alone."""
    told = [name for name in PREFIXES if wish[name]]
    if not told:
        raise Invalid(
            reason="You must define at least one of the following parameters 'remote_ip_prefix', or"
            " 'source_ip_prefix' or 'destination_ip_prefix'."
        )
    if len(told) > 1 and told[0] == "remote_ip_prefix":
        raise Invalid(
            reason="Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'."
        )
    for name in told:
        try:
            ip_interface(wish[name])
        except ValueError as error:
            raise Invalid(reason=f"{name}: {wish[name]} is invalid [{error}].") from None


def _overlap(rule: MeteringLabelRule, wish: dict[str, Any]) -> bool:
    if not rule.remote_ip_prefix or rule.direction != wish["direction"]:
        return False
    one, other = (ip_network(text, strict=False) for text in (rule.remote_ip_prefix, wish["remote_ip_prefix"]))
    return one.version == other.version and one.overlaps(other)


LABELS = Collection(LABEL, "/metering/metering-labels", create=_create_label, remove=_remove_label)
Collection(
    RULE,
    "/metering/metering-label-rules",
    create=_create_rule,
    remove=lambda call, rule: call.cloud.store.drop(rule),
)
