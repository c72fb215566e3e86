"""Each operation of Keystone, asked by each role with each scope: the answers are those of a real Keystone 30.

`roles_and_scopes.json` is what it answered (tests/conformance/ask_identity_roles.py asks it).
"""

import json
from pathlib import Path

import pytest

from fakecompute.cloud import Cloud
from fakecompute.wsgi.client import Http
from tests.conformance.identity_roles import CALLERS, World, rows

ANSWERS = json.loads((Path(__file__).parent / "roles_and_scopes.json").read_text())


def _asking(cloud):
    http = Http(cloud)

    def ask(method, path, body=None, token=None):
        answer = http.request(method, f"/identity/v3{path}", json=body, headers={"X-Auth-Token": token})
        return answer.status_code, answer.json, dict(answer.headers)

    return ask


# What is asked where the real one's answer is no model.
UNLIKE = {
    # it stumbled over a role that was gone and had been implied by another
    **{("GET /role_inferences", f"{role}/system"): 200 for role in ("admin", "manager", "member", "reader")},
    ("GET /role_inferences", "admin/project"): 200,
}


@pytest.fixture(scope="module")
def world():
    """All operations are asked of one cloud: what they make new is new for each."""
    return World(_asking(Cloud()))


@pytest.mark.parametrize(("row", "place"), [(row, place) for row in rows() for place in row.places], ids=str)
def test_keystone_lets_the_same_do_it(world, row, place):
    answers = ANSWERS[f"{row} of {place}"]
    told = {caller: int(status) for status, callers in answers.items() for caller in callers.split()}
    told |= {caller: UNLIKE[f"{row}", caller] for caller in CALLERS if (f"{row}", caller) in UNLIKE}
    assert {caller: world.status(row, place, caller) for caller in CALLERS} == told
