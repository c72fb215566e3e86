"""The bodies of requests on their way in: JSON, types, limits, compression, chunks.

Expectations are Nova's, observed: Compute's flavors are the example.
"""

import gzip
from io import BytesIO
from typing import Any

import orjson
import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from fakecompute.wsgi.app import app
from fakecompute.wsgi.many import bind

FLAVORS = "/compute/v2.1/flavors"
NEW = {"flavor": {"name": "new", "ram": 512, "vcpus": 1, "disk": 1}}


@pytest.fixture
def admin(http):
    return http.as_("admin")


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 10_000 + b"]" * 10_000, b'{"a": NaN}'])
def test_a_body_that_is_no_json_is_malformed(admin, content):
    answer = admin.post(FLAVORS, content=content)
    assert answer.status_code == 400
    assert message(answer) == "Malformed request body"


@pytest.mark.parametrize("content", [b"", b"null"])
def test_no_body_is_none(admin, content):
    assert message(admin.post(FLAVORS, content=content)) == "None is not of type 'object'"


def test_a_body_of_another_type_is_refused(admin):
    headers = {"Content-Type": "application/xml"}
    answer = admin.post(FLAVORS, content=b"<flavor/>", headers=headers)
    assert answer.status_code == 415
    assert answer.json == {"badMediaType": {"code": 415, "message": "Unsupported Content-Type"}}


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/json; charset=UTF-8", "Application/JSON"]
)
def test_json_goes_by_several_types(admin, content_type):
    answer = admin.post(FLAVORS, content=orjson.dumps(NEW), headers={"Content-Type": content_type})
    assert answer.status_code == 200


def test_a_body_past_the_limit_is_refused_by_the_middleware(admin):
    answer = admin.post(FLAVORS, content=b" " * 114_689, headers={"Accept": "*/*"})
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


def test_a_body_may_be_as_long_as_the_limit(admin):
    content = orjson.dumps(NEW)
    assert admin.post(FLAVORS, content=content + b" " * (114_688 - len(content))).status_code == 200


def test_what_a_get_brings_along_is_not_looked_at(http):
    assert (
        http.get(FLAVORS, content=b"{broken", headers={"Content-Type": "application/json"}).status_code == 200
    )


def test_a_compressed_body_is_read(admin):
    packed = gzip.compress(orjson.dumps(NEW))
    assert admin.post(FLAVORS, content=packed, headers={"Content-Encoding": "gzip"}).status_code == 200


def test_a_gzip_bomb_is_too_large(admin):
    bomb = gzip.compress(b" " * 10_000_000)
    assert admin.post(FLAVORS, content=bomb, headers={"Content-Encoding": "gzip"}).status_code == 413


def test_broken_gzip_is_malformed(admin):
    answer = admin.post(FLAVORS, content=b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"})
    assert message(answer) == "Malformed request body"


class Chunks:
    """The body of a chunked request as a server gives it; `broken` is what it raises at the end."""

    def __init__(self, raw, broken=None):
        self.left, self.broken = BytesIO(raw), broken

    def read(self, size=-1):
        piece = self.left.read(size)
        if not piece and self.broken:
            raise self.broken
        return piece


def sent(admin, **environ):
    """(status, body) of a POST to the flavors, with other values in its environ."""
    token: dict[str, Any] = {"HTTP_X_AUTH_TOKEN": admin.token.id}
    made = EnvironBuilder(method="POST", path=FLAVORS).get_environ()
    chunks, status, _ = run_wsgi_app(bind(app(), admin.cloud), made | token | environ)
    return status, b"".join(chunks)


def chunked(admin, stream):
    return sent(admin, **{"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": stream})


def test_a_chunked_body_is_read(admin):
    assert chunked(admin, Chunks(orjson.dumps(NEW)))[0] == "200 OK"


def test_a_chunked_body_past_the_limit_is_refused_and_read_to_its_end(admin):
    stream = Chunks(b" " * 500_000)
    assert chunked(admin, stream)[0].startswith("413 ")
    assert stream.read() == b""


def test_broken_chunks_are_malformed(admin):
    status, body = chunked(admin, Chunks(b"", broken=ValueError("Bad chunked transfer size")))
    assert status.startswith("400 ")
    assert b'"Malformed request body"' in body


@pytest.mark.parametrize("length", ["", "-1", "abc", "\u00b2"])
def test_a_length_that_is_no_number_is_none(admin, length):
    status, body = sent(admin, **{"CONTENT_LENGTH": length, "wsgi.input": BytesIO(orjson.dumps(NEW))})
    assert status.startswith("400 ")
    assert b"None is not of type 'object'" in body


@pytest.mark.parametrize(("length", "status"), [("9" * 30, "413"), ("9" * 5000, "400")])
def test_a_length_past_all_bodies_is_refused(admin, length, status):
    assert sent(admin, CONTENT_LENGTH=length)[0].startswith(status)


def test_a_body_shorter_than_its_length_is_malformed(admin):
    status, body = sent(admin, **{"CONTENT_LENGTH": "1000", "wsgi.input": BytesIO(orjson.dumps(NEW))})
    assert status.startswith("400 ")
    assert b'"Malformed request body"' in body
