"""Could Nova have answered what the suite was told?  `CONFORMANCE=... python -m tests.conformance.check FOLDER`

FOLDER is what the suite has written (tests/traffic.py); the judge is the harness's `nova_schemas.py`, which reads
the response schemas, statuses, faults and routes that Nova itself has.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

sys.path.append(str(Path(os.environ["CONFORMANCE"]) / "nova"))

import nova_schemas

SHOWN = 5  # tests that are named for one violation
OLDER = (  # these ask clouds of what Nova was once: other headers, rate limits
    "tests/services/test_releases.py",
    "tests/services/compute/test_rate_limits.py",
)
INJECTED = {429, *range(500, 600)}  # by fault rules; 501 is what fakecompute has not
# keystonemiddleware, the map of routes and oslo.middleware refuse in words of their own
BELOW = {401, 404, 413}
ADDRESS = ("Malformed request URL", "The query is not UTF-8")

HOSTS = "a host, which Nova's schema takes for a UUID"
POLICIES = "the group was made in a later version"
# What a real Nova answers, too: (operation, end of the complaint) -> why
EXCUSED = {
    ("POST /os-server-external-events", "success status 200 expected, got 207"): "some events were not taken",
    ("GET /os-server-groups", "'soft-affinity' is not one of ['affinity', 'anti-affinity']"): POLICIES,
    ("GET /os-server-groups", "'soft-anti-affinity' is not one of ['affinity', 'anti-affinity']"): POLICIES,
    **{
        (f"GET /os-instance_usage_audit_log{id}", f"'{host}' is not a 'uuid'"): HOSTS
        for id in ("", "/{id}")
        for host in ("compute-1", "compute-2", "fake-mini")
    },
    (
        "POST /servers/{id}/action [addFixedIp]",
        "status 409 not in expected_errors [400, 404]",
    ): "the server is locked: Nova fails with 500, and a 500 is never ours",
    (
        "POST /os-snapshots",
        "status 404 not in expected_errors [400, 403]",
    ): "there is no such volume: Nova fails with 500, and a 500 is never ours",
}


def records(folder: Path) -> Iterator[dict[str, Any]]:
    """What Nova itself would answer today, but for the choice of versions (300), which has no schema."""
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.open():
            record = json.loads(line)
            status = record["status"]
            special = status in INJECTED or status == 300 or record["method"] == "OPTIONS"
            if record["service"] == "compute" and not special and not record["test"].startswith(OLDER):
                yield record


def violations(record: dict[str, Any], action: str | None) -> list[str]:
    version, status, body = record["microversion"], record["status"], record["body"]
    if status in BELOW and (version is None or is_text(record)):
        return []
    unknown = version is None or status == 415 or any(words in body for words in ADDRESS)
    if status >= 400 and unknown:  # refused before it was known what is asked
        return list(nova_schemas.check_fault(status, json.loads(body)))
    asked = record["method"], record["path"]
    complaints: list[str] = nova_schemas.check_response(
        *asked, version, status, body, action=action, strict_status=True
    )
    if version is not None:  # the version documents beside the API carry none of its headers
        complaints += nova_schemas.check_headers(version, record["headers"], status)
    return complaints


def is_text(record: dict[str, Any]) -> bool:
    kind: str = record["headers"].get("Content-Type", "")
    return kind.startswith("text/")


def action_of(record: dict[str, Any]) -> str | None:
    """The one key of a body; some bodies are hostile."""
    try:
        body = json.loads(record["request_body"], parse_constant=_no_json)
    except (ValueError, RecursionError):
        return None
    return next(iter(body)) if isinstance(body, dict) and len(body) == 1 else None


def _no_json(word: str) -> NoReturn:
    """NaN and Infinity: Python reads them, and Nova with it; here they are a malformed body."""
    raise ValueError(word)


def main() -> None:
    answers: Counter[tuple[str, str | None]] = Counter()
    refusals: Counter[str] = Counter()
    excused: Counter[str] = Counter()
    wrong: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records(Path(sys.argv[1])):
        action = action_of(record)
        operation, _ = nova_schemas.find(record["method"], record["path"], action=action)
        key = operation.key if operation else f"{record['method']} {record['path']}"
        if record["status"] < 400:
            answers[key, record["microversion"]] += 1
        else:
            refusals[key] += 1
        for complaint in violations(record, action):
            if why := EXCUSED.get((key, complaint.partition(": ")[2])):
                excused[why] += 1
            else:
                wrong[key, complaint].append(f"{record['microversion']}  {record['test']}")

    for (key, complaint), places in sorted(wrong.items()):
        print(f"{key}\n    {complaint}")
        for place in sorted(set(places))[:SHOWN]:
            print(f"        {place}")
    for why, times in excused.most_common():
        print(f"excused {times} times: {why}")
    print(
        f"{answers.total()} answers of {len({key for key, _ in answers})} operations,"
        f" {len(answers)} of operation x microversion; {refusals.total()} refusals: {len(wrong)} violations"
    )
    sys.exit(bool(wrong) or not answers)


if __name__ == "__main__":
    main()
