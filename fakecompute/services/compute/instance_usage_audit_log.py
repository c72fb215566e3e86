"""/os-instance_usage_audit_log: which hosts have reported the usage of a month.  None has: nobody asks them to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fakecompute.domain.records.compute import Host
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.services.compute.service import compute

ROOT = "os_compute_api:os-instance-usage-audit-log"
EPOCH = datetime(1970, 1, 1)


class BadTimestamp(BadRequest):
    message = "Invalid timestamp for date {text}"


# --- response views -----------------------------------------------------------------------------------


def audit_log(call: Call, before: datetime) -> dict[str, Any]:
    """Of the last whole month (nova.conf: instance_usage_audit_period) before a time."""
    end = _month(before - timedelta(microseconds=1))
    hosts = sorted(call.cloud.store.all(Host), key=lambda host: host.number)
    done = f"0 of {len(hosts)}" if hosts else "ALL"
    return {
        "period_beginning": f"{_month(end - timedelta(days=1))}",
        "period_ending": f"{end}",
        "num_hosts": len(hosts),
        "num_hosts_done": 0,
        "num_hosts_running": 0,
        "num_hosts_not_run": len(hosts),
        "hosts_not_run": [host.name for host in hosts],
        "total_instances": 0,
        "total_errors": 0,
        "overall_status": f"{done} hosts done. 0 errors.",
        "log": {},
    }


def _month(at: datetime) -> datetime:
    """When the month began."""
    return datetime(at.year, at.month, 1)


# --- handlers -----------------------------------------------------------------------------------------


@compute.get("/os-instance_usage_audit_log", strict_query="2.102", policy=f"{ROOT}:list")
def list_instance_usage_audit_logs(call: Call) -> dict[str, Any]:
    return {"instance_usage_audit_logs": audit_log(call, EPOCH + timedelta(microseconds=call.cloud.now))}


@compute.get("/os-instance_usage_audit_log/<before>", strict_query="2.102", policy=f"{ROOT}:show")
def show_instance_usage_audit_log(call: Call, before: str) -> dict[str, Any]:
    form = "%Y-%m-%d %H:%M:%S.%f" if "." in before else "%Y-%m-%d %H:%M:%S"
    try:
        return {"instance_usage_audit_log": audit_log(call, datetime.strptime(before, form))}
    except (ValueError, OverflowError):  # no such time, or none before it
        raise BadTimestamp(text=before) from None
