"""Qos specs: limits that several volume types share.  Facts: cinder/volume/qos_specs.py, cinder/db/api.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fakecompute.domain.records.volume import VolumeType
from fakecompute.domain.records.volume_type import QosSpecs
from fakecompute.errors import BadRequest, Conflict, NotFound

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

CONSUMERS = ("back-end", "front-end", "both")


class QosExists(Conflict):
    message = "QoS Specs {name} already exists."


class QosInUse(BadRequest):
    message = "Qos specs still in use."


class QosKeyNotFound(NotFound):
    message = "QoS spec {id} has no spec with key {key}."


class BadConsumer(BadRequest):
    """In the words of the library that checks it."""

    message = (
        "Invalid qos specs: Valid consumer of QoS specs are: QoSConsumerValues(default=<class"
        " 'oslo_versionedobjects.fields.UnspecifiedDefault'>,nullable=False,valid_values=('back-end', 'front-end',"
        " 'both'))"
    )


class OtherQos(BadRequest):
    message = (
        "Invalid volume type: Type {type_id} is already associated with another qos specs: {qos_specs_id}"
    )


def create_qos(cloud: Cloud, name: str, consumer: str | None, specs: Mapping[str, str | None]) -> QosSpecs:
    """Specs that are null are left out."""
    if consumer is not None and consumer not in CONSUMERS:
        raise BadConsumer
    if cloud.store.one(QosSpecs, "name", name) is not None:
        raise QosExists(name=name)
    made = QosSpecs(
        id=cloud.streams.uuid("qos specs"),
        number=cloud.streams.number("qos specs"),
        name=name,
        consumer=consumer or "back-end",
        specs=tuple((key, value) for key, value in specs.items() if value is not None),
        created_at=cloud.now,
    )
    return cloud.store.put(made)


def update_qos(cloud: Cloud, qos: QosSpecs, changes: Mapping[str, str | None]) -> QosSpecs:
    told = dict(changes)
    consumer = told.pop("consumer", qos.consumer)
    if consumer is None:
        consumer = "back-end"
    if consumer not in CONSUMERS:
        raise BadConsumer
    specs = {**dict(qos.specs), **told}
    return cloud.store.put(qos.evolve(consumer=consumer, specs=tuple(specs.items()), updated_at=cloud.now))


def delete_qos(cloud: Cloud, qos: QosSpecs, force: bool) -> None:
    """QosInUse if a type has them, unless `force` takes them away from it."""
    if types_of(cloud, qos) and not force:
        raise QosInUse
    disassociate_all(cloud, qos)
    cloud.store.drop(qos)


def delete_keys(cloud: Cloud, qos: QosSpecs, keys: Iterable[str]) -> None:
    """All of them or none; a real Cinder deletes those that stand before one that is not there."""
    specs = dict(qos.specs)
    for key in keys:
        if key not in specs:
            raise QosKeyNotFound(id=qos.id, key=key)
        del specs[key]
    cloud.store.put(qos.evolve(specs=tuple(specs.items()), updated_at=cloud.now))


# --- types that have them


def types_of(cloud: Cloud, qos: QosSpecs) -> list[VolumeType]:
    return sorted(cloud.store.by(VolumeType, "qos", qos.id), key=lambda kind: kind.number)


def associate(cloud: Cloud, qos: QosSpecs, kind: VolumeType) -> None:
    if kind.qos_specs_id not in (None, qos.id):
        raise OtherQos(type_id=kind.id, qos_specs_id=kind.qos_specs_id)
    cloud.store.put(kind.evolve(qos_specs_id=qos.id))


def disassociate(cloud: Cloud, qos: QosSpecs, kind: VolumeType) -> None:
    """A type that has others keeps them."""
    if kind.qos_specs_id == qos.id:
        cloud.store.put(kind.evolve(qos_specs_id=None))


def disassociate_all(cloud: Cloud, qos: QosSpecs) -> None:
    for kind in types_of(cloud, qos):
        cloud.store.put(kind.evolve(qos_specs_id=None))
