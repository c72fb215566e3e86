"""Key pairs of X.509, with which users log in to Windows: a certificate, and a PKCS#12 file with its key."""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256, shake_256

from fakecompute.domain import rsa
from fakecompute.domain.rsa import Key, der, integer
from fakecompute.domain.ssh_keys import KeyPairText
from fakecompute.kernel.clock import SECOND

LIFE = timedelta(days=3650)
ITERATIONS = 2048

SEQUENCE, SET, OCTETS, OID, BITS, UTF8, NULL, UTC_TIME, GENERAL_TIME = (
    0x30, 0x31, 0x04, 0x06, 0x03, 0x0C, 0x05, 0x17, 0x18,
)  # fmt: skip

# fmt: off
OIDS = {
    "commonName":         "55 04 03",
    "extKeyUsage":        "55 1d 25",
    "subjectAltName":     "55 1d 11",
    "subjectKeyId":       "55 1d 0e",
    "clientAuth":         "2b 06 01 05 05 07 03 02",
    "userPrincipalName":  "2b 06 01 04 01 82 37 14 02 03",
    "rsaEncryption":      "2a 86 48 86 f7 0d 01 01 01",
    "sha256WithRSA":      "2a 86 48 86 f7 0d 01 01 0b",
    "sha256":             "60 86 48 01 65 03 04 02 01",
    "pkcs7-data":         "2a 86 48 86 f7 0d 01 07 01",
    "pkcs12-keyBag":      "2a 86 48 86 f7 0d 01 0c 0a 01 01",
    "pkcs12-certBag":     "2a 86 48 86 f7 0d 01 0c 0a 01 03",
    "x509Certificate":    "2a 86 48 86 f7 0d 01 09 16 01",
    "localKeyID":         "2a 86 48 86 f7 0d 01 09 15",
}
# fmt: on


def generate(seed: str, user_id: str, now: int) -> KeyPairText:
    """What Nova lets openssl make: the private half is a PKCS#12 file without a password, in base64."""
    key = rsa.key(seed)
    certificate = _certificate(key, seed, user_id, now)
    return KeyPairText(
        base64.b64encode(_pkcs12(key, certificate, seed)).decode(), rsa.pem("CERTIFICATE", certificate)
    )


def _oid(name: str) -> bytes:
    return der(OID, bytes.fromhex(OIDS[name]))


def _algorithm(name: str) -> bytes:
    return der(SEQUENCE, _oid(name), der(NULL))


# --- the certificate ---------------------------------------------------------------------------------------


def _certificate(key: Key, seed: str, user_id: str, now: int) -> bytes:
    """Signed by itself, and valid for ten years from now."""
    # nova/crypto.py: generate_winrm_x509_cert
    name = der(SEQUENCE, der(SET, der(SEQUENCE, _oid("commonName"), der(UTF8, user_id.encode()))))
    begin = datetime.fromtimestamp(now // SECOND, UTC)
    public = der(SEQUENCE, integer(key.n), integer(rsa.EXPONENT))
    usage = der(SEQUENCE, _oid("clientAuth"))
    principal = der(0xA0, der(UTF8, f"{user_id}@localhost".encode()))
    extensions = (
        ("extKeyUsage", usage),
        ("subjectAltName", der(SEQUENCE, der(0xA0, _oid("userPrincipalName"), principal))),
        ("subjectKeyId", der(OCTETS, sha1(public, usedforsecurity=False).digest())),
    )
    signed = der(
        SEQUENCE,
        der(0xA0, integer(2)),  # version 3
        integer(int.from_bytes(shake_256(f"{seed}/serial".encode()).digest(16), "big") | 1 << 120),
        _algorithm("sha256WithRSA"),
        name,
        der(SEQUENCE, _time(begin), _time(begin + LIFE)),
        name,
        der(SEQUENCE, _algorithm("rsaEncryption"), der(BITS, b"\x00", public)),
        der(
            0xA3, der(SEQUENCE, *(der(SEQUENCE, _oid(oid), der(OCTETS, value)) for oid, value in extensions))
        ),
    )
    return der(SEQUENCE, signed, _algorithm("sha256WithRSA"), der(BITS, b"\x00", rsa.sign(key, signed)))


def _time(moment: datetime) -> bytes:
    """Two digits for the year until 2049."""  # RFC 5280, 4.1.2.5
    if moment.year < 2050:
        return der(UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode())
    return der(GENERAL_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())


# --- the file ----------------------------------------------------------------------------------------------


def _pkcs12(key: Key, certificate: bytes, seed: str) -> bytes:
    """The certificate and its key in the open, as there is no password to close them with; RFC 7292."""
    private = der(SEQUENCE, integer(0), _algorithm("rsaEncryption"), der(OCTETS, rsa.pkcs1(key)))
    which = der(OCTETS, sha1(certificate, usedforsecurity=False).digest())
    mark = der(SET, der(SEQUENCE, _oid("localKeyID"), der(SET, which)))
    inner = der(SEQUENCE, _oid("x509Certificate"), der(0xA0, der(OCTETS, certificate)))
    bags = (
        der(SEQUENCE, _oid("pkcs12-certBag"), der(0xA0, inner), mark),
        der(SEQUENCE, _oid("pkcs12-keyBag"), der(0xA0, private), mark),
    )
    safe = der(SEQUENCE, _data(der(SEQUENCE, *bags)))
    salt = shake_256(f"{seed}/salt".encode()).digest(8)
    digest = der(OCTETS, hmac.digest(_mac_key(salt), safe, "sha256"))
    mac = der(SEQUENCE, der(SEQUENCE, _algorithm("sha256"), digest), der(OCTETS, salt), integer(ITERATIONS))
    return der(SEQUENCE, integer(3), _data(safe), mac)


def _data(content: bytes) -> bytes:
    return der(SEQUENCE, _oid("pkcs7-data"), der(0xA0, der(OCTETS, content)))


def _mac_key(salt: bytes) -> bytes:
    """What a MAC is made with where the password is empty."""  # RFC 7292, appendix B.2
    block = 64
    password = b"\x00\x00"  # the empty text in UTF-16, with the zero at its end
    result = b"\x03" * block + salt * (block // len(salt)) + password * (block // len(password))
    for _ in range(ITERATIONS):
        result = sha256(result).digest()
    return result
