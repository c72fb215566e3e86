"""/os-baremetal-nodes, where there is no Ironic."""

import pytest

NODES = "/compute/v2.1/os-baremetal-nodes"


@pytest.fixture
def admin(http):
    return http.as_("admin")


def refusal(answer):
    (fault,) = answer.json.values()
    return answer.status_code, fault["message"]


@pytest.mark.parametrize("path", [NODES, f"{NODES}/1"])
def test_there_is_nobody_to_ask(admin, path):
    assert refusal(admin.get(path)) == (501, "Ironic client unavailable, cannot access Ironic.")


def test_admins_alone_are_told(http):
    assert http.get(NODES).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "command"),
    [
        ("POST", NODES, {"node": {}}, "node-create"),
        ("DELETE", f"{NODES}/1", None, "node-delete"),
        ("POST", f"{NODES}/1/action", {"add_interface": {}}, "port-create"),
        ("POST", f"{NODES}/1/action", {"remove_interface": {}}, "port-delete"),
    ],
)
def test_nodes_are_ironics(http, method, path, body, command):
    words = f"Command not supported. Please use Ironic command {command} to perform this action."
    assert refusal(http.request(method, path, json=body)) == (400, words)


def test_they_are_gone_in_2_36(admin):
    assert refusal(admin.get(NODES, version="2.36")) == (404, "The resource could not be found.")
