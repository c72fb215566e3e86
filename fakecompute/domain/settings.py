"""The options of nova.conf that change what a client sees; the names are Nova's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Seconds where it is a time; Nova's defaults (spec/servers.yaml, periodic_and_config)."""

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
    service_down_time: int = 60  # without a report a service is down after it
    gzip: bool = False  # compress answers for clients that accept it, as a proxy in front may do
