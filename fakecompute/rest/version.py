"""Microversions: parsing, negotiation and spans."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

_FORM = re.compile(r"([1-9]\d*)\.(0|[1-9]\d*)")  # real services refuse 2.01


class Version(NamedTuple):
    """A microversion; compares as numbers do: 2.9 < 2.10."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, text: str) -> Version:
        """`"2.26"`; ValueError for any other form."""
        if match := _FORM.fullmatch(text):
            return cls(int(match[1]), int(match[2]))
        raise ValueError(text)


FIRST = Version(0, 0)
LENIENT = Version(2, 0)  # of bodies at Nova's legacy endpoint: unknown keys are dropped, names are trimmed
LAST = Version(999, 999)


class Span(NamedTuple):
    """The versions in which a declaration holds, both ends included."""

    since: Version = FIRST
    until: Version = LAST

    def __contains__(self, version: object) -> bool:
        return self.since <= version <= self.until  # type: ignore[operator]


ALWAYS = Span()


def span(since: str | None = None, until: str | None = None) -> Span:
    """`span(since="2.26", until="2.35")`, either end open."""
    return Span(Version.parse(since) if since else FIRST, Version.parse(until) if until else LAST)


class Microversions(NamedTuple):
    """How a service negotiates.  `types` are the names that the new header may call it by, `legacy` the old header."""

    types: tuple[str, ...]
    lowest: Version
    highest: Version
    legacy: str | None = None
    modern: Version = FIRST  # a cloud whose newest version is older knows the legacy header alone
    read: Callable[[str], str] | None = None  # a service's own way with the new header

    def requested(self, header: str | None, legacy: str | None) -> str | None:
        """What a client asks for: the new header wins, and its last entry for this service."""
        if self.read is not None and header is not None:
            return self.read(header)
        for entry in reversed((header or "").split(",")):
            words = entry.split(None, 1)
            if len(words) == 2 and words[0].lower() in self.types:
                return words[1].strip()
        return legacy.strip() if legacy else None


HEADER = "OpenStack-API-Version"
