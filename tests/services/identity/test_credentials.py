"""/credentials, EC2 credentials and the tokens for signed requests.  Expectations: Keystone 30."""

import hmac
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha1, sha256
from urllib.parse import quote

import pytest

from fakecompute.domain.records.identity import Project, User
from tests.services.identity.signing_in import V3, bearer, message

CREDENTIALS = f"{V3}/credentials"


@pytest.fixture
def demo(cloud):
    return cloud.store.one(User, "name", ("default", "demo")).id


@pytest.fixture
def project(cloud):
    return cloud.store.one(Project, "name", ("default", "demo")).id


@pytest.fixture
def create(http, demo):
    def do(face=http, **more):
        wish = {"blob": "x", "type": "cert", "user_id": demo, **more}
        return face.post(CREDENTIALS, json={"credential": wish})

    return do


# --- credentials


def test_keystone_keeps_a_credential_for_a_user(http, create, demo):
    made = create(foo=1).json["credential"]
    assert made.items() >= {"foo": 1, "user_id": demo, "project_id": None, "type": "cert", "blob": "x"}.items()
    assert http.get(f"{CREDENTIALS}/{made['id']}").json["credential"] == made


def test_neither_its_user_nor_its_project_need_be_there(http, create):
    assert create(http.as_("admin", "admin"), user_id="nope").status_code == 201
    assert create(project_id="nope").status_code == 201


def test_one_makes_credentials_for_oneself(create):
    answer = create(user_id="nope")
    assert message(answer) == "You are not authorized to perform the requested action: identity:create_credential."


@pytest.mark.parametrize(("blob", "sentence"), [
    ("x", "Invalid blob in credential"),
    ('{"secret": "S"}', "Expecting to find access in credential."),
    ("[]", "Expecting to find blob in credential."),
])  # fmt: skip
def test_the_blob_of_an_ec2_credential_has_an_access_key(create, project, blob, sentence):
    answer = create(type="ec2", blob=blob, project_id=project)
    assert answer.status_code == 400
    assert message(answer).startswith(sentence)


def test_an_ec2_credential_is_called_after_its_access_key(create, project):
    id = sha256(b"A").hexdigest()
    assert create(type="ec2", blob='{"access":"A"}', project_id=project).json["credential"]["id"] == id
    answer = create(type="ec2", blob='{"access":"A"}', project_id=project)
    assert answer.status_code == 409
    assert message(answer) == f"Conflict occurred attempting to store credential - Duplicate entry found with ID {id}."


def test_an_ec2_credential_is_for_a_project(create):
    assert message(create(type="ec2")).endswith("'project_id' is a required property")


def test_a_blob_changes_and_nothing_else(http, create):
    id = create().json["credential"]["id"]
    changed = http.patch(f"{CREDENTIALS}/{id}", json={"credential": {"blob": "new"}})
    assert changed.json["credential"]["blob"] == "new"
    assert http.patch(f"{CREDENTIALS}/{id}", json={"credential": {"blob": "x", "type": "y"}}).status_code == 400


def test_the_scope_of_a_blob_stays(http, create, project):
    id = create(type="ec2", blob='{"access":"A"}', project_id=project).json["credential"]["id"]
    answer = http.patch(f"{CREDENTIALS}/{id}", json={"credential": {"blob": '{"access":"A","trust_id":"T"}'}})
    assert (answer.status_code, message(answer)) == (400, "trust_id can not be updated for credential")


def test_one_lists_ones_own(http, create):
    create()
    create(type="totp", blob="GEZDGNBVGY3TQOJQ")
    assert len(http.get(CREDENTIALS).json["credentials"]) == 2
    assert [one["type"] for one in http.get(CREDENTIALS, params={"type": "totp"}).json["credentials"]] == ["totp"]
    assert http.as_("alt_demo").get(CREDENTIALS).json["credentials"] == []
    assert len(http.as_("admin", "admin").get(CREDENTIALS).json["credentials"]) == 2


def test_what_is_not_there_is_forbidden_to_all_but_admins(http):
    assert http.get(f"{CREDENTIALS}/nope").status_code == 403
    assert message(http.as_("admin", "admin").get(f"{CREDENTIALS}/nope")) == "Could not find credential: nope."


def test_credentials_go_with_their_user(http, create, demo):
    create()
    admin = http.as_("admin", "admin")
    admin.delete(f"{V3}/users/{demo}")
    assert admin.get(CREDENTIALS).json["credentials"] == []


# --- EC2


@pytest.fixture
def key(http, demo, project):
    return http.post(f"{V3}/users/{demo}/credentials/OS-EC2", json={"tenant_id": project}).json["credential"]


def test_an_ec2_credential_is_a_credential(http, key, demo, project):
    assert key.items() >= {"user_id": demo, "tenant_id": project, "trust_id": None}.items()
    (kept,) = http.get(CREDENTIALS, params={"type": "ec2"}).json["credentials"]
    assert kept["id"] == sha256(key["access"].encode()).hexdigest()
    assert http.get(f"{V3}/users/{demo}/credentials/OS-EC2").json["credentials"] == [key]
    assert http.get(f"{V3}/users/{demo}/credentials/OS-EC2/{key['access']}").json["credential"] == key


def test_an_ec2_credential_is_deleted_once(http, key, demo):
    address = f"{V3}/users/{demo}/credentials/OS-EC2/{key['access']}"
    assert http.delete(address).status_code == 204
    hashed = sha256(key["access"].encode()).hexdigest()
    assert message(http.delete(address)) == f"Could not find credential: {hashed}."


def test_it_is_made_by_members_for_a_project_that_is_there(http, demo):
    address = f"{V3}/users/{demo}/credentials/OS-EC2"
    assert message(http.post(address, json={})) == "Could not find project: None."
    assert http.as_("alt_demo").post(address, json={}).status_code == 403
    assert http.as_("alt_demo").get(address).status_code == 403


def signed(key, **more):
    """As a client of version 2 signs."""
    params = {"SignatureVersion": "2", "SignatureMethod": "HmacSHA256", "AWSAccessKeyId": key["access"], **more}
    query = "&".join(f"{name}={quote(value, safe='-_~')}" for name, value in sorted(params.items()))
    text = f"GET\nfoo:8080\n/bar\n{query}"
    signature = b64encode(hmac.new(key["secret"].encode(), text.encode(), sha256).digest()).decode()
    return {"access": key["access"], "signature": signature, "host": "foo:8080", "verb": "GET", "path": "/bar",
            "params": params}  # fmt: skip


def test_a_signed_request_is_good_for_a_token(http, key, demo):
    service = http.as_("service")
    answer = service.post(f"{V3}/ec2tokens", json={"ec2Credentials": signed(key)})
    assert answer.status_code == 200
    assert answer.json["token"]["user"]["id"] == demo
    assert answer.json["token"]["methods"] == ["ec2credential"]
    assert http.get("/compute/v2.1/servers", headers=bearer(answer)).status_code == 200


@pytest.mark.parametrize(("change", "status"), [
    ({"signature": "x"}, 401), ({"signature": None}, 401), ({"access": "nope"}, 404), ({"access": 5}, 401),
    ({"params": {}}, 401), ({"params": None}, 401), ({"verb": None}, 401),
])  # fmt: skip
def test_a_request_that_is_not_signed_is_refused(http, key, change, status):
    answer = http.as_("service").post(f"{V3}/ec2tokens", json={"credentials": {**signed(key), **change}})
    assert answer.status_code == status


def test_an_old_request_is_refused(cloud, http, key):
    sent = {"credentials": signed(key, Timestamp="2026-01-01T00:00:00Z")}
    assert http.as_("service").post(f"{V3}/ec2tokens", json=sent).status_code == 200
    cloud.advance(901)
    assert http.as_("service").post(f"{V3}/ec2tokens", json=sent).status_code == 401


def test_only_services_ask_for_such_tokens(http, key):
    answer = http.post(f"{V3}/ec2tokens", json={"credentials": signed(key)})
    assert message(answer) == "You are not authorized to perform the requested action: identity:ec2tokens_validate."
    assert message(http.as_("service").post(f"{V3}/ec2tokens", json={})) == "request must include a request body"


def test_s3_requests_are_signed_otherwise(http, key):
    text = b"GET\n\n\nThu\n/bucket"
    signature = b64encode(hmac.new(key["secret"].encode(), text, sha1).digest()).decode()
    sent = {"access": key["access"], "token": urlsafe_b64encode(text).decode(), "signature": signature}
    assert http.as_("service").post(f"{V3}/s3tokens", json={"credentials": sent}).status_code == 200
    sent["token"] = "x"
    assert http.as_("service").post(f"{V3}/s3tokens", json={"credentials": sent}).status_code == 401
