"""/os-instance_usage_audit_log: nothing was ever reported."""

import pytest

LOG = "/compute/v2.1/os-instance_usage_audit_log"


@pytest.fixture
def admin(http):
    return http.as_("admin", "admin")


def test_the_last_whole_month(admin, cloud):
    cloud.advance(86_400)
    assert admin.get(LOG).json["instance_usage_audit_logs"] == {
        "period_beginning": "2025-12-01 00:00:00",
        "period_ending": "2026-01-01 00:00:00",
        "num_hosts": 2,
        "num_hosts_done": 0,
        "num_hosts_running": 0,
        "num_hosts_not_run": 2,
        "hosts_not_run": ["compute-1", "compute-2"],
        "total_instances": 0,
        "total_errors": 0,
        "overall_status": "0 of 2 hosts done. 0 errors.",
        "log": {},
    }


@pytest.mark.parametrize("before", ["0001-01-01 00:00:00", "0001-01-01 00:00:01", "x", "2026-13-01 00:00:00"])
def test_no_month_before(admin, before):
    """A real Nova answers 500 where the calendar ends."""
    refused = admin.get(f"{LOG}/{before}")
    assert (refused.status_code, refused.json["badRequest"]["message"]) == (
        400,
        f"Invalid timestamp for date {before}",
    )


def test_members_may_not_look(http):
    assert http.get(LOG).status_code == 403
