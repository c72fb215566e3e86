"""What is asked of Glance: images with their bytes, from all that they can come from."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.image import Image, ImageTask
from tests.properties.asking import Ask

API = "/image/v2"
KINDS: dict[str, type[Any]] = {"image": Image, "own": Image, "task": ImageTask}
# Several stores, and an end to what they take.
SETTINGS: dict[str, Any] = {
    "enabled_backends": ("fast:rbd", "slow:file"),
    "image_cache": True,
    "user_storage_quota": 2000,
    "show_multiple_locations": True,
}
# Of bytes: they are sent as they are.
FEW, MANY_BYTES = b"few", b"0123456789" * 60


def _make(user: str = "admin", **told: Any) -> Ask:
    return Ask("POST", f"{API}/images", {"disk_format": "raw", "container_format": "bare", **told}, user)


def _import(**method: Any) -> Ask:
    more = method.pop("more", {})
    return Ask("POST", f"{API}/images/$own/import", {"method": method, **more})


def _patch(op: str, path: str, **value: Any) -> Ask:
    return Ask("PATCH", f"{API}/images/$own", [{"op": op, "path": path, **value}])


ALL_STORES = {"all_stores": True, "all_stores_must_succeed": False}
ASKS: tuple[Ask, ...] = (
    _make(name="new"),
    _make(name="new"),
    _make("alt_demo", name="other's", visibility="shared"),
    Ask("PUT", f"{API}/images/$own/file", FEW),
    Ask("PUT", f"{API}/images/$own/file", MANY_BYTES),
    Ask("PUT", f"{API}/images/$own/file", b""),
    Ask("PUT", f"{API}/images/$own/file", FEW, "alt_demo"),
    Ask("PUT", f"{API}/images/$own/stage", MANY_BYTES),
    Ask("PUT", f"{API}/images/$own/stage", FEW),
    _import(name="glance-direct"),
    _import(name="glance-direct", more=ALL_STORES),
    _import(name="web-download", uri="http://downloads.example.org/cirros"),
    _import(name="copy-image", more={"stores": ["slow"]}),
    _import(name="copy-image", more={"all_stores": True}),
    Ask("POST", f"{API}/images/$own/actions/deactivate"),
    Ask("POST", f"{API}/images/$own/actions/reactivate"),
    Ask("POST", f"{API}/images/$own/members", {"member": "$alt"}),
    Ask("PUT", f"{API}/images/$own/members/$alt", {"status": "accepted"}, "alt_demo"),
    Ask("DELETE", f"{API}/images/$own/members/$alt"),
    _patch("replace", "/visibility", value="public"),
    _patch("replace", "/visibility", value="private"),
    _patch("replace", "/protected", value=True),
    _patch("replace", "/protected", value=False),
    _patch("replace", "/locations", value=[]),
    _patch("add", "/locations/-", value={"url": "http://downloads.example.org/a", "metadata": {}}),
    _patch("remove", "/locations/0"),
    Ask("POST", f"{API}/images/$own/locations", {"url": "http://downloads.example.org/b"}),
    Ask("DELETE", f"{API}/stores/fast/$own"),
    Ask("DELETE", f"{API}/images/$own"),
    Ask("DELETE", f"{API}/images/$own"),
    Ask("PUT", f"{API}/cache/$own"),
    Ask("DELETE", f"{API}/cache/$own"),
    Ask("POST", f"{API}/tasks", {"type": "import", "input": {
        "import_from": "http://downloads.example.org/c", "import_from_format": "raw", "image_properties": {"name": "t"}}}),
    Ask("POST", "/compute/v2.1/servers/$server/action", {"createImage": {"name": "snapshot"}}),
)  # fmt: skip
BEGIN = (_make(name="new"), Ask("PUT", f"{API}/images/$own/file", FEW), _make(name="empty"))
LOOKS = tuple(
    Ask("GET", f"{API}/{path}")
    for path in ("images", "images/$image", "images/$image/file", "tasks", "cache", "info/usage", "info/stores",
                 "images/$image/members", "images/$image/tasks")
)  # fmt: skip
CLEARING = (
    ("own", "PATCH", f"{API}/images/$own", [{"op": "replace", "path": "/protected", "value": False}]),
    ("own", "DELETE", f"{API}/images/$own", None),
)
