"""Key pairs of X.509, read by others."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from fakecompute.domain.x509 import generate
from fakecompute.kernel.clock import EPOCH, SECOND

x509 = pytest.importorskip("cryptography.x509")
pkcs12 = pytest.importorskip("cryptography.hazmat.primitives.serialization.pkcs12")


@pytest.fixture(scope="module")
def pair():
    return generate("a seed", "user-1", EPOCH)


@pytest.fixture(scope="module")
def certificate(pair):
    return x509.load_pem_x509_certificate(pair.public.encode())


def test_the_same_seed_gives_the_same_pair(pair):
    assert generate("a seed", "user-1", EPOCH) == pair


def test_a_certificate_is_signed_by_itself(certificate):
    certificate.verify_directly_issued_by(certificate)


def test_a_certificate_is_of_its_user(certificate):
    assert certificate.subject.rfc4514_string() == certificate.issuer.rfc4514_string() == "CN=user-1"


def test_a_certificate_lives_for_ten_years_of_365_days(certificate):
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_before_utc == begin
    assert certificate.not_valid_after_utc == begin + timedelta(days=3650)


def test_a_certificate_may_live_beyond_the_years_of_two_digits():
    late = datetime(2045, 6, 1, tzinfo=UTC)
    pair = generate("a seed", "user-1", int(late.timestamp()) * SECOND)
    certificate = x509.load_pem_x509_certificate(pair.public.encode())
    assert certificate.not_valid_after_utc == late + timedelta(days=3650)


def test_a_certificate_is_for_clients(certificate):
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]


def test_a_certificate_names_the_principal(certificate):
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    principal = names.get_values_for_type(x509.OtherName)[0]
    assert principal.type_id.dotted_string == "1.3.6.1.4.1.311.20.2.3"
    assert principal.value == b"\x0c\x10user-1@localhost"


def test_the_private_half_is_a_file_without_a_password(pair, certificate):
    key, found, _ = pkcs12.load_key_and_certificates(base64.b64decode(pair.private), b"")
    assert found == certificate
    assert key.public_key() == certificate.public_key()
