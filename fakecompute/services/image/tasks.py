"""/v2/tasks and /v2/images/{id}/tasks: what imports did.  New tasks come from imports alone."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.image import ImageTask
from fakecompute.errors import NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.view import ABSENT, View, field, moment, naive
from fakecompute.services.image.policies import look_up
from fakecompute.services.image.service import image as routes


class TaskNotFound(NotFound):
    message = "Could not find task {id}"


class Unseen(NotFound):
    """An image that the caller may not know of, without its id."""

    message = "The resource could not be found."


TASKS_STAY = ErrorPage(
    405,
    "This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time"
    " based on their expires_at property.",
    template="{explanation}",
)


# --- response views -----------------------------------------------------------------------------------


def _input(task: ImageTask, call: Call) -> dict[str, Any]:
    return {"image_id": task.image_id, "import_req": {"method": dict(task.request)}, "backend": [None]}


def _result(task: ImageTask, call: Call) -> dict[str, Any] | None:
    return {"image_id": task.image_id} if task.status == "success" else None


def _expires(task: ImageTask, call: Call) -> Any:
    return moment("expires_at")(task, call) if task.expires_at else ABSENT


_brief = (
    field("id"),
    field("type"),
    field("status"),
    field("owner"),
    field("created_at", moment("created_at")),
    field("updated_at", moment("updated_at")),
    field("self", lambda task, call: f"/v2/tasks/{task.id}"),
    field("schema", lambda task, call: "/v2/schemas/task"),
    field("expires_at", _expires),
)
task_brief = View(*_brief)
task_detail = View(
    *_brief,
    field("input", _input),
    field("result", _result),
    field("message"),
    field("image_id"),
    field("request_id"),
    field("user_id"),
)
task_of_image = View(  # as its row stands in Glance's database
    field("id"),
    field("type"),
    field("status"),
    field("owner"),
    field("expires_at", moment("expires_at", naive)),
    field("created_at", moment("created_at", naive)),
    field("updated_at", moment("updated_at", naive)),
    field("deleted_at", lambda task, call: None),
    field("deleted", lambda task, call: False),
    field("image_id"),
    field("request_id"),
    field("user_id"),
    field("input", _input),
    field("result", _result),
    field("message"),
)


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/images/<image_id>/tasks")
def list_tasks_of_image(call: Call, image_id: str) -> dict[str, Any]:
    image = look_up(call, image_id, Unseen)
    return {
        "tasks": task_of_image.all(_newest_first(call.cloud.store.by(ImageTask, "image", image.id)), call)
    }


@routes.get("/tasks", policy="tasks_api_access")
def list_tasks(call: Call) -> dict[str, Any]:
    tasks = _newest_first(call.cloud.store.all(ImageTask))
    return {"tasks": task_brief.all(tasks, call), "first": "/v2/tasks", "schema": "/v2/schemas/tasks"}


@routes.get("/tasks/<task_id>", policy="tasks_api_access")
def show_task(call: Call, task_id: str) -> dict[str, Any]:
    task = call.cloud.store.find(ImageTask, task_id)
    if task is None:
        raise TaskNotFound(id=task_id)
    return task_detail(task, call)


@routes.delete("/tasks/<task_id>", policy="tasks_api_access")
def delete_task(call: Call, task_id: str) -> Answer:
    return Answer(405, TASKS_STAY, {"Allow": "GET"})


def _newest_first(tasks: list[ImageTask]) -> list[ImageTask]:
    return sorted(tasks, key=lambda task: -task.number)
