"""`events`: what a scenario lets happen by itself."""

from __future__ import annotations

from textwrap import dedent

import pytest

from fakecompute.domain.records.compute import Host
from fakecompute.errors import BadDefinition
from fakecompute.scenario.load import load


def scenario(tmp_path, text):
    path = tmp_path / "my.yaml"
    path.write_text(dedent(text))
    return load(path)


def test_things_happen_at_their_time(tmp_path):
    cloud = scenario(
        tmp_path,
        """\
        events:
          - {at: 90s, host_down: compute-1}
          - {at: 5m, host_up: {host: compute-1}}
          - {at: 1m, set_quota: {project: demo, instances: 2, volumes: 3}}
          - {at: 10s, message_queue_down: true}
        """,
    ).cloud()

    def reporting():
        return cloud.store.one(Host, "name", "compute-1").reporting

    cloud.advance(89)
    assert reporting()
    cloud.advance(2)
    assert not reporting()
    cloud.advance(300)
    assert reporting()


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("{at: 90s, host_donw: compute-1}",
         "events[0].host_donw: there is no kind of event 'host_donw'; did you mean 'host_down'?"),
        ("{host_down: compute-1}", "events[0]: 'at' is missing"),
        ("{at: soon, host_down: compute-1}",
         "events[0].at: must be a duration: 8s, 300ms, 10m, 2h, 1d or a number of seconds"),
        ("host_down", "events[0]: must be a mapping: {at: 90s, host_down: compute-1}"),
        ("{at: 1s, host_down: {hots: compute-1}}", "events[0].host_down: 'host' is missing"),
        ("{at: 1s, set_quota: {project: demo, instnaces: 2}}",
         "events[0].set_quota.instnaces: there is no such key; did you mean 'instances'?"),
        ("{at: 1s, set_quota: {project: demo, instances: many}}",
         "events[0].set_quota.instances: must be a whole number"),
        ("{at: 1s, volume_reset: {volume: data, status: eror}}",
         "events[0].volume_reset.status: there is no status of a volume 'eror'; did you mean 'error'?"),
        ("{at: 1s, message_queue_down: now}", "events[0].message_queue_down: is told nothing more: say true"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_event_is_found(tmp_path, event, said):
    with pytest.raises(BadDefinition) as caught:
        scenario(tmp_path, f"events: [{event}]")
    assert said in [mistake.partition(": ")[2] for mistake in caught.value.mistakes]


def test_an_event_says_one_thing(tmp_path):
    with pytest.raises(BadDefinition, match="must say one thing that happens"):
        scenario(tmp_path, "events: [{at: 1s, host_down: a, host_up: b}]")
