"""The options of nova.conf and cinder.conf that change what a client sees; the names are theirs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fakecompute.domain.records.limits import RateLimit
from fakecompute.domain.scheduler.filters import FILTERS
from fakecompute.domain.volume.filters import FILTERS as VOLUME_FILTERS
from fakecompute.errors import BadDefinition

QUOTA_DRIVERS = ("nova.quota.DbQuotaDriver", "nova.quota.UnifiedLimitsDriver")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Seconds where it is a time; Nova's defaults (spec/servers.yaml, periodic_and_config; nova/conf/scheduler.py)."""

    token_expiration: int = 3600  # [token]expiration of Keystone
    auth_methods: tuple[str, ...] = (  # [auth]methods of Keystone; clouds with passcodes add totp
        "external", "password", "token", "oauth1", "mapped", "application_credential", "ec2credential",
    )  # fmt: skip
    max_project_tree_depth: int = 5  # [DEFAULT] of keystone.conf; domains are not counted

    # [security_compliance] of keystone.conf; 0 and "" are for no such rule
    lockout_failure_attempts: int = 0
    lockout_duration: int = 1800
    password_expires_days: int = 0
    unique_last_password_count: int = 0
    minimum_password_age: int = 0  # days
    password_regex: str = ""
    password_regex_description: str = ""
    change_password_upon_first_use: bool = False
    disable_user_account_days_inactive: int = 0

    max_limit: int = 1000  # [api]: the longest page
    max_attempts: int = 3  # [scheduler]: hosts that a build is tried on
    allow_resize_to_same_host: bool = False
    enable_instance_password: bool = True  # adminPass in the answers
    reclaim_instance_interval: int = 0  # 0: DELETE is at once; else servers are soft-deleted, and reclaimed after it
    shelved_offload_time: int = 0  # 0: shelving offloads at once; -1: never by itself
    resize_confirm_window: int = 0  # 0: never; else a resize is confirmed after it
    rescue_timeout: int = 0  # 0: never; else a rescued server is unrescued after it
    vif_plugging_timeout: int = 300  # how long a guest waits for its ports to be wired
    vif_plugging_is_fatal: bool = True  # else it starts without them
    instance_build_timeout: int = 0  # 0: never; else a build that takes longer is an error
    reboot_timeout: int = 0  # 0: never; else a server that reboots for longer is rebooted hard
    shutdown_timeout: int = 60  # after which a guest that does not shut down is cut off; an image may say otherwise
    sync_power_state_interval: int = 600  # how often Nova looks whether guests run; 0: at every minute, -1: never
    update_resources_interval: int = 0  # how often nova-compute tells Placement what it has; 0: a minute, -1: never
    service_down_time: int = 60  # without a report a service is down after it
    vnc_enabled: bool = True  # [vnc]enabled, and so on: the remote consoles that there are
    spice_enabled: bool = False
    serial_console_enabled: bool = False
    mks_enabled: bool = False
    console_token_ttl: int = 600  # [consoleauth]token_ttl
    max_disk_devices_to_attach: int = -1  # of any kind to one server; -1: any number
    send_service_user_token: bool = True  # [service_user]: else Nova asks Cinder with the user's token, if it lives
    cross_az_attach: bool = True  # [cinder]: else a volume must be in the zone of its server
    max_local_block_devices: int = 3  # disks of a server that are no volumes; -1: any number
    block_device_allocate_retries: int = 60  # how often a build looks again whether a volume is made ...
    block_device_allocate_retries_interval: int = 3  # ... and how long it waits in between
    reimage_timeout_per_gb: int = 20  # how long a rebuild waits for a volume's new image
    gzip: bool = False  # compress answers for clients that accept it, as a proxy in front may do
    list_records_by_skipping_down_cells: bool = True  # else a list fails while a cell is down

    # [scheduler]
    limit_tenants_to_placement_aggregate: bool = False
    placement_aggregate_required_for_tenants: bool = False
    enable_isolated_aggregate_filtering: bool = False

    # [filter_scheduler]: which filters are asked (domain/scheduler/filters.py has them all), and what they read
    enabled_filters: tuple[str, ...] = (
        "ComputeFilter", "ComputeCapabilitiesFilter", "ImagePropertiesFilter", "ServerGroupAntiAffinityFilter",
        "ServerGroupAffinityFilter",
    )  # fmt: skip
    max_io_ops_per_host: int = 8
    max_instances_per_host: int = 50
    isolated_images: tuple[str, ...] = ()
    isolated_hosts: tuple[str, ...] = ()
    restrict_isolated_hosts_to_isolated_images: bool = True
    aggregate_image_properties_isolation_namespace: str = ""

    # the same: how much each weigher counts
    cpu_weight_multiplier: float = 1.0
    ram_weight_multiplier: float = 1.0
    disk_weight_multiplier: float = 1.0
    io_ops_weight_multiplier: float = -1.0
    num_instances_weight_multiplier: float = 0.0
    hypervisor_version_weight_multiplier: float = 1.0
    soft_affinity_weight_multiplier: float = 1.0
    soft_anti_affinity_weight_multiplier: float = 1.0
    build_failure_weight_multiplier: float = 1_000_000.0

    # cinder.conf: defaults of volumes, and what its scheduler asks (domain/volume/filters.py) and weighs
    default_volume_type: str = "__DEFAULT__"
    storage_availability_zone: str = "nova"  # of volumes for which nobody asked for one
    enable_force_upload: bool = False  # may a volume that is in use be uploaded as an image?
    scheduler_max_attempts: int = 3  # how often a volume is given to a back end that cannot make it
    scheduler_default_filters: tuple[str, ...] = ("AvailabilityZoneFilter", "CapacityFilter", "CapabilitiesFilter")
    capacity_weight_multiplier: float = 1.0
    allocated_capacity_weight_multiplier: float = 0.0  # AllocatedCapacityWeigher and VolumeNumberWeigher have -1.0,
    volume_number_multiplier: float = 0.0  # where they are asked; they are not by default

    # [quota]driver: nova.quota.DbQuotaDriver, or nova.quota.UnifiedLimitsDriver, which asks Keystone for the limits
    # that are registered for the service `compute` in its region (domain/quota_unified.py)
    quota_driver: str = "nova.quota.DbQuotaDriver"

    # glance-api.conf
    enabled_import_methods: tuple[str, ...] = ("glance-direct", "web-download", "copy-image")
    allowed_hosts: tuple[str, ...] = ()  # [import_filtering_opts]: all that imports may come from, if it is said
    allowed_ports: tuple[str, ...] = ("80", "443")
    enabled_backends: tuple[str, ...] = ()  # stores of images as `name:type`, the first is the default; none: just one
    show_multiple_locations: bool = False  # may clients see and change where bytes are kept?
    show_image_direct_url: bool = False
    image_cache: bool = False  # the API of the cache: /v2/cache
    property_protections: tuple[str, ...] = ()  # `name: create=admin read=@ update=! delete=admin,member`; roles
    user_storage_quota: int = 0  # bytes of a project's images; 0: any
    image_member_quota: int = 128  # of one image, below 0: any
    image_property_quota: int = 128
    image_tag_quota: int = 128
    image_location_quota: int = 10
    use_keystone_limits: bool = False  # are images counted by Keystone's limits?

    # what old Novas and today's proxies do: none unless a cloud says so
    rate_limits: tuple[RateLimit, ...] = ()
    rate_limit_status: int = 0  # 413 or 429; 0: what the release answered

    # what is wrong with a Keystone and its clients
    token_clock_skew: float = 0.0  # how far Keystone's clock is ahead (below 0: behind) in what it tells
    tokens_refused_by: tuple[str, ...] = ()  # services (compute, volume ...) that take no token for a good one

    def __post_init__(self) -> None:
        try:
            re.compile(self.password_regex)
        except re.error as error:
            raise BadDefinition([f"password_regex: {error}"]) from None
        if self.quota_driver not in QUOTA_DRIVERS:
            known_drivers = ", ".join(QUOTA_DRIVERS)
            raise BadDefinition([f"quota_driver: there is no {self.quota_driver}; there are {known_drivers}"])
        for setting, known in ("enabled_filters", FILTERS), ("scheduler_default_filters", VOLUME_FILTERS):
            unknown = [name for name in getattr(self, setting) if name not in known]
            if unknown:
                raise BadDefinition([f"{setting}: there is no {n}; there are {', '.join(known)}" for n in unknown])
