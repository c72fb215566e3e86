"""Images to try things on."""

from collections.abc import Callable

import pytest

from fakecompute.wsgi.client import Http

IMAGES = "/image/v2/images"


@pytest.fixture
def new_image(http: Http) -> Callable[..., str]:
    """`new_image(name="a")`: the id of a queued image of demo's, or of whoever's client is given."""

    def make(client: Http = http, **fields: object) -> str:
        body = {"disk_format": "raw", "container_format": "bare", **fields}
        answer = client.post(IMAGES, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    return make


@pytest.fixture
def active_image(http: Http, new_image: Callable[..., str]) -> Callable[..., str]:
    """The same, with five bytes in it."""

    def make(client: Http = http, **fields: object) -> str:
        image_id = new_image(client, **fields)
        path = f"{IMAGES}/{image_id}/file"
        answer = client.put(path, content=b"hello", headers={"Content-Type": "application/octet-stream"})
        assert answer.status_code == 204, answer.text
        return image_id

    return make
