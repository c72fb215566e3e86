"""What commands say on stderr."""

from __future__ import annotations

from typing import NoReturn

import click


def warn(text: str) -> None:
    click.secho(text, fg="yellow", bold=True, err=True)


def refuse(code: int, *lines: str) -> NoReturn:
    """Say what is wrong, and end."""
    for line in lines:
        click.secho(line, fg="red", err=True)
    raise SystemExit(code)
