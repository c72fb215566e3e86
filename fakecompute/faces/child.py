"""A command of somebody else's, run to its end: its terminal, its signals and its exit code are its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

NOT_RUNNABLE, NOT_FOUND = 126, 127  # the shell's
ENOUGH = 3  # signals after which a command that heeds none is killed
PASSED_ON = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")


class NotStarted(Exception):
    """There is no such command, or it cannot be run; `code` is what a shell would exit with."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def run_to_end(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Its exit code, as a shell counts (128 and more for a signal); NotStarted.  Signals to this process are for it."""
    try:
        child = subprocess.Popen(command, env=env)
    except FileNotFoundError:
        raise NotStarted(NOT_FOUND, f"there is no command {command[0]!r}") from None
    except OSError as error:
        raise NotStarted(NOT_RUNNABLE, f"{command[0]!r} cannot be run: {error.strerror}") from None
    with _passing_on(child):
        code = child.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _passing_on(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """For as long as it runs, signals are its affair; it is killed when it has heeded none of many."""
    count = 0

    def pass_on(number: int, _: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count >= ENOUGH:
            child.kill()
        elif not (number == signal.SIGINT and _share_a_terminal()):
            with suppress(ProcessLookupError):
                child.send_signal(number)

    numbers = [getattr(signal, name) for name in PASSED_ON if hasattr(signal, name)]
    before = {number: signal.signal(number, pass_on) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _share_a_terminal() -> bool:
    """Has the terminal told the command already?  It tells all that run in its foreground."""
    for file in (sys.__stdin__, sys.__stdout__, sys.__stderr__):
        with suppress(OSError, ValueError, AttributeError):
            if file is not None and os.tcgetpgrp(file.fileno()) == os.getpgrp():
                return True
    return False
