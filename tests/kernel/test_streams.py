"""Named streams: repeatable, apart from each other, and in the forms that OpenStack uses."""

import uuid

from fakecompute.kernel.streams import Streams


def test_the_same_seed_gives_the_same_values():
    assert Streams(7).uuid("server") == Streams(7).uuid("server")


def test_another_seed_gives_other_values():
    assert Streams(7).uuid("server") != Streams(8).uuid("server")


def test_each_draw_is_another():
    streams = Streams()
    assert len({streams.uuid("server") for _ in range(100)}) == 100


def test_a_name_does_not_disturb_another():
    alone, together = Streams(), Streams()
    together.uuid("port")
    together.number("ticket")
    assert alone.uuid("server") == together.uuid("server")


def test_a_fork_goes_on_with_the_same_values_and_a_count_of_its_own():
    streams = Streams()
    streams.uuid("server")
    twin = streams.fork()
    assert twin.uuid("server") == streams.uuid("server")
    twin.uuid("server")
    assert (twin.counts(), streams.counts()) == ({"server": 3}, {"server": 2})


def test_numbers_are_counted_from_one():
    streams = Streams()
    assert [streams.number("ticket") for _ in range(3)] == [1, 2, 3]


def test_a_uuid_is_one_of_version_4():
    parsed = uuid.UUID(Streams().uuid("server"))
    assert (parsed.version, parsed.variant) == (4, uuid.RFC_4122)


def test_hexadecimal_digits_have_the_length_that_was_asked_for():
    streams = Streams()
    assert len(streams.hex("project")) == 32
    assert len(streams.hex("odd", 7)) == 7
    assert int(streams.hex("project"), 16) >= 0


def test_a_secret_has_no_letters_that_look_alike():
    secret = "".join(Streams().secret(f"password {number}", 64) for number in range(20))
    assert not set(secret) & set("IlO01")


def test_a_token_looks_like_a_fernet_token():
    token = Streams().token("token")
    assert token.startswith("gAAAAAB")
    assert "=" not in token


def test_uniform_draws_are_in_their_interval():
    streams = Streams()
    draws = [streams.uniform("dice") for _ in range(1000)]
    assert min(draws) >= 0
    assert max(draws) < 1
    assert 0.4 < sum(draws) / len(draws) < 0.6


def test_a_draw_by_place_has_no_memory():
    streams = Streams()
    assert streams.uniform_at("step", 1) == streams.uniform_at("step", 1)
    assert streams.uuid_at("flavor", "m1.tiny") == streams.uuid_at("flavor", "m1.tiny")
    assert streams.counts() == {}


def test_places_are_told_apart():
    streams = Streams()
    assert streams.uuid_at("a", "b") != streams.uuid_at("ab")
    assert streams.uniform_at("step", 1) != streams.uniform_at("step", "1")


def test_normal_draws_are_around_zero():
    streams = Streams()
    draws = [streams.normal_at("step", number) for number in range(1000)]
    assert abs(sum(draws) / len(draws)) < 0.2
    assert 0.8 < sum(draw * draw for draw in draws) / len(draws) < 1.2


def test_the_extremes_of_a_hash_are_inside_the_intervals(monkeypatch):
    streams = Streams()
    for extreme in b"\x00", b"\xff":
        monkeypatch.setattr(Streams, "_bytes", lambda self, name, size=16, e=extreme: e * size)
        monkeypatch.setattr(Streams, "_bytes_at", lambda self, *place, size=8, e=extreme: e * size)
        assert 0 <= streams.uniform("dice") < 1
        assert 0 < streams.uniform_at("step") < 1
        assert abs(streams.normal_at("step")) < 10
