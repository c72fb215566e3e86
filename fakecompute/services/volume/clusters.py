"""GET /clusters, /clusters/detail, /clusters/{name}, PUT /clusters/{verb}: services that share their storage (3.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fakecompute.domain.records.volume_backend import VOLUME, VolumeBackend, VolumeCluster
from fakecompute.domain.volume.services import reported_at
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Schema, Text
from fakecompute.rest.view import View, field, naive
from fakecompute.services.volume.fields import Checked
from fakecompute.services.volume.listing import boolean, fits
from fakecompute.services.volume.service import volume
from fakecompute.services.volume.services import Reason
from fakecompute.services.volume.types import visible_name


class ClusterNotFound(NotFound):
    message = "Cluster {{'binary': {binary!r}, 'name': {name!r}}} could not be found."


class BadClusterFilters(BadRequest):
    message = "Invalid input received: Invalid filter keys: {names}"


# --- request schemas ----------------------------------------------------------------------------------


class EnableCluster(Schema):
    name = Checked(visible_name, min=1, max=255, required=True)
    binary = Text(max=255, allow_none=True)


class DisableCluster(EnableCluster):
    disabled_reason = Reason(allow_none=True)


# --- response views -----------------------------------------------------------------------------------


def _members(call: Call, cluster: VolumeCluster) -> list[VolumeBackend]:
    return call.cloud.store.by(VolumeBackend, "cluster", cluster.id)


def _is_up(cluster: VolumeCluster, call: Call) -> bool:
    return any(backend.is_up for backend in _members(call, cluster))


def _down(cluster: VolumeCluster, call: Call) -> int:
    return sum(not backend.is_up for backend in _members(call, cluster))


def _heartbeat(cluster: VolumeCluster, call: Call) -> str:
    latest = max(reported_at(call.cloud, backend) for backend in _members(call, cluster))
    return naive(latest) or ""


SUMMARY = (
    field("name", "id"),
    field("binary", lambda cluster, call: VOLUME),
    field("state", lambda cluster, call: "up" if _is_up(cluster, call) else "down"),
    field("status", lambda cluster, call: "disabled" if cluster.disabled else "enabled"),
    field("replication_status", since="3.26"),
)
cluster_summary = View(*SUMMARY)
changed_cluster = View(*SUMMARY, field("disabled_reason"))
cluster_detail = View(
    *SUMMARY,
    field("num_hosts", lambda cluster, call: len(_members(call, cluster))),
    field("num_down_hosts", _down),
    field("last_heartbeat", _heartbeat),
    field("created_at", lambda cluster, call: naive(cluster.created_at)),
    field("updated_at", lambda cluster, call: naive(cluster.updated_at) or ""),
    field("disabled_reason"),
    field("frozen", since="3.26"),
    field("active_backend_id", since="3.26"),
)

# fmt: off
FILTERS: dict[str, Callable[[VolumeCluster, Call], Any]] = {
    "name":               lambda cluster, call: cluster.id,
    "binary":             lambda cluster, call: VOLUME,
    "is_up":              _is_up,
    "disabled":           lambda cluster, call: cluster.disabled,
    "num_hosts":          lambda cluster, call: len(_members(call, cluster)),
    "num_down_hosts":     _down,
    "replication_status": lambda cluster, call: cluster.replication_status,
    "frozen":             lambda cluster, call: cluster.frozen,
    "active_backend_id":  lambda cluster, call: cluster.active_backend_id,
}
# fmt: on
OF_REPLICATION = ("replication_status", "frozen", "active_backend_id")  # from 3.26 on


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/clusters", since="3.7", policy="clusters:get_all")
def list_clusters(call: Call) -> dict[str, Any]:
    return {"clusters": cluster_summary.all(_listed(call), call)}


@volume.get("/clusters/detail", since="3.7", policy="clusters:get_all")
def list_clusters_detail(call: Call) -> dict[str, Any]:
    return {"clusters": cluster_detail.all(_listed(call), call)}


@volume.get("/clusters/<name>", since="3.7", policy="clusters:get")
def show_cluster(call: Call, name: str) -> dict[str, Any]:
    return {"cluster": cluster_detail(_found(call, name), call)}


@volume.put("/clusters/enable", since="3.7", body=EnableCluster, policy="clusters:update")
def enable_cluster(call: Call) -> dict[str, Any]:
    return _switched(call, disabled=False, reason=None)


@volume.put("/clusters/disable", since="3.7", body=DisableCluster, policy="clusters:update")
def disable_cluster(call: Call) -> dict[str, Any]:
    reason = call.body.get("disabled_reason")
    return _switched(call, disabled=True, reason=reason.strip() if reason else reason)


def _listed(call: Call) -> list[VolumeCluster]:
    query = dict(call.query_pairs)
    known = [name for name in FILTERS if name not in OF_REPLICATION or call.since("3.26")]
    strange = [name for name in query if name not in known]
    if strange:
        raise BadClusterFilters(names=", ".join(strange))
    for name in ("disabled", "is_up"):
        if name in query:
            query[name] = str(boolean(name, query[name]))
    found = sorted(call.cloud.store.all(VolumeCluster), key=lambda cluster: cluster.number)
    return [one for one in found if all(fits(FILTERS[name](one, call), value) for name, value in query.items())]


def _found(call: Call, name: str, binary: str | None = VOLUME) -> VolumeCluster:
    found = call.cloud.store.find(VolumeCluster, name)
    if found is None or binary != VOLUME:
        raise ClusterNotFound(name=name, binary=binary)
    return found


def _switched(call: Call, *, disabled: bool, reason: str | None) -> dict[str, Any]:
    cluster = _found(call, call.body["name"], call.body.get("binary", VOLUME))
    changed = cluster.evolve(disabled=disabled, disabled_reason=reason, updated_at=call.cloud.now)
    return {"cluster": changed_cluster(call.cloud.store.put(changed), call)}
