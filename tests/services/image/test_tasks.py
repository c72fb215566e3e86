"""Tasks: those that admins make, and their list.  Observed of Glance 33."""

import pytest

TASKS = "/image/v2/tasks"
SOURCE = {"import_from": "http://example.org/x", "import_from_format": "qcow2", "image_properties": {"name": "new"}}


def test_a_task_makes_an_image(cloud, http):
    admin = http.as_("admin")
    answer = admin.post(TASKS, json={"type": "import", "input": SOURCE})
    assert (answer.status_code, answer.json["status"], answer.json["input"]) == (201, "pending", SOURCE)
    cloud.settle()
    task = admin.get(f"/image{answer.json['self']}").json
    assert task["status"] == "success"
    image = admin.get(f"/image/v2/images/{task['result']['image_id']}").json
    assert (image["name"], image["status"], image["disk_format"]) == ("new", "active", "qcow2")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Task 'type' is required"),
        ({"type": "import"}, "Task 'input' is required"),
        ({"type": "zork", "input": {}}, "'zork' is not one of ['import', 'api_image_import', 'location_import']"),
        ({"type": "import", "input": {}}, "Invalid location: None"),
        ({"type": "import", "input": {"import_from": "file:///etc/passwd"}}, "File based imports are not allowed."),
        ({"type": "import", "input": {"import_from": "http://127.0.0.1/x"}}, "does not pass filtering"),
    ],
)
def test_tasks_that_are_refused(http, body, sentence):
    answer = http.as_("admin").post(TASKS, json=body)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_task_without_what_it_needs_fails(cloud, http):
    admin = http.as_("admin")
    task = admin.post(TASKS, json={"type": "location_import", "input": {}}).json
    cloud.settle()
    task = admin.get(f"/image{task['self']}").json
    assert (task["status"], task["message"]) == ("failure", "Input to location_import task is empty.")


def test_the_list_has_pages(http):
    admin = http.as_("admin")
    ids = [admin.post(TASKS, json={"type": "import", "input": SOURCE}).json["id"] for _ in range(3)]
    first = admin.get(f"{TASKS}?limit=2").json
    rest = admin.get(f"/image{first['next']}").json
    assert [task["id"] for task in first["tasks"] + rest["tasks"]] == ids[::-1]
    assert "next" not in rest


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("limit=x", "limit param must be an integer"),
        ("marker=x", "Invalid marker format"),
        ("sort_key=x", "Sort key supplied was not valid."),
        ("sort_dir=x", "Invalid sort direction: x"),
        ("status=x", "Invalid status value: x"),
        ("type=x", "Invalid type value: x"),
    ],
)
def test_queries_that_are_refused(http, query, sentence):
    answer = http.as_("admin").get(f"{TASKS}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.text
