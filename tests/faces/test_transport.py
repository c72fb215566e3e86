"""`requests` without a socket."""

from io import BytesIO

import pytest
import requests

from fakecompute import Cloud
from fakecompute.faces.transport import ADDRESS, InProcess


@pytest.fixture
def session(cloud):
    with requests.Session() as session:
        session.mount(ADDRESS, InProcess({"": cloud, "west": Cloud(release="zed")}))
        yield session


def test_an_answer_is_like_any_other(session):
    answer = session.get(f"{ADDRESS}/compute")
    assert (answer.status_code, answer.reason, answer.ok) == (200, "OK", True)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["versions"]


def test_links_lead_back(session):
    link = session.get(f"{ADDRESS}/compute").json()["versions"][1]["links"][0]["href"]
    assert link == f"{ADDRESS}/compute/v2.1/"
    assert session.get(link).ok


def test_several_clouds_are_told_apart(session):
    assert session.get(f"{ADDRESS}/clouds/west/compute").json()["versions"][1]["version"] == "2.93"
    assert session.get(f"{ADDRESS}/clouds/east/compute").status_code == 404


def test_what_is_streamed_arrives(session):
    with session.get(f"{ADDRESS}/compute", stream=True) as answer:
        assert b"".join(answer.iter_content(7)) == session.get(f"{ADDRESS}/compute").content


@pytest.mark.parametrize("body", [b"abc", "abc", BytesIO(b"abc"), iter([b"a", b"bc"])], ids=lambda body: type(body).__name__)
def test_a_body_of_any_kind_arrives(http, session, body):
    new = {"name": "mine", "disk_format": "raw", "container_format": "bare"}
    image = f"/image/v2/images/{http.post('/image/v2/images', json=new).json['id']}/file"
    headers = {"X-Auth-Token": http.token.id, "Content-Type": "application/octet-stream"}
    assert session.put(ADDRESS + image, data=body, headers=headers).status_code == 204
    assert http.get(image).content == b"abc"
