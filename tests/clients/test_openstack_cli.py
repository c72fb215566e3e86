"""The `openstack` command: servers and what they need, from login to logout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.clients import command
from tests.clients.command import documents, openstack

IMAGE = "cirros-0.6.3-x86_64-disk"
CREATE = f"server create --flavor m1.tiny --image {IMAGE} --network private"

# --- a session from login to logout: what each line shows goes by the name before it

SESSION = f"""
    token           token issue
    catalog         catalog list
    flavors         flavor list
    images          image list
    networks        network list
    key             keypair create mine --public-key key.pub
    built           {CREATE} --key-name mine --user-data user-data --wait web
    shown           server show web
    -               {CREATE} --wait other
    by name         server list --name we
    by status       server list --status SHUTOFF
    -               server stop web
    stopped         server show web -c status
    stopped ones    server list --status SHUTOFF
    -               server start web
    started         server show web -c status
    -               server reboot --wait web
    -               server resize --flavor m1.small --wait web
    resized         server show web -c status
    -               server resize confirm web
    confirmed       server show web -c status -c flavor
    -               server lock web
    locked          server show web -c locked
    -               server unlock web
    -               server set --property color=red --property size=small web
    set             server show web -c properties
    -               server unset --property color web
    unset           server show web -c properties
    events          server event list web
    -               server delete --wait web other
    left            server list
"""
PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9RPFOnmFWVSYO2yyB4bC1ZSCvbqPrZqL5bUv6Wn4Zq mine"
USER_DATA = "#!/bin/sh\necho hello\n"


@pytest.fixture(scope="module")
def session(home: Path) -> dict[str, Any]:
    (home / "key.pub").write_text(PUBLIC_KEY)
    (home / "user-data").write_text(USER_DATA)
    return command.session(home, SESSION)


def test_nothing_goes_wrong(session):
    assert session["errors"].strip() == ""


def test_it_logs_in(session):
    assert session["token"]["id"].startswith("gAAAAAB")


def test_it_finds_the_services(session):
    types = {entry["Name"]: entry["Type"] for entry in session["catalog"]}
    assert types.items() >= {
        ("keystone", "identity"),
        ("nova", "compute"),
        ("glance", "image"),
        ("neutron", "network"),
    }


def test_it_lists_flavors_images_and_networks(session):
    assert "m1.tiny" in [flavor["Name"] for flavor in session["flavors"]]
    assert IMAGE in [image["Name"] for image in session["images"]]
    assert "private" in [network["Name"] for network in session["networks"]]


def test_it_imports_a_key(session):
    assert session["key"]["name"] == "mine"
    assert session["key"]["type"] == "ssh"


def test_it_waits_for_a_server_to_be_built(session):
    built = session["built"]
    assert (built["status"], built["name"]) == ("ACTIVE", "web")
    assert list(built["addresses"]) == ["private"]
    assert built["adminPass"]


def test_a_server_has_its_flavor_image_and_key(session):
    shown = session["shown"]
    assert shown["flavor"]["name"] == "m1.tiny"
    assert shown["image"].startswith(IMAGE)
    assert shown["key_name"] == "mine"


def test_it_lists_with_filters(session):
    assert [server["Name"] for server in session["by name"]] == ["web"]
    assert session["by status"] == []
    assert [server["Name"] for server in session["stopped ones"]] == ["web"]


def test_it_stops_and_starts(session):
    assert session["stopped"] == {"status": "SHUTOFF"}
    assert session["started"] == {"status": "ACTIVE"}


def test_it_resizes_and_confirms(session):
    assert session["resized"] == {"status": "VERIFY_RESIZE"}
    assert session["confirmed"]["status"] == "ACTIVE"
    assert session["confirmed"]["flavor"]["name"] == "m1.small"


def test_it_locks(session):
    assert session["locked"] == {"locked": True}


def test_it_sets_and_unsets_metadata(session):
    assert session["set"] == {"properties": {"color": "red", "size": "small"}}
    assert session["unset"] == {"properties": {"size": "small"}}


def test_it_tells_what_happened_the_latest_first(session):
    assert [event["Action"] for event in session["events"]] == [
        "unlock", "lock", "confirmResize", "resize", "reboot", "start", "stop", "create",
    ]  # fmt: skip


def test_it_waits_for_servers_to_be_gone(session):
    assert session["left"] == []


# --- what goes wrong, in the words of the services


def test_a_wrong_password_is_refused(home):
    done = openstack(home, "--os-password", "wrong", "token", "issue")
    assert done.returncode == 1
    assert "The request you have made requires authentication. (HTTP 401) (Request-ID: req-" in done.stderr


def test_an_unknown_flavor_is_refused(home):
    done = openstack(home, *CREATE.replace("m1.tiny", "m1.gigantic").split(), "web")
    assert done.returncode == 1
    assert "No Flavor found for m1.gigantic" in done.stderr


def test_more_than_the_quota_is_refused(home):
    done = openstack(home, *CREATE.split(), "--min", "11", "--max", "11", "web", user="fakecompute-alt")
    assert done.returncode == 1
    assert "403" in done.stderr
    assert "Quota exceeded for instances: Requested 11, but already used 0 of 10 instances" in done.stderr


def test_a_server_that_fits_nowhere_is_an_error_that_says_so(home):
    admin = "flavor create huge --ram 300000 --disk 1 --vcpus 1 -f json\nquota set --ram 1000000 alt_demo\n"
    assert openstack(home, input=admin, user="fakecompute-admin").stderr.strip() == ""
    create = CREATE.replace("m1.tiny", "huge")
    done = openstack(
        home, input=f"{create} --wait big\nserver show big -c status -c fault -f json", user="fakecompute-alt"
    )
    assert "Error creating server: big" in done.stderr + done.stdout
    (shown,) = documents(done.stdout)
    assert shown["status"] == "ERROR"
    assert shown["fault"]["code"] == 500
    assert shown["fault"]["message"] == "No valid host was found. There are not enough hosts available."
