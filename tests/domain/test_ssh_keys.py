"""Keys: what is generated can be read by others, and what others made is read as Nova reads it."""

import base64

import pytest

from fakecompute.domain import rsa
from fakecompute.domain.ssh_keys import BadKey, generate, ssh_fingerprint, x509_fingerprint

ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF7VHEhCnMg2k1ILPS+BSUsFbqW8Qf/Ek2xKR0Xv/182 me@home"
ECDSA = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAeHF3LqABMIc/QHB3wzfSSoemEjm+x"
    "CIUpPnPOIzn90OlB68VgJxT4KKG+mQ1Z0nPMFV1pmHhfXdn3nb+3ipvQ="
)


@pytest.fixture(scope="module")
def pair():
    return generate("a seed")


def test_the_same_seed_gives_the_same_pair(pair):
    rsa.key.cache_clear()
    assert generate("a seed") == pair


def test_a_private_key_is_pem(pair):
    lines = pair.private.splitlines()
    assert (lines[0], lines[-1]) == ("-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----")


def test_a_public_key_is_a_line_of_openssh_with_novas_comment(pair):
    kind, blob, comment = pair.public.split(" ")
    assert (kind, comment) == ("ssh-rsa", "Generated-by-Nova")
    assert base64.b64decode(blob)[4:11] == b"ssh-rsa"


def test_others_can_read_the_private_key(pair):
    serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
    private = serialization.load_pem_private_key(pair.private.encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    assert private.key_size == 2048
    assert public.decode() == pair.public.removesuffix(" Generated-by-Nova")


# The fingerprints are what nova/crypto.py makes of the same keys.


def test_the_fingerprint_of_an_ed25519_key():
    assert ssh_fingerprint(ED25519) == "3a:6c:67:f4:28:bc:02:1e:89:49:79:ff:70:d4:7c:df"


def test_the_fingerprint_of_an_ecdsa_key():
    assert ssh_fingerprint(ECDSA) == "7c:45:29:d4:a9:82:88:09:42:ab:31:2d:13:64:9b:5d"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-rsa",
        "ssh-rsa AAAA",
        "ssh-foo AAAAC3NzaC1lZDI1NTE5AAAAIF7VHEhCnMg2k1ILPS+BSUsFbqW8Qf/Ek2xKR0Xv/182",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIF7VHEhCnMg2k1ILPS+BSUsFbqW8Qf/Ek2xKR0Xv/182",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF7VHEhCnMg2k1IL",
        ED25519.replace(" ", "\t"),
    ],
)
def test_what_is_no_key_is_told(text):
    with pytest.raises(BadKey, match=r"^failed to generate fingerprint$"):
        ssh_fingerprint(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hello", "MalformedFraming"),
        ("-----BEGIN FOO-----\nAAAA\n-----END FOO-----\n", "no BEGIN CERTIFICATE/END CERTIFICATE"),
        ("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", "InvalidData"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "error parsing asn1 value"),
    ],
)
def test_what_is_no_certificate_is_told(text, why):
    with pytest.raises(BadKey, match=f"^failed to generate X509 fingerprint. Error message: .*{why}"):
        x509_fingerprint(text)
