"""What must add up in each service, whatever has happened, and between them."""

from __future__ import annotations

from fakecompute import Cloud
from tests.properties.ledger.identity import assert_known, assert_tokens
from tests.properties.ledger.image import assert_bytes
from tests.properties.ledger.network import assert_wired
from tests.properties.ledger.placement import assert_allocated
from tests.properties.ledger.quotas import assert_counted
from tests.properties.ledger.storage import assert_stored

__all__ = ["assert_allocated", "assert_neighbours", "assert_stored"]


def assert_neighbours(cloud: Cloud, tokens: tuple[str, ...]) -> None:
    """`tokens` are all that anybody was ever given."""
    assert_wired(cloud)
    assert_bytes(cloud)
    assert_known(cloud)
    assert_tokens(cloud, tokens)
    assert_counted(cloud)
