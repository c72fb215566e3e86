"""Who may do what in Placement: services and admins everything; readers see what their own project uses."""

from __future__ import annotations

# placement/policies/base.py.  Admins are not `service`: they may not reshape.
# fmt: off
POLICIES = {
    "placement:reshaper:reshape": "service_alone",
    "placement:usages":           "service reader",
    **dict.fromkeys(
        (
            "placement:allocation_candidates:list",
            *(f"placement:allocations:{word}" for word in ("delete", "list", "manage", "update")),
            *(f"placement:resource_classes:{word}" for word in ("create", "delete", "list", "show", "update")),
            *(f"placement:resource_providers:{word}" for word in ("create", "delete", "list", "show", "update")),
            *(f"placement:resource_providers:aggregates:{word}" for word in ("list", "update")),
            "placement:resource_providers:allocations:list",
            *(f"placement:resource_providers:inventories:{word}"
              for word in ("create", "delete", "list", "show", "update")),
            *(f"placement:resource_providers:traits:{word}" for word in ("delete", "list", "update")),
            "placement:resource_providers:usages",
            *(f"placement:traits:{word}" for word in ("delete", "list", "show", "update")),
        ),
        "service",
    ),
}
# fmt: on
