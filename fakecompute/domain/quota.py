"""How much a project, or one of its users, may have: limits, what is used of them, and Nova's refusals.

A limit comes from the first of these that names the resource: the user's, the project's, the class `default`,
the defaults below.  What is used is a running total of the store, never a count of servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from fakecompute.domain import quota_unified
from fakecompute.domain.placement.usages import of_project, together
from fakecompute.domain.records.compute import Flavor, KeyPair, Quota, ServerGroup
from fakecompute.domain.records.server import Server
from fakecompute.errors import Forbidden

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud

Amounts = Mapping[str, int]
UNLIMITED = -1

# nova/conf/quota.py; the four of the network are constants since Nova no longer has networks of its own
# fmt: off
DEFAULTS: dict[str, int] = {
    "instances": 10,
    "cores":     20,
    "ram":       51200,                     # MiB
    "metadata_items":              128,
    "injected_files":              5,
    "injected_file_content_bytes": 10240,
    "injected_file_path_bytes":    255,
    "key_pairs":                   100,     # of a user, whatever the project
    "server_groups":               10,
    "server_group_members":        10,      # of a user, in a group
    "fixed_ips":            UNLIMITED,
    "floating_ips":         UNLIMITED,
    "security_groups":      UNLIMITED,
    "security_group_rules": UNLIMITED,
}
# fmt: on
PER_PROJECT = frozenset(("fixed_ips", "floating_ips"))  # a user has none of his own


class TooManyInstances(Forbidden):
    message = "Quota exceeded for {overs}: Requested {req}, but already used {used} of {allowed} {overs}"


class OverLimit(Forbidden):
    """What oslo.limit says, where Nova's quotas are Keystone's limits."""


class TooManyMetadataItems(Forbidden):
    message = "Maximum number of metadata items exceeds {allowed}"


class TooManyFiles(Forbidden):
    message = "Personality file limit exceeded"


class FilePathTooLong(Forbidden):
    message = "Personality file path exceeds maximum {allowed}"


class FileTooLong(Forbidden):
    message = "Personality file content exceeds maximum {allowed}"


class TooManyKeyPairs(Forbidden):
    message = "Quota exceeded, too many key pairs."


class TooManyServerGroups(Forbidden):
    message = "Quota exceeded, too many server groups."


class TooManyGroupMembers(Forbidden):
    message = "Quota exceeded, too many servers in group"


# --- limits ------------------------------------------------------------------------------------------------


def quota_id(project_id: str, user_id: str | None = None) -> str:
    """Where the limits of a project, or of a user in it, are kept."""
    return f"{project_id}/{user_id}" if user_id else project_id


def own_limits(cloud: Cloud, id: str) -> dict[str, int]:
    """The limits that are set at one place: `project`, `project/user` or `class:NAME`."""
    quota = cloud.store.find(Quota, id)
    return dict(quota.limits) if quota else {}


def default_limits(cloud: Cloud, quota_class: str = "default") -> dict[str, int]:
    """What holds where nothing else is set; the limits of another class rest on the same defaults."""
    if quota_unified.is_on(cloud):
        return quota_unified.limits(cloud, None, DEFAULTS)
    return {**DEFAULTS, **own_limits(cloud, f"class:{quota_class}")}


def limits(cloud: Cloud, project_id: str, user_id: str | None = None) -> dict[str, int]:
    """Every resource and its limit; -1 is no limit."""
    if quota_unified.is_on(cloud):
        return quota_unified.limits(cloud, project_id, DEFAULTS)
    found = {**default_limits(cloud), **own_limits(cloud, project_id)}
    return {**found, **own_limits(cloud, quota_id(project_id, user_id))} if user_id else found


def limit(cloud: Cloud, project_id: str, resource: str, user_id: str | None = None) -> int:
    """The limit of one resource; -1 is no limit."""
    return limits(cloud, project_id, user_id)[resource]


def set_limits(cloud: Cloud, id: str, changes: Amounts) -> None:
    """Set some limits at one place; the others stay."""
    cloud.store.put(Quota(id=id, limits=tuple({**own_limits(cloud, id), **changes}.items())))


def given_to_users(cloud: Cloud, project_id: str) -> dict[str, int]:
    """How much of each resource the project's users were promised."""
    given: dict[str, int] = {}
    for quota in cloud.store.by(Quota, "of_users", project_id):
        for resource, amount in quota.limits:
            given[resource] = given.get(resource, 0) + amount
    return given


# --- use ---------------------------------------------------------------------------------------------------


def usage(cloud: Cloud, project_id: str, user_id: str | None = None) -> tuple[int, int, int]:
    """Instances, cores and MiB of RAM of a project, or of a user in it."""
    name, key = ("user", (project_id, user_id)) if user_id else ("project", project_id)
    instances, cores, ram = cloud.store.total(Server, name, key) or (0, 0, 0)
    return instances, cores, ram


def groups_in_use(cloud: Cloud, project_id: str, user_id: str | None = None) -> int:
    if user_id:
        return cloud.store.count(ServerGroup, "user", (project_id, user_id))
    return cloud.store.count(ServerGroup, "project", project_id)


def in_use(cloud: Cloud, project_id: str, user_id: str | None = None) -> dict[str, int]:
    """What quota sets show as used; key pairs and group members are counted elsewhere and shown as 0."""
    shown = dict.fromkeys(DEFAULTS, 0)
    shown.update(zip(("instances", "cores", "ram"), usage(cloud, project_id, user_id), strict=True))
    shown["server_groups"] = groups_in_use(cloud, project_id, user_id)
    return shown


# --- checks: nothing, or a refusal in Nova's words ---------------------------------------------------------


def check_servers(
    cloud: Cloud, project_id: str, user_id: str, *, min_count: int, max_count: int, vcpus: int, ram: int,
    more: Amounts | None = None,
) -> int:  # fmt: skip
    """How many servers of a size may be made: as many as fit, if at least `min_count` do.

    `more` are the other resource classes that one takes, which only unified limits look at.
    """
    if quota_unified.is_on(cloud):
        return _check_unified_servers(cloud, project_id, min_count, max_count, vcpus, ram, more or {})
    # nova/compute/utils.py: check_num_instances_quota
    wanted = {"instances": max_count, "cores": max_count * vcpus, "ram": max_count * ram}
    over = _Over.find(cloud, project_id, user_id, wanted)
    if over is None:
        return max_count
    fits = over.fits(vcpus, ram)
    if 0 < fits < max_count and min_count <= fits:
        return check_servers(
            cloud, project_id, user_id, min_count=min_count, max_count=fits, vcpus=vcpus, ram=ram
        )
    count = str(min_count) if min_count == max_count else f"{min_count}-{max_count}"
    raise over.refusal({**wanted, "instances": count})


def check_resize(
    cloud: Cloud, project_id: str, user_id: str, old: Flavor, new: Flavor, more: Amounts | None = None
) -> None:
    """Only what grows is looked at; unified limits look at the whole new server."""
    if quota_unified.is_on(cloud):
        _check_unified_servers(cloud, project_id, 1, 1, new.vcpus, new.ram, more or {})
        return
    # nova/compute/api.py: _check_quota_for_upsize
    growth = {"cores": max(0, new.vcpus - old.vcpus), "ram": max(0, new.ram - old.ram)}
    over = _Over.find(cloud, project_id, user_id, growth) if any(growth.values()) else None
    if over is not None:
        raise over.refusal(growth)


def check_metadata(cloud: Cloud, project_id: str, count: int, user_id: str | None = None) -> None:
    if quota_unified.is_on(cloud):
        return _check_unified(cloud, "metadata_items", count)
    if not _within(cloud, project_id, user_id, "metadata_items", count):
        raise TooManyMetadataItems(allowed=limit(cloud, project_id, "metadata_items"))


def check_files(
    cloud: Cloud, project_id: str, files: Iterable[tuple[str, int]], user_id: str | None = None
) -> None:
    """Files to be put into a server: their paths, and how long each is."""
    files = list(files)
    longest = max((len(path) for path, _ in files), default=0)
    if quota_unified.is_on(cloud):
        _check_unified(cloud, "injected_files", len(files))
        _check_unified(cloud, "injected_file_path_bytes", longest)
        return _check_unified(cloud, "injected_file_content_bytes", max((size for _, size in files), default=0))
    if not _within(cloud, project_id, user_id, "injected_files", len(files)):
        raise TooManyFiles
    if not _within(cloud, project_id, user_id, "injected_file_path_bytes", longest):
        raise FilePathTooLong(allowed=limit(cloud, project_id, "injected_file_path_bytes"))
    largest = max((size for _, size in files), default=0)
    if not _within(cloud, project_id, user_id, "injected_file_content_bytes", largest):
        raise FileTooLong(allowed=limit(cloud, project_id, "injected_file_content_bytes"))


def check_key_pairs(cloud: Cloud, project_id: str, user_id: str, owner_id: str | None = None) -> None:
    """May there be one more?  The limit is the caller's, even where the pair is for another: `owner_id`."""
    count = cloud.store.count(KeyPair, "user", owner_id or user_id)
    if quota_unified.is_on(cloud):
        return _check_unified(cloud, "key_pairs", 1, count)
    if _above(_lower(cloud, project_id, user_id, "key_pairs"), count + 1):
        raise TooManyKeyPairs


def check_server_groups(cloud: Cloud, project_id: str, user_id: str) -> None:
    project, user = groups_in_use(cloud, project_id), groups_in_use(cloud, project_id, user_id)
    if quota_unified.is_on(cloud):
        return _check_unified(cloud, "server_groups", 1, project)
    if _above(limit(cloud, project_id, "server_groups"), project + 1) or _above(
        limit(cloud, project_id, "server_groups", user_id), user + 1
    ):
        raise TooManyServerGroups


def check_group_members(
    cloud: Cloud, project_id: str, user_id: str, group: ServerGroup, adding: int = 1
) -> None:
    """May so many more of the user's servers join?"""
    if quota_unified.is_on(cloud):  # whosever the servers are
        return _check_unified(cloud, "server_group_members", adding, len(group.members))
    members = (cloud.store.find(Server, id) for id in group.members)
    count = sum(1 for server in members if server and not server.deleted and server.user_id == user_id)
    if _above(_lower(cloud, project_id, user_id, "server_group_members"), count + adding):
        raise TooManyGroupMembers


def _check_unified_servers(
    cloud: Cloud, project_id: str, min_count: int, max_count: int, vcpus: int, ram: int, more: Amounts
) -> int:
    """The highest count that fits, down to `min_count`: of that one the refusal tells."""
    # nova/limit/placement.py: enforce_num_instances_and_resources
    used = dict(zip(("instances", "cores", "ram"), usage(cloud, project_id), strict=True))
    held = together(of_project(cloud, project_id)).amounts if more else {}
    used |= {name: held.get(name.removeprefix("class:"), 0) for name in more}

    def refusal(count: int) -> str | None:
        deltas = {"instances": count, "cores": count * vcpus, "ram": count * ram}
        deltas |= {name: count * amount for name, amount in more.items()}
        return quota_unified.refusal(cloud, project_id, used, deltas)

    if (refused := refusal(min_count)) is not None:
        raise OverLimit(reason=refused)
    fits, too_many = min_count, max_count + 1
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (fits, middle) if refusal(middle) else (middle, too_many)
    return fits


def _check_unified(cloud: Cloud, resource: str, delta: int, used: int = 0) -> None:
    """A limit that is the same for everybody."""
    refusal = quota_unified.refusal(cloud, None, {resource: used}, {resource: delta})
    if refusal is not None:
        raise OverLimit(reason=refusal)


def _above(limit: int, value: int) -> bool:
    return 0 <= limit < value


def _within(cloud: Cloud, project_id: str, user_id: str | None, resource: str, value: int) -> bool:
    """For resources that nobody sums up: the value alone must fit, for the project and for the user."""
    return not _above(limit(cloud, project_id, resource), value) and not _above(
        limit(cloud, project_id, resource, user_id), value
    )


def _lower(cloud: Cloud, project_id: str, user_id: str, resource: str) -> int:
    """For what is counted by user alone, Nova takes the lower number of the two, unlimited (-1) included."""
    return min(limit(cloud, project_id, resource), limit(cloud, project_id, resource, user_id))


class _Over:
    """Resources of which there would be too much, with the limits and the use that they would break.

    The project's limits are looked at first; once one resource is over the user's only, Nova tells the user's
    numbers for all of them.
    """

    def __init__(self, resources: list[str], limits: Amounts, used: Amounts) -> None:
        self.resources, self.limits, self.used = resources, limits, used

    @classmethod
    def find(cls, cloud: Cloud, project_id: str, user_id: str, wanted: Amounts) -> _Over | None:
        # nova/quota.py: limit_check_project_and_user
        limits_of_project, limits_of_user = limits(cloud, project_id), limits(cloud, project_id, user_id)
        used_by_project, used_by_user = in_use(cloud, project_id), in_use(cloud, project_id, user_id)
        project = {r for r, n in wanted.items() if _above(limits_of_project[r], used_by_project[r] + n)}
        user = {r for r, n in wanted.items() if _above(limits_of_user[r], used_by_user[r] + n)} - project
        if user:
            return cls(sorted(user | project), limits_of_user, used_by_user)
        return cls(sorted(project), limits_of_project, used_by_project) if project else None

    def fits(self, vcpus: int, ram: int) -> int:
        """For how many more servers of a size there is room; unlimited instances count as none, as in Nova."""
        counts = [self.limits["instances"] - self.used["instances"]]
        for resource, size in ("cores", vcpus), ("ram", ram):
            if size and self.limits[resource] != UNLIMITED:
                counts.append((self.limits[resource] - self.used[resource]) // size)
        return min(counts)

    def refusal(self, wanted: Mapping[str, int | str]) -> TooManyInstances:
        def words(amounts: Mapping[str, int | str]) -> str:
            return ", ".join(str(amounts[resource]) for resource in self.resources)

        overs = ", ".join(self.resources)
        return TooManyInstances(
            overs=overs, req=words(wanted), used=words(self.used), allowed=words(self.limits)
        )
