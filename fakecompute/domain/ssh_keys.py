"""Key pairs of SSH: generating them, and reading the public halves, of SSH and X.509, that people bring."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from hashlib import md5, sha1
from typing import NamedTuple

from fakecompute.domain import rsa

COMMENT = "Generated-by-Nova"


class BadKey(Exception):
    """Not a key that can be read; the text says why."""


class KeyPairText(NamedTuple):
    private: str
    public: str


# --- generating --------------------------------------------------------------------------------------------


def generate(seed: str) -> KeyPairText:
    """An RSA key pair in the forms that Nova gives: PEM (PKCS#1), and a line of OpenSSH."""
    key = rsa.key(seed)
    parts = (b"ssh-rsa", rsa.unsigned(rsa.EXPONENT), rsa.unsigned(key.n))
    blob = base64.b64encode(b"".join(map(_string, parts))).decode()
    return KeyPairText(rsa.pem("RSA PRIVATE KEY", rsa.pkcs1(key)), f"ssh-rsa {blob} {COMMENT}")


def _string(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


# --- reading -----------------------------------------------------------------------------------------------

# The parts of the blob after its name: a number, text, or text of some lengths (points of curves)
# fmt: off
_PARTS: dict[str, tuple[str | frozenset[int], ...]] = {
    "ssh-rsa":                            ("number", "number"),
    "ssh-dss":                            ("number", "number", "number", "number"),
    "ssh-ed25519":                        (frozenset((32,)),),
    "ecdsa-sha2-nistp256":                ("text", frozenset((65,))),
    "ecdsa-sha2-nistp384":                ("text", frozenset((97,))),
    "ecdsa-sha2-nistp521":                ("text", frozenset((133,))),
    "sk-ssh-ed25519@openssh.com":         (frozenset((32,)), "text"),
    "sk-ecdsa-sha2-nistp256@openssh.com": ("text", frozenset((65,)), "text"),
}
# fmt: on


def ssh_fingerprint(public_key: str) -> str:
    """MD5 of the key, in pairs; BadKey if it is no line of OpenSSH."""
    # nova/crypto.py: generate_fingerprint; it splits at one blank, OpenSSH at any number
    match = re.match(r"(\S+)[ \t]+(\S+)", public_key)
    if match is None or match[1] not in _PARTS:
        raise BadKey("failed to generate fingerprint")
    try:
        blob = base64.b64decode(public_key.split(" ")[1])
        _read_blob(blob, match[1])
    except (ValueError, IndexError):
        raise BadKey("failed to generate fingerprint") from None
    return _pairs(md5(blob, usedforsecurity=False).hexdigest())


def _read_blob(blob: bytes, name: str) -> None:
    """ValueError unless the blob is of the kind, with nothing after it."""
    strings = list(_strings(blob))
    if len(strings) != 1 + len(_PARTS[name]) or strings[0] != name.encode():
        raise ValueError(name)
    for string, part in zip(strings[1:], _PARTS[name], strict=True):
        if part == "number":
            fits = bool(string) and not string[0] & 0x80 and int.from_bytes(string, "big") > 0
        else:
            fits = part == "text" or len(string) in part
        if not fits:
            raise ValueError(name)


def _strings(blob: bytes) -> Iterator[bytes]:
    while blob:
        length = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + length:
            raise ValueError("cut off")
        yield blob[4 : 4 + length]
        blob = blob[4 + length :]


_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s+(.*?)-----END \1-----", re.DOTALL)
_WHY = "failed to generate X509 fingerprint. Error message: "
_FRAME = (
    "Unable to load PEM file. See https://cryptography.io/en/latest/faq/#why-can-t-i-import-my-pem-file"
    " for more details. {}"
)


def x509_fingerprint(certificate: str) -> str:
    """SHA1 of the certificate, in pairs; BadKey if it is none in PEM."""
    # nova/crypto.py: generate_x509_fingerprint; the words are those of the library that it asks
    found = {match[1]: match[2] for match in _PEM.finditer(certificate)}
    if not found:
        raise BadKey(_WHY + _FRAME.format("MalformedFraming"))
    body = found.get("CERTIFICATE", found.get("X509 CERTIFICATE"))
    if body is None:
        raise BadKey(
            _WHY + "Valid PEM but no BEGIN CERTIFICATE/END CERTIFICATE delimiters."
            " Are you sure this is a certificate?"
        )
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except ValueError as error:
        raise BadKey(_WHY + _FRAME.format(f"InvalidData({error})")) from None
    if not _is_certificate(der):
        raise BadKey(_WHY + "error parsing asn1 value: ParseError { kind: InvalidValue }")
    return _pairs(sha1(der, usedforsecurity=False).hexdigest())


def _is_certificate(der: bytes) -> bool:
    """A sequence of three: a sequence to be signed, another of the algorithm, and a bit string."""
    outer = list(_elements(der))
    if [tag for tag, _ in outer] != [0x30]:
        return False
    return [tag for tag, _ in _elements(outer[0][1])] == [0x30, 0x30, 0x03]


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of what stands side by side; tag -1 for what is cut off."""
    while der:
        size = 0 if len(der) < 2 or der[1] < 0x80 else der[1] & 0x7F
        length = int.from_bytes(der[2 : 2 + size], "big") if size else der[1] if len(der) > 1 else -1
        start = 2 + size
        if length < 0 or len(der) < start + length:
            yield -1, b""
            return
        yield der[0], der[start : start + length]
        der = der[start + length :]


def _pairs(digits: str) -> str:
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
