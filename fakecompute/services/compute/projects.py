"""Where Nova asks Keystone whether there is such a project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.identity import Project
from fakecompute.errors import BadRequest

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class NoSuchProject(BadRequest):
    message = "Project ID {id} is not a valid project."


def demand_project(cloud: Cloud, id: str) -> None:
    """NoSuchProject unless there is one."""
    # nova/api/openstack/identity.py: verify_project_id
    if cloud.store.find(Project, id) is None:
        raise NoSuchProject(id=id)
