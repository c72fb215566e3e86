#!/usr/bin/env python3
"""Serve the real Cinder on loopback: `python serve_cinder.py --port 38776`, with the python that has Cinder.

It is there to be asked what Cinder does. One process runs the real cinder-api (the paste pipeline that Cinder
ships), cinder-scheduler, cinder-backup and a cinder-volume for each of two back ends, wired together by
oslo.messaging's in-memory transport and SQLite in memory. Cinder is imported; nothing of it is changed on disk.
Policies, quotas and the default volume type are Cinder's defaults. What stands in for what:

Keystone   `X-Auth-Token: user:project`; `admin` has the roles admin, manager, member and reader, anybody else
           member and reader, unless `X-Roles: a,b` says otherwise. No token is a 401. `X-Service-Token:
           user:project` makes it a service's request (role service, or `X-Service-Roles`). Every project exists,
           but for those whose id starts with "missing". In a path the project must be of hexadecimal digits, as
           Cinder has it by default; URLs work with and without it.
Glance     an image service in memory, with the images that `/__oracle__/info` tells.
Nova       takes every notification and knows no server but those that `/__oracle__/servers` tells it of.
Storage    a driver of names and sizes; no bytes are kept. alpha: 200 GB, thin, oversubscribed at most twice;
           beta: 100 GB, thick. Each has unmanaged volumes and a snapshot to be managed. What is named `fail-create`
           (-delete, -extend, -snapshot, -revert, -retype, -migrate, -attach, -detach, -backup, -restore, -upload,
           -download) fails in the driver; what is named `slow-create` and so on takes `--slow` seconds.
Database   SQLite, which does not enforce foreign keys.

Besides Cinder's own URLs there are

GET  /__oracle__/info      versions, images, hosts, types, what Nova was told
POST /__oracle__/reset     a fresh cloud
POST /__oracle__/servers   {"server_id":, "volume_id":, "attachment_id":}: Nova has this attached
POST /__oracle__/status    {"volume"|"snapshot"|"backup"|"group": id, "status":}: it has, whatever it is about
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ["EVENTLET_NO_GREENDNS"] = "yes"

from cinder import monkey_patch

monkey_patch.patch()

import atexit  # noqa: E402
import copy  # noqa: E402
import datetime  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import shutil  # noqa: E402
import signal  # noqa: E402
import sqlite3  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402
import uuid  # noqa: E402
import warnings  # noqa: E402

warnings.simplefilter("ignore")

import eventlet  # noqa: E402
import eventlet.wsgi  # noqa: E402
from cinder import i18n  # noqa: E402

i18n.enable_lazy()

import oslo_messaging  # noqa: E402
from cinder import context, coordination, exception, objects, rpc, service, version  # noqa: E402
from cinder.api import api_utils  # noqa: E402
from cinder.api.openstack import api_version_request  # noqa: E402
from cinder.backup import driver as backup_driver  # noqa: E402
from cinder.common import config, constants  # noqa: E402
from cinder.db import api as db  # noqa: E402
from cinder.db import migration  # noqa: E402
from cinder.image import glance, image_utils  # noqa: E402
from cinder.volume import driver, group_types, volume_types, volume_utils  # noqa: E402
from keystoneauth1 import exceptions as keystone  # noqa: E402
from keystonemiddleware import auth_token  # noqa: E402
from novaclient import exceptions as nova  # noqa: E402
from oslo_config import cfg  # noqa: E402
from oslo_messaging._drivers import common, impl_fake  # noqa: E402
from oslo_serialization import jsonutils  # noqa: E402
from oslo_service import wsgi  # noqa: E402

STARTED = time.monotonic()
CONF = cfg.CONF
HOST = "oracle"
GIB = 1024**3
ROLES = {"admin": "admin,manager,member,reader"}

CONFIGURATION = """
[DEFAULT]
host = {host}
my_ip = 127.0.0.1
transport_url = fake:/
auth_strategy = keystone
state_path = {state}
image_conversion_dir = {state}/conversion
api_paste_config = {etc}/api-paste.ini
resource_query_filters_file = {etc}/resource_filters.json
enabled_backends = alpha,beta
scheduler_driver_init_wait_time = 1
compute_api_class = serve_cinder.Compute
backup_driver = serve_cinder.BackupShelf
[alpha]
volume_driver = serve_cinder.Shelf
volume_backend_name = alpha
max_over_subscription_ratio = 2.0
[beta]
volume_driver = serve_cinder.Shelf
volume_backend_name = beta
[database]
connection = sqlite://
[coordination]
backend_url = file://{state}/locks
[oslo_concurrency]
lock_path = {state}/locks
[key_manager]
backend = cinder.keymgr.conf_key_mgr.ConfKeyManager
fixed_key = {key}
"""


# Keystone


class Tokens:
    """In the place of keystonemiddleware: tells the application who asks, in the headers it would."""

    def __init__(self, application) -> None:
        self.application = application

    def __call__(self, environ, start_response):
        user, _, project = environ.get("HTTP_X_AUTH_TOKEN", "").partition(":")
        if not user or not project:
            return unauthorized(start_response)
        roles = environ.get("HTTP_X_ROLES") or ROLES.get(user, "member,reader")
        environ.update(
            HTTP_X_IDENTITY_STATUS="Confirmed", HTTP_X_ROLES=roles,
            HTTP_X_USER_ID=user, HTTP_X_USER_NAME=user, HTTP_X_USER_DOMAIN_ID="default",
            HTTP_X_PROJECT_ID=project, HTTP_X_PROJECT_NAME=project, HTTP_X_TENANT_NAME=project,
            HTTP_X_PROJECT_DOMAIN_ID="default",
        )  # fmt: skip
        helper, _, project = environ.get("HTTP_X_SERVICE_TOKEN", "").partition(":")
        if helper:
            environ["HTTP_X_SERVICE_USER_ID"] = helper
            environ["HTTP_X_SERVICE_PROJECT_ID"] = project
            environ.setdefault("HTTP_X_SERVICE_ROLES", "service")
        return self.application(environ, start_response)


def unauthorized(start_response):
    message = "The request you have made requires authentication."
    body = json.dumps({"error": {"code": 401, "title": "Unauthorized", "message": message}}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("WWW-Authenticate", 'Keystone uri="http://127.0.0.1/identity"'),
    ]
    start_response("401 Unauthorized", [*headers, ("Content-Length", str(len(body)))])
    return [body]


def known_project(_context, project_id: str) -> api_utils.GenericProjectInfo:
    if project_id.startswith("missing"):
        raise keystone.http.NotFound
    return api_utils.GenericProjectInfo(project_id, "v3", domain_id="default", name=project_id)


# Glance


def image(number: int, name: str, **said) -> dict:
    born = datetime.datetime(2026, 1, 15, tzinfo=datetime.UTC)
    return {
        "id": f"{number:08d}-0000-4000-8000-000000000000", "name": name, "status": "active", "owner": "0" * 32,
        "visibility": "public", "protected": False, "container_format": "bare", "disk_format": "raw",
        "size": GIB // 4, "virtual_size": None, "min_disk": 0, "min_ram": 0, "checksum": "0" * 32,
        "created_at": born, "updated_at": born, "deleted_at": None, "deleted": False, "properties": {}, **said,
    }  # fmt: skip


IMAGES = [
    image(1, "small", properties={"architecture": "x86_64"}),
    image(2, "min-disk-10", min_disk=10, disk_format="qcow2"),
    image(3, "size-3g", size=3 * GIB),
    image(4, "virtual-5g", disk_format="qcow2", virtual_size=5 * GIB),
    image(
        5, "unfolds-to-5g", disk_format="qcow2"
    ),  # which Glance does not know, and Cinder sees only once it has it
    image(6, "queued", status="queued", size=None),
    image(7, "hidden", visibility="private"),
]


class Images:
    """As much of Glance as Cinder asks for. The bytes of images are not kept."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.images = {each["id"]: copy.deepcopy(each) for each in IMAGES}
        self.temp_images = None

    def _seen(self, ctx, image_id) -> dict:
        found = self.images.get(str(image_id))
        if not found:
            raise exception.ImageNotFound(image_id=image_id)
        if found["visibility"] == "private" and not ctx.is_admin and found["owner"] != ctx.project_id:
            raise exception.ImageNotFound(image_id=image_id)
        return found

    def detail(self, ctx, filters=None, **_paging) -> list[dict]:
        wanted = filters or {}
        return [
            copy.deepcopy(each) for each in self.images.values()
            if all(each.get(key) == value for key, value in wanted.items())
        ]  # fmt: skip

    def show(self, ctx, image_id) -> dict:
        return copy.deepcopy(self._seen(ctx, image_id))

    def create(self, ctx, metadata, data=None) -> dict:
        now = datetime.datetime.now(datetime.UTC)
        said = {key: value for key, value in metadata.items() if key in IMAGES[0]}
        made = image(0, "", owner=ctx.project_id, visibility="shared", created_at=now, updated_at=now)
        made |= {"id": str(uuid.uuid4()), "status": "queued", "size": None, "checksum": None, **said}
        made["properties"] = {**metadata.get("properties", {})}
        self.images[made["id"]] = made
        return copy.deepcopy(made)

    def update(self, ctx, image_id, metadata, data=None, **_how) -> dict:
        found = self._seen(ctx, image_id)
        found["properties"].update(metadata.get("properties", {}))
        found.update({key: value for key, value in metadata.items() if key != "properties"})
        return copy.deepcopy(found)

    def delete(self, ctx, image_id) -> bool:
        self._seen(ctx, image_id)
        del self.images[str(image_id)]
        return True

    def download(self, ctx, image_id, data=None) -> None:
        self._seen(ctx, image_id)

    def get_location(self, ctx, image_id) -> tuple[None, list]:
        self._seen(ctx, image_id)
        return None, []

    def get_stores(self, ctx) -> dict:
        return {"stores": [{"id": "store", "default": "true"}]}

    def list_members(self, ctx, image_id) -> list:
        return []

    def add_location(self, ctx, image_id, url, metadata) -> bool:
        return False


GLANCE = Images()


def fetched(ctx, images: Images, image_id: str, path: str) -> None:
    """What would be downloaded: only how large the image says it is."""
    meta = images.show(ctx, image_id)
    size = 5 * GIB if meta["name"] == "unfolds-to-5g" else meta["virtual_size"] or meta["size"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"virtual_size": size, "file_format": meta["disk_format"]}, file)


def measured(path: str, *_how, **_else) -> types.SimpleNamespace:
    with open(path, encoding="utf-8") as file:
        return types.SimpleNamespace(backing_file=None, **json.load(file))


# Nova


class Compute:
    """Takes notifications, and knows the servers it was told of."""

    NotFound = nova.NotFound
    told: list[dict] = []
    attached: dict[tuple[str, str], str] = {}

    def _told(self, event: str, **what) -> bool:
        self.told.append({"event": event, **what})
        return True

    def extend_volume(self, ctx, server_ids, volume_id):
        return self._told("volume-extended", servers=list(server_ids), volume=volume_id)

    def reimage_volume(self, ctx, server_ids, volume_id):
        return self._told("volume-reimaged", servers=list(server_ids), volume=volume_id)

    def update_server_volume(self, ctx, server_id, src_volid, new_volume_id):
        self._told("swap-volume", servers=[server_id], volume=src_volid, to=new_volume_id)

    def create_volume_snapshot(self, ctx, volume_id, create_info):
        self._told("assisted-snapshot", volume=volume_id)

    def delete_volume_snapshot(self, ctx, snapshot_id, delete_info):
        self._told("assisted-snapshot-delete", snapshot=snapshot_id)

    def get_server(self, ctx, server_id, privileged_user=False, timeout=None):
        if not any(server == server_id for server, _ in self.attached):
            raise exception.ServerNotFound(uuid=server_id)
        return types.SimpleNamespace(id=server_id)

    def get_server_volume(self, ctx, server_id, volume_id):
        attachment = self.attached.get((server_id, volume_id))
        if not attachment:
            raise self.NotFound(404)
        return types.SimpleNamespace(id=volume_id, attachment_id=attachment)


# Storage


def act(thing, what: str) -> None:
    """Fail or dawdle where the name of the thing asks for it."""
    name = getattr(thing, "display_name", None) or ""
    if name == f"fail-{what}":
        raise exception.VolumeBackendAPIException(data=f"{name} was asked for")
    if name == f"slow-{what}":
        time.sleep(CONF.slow)


class Backend:
    """What a back end holds: the sizes of volumes by name, and of snapshots with the volume they are of."""

    def __init__(self, total: int, thin: bool) -> None:
        self.total, self.thin = total, thin
        self.reset()

    def reset(self) -> None:
        self.volumes = {"legacy-1": 1, "legacy-2": 2, "legacy-3": 3}
        self.snapshots = {"legacy-1-snap": ("legacy-1", 1)}

    def used(self) -> int:
        ours = [size for name, size in self.volumes.items() if not name.startswith("legacy")]
        return sum(ours)


BACKENDS = {"alpha": Backend(200, thin=True), "beta": Backend(100, thin=False)}


class Shelf(driver.VolumeDriver):
    """A volume driver of names and sizes."""

    VERSION = "1.0.0"
    CI_WIKI_NAME = ""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.name = self.configuration.volume_backend_name
        self.shelf = BACKENDS[self.name]

    def check_for_setup_error(self):
        pass

    def _update_volume_stats(self):
        thin, used = self.shelf.thin, self.shelf.used()
        pool = {
            "pool_name": self.name, "total_capacity_gb": self.shelf.total,
            "free_capacity_gb": self.shelf.total - (0 if thin else used), "provisioned_capacity_gb": used,
            "reserved_percentage": self.configuration.reserved_percentage,
            "max_over_subscription_ratio": self.configuration.max_over_subscription_ratio,
            "thin_provisioning_support": thin, "thick_provisioning_support": not thin,
            "location_info": f"Shelf:{CONF.host}:{self.name}", "QoS_support": True, "multiattach": True,
            "online_extend_support": True, "total_volumes": len(self.shelf.volumes), "backend_state": "up",
            "consistent_group_snapshot_enabled": True,
            "filter_function": self.get_filter_function(), "goodness_function": self.get_goodness_function(),
        }  # fmt: skip
        self._stats = {
            "volume_backend_name": self.name, "vendor_name": "Oracle", "driver_version": self.VERSION,
            "storage_protocol": constants.ISCSI, "pools": [pool], "sparse_copy_volume": True, "shared_targets": False,
        }  # fmt: skip

    def get_pool(self, volume):
        return self.name

    # Volumes

    def create_volume(self, volume):
        act(volume, "create")
        self.shelf.volumes[volume.name] = volume.size

    def create_volume_from_snapshot(self, volume, snapshot):
        self.create_volume(volume)

    def create_cloned_volume(self, volume, src_vref):
        self.create_volume(volume)

    def clone_image(self, ctx, volume, image_location, image_meta, image_service):
        return None, False

    def copy_image_to_volume(self, ctx, volume, image_service, image_id, disable_sparse=False):
        act(volume, "download")

    def copy_image_to_encrypted_volume(self, ctx, volume, image_service, image_id, disable_sparse=False):
        act(volume, "download")

    def copy_volume_to_image(self, ctx, volume, image_service, image_meta):
        act(volume, "upload")
        image_service.update(ctx, image_meta["id"], {"status": "active", "size": volume.size * GIB})

    def delete_volume(self, volume):
        act(volume, "delete")
        self.shelf.volumes.pop(volume.name, None)

    def extend_volume(self, volume, new_size):
        act(volume, "extend")
        self.shelf.volumes[volume.name] = new_size

    def revert_to_snapshot(self, ctx, volume, snapshot):
        act(volume, "revert")

    def retype(self, ctx, volume, new_type, diff, host):
        act(volume, "retype")
        return True, None

    def migrate_volume(self, ctx, volume, host):
        act(volume, "migrate")
        if volume.status not in {"available", "retyping"}:
            return False, None
        there = BACKENDS[volume_utils.extract_host(host["host"], "pool")]
        there.volumes[volume.name] = self.shelf.volumes.pop(volume.name, volume.size)
        return True, None

    def update_migrated_volume(self, ctx, volume, new_volume, original_volume_status):
        return {"_name_id": new_volume["_name_id"] or new_volume["id"], "provider_location": None}

    # Snapshots

    def create_snapshot(self, snapshot):
        act(snapshot, "snapshot")
        self.shelf.snapshots[snapshot.name] = snapshot.volume_name, snapshot.volume_size

    def delete_snapshot(self, snapshot):
        act(snapshot, "delete")
        self.shelf.snapshots.pop(snapshot.name, None)

    # Attachments

    def ensure_export(self, ctx, volume):
        pass

    def create_export(self, ctx, volume, connector):
        pass

    def create_export_snapshot(self, ctx, snapshot, connector):
        pass

    def remove_export(self, ctx, volume):
        pass

    def remove_export_snapshot(self, ctx, snapshot):
        pass

    def validate_connector(self, connector):
        if "initiator" not in connector:
            raise exception.InvalidConnectorException(missing="initiator")

    def initialize_connection(self, volume, connector, **kwargs):
        act(volume, "attach")
        portal = {"target_discovered": False, "target_portal": "127.0.0.1:3260", "target_lun": 1}
        data = {"volume_id": volume.id, "target_iqn": f"iqn.2010-10.org.openstack:{volume.name}"}
        return {"driver_volume_type": "iscsi", "data": portal | data}

    def initialize_connection_snapshot(self, snapshot, connector, **kwargs):
        return self.initialize_connection(snapshot, connector)

    def terminate_connection(self, volume, connector, **kwargs):
        act(volume, "detach")

    # What is there and not Cinder's yet

    def _source(self, reference, held: dict) -> str:
        if "source-name" not in reference:
            reason = "Reference must contain source-name element."
            raise exception.ManageExistingInvalidReference(existing_ref=reference, reason=reason)
        if reference["source-name"] not in held:
            reason = "There is nothing of that name."
            raise exception.ManageExistingInvalidReference(existing_ref=reference, reason=reason)
        return reference["source-name"]

    def manage_existing_get_size(self, volume, existing_ref):
        return self.shelf.volumes[self._source(existing_ref, self.shelf.volumes)]

    def manage_existing(self, volume, existing_ref):
        self.shelf.volumes[volume.name] = self.shelf.volumes.pop(
            self._source(existing_ref, self.shelf.volumes)
        )
        self.shelf.snapshots = {
            name: (volume.name if of == existing_ref["source-name"] else of, size)
            for name, (of, size) in self.shelf.snapshots.items()
        }

    def manage_existing_snapshot_get_size(self, snapshot, existing_ref):
        return self.shelf.snapshots[self._source(existing_ref, self.shelf.snapshots)][1]

    def manage_existing_snapshot(self, snapshot, existing_ref):
        found = self.shelf.snapshots.pop(self._source(existing_ref, self.shelf.snapshots))
        self.shelf.snapshots[snapshot.name] = found

    @staticmethod
    def _entry(name: str, size: int, ours: dict) -> dict:
        managed = ours.get(name)
        return {
            "reference": {"source-name": name}, "size": size, "safe_to_manage": not managed,
            "reason_not_safe": "already managed" if managed else None, "cinder_id": managed, "extra_info": None,
        }  # fmt: skip

    def get_manageable_volumes(self, cinder_volumes, *paging):
        ours = {each.name: each.id for each in cinder_volumes}
        entries = [self._entry(name, size, ours) for name, size in self.shelf.volumes.items()]
        return volume_utils.paginate_entries_list(entries, *paging)

    def get_manageable_snapshots(self, cinder_snapshots, *paging):
        ours = {each.name: each.id for each in cinder_snapshots}
        entries = [
            {**self._entry(name, size, ours), "source_reference": {"source-name": of}}
            for name, (of, size) in self.shelf.snapshots.items()
        ]
        return volume_utils.paginate_entries_list(entries, *paging)

    # Groups: what the back end does itself for those that are to be consistent; Cinder does the rest.

    @staticmethod
    def _only_consistent(group) -> None:
        if not volume_utils.is_group_a_cg_snapshot_type(group):
            raise NotImplementedError

    def create_group(self, ctx, group):
        act(types.SimpleNamespace(display_name=group.name), "create")
        self._only_consistent(group)
        return {"status": "available"}

    def delete_group(self, ctx, group, volumes):
        self._only_consistent(group)
        for each in volumes:
            self.delete_volume(each)
        return {"status": "deleted"}, [{"id": each.id, "status": "deleted"} for each in volumes]

    def update_group(self, ctx, group, add_volumes=None, remove_volumes=None):
        self._only_consistent(group)
        return None, None, None

    def create_group_from_src(self, ctx, group, volumes, group_snapshot=None, snapshots=None,
                              source_group=None, source_vols=None):  # fmt: skip
        self._only_consistent(group)
        for each in volumes:
            self.create_volume(each)
        return None, None

    def create_group_snapshot(self, ctx, group_snapshot, snapshots):
        self._only_consistent(group_snapshot)
        for each in snapshots:
            self.create_snapshot(each)
        return {"status": "available"}, [{"id": each.id, "status": "available"} for each in snapshots]

    def delete_group_snapshot(self, ctx, group_snapshot, snapshots):
        self._only_consistent(group_snapshot)
        for each in snapshots:
            self.delete_snapshot(each)
        return {"status": "deleted"}, [{"id": each.id, "status": "deleted"} for each in snapshots]


shelf: dict = {}  # what the backups know of their volumes


class BackupShelf(backup_driver.BackupDriver):
    """A backup driver that keeps no bytes, but what the chunked drivers keep besides: the record, and the metadata."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.support_force_delete = True

    def backup(self, backup, volume_file, backup_metadata=True):
        act(backup, "backup")
        backup.container = backup.container or "volumebackups"
        backup.object_count = 1
        backup.service_metadata = f"volume_{backup.volume_id}/backup_{backup.id}"
        backup.save()
        if backup_metadata:
            shelf[backup.id] = self.get_metadata(backup.volume_id)

    def restore(self, backup, volume_id, volume_file, volume_is_new):
        act(backup, "restore")
        if backup.id in shelf:
            self.put_metadata(volume_id, shelf[backup.id])

    def delete_backup(self, backup):
        act(backup, "delete")


class Brick:
    """Connects a volume to this host: to an empty file."""

    path = ""

    def connect_volume(self, _properties):
        return {"type": "block", "path": self.path}

    def disconnect_volume(self, *_args, **_kwargs):
        pass

    def check_valid_device(self, *_args, **_kwargs):
        return True

    def attach_volume(self, *_args, **_kwargs):
        pass

    detach_volume = extend_volume = attach_volume


# The wire


class Wire(impl_fake.FakeDriver):
    """The in-memory transport, that lets nothing through but what JSON can carry, as a message queue would."""

    def _send(self, target, ctxt, message, *how, **else_):
        try:
            return carried(super()._send(target, carried(ctxt), carried(message), *how, **else_))
        except oslo_messaging.MessagingTimeout:
            raise
        except Exception as failure:
            told = common.serialize_remote_exception((type(failure), failure, failure.__traceback__))
            raise common.deserialize_remote_exception(told, rpc.get_allowed_exmods()) from None


def carried(value):
    return jsonutils.loads(jsonutils.dumps(value))


# The cloud


class Heartbeat(service.Service):
    """A Cinder service among others in one process: each reports as itself."""

    def report_state(self):
        service.Service.service_id = self.origin_service_id
        super().report_state()


def stand_in(state: str) -> None:
    """Put everything that is not Cinder in its place."""
    impl_fake.FakeDriver = Wire  # whose name oslo.messaging loads for fake:
    auth_token.filter_factory = lambda _conf, **_local: Tokens
    api_utils.get_project = known_project
    glance.get_default_image_service = lambda: GLANCE
    glance.get_remote_image_service = lambda _ctx, href: (GLANCE, str(href).rsplit("/", 1)[-1])
    image_utils.fetch_verify_image = fetched
    image_utils.qemu_img_info = measured
    Brick.path = os.path.join(state, "device")
    open(Brick.path, "wb").close()
    connector = {
        "ip": "127.0.0.1",
        "initiator": "iqn.1993-08.org.debian:01:oracle",
        "multipath": False,
    }
    volume_utils.brick_get_connector_properties = lambda *_args, **_kwargs: {**connector, "host": CONF.host}
    volume_utils.brick_get_connector = lambda *_args, **_kwargs: Brick()
    volume_utils.brick_get_encryptor = lambda *_args, **_kwargs: Brick()
    volume_utils.copy_volume = lambda *_args, **_kwargs: None


def configure(state: str, level: str, settings: list[str], slow: float) -> None:
    etc = os.path.join(sys.prefix, "etc", "cinder")
    path = os.path.join(state, "cinder.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(state=state, etc=etc, host=HOST, key="0" * 64))
    objects.register_all()
    warn = logging.StreamHandler()
    warn.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.root.handlers[:] = [warn]
    logging.root.setLevel(level)
    CONF(["--config-file", path], project="cinder", version=version.version_string())
    for each in settings:
        key, _, value = each.partition("=")
        group, _, option = key.rpartition(".")
        CONF.set_override(option, value, group=group or None)
    CONF.register_opt(cfg.FloatOpt("slow", default=slow))
    config.set_middleware_defaults()


class Oracle:
    """The running services, and the WSGI application in front of them."""

    def __init__(self) -> None:
        rpc.init(CONF)
        migration.db_sync()
        coordination.COORDINATOR.start()
        volumes = [
            Heartbeat.create(host=f"{CONF.host}@{name}", service_name=name, binary=constants.VOLUME_BINARY)
            for name in BACKENDS
        ]
        gate = eventlet.semaphore.Semaphore(15)
        backup = Heartbeat.create(
            binary=constants.BACKUP_BINARY, service_name="backup", process_number=1, semaphore=gate
        )
        self.scheduler = Heartbeat.create(binary=constants.SCHEDULER_BINARY)
        self.volumes, self.services = volumes, [*volumes, backup, self.scheduler]
        for each in self.services:
            each.start()
        self._report()
        self.api = wsgi.Loader(CONF).load_app("osapi_volume")
        self.pristine = sqlite3.connect(":memory:", check_same_thread=False)
        self._database().backup(self.pristine)

    @staticmethod
    def _database() -> sqlite3.Connection:
        return db.get_engine().raw_connection().driver_connection

    def reset(self) -> dict:
        """The database as it was at first, and the services to have forgotten what came since."""
        began = time.monotonic()
        self.pristine.backup(self._database())
        GLANCE.reset()
        Compute.told.clear()
        Compute.attached.clear()
        for each in BACKENDS.values():
            each.reset()
        self._report()
        return {"reset": True, "seconds": round(time.monotonic() - began, 3)}

    def _report(self) -> None:
        """Have the back ends tell the scheduler, that knows nothing yet, what they have."""
        manager = self.scheduler.manager.driver.host_manager
        for states in manager.backend_state_map, manager.service_states, manager.service_states_last_update:
            states.clear()
        for each in self.services:
            each.report_state()
        for each in self.volumes:
            each.manager.stats = {"pools": {}, "allocated_capacity_gb": 0}
            each.manager.publish_service_capabilities(context.get_admin_context())
        while len(manager.service_states) < len(BACKENDS):
            time.sleep(0.01)

    def info(self) -> dict:
        ctx = context.get_admin_context()
        return {
            "cinder": version.version_string(),
            "max_microversion": api_version_request.max_api_version().get_string(),
            "min_microversion": api_version_request.min_api_version().get_string(),
            "pid": os.getpid(),
            "hosts": [f"{CONF.host}@{name}#{name}" for name in BACKENDS],
            "services": [f"{each.binary} {each.host}" for each in self.services],
            "backends": {
                name: {"total_gb": each.total, "thin": each.thin} for name, each in BACKENDS.items()
            },
            "volume_types": {name: each["id"] for name, each in volume_types.get_all_types(ctx).items()},
            "group_types": {name: each["id"] for name, each in group_types.get_all_group_types(ctx).items()},
            "images": {
                each["name"]: {key: each[key] for key in ("id", "status", "size", "virtual_size", "min_disk")}
                for each in GLANCE.images.values()
            },
            "nova_was_told": Compute.told,
        }

    def attached(self, environ) -> dict:
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        Compute.attached[said["server_id"], said["volume_id"]] = said["attachment_id"]
        return {"attached": [[*pair, attachment] for pair, attachment in Compute.attached.items()]}

    @staticmethod
    def changed(environ) -> dict:
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        status = said.pop("status")
        for kind, each in said.items():
            getattr(db, f"{kind}_update")(context.get_admin_context(), each, {"status": status})
        return {"status": status, **said}

    def _control(self, method: str, path: str, environ) -> dict | None:
        match method, path:
            case "GET", "/__oracle__/info":
                return self.info()
            case "POST", "/__oracle__/reset":
                return self.reset()
            case "POST", "/__oracle__/servers":
                return self.attached(environ)
            case "POST", "/__oracle__/status":
                return self.changed(environ)
        return None

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        if not path.startswith("/__oracle__/"):
            return self.api(environ, start_response)
        try:
            found = self._control(environ["REQUEST_METHOD"], path, environ)
            status, answer = ("200 OK", found) if found is not None else ("404 Not Found", {})
        except Exception as problem:
            traceback.print_exc()
            status, answer = "500 Internal Server Error", {"error": repr(problem)}
        body = json.dumps(answer, default=str).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=38776)
    parser.add_argument("--slow", type=float, default=5.0, help="seconds that slow-create and the like take")
    parser.add_argument("--set", action="append", default=[], metavar="[GROUP.]OPTION=VALUE", dest="settings")
    parser.add_argument("--log-level", default="ERROR")
    args = parser.parse_args()
    sys.argv = sys.argv[:1]
    sys.modules["serve_cinder"] = sys.modules[__name__]
    listener = eventlet.listen((args.host, args.port), backlog=128)
    state = tempfile.mkdtemp(prefix="cinder-oracle-")
    atexit.register(shutil.rmtree, state, ignore_errors=True)
    for number in signal.SIGTERM, signal.SIGINT:
        signal.signal(number, lambda *_: sys.exit(0))
    stand_in(state)
    configure(state, args.log_level.upper(), args.settings, args.slow)
    oracle = Oracle()
    ready = {"ready": f"http://{args.host}:{args.port}", "startup_s": round(time.monotonic() - STARTED, 2)}
    print(json.dumps({**oracle.info(), **ready}), flush=True)
    eventlet.wsgi.server(listener, oracle, log_output=False, debug=False, keepalive=True)


if __name__ == "__main__":
    main()
