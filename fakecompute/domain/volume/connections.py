"""How a back end lets a host reach a volume: what it wants to know of the host, and what it answers.

Facts: cinder/volume/drivers (lvm, rbd, nfs), cinder/volume/manager.py: _parse_connection_options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from fakecompute.domain.records.volume import Volume, VolumeType
from fakecompute.domain.records.volume_type import QosSpecs
from fakecompute.domain.volume.places import backend_of
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Info = dict[str, Any]
TUNED = tuple(f"{what}_{unit}_sec" for what in ("read", "write", "total") for unit in ("iops", "bytes"))


class ConnectorLacks(BadRequest):
    message = "Invalid input received: Connector doesn't have required information: {name}"


class Protocol(NamedTuple):
    """A way of reaching volumes: its name for os-brick, what it must know of a host, and what it tells it."""

    driver_volume_type: str
    wants: tuple[str, ...]
    data: Callable[[Volume], Info]
    beside: Mapping[str, Any] = {}  # what stands beside the data


def _iscsi(volume: Volume) -> Info:
    return {
        "target_discovered": False,
        "target_portal": "127.0.0.1:3260",
        "target_iqn": f"iqn.2010-10.org.openstack:volume-{volume.id}",
        "target_lun": 0,
        "volume_id": volume.id,
    }


def _rbd(volume: Volume) -> Info:
    return {
        "name": f"{_pool(volume)}/volume-{volume.id}",
        "hosts": ["127.0.0.1"],
        "ports": ["6789"],
        "cluster_name": "ceph",
        "auth_enabled": True,
        "auth_username": "cinder",
        "secret_type": "ceph",
        "secret_uuid": None,
        "volume_id": volume.id,
        "discard": True,
    }


def _nfs(volume: Volume) -> Info:
    return {
        "export": f"127.0.0.1:/{_pool(volume)}",
        "name": f"volume-{volume.id}",
        "options": None,
        "format": "raw",
    }


def _fibre_channel(volume: Volume) -> Info:
    return {
        "target_discovered": True,
        "target_wwn": ["500507680210a2d5"],
        "target_lun": volume.number % 256,
        "volume_id": volume.id,
    }


def _nvme(volume: Volume) -> Info:
    return {
        "target_nqn": f"nqn.2014-08.org.nvmexpress:uuid:{volume.id}",
        "portals": [["127.0.0.1", 4420, "tcp"]],
        "vol_uuid": volume.id,
        "ns_id": 1,
    }


def _pool(volume: Volume) -> str:
    return (volume.host or "").partition("#")[2] or "volumes"


# fmt: off
ISCSI = Protocol("iscsi", ("initiator",), _iscsi)
PROTOCOLS: Mapping[str, Protocol] = {  # by what a back end calls its storage_protocol, in small letters
    "iscsi":         ISCSI,
    "ceph":          Protocol("rbd",           (),                       _rbd),
    "nfs":           Protocol("nfs",           (), _nfs, {"mount_point_base": "/var/lib/cinder/mnt"}),
    "fc":            Protocol("fibre_channel", ("initiator", "wwpns"),   _fibre_channel),
    "fibre_channel": Protocol("fibre_channel", ("initiator", "wwpns"),   _fibre_channel),
    "nvme-of":       Protocol("nvmeof",        ("nqn",),                 _nvme),
}
# fmt: on


def connection_to(cloud: Cloud, volume: Volume, connector: Mapping[str, Any]) -> Info:
    """`{driver_volume_type, data}` for a host; ConnectorLacks if it did not tell enough of itself."""
    protocol = _protocol(cloud, volume)
    for name in protocol.wants:
        if not connector.get(name):
            raise ConnectorLacks(name=name)
    data = protocol.data(volume) | {
        "qos_specs": _qos(cloud, volume),
        "access_mode": _access_mode(volume),
        "encrypted": volume.encrypted,
        "cacheable": _cacheable(cloud, volume),
    }
    return {"driver_volume_type": protocol.driver_volume_type, "data": data, **protocol.beside}


def flat(info: Info, attachment_id: str, connector: Mapping[str, Any]) -> Info:
    """The same as attachments show it: the data is not nested."""
    beside = {key: value for key, value in info.items() if key != "data"}
    multipath = bool(connector.get("enforce_multipath", False))
    return {**info["data"], **beside, "attachment_id": attachment_id, "enforce_multipath": multipath}


def _protocol(cloud: Cloud, volume: Volume) -> Protocol:
    backend = backend_of(cloud, volume.host)
    return PROTOCOLS.get(backend.protocol.lower(), ISCSI) if backend else ISCSI


def _access_mode(volume: Volume) -> str:
    told = dict(volume.admin_metadata)
    return str(told.get("attached_mode") or ("ro" if told.get("readonly") == "True" else "rw"))


def _cacheable(cloud: Cloud, volume: Volume) -> bool:
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    return kind is not None and dict(kind.extra_specs).get("cacheable") == "<is> True"


def _qos(cloud: Cloud, volume: Volume) -> dict[str, Any] | None:
    """What the host must hold the volume to; limits for each GiB are made whole."""
    kind = cloud.store.find(VolumeType, volume.volume_type_id)
    qos = cloud.store.find(QosSpecs, kind.qos_specs_id) if kind else None
    if qos is None or qos.consumer not in ("front-end", "both"):
        return None
    specs: dict[str, Any] = dict(qos.specs)
    for option in TUNED:
        each = specs.pop(f"{option}_per_gb", None)
        if each is not None and each.isdecimal():
            least, most = (specs.pop(f"{option}_{end}", "") for end in ("per_gb_min", "max"))
            limit = max(int(each) * volume.size, int(least) if least.isdecimal() else 0)
            specs[option] = min(limit, int(most)) if most.isdecimal() else limit
    return specs
