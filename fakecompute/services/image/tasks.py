"""/v2/tasks and /v2/images/{id}/tasks: what imports do, and did."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from fakecompute.domain.image_tasks import start_task
from fakecompute.domain.records.image import ImageTask
from fakecompute.errors import BadRequest, NotFound
from fakecompute.rest.call import Call
from fakecompute.rest.dialect import Answer
from fakecompute.rest.error_page import ErrorPage
from fakecompute.rest.view import ABSENT, View, field, moment, naive
from fakecompute.services.image import json_schema
from fakecompute.services.image.image_import import UUID, check_uri
from fakecompute.services.image.metadefs.access import direction_of, limit_of
from fakecompute.services.image.policies import image_for
from fakecompute.services.image.schemas import SERVED
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import sent_body

STATUSES = ("pending", "processing", "success", "failure")


class TaskNotFound(NotFound):
    message = "Could not find task {id}"


class Unseen(NotFound):
    """An image that the caller may not know of, without its id."""

    message = "The resource could not be found."


class NotTold(BadRequest):
    message = "Task '{name}' is required"


class BadMarker(BadRequest):
    message = "Invalid marker format"


class MarkerNotFound(BadRequest):
    message = "The resource could not be found."


class BadSortKey(BadRequest):
    message = "Sort key supplied was not valid."


class BadFilter(BadRequest):
    message = "Invalid {name} value: {value}"


class BadSource(BadRequest):
    message = "Invalid location: {source}"


class LocalSource(BadRequest):
    message = "File based imports are not allowed. Please use a non-local source of image data."


TASKS_STAY = ErrorPage(
    405,
    "This operation is currently not permitted on Glance Tasks. They are auto deleted after reaching the time"
    " based on their expires_at property.",
    template="{explanation}",
)


# --- request schemas ----------------------------------------------------------------------------------

TASK_SCHEMA = {**SERVED["task"], "additionalProperties": False}
SORT_KEYS = ("id", "type", "status", "owner", "created_at", "updated_at", "expires_at")


class ListQuery:
    """Which tasks, in which order, which page."""

    def __init__(self, call: Call) -> None:
        query = dict(call.query_pairs)
        self.rest = {name: value for name, value in query.items() if name != "marker"}
        self.limit = limit_of(query)
        self.direction = direction_of(query)
        self.key = query.get("sort_key", "created_at")
        self.status, self.type, self.marker = query.get("status"), query.get("type"), query.get("marker")
        if self.marker and not UUID.fullmatch(self.marker):
            raise BadMarker
        if self.key not in SORT_KEYS:
            raise BadSortKey
        if self.status and self.status not in STATUSES:
            raise BadFilter(name="status", value=self.status)
        if self.type and self.type != "import":
            raise BadFilter(name="type", value=self.type)

    def wants(self, task: ImageTask) -> bool:
        return (not self.status or task.status == self.status) and (not self.type or task.type == self.type)

    def page(self, tasks: list[ImageTask]) -> list[ImageTask]:
        ordered = sorted(tasks, key=self._rank, reverse=self.direction == "desc")
        first = 0
        if self.marker:
            places = {task.id: place for place, task in enumerate(ordered)}
            if self.marker not in places:
                raise MarkerNotFound
            first = places[self.marker] + 1
        return ordered[first : first + self.limit]

    def _rank(self, task: ImageTask) -> tuple[Any, ...]:
        value = getattr(task, self.key)
        return value is not None, value if value is not None else 0, task.number


def _wanted_task(body: Any) -> dict[str, Any]:
    for name in ("type", "input"):
        if name not in body:
            raise NotTold(name=name)
    json_schema.validate(body, TASK_SCHEMA)
    wanted: dict[str, Any] = body
    return wanted


def _check_source(call: Call, source: Any) -> None:
    """Where a task may fetch from; it never does."""
    if not isinstance(source, str) or not urlsplit(source).scheme:
        raise BadSource(source=source)
    if source.startswith(("file:", "filesystem:")):
        raise LocalSource
    check_uri(call, source, "legacy import task")


# --- response views -----------------------------------------------------------------------------------


def _input(task: ImageTask, call: Call) -> Any:
    return orjson.loads(task.input)


def _result(task: ImageTask, call: Call) -> dict[str, Any] | None:
    return {"image_id": task.image_id} if task.status == "success" else None


def _image_id(task: ImageTask, call: Call) -> Any:
    return task.image_id or ABSENT


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
    field("image_id", _image_id),
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
    image = image_for(call, image_id, "get_image", Unseen)
    return {
        "tasks": task_of_image.all(_newest_first(call.cloud.store.by(ImageTask, "image", image.id)), call)
    }


@routes.get("/tasks", policy="tasks_api_access")
def list_tasks(call: Call) -> dict[str, Any]:
    query = ListQuery(call)
    found = [task for task in call.cloud.store.all(ImageTask) if query.wants(task)]
    page = query.page(found)
    answer: dict[str, Any] = {"tasks": task_brief.all(page, call)}
    answer["first"] = "/v2/tasks" + (f"?{urlencode(query.rest)}" if query.rest else "")
    if page and len(page) == query.limit:
        answer["next"] = f"/v2/tasks?{urlencode({**query.rest, 'marker': page[-1].id})}"
    return {**answer, "schema": "/v2/schemas/tasks"}


@routes.post("/tasks")
def create_task(call: Call) -> Answer:
    """`import` makes an image of bytes from elsewhere; the other types are Glance's own, and fail."""
    call.demand("tasks_api_access")
    body = _wanted_task(sent_body(call))
    content = body["input"] or {}
    if body["type"] == "import":
        _check_source(call, content.get("import_from"))
    task = start_task(
        call.cloud,
        body["type"],
        content,
        type=body["type"],
        image=None,
        owner=call.project_id,
        user_id=call.user_id,
        request_id=call.request_id,
    )
    shown = task_detail(task.evolve(status="pending"), call)
    return Answer(201, shown, {"Location": f"{call.url}/tasks/{task.id}"})


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
