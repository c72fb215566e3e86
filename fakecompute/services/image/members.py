"""/v2/images/{id}/members: the projects that a shared image is offered to, and whether they take it."""

from __future__ import annotations

from typing import Any

from fakecompute.domain.records.image import Image, ImageMember
from fakecompute.errors import BadRequest, Conflict, Forbidden, NotFound, TooLarge
from fakecompute.rest.call import Call
from fakecompute.rest.view import View, field, moment
from fakecompute.services.image.policies import ImageMissing, authorize, look_up, permits
from fakecompute.services.image.service import image as routes
from fakecompute.services.image.service import refuse_body, sent_body

STATUSES = ("pending", "accepted", "rejected")


class MemberUnnamed(BadRequest):
    message = "Member to be added not specified"


class MemberEmpty(BadRequest):
    message = "Member can't be empty"


class NotAMember(BadRequest):
    message = 'Expected a member in the form: {{"member": "image_id"}}'


class StatusUnnamed(BadRequest):
    message = "Status not specified"


class NotAStatus(BadRequest):
    message = 'Expected a status in the form: {{"status": "status"}}'


class UnknownStatus(BadRequest):
    message = 'Incorrect request: Status must be "pending", "accepted" or "rejected".'


class MemberExists(Conflict):
    message = "Member {member_id} is duplicated for image {image_id}"


class MemberNotFound(NotFound):
    message = "{member_id} not found in the member list of the image {image_id}."


class NotShared(Forbidden):
    message = "Not allowed to {verb} members for image {id}."


class NotSharedToList(Forbidden):
    message = "Not allowed to list members for image {id}: Only shared images have members."


class NotSharedToShow(NotFound):
    message = "Only shared images have members."


class TooManyMembers(TooLarge):
    message = (
        "Image member limit exceeded for image {id}: The limit has been exceeded on the number of allowed image"
        " members for this image. Attempted: {attempted}, Maximum: {maximum}:"
    )


# --- request schemas ----------------------------------------------------------------------------------


def _wanted_member(call: Call) -> str:
    body = sent_body(call)
    if not isinstance(body, dict):
        raise NotAMember(body=body)
    if "member" not in body:
        raise MemberUnnamed
    if not body["member"]:
        raise MemberEmpty
    return str(body["member"])


def _wanted_status(call: Call) -> Any:
    body = sent_body(call)
    if not isinstance(body, dict):
        raise NotAStatus(body=body)
    if "status" not in body:
        raise StatusUnnamed
    return body["status"]


# --- response views -----------------------------------------------------------------------------------

member_detail = View(
    field("member_id"),
    field("image_id"),
    field("status"),
    field("created_at", moment("created_at")),
    field("updated_at", moment("updated_at")),
    field("schema", lambda member, call: "/v2/schemas/member"),
)


# --- handlers -----------------------------------------------------------------------------------------


@routes.get("/images/<image_id>/members")
def list_image_members(call: Call, image_id: str) -> dict[str, Any]:
    """The owner sees all of them, a member itself."""
    refuse_body(call)
    image = look_up(call, image_id, ImageMissing)
    if image.visibility != "shared":
        raise NotSharedToList(id=image.id)
    authorize(call, "get_members", image)
    members = sorted(call.cloud.store.by(ImageMember, "image", image.id), key=lambda member: member.number)
    shown = [member for member in members if _may_see(call, image, member.member_id)]
    return {"members": member_detail.all(shown, call), "schema": "/v2/schemas/members"}


@routes.post("/images/<image_id>/members")
def create_image_member(call: Call, image_id: str) -> dict[str, Any]:
    member_id = _wanted_member(call)
    image = _shared_image(call, image_id, "create")
    authorize(call, "add_member", image)
    attempted = call.cloud.store.count(ImageMember, "image", image.id) + 1
    most = call.cloud.settings.image_member_quota
    if 0 <= most < attempted:
        raise TooManyMembers(id=image.id, attempted=attempted, maximum=most)
    id = f"{image.id}/{member_id}"
    if call.cloud.store.find(ImageMember, id):
        raise MemberExists(member_id=member_id, image_id=image.id)
    member = ImageMember(
        id=id,
        image_id=image.id,
        member_id=member_id,
        number=call.cloud.streams.number("image-member"),
        created_at=call.cloud.now,
        updated_at=call.cloud.now,
    )
    return member_detail(call.cloud.store.put(member), call)


@routes.get("/images/<image_id>/members/<member_id>")
def show_image_member(call: Call, image_id: str, member_id: str) -> dict[str, Any]:
    refuse_body(call)
    image = look_up(call, image_id, ImageMissing)
    if image.visibility != "shared":
        raise NotSharedToShow
    return member_detail(_member(call, image, member_id), call)


@routes.put("/images/<image_id>/members/<member_id>")
def update_image_member(call: Call, image_id: str, member_id: str) -> dict[str, Any]:
    """A project says whether it takes what it was offered; the owner cannot say so for it."""
    status = _wanted_status(call)
    image = _shared_image(call, image_id, "update")
    member = _member(call, image, member_id)
    authorize(call, "modify_member", image)
    if status not in STATUSES:
        raise UnknownStatus(status=status)
    return member_detail(call.cloud.store.put(member.evolve(status=status, updated_at=call.cloud.now)), call)


@routes.delete("/images/<image_id>/members/<member_id>", success=204)
def delete_image_member(call: Call, image_id: str, member_id: str) -> None:
    refuse_body(call)
    image = _shared_image(call, image_id, "delete")
    member = _member(call, image, member_id)
    authorize(call, "delete_member", image)
    call.cloud.store.drop(member)


def _shared_image(call: Call, image_id: str, verb: str) -> Image:
    image = look_up(call, image_id, ImageMissing)
    if image.visibility != "shared":
        raise NotShared(verb=verb, id=image.id)
    return image


def _member(call: Call, image: Image, member_id: str) -> ImageMember:
    member = call.cloud.store.find(ImageMember, f"{image.id}/{member_id}")
    if member is None or not _may_see(call, image, member_id) or not permits(call, "get_member", image):
        raise MemberNotFound(member_id=member_id, image_id=image.id)
    return member


def _may_see(call: Call, image: Image, member_id: str) -> bool:
    return call.is_admin or call.project_id in (image.owner, member_id)
