"""The `openstack` command: each thing of Glance, in the order in which a user makes, changes and deletes it."""

from __future__ import annotations

from hashlib import sha512
from pathlib import Path

import pytest

from tests.clients.command import column, openstack_of_a_terminal

RAW = "--disk-format raw --container-format bare"
CONTENT = b"hello, image\n"


@pytest.fixture(scope="module")
def home(town: Path) -> Path:
    (town / "content").write_bytes(CONTENT)
    return town


# --- images


def test_images_with_data(home, demo):
    made = demo.show(f"image create {RAW} --file content --property a=b --tag red --min-disk 1 mine")
    assert (made["status"], made["size"], made["min_disk"]) == ("active", len(CONTENT), 1)
    assert made["properties"]["os_hash_value"] == sha512(CONTENT).hexdigest()
    demo.do("image save --file copy mine")
    assert (home / "copy").read_bytes() == CONTENT

    demo.do("image set --name ours --property c=d --tag blue --min-ram 64 --private mine")
    demo.do("image unset --tag red --property a ours")
    shown = demo.show("image show ours")
    assert (shown["tags"], shown["min_ram"], shown["visibility"]) == (["blue"], 64, "private")
    assert shown["properties"]["c"] == "d"
    assert "a" not in shown["properties"]
    assert column(demo.show("image list --private --tag blue")) == {"ours"}
    assert column(demo.show("image list --property c=d")) == {"ours"}
    demo.do("image delete ours")
    assert "ours" not in column(demo.show("image list"))


def test_a_protected_image_stays(home, demo):
    demo.show(f"image create {RAW} --file content --protected mine")
    assert "is protected and cannot be deleted" in demo.said("image delete mine")
    demo.do("image set --unprotected mine")
    demo.do("image delete mine")


def test_a_deactivated_image_is_not_handed_out(home, demo, admin):
    demo.show(f"image create {RAW} --file content mine")
    admin.do("image set --deactivate mine")
    assert demo.show("image show mine")["status"] == "deactivated"
    assert "Unable to download image" in demo.said("image save --file none mine")
    admin.do("image set --activate mine")
    demo.do("image save --file some mine")
    assert (home / "some").read_bytes() == CONTENT
    demo.do("image delete mine")


def test_members_take_what_they_are_offered(home, demo, admin, alt):
    image = demo.show(f"image create {RAW} --file content --shared mine")["id"]
    other = admin.show("project show alt_demo")["id"]
    made = demo.show(f"image add project mine {other}")
    assert (made["member_id"], made["status"]) == (other, "pending")
    assert "mine" not in column(alt.show("image list --shared"))
    alt.do(f"image set --accept {image}")
    assert "mine" in column(alt.show("image list --shared"))
    assert demo.show("image member list mine") == [
        {"Image ID": image, "Member ID": other, "Status": "accepted"}
    ]
    assert demo.show(f"image member get mine {other}")["status"] == "accepted"
    demo.do(f"image remove project mine {other}")
    assert demo.show("image member list mine") == []
    demo.do("image delete mine")


# --- where their data come from


def test_staged_data_are_imported_and_the_task_tells(home, demo, admin):
    made = openstack_of_a_terminal(home, "image", "create", *RAW.split(), "mine")
    assert made.returncode == 0, made.stderr
    demo.do("image stage --file content mine")
    assert demo.show("image show mine")["status"] == "uploading"
    demo.show("image import mine")
    shown = demo.show("image show mine")
    assert (shown["status"], shown["size"]) == ("active", len(CONTENT))
    assert shown["properties"]["stores"] == "fast"
    (task,) = admin.show("image task list")
    assert (task["Type"], task["Status"]) == ("api_image_import", "success")
    assert admin.show(f"image task show {task['ID']}")["input"]["image_id"] == shown["id"]

    admin.show("image import --method copy-image mine --store slow")  # not for members
    assert sorted(demo.show("image show mine")["properties"]["stores"].split(",")) == ["fast", "slow"]
    admin.do("image delete --store slow mine")
    assert demo.show("image show mine")["properties"]["stores"] == "fast"
    demo.do("image delete mine")


def test_ways_to_import(demo):
    methods = demo.show("image import info")["import-methods"]
    assert set(methods) == {"glance-direct", "web-download", "copy-image"}


def test_stores(demo, admin):
    assert {row["ID"]: row["Default"] for row in demo.show("image stores list")} == {
        "fast": True,
        "slow": None,
    }
    detail = admin.show("image stores list --detail")
    assert [row["Properties"]["data_dir"] for row in detail] == [
        f"/var/lib/glance/{name}" for name in ("fast", "slow")
    ]


def test_images_are_cached(home, demo, admin):
    image = demo.show(f"image create {RAW} --file content mine")["id"]
    admin.do("cached image queue mine")
    rows = admin.show("cached image list")
    assert column(rows, "ID") == {image}
    demo.do("image save --file cached mine")
    (row,) = admin.show("cached image list")
    assert (row["ID"], row["State"], row["Size"]) == (image, "cached", len(CONTENT))
    admin.do("cached image delete mine")
    admin.do("cached image clear")
    assert admin.show("cached image list") == []
    assert "403" in demo.said("cached image list")
    demo.do("image delete mine")


# --- metadata definitions


def test_namespaces(demo, admin):
    made = admin.show("image metadef namespace create --public --display-name Ours --description d ours")
    assert (made["visibility"], made["display_name"]) == ("public", "Ours")
    admin.do("image metadef namespace set --description e --public --display-name Ours ours")
    assert demo.show("image metadef namespace show ours")["description"] == "e"
    assert "ours" in column(demo.show("image metadef namespace list"), "namespace")
    assert "403" in demo.said("image metadef namespace create mine")
    admin.do("image metadef namespace delete ours")
    assert "ours" not in column(admin.show("image metadef namespace list"), "namespace")


def test_properties_and_objects_of_a_namespace(admin):
    admin.show("image metadef namespace create ours")
    made = admin.show(
        "image metadef property create --name size --title Size --type integer --schema {} ours"
    )
    assert (made["name"], made["type"]) == ("size", "integer")
    admin.do("image metadef property set --title Volume ours size")
    assert admin.show("image metadef property show ours size")["title"] == "Volume"
    assert column(admin.show("image metadef property list ours"), "name") == {"size"}
    admin.do("image metadef property delete ours size")
    assert admin.show("image metadef property list ours") == []

    assert admin.show("image metadef object create --namespace ours thing")["namespace_name"] == "ours"
    admin.do("image metadef object update --name object ours thing")
    assert admin.show("image metadef object show ours object")["name"] == "object"
    assert column(admin.show("image metadef object list ours"), "name") == {"object"}
    admin.do("image metadef object delete ours object")
    assert admin.show("image metadef object list ours") == []
    admin.do("image metadef namespace delete ours")


def test_resource_types_of_a_namespace(admin):
    admin.show("image metadef namespace create ours")
    made = admin.show("image metadef resource type association create ours OS::Nova::Server")
    assert made["name"] == "OS::Nova::Server"
    assert column(admin.show("image metadef resource type association list ours")) == {"OS::Nova::Server"}
    assert "OS::Nova::Server" in column(admin.show("image metadef resource type list"))
    admin.do("image metadef resource type association delete ours OS::Nova::Server")
    assert admin.show("image metadef resource type association list ours") == []
    admin.do("image metadef namespace delete ours")


# --- images of servers


def test_a_servers_image_knows_where_it_is_from(demo):
    base = demo.show("image show cirros-0.6.3-x86_64-disk")["id"]
    server = demo.show(
        "server create --flavor m1.tiny --image cirros-0.6.3-x86_64-disk --network private web"
    )
    demo.show("server image create --name snap web")
    properties = demo.show("image show snap")["properties"]
    assert (properties["base_image_ref"], properties["instance_uuid"]) == (base, server["id"])
    demo.do("server delete --wait web")
    demo.do("image delete snap")
