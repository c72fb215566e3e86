"""What is asked of Glance: images with their bytes, from all that they can come from."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.image import Image, ImageTask
from tests.properties.asking import Ask

API = "/image/v2"
KINDS: dict[str, type[Any]] = {"image": Image, "own": Image, "queued": Image, "staged": Image, "stored": Image, "shared": Image, "task": ImageTask}
# Several stores, and an end to what they take.
STATUSES = ("queued", "saving", "uploading", "importing", "active", "deactivated")
SETTINGS: dict[str, Any] = {
    "enabled_backends": ("fast:rbd", "slow:file", "web:http"),
    "image_cache": True,
    "user_storage_quota": 1000,
    "show_multiple_locations": True,
}
LIMITS = {"image_size_total": 10, "image_stage_total": 10, "image_count_total": 5, "image_count_uploading": 2}
# Of bytes: they are sent as they are.
FEW, MANY_BYTES = b"few", b"0123456789" * 60


def _make(user: str = "admin", **told: Any) -> Ask:
    return Ask("POST", f"{API}/images", {"disk_format": "raw", "container_format": "bare", **told}, user)


def _import(of: str, **method: Any) -> Ask:
    more = method.pop("more", {})
    return Ask("POST", f"{API}/images/${of}/import", {"method": method, **more})


def _patch(op: str, path: str, **value: Any) -> Ask:
    return Ask("PATCH", f"{API}/images/$own", [{"op": op, "path": path, **value}])


ALL_STORES = {"all_stores": True, "all_stores_must_succeed": False}
ASKS: tuple[Ask, ...] = (
    _make(name="new"),
    _make(name="new"),
    _make("alt_demo", name="other's", visibility="shared"),
    Ask("PUT", f"{API}/images/$queued/file", FEW),
    Ask("PUT", f"{API}/images/$queued/file", MANY_BYTES),
    Ask("PUT", f"{API}/images/$own/file", b""),
    Ask("PUT", f"{API}/images/$own/file", FEW, "alt_demo"),
    Ask("PUT", f"{API}/images/$queued/stage", MANY_BYTES),
    Ask("PUT", f"{API}/images/$queued/stage", FEW),
    _import("staged", name="glance-direct"),
    _import("staged", name="glance-direct", more=ALL_STORES),
    _import("queued", name="web-download", uri="http://downloads.example.org/cirros"),
    _import("stored", name="copy-image", more={"stores": ["slow"]}),
    _import("stored", name="copy-image", more={"all_stores": True}),
    Ask("POST", f"{API}/images/$own/actions/deactivate"),
    Ask("POST", f"{API}/images/$own/actions/reactivate"),
    Ask("POST", f"{API}/images/$shared/members", {"member": "$alt"}),
    Ask("PUT", f"{API}/images/$shared/members/$alt", {"status": "accepted"}, "alt_demo"),
    Ask("DELETE", f"{API}/images/$shared/members/$alt"),
    _patch("replace", "/visibility", value="public"),
    _patch("replace", "/visibility", value="private"),
    _patch("replace", "/protected", value=True),
    _patch("replace", "/protected", value=False),
    _patch("replace", "/locations", value=[]),
    _patch("add", "/locations/-", value={"url": "http://downloads.example.org/a", "metadata": {}}),
    Ask("PATCH", f"{API}/images/$stored", [{"op": "remove", "path": "/locations/0"}]),
    Ask("POST", f"{API}/images/$queued/locations", {"url": "http://downloads.example.org/b"}),
    Ask("DELETE", f"{API}/stores/fast/$stored"),
    Ask("DELETE", f"{API}/images/$own"),
    Ask("DELETE", f"{API}/images/$queued"),
    Ask("PUT", f"{API}/cache/$stored"),
    Ask("DELETE", f"{API}/cache/$own"),
    Ask("POST", f"{API}/tasks", {"type": "import", "input": {
        "import_from": "http://downloads.example.org/c", "import_from_format": "raw", "image_properties": {"name": "t"}}}),
    Ask("POST", "/compute/v2.1/servers/$server/action", {"createImage": {"name": "snapshot"}}),
)  # fmt: skip
# What is made where a request names what there is none of.
MAKERS: dict[str, Ask] = {
    "own": _make(name="new"),
    "stored": Ask("PUT", f"{API}/images/$queued/file", FEW),
    "queued": _make(name="new"),
    "staged": Ask("PUT", f"{API}/images/$queued/stage", MANY_BYTES),
    "shared": _make("alt_demo", name="other's", visibility="shared"),
}
BEGIN = (_make(name="new"), Ask("PUT", f"{API}/images/$queued/file", FEW), _make(name="empty"))
LOOKS = tuple(
    Ask("GET", f"{API}/{path}")
    for path in ("images", "images/$image", "images/$image/file", "tasks", "cache", "info/usage", "info/stores",
                 "images/$image/members", "images/$image/tasks")
)  # fmt: skip
CLEARING: tuple[tuple[str, str, str, Any], ...] = (
    ("own", "PATCH", f"{API}/images/$own", [{"op": "replace", "path": "/protected", "value": False}]),
    ("own", "DELETE", f"{API}/images/$own", None),
)
