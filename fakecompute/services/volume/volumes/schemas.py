"""Request schemas of volumes.  Facts: cinder/api/schemas/{volumes,volume_metadata,scheduler_hints}.py."""

from __future__ import annotations

from typing import Any

from fakecompute.rest.schema import (
    EXCLUDE,
    INCLUDE,
    AnyOf,
    Anything,
    Either,
    ListOf,
    MapOf,
    Null,
    Object,
    Schema,
    SomeOf,
    Text,
    problem,
    shapes,
    since,
    until,
)
from fakecompute.services.volume.fields import Flag, Whole, metadata, uuid_or_null

MOST = (1 << 31) - 1


class Words(Text):
    """A name or a description: up to 255 characters once the blanks around it are cut off, or null."""

    def __init__(self, noun: str) -> None:
        super().__init__(allow_none=True)
        self.noun = noun

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if len(text) > 255:
            flaw = f"Invalid input received: {self.noun} has {len(text)} characters, more than 255."
            raise problem(flaw, value, "name")
        return text


def size() -> Whole:
    """GiB."""
    return Whole(min=1, max=MOST, pattern="^[0-9]+$", allow_none=True)


def id_or_name() -> Text:
    return Text(max=255, allow_none=True)


class NewVolume(Schema):
    name = Words("name")
    description = Words("description")
    display_name = Words("name")
    display_description = Words("description")
    volume_type = id_or_name()
    metadata = metadata(allow_none=True)
    snapshot_id = uuid_or_null()
    source_volid = uuid_or_null()
    consistencygroup_id = uuid_or_null()
    size = size()
    availability_zone = Text(min=1, max=255, allow_none=True)
    multiattach = AnyOf(Null(), Flag(), allow_none=True)  # any more a reason to refuse
    image_id = id_or_name()
    imageRef = id_or_name()
    group_id = shapes(until("3.12", Anything()), since("3.13", id_or_name()))
    backup_id = shapes(until("3.46", Anything()), since("3.47", uuid_or_null()))


class LenientVolume(NewVolume):
    """Until 3.52 what nobody knows is passed over."""

    class Meta:
        unknown = EXCLUDE


def volumes_of_hint() -> AnyOf:
    return AnyOf(Text(form="uuid"), ListOf(Text(form="uuid"), unique=True))


class SchedulerHints(Schema):
    class Meta:
        unknown = INCLUDE

    local_to_instance = uuid_or_null()
    different_host = volumes_of_hint()
    same_host = volumes_of_hint()
    query = Either(Text(), MapOf(Anything()))


class CreateVolume(Schema):
    volume = shapes(
        until("3.52", Object(LenientVolume, required=True)), since("3.53", Object(NewVolume, required=True))
    )
    hints = Object(SchedulerHints, data_key="OS-SCH-HNT:scheduler_hints", allow_none=True)


class VolumeChanges(Schema):
    name = Words("name")
    description = Words("description")
    display_name = Words("name")
    display_description = Words("description")
    metadata = metadata()


class UpdateVolume(Schema):
    volume = shapes(
        until("3.52", Object(VolumeChanges, required=True)),
        since("3.53", SomeOf(VolumeChanges, required=True)),
    )


class SetMetadata(Schema):
    metadata = metadata(required=True)


class SetMetadataItem(Schema):
    meta = metadata(min=1, max=1, required=True)


def renamed(wish: dict[str, Any]) -> dict[str, Any]:
    """Name and description as far as they are told; the names of old (`display_name`) stand back."""
    told: dict[str, Any] = {}
    for word in ("name", "description"):
        for spelling in (word, f"display_{word}"):
            if spelling in wish:
                told.setdefault(word, wish[spelling])
    return told
