"""GET, PUT /os-quota-class-sets/{class}: limits that hold where a project has none of its own (class `default`)."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.volume.quota import class_limits, defaults, set_limits
from fakecompute.errors import BadRequest
from fakecompute.rest.call import Call
from fakecompute.rest.schema import MapOf, Schema
from fakecompute.services.volume.fields import Whole
from fakecompute.services.volume.quota_sets import MOST, check_length
from fakecompute.services.volume.service import volume


class BadKeys(BadRequest):
    message = "Invalid input received: Bad key(s) in quota class set: {keys}"


# --- request schemas ----------------------------------------------------------------------------------


class UpdateQuotaClassSet(Schema):
    quota_class_set = MapOf(Whole(min=-1, max=MOST, pattern="^[0-9]*$"), required=True)


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/os-quota-class-sets/<name>", policy="volume_extension:quota_classes:get")
def show_quota_class_set(call: Call, name: str) -> dict[str, Any]:
    return {"quota_class_set": {**class_limits(call.cloud, name), "id": name}}


@volume.put("/os-quota-class-sets/<name>", body=UpdateQuotaClassSet)
def update_quota_class_set(call: Call, name: str) -> dict[str, Any]:
    wanted = call.body["quota_class_set"]
    known = defaults(call.cloud)
    unknown = [key for key in wanted if key not in known]
    if unknown:
        raise BadKeys(keys=", ".join(unknown))
    call.demand("volume_extension:quota_classes:update")
    check_length(name, "quota_class_name")
    set_limits(call.cloud, f"class:{name}", wanted)
    return {"quota_class_set": class_limits(call.cloud, name)}
