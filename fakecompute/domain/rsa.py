"""RSA keys from a seed, in pure Python: the core needs no cryptography, and a seed must always give the same key.

Good for tests only: whoever knows the seed of a cloud knows its private keys.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from hashlib import sha256, shake_256
from math import gcd, lcm, prod
from typing import NamedTuple

BITS = 2048
EXPONENT = 65537
_SMALL_PRIMES = prod(n for n in range(3, 4000, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))
_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # PKCS#1, 9.2: what stands before a digest


class Key(NamedTuple):
    """The numbers of a private key."""

    n: int
    d: int
    p: int
    q: int


@lru_cache(maxsize=64)  # a third of a second each
def key(seed: str) -> Key:
    p, q = (_prime(f"{seed}/{name}".encode()) for name in "pq")
    return Key(p * q, pow(EXPONENT, -1, lcm(p - 1, q - 1)), p, q)


def sign(key: Key, message: bytes) -> bytes:
    """sha256WithRSAEncryption."""
    digest = _SHA256 + sha256(message).digest()
    padded = b"\x00\x01" + b"\xff" * (BITS // 8 - len(digest) - 3) + b"\x00" + digest
    return pow(int.from_bytes(padded, "big"), key.d, key.n).to_bytes(BITS // 8, "big")


def _prime(seed: bytes) -> int:
    """The first prime after a number of the seed; its two highest bits are set, so that products are long enough."""
    size = BITS // 2
    number = int.from_bytes(shake_256(seed).digest(size // 8), "big") | 3 << (size - 2) | 1
    while gcd(number, _SMALL_PRIMES) != 1 or (number - 1) % EXPONENT == 0 or not _is_prime(number):
        number += 2
    return number


def _is_prime(number: int) -> bool:
    """By Miller and Rabin; the first base sorts out nearly all, the others are for the conscience."""
    twos = ((number - 1) & (1 - number)).bit_length() - 1
    for base in (2, 3, 5, 7):
        power = pow(base, (number - 1) >> twos, number)
        if power in (1, number - 1):
            continue
        if not any((power := power * power % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True


# --- as bytes ----------------------------------------------------------------------------------------------


def unsigned(number: int) -> bytes:
    """Big-endian, with a zero in front where the highest bit would mean less than zero."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def der(tag: int, *parts: bytes) -> bytes:
    """One element of ASN.1, made of others or of plain content."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


def integer(number: int) -> bytes:
    return der(0x02, unsigned(number))


def pkcs1(key: Key) -> bytes:
    """RSAPrivateKey, as DER."""
    n, d, p, q = key
    numbers = (0, n, EXPONENT, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    return der(0x30, *map(integer, numbers))


def pem(label: str, content: bytes) -> str:
    body = base64.b64encode(content).decode()
    lines = (body[i : i + 64] for i in range(0, len(body), 64))
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))
