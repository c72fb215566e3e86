"""Glance's default policies, and how far each reaches beyond one's own images (glance/policies/*.py)."""

from __future__ import annotations

from fakecompute.domain.images import find_visible
from fakecompute.domain.records.image import Image
from fakecompute.errors import Forbidden, NotFound
from fakecompute.rest.call import Call

_RULES = {
    "reader": """
        get_image get_images get_member get_members get_image_location
        get_metadef_namespace get_metadef_namespaces get_metadef_object get_metadef_objects get_metadef_property
        get_metadef_properties get_metadef_tag get_metadef_tags get_metadef_resource_type list_metadef_resource_types
    """,
    "member": """
        add_image delete_image modify_image upload_image download_image communitize_image
        deactivate reactivate add_member delete_member modify_member set_image_location
    """,
    "admin": """
        publicize_image copy_image tasks_api_access delete_image_location
        manage_image_cache cache_image cache_list cache_delete cache_clean cache_prune list_cached_nodes
        add_metadef_namespace modify_metadef_namespace delete_metadef_namespace
        add_metadef_object modify_metadef_object delete_metadef_object
        add_metadef_property modify_metadef_property remove_metadef_property
        add_metadef_tag add_metadef_tags modify_metadef_tag delete_metadef_tag delete_metadef_tags
        add_metadef_resource_type_association remove_metadef_resource_type_association
    """,
    "service": "fetch_image_location stores_info_detail",
    "service member": "add_image_location",
}
POLICIES: dict[str, str] = {rule: audience for audience, rules in _RULES.items() for rule in rules.split()}
TRUSTED = frozenset(("add_image_location", "fetch_image_location"))  # a service may, whose image it is

SEEN = frozenset(("get_image", "download_image"))  # whoever may know of the image; all others: whose it is
MEMBERS = frozenset(("get_member", "get_members"))  # the owner, and the projects it is shared with
SHARED_WITH = frozenset(("modify_member",))  # those projects alone


class Denied(Forbidden):
    message = "You are not authorized to complete {rule} action."


class ImageNotFound(NotFound):
    message = "No image found with ID {id}"


class ImageMissing(NotFound):
    """The same, where the call is about something of the image: its tags, its members."""

    message = "Image {id} not found."


def permits(call: Call, rule: str, image: Image) -> bool:
    """May the caller do this to an image that it sees?"""
    if call.is_admin:
        return True
    if not call.may(rule):
        return False
    if rule in TRUSTED and "service" in call.context.roles:
        return True
    own = image.owner is not None and image.owner == call.project_id
    shared = image.visibility == "shared" and not own
    if rule in SEEN:
        return find_visible(call.cloud, image.id, call.project_id, False) is not None
    if rule in MEMBERS:
        return own or shared
    return shared if rule in SHARED_WITH else own


def authorize(call: Call, rule: str, image: Image) -> None:
    """The same, as a refusal; who may not even look at it is told that there is none."""
    if not permits(call, rule, image):
        raise Denied(rule=rule) if rule != "get_image" and permits(call, "get_image", image) else NotFound


def look_up(call: Call, id: str, missing: type[NotFound] = ImageNotFound) -> Image:
    """The image, if the caller's project may know of it; what its roles let it do is `authorize`'s."""
    image = find_visible(call.cloud, id, call.project_id, call.is_admin)
    if image is None:
        raise missing(id=id)
    return image


def image_for(call: Call, id: str, rule: str, missing: type[NotFound] = ImageNotFound) -> Image:
    """The image, if the caller may know of it and do this to it."""
    image = look_up(call, id, missing)
    authorize(call, rule, image)
    return image
