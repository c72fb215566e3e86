"""Who may do what in Placement: a provider that has all that one can have, and all that can be asked of it.

A real Placement has answered (`ask_placement_roles.py` writes that down: tests/services/placement/roles.json), and
ours does (tests/services/placement/test_roles.py).  Rows and answers: `callers.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.conformance.callers import PROJECTS, Ask, filled

VERSION = {"OpenStack-API-Version": "placement 1.39"}
SERVICE = "service/other"  # who makes all that is there
NAMES = {
    **PROJECTS,
    "provider": "11111111-1111-4111-8111-111111111111",
    "empty": "22222222-2222-4222-8222-222222222222",
    "new": "33333333-3333-4333-8333-333333333333",
    "consumer": "44444444-4444-4444-8444-444444444444",
    "aggregate": "55555555-5555-4555-8555-555555555555",
}
# fmt: off
THINGS = """
POST /resource_providers {"name": "matrix", "uuid": "<provider>"}
POST /resource_providers {"name": "empty", "uuid": "<empty>"}
PUT  /traits/CUSTOM_OLD
POST /resource_classes {"name": "CUSTOM_OLD"}
PUT  /resource_providers/<provider>/inventories {"resource_provider_generation": 0, "inventories": {"VCPU": {"total": 8}}}
PUT  /allocations/<consumer> {"allocations": {"<provider>": {"resources": {"VCPU": 1}}}, "project_id": "<own>", "user_id": "u", "consumer_generation": null, "consumer_type": "INSTANCE"}
"""
TABLE = """
GET    /
GET    /resource_providers
GET    /resource_providers?name=matrix
POST   /resource_providers {"name": "new", "uuid": "<new>"}
GET    /resource_providers/<provider>
PUT    /resource_providers/<empty> {"name": "renamed"}
DELETE /resource_providers/<empty>
GET    /resource_providers/<provider>/aggregates
PUT    /resource_providers/<empty>/aggregates {"aggregates": ["<aggregate>"], "resource_provider_generation": 0}
GET    /resource_providers/<provider>/allocations
GET    /resource_providers/<provider>/inventories
POST   /resource_providers/<empty>/inventories {"resource_class": "VCPU", "total": 4}
PUT    /resource_providers/<empty>/inventories {"resource_provider_generation": 0, "inventories": {"VCPU": {"total": 8}}}
DELETE /resource_providers/<empty>/inventories
GET    /resource_providers/<provider>/inventories/VCPU
PUT    /resource_providers/<provider>/inventories/VCPU {"resource_provider_generation": 2, "total": 16}
DELETE /resource_providers/<empty>/inventories/VCPU
GET    /resource_providers/<provider>/traits
PUT    /resource_providers/<empty>/traits {"traits": ["CUSTOM_OLD"], "resource_provider_generation": 0}
DELETE /resource_providers/<empty>/traits
GET    /resource_providers/<provider>/usages
GET    /allocation_candidates?resources=VCPU:1
GET    /allocations/<consumer>
PUT    /allocations/<new> {"allocations": {"<provider>": {"resources": {"VCPU": 1}}}, "project_id": "<own>", "user_id": "u", "consumer_generation": null, "consumer_type": "INSTANCE"}
POST   /allocations {"<new>": {"allocations": {"<provider>": {"resources": {"VCPU": 1}}}, "project_id": "<own>", "user_id": "u", "consumer_generation": null, "consumer_type": "INSTANCE"}}
DELETE /allocations/<consumer>
POST   /reshaper {"inventories": {}, "allocations": {}}
POST   /reshaper {"inventories": {"<empty>": {"resource_provider_generation": 0, "inventories": {"VCPU": {"total": 8}}}}, "allocations": {}}
GET    /resource_classes
POST   /resource_classes {"name": "CUSTOM_NEW"}
GET    /resource_classes/VCPU
PUT    /resource_classes/CUSTOM_NEW
PUT    /resource_classes/CUSTOM_OLD
DELETE /resource_classes/CUSTOM_OLD
GET    /traits
GET    /traits/CUSTOM_OLD
PUT    /traits/CUSTOM_NEW
DELETE /traits/CUSTOM_OLD
GET    /usages?project_id=<own>
GET    /usages?project_id=<own>&user_id=u
GET    /usages?project_id=<other>
"""
# fmt: on


def rows() -> Iterator[str]:
    for line in TABLE.strip().splitlines():
        yield " ".join(line.split())


def world(ask: Ask) -> dict[str, str]:
    for line in THINGS.strip().splitlines():
        method, path, *body = filled(line, NAMES).split(None, 2)
        status, answer = ask(method, path, SERVICE, json.loads(body[0]) if body else None)
        assert status < 300, (line, status, answer)
    return NAMES
