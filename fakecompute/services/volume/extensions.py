"""GET /extensions, GET /extensions/{alias}: what of Cinder's API was an extension once."""

from __future__ import annotations

from typing import Any, NamedTuple

from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.services.volume.service import volume


class Extension(NamedTuple):
    alias: str
    name: str
    updated: str
    description: str


# cinder/api/contrib: a class each, with its docstring
# fmt: off
EXTENSIONS = {row.alias: row for row in (
    Extension("OS-SCH-HNT", "SchedulerHints", "2013-04-18T00:00:00+00:00",
              "Pass arbitrary key/value pairs to the scheduler."),
    Extension("backups", "Backups", "2012-12-12T00:00:00+00:00",
              "Backups support."),
    Extension("capabilities", "Capabilities", "2015-08-31T00:00:00+00:00",
              "Capabilities support."),
    Extension("cgsnapshots", "Cgsnapshots", "2014-08-18T00:00:00+00:00",
              "cgsnapshots support."),
    Extension("consistencygroups", "Consistencygroups", "2014-08-18T00:00:00+00:00",
              "consistency groups support."),
    Extension("encryption", "VolumeTypeEncryption", "2013-07-01T00:00:00+00:00",
              "Encryption support for volume types."),
    Extension("os-admin-actions", "AdminActions", "2012-08-25T00:00:00+00:00",
              "Enable admin actions."),
    Extension("os-availability-zone", "AvailabilityZones", "2013-06-27T00:00:00+00:00",
              "Describe Availability Zones."),
    Extension("os-extended-services", "ExtendedServices", "2014-01-10T00:00:00-00:00",
              "Extended services support."),
    Extension("os-extended-snapshot-attributes", "ExtendedSnapshotAttributes", "2012-06-19T00:00:00+00:00",
              "Extended SnapshotAttributes support."),
    Extension("os-hosts", "Hosts", "2011-06-29T00:00:00+00:00",
              "Admin-only host administration."),
    Extension("os-quota-class-sets", "QuotaClasses", "2012-03-12T00:00:00+00:00",
              "Quota classes management support."),
    Extension("os-quota-sets", "Quotas", "2011-08-08T00:00:00+00:00",
              "Quota management support."),
    Extension("os-services", "Services", "2012-10-28T00:00:00-00:00",
              "Services support."),
    Extension("os-snapshot-actions", "SnapshotActions", "2013-07-16T00:00:00+00:00",
              "Enable snapshot manager actions."),
    Extension("os-snapshot-manage", "SnapshotManage", "2014-12-31T00:00:00+00:00",
              "Allows existing backend storage to be 'managed' by Cinder."),
    Extension("os-snapshot-unmanage", "SnapshotUnmanage", "2014-12-31T00:00:00+00:00",
              "Enable volume unmanage operation."),
    Extension("os-types-extra-specs", "TypesExtraSpecs", "2011-08-24T00:00:00+00:00",
              "Type extra specs support."),
    Extension("os-types-manage", "TypesManage", "2011-08-24T00:00:00+00:00",
              "Types manage support."),
    Extension("os-used-limits", "UsedLimits", "2013-10-03T00:00:00+00:00",
              "Provide data on limited resources that are being used."),
    Extension("os-vol-host-attr", "VolumeHostAttribute", "2011-11-03T00:00:00+00:00",
              "Expose host as an attribute of a volume."),
    Extension("os-vol-image-meta", "VolumeImageMetadata", "2012-12-07T00:00:00+00:00",
              "Show image metadata associated with the volume."),
    Extension("os-vol-mig-status-attr", "VolumeMigStatusAttribute", "2013-08-08T00:00:00+00:00",
              "Expose migration_status as an attribute of a volume."),
    Extension("os-vol-tenant-attr", "VolumeTenantAttribute", "2011-11-03T00:00:00+00:00",
              "Expose the internal project_id as an attribute of a volume."),
    Extension("os-volume-actions", "VolumeActions", "2012-05-31T00:00:00+00:00",
              "Enable volume actions."),
    Extension("os-volume-encryption-metadata", "VolumeEncryptionMetadata", "2013-07-10T00:00:00+00:00",
              "Volume encryption metadata retrieval support."),
    Extension("os-volume-manage", "VolumeManage", "2014-02-10T00:00:00+00:00",
              "Allows existing backend storage to be 'managed' by Cinder."),
    Extension("os-volume-transfer", "VolumeTransfer", "2013-05-29T00:00:00+00:00",
              "Volume transfer management support."),
    Extension("os-volume-type-access", "VolumeTypeAccess", "2014-06-26T00:00:00Z",
              "Volume type access support."),
    Extension("os-volume-unmanage", "VolumeUnmanage", "2012-05-31T00:00:00+00:00",
              "Enable volume unmanage operation."),
    Extension("qos-specs", "Qos_specs_manage", "2013-08-02T00:00:00+00:00",
              "QoS specs support."),
    Extension("scheduler-stats", "Scheduler_stats", "2014-09-07T00:00:00+00:00",
              "Scheduler stats support."),
)}
# fmt: on

# --- response views -----------------------------------------------------------------------------------


def extension_detail(extension: Extension) -> dict[str, Any]:
    return {**extension._asdict(), "links": []}


# --- handlers -----------------------------------------------------------------------------------------


@volume.get("/extensions")
def list_extensions(call: Call) -> dict[str, Any]:
    return {"extensions": [extension_detail(extension) for extension in EXTENSIONS.values()]}


@volume.get("/extensions/<alias>")
def show_extension(call: Call, alias: str) -> dict[str, Any]:
    if alias not in EXTENSIONS:
        raise NotFound
    return {"extension": extension_detail(EXTENSIONS[alias])}
