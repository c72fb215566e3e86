"""Who may do what with images and metadata definitions, as a real Glance 33 has answered (roles.json).

`python -m tests.conformance.ask_image_roles` writes that down; the rows are in tests/conformance/image_roles.py.
"""

import json
from pathlib import Path

import pytest

from fakecompute.domain.records.identity import Token
from tests.conformance.image_roles import World, rows

EXPECTED = json.loads((Path(__file__).parent / "roles.json").read_text())


@pytest.fixture
def world(cloud, http):
    def token(text):
        user, project, roles = text.split(":")
        if cloud.store.find(Token, text) is None:
            whose = {"user_id": user, "user_name": user, "user_domain_id": "default", "roles": tuple(roles.split(","))}
            scope = {"project_id": project, "project_name": project, "project_domain_id": "default"}
            life = {"issued_at": cloud.now, "expires_at": cloud.now + 10**12, "methods": ("password",)}
            cloud.store.put(Token(id=text, audit_ids=("a",), **whose, **scope, **life))
        return text

    def ask(method, path, who, body, kind):
        headers = {"X-Auth-Token": token(who), **({"Content-Type": kind} if kind else {})}
        answer = http.request(method, f"/image/v2{path}", content=body, headers=headers)
        return answer.status_code, answer.json

    return World(ask)


@pytest.mark.parametrize("row", list(rows()), ids=str)
def test_each_role_may_what_the_default_policies_say(world, row):
    answers = world.answers(row)
    for place, expected in EXPECTED[str(row)].items():
        broken = {caller for caller, status in expected.items() if status == 500}  # Glance's own mistakes
        assert all(400 <= answers[place][caller] < 500 for caller in broken)
        told = {caller: status for caller, status in expected.items() if caller not in broken}
        assert {caller: answers[place][caller] for caller in told} == told, place
