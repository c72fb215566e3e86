"""The options of nova.conf that change what a client sees; the names are Nova's."""

from __future__ import annotations

from dataclasses import dataclass

from fakecompute.domain.records.limits import RateLimit
from fakecompute.domain.scheduler.filters import FILTERS
from fakecompute.errors import BadDefinition


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Seconds where it is a time; Nova's defaults (spec/servers.yaml, periodic_and_config; nova/conf/scheduler.py)."""

    token_expiration: int = 3600  # [token]expiration of Keystone
    max_limit: int = 1000  # [api]: the longest page
    max_attempts: int = 3  # [scheduler]: hosts that a build is tried on
    allow_resize_to_same_host: bool = False
    enable_instance_password: bool = True  # adminPass in the answers
    reclaim_instance_interval: int = 0  # 0: DELETE is at once; else servers are soft-deleted, and reclaimed after it
    shelved_offload_time: int = 0  # 0: shelving offloads at once; -1: never by itself
    resize_confirm_window: int = 0  # 0: never; else a resize is confirmed after it
    rescue_timeout: int = 0  # 0: never; else a rescued server is unrescued after it
    instance_build_timeout: int = 0  # 0: never; else a build that takes longer is an error
    reboot_timeout: int = 0  # 0: never; else a server that reboots for longer is rebooted hard
    shutdown_timeout: int = 60  # after which a guest that does not shut down is cut off; an image may say otherwise
    sync_power_state_interval: int = 600  # how often Nova looks whether guests run; 0: at every minute, -1: never
    service_down_time: int = 60  # without a report a service is down after it
    vnc_enabled: bool = True  # [vnc]enabled, and so on: the remote consoles that there are
    spice_enabled: bool = False
    serial_console_enabled: bool = False
    mks_enabled: bool = False
    console_token_ttl: int = 600  # [consoleauth]token_ttl
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

    # what old Novas and today's proxies do: none unless a cloud says so
    rate_limits: tuple[RateLimit, ...] = ()
    rate_limit_status: int = 0  # 413 or 429; 0: what the release answered

    def __post_init__(self) -> None:
        unknown = [name for name in self.enabled_filters if name not in FILTERS]
        if unknown:
            raise BadDefinition([f"enabled_filters: there is no {n}; there are {', '.join(FILTERS)}" for n in unknown])
