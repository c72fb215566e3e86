"""The journal: lines of JSON without secrets."""

from io import StringIO

import orjson

from fakecompute.kernel.journal import Journal, scrub


def test_the_first_line_is_the_header():
    assert [orjson.loads(line) for line in Journal(seed=7).lines] == [{"seed": 7}]


def test_a_file_gets_the_lines_and_memory_does_not():
    file = StringIO()
    journal = Journal(file, seed=7)
    journal.write({"status": 200})
    assert file.getvalue() == '{"seed":7}\n{"status":200}\n'
    assert journal.lines == []


def test_keys_are_in_order_for_lines_to_be_compared():
    journal = Journal()
    journal.write({"b": 1, "a": 2})
    assert journal.lines[-1] == b'{"a":2,"b":1}'


def test_secrets_are_scrubbed_wherever_they_stand():
    body = {"auth": {"identity": [{"password": {"user": {"name": "demo", "password": "secret"}}}]}}
    assert scrub(body) == {
        "auth": {"identity": [{"password": {"user": {"name": "demo", "password": "***"}}}]}
    }


def test_secrets_are_known_in_every_case():
    assert scrub({"server": {"adminPass": "hush", "name": "web"}}) == {
        "server": {"adminPass": "***", "name": "web"}
    }
