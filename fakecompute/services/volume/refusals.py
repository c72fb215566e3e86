"""Refusals that some handlers of Cinder catch and word themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from fakecompute.errors import TooLarge


class PlainRefusal(TooLarge):
    message = "{reason}"


@contextmanager
def told_plainly(*kinds: type[TooLarge]) -> Iterator[None]:
    """Quotas refuse with the name of their exception in front; where it is caught, its sentence alone is told."""
    try:
        yield
    except kinds as refused:
        raise PlainRefusal(reason=str(refused).partition(": ")[2], headers=refused.headers) from None
