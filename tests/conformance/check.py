"""Does Nova accept what the suite was told?  `CONFORMANCE=... python -m tests.conformance.check FOLDER`

FOLDER is what the suite has written (tests/traffic.py); the judge is the harness's `nova_schemas.py`, which reads
the response schemas, statuses and routes that Nova itself has.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.append(str(Path(os.environ["CONFORMANCE"]) / "nova"))

import nova_schemas

SHOWN = 5  # tests that are named for one violation
EXCUSED = {  # what a real Nova answers, too: operation, and the end of the complaint
    # some of the events were not taken
    ("POST /os-server-external-events", "success status 200 expected, got 207"),
    # a group that was made in a later version
    ("GET /os-server-groups", "'soft-affinity' is not one of ['affinity', 'anti-affinity']"),
    ("GET /os-server-groups", "'soft-anti-affinity' is not one of ['affinity', 'anti-affinity']"),
    # hosts, which Nova's schema takes for UUIDs
    *(
        (f"GET /os-instance_usage_audit_log{id}", f"'{host}' is not a 'uuid'")
        for id in ("", "/{id}")
        for host in ("compute-1", "compute-2", "fake-mini")
    ),
}


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """Successes, of operations that Nova has."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.open():
            record = json.loads(line)
            if 200 <= record["status"] < 300 and record["method"] != "OPTIONS":
                yield record


def violations(record: dict[str, Any]) -> list[str]:
    version, body = record["microversion"], record["body"]
    asked = record["method"], record["path"]
    complaints: list[str] = nova_schemas.check_response(
        *asked, version, record["status"], body, request_body=record["request_body"]
    )
    if version is not None:  # the version documents beside the API carry none of its headers
        complaints += nova_schemas.check_headers(version, record["headers"], record["status"])
    return complaints


def main() -> None:
    answers: Counter[tuple[str, str | None]] = Counter()
    wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records(Path(sys.argv[1])):
        operation, _ = nova_schemas.find(record["method"], record["path"], record["request_body"])
        key = operation.key if operation else f"{record['method']} {record['path']}"
        answers[key, record["microversion"]] += 1
        for complaint in violations(record):
            if (key, complaint.partition(": ")[2]) in EXCUSED:
                continue
            wrong[key, complaint].append(f"{record['microversion']}  {record['test']}")

    for (key, complaint), places in sorted(wrong.items()):
        print(f"{key}\n    {complaint}")
        for place in sorted(set(places))[:SHOWN]:
            print(f"        {place}")
    print(
        f"{answers.total()} answers of {len({key for key, _ in answers})} operations,"
        f" {len(answers)} of operation x microversion: {len(wrong)} violations"
    )
    sys.exit(bool(wrong) or not answers)


if __name__ == "__main__":
    main()
