"""How clients are told where a cloud is."""

import pytest

from fakecompute import Cloud
from fakecompute.faces.environment import entries, write_clouds_yaml

URL = "http://127.0.0.1:8774"


def test_the_usual_users_have_entries():
    assert {name: login.username for name, login in entries({"": Cloud()}, URL).items()} == {
        "fakecompute": "demo",
        "fakecompute-admin": "admin",
        "fakecompute-alt": "alt_demo",
    }


def test_further_clouds_are_called_by_their_names():
    found = entries({"": Cloud(), "west": Cloud()}, URL)
    assert found["west-admin"].auth_url == f"{URL}/clouds/west/identity/v3"


def test_a_cloud_without_the_usual_users_has_an_entry_all_the_same():
    own = Cloud({"projects": [{"name": "p"}], "users": [{"name": "me", "password": "x", "projects": {"p": ["member"]}}]})
    [(name, login)] = entries({"": own}, URL).items()
    assert (name, login.username, login.password, login.project_name) == ("fakecompute", "me", "x", "p")


def test_the_file_of_others_is_left_alone(tmp_path):
    path = tmp_path / "clouds.yaml"
    path.write_bytes(b"\xff")
    with pytest.raises(FileExistsError, match="was not written by fakecompute"):
        write_clouds_yaml(path, {})
    assert path.read_bytes() == b"\xff"
