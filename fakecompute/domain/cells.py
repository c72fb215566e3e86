"""Cells that stop answering: their servers are UNKNOWN until they are back, and nobody can act on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakecompute.domain.records.compute import Cell
from fakecompute.domain.records.server import Server
from fakecompute.errors import ServiceUnavailable

if TYPE_CHECKING:
    from fakecompute.cloud import Cloud


class CellDown(ServiceUnavailable):
    """Nova answers this with a 500 that says the same."""

    message = "Cell {cell} is not responding or returned an exception, hence instance info is not available."


def cell_down(cloud: Cloud, name: str) -> Cell:
    """The database of a cell does not answer; its hosts and servers go on as before."""
    return cloud.store.put(Cell(id=name, down=True))


def cell_up(cloud: Cloud, name: str) -> Cell:
    return cloud.store.put(Cell(id=name, down=False))


def down_cells(cloud: Cloud) -> frozenset[str]:
    """The names of the cells that do not answer; costs nothing as long as none ever was down."""
    if not cloud.store.count(Cell):
        return frozenset()
    return frozenset(cell.id for cell in cloud.store.all(Cell) if cell.down)


def is_unreachable(cloud: Cloud, server: Server) -> bool:
    """Does the server live in a cell that does not answer?"""
    return server.cell is not None and server.cell in down_cells(cloud)
