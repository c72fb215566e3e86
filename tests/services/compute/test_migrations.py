"""/os-migrations; what a real Nova answered to the same requests is in tests/conformance/asked/migrations.yaml."""

import pytest

from fakecompute.domain.records.compute import Flavor, Host
from fakecompute.domain.records.server import Migration, Server
from fakecompute.domain.servers import boot

MIGRATIONS = "/compute/v2.1/os-migrations"


@pytest.fixture
def admin(http):
    return http.as_("admin", "demo")


@pytest.fixture
def server(cloud):
    id = boot(cloud, name="web").id
    cloud.settle()
    return cloud.store.get(Server, id)


def act(admin, server, version="2.30", **action):
    answer = admin.post(f"/compute/v2.1/servers/{server.id}/action", json=action, version=version)
    assert answer.status_code < 300, answer.text


def listed(admin, query="", version="2.80"):
    return admin.get(f"{MIGRATIONS}{query}", version=version).json["migrations"]


def resize(admin, cloud, server):
    act(admin, server, resize={"flavorRef": "84"})
    cloud.settle()


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("2.22", set()),
        ("2.23", {"migration_type"}),
        ("2.59", {"migration_type", "uuid"}),
        ("2.80", {"migration_type", "uuid", "user_id", "project_id"}),
    ],
)
def test_what_is_shown(admin, cloud, server, version, more):
    resize(admin, cloud, server)
    (shown,) = listed(admin, version=version)
    assert shown.keys() == more | {
        "id", "instance_uuid", "status", "source_compute", "source_node", "dest_compute", "dest_node", "dest_host",
        "old_instance_type_id", "new_instance_type_id", "created_at", "updated_at",
    }  # fmt: skip


def test_flavors_are_numbers(admin, cloud, server):
    resize(admin, cloud, server)
    (shown,) = listed(admin)
    assert shown["old_instance_type_id"] == server.flavor.number
    assert shown["new_instance_type_id"] == cloud.store.get(Flavor, "84").number


def test_the_number_of_a_flavor_outlives_it(admin, cloud, server):
    number = cloud.store.get(Flavor, "84").number
    resize(admin, cloud, server)
    admin.delete("/compute/v2.1/flavors/84")
    (shown,) = listed(admin)
    assert shown["new_instance_type_id"] == number


def test_the_address_is_that_of_the_host_it_went_to(admin, cloud, server):
    resize(admin, cloud, server)
    (shown,) = listed(admin)
    assert shown["dest_host"] == cloud.store.one(Host, "name", shown["dest_compute"]).ip


def test_a_live_migration_under_way_has_links(admin, cloud, server):
    act(admin, server, **{"os-migrateLive": {"host": None, "block_migration": "auto"}})
    while listed(admin)[0]["status"] != "running":
        cloud.advance(0.5)
    (shown,) = listed(admin)
    place = f"servers/{server.id}/migrations/{shown['id']}"
    assert shown["links"] == [
        {"rel": "self", "href": f"http://localhost/compute/v2.1/{place}"},
        {"rel": "bookmark", "href": f"http://localhost/compute/{place}"},
    ]
    assert "links" not in listed(admin, version="2.22")[0]
    cloud.settle()
    (over,) = listed(admin)
    assert (over["status"], over["dest_host"], "links" in over) == ("completed", None, False)


def test_an_evacuation_knows_no_flavors(admin, cloud, server):
    cloud.store.put(cloud.store.one(Host, "name", server.host).evolve(forced_down=True))
    act(admin, server, evacuate={})
    cloud.settle()
    (shown,) = listed(admin)
    assert (shown["migration_type"], shown["old_instance_type_id"], shown["new_instance_type_id"]) == (
        "evacuation",
        None,
        None,
    )


def test_newest_first_in_pages(admin, cloud, server):
    for _ in range(3):
        resize(admin, cloud, server)
        act(admin, server, revertResize=None)
        cloud.settle()
    numbers, url = [], f"{MIGRATIONS}?limit=2"
    while url:
        page = admin.get(url, version="2.59").json
        numbers += [migration["id"] for migration in page["migrations"]]
        url = page.get("migrations_links", [{"href": ""}])[0]["href"].removeprefix("http://localhost")
    assert numbers == [3, 2, 1]
    assert [migration["id"] for migration in listed(admin, version="2.58")] == [1, 2, 3]


def test_those_of_deleted_servers_are_gone(admin, cloud, server):
    resize(admin, cloud, server)
    admin.delete(f"/compute/v2.1/servers/{server.id}")
    cloud.settle()
    assert cloud.store.count(Migration) == 1
    assert listed(admin) == []


def test_a_manager_sees_those_of_the_project_without_hosts(admin, cloud, server):
    """Roles: manager is what `manager` of the default policies asks for."""
    resize(admin, cloud, server)
    project = server.project_id
    make_manager(admin, cloud, project)
    manager = admin.as_("alt_demo", "demo")
    (shown,) = listed(manager, f"?project_id={project}")
    hosts = ("source_compute", "source_node", "dest_compute", "dest_node", "dest_host")
    assert [shown[name] for name in hosts] == [None] * 5
    assert manager.get(MIGRATIONS, version="2.80").status_code == 403


def make_manager(admin, cloud, project):
    from fakecompute.domain.records.identity import Role, User

    user = cloud.store.one(User, "name", ("default", "alt_demo")).id
    role = next(role.id for role in cloud.store.all(Role) if role.name == "manager")
    granted = admin.put(f"/identity/v3/projects/{project}/users/{user}/roles/{role}")
    assert granted.status_code == 204, granted.text


def test_members_may_not_look(http):
    assert http.get(MIGRATIONS).status_code == 403
