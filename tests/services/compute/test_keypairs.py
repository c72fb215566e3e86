"""Key pairs through the versions."""

from base64 import b64decode

import pytest

KEYPAIRS = "/compute/v2.1/os-keypairs"
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF7VHEhCnMg2k1ILPS+BSUsFbqW8Qf/Ek2xKR0Xv/182 me@home"
PRINT = "3a:6c:67:f4:28:bc:02:1e:89:49:79:ff:70:d4:7c:df"
# of an X.509 certificate that openssl made, and the SHA-1 that openssl gives for it
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIDBDCCAeygAwIBAgIUZLIK/AwuPlhfWjsNqapw8jMJpoMwDQYJKoZIhvcNAQEL
BQAwDDEKMAgGA1UEAwwBdTAeFw0yNjExMjIxMTA4MzNaFw0zNjExMTkxMTA4MzNa
MAwxCjAIBgNVBAMMAXUwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCs
yylEA+XCmRtZu7BgwMCv/wPwf+PAcxgv2hhzUyHw34kU4scuzCpiKU0bKHX3NNXl
QLixrEVhcUADMekEDO1FQz8swv3MMlQa+SkzoGJ/ceg5cYrO079u3dyGP39/qQCU
a3qVUGewwRDSp//kXHA1n359NN5pKD4s6TjClH/Bzc8Sdz8QvwlAbZwAmkS3fNnh
PPBwPEVl6nYCEqTyUvZCFDOYkRTXfsMVAiFxvDFt2FCvH4Nn0W9vOQCfr1rB4HAZ
Oc/K8SvMzzL/1IJGgKOPPlYyGE3VDmhRZhiHJso9AMrPE4Bo4Xo0pBYO4zzt6+9H
f1qwYt+MNcGbYRcZReovAgMBAAGjXjBcMBMGA1UdJQQMMAoGCCsGAQUFBwMCMCYG
A1UdEQQfMB2gGwYKKwYBBAGCNxQCA6ANDAt1QGxvY2FsaG9zdDAdBgNVHQ4EFgQU
ITRAzJKgKBlXa9so/peUXVG8RhMwDQYJKoZIhvcNAQELBQADggEBACJAYBtUnFcO
xtV+1Vs9SiY+9g4QCT69Kyx8FfEWG8+Qy1vtK5hcVhEli0taJvJzrSZu+6lncXvR
7vkYFlIZUHtjoT7Vtq1Qw2qBueJcZifQPL682vJT0rcFbQuOR7MPG+FnB69T4q7a
rYrNoqIhL1DMmIrOovcwA9eLBLzQ8DwZHX4GMvMsIfXtBK5Ma8E68ji7Ps+gmeXv
wp8v6iwZdSv6Ylb94jMkSY7nrKZEseS1Ai3+HimhFBlyzL/v+mhXlmj34SdaipQm
t41GXvEUs4pGDVVafpPGYE2DFDyEZt5rbiGf8C7PP6Yz94vrpnEXjDiGktHbsZeN
xjUS1HLvXrs=
-----END CERTIFICATE-----
"""


def make(client, version=None, **keypair):
    wish = {"name": "mine", "public_key": PUBLIC, **keypair}
    return client.post(KEYPAIRS, json={"keypair": wish}, version=version)


def generate(client, version=None, **keypair):
    return client.post(KEYPAIRS, json={"keypair": {"name": "mine", **keypair}}, version=version)


def names(answer):
    return [entry["keypair"]["name"] for entry in answer.json["keypairs"]]


def message(answer):
    (fault,) = answer.json.values()
    return fault["message"]


# --- import and generation


def test_a_key_is_imported(http):
    made = make(http)
    assert made.status_code == 200
    assert made.json["keypair"] == {
        "name": "mine",
        "public_key": PUBLIC,
        "fingerprint": PRINT,
        "user_id": http.token.user_id,
    }


def test_the_type_and_201_come_with_2_2(http):
    made = make(http, "2.2")
    assert (made.status_code, made.json["keypair"]["type"]) == (201, "ssh")


def test_a_pair_is_generated(http):
    pair = generate(http).json["keypair"]
    assert pair["private_key"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert pair["public_key"].endswith(" Generated-by-Nova")


def test_the_private_key_is_never_shown_again(http):
    generate(http)
    assert "private_key" not in http.get(f"{KEYPAIRS}/mine").json["keypair"]


def test_there_is_no_generation_from_2_92_on(http):
    assert generate(http, "2.91").status_code == 201
    refused = generate(http, "2.92")
    assert message(refused).endswith("'public_key' is a required property")


def test_a_certificate_is_imported(http):
    made = make(http, "2.2", type="x509", public_key=CERTIFICATE)
    assert (
        made.json["keypair"]["fingerprint"] == "ba:c2:91:7f:28:46:3a:90:35:0b:82:5e:76:75:dc:53:f8:4b:5a:d5"
    )


def test_a_certificate_is_generated(http):
    pair = generate(http, "2.2", type="x509").json["keypair"]
    assert pair["public_key"].startswith("-----BEGIN CERTIFICATE-----\n")
    assert b64decode(pair["private_key"])[:1] == b"\x30"  # PKCS#12
    assert len(pair["fingerprint"].split(":")) == 20


def test_a_key_that_is_none(http):
    refused = make(http, public_key="ssh-rsa AAAA")
    assert (refused.status_code, message(refused)) == (
        400,
        "Keypair data is invalid: failed to generate fingerprint",
    )


def test_names_are_taken_once(http):
    make(http)
    again = make(http)
    assert (again.status_code, message(again)) == (409, "Key pair 'mine' already exists.")


def test_two_dots_and_an_at_come_with_2_92(http):
    refused = make(http, "2.91", name="me@home.org")
    assert "'me@home.org' does not match" in message(refused)
    assert make(http, "2.92", name="me@home.org").status_code == 201


def test_the_quota(http):
    project = http.token.project_id
    http.as_("admin").put(f"/compute/v2.1/os-quota-sets/{project}", json={"quota_set": {"key_pairs": 1}})
    make(http)
    refused = make(http, name="another")
    assert (refused.status_code, message(refused)) == (403, "Quota exceeded, too many key pairs.")


# --- show, list, delete


def test_all_of_a_key_pair_is_shown(cloud, http):
    make(http)
    shown = http.get(f"{KEYPAIRS}/mine", version="2.2").json["keypair"]
    assert shown.keys() == {
        *("name", "public_key", "fingerprint", "type", "user_id", "id"),
        *("created_at", "updated_at", "deleted", "deleted_at"),
    }
    assert (shown["deleted"], shown["deleted_at"], shown["updated_at"]) == (False, None, None)


def test_a_list_is_sorted_by_name(http):
    for name in "cab":
        make(http, name=name)
    assert names(http.get(KEYPAIRS)) == ["a", "b", "c"]


def test_pages_come_with_2_35(http):
    for name in "abc":
        make(http, name=name)
    assert names(http.get(f"{KEYPAIRS}?limit=1", version="2.34")) == ["a", "b", "c"]
    page = http.get(f"{KEYPAIRS}?limit=1&marker=a", version="2.35")
    assert names(page) == ["b"]
    assert page.json["keypairs_links"][0]["href"].endswith("/os-keypairs?limit=1&marker=b")


def test_a_marker_that_is_not_there(http):
    refused = http.get(f"{KEYPAIRS}?marker=nope", version="2.35")
    assert (refused.status_code, message(refused)) == (400, "Marker nope could not be found.")


def test_a_key_pair_is_deleted(http):
    make(http)
    assert http.delete(f"{KEYPAIRS}/mine").status_code == 202
    make(http)
    assert http.delete(f"{KEYPAIRS}/mine", version="2.2").status_code == 204


def test_a_key_pair_that_is_not_there(http):
    assert message(http.get(f"{KEYPAIRS}/nope")) == (f"Keypair nope not found for user {http.token.user_id}")


# --- whose


@pytest.fixture
def admin(http):
    return http.as_("admin")


def test_an_admin_acts_for_others_from_2_10_on(http, admin):
    user = http.token.user_id
    assert make(admin, "2.10", user_id=user).json["keypair"]["user_id"] == user
    assert names(http.get(KEYPAIRS)) == ["mine"]
    assert names(admin.get(f"{KEYPAIRS}?user_id={user}", version="2.10")) == ["mine"]
    assert admin.delete(f"{KEYPAIRS}/mine?user_id={user}", version="2.10").status_code == 204


def test_nobody_else_does(http, admin):
    refused = http.get(f"{KEYPAIRS}?user_id={admin.token.user_id}", version="2.10")
    assert refused.status_code == 403
    assert message(refused) == "Policy doesn't allow os_compute_api:os-keypairs:index to be performed."


def test_the_user_is_not_asked_for_before_2_10(http, admin):
    make(http)
    assert names(http.get(f"{KEYPAIRS}?user_id={admin.token.user_id}", version="2.9")) == ["mine"]
