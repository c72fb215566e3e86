"""What a test does to its cloud: handles of faults, of parts that go down and come back, and of quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from fakecompute.domain import network_quotas, quota
from fakecompute.domain.faults import Rule
from fakecompute.domain.happenings import HAPPENINGS
from fakecompute.domain.records.identity import Project
from fakecompute.domain.volume import quota as volume_quota
from fakecompute.scenario.written import fault_of

if TYPE_CHECKING:
    from fakecompute.faces.testing.cloud import TestCloud


class Fault:
    """A rule of a test's cloud; as a context manager it is there for the block alone."""

    def __init__(self, cloud: TestCloud, id: str) -> None:
        self._cloud, self.id = cloud, id
        self._last = cloud.store.get(Rule, id)

    @property
    def rule(self) -> Rule:
        """As it is, or as it was when it was removed."""
        self._last = self._cloud.store.find(Rule, self.id) or self._last
        return self._last

    @property
    def name(self) -> str:
        return self.rule.name

    @property
    def matched(self) -> int:
        """How many calls or steps fitted."""
        return self.rule.matched

    @property
    def hits(self) -> int:
        """How many of them it struck."""
        return self.rule.fired

    def remove(self) -> None:
        rule = self.rule
        with self._cloud.lock:
            if self._cloud.store.find(Rule, self.id) is not None:
                self._cloud.store.drop(rule)
                self._cloud.removed(rule)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<fault {fault_of(self.rule)}, hit {self.hits} of {self.matched}>"


class Part:
    """A host, a zone, an endpoint: something that goes down and comes back, as events of a scenario do."""

    def __init__(self, cloud: TestCloud, kind: str, name: str | None = None, called: str | None = None) -> None:
        self._cloud, self._kind, self.name = cloud, kind, name
        self._told: dict[str, Any] = {} if name is None else {called or kind: name}

    def down(self, **more: Any) -> Self:
        return self._happen("down", more)

    def up(self) -> Self:
        return self._happen("up", {})

    def __getattr__(self, name: str) -> Any:
        """Whatever else happens to its kind: `host.disabled(reason="maintenance")`; of a host, its record's fields."""
        if f"{self._kind}_{name}" in HAPPENINGS:
            return lambda **more: self._happen(name, more)
        if self._kind == "host" and not name.startswith("__"):
            return getattr(self._cloud.hosts[str(self.name)], name)
        raise AttributeError(f"nothing of the kind {name!r} happens to a {self._kind}")

    def set_capacity(self, **amounts: int) -> Self:
        """`vcpus`, `ram` (MiB), `disk` (GiB) of a host; what is on it stays."""
        self._cloud.happen("set_capacity", **self._told, **amounts)
        return self

    def _happen(self, what: str, more: dict[str, Any]) -> Self:
        self._cloud.happen(f"{self._kind}_{what}", **self._told, **more)
        return self

    def __repr__(self) -> str:
        return f"<{self._kind} {self.name or ''}>"


class Quota:
    """Limits of a project, set at once; as a context manager they are what they were after the block."""

    def __init__(self, cloud: TestCloud, project: str, limits: dict[str, int]) -> None:
        self._cloud, self._project = cloud, project
        owner = cloud.store.one(Project, "name", ("default", project))
        known = _limits(cloud, owner.id) if owner is not None else {}
        self._before = {name: known[name] for name in limits if name in known}
        cloud.happen("set_quota", project=project, **limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._cloud.happen("set_quota", project=self._project, **self._before)


def _limits(cloud: TestCloud, project_id: str) -> dict[str, int]:
    """All that a project may have, in Nova, Neutron and Cinder."""
    return {
        **volume_quota.limits(cloud, project_id),
        **network_quotas.limits_of(cloud, project_id),
        **quota.limits(cloud, project_id),
    }
