"""Could Cinder have answered what the suite was told?  `python -m tests.conformance.check_cinder FOLDER`

FOLDER is what the suite has written (tests/traffic.py).  Cinder has no schemas of its answers; those that Tempest
holds them to are the judge, so python is that of an environment with Tempest.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
from tempest.lib.common import jsonschema_validator

SHOWN = 5  # tests that are named for one violation
OLDER = ("tests/services/test_releases.py",)  # these ask clouds of what Cinder was once
INJECTED = {429, *range(500, 600)}  # by fault rules; 501 is what fakecompute has not
FAULTS = {
    400: "badRequest", 403: "forbidden", 404: "itemNotFound", 405: "badMethod", 409: "conflictingRequest",
    413: "overLimit", 415: "badMediaType",
}  # fmt: skip
VERSIONS = ("3.7", "3.55", "3.57", "3.61", "3.63", "3.64", "3.65", "3.69")  # in which Tempest knows a change

SCHEMAS = """
    GET    /volumes                             volumes.list_volumes_no_detail
    GET    /volumes/detail                      volumes.list_volumes_with_detail
    GET    /volumes/summary                     volumes.show_volume_summary
    POST   /volumes                             volumes.create_volume
    GET    /volumes/*                           volumes.show_volume
    PUT    /volumes/*                           volumes.update_volume
    DELETE /volumes/*                           volumes.delete_volume
    GET    /volumes/*/metadata                  volumes.show_volume_metadata
    POST   /volumes/*/metadata                  volumes.create_volume_metadata
    PUT    /volumes/*/metadata                  volumes.update_volume_metadata
    GET    /volumes/*/metadata/*                volumes.show_volume_metadata_item
    PUT    /volumes/*/metadata/*                volumes.update_volume_metadata_item
    DELETE /volumes/*/metadata/*                volumes.delete_volume_metadata_item
    os-attach                                   volumes.attach_volume
    os-detach                                   volumes.detach_volume
    os-force_detach                             volumes.force_detach_volume
    os-set_bootable                             volumes.set_bootable_volume
    os-terminate_connection                     volumes.terminate_connection
    os-reserve                                  volumes.reserve_volume
    os-unreserve                                volumes.unreserve_volume
    os-extend                                   volumes.extend_volume
    os-update_readonly_flag                     volumes.update_volume_readonly
    os-retype                                   volumes.retype_volume
    os-set_image_metadata                       volumes.update_volume_image_metadata
    os-unset_image_metadata                     volumes.delete_volume_image_metadata
    os-show_image_metadata                      volumes.show_volume_image_metadata
    os-reset_status                             volumes.reset_volume_status
    os-force_delete                             volumes.force_delete_volume
    os-unmanage                                 volumes.unmanage_volume
    os-update_snapshot_status                   snapshots.update_snapshot_status
    GET    /snapshots                           snapshots.list_snapshots_no_detail
    GET    /snapshots/detail                    snapshots.list_snapshots_with_detail
    POST   /snapshots                           snapshots.create_snapshot
    GET    /snapshots/*                         snapshots.show_snapshot
    PUT    /snapshots/*                         snapshots.update_snapshot
    DELETE /snapshots/*                         snapshots.delete_snapshot
    GET    /snapshots/*/metadata                snapshots.show_snapshot_metadata
    POST   /snapshots/*/metadata                snapshots.create_snapshot_metadata
    PUT    /snapshots/*/metadata                snapshots.update_snapshot_metadata
    GET    /snapshots/*/metadata/*              snapshots.show_snapshot_metadata_item
    PUT    /snapshots/*/metadata/*              snapshots.update_snapshot_metadata_item
    DELETE /snapshots/*/metadata/*              snapshots.delete_snapshot_metadata_item
    GET    /backups                             backups.list_backups_no_detail
    GET    /backups/detail                      backups.list_backups_with_detail
    POST   /backups                             backups.create_backup
    GET    /backups/*                           backups.show_backup
    PUT    /backups/*                           backups.update_backup
    DELETE /backups/*                           backups.delete_backup
    POST   /backups/*/restore                   backups.restore_backup
    GET    /backups/*/export_record             backups.export_backup
    POST   /backups/import_record               backups.import_backup
    GET    /os-volume-transfer                  transfers.list_volume_transfers_no_detail
    GET    /os-volume-transfer/detail           transfers.list_volume_transfers_with_detail
    POST   /os-volume-transfer                  transfers.create_volume_transfer
    GET    /os-volume-transfer/*                transfers.show_volume_transfer
    DELETE /os-volume-transfer/*                transfers.delete_volume_transfer
    POST   /os-volume-transfer/*/accept         transfers.accept_volume_transfer
    GET    /volume-transfers                    transfers.list_volume_transfers_no_detail
    GET    /volume-transfers/detail             transfers.list_volume_transfers_with_detail
    POST   /volume-transfers                    transfers.create_volume_transfer
    GET    /volume-transfers/*                  transfers.show_volume_transfer
    DELETE /volume-transfers/*                  transfers.delete_volume_transfer
    POST   /volume-transfers/*/accept           transfers.accept_volume_transfer
    GET    /types                               volume_types.list_volume_types
    POST   /types                               volume_types.create_volume_type
    GET    /types/*                             volume_types.show_volume_type
    PUT    /types/*                             volume_types.update_volume_types
    DELETE /types/*                             volume_types.delete_volume_type
    GET    /types/*/extra_specs                 volume_types.list_volume_types_extra_specs
    POST   /types/*/extra_specs                 volume_types.create_volume_types_extra_specs
    GET    /types/*/extra_specs/*               volume_types.show_volume_types_extra_specs
    PUT    /types/*/extra_specs/*               volume_types.update_volume_type_extra_specs
    DELETE /types/*/extra_specs/*               volume_types.delete_volume_types_extra_specs
    GET    /types/*/os-volume-type-access       volume_types.list_type_access
    addProjectAccess                            volume_types.add_type_access
    removeProjectAccess                         volume_types.remove_type_access
    POST   /types/*/encryption                  encryption_types.create_encryption_type
    GET    /types/*/encryption                  encryption_types.show_encryption_type
    GET    /types/*/encryption/*                encryption_types.show_encryption_specs_item
    PUT    /types/*/encryption/*                encryption_types.update_encryption_type
    DELETE /types/*/encryption/*                encryption_types.delete_encryption_type
    GET    /qos-specs                           qos.list_qos
    POST   /qos-specs                           qos.show_qos
    GET    /qos-specs/*                         qos.show_qos
    PUT    /qos-specs/*                         qos.set_qos_key
    DELETE /qos-specs/*                         qos.delete_qos
    PUT    /qos-specs/*/delete_keys             qos.unset_qos_key
    GET    /qos-specs/*/associations            qos.show_association_qos
    GET    /qos-specs/*/associate               qos.associate_qos
    GET    /qos-specs/*/disassociate            qos.disassociate_qos
    GET    /qos-specs/*/disassociate_all        qos.disassociate_all_qos
    GET    /groups                              groups.list_groups_no_detail
    GET    /groups/detail                       groups.list_groups_with_detail
    POST   /groups                              groups.create_group
    GET    /groups/*                            groups.show_group
    PUT    /groups/*                            groups.update_group
    create-from-src                             groups.create_group_from_source
    delete                                      groups.delete_group
    reset_status                                groups.reset_group_status
    GET    /group_snapshots                     group_snapshots.list_group_snapshots_no_detail
    GET    /group_snapshots/detail              group_snapshots.list_group_snapshots_with_detail
    POST   /group_snapshots                     group_snapshots.create_group_snapshot
    GET    /group_snapshots/*                   group_snapshots.show_group_snapshot
    DELETE /group_snapshots/*                   group_snapshots.delete_group_snapshot
    GET    /group_types                         group_types.list_group_types
    POST   /group_types                         group_types.create_group_type
    GET    /group_types/*                       group_types.show_group_type
    PUT    /group_types/*                       group_types.update_group_type
    DELETE /group_types/*                       group_types.delete_group_type
    GET    /group_types/*/group_specs           group_types.list_group_type_specs
    POST   /group_types/*/group_specs           group_types.create_or_update_group_type_specs
    GET    /group_types/*/group_specs/*         group_types.show_group_type_specs_item
    PUT    /group_types/*/group_specs/*         group_types.update_group_type_specs_item
    DELETE /group_types/*/group_specs/*         group_types.delete_group_type_specs_item
    GET    /messages                            messages.list_messages
    GET    /messages/*                          messages.show_message
    DELETE /messages/*                          messages.delete_message
    GET    /limits                              limits.show_limits
    GET    /extensions                          extensions.list_extensions
    GET    /capabilities/*                      capabilities.show_backend_capabilities
    GET    /os-hosts                            hosts.list_hosts
    GET    /os-hosts/*                          hosts.show_host
    GET    /os-services                         services.list_services
    PUT    /os-services/enable                  services.enable_service
    PUT    /os-services/disable                 services.disable_service
    PUT    /os-services/disable-log-reason      services.disable_log_reason
    PUT    /os-services/freeze                  services.freeze_host
    PUT    /os-services/thaw                    services.thaw_host
    PUT    /os-services/failover_host           services.failover_host
    GET    /os-quota-sets/*                     quotas.show_quota_set
    GET    /os-quota-sets/*?usage               quotas.show_quota_set_usage
    GET    /os-quota-sets/*/defaults            quotas.show_quota_set
    PUT    /os-quota-sets/*                     quotas.update_quota_set
    DELETE /os-quota-sets/*                     quotas.delete_quota_set
    GET    /os-quota-class-sets/*               quota_classes.show_quota_classes
    PUT    /os-quota-class-sets/*               quota_classes.update_quota_classes
    GET    /scheduler-stats/get_pools           scheduler_stats.get_pools_no_detail
    GET    /scheduler-stats/get_pools?detail    scheduler_stats.get_pools_with_detail
    POST   /manageable_volumes                  manage_volume.manage_volume
    POST   /manageable_snapshots                manage_snapshot.manage_snapshot
"""

# What a real Cinder answers, too: (operation, what the whole complaint looks like) -> why
PAGES = "a page has a link, and the count that was asked for"
NEWER = "Tempest does not know what later versions have added"
# fmt: off
EXCUSED: tuple[tuple[str, str, str], ...] = (
    ("GET ",                       r": Additional.*?((\w+_links|count)'[, ]*)+(was|were) unexpected\)",       PAGES),
    ("",                           r"snapshots?(\.\*)?: Additional.*?('(consumes_quota|group_snapshot_id|user_id)'[, ]*)+(was|were) unexpected\)", NEWER),
    ("GET /group",                 r"group(_snapshot)?s?(\.\*)?: Additional.*'project_id' was unexpected\)",  NEWER),
    ("PUT /volumes/*",             r"volume: Additional.*'consumes_quota', 'volume_type_id' were unexpected\)", NEWER),
    ("GET /limits",                r"limits.absolute: 'total\w+Used' is a required property",             "only those who may read quotas are told what is used"),
    ("GET /os-services",           r"services.\*.backend_state: None is not of type 'string'",            "only back ends have a state"),
    ("PUT /os-services/enable",    r": 'disabled_reason' is a required property",                         "an enabled service has none"),
    ("",                           r"(\w+_specs\.\w+|group\.name|restore\.volume_name): None is not of type 'string'", "what has no name or value says null"),
)
# fmt: on


class Rule(NamedTuple):
    pattern: re.Pattern[str]
    key: str
    schema: str


def rules() -> tuple[list[Rule], dict[str, str]]:
    """Those of requests, the most particular first, and those of actions by name."""
    found, actions = [], {}
    for words in (line.split() for line in SCHEMAS.strip().splitlines()):
        if len(words) == 2:
            actions[words[0]] = words[1]
            continue
        method, path, schema = words
        want = re.escape(path).replace(r"\*", "[^/?]+").replace(r"\?", r"\?.*")
        rest = ".*" if "?" in path else r"(\?.*)?"
        found.append(Rule(re.compile(f"{method} {want}{rest}"), f"{method} {path}", schema))
    return sorted(found, key=lambda rule: (rule.key.count("*"), -rule.key.count("?"))), actions


RULES, ACTIONS = rules()
OWN_PATH = re.compile(r"^/v3(/[0-9a-f]{32})?(?=/)")
ACTION = re.compile(r"POST /([\w-]+)(/[^/]+)?/action$")


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """What Cinder itself would answer today."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.open():
            record = json.loads(line)
            special = record["status"] in INJECTED or record["status"] == 300 or record["method"] == "OPTIONS"
            if record["service"] == "volume" and not special and not record["test"].startswith(OLDER):
                yield record


def operation_of(record: dict[str, Any]) -> tuple[str, str | None]:
    """What is asked, and the name of the schema of its answers, if Tempest has one."""
    asked = f"{record['method']} {OWN_PATH.sub('', record['path'])}"
    if found := ACTION.match(asked):
        action = _first_key(record["request_body"])
        return f"POST /{found[1]}/*/action {action}", ACTIONS.get(action)
    for rule in RULES:
        if rule.pattern.fullmatch(asked):
            return rule.key, rule.schema
    return asked, None


def _first_key(text: str) -> str:
    """The action that a body names; some bodies are hostile."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    return str(next(iter(body), "")) if isinstance(body, dict) else ""


def schema_at(name: str, version: str) -> dict[str, Any]:
    """That of the newest change that a version has."""
    module, _, attribute = name.partition(".")
    package = "tempest.lib.api_schema.response.volume"
    minor = int(version.partition(".")[2])
    known = [change for change in VERSIONS if int(change.partition(".")[2]) <= minor]
    for place in [*(f".v{change.replace('.', '_')}" for change in reversed(known)), ""]:
        try:
            found: dict[str, Any] = getattr(import_module(f"{package}{place}.{module}"), attribute)
        except (ModuleNotFoundError, AttributeError):
            continue
        return found
    raise LookupError(name)


def violations(record: dict[str, Any], schema: str | None) -> Iterator[str]:
    status, version = record["status"], record["microversion"]
    text, headers = record["body"], record["headers"]
    body = json.loads(text) if text.startswith(("{", "[")) else None
    if status >= 400:
        yield from _of_fault(status, headers, body)
        return
    if version is not None:
        yield from _of_headers(version, headers)
    if schema is None or version is None:
        return
    told = schema_at(schema, version)
    if status not in told["status_code"]:
        yield f"status {status}, not {told['status_code']}"
    if "response_body" not in told:
        if text:
            yield "there should be no body"
        return
    judge = jsonschema_validator.JSONSCHEMA_VALIDATOR(
        told["response_body"], format_checker=jsonschema_validator.FORMAT_CHECKER
    )
    for error in judge.iter_errors(body):
        place = ".".join("*" if isinstance(step, int) else str(step) for step in error.absolute_path)
        yield f"{place}: {_words(error)}"


def _words(error: jsonschema.ValidationError) -> str:
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(uuid)", error.message)[:200]


def _of_headers(version: str, headers: dict[str, str]) -> Iterator[str]:
    found = {name.lower(): value for name, value in headers.items()}
    for name, value in (("openstack-api-version", f"volume {version}"), ("vary", "OpenStack-API-Version")):
        if found.get(name) != value:
            yield f"header {name} is {found.get(name)!r}"
    if "x-openstack-request-id" not in found:
        yield "there is no request id"


def _of_fault(status: int, headers: dict[str, str], body: Any) -> Iterator[str]:
    if (
        status == 401 or body is None
    ):  # keystonemiddleware, and the map of routes, refuse in words of their own
        return
    name = FAULTS.get(status, "computeFault")
    if list(body) != [name]:
        yield f"a fault {status} is {name}, not {list(body)}"
        return
    if set(body[name]) - {"retryAfter"} != {"code", "message"} or body[name]["code"] != status:
        yield f"a fault has code and message: {body[name]}"
    if status == 413 and "Retry-After" not in headers:
        yield "there is no Retry-After"


def _excuse(key: str, complaint: str) -> str | None:
    fit = (why for of, form, why in EXCUSED if key.startswith(of) and re.fullmatch(form, complaint))
    return next(fit, None)


def main(folder: Path) -> int:
    answers: Counter[tuple[str, str | None]] = Counter()
    refusals = 0
    excused: Counter[str] = Counter()
    wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records(folder):
        key, schema = operation_of(record)
        if record["status"] < 400:
            answers[key if schema else f"({key.partition('?')[0]})", record["microversion"]] += 1
        else:
            refusals += 1
        for complaint in violations(record, schema):
            if why := _excuse(key, complaint):
                excused[why] += 1
            else:
                wrong[key, complaint].append(f"{record['microversion']}  {record['test']}")

    for (key, complaint), places in sorted(wrong.items()):
        print(f"{key}\n    {complaint}")
        for place in sorted(set(places))[:SHOWN]:
            print(f"        {place}")
    for why, times in excused.most_common():
        print(f"excused {times} times: {why}")
    judged = {key for key, _ in answers if not key.startswith("(")}
    print(
        f"{answers.total()} answers of the volume service, of {len(judged)} operations that Tempest has schemas for;"
        f" {refusals} refusals: {len(wrong)} violations"
    )
    return bool(wrong) or not answers


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
