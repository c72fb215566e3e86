"""Limits of projects, as a definition gives them."""

from __future__ import annotations

import pytest

from fakecompute import Cloud
from fakecompute.domain.volume.quota import Use, limits, usage
from fakecompute.errors import BadDefinition
from tests.domain.volume.making import backup, project, volume

DEFAULT = {"extends": "default"}


def test_a_definition_gives_limits_by_the_names_of_projects():
    cloud = Cloud({**DEFAULT, "volume_quotas": {"demo": {"volumes": 2, "gigabytes_multiattach": 5}}})
    assert (limits(cloud, project(cloud))["volumes"], limits(cloud, project(cloud, "admin"))["volumes"]) == (2, 10)
    assert limits(cloud, project(cloud))["gigabytes_multiattach"] == 5


@pytest.mark.parametrize(
    ("quotas", "mistake"),
    [
        ({"nobody": {"volumes": 2}}, "volume_quotas: there is no project 'nobody'"),
        ({"demo": {"colours": 2}}, "volume_quotas.demo.colours: there is no such limit"),
        ({"demo": {"volumes_fast": 2}}, "volume_quotas.demo.volumes_fast: there is no such limit"),
    ],
)
def test_a_definition_names_projects_and_limits_that_there_are(quotas, mistake):
    with pytest.raises(BadDefinition, match=mistake):
        Cloud({**DEFAULT, "volume_quotas": quotas})


def test_use_is_counted_by_type_and_for_backups(cloud):
    made = volume(cloud, 3, volume_type_id=None)
    backup(cloud, made)
    used = usage(cloud, project(cloud))
    assert (used["gigabytes"], used["gigabytes_multiattach"]) == (Use(3), Use(0))
    assert (used["backups"], used["backup_gigabytes"]) == (Use(1), Use(3))
