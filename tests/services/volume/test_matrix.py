"""Each operation on a volume, a snapshot or a backup in each of its statuses is answered as a real Cinder does.

`matrix.json` is what a real one answered (tests/conformance/matrix.py).
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.conformance.matrix import MIGRATING, OPERATIONS, STATUSES, Answer, Stage, observed, rows
from tests.conformance.ours import OurCinder

# The statuses that spec/volumes.yaml has for an operation: `ok_from` of volume_transitions, from memory.
# fmt: off
SPEC = {
    "delete":                        "available error error_restoring error_extending error_managing",
    "os-extend":                     "available in-use",
    "os-extend, 3.41":               "available",
    "os-retype":                     "available in-use",
    "os-volume_upload_image":        "available",
    "os-volume_upload_image, force": "available in-use",
    "backup":                        "available",
    "backup, force":                 "available in-use",
    "restore to":                    "available",
    "snapshot":                      "available in-use",
    "snapshot, 3.65, force":         "available in-use",
    "transfer":                      "available",
    "os-migrate_volume":             "available in-use",
    "os-reimage":                    "available",
    "os-reimage, reserved":          "available in-use error",
}
# fmt: on

# Where the real one has shown the memory to be wrong: (operation, status) -> what it does.
SPEC_WRONG: dict[tuple[str, str], str] = {
    ("os-volume_upload_image, force", "in-use"): "refused, unless [DEFAULT]enable_force_upload",
    ("os-reimage", "error"): "let in: an image mends what is broken",
    ("os-reimage, reserved", "in-use"): "refused: whoever rebuilds has reserved it anew",
    ("os-reimage, reserved", "reserved"): "let in",
}


@cache
def stage(kind: str) -> Stage:
    """One of the kind in each status."""
    made = Stage(OurCinder(), kind)
    made.set()
    return made


def ours(kind: str, operation: str) -> dict[str, Answer]:
    """What we answer in each status, each time to a cloud where nothing else has been asked."""
    origin = stage(kind)
    twin = Stage(origin.side.fork(), kind)  # type: ignore[attr-defined]
    return {status: twin.ask(OPERATIONS[kind][operation], names) for status, names in origin.names.items()}


@pytest.mark.parametrize("kind, operation", list(rows()))
def test_an_operation_is_answered_in_each_status_as_by_a_real_cinder(kind: str, operation: str):
    assert ours(kind, operation) == observed()[kind][operation]


def test_all_cells_were_observed():
    table = observed()
    assert [(kind, name) for kind, names in table.items() for name in names] == list(rows())
    assert all(
        list(answers) and set(answers) == set(STATUSES[kind])
        for kind, operations in table.items()
        for answers in operations.values()
    )


@pytest.mark.parametrize("operation", SPEC)
def test_the_real_one_lets_an_operation_begin_where_the_spec_says(operation: str):
    answers = observed()["volume"][operation]
    accepted = {status for status, (code, _) in answers.items() if code < 400} - {MIGRATING}
    differ = accepted.symmetric_difference(SPEC[operation].split())
    assert differ == {status for name, status in SPEC_WRONG if name == operation}
