"""Quota sets: what is shown, and what may be set."""

import pytest

COMMON = {
    *("cores", "instances", "key_pairs", "metadata_items", "ram", "server_group_members", "server_groups"),
}
FILES = {"injected_files", "injected_file_content_bytes", "injected_file_path_bytes"}
NETWORK = {"fixed_ips", "floating_ips", "security_groups", "security_group_rules"}


@pytest.fixture
def admin(http):
    return http.as_("admin")


@pytest.fixture
def url(http):
    return f"/compute/v2.1/os-quota-sets/{http.token.project_id}"


def change(client, url, **limits):
    return client.put(url, json={"quota_set": limits})


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


@pytest.mark.parametrize(
    ("version", "names"),
    [
        ("2.1", COMMON | FILES | NETWORK),
        ("2.35", COMMON | FILES | NETWORK),
        ("2.36", COMMON | FILES),
        ("2.57", COMMON),
    ],
)
@pytest.mark.parametrize("path", ["", "/defaults", "/detail"])
def test_what_is_shown(http, url, version, names, path):
    shown = http.get(url + path, version=version).json["quota_set"]
    assert shown.keys() == names | {"id"}


def test_the_detail_tells_what_is_used(http, url):
    assert http.get(f"{url}/detail").json["quota_set"]["cores"] == {"limit": 20, "in_use": 0, "reserved": 0}


def test_limits_are_set(http, admin, url):
    changed = change(admin, url, cores=5, ram="1000")
    assert changed.status_code == 200
    assert "id" not in changed.json["quota_set"]
    shown = http.get(url).json["quota_set"]
    assert (shown["cores"], shown["ram"], shown["instances"]) == (5, 1000, 10)


def test_the_defaults_stay(http, admin, url):
    change(admin, url, cores=5)
    assert http.get(f"{url}/defaults").json["quota_set"]["cores"] == 20


def test_a_delete_brings_the_defaults_back(http, admin, url):
    change(admin, url, cores=5)
    change(admin, f"{url}?user_id=u1", cores=4)
    gone = admin.delete(url)
    assert (gone.status_code, gone.content) == (202, b"")
    assert http.get(url).json["quota_set"]["cores"] == 20
    assert http.get(f"{url}?user_id=u1").json["quota_set"]["cores"] == 20


def test_a_users_limits_are_deleted_alone(http, admin, url):
    change(admin, url, cores=5)
    change(admin, f"{url}?user_id=u1", cores=4)
    admin.delete(f"{url}?user_id=u1")
    assert http.get(f"{url}?user_id=u1").json["quota_set"]["cores"] == 5


def test_less_than_what_is_used_is_refused_but_can_be_forced(admin, url):
    group = {"name": "a", "policies": ["affinity"]}
    on_demo = admin.as_("admin", "demo")
    on_demo.post("/compute/v2.1/os-server-groups", json={"server_group": group})
    refused = change(admin, url, server_groups=0)
    assert (refused.status_code, message(refused)) == (
        400,
        "Quota limit 0 for server_groups must be greater than or equal to already used and reserved 1.",
    )
    assert change(admin, url, server_groups=0, force=True).status_code == 200


def test_a_user_gets_no_more_than_the_project_has(admin, url):
    change(admin, url, cores=5)
    refused = change(admin, f"{url}?user_id=u1", cores=6)
    assert (refused.status_code, message(refused)) == (
        400,
        "Quota limit 6 for cores must be less than or equal to 5.",
    )


def test_a_project_keeps_what_it_promised_its_users(admin, url):
    change(admin, f"{url}?user_id=u1", cores=4)
    assert message(change(admin, url, cores=3)) == (
        "Quota limit 3 for cores must be greater than or equal to already used and reserved 4."
    )


def test_a_refused_change_changes_nothing(http, admin, url):
    change(admin, f"{url}?user_id=u1", cores=4)
    change(admin, url, ram=1, cores=3)
    assert http.get(url).json["quota_set"]["ram"] == 51200


@pytest.mark.parametrize(
    ("limits", "field", "words"),
    [
        ({"cores": -2}, "cores", "-2. -2 is less than the minimum of -1"),
        ({"cores": None}, "cores", "None. None is not of type 'integer', 'string'"),
        ({"zzz": 1}, "quota_set", "{'zzz': 1}. Additional properties are not allowed ('zzz' was unexpected)"),
    ],
)
def test_flaws(admin, url, limits, field, words):
    frame = f"Invalid input for field/attribute {field}. Value: "
    assert message(change(admin, url, **limits)) == frame + words


def test_resources_of_the_network_are_unknown_from_2_36_on(admin, url):
    wish = {"quota_set": {"fixed_ips": 5}}
    assert admin.put(url, json=wish, version="2.35").status_code == 200
    assert admin.put(url, json=wish, version="2.36").status_code == 400


def test_members_read_and_admins_write(http, admin, url):
    assert http.get(url).status_code == 200
    assert change(http, url, cores=5).status_code == 403
    assert http.delete(url).status_code == 403


def test_other_projects_are_for_admins(http, admin):
    other = f"/compute/v2.1/os-quota-sets/{admin.token.project_id}"
    assert http.get(other).status_code == 403
    assert http.get(f"{other}/defaults").status_code == 200


def test_the_project_must_exist(admin):
    refused = admin.get("/compute/v2.1/os-quota-sets/nobody")
    assert (refused.status_code, message(refused)) == (400, "Project ID nobody is not a valid project.")


def test_unknown_parameters_are_refused_from_2_75_on(http, url):
    assert http.get(f"{url}?zzz=1", version="2.74").status_code == 200
    assert http.get(f"{url}?zzz=1", version="2.75").status_code == 400


def test_the_defaults_ignore_unknown_parameters_in_every_version(http, url):
    assert http.get(f"{url}/defaults?zzz=1", version="2.104").status_code == 200
