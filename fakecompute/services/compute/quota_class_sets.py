"""/os-quota-class-sets/{class}: limits for all.  Only the class `default` has an effect, others are merely kept."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.quota import DEFAULTS, default_limits, set_limits
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import Object, Schema, until
from fakecompute.rest.view import Field, View, field
from fakecompute.services.compute.quota_sets import amount
from fakecompute.services.compute.service import compute


class NameTooLong(BadRequest):
    message = "quota_class_name has {length} characters, more than 255."


# --- request schemas ----------------------------------------------------------------------------------


class Limits(Schema):
    instances = amount()
    cores = amount()
    ram = amount()
    floating_ips = until("2.49", amount())
    fixed_ips = until("2.49", amount())
    metadata_items = amount()
    key_pairs = amount()
    security_groups = until("2.49", amount())
    security_group_rules = until("2.49", amount())
    injected_files = until("2.56", amount())
    injected_file_content_bytes = until("2.56", amount())
    injected_file_path_bytes = until("2.56", amount())
    server_groups = amount()  # taken in all versions, shown from 2.50 on
    server_group_members = amount()


class UpdateQuotaClassSet(Schema):
    quota_class_set = Object(Limits, required=True)


# --- response views -----------------------------------------------------------------------------------

SINCE = dict.fromkeys("server_groups server_group_members".split(), "2.50")
UNTIL = {
    **dict.fromkeys("fixed_ips floating_ips security_groups security_group_rules".split(), "2.49"),
    **dict.fromkeys("injected_files injected_file_content_bytes injected_file_path_bytes".split(), "2.56"),
}


def _shown(resource: str) -> Field:
    return field(
        resource, lambda limits, call: limits[resource], since=SINCE.get(resource), until=UNTIL.get(resource)
    )


quota_class_set = View(*map(_shown, DEFAULTS))  # of a mapping: resource -> limit


# --- handlers -----------------------------------------------------------------------------------------


@compute.get(
    "/os-quota-class-sets/<name>", strict_query="2.102", policy="os_compute_api:os-quota-class-sets:show"
)
def show_quota_class_set(call: Call, name: str) -> dict[str, Any]:
    return {"quota_class_set": {"id": name, **quota_class_set(default_limits(call.cloud, name), call)}}


@compute.put(
    "/os-quota-class-sets/<name>",
    body=UpdateQuotaClassSet,
    policy="os_compute_api:os-quota-class-sets:update",
)
def update_quota_class_set(call: Call, name: str) -> dict[str, Any]:
    if len(name) > 255:
        raise NameTooLong(length=len(name))
    if call.body["quota_class_set"]:
        set_limits(call.cloud, f"class:{name}", call.body["quota_class_set"])
    return {"quota_class_set": quota_class_set(default_limits(call.cloud, name), call)}
