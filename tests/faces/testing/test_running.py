"""A cloud for a block or a function, outside of pytest's fixtures."""

import os
import time

import openstack
import pytest
import requests

import fakecompute
from fakecompute import BadDefinition
from fakecompute.faces.testing.running import new_cloud


def test_a_block_has_a_cloud_that_clients_find():
    with fakecompute.running() as cloud, openstack.connect() as connection:
        assert connection.current_project.name == "demo"
        assert cloud.calls("identity.create_token")


def test_it_lives_in_the_clouds_time():
    with fakecompute.running() as cloud:
        time.sleep(3600)
        assert cloud.elapsed == 3600
        assert time.time() == cloud.reading() / 1_000_000


def test_it_may_live_in_the_machines():
    with fakecompute.running(shares_time=False) as cloud:
        assert time.time() > cloud.reading() / 1_000_000 + 86_400


def test_all_is_as_it_was_afterwards():
    before = dict(os.environ), time.sleep, time.time, requests.adapters.HTTPAdapter.send
    with fakecompute.running():
        assert os.environ["OS_CLOUD"] == "fakecompute"
    assert (dict(os.environ), time.sleep, time.time, requests.adapters.HTTPAdapter.send) == before


def test_also_after_an_error():
    before = dict(os.environ), time.sleep
    with pytest.raises(ZeroDivisionError), fakecompute.running():
        raise ZeroDivisionError
    assert (dict(os.environ), time.sleep) == before


def test_a_function_gets_a_cloud_for_each_call():
    @fakecompute.running(release="zed")
    def names(word, cloud):
        return word, cloud.release.code, cloud

    (word, code, first), (*_, second) = names("a"), names("b")
    assert (word, code) == ("a", "zed")
    assert first is not second


def test_a_function_need_not_ask_for_it():
    @fakecompute.running()
    def project():
        with openstack.connect() as connection:
            return connection.current_project.name

    assert project() == "demo"


def test_a_scenario_and_options_make_it():
    with fakecompute.running("bad-minute", seed=7, settings={"max_limit": 3}) as cloud:
        assert [fault.name for fault in cloud.faults] == ["a bad minute"]
        assert (cloud.streams.seed, cloud.settings.max_limit) == (7, 3)


def test_two_of_one_kind_are_apart():
    one, other = new_cloud("bad-minute"), new_cloud("bad-minute")
    one.host("compute-1").down()
    assert other.hosts["compute-1"].status == "up"


def test_a_file_that_has_changed_is_read_again(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("seed: 1")
    os.utime(path, ns=(1, 1))
    assert new_cloud(path).streams.seed == 1
    path.write_text("seed: 2")
    os.utime(path, ns=(2, 2))
    assert new_cloud(path).streams.seed == 2


def test_mistakes_are_told():
    with pytest.raises(BadDefinition, match="did you mean 'bad-minute'"), fakecompute.running("bad-minut"):
        pass
    with pytest.raises(TypeError, match="sede"), fakecompute.running(sede=1):
        pass


def test_a_cloud_in_a_cloud_is_another():
    with fakecompute.running() as outer, fakecompute.running(seed=5) as inner:
        with openstack.connect() as connection:
            connection.compute.create_keypair(name="mine")
        assert "mine" in inner.keypairs
        assert "mine" not in outer.keypairs
