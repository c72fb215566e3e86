"""Named streams of randomness: one seed, and a count a name.

A draw is the hash of (seed, name, count), so that a new name never changes what another gives: a fault rule
more in a scenario leaves every id and every duration as it was.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b
from statistics import NormalDist

_NORMAL = NormalDist()
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


def _uuid(h: str) -> str:
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) & 3]}{h[17:20]}-{h[20:]}"


class Streams:
    """All randomness of a cloud.  Methods that take a name draw its next value; `*_at` are without memory."""

    __slots__ = ("_counts", "_key", "seed")

    def __init__(self, seed: int = 0, counts: Mapping[str, int] | None = None) -> None:
        self.seed = seed
        self._key = str(seed).encode()
        self._counts: dict[str, int] = dict(counts or {})

    def fork(self) -> Streams:
        return Streams(self.seed, self._counts)

    def counts(self) -> dict[str, int]:
        """How often each name was drawn from: all of the state there is."""
        return dict(self._counts)

    def _bytes(self, name: str, size: int = 16) -> bytes:
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return blake2b(b"%b/%b/%d" % (self._key, name.encode(), count), digest_size=size).digest()

    def _bytes_at(self, *place: object, size: int = 8) -> bytes:
        return blake2b(b"%b/%b" % (self._key, repr(place).encode()), digest_size=size).digest()

    # --- values that have a memory: each call gives another

    def number(self, name: str) -> int:
        """1, 2, 3 ...: a ticket that is never given twice, not even after a rollback."""
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return count

    def reach(self, name: str, count: int) -> None:
        """Draw from a name until it was drawn from so often."""
        self._counts[name] = max(count, self._counts.get(name, 0))

    def uuid(self, name: str) -> str:
        """A UUID of version 4."""
        return _uuid(self._bytes(name).hex())

    def hex(self, name: str, length: int = 32) -> str:
        """Hexadecimal digits: Keystone's ids."""
        return self._bytes(name, (length + 1) // 2).hex()[:length]

    def secret(self, name: str, length: int = 12) -> str:
        """Letters and digits without the ones that look alike: generated passwords."""
        return "".join(_LETTERS[byte % len(_LETTERS)] for byte in self._bytes(name, length))

    def token(self, name: str, size: int = 48) -> str:
        """URL-safe text of the look of a Fernet token."""
        return "gAAAAAB" + urlsafe_b64encode(self._bytes(name, size)).decode().rstrip("=")

    def uniform(self, name: str) -> float:
        """A number in [0, 1)."""
        return (int.from_bytes(self._bytes(name, 7), "big") >> 3) / (1 << 53)  # as fine as a float can tell

    # --- values that belong to a place: the same for the same place

    def uuid_at(self, *place: object) -> str:
        """The UUID of a place, such as a thing that a fixture names."""
        return _uuid(self._bytes_at(*place, size=16).hex())

    def hex_at(self, *place: object, length: int = 32) -> str:
        return self._bytes_at(*place, size=(length + 1) // 2).hex()[:length]

    def uniform_at(self, *place: object) -> float:
        """A number in (0, 1) that depends on nothing but the seed and the place."""
        return ((int.from_bytes(self._bytes_at(*place, size=7), "big") >> 4) + 0.5) / (1 << 52)

    def normal_at(self, *place: object) -> float:
        """A draw from the standard normal distribution, by place."""
        return _NORMAL.inv_cdf(self.uniform_at(*place))
